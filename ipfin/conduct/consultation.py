"""Whether a register of misconduct was really looked into, and for how long that counts. Pure.

Decides the term of a look: it is the office's to set (a proposal of ours, to be confirmed), never that a
firm without a record is clear. A register that nobody consulted says nothing about anybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from ipfin.conduct.rules import ConductCode
from ipfin.kernel.text import Text, _

CONSULTATION_DAYS: Final = 30
"""How many days a look counts, the day itself included. To be confirmed by the office."""

REGISTERS: Final[Mapping[ConductCode, Text]] = {
    ConductCode.E01: _("失信被执行人名单"),
    ConductCode.E02: _("市场监管严重违法失信名单"),
    ConductCode.E03: _("知识产权领域严重失信名单"),
    ConductCode.E04: _("企业登记状态和经营异常名录"),
    ConductCode.E05: _("非正常专利申请通报"),
    ConductCode.E06: _("本市风险补偿资金池台账"),
    ConductCode.E07: _("申报材料核查结论"),
}
"""The register behind each exclusion, as people call it (名册)."""


@dataclass(frozen=True, slots=True)
class Look:
    """A look into the register of `code` on day `on` (查询)."""

    code: ConductCode
    on: date


def last_day_of(look_on: date, days: int = CONSULTATION_DAYS) -> date:
    """Return the last day on which a look counts that was taken on `look_on`."""
    return look_on + timedelta(days=days - 1)


def consulted_on(looks: Iterable[Look], on: date, days: int = CONSULTATION_DAYS) -> frozenset[ConductCode]:
    """Return the registers whose last look still counts on day `on`; a look ahead of `on` does not."""
    return frozenset(look.code for look in looks if look.on <= on <= last_day_of(look.on, days))
