"""What outcomes make of a firm on a day, what may be written down, and which words a list may use."""

from __future__ import annotations

from datetime import date

import pytest

from ipfin.kernel.errors import BadInput
from ipfin.lists.outcomes.fields import KINDS, OFFERED, kind_in
from ipfin.outcomes.rules import (
    BAD,
    FIRST_DAY,
    KIND_LABELS,
    STANDING_LABELS,
    OutcomeKind,
    Result,
    Standing,
    Statement,
    Told,
    result_of,
)

GRANTED, PLEDGED, OVERDUE = OutcomeKind.LOAN_GRANTED, OutcomeKind.PLEDGED, OutcomeKind.OVERDUE90
COMPENSATED = OutcomeKind.COMPENSATED
LOAN = date(2024, 2, 29)


def test_every_kind_and_standing_has_words() -> None:
    assert set(KIND_LABELS) == set(OutcomeKind)
    assert set(STANDING_LABELS) == set(Standing)


@pytest.mark.parametrize(
    ("on", "standing"),
    [(LOAN, Standing.OPEN), (date(2025, 2, 27), Standing.OPEN), (date(2025, 2, 28), Standing.GOOD)],
)
def test_a_loan_is_good_only_once_watched_for_twelve_months(on: date, standing: Standing) -> None:
    assert result_of([Told(GRANTED, LOAN)], on) == Result(standing, LOAN)


def test_nothing_is_known_before_it_happened() -> None:
    assert result_of([Told(GRANTED, LOAN)], date(2024, 2, 28)) is None
    told = [Told(GRANTED, LOAN), Told(OVERDUE, date(2025, 6, 2))]
    assert result_of(told, date(2025, 6, 1)) == Result(Standing.GOOD, LOAN)
    assert result_of(told, date(2025, 6, 2)) == Result(Standing.BAD, LOAN)


def test_a_pledge_alone_is_neither_good_nor_bad() -> None:
    assert result_of([Told(PLEDGED, LOAN)], date(2030, 1, 1)) == Result(Standing.NO_LOAN, LOAN)


def test_a_bad_outcome_is_laid_to_the_last_loan_before_it() -> None:
    second, bad, later = date(2025, 3, 3), date(2026, 1, 5), date(2026, 2, 2)
    told = [Told(GRANTED, LOAN), Told(GRANTED, second), Told(COMPENSATED, bad), Told(GRANTED, later)]
    assert result_of(told, date(2026, 12, 1)) == Result(Standing.BAD, second)
    assert result_of([Told(COMPENSATED, bad)], bad) == Result(Standing.BAD, bad)


def said(
    kind: OutcomeKind = GRANTED, day: date = LOAN, source: str = "样例银行", evidence: str = ""
) -> Statement:
    return Statement(kind, day, source, evidence)


def test_words_are_tidied_and_kept_whole() -> None:
    assert said(source=" 样例银行 ", evidence=" 一号 ").checked(LOAN) == said(evidence="一号")


@pytest.mark.parametrize(
    ("statement", "field"),
    [
        (said(source=" "), "source"),
        (said(source="行" * 201), "source"),
        (said(evidence="字" * 301), "evidence"),
        (said(day=date(2025, 1, 2)), "happened_on"),
        *((said(kind), "evidence") for kind in sorted(BAD)),
    ],
)
def test_what_cannot_stand_is_refused_at_its_field(statement: Statement, field: str) -> None:
    with pytest.raises(BadInput) as refused:
        statement.checked(date(2025, 1, 1))
    assert refused.value.field == field


def test_the_first_and_the_last_day_are_taken() -> None:
    for day in (FIRST_DAY, date(2025, 1, 1)):
        assert said(day=day).checked(date(2025, 1, 1)).happened_on == day


def test_the_words_of_lists() -> None:
    assert [kind_in(word) for word in OFFERED] == list(KINDS)
    told = {"贷款已代偿": COMPENSATED, "逾期90天": OVERDUE, "质押登记": PLEDGED, "compensated": COMPENSATED}
    assert {word: kind_in(word) for word in told} == told
    assert [kind_in(word) for word in ("逾期", "未放款", "无质押", "拟放款", "结清", "")] == [""] * 6
