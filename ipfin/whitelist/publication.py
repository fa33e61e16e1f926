"""The guard of publication: what stands against a round, and against each firm that it would admit. Pure.

The one place that says yes. A round is refused as a whole when it was not handled by two persons, or when
a register of exclusions was neither consulted nor waived by name ("unchecked" is not "clear"). A firm is
held back when something moved since the second person saw it; and a row that contradicts the rules
refuses the whole round, because nobody who works through the pages can make one.

How a grade comes about is decided in `scoring`, what excludes in `gates`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from ipfin.conduct.consultation import CONSULTATION_DAYS, REGISTERS
from ipfin.conduct.rules import ConductCode
from ipfin.kernel.text import Text, _
from ipfin.whitelist.admission import EntryOutcome, outcome_for
from ipfin.whitelist.gates import NO_VALID_PATENT, GateResult
from ipfin.whitelist.notice import NOTICE_WORKING_DAYS, Notice
from ipfin.whitelist.scoring import Grade

LEAST_REVIEWERS: Final = 2


@dataclass(frozen=True, slots=True)
class Policy:
    """What the office sets for its rounds: proposals of ours, to be confirmed (待确认).

    Args:
        consultation_days: how many days a look into a register counts.
        notice_days: how many working days the public notice lasts.
        not_applicable: registers that do not exist yet; said on the page, never taken silently.
    """

    consultation_days: int = CONSULTATION_DAYS
    notice_days: int = NOTICE_WORKING_DAYS
    not_applicable: frozenset[ConductCode] = frozenset({ConductCode.E06, ConductCode.E07})


@dataclass(frozen=True, slots=True)
class GateCover:
    """How each register of exclusions stands on the day: consulted, waived by name, or not there yet."""

    consulted: frozenset[ConductCode] = frozenset()
    waived: frozenset[ConductCode] = frozenset()
    not_applicable: frozenset[ConductCode] = frozenset()

    @property
    def open(self) -> tuple[ConductCode, ...]:
        """The registers that nobody looked into and nobody answered for."""
        return tuple(sorted(set(ConductCode) - self.consulted - self.waived - self.not_applicable))


@dataclass(frozen=True, slots=True)
class ReviewTally:
    """What a screening left behind for one firm: how many reviewers gave marks, declarations still due."""

    reviewers: int
    open_conflicts: int = 0


@dataclass(frozen=True, slots=True)
class RoundCase:
    """A round on a day: when its notice is to begin, or when it is to be published."""

    submitted_by_user_id: int | None
    approver_user_id: int | None
    cover: GateCover


@dataclass(frozen=True, slots=True)
class NoticeCase:
    """What became of the public notice: its days, objections without an answer, objections to the whole."""

    notice: Notice | None
    open_objections: int = 0
    upheld_against_all: int = 0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A firm that a round would admit, as its row says and as it is on the day.

    Args:
        coverage_bp: the share of the card's weight that is known, in basis points of 1.
        least_coverage_bp: the share below which the card gives no grade.
        gates: evaluated on the day with the registers really consulted.
        inputs_seen: digest of the facts that the second person was shown; empty when there is none.
        inputs_now: digest of the facts on the day.
        screening: what the agencies' reviewers said, None when the round is not screened.
        is_objected: whether an objection against it was found right.
        is_overridden: whether two persons admit it although its grade is below the line.
    """

    outcome: EntryOutcome
    grade: Grade
    coverage_bp: int
    least_coverage_bp: int
    minimum_grade: Grade
    gates: GateResult
    inputs_seen: str
    inputs_now: str
    screening: ReviewTally | None = None
    is_objected: bool = False
    is_overridden: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What stands against a firm: `faults` refuse the round, `moved` holds the firm back."""

    faults: tuple[Text, ...] = ()
    moved: tuple[Text, ...] = ()
    all: tuple[Text, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Put both together."""
        object.__setattr__(self, "all", (*self.faults, *self.moved))


def inputs_digest(inputs: Mapping[str, Any]) -> str:
    """Return the digest of a firm's facts: two days with the same facts have the same one."""
    plain = json.dumps(inputs, ensure_ascii=False, sort_keys=True, default=str, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def round_refusals(case: RoundCase) -> list[Text]:
    """Return what refuses the round as a whole."""
    refusals: list[Text] = []
    if case.submitted_by_user_id is None or case.approver_user_id is None:
        refusals.append(_("发布须由两名在册人员先后办理。"))
    elif case.submitted_by_user_id == case.approver_user_id:
        refusals.append(_("提交人不能复核自己提交的批次，请由另一名工作人员复核。"))
    refusals.extend(unconsulted(case.cover.open))
    return refusals


def notice_refusals(case: NoticeCase, on: date) -> list[Text]:
    """Return what the public notice holds against publication on day `on`."""
    if case.notice is None:
        return [_("尚未公示，不能发布。")]
    refusals: list[Text] = []
    if not case.notice.is_over(on):
        last = case.notice.last_day.isoformat()
        refusals.append(_("公示期至%(last)s（含当日），期满后才能发布。", last=last))
    if case.open_objections:
        refusals.append(_("还有%(count)s件异议没有答复，不能发布。", count=case.open_objections))
    if case.upheld_against_all:
        refusals.append(_("针对整批的异议成立，请退回后重新编制。"))
    return refusals


def unconsulted(codes: Iterable[ConductCode]) -> list[Text]:
    """Say of each register that nobody looked into it: without that, no firm is clear."""
    return [
        _(
            "%(code)s %(register)s没有有效的查询记录：未查询不等于没有。",
            code=code.value,
            register=REGISTERS[code],
        )
        for code in codes
    ]


def verdict(candidate: Candidate, cover: GateCover) -> Verdict:
    """Return what stands against one firm that the round would admit."""
    return Verdict(faults=tuple(_faults(candidate)), moved=tuple(_moved(candidate, cover)))


def _faults(candidate: Candidate) -> Iterable[Text]:
    """Yield what no page can have written: the row contradicts its own sheet."""
    if candidate.outcome is not EntryOutcome.ADMITTED:
        yield _("本批结论不是入选。")
    if candidate.grade is Grade.UNRATED or candidate.coverage_bp < candidate.least_coverage_bp:
        yield _("指标覆盖率不足，不评级，不能入选。")
        return
    ruled, _reasons = outcome_for(candidate.grade, (), candidate.minimum_grade)
    if ruled is not EntryOutcome.ADMITTED and not candidate.is_overridden:
        yield _("等级低于入选线，且没有经两人办理的调整。")
    if not candidate.inputs_seen:
        yield _("没有复核人所见资料的记录。")


def _moved(candidate: Candidate, cover: GateCover) -> Iterable[Text]:
    """Yield what happened since the second person saw the firm."""
    yield from (block.sentence for block in candidate.gates.blocks)
    yield from _unchecked(candidate.gates.unchecked, cover)
    if candidate.inputs_seen and candidate.inputs_seen != candidate.inputs_now:
        yield _("提交复核之后，企业资料有变化，须重新评分后再办理。")
    if candidate.is_objected:
        yield _("公示期间对该企业的异议成立。")
    screening = candidate.screening
    if screening is not None and screening.reviewers < LEAST_REVIEWERS:
        yield _("评审人不足%(least)s名。", least=LEAST_REVIEWERS)
    if screening is not None and screening.open_conflicts:
        yield _("还有未处理的利益冲突申报。")


def _unchecked(codes: Collection[str], cover: GateCover) -> Iterable[Text]:
    if NO_VALID_PATENT in codes:
        yield _("专利是否有效未知，不能确认至少有一件有效授权专利。")
    settled = cover.consulted | cover.waived | cover.not_applicable
    yield from unconsulted(code for code in ConductCode if code.value in codes and code not in settled)


def publishable(case: RoundCase, notice: NoticeCase, candidate: Candidate, on: date) -> list[Text]:
    """Return everything that keeps a firm from being admitted by this round on a day; empty means yes."""
    return [*round_refusals(case), *notice_refusals(notice, on), *verdict(candidate, case.cover).all]
