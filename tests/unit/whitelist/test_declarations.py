"""When "not declared" counts: after the deadline, and only without an answer in time."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ipfin.kernel.errors import BadInput
from ipfin.whitelist.declarations import Ask, AskState, askable, checked_codes, checked_due

ON = date(2026, 3, 5)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("ask", "on", "state"),
    [
        (Ask(ON), ON, AskState.WAITING),
        (Ask(ON), ON + DAY, AskState.OVERDUE),
        (Ask(ON, answered_on=ON), ON + DAY, AskState.ANSWERED),
        (Ask(ON, answered_on=ON + DAY), ON + DAY, AskState.OVERDUE),
        (Ask(ON, answered_on=ON), ON - DAY, AskState.WAITING),
        (Ask(ON, withdrawn_on=ON + 2 * DAY), ON + DAY, AskState.OVERDUE),
        (Ask(ON, withdrawn_on=ON + 2 * DAY), ON + 2 * DAY, AskState.WITHDRAWN),
    ],
)
def test_the_due_day_itself_is_in_time_and_a_late_answer_is_late(ask, on, state):
    assert ask.state(on) is state


@pytest.mark.parametrize(("days", "is_fine"), [(4, False), (5, True), (180, True), (181, False)])
def test_a_deadline_leaves_time_for_proof_and_stays_in_sight(days, is_fine):
    due = ON + days * DAY
    if is_fine:
        assert checked_due(due, ON) == due
    else:
        with pytest.raises(BadInput, match="截止日须在"):
            checked_due(due, ON)


def test_what_is_known_or_asked_for_already_is_not_asked_for():
    assert askable({"C1", "C2", "L1"}, {"M5"}) == ["C3", "C4", "M1", "M2", "M3", "M4"]


@pytest.mark.parametrize("codes", [frozenset(), frozenset({"L1"}), frozenset({"M1", "T3"})])
def test_only_what_a_firm_can_tell_is_asked_for(codes):
    with pytest.raises(BadInput, match="企业能申报"):
        checked_codes(codes)
