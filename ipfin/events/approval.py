"""Whose registration is looked at before it gets a seat (报名审核). Pure.

Decides that from the event's setting and from what the caller knows of who signs up; whether a firm is on
the whitelist is known elsewhere and comes in. Does not decide who may approve.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from ipfin.events.lifecycle import ApprovalMode, Side
from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import _

LONGEST_REASON: Final = 300


class Clearance(StrEnum):
    """What speaks for somebody who signs up."""

    NONE = "none"  # nothing is known
    WHITELISTED = "whitelisted"  # a firm whose admission is in force
    OFFICE = "office"  # the office signed it up itself


def needs_approval(mode: ApprovalMode, side: Side, clearance: Clearance, *, is_unknown: bool = False) -> bool:
    """Whether somebody of the office must look at a registration before it can get a seat.

    `WHITELISTED` asks for it of firms only: institutions have an account because the office invited them.

    Args:
        is_unknown: the event asks something of firms that is not known of this one.
    """
    if clearance is Clearance.OFFICE:
        return False
    if is_unknown:
        return True
    if mode is ApprovalMode.NONE:
        return False
    if mode is ApprovalMode.ALL:
        return True
    return side is Side.ENTERPRISE and clearance is not Clearance.WHITELISTED


def checked_reason(reason: str, *, what: str) -> str:
    """Return a reason without its margins.

    Raises:
        BadInput: there is none, or it is longer than 300 characters.
    """
    tidy = reason.strip()
    if not tidy:
        raise BadInput(_("请写明%(what)s的理由。", what=what), field="reason")
    if len(tidy) > LONGEST_REASON:
        raise BadInput(_("理由请不超过%(most)d字。", most=LONGEST_REASON), field="reason")
    return tidy
