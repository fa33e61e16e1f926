"""How each refusal ground of a pledge stands for one patent, and what a person records about it. Pure.

Decides, for all twelve grounds on one day, whether one is there, was looked into and is not, is not shown by
a list that tells such things, or was not verified by anybody: silence is never freedom. Which grounds a list
shows is decided in `gates`; the final word has the office that registers pledges.

What a person records rests on a document. Of two records about one ground the later counts. One that says
"not there" sets a list's word aside that is of its day or older; a list of a later day stands again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from ipfin.conduct.rules import counts_on
from ipfin.kernel.identifiers import PatentKind
from ipfin.kernel.text import Text, _
from ipfin.registry.pledge_grounds import FlagWord
from ipfin.registry.statuses import Flag, Validity
from ipfin.whitelist.facts import PatentFacts
from ipfin.whitelist.gates import PLEDGE_FLAG_LABELS, WAIVABLE, PledgeFlag, flags_of

BASIS: Final = _("《专利权质押登记办法》（国家知识产权局公告第461号，2021年11月15日）规定的不予登记情形")


class FlagState(StrEnum):
    """How a ground stands for a patent (核查状态)."""

    SHOWN = "shown"  # 有此情形
    CLEAR = "clear"  # 已核查，没有
    NOT_SHOWN = "not_shown"  # 名单未显示
    UNVERIFIED = "unverified"  # 未核实
    NOT_APPLICABLE = "not_applicable"  # 不适用


FLAG_STATE_LABELS: Final[Mapping[FlagState, Text]] = {
    FlagState.SHOWN: _("有此情形"),
    FlagState.CLEAR: _("已核查，没有"),
    FlagState.NOT_SHOWN: _("名单未显示"),
    FlagState.UNVERIFIED: _("未核实"),
    FlagState.NOT_APPLICABLE: _("不适用"),
}

RECORDABLE: Final = frozenset(
    {
        PledgeFlag.P01,
        PledgeFlag.P04,
        PledgeFlag.P05,
        PledgeFlag.P07,
        PledgeFlag.P08,
        PledgeFlag.P10,
        PledgeFlag.P11,
        PledgeFlag.P12,
    }
)
"""Grounds that a person records here. State and pledge come with lists, P06 from the day the debt is due."""

CONTESTABLE: Final = frozenset(PledgeFlag) - {PledgeFlag.P06}
"""Grounds about which a firm can be heard; the end of the term is contested with the patent's state."""

REMEDIES: Final[Mapping[PledgeFlag, Text]] = {
    PledgeFlag.P01: _("由登记簿记载的专利权人出质，或先办理著录项目变更；凭登记簿副本可以申请核实。"),
    PledgeFlag.P02: _("在法定期限内请求恢复权利；已恢复或名单有误的，凭登记簿副本提出异议。"),
    PledgeFlag.P03: _("授权公告后再办理；已授权的，凭专利证书提出异议。"),
    PledgeFlag.P04: _("补缴年费和滞纳金；已缴的，凭缴费凭证提出异议。"),
    PledgeFlag.P05: _("待纠纷解决、程序恢复或保全解除；已解除的，凭通知书提出异议。"),
    PledgeFlag.P06: _("把债务履行期限调整到专利权届满以前。"),
    PledgeFlag.P07: _("按办法第八条补正合同后再提交。"),
    PledgeFlag.P08: _("取得全体共有人的书面同意；凭同意书可以申请核实。"),
    PledgeFlag.P09: _("注销原质押登记；已注销的，凭注销通知书提出异议。"),
    PledgeFlag.P10: _("出质人和质权人知悉并书面同意的除外；不是同日申请的，凭登记簿副本提出异议。"),
    PledgeFlag.P11: _("出质人和质权人知悉并书面同意的除外；程序已结束的，凭审查决定提出异议。"),
    PledgeFlag.P12: _("向登记机构了解具体情形；已消除的，凭证明提出异议。"),
}
"""How a ground is repaired, and with what a firm objects."""


@dataclass(frozen=True, slots=True)
class FlagRecord:
    """What a person recorded of one ground; `expires_on` is the first day on which it no longer counts."""

    record_id: int
    code: PledgeFlag
    word: FlagWord
    source: str
    effective_on: date
    evidence: str = ""
    expires_on: date | None = None
    withdrawn_on: date | None = None


@dataclass(frozen=True, slots=True)
class FlagStanding:
    """One ground of one patent on a day.

    `told_on` is the day of the list or of the record that says so, None where nothing does.
    """

    code: PledgeFlag
    label: Text
    state: FlagState
    why: Text
    remedy: Text
    is_waivable: bool
    source: str = ""
    told_on: date | None = None
    record: FlagRecord | None = None

    @property
    def is_contestable(self) -> bool:
        """Whether a page offers the firm to be heard: where it is shown, or where nobody verified it."""
        return self.code in CONTESTABLE and self.state in {FlagState.SHOWN, FlagState.UNVERIFIED}


@dataclass(frozen=True, slots=True)
class Told:
    """What else a list tells of a patent: how many hold it, and the days and source of what it says."""

    holders: int
    source: str
    status_on: date
    flags_on: date | None  # None where no list tells legal events


def deciding(records: Iterable[FlagRecord], on: date) -> dict[PledgeFlag, FlagRecord]:
    """Return, of each ground, the record that counts on day `on`: of several the later one."""
    counting = [row for row in records if counts_on(row.effective_on, row.expires_on, row.withdrawn_on, on)]
    return {row.code: row for row in sorted(counting, key=lambda row: (row.effective_on, row.record_id))}


def grounds_recorded(
    records: Iterable[FlagRecord], flags_on: date | None, on: date
) -> tuple[frozenset[str], frozenset[str]]:
    """Return the codes that records show on day `on`, and those that they clear.

    Args:
        flags_on: the day of the list that told the patent's burdens last.
    """
    found = deciding(records, on).values()
    return (
        frozenset(row.code.value for row in found if row.word is FlagWord.THERE),
        frozenset(
            row.code.value
            for row in found
            if row.word is FlagWord.NOT_THERE and (flags_on is None or flags_on <= row.effective_on)
        ),
    )


def standings(
    patent: PatentFacts, told: Told, records: Sequence[FlagRecord], on: date, *, due: date | None = None
) -> list[FlagStanding]:
    """Return how each of the twelve grounds stands for a patent on day `on`.

    Args:
        patent: with the grounds recorded for that day.
        due: the day on which the debt falls due; P06 is not verified without it.
    """
    shown, recorded = flags_of(patent, on, due), deciding(records, on)
    return [_standing(code, patent, told, recorded.get(code), shown, due) for code in PledgeFlag]


def _standing(
    code: PledgeFlag,
    patent: PatentFacts,
    told: Told,
    record: FlagRecord | None,
    shown: frozenset[PledgeFlag],
    due: date | None,
) -> FlagStanding:
    label, remedy, waivable = PLEDGE_FLAG_LABELS[code], REMEDIES[code], code in WAIVABLE
    if record is not None and (record.word is FlagWord.THERE or code in patent.cleared_grounds):
        state = FlagState.SHOWN if record.word is FlagWord.THERE else FlagState.CLEAR
        return FlagStanding(
            code,
            label,
            state,
            _recorded(record),
            remedy,
            waivable,
            record.source,
            record.effective_on,
            record,
        )
    state, why = _listed(code, patent, told, shown, due)
    on_status = code in {PledgeFlag.P02, PledgeFlag.P03}
    told_on = told.status_on if on_status else told.flags_on
    says = state in {FlagState.SHOWN, FlagState.NOT_SHOWN} and code is not PledgeFlag.P06
    return FlagStanding(
        code, label, state, why, remedy, waivable, told.source if says else "", told_on if says else None
    )


def _recorded(record: FlagRecord) -> Text:
    if record.expires_on is None:
        return _("%(source)s，自%(day)s起。", source=record.source, day=record.effective_on.isoformat())
    return _(
        "%(source)s，自%(day)s起，至%(last)s（含当日）。",
        source=record.source,
        day=record.effective_on.isoformat(),
        last=(record.expires_on - timedelta(days=1)).isoformat(),
    )


_NEEDS: Final[Mapping[PledgeFlag, Text]] = {
    PledgeFlag.P07: _("须看到质押合同才能核查。"),
    PledgeFlag.P12: _("名单不载，由登记机构审查。"),
}


def _listed(
    code: PledgeFlag, patent: PatentFacts, told: Told, shown: frozenset[PledgeFlag], due: date | None
) -> tuple[FlagState, Text]:
    """Return how a ground stands by the list alone, and why."""
    if code is PledgeFlag.P01:
        return FlagState.UNVERIFIED, _owner(patent)
    if code is PledgeFlag.P06:
        return _term(patent, due)
    if code is PledgeFlag.P08:
        return _co_owned(told.holders)
    if code in _NEEDS:
        return FlagState.UNVERIFIED, _NEEDS[code]
    if code in shown:
        return FlagState.SHOWN, _("名单载明有此情形。")
    return _silent(code, patent)


def _silent(code: PledgeFlag, patent: PatentFacts) -> tuple[FlagState, Text]:
    """Return what it means that a list does not show a ground which lists can show."""
    if code in {PledgeFlag.P02, PledgeFlag.P03}:
        if patent.validity is Validity.UNKNOWN:
            return FlagState.UNVERIFIED, _("名单没有写明专利是否有效。")
        return FlagState.NOT_SHOWN, _("名单所载的状态没有此情形。")
    if code is PledgeFlag.P10 and patent.kind in {PatentKind.INVENTION, PatentKind.DESIGN}:
        return FlagState.NOT_APPLICABLE, _("只适用于实用新型。")
    if code is PledgeFlag.P04:
        return FlagState.UNVERIFIED, _("名单没有标明滞纳，但也不说明缴过哪些年费，须查缴费信息。")
    if not patent.tells_flags:
        return FlagState.UNVERIFIED, _("名单不含负担信息，须查登记簿。")
    return FlagState.NOT_SHOWN, _("名单列有法律事件，其中没有此情形。")


def _owner(patent: PatentFacts) -> Text:
    if Flag.TRANSFERRED in patent.flags:
        return _("名单载明发生过权利转移，登记簿现载的专利权人须查登记簿副本。")
    return _("名单所列的申请人不一定是登记簿现载的专利权人，须查登记簿副本。")


def _term(patent: PatentFacts, due: date | None) -> tuple[FlagState, Text]:
    end = patent.term_end()
    if end is None:
        return FlagState.UNVERIFIED, _("名单没有申请日或类型，专利权届满日不详。")
    last = (end - timedelta(days=1)).isoformat()
    if due is None:
        return FlagState.UNVERIFIED, _("须知道债务到期日；专利权最后一天是%(last)s。", last=last)
    state = FlagState.SHOWN if end <= due else FlagState.NOT_SHOWN
    return state, _("债务%(due)s到期，专利权最后一天是%(last)s。", due=due.isoformat(), last=last)


def _co_owned(holders: int) -> tuple[FlagState, Text]:
    if holders > 1:
        return FlagState.UNVERIFIED, _("名单载明共有%(count)s人，须全体共有人书面同意。", count=holders)
    if holders == 1:
        return FlagState.NOT_SHOWN, _("名单只载明一名权利人，是否共有以登记簿为准。")
    return FlagState.UNVERIFIED, _("名单没有写明权利人。")
