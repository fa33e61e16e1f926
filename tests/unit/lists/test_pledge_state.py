"""A pledge stands from its first day to the day before its release; what no list told is unknown."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipfin.registry.pledges import PledgeState, pledge_state

SINCE, END, TOLD = date(2025, 6, 2), date(2026, 2, 1), date(2026, 3, 5)
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize(
    ("on", "state"),
    [
        (date(2025, 6, 1), PledgeState.NOT_YET),
        (SINCE, PledgeState.STANDING),
        (date(2026, 1, 31), PledgeState.STANDING),
        (END, PledgeState.RELEASED),
    ],
)
def test_a_released_pledge_stands_between_its_days(on: date, state: PledgeState) -> None:
    assert pledge_state(SINCE, END, TOLD, on) is state


@pytest.mark.parametrize(
    ("on", "state"), [(TOLD, PledgeState.STANDING), (date(2026, 3, 6), PledgeState.UNKNOWN)]
)
def test_after_the_list_s_own_day_nobody_told_whether_it_still_stands(on: date, state: PledgeState) -> None:
    assert pledge_state(SINCE, None, TOLD, on) is state


def test_without_its_first_day_it_stood_on_the_list_s_day_and_before_is_unknown() -> None:
    assert pledge_state(None, None, TOLD, TOLD) is PledgeState.STANDING
    assert pledge_state(None, None, TOLD, SINCE) is PledgeState.UNKNOWN


@given(st.none() | DAYS, st.none() | DAYS, DAYS, DAYS)
def test_a_pledge_without_a_told_release_is_never_called_released(
    since: date | None, end: date | None, told: date, on: date
) -> None:
    state = pledge_state(since, end, told, on)
    assert (state is PledgeState.RELEASED) == (end is not None and on >= end)
