"""The gates of one firm as a reader needs them, and which refusal grounds its patents show. Pure.

Decides how each exclusion stands on a day and in which words: what blocks, with basis, source, evidence and
where to object; what was looked into without a record; and what nobody looked into, which is never shown
as clear. What excludes is decided in `gates`, how long a look counts in `conduct.consultation`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from ipfin.conduct.consultation import Look, last_day_of
from ipfin.conduct.rules import LABELS, ConductCode
from ipfin.kernel.text import Text, _
from ipfin.whitelist.gates import (
    GATE_APPEALS,
    GATE_BASES,
    NO_VALID_PATENT,
    PLEDGE_FLAG_LABELS,
    WAIVABLE,
    Block,
    GateResult,
    PledgeFlag,
)


class GateState(StrEnum):
    """How one gate stands (核查状态)."""

    BLOCKED = "blocked"  # 有排除情形
    CLEAR = "clear"  # 已查询，无记录
    UNCHECKED = "unchecked"  # 未查询
    NOT_YET = "not_yet"  # 尚不适用


STATE_LABELS: Final[Mapping[GateState, Text]] = {
    GateState.BLOCKED: _("有排除情形"),
    GateState.CLEAR: _("已查询，名册无记录"),
    GateState.UNCHECKED: _("未查询"),
    GateState.NOT_YET: _("尚不适用"),
}
_VALID_PATENT: Final = _("至少一件有效授权专利")
_PATENT_BASIS: Final = _("白名单准入条件：至少一件有效授权专利")


@dataclass(frozen=True, slots=True)
class GateLine:
    """One gate. `looked_on` and `look_counts_to` are of the last look into its register, None without one."""

    code: str
    label: Text
    state: GateState
    basis: Text
    appeal: Text
    blocks: tuple[Block, ...] = ()
    looked_on: date | None = None
    look_counts_to: date | None = None

    @property
    def state_label(self) -> Text:
        """How it stands in words; the patents of a firm are no register that was looked into."""
        if self.code == NO_VALID_PATENT and self.state is GateState.CLEAR:
            return _("符合")
        return STATE_LABELS[self.state]


@dataclass(frozen=True, slots=True)
class FlagLine:
    """One refusal ground that lists show: on how many patents, and what the latest list is that says so."""

    code: str
    label: Text
    is_waivable: bool
    patents: int
    as_of: date
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GateView:
    """The gates of a firm on a day, blocked ones first."""

    lines: tuple[GateLine, ...]
    flags: tuple[FlagLine, ...] = ()

    @property
    def state(self) -> GateState:
        """How the firm stands as a whole: a gate that nobody looked into keeps it from being clear."""
        states = {line.state for line in self.lines}
        for state in (GateState.BLOCKED, GateState.UNCHECKED):
            if state in states:
                return state
        return GateState.CLEAR


def gate_view(
    result: GateResult,
    looks: Iterable[Look],
    *,
    days: int,
    not_applicable: Collection[ConductCode] = (),
    flags: Iterable[FlagLine] = (),
) -> GateView:
    """Return the gates of a firm in the order in which one reads them.

    Args:
        result: the gates evaluated on the day, with the registers really consulted.
        looks: the last look into each register up to the day.
        days: how many days a look counts.
        not_applicable: registers that do not exist yet.
    """
    last = {look.code: look.on for look in looks}
    lines = [
        _line(code, result, last.get(code), days, is_applicable=code not in not_applicable)
        for code in ConductCode
    ]
    lines.append(_patent_line(result))
    order = {GateState.BLOCKED: 0, GateState.UNCHECKED: 1, GateState.CLEAR: 2, GateState.NOT_YET: 3}
    return GateView(tuple(sorted(lines, key=lambda line: (order[line.state], line.code))), tuple(flags))


def _line(
    code: ConductCode, result: GateResult, looked_on: date | None, days: int, *, is_applicable: bool
) -> GateLine:
    blocks = tuple(block for block in result.blocks if block.code == code.value)
    if blocks:
        state = GateState.BLOCKED
    elif code.value not in result.unchecked:
        state = GateState.CLEAR
    else:
        state = GateState.UNCHECKED if is_applicable else GateState.NOT_YET
    until = None if looked_on is None else last_day_of(looked_on, days)
    return GateLine(
        code.value, LABELS[code], state, GATE_BASES[code], GATE_APPEALS[code], blocks, looked_on, until
    )


def _patent_line(result: GateResult) -> GateLine:
    blocks = tuple(block for block in result.blocks if block.code == NO_VALID_PATENT)
    if blocks:
        state, appeal = GateState.BLOCKED, blocks[0].appeal
    else:
        state = GateState.UNCHECKED if NO_VALID_PATENT in result.unchecked else GateState.CLEAR
        appeal = _("请核对专利清单；有遗漏的，向主管局提交专利证书或登记簿副本。")
    return GateLine(NO_VALID_PATENT, _VALID_PATENT, state, _PATENT_BASIS, appeal, blocks)


_TONES: Final[Mapping[GateState, str]] = {
    GateState.BLOCKED: "stopped",
    GateState.CLEAR: "passed",
    GateState.UNCHECKED: "open",
    GateState.NOT_YET: "open",
}


def paper_gates(view: GateView) -> list[dict[str, Any]]:
    """Return what `documents.papers.score_sheet_job` prints of the gates, in the order of the page."""
    return [
        {
            "name": _("%(code)s %(label)s", code=line.code, label=line.label),
            "state": line.state_label,
            "tone": _TONES[line.state],
            "details": _details(line),
        }
        for line in view.lines
    ]


def _details(line: GateLine) -> list[Text]:
    """Return what is known of a gate: what blocks with its remedy, the last look, or that nobody looked."""
    if line.blocks:
        remedy = _("救济：%(appeal)s", appeal=line.appeal)
        return [*(block.sentence for block in line.blocks), _("依据：%(basis)s", basis=line.basis), remedy]
    if line.state is GateState.NOT_YET:
        return [_("本市尚未建立，按配置暂不核查；已登记的记录仍然排除。")]
    if line.looked_on is not None and line.look_counts_to is not None:
        days = {"day": line.looked_on.isoformat(), "last": line.look_counts_to.isoformat()}
        return [_("最近查询%(day)s，有效至%(last)s。", **days)]
    if line.state is GateState.UNCHECKED:
        return [_("未查询不等于没有。")]
    return [_("依据：%(basis)s", basis=line.basis)]


def flag_lines(flagged: Iterable[tuple[PledgeFlag, date, str]]) -> tuple[FlagLine, ...]:
    """Return one line for each ground from (ground, day of the list, source) of each patent that shows it."""
    found: dict[PledgeFlag, list[tuple[date, str]]] = {}
    for ground, as_of, source in flagged:
        found.setdefault(ground, []).append((as_of, source))
    return tuple(
        FlagLine(
            ground.value,
            PLEDGE_FLAG_LABELS[ground],
            ground in WAIVABLE,
            len(told),
            max(day for day, _source in told),
            tuple(sorted({source for _day, source in told if source})),
        )
        for ground, told in sorted(found.items())
    )
