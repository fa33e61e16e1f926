"""What became of a firm's financing, and what that makes of it for a calibration. Pure.

Decides the kinds of outcomes, what may be written down, and when a firm counts as having gone well: a loan
counts only once it has been watched for twelve months, or a young book would look good for being young. A
pledge alone is neither good nor bad: nobody knows of a loan. Outcomes change no score, no grade and no
admission; what keeps a firm out (E06) is a record of conduct.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from ipfin.kernel.calendar import add_months
from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import Text, _

WATCHED_MONTHS: Final = 12
FIRST_DAY: Final = date(1985, 4, 1)  # of the Patent Law: nothing was pledged or lent on before
LONGEST_SOURCE: Final = 200
LONGEST_EVIDENCE: Final = 300


class OutcomeKind(StrEnum):
    """What happened (融资结果)."""

    LOAN_GRANTED = "loan_granted"  # 已放款
    PLEDGED = "pledged"  # 已出质
    OVERDUE90 = "overdue90"  # 逾期90日以上
    COMPENSATED = "compensated"  # 已代偿


KIND_LABELS: Final[Mapping[OutcomeKind, Text]] = {
    OutcomeKind.LOAN_GRANTED: _("已放款"),
    OutcomeKind.PLEDGED: _("专利已出质"),
    OutcomeKind.OVERDUE90: _("逾期90日以上"),
    OutcomeKind.COMPENSATED: _("已代偿"),
}
BAD: Final = frozenset({OutcomeKind.OVERDUE90, OutcomeKind.COMPENSATED})


class Standing(StrEnum):
    """What the outcomes of a firm make of it on a day (融资表现)."""

    GOOD = "good"  # 放款满十二个月，没有逾期和代偿
    BAD = "bad"  # 有逾期90日以上或代偿
    OPEN = "open"  # 放款未满十二个月
    NO_LOAN = "no_loan"  # 只有出质，没有放款


STANDING_LABELS: Final[Mapping[Standing, Text]] = {
    Standing.GOOD: _("好：放款满12个月，没有逾期和代偿"),
    Standing.BAD: _("坏：有逾期90日以上或代偿"),
    Standing.OPEN: _("观察期未满12个月"),
    Standing.NO_LOAN: _("只有出质，没有放款记录"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One outcome of a firm that stands: what, and on which day."""

    kind: OutcomeKind
    on: date


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a firm, and the day of the loan: only what was known of it by then may be compared."""

    standing: Standing
    since: date


def result_of(outcomes: Collection[Told], on: date) -> Result | None:
    """Return what the outcomes of one firm make of it on day `on`; None when nothing happened until then.

    A bad outcome is laid to the last loan before it, or to its own day where no loan is known.
    """
    told = [each for each in outcomes if each.on <= on]
    if not told:
        return None
    granted = sorted(each.on for each in told if each.kind is OutcomeKind.LOAN_GRANTED)
    bad = min((each.on for each in told if each.kind in BAD), default=None)
    if bad is not None:
        return Result(Standing.BAD, max((day for day in granted if day <= bad), default=bad))
    if not granted:
        return Result(Standing.NO_LOAN, min(each.on for each in told))
    is_watched = add_months(granted[0], WATCHED_MONTHS) <= on
    return Result(Standing.GOOD if is_watched else Standing.OPEN, granted[0])


@dataclass(frozen=True, slots=True)
class Statement:
    """What somebody writes down of an outcome."""

    kind: OutcomeKind
    happened_on: date
    source: str
    evidence: str = ""

    def checked(self, on: date) -> Statement:
        """Return it without the blanks around its words.

        Raises:
            BadInput: no source, a bad outcome without evidence, words too long, a day that cannot be.
        """
        source, evidence = self.source.strip(), self.evidence.strip()
        if not source:
            raise BadInput(_("请填写来源：谁提供的。"), field="source")
        if self.kind in BAD and not evidence:
            raise BadInput(_("逾期和代偿须写明凭据，如合同号、代偿通知书文号。"), field="evidence")
        for name, words, most in (
            ("source", source, LONGEST_SOURCE),
            ("evidence", evidence, LONGEST_EVIDENCE),
        ):
            if len(words) > most:
                raise BadInput(_("不超过%(most)s个字。", most=most), field=name)
        if not FIRST_DAY <= self.happened_on <= on:
            raise BadInput(
                _("日期须在%(first)s至今天之间。", first=FIRST_DAY.isoformat()), field="happened_on"
            )
        return Statement(self.kind, self.happened_on, source, evidence)
