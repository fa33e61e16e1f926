"""What two sources can disagree about, and how it is called. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Protocol

from ipfin.kernel.text import Text, _
from ipfin.registry.fact_kinds import FACT_KIND_LABELS, FactKind
from ipfin.registry.ownership import HOLDERS

FIRM_COLUMNS: Final[Mapping[str, Text]] = {
    "name": _("企业名称"),
    "credit_code": _("统一社会信用代码"),
    "address": _("地址"),
    "industry_code": _("行业"),
    "established_on": _("成立日期"),
}
"""Columns of an enterprise that can be settled."""


class _Patent(Protocol):
    @property
    def application_number(self) -> str | None: ...
    @property
    def publication_number(self) -> str: ...


class _Firm(Protocol):
    @property
    def name(self) -> str: ...


def field_label(field: str) -> Text | str:
    """Return what a contested field is called."""
    if field == HOLDERS:
        return _("权利人")
    if field in FIRM_COLUMNS:
        return FIRM_COLUMNS[field]
    return FACT_KIND_LABELS[FactKind(field)] if field in set(FactKind) else field


def subject_of(patent: _Patent | None, firm: _Firm | None) -> str:
    """Return what a disagreement is about: a patent's number, or a firm's name."""
    if patent is not None:
        return patent.application_number or patent.publication_number
    return firm.name if firm is not None else ""
