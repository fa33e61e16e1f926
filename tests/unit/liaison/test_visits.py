"""What a record of a visit needs, and when its follow-up is late."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from ipfin.kernel.errors import BadInput
from ipfin.liaison.visits import FollowUp, VisitDetails, follow_up_of

ON = date(2026, 3, 5)
DAY = timedelta(days=1)
SAID = VisitDetails(
    ON, "经办甲", "专利质押意向", persons="财务负责人", follow_up="送政策汇编", due_on=ON + DAY
)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"visited_on": ON + DAY, "due_on": ON + DAY}, "visited_on"),
        ({"officers": "  "}, "officers"),
        ({"topics": ""}, "topics"),
        ({"topics": "长" * 1001}, "topics"),
        ({"needs": "长" * 1001}, "needs"),
        ({"persons": "长" * 301}, "persons"),
        ({"due_on": None}, "due_on"),
        ({"follow_up": ""}, "follow_up"),
        ({"due_on": ON - DAY}, "due_on"),
    ],
)
def test_a_record_that_cannot_be_right_is_refused_at_its_field(change, field):
    with pytest.raises(BadInput) as refusal:
        replace(SAID, **change).checked(ON)
    assert refusal.value.field == field


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"topics": "长" * 1000},
        {"due_on": ON},
        {"follow_up": "", "due_on": None},
        {"visited_on": ON - 400 * DAY},
    ],
)
def test_a_record_that_may_be_right_is_taken(change):
    assert replace(SAID, **change).checked(ON) == replace(SAID, **change)


@pytest.mark.parametrize(
    ("due", "done", "state"),
    [
        (None, None, FollowUp.NONE),
        (ON, None, FollowUp.OPEN),
        (ON - DAY, None, FollowUp.LATE),
        (ON - DAY, ON, FollowUp.DONE),
        (ON + DAY, ON, FollowUp.DONE),
    ],
)
def test_the_day_it_is_due_a_follow_up_is_still_in_time(due, done, state):
    assert follow_up_of(due, done, ON) is state
