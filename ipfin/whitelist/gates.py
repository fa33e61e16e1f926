"""Hard rules outside the score: what excludes a firm, and what keeps a patent from being pledged.

Decides, on one day, whether a firm passes the gates (E01 to E07, and at least one granted patent in
force) and which of the twelve refusal grounds of pledge registration a list already shows. Which
conduct is recorded, and for how long, is decided in `conduct`; the pre-check of a real pledge, with
contract and consents, belongs to the loan case.

Sources: the twelve grounds (P01 to P12) as a pledge registration guide of an IP protection centre gives
them for the Measures of 2021 (专利权质押登记办法, CNIPA announcement 461 of 2021-11-15); the gates from
the whitelist specification, each with its basis below. None of the bases was read in the official
gazette: pages show them as "to be confirmed".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from ipfin.conduct.rules import LABELS as CONDUCT_LABELS
from ipfin.conduct.rules import ConductCode, counts_on
from ipfin.kernel.identifiers import PatentKind
from ipfin.kernel.text import Text, _
from ipfin.registry.pledge_grounds import PledgeFlag as PledgeFlag
from ipfin.registry.statuses import Flag, Validity
from ipfin.whitelist.facts import PatentFacts

NO_VALID_PATENT: Final = "V01"

GATE_BASES: Final[Mapping[ConductCode, Text]] = {
    ConductCode.E01: _("人民法院公布的失信被执行人名单"),
    ConductCode.E02: _("市场监督管理严重违法失信名单管理办法（2021年9月1日起施行）第九条"),
    ConductCode.E03: _("知识产权（专利）领域严重失信主体联合惩戒备忘录"),
    ConductCode.E04: _("企业登记机关公示的登记状态和经营异常名录"),
    ConductCode.E05: _("知识产权管理部门的非正常专利申请通报；限制期限由主管局设定"),
    ConductCode.E06: _("本市风险补偿资金池的贷款与代偿台账"),
    ConductCode.E07: _("主管局对申报材料的核查结论"),
}
"""What each exclusion rests on. To be confirmed by the office against the official text."""

GATE_APPEALS: Final[Mapping[ConductCode, Text]] = {
    ConductCode.E01: _("向作出列入决定的人民法院申请纠正；移出后向主管局提交证明。"),
    ConductCode.E02: _("向作出列入决定的市场监管部门申请移出或信用修复；移出后向主管局提交证明。"),
    ConductCode.E03: _("向认定机关申请移出或信用修复；移出后向主管局提交证明。"),
    ConductCode.E04: _("向企业登记机关申请移出或恢复；更正后向主管局提交证明。"),
    ConductCode.E05: _("向通报机关提交申辩，或撤回相关申请；结论变更后向主管局提交证明。"),
    ConductCode.E06: _("向贷款银行和资金池管理机构核对账目；结清后向主管局提交证明。"),
    ConductCode.E07: _("向主管局提出异议并提交原件核对。"),
}


@dataclass(frozen=True, slots=True)
class ConductFact:
    """A reason against a firm. `expires_on` is the first day on which it no longer counts.

    `record_id` names the record of the register; None where a fact of another register tells it.
    """

    code: ConductCode
    source: str
    effective_on: date
    evidence: str = ""
    expires_on: date | None = None
    withdrawn_on: date | None = None
    record_id: int | None = None


STRUCK_OFF: Final = ("吊销", "注销", "清算")
_NOT_SO: Final = ("未吊销", "未注销", "未被吊销", "未被注销")


def struck_off(status: str) -> bool:
    """Whether the business register's word for a firm's state (经营状态) keeps it out under E04.

    “吊销，未注销” does; a word that only denies (未注销) does not, nor does one that we cannot read.
    """
    said = status
    for word in _NOT_SO:
        said = said.replace(word, "")
    return any(word in said for word in STRUCK_OFF)


def status_fact(status: str, as_of: date) -> ConductFact | None:
    """Return what the register's word of day `as_of` says against a firm, None when nothing."""
    if not struck_off(status):
        return None
    return ConductFact(ConductCode.E04, _("企业登记信息：%(status)s", status=status), as_of, evidence=status)


@dataclass(frozen=True, slots=True)
class Block:
    """Why a firm does not pass: what, on whose word, since and until when, and where to object.

    `since` and `expires_on` are None where the reason is a present state and not a record.
    """

    code: str
    sentence: Text
    basis: Text
    appeal: Text
    source: str = ""
    evidence: str = ""
    since: date | None = None
    expires_on: date | None = None
    record_id: int | None = None


@dataclass(frozen=True, slots=True)
class GateResult:
    """Whether a firm passes. `unchecked` are gates that nobody looked into: they neither block nor clear."""

    passed: bool
    blocks: tuple[Block, ...]
    unchecked: tuple[str, ...]


def check_gates(
    records: Iterable[ConductFact],
    patents: Sequence[PatentFacts],
    on: date,
    *,
    consulted: frozenset[ConductCode] = frozenset(),
) -> GateResult:
    """Return the gates that a firm fails on day `on`, and those that were not looked into.

    Args:
        records: every conduct record of the firm, in force or not.
        patents: the firm's distinct patents.
        consulted: the registers that were really consulted for this firm or this round; a gate without
            record and without consultation is reported as unchecked, never as clear.
    """
    counting = [
        fact for fact in records if counts_on(fact.effective_on, fact.expires_on, fact.withdrawn_on, on)
    ]
    counting.sort(key=lambda fact: (fact.code, fact.effective_on, fact.source))
    blocks = [_conduct_block(fact) for fact in counting]
    unchecked: list[str] = sorted(set(ConductCode) - consulted - {fact.code for fact in counting})
    if not any(patent.is_effective(on) for patent in patents):
        if any(patent.validity is Validity.UNKNOWN for patent in patents):
            unchecked.append(NO_VALID_PATENT)
        else:
            blocks.append(_no_valid_patent())
    return GateResult(passed=not blocks, blocks=tuple(blocks), unchecked=tuple(unchecked))


def _conduct_block(fact: ConductFact) -> Block:
    until = (
        _("长期，直至移出") if fact.expires_on is None else _("%(day)s前", day=fact.expires_on.isoformat())
    )
    return Block(
        code=fact.code.value,
        sentence=_(
            "%(what)s（来源：%(source)s，自%(since)s起，有效：%(until)s）。",
            what=CONDUCT_LABELS[fact.code],
            source=fact.source,
            since=fact.effective_on.isoformat(),
            until=until,
        ),
        basis=GATE_BASES[fact.code],
        appeal=GATE_APPEALS[fact.code],
        source=fact.source,
        evidence=fact.evidence,
        since=fact.effective_on,
        expires_on=fact.expires_on,
        record_id=fact.record_id,
    )


def _no_valid_patent() -> Block:
    return Block(
        code=NO_VALID_PATENT,
        sentence=_("没有已授权且在有效期内的专利。"),
        basis=_("白名单准入条件：至少一件有效授权专利"),
        appeal=_("请核对专利清单；有遗漏的，向主管局提交专利证书或登记簿副本。"),
    )


PLEDGE_FLAG_LABELS: Final[Mapping[PledgeFlag, Text]] = {
    PledgeFlag.P01: _("出质人不是专利登记簿记载的专利权人"),
    PledgeFlag.P02: _("专利权已终止或者已被宣告无效"),
    PledgeFlag.P03: _("专利申请尚未被授予专利权"),
    PledgeFlag.P04: _("专利权未按照规定缴纳年费"),
    PledgeFlag.P05: _("因权属纠纷已中止有关程序，或者专利权被采取保全措施"),
    PledgeFlag.P06: _("债务人履行债务的期限超过专利权有效期"),
    PledgeFlag.P07: _("质押合同不符合办法第八条的规定"),
    PledgeFlag.P08: _("专利权共有，未取得全体共有人同意"),
    PledgeFlag.P09: _("专利权已被申请质押登记且处于质押期间"),
    PledgeFlag.P10: _("同一申请人同日对同样的发明创造还申请了发明专利的实用新型"),
    PledgeFlag.P11: _("专利权已被启动无效宣告程序"),
    PledgeFlag.P12: _("其他不应予以登记的情形"),
}

WAIVABLE: Final = frozenset({PledgeFlag.P10, PledgeFlag.P11})
"""Grounds that fall away when the pledgee was told and agrees (当事人知悉并同意)."""

LISTED: Final = frozenset(
    {
        PledgeFlag.P02,
        PledgeFlag.P03,
        PledgeFlag.P04,
        PledgeFlag.P05,
        PledgeFlag.P06,
        PledgeFlag.P09,
        PledgeFlag.P10,
        PledgeFlag.P11,
    }
)
"""Grounds that a list can show. The others need the register, the contract or the co-owners."""


_GROUND_OF: Final[Mapping[Flag, PledgeFlag]] = {
    Flag.FEE_OVERDUE: PledgeFlag.P04,
    Flag.PRESERVED: PledgeFlag.P05,
    Flag.SUSPENDED: PledgeFlag.P05,
    Flag.PLEDGED: PledgeFlag.P09,
    Flag.INVALIDATION_PENDING: PledgeFlag.P11,
}


def flags_of(patent: PatentFacts, on: date, loan_term_end: date | None = None) -> frozenset[PledgeFlag]:
    """Return the grounds that lists and records show on day `on`.

    What a person recorded with proof comes before what a list says (`patent_flags`). An empty answer clears
    nothing by itself: it says "none shown", and only where `patent.tells_flags` did anybody look for burdens.

    Args:
        loan_term_end: the day on which the debt falls due; P06 holds when the right does not last
            beyond that day. With only a filing year the earliest possible end of the term counts.
    """
    grounds = {_GROUND_OF[flag] for flag in patent.flags if flag in _GROUND_OF}
    if _has_ended(patent, on):
        grounds.add(PledgeFlag.P02)
    if _was_never_granted(patent):
        grounds.add(PledgeFlag.P03)
    if patent.is_twin and patent.kind is PatentKind.UTILITY_MODEL:
        grounds.add(PledgeFlag.P10)
    term_end = patent.term_end()
    if loan_term_end is not None and term_end is not None and term_end <= loan_term_end:
        grounds.add(PledgeFlag.P06)
    recorded = {PledgeFlag(code) for code in patent.shown_grounds}
    return frozenset((grounds - patent.cleared_grounds) | recorded)


def _has_ended(patent: PatentFacts, on: date) -> bool:
    if patent.validity is Validity.LAPSED:
        return patent.was_granted
    return patent.validity is Validity.VALID and not patent.is_effective(on)


def _was_never_granted(patent: PatentFacts) -> bool:
    if patent.validity is Validity.LAPSED:
        return not patent.was_granted
    return patent.validity is Validity.PENDING
