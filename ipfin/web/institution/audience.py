"""The two audiences that share the institution pages, and the permissions that stand for each.

Decides names, addresses and permissions only. Guarantors use the bank's pages (accounts.policy).
"""

from __future__ import annotations

from dataclasses import dataclass

from ipfin.accounts.policy import P


@dataclass(frozen=True, slots=True)
class Audience:
    """One audience: its blueprint prefix, its address prefix, its permissions."""

    name: str
    prefix: str
    workbench: P
    read_firms: P
    export_firms: P
    read_issues: P
    confirm_issues: P
    read_events: P
    register: P
    read_consents: P
    write_consents: P
    read_pushes: P
    write_pushes: P


BANK = Audience(
    "bank",
    "/bank",
    P.BANK_WORKBENCH_READ,
    P.BANK_FIRMS_READ,
    P.BANK_FIRMS_EXPORT,
    P.BANK_ISSUES_READ,
    P.BANK_ISSUES_CONFIRM,
    P.BANK_EVENTS_READ,
    P.BANK_EVENTS_REGISTER,
    P.BANK_CONSENTS_READ,
    P.BANK_CONSENTS_WRITE,
    P.BANK_PUSHES_READ,
    P.BANK_PUSHES_WRITE,
)
INSURER = Audience(
    "insurer",
    "/ins",
    P.INSURER_WORKBENCH_READ,
    P.INSURER_FIRMS_READ,
    P.INSURER_FIRMS_EXPORT,
    P.INSURER_ISSUES_READ,
    P.INSURER_ISSUES_CONFIRM,
    P.INSURER_EVENTS_READ,
    P.INSURER_EVENTS_REGISTER,
    P.INSURER_CONSENTS_READ,
    P.INSURER_CONSENTS_WRITE,
    P.INSURER_PUSHES_READ,
    P.INSURER_PUSHES_WRITE,
)
