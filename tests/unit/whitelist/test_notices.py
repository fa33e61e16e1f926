"""The days of a public notice, worked by hand with the State Council's calendar of 2026."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ipfin.kernel.calendar import WorkCalendar, seed_workdays
from ipfin.kernel.errors import BadInput
from ipfin.whitelist.notice import Notice, ObjectionWords, answer_due, notice_from

CALENDAR = WorkCalendar(seed_workdays(2026, 2026), known_through=2026)


@pytest.mark.parametrize(
    ("begins", "days", "last"),
    [
        (date(2026, 9, 25), 5, date(2026, 10, 9)),
        (date(2026, 9, 28), 5, date(2026, 10, 10)),  # a Saturday on which one works
        (date(2026, 9, 30), 5, date(2026, 10, 13)),
        (date(2026, 11, 23), 7, date(2026, 12, 2)),
        (date(2026, 2, 12), 5, date(2026, 2, 26)),
    ],
)
def test_the_day_on_which_a_notice_begins_does_not_count(begins: date, days: int, last: date) -> None:
    assert notice_from(begins, CALENDAR, days) == Notice(begins, last)


@pytest.mark.parametrize(
    ("begins", "last", "is_provisional"),
    [
        (date(2026, 12, 21), date(2026, 12, 28), False),
        (date(2026, 12, 22), date(2026, 12, 29), True),
        (date(2026, 12, 24), date(2026, 12, 31), True),
    ],
)
def test_a_notice_that_ends_where_the_calendar_is_not_known_says_so(
    begins: date, last: date, is_provisional: bool
) -> None:
    assert notice_from(begins, CALENDAR) == Notice(begins, last, is_provisional)


@pytest.mark.parametrize(
    ("on", "takes", "is_over"),
    [
        (date(2026, 9, 24), False, False),
        (date(2026, 9, 25), True, False),
        (date(2026, 10, 9), True, False),
        (date(2026, 10, 10), False, True),
    ],
)
def test_an_objection_is_in_time_through_the_last_day_and_publication_follows(
    on: date, takes: bool, is_over: bool
) -> None:
    notice = notice_from(date(2026, 9, 25), CALENDAR)

    assert (notice.takes_objections(on), notice.is_over(on)) == (takes, is_over)


def test_an_answer_is_due_five_working_days_after_filing() -> None:
    assert answer_due(date(2026, 9, 28), CALENDAR) == date(2026, 10, 10)


def test_no_day_takes_objections_and_lets_publish() -> None:
    notice = notice_from(date(2026, 9, 25), CALENDAR)
    for shift in range(-3, 30):
        day = notice.begins + timedelta(days=shift)
        assert not (notice.takes_objections(day) and notice.is_over(day))


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (ObjectionWords("甲", "037200000000", "理由理由理由理由理由"), "name"),
        (ObjectionWords("  ", "037200000000", "理由理由理由理由理由"), "name"),
        (ObjectionWords("样例市民", "1234", "理由理由理由理由理由"), "contact"),
        (ObjectionWords("样例市民", "12345", "理由理由理由理由理"), "reason"),
        (ObjectionWords("样例市民", "12345", "理" * 2001), "reason"),
    ],
)
def test_who_objects_says_who_he_is_how_to_answer_him_and_why(said: ObjectionWords, field: str) -> None:
    with pytest.raises(BadInput) as refused:
        said.checked()
    assert refused.value.field == field


def test_what_is_enough_is_taken() -> None:
    said = ObjectionWords(" 样例 ", "12345", "理由理由理由理由理由").checked()

    assert said.name == "样例"
