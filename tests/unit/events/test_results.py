"""What may be said of a meeting and of its later steps; both sides of every limit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from ipfin.events.results import FollowUpSaid, Interest, ResultSaid, Stage
from ipfin.kernel.errors import BadInput
from ipfin.kernel.money import Fen

HELD = date(2026, 4, 16)
STRONG = ResultSaid(
    Interest.STRONG, Fen(300_000_000), "知识产权质押贷款", "提供近三年报表", "客户经理", date(2026, 4, 30)
)
LOAN = FollowUpSaid(Stage.LOAN, date(2026, 5, 20), Fen(200_000_000), is_first_loan=True)


def refused(said: ResultSaid | FollowUpSaid, *days: date) -> str:
    with pytest.raises(BadInput) as refusal:
        said.checked(*days)
    return refusal.value.field or ""


def test_a_clear_interest_is_taken_without_the_blanks_around_its_words() -> None:
    assert replace(STRONG, product="  质押贷款 ").checked(HELD) == replace(STRONG, product="质押贷款")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"next_step": " "}, "next_step"),
        ({"responsible": ""}, "responsible"),
        ({"due_on": None}, "due_on"),
        ({"due_on": HELD - timedelta(days=1)}, "due_on"),
        ({"due_on": date(2028, 4, 17)}, "due_on"),
        ({"amount_fen": Fen(0)}, "amount"),
        ({"amount_fen": Fen(1_000_000_000_001)}, "amount"),
        ({"product": "贷" * 101}, "product"),
        ({"note": "注" * 301}, "note"),
    ],
)
def test_what_is_missing_of_a_clear_interest_is_refused_at_its_field(
    change: dict[str, object], field: str
) -> None:
    assert refused(replace(STRONG, **change), HELD) == field


@pytest.mark.parametrize("day", [HELD, date(2028, 4, 16)])
def test_the_first_and_the_last_day_of_a_next_step_are_taken(day: date) -> None:
    assert replace(STRONG, due_on=day).checked(HELD).due_on == day


def test_an_open_interest_needs_a_next_step_only() -> None:
    assert ResultSaid(Interest.OPEN, next_step="再联系").checked(HELD).next_step == "再联系"
    assert refused(ResultSaid(Interest.OPEN), HELD) == "next_step"


@pytest.mark.parametrize("interest", [Interest.NONE, Interest.NOT_HELD])
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount_fen": Fen(1)}, "amount"),
        ({"product": "贷款"}, "product"),
        ({"next_step": "再联系"}, "next_step"),
        ({"responsible": "客户经理"}, "responsible"),
        ({"due_on": HELD}, "due_on"),
    ],
)
def test_nothing_follows_from_no_interest(interest: Interest, change: dict[str, object], field: str) -> None:
    assert refused(replace(ResultSaid(interest, note="对方未到场"), **change), HELD) == field


def test_a_meeting_that_was_not_held_says_why() -> None:
    assert refused(ResultSaid(Interest.NOT_HELD), HELD) == "note"
    assert ResultSaid(Interest.NONE).checked(HELD).note == "", "who has no interest need not say why"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"happened_on": HELD - timedelta(days=1)}, "happened_on"),
        ({"happened_on": date(2026, 6, 2)}, "happened_on"),
        ({"amount_fen": None}, "amount"),
        ({"amount_fen": Fen(0)}, "amount"),
        ({"stage": Stage.CREDIT}, "is_first_loan"),
        ({"stage": Stage.ENDED, "reason": "企业撤回"}, "amount"),
        ({"stage": Stage.ENDED, "amount_fen": None}, "reason"),
        ({"reference": "号" * 101}, "reference"),
    ],
)
def test_a_later_step_that_cannot_be_is_refused_at_its_field(change: dict[str, object], field: str) -> None:
    assert refused(replace(LOAN, **change), HELD, date(2026, 6, 1)) == field


@pytest.mark.parametrize("day", [HELD, date(2026, 6, 1)])
def test_a_later_step_may_be_of_the_day_of_the_event_or_of_today(day: date) -> None:
    assert replace(LOAN, happened_on=day).checked(HELD, date(2026, 6, 1)).happened_on == day
