"""Whether a patent is pledged follows from everything that is known with its day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from ipfin.registry.burdens import flags_with_pledges, is_pledged

DAY = date(2026, 3, 5)
ONE = timedelta(days=1)


@dataclass(frozen=True)
class Pledge:
    as_of: date
    registered_on: date | None = date(2026, 1, 5)
    released_on: date | None = None


@pytest.mark.parametrize(("as_of", "pledged"), [(DAY - ONE, False), (DAY, True), (DAY + ONE, True)])
def test_a_list_without_the_pledge_takes_it_off_only_if_it_is_the_later_word(
    as_of: date, pledged: bool
) -> None:
    assert is_pledged(False, DAY, [Pledge(as_of)]) is pledged


def test_a_list_that_tells_no_burdens_says_nothing() -> None:
    assert is_pledged(False, None, [Pledge(DAY)])
    assert not is_pledged(False, None, [])


@pytest.mark.parametrize(("released_on", "pledged"), [(DAY - ONE, True), (DAY, True), (DAY + ONE, False)])
def test_a_release_takes_the_word_of_a_list_back_if_the_pledge_stood_on_its_day(
    released_on: date, pledged: bool
) -> None:
    assert is_pledged(True, DAY, [Pledge(DAY + 9 * ONE, released_on=released_on)]) is pledged


@pytest.mark.parametrize("registered_on", [None, DAY + ONE])
def test_a_pledge_that_is_not_known_to_have_stood_explains_no_word_of_a_list(
    registered_on: date | None,
) -> None:
    assert is_pledged(True, DAY, [Pledge(DAY + 9 * ONE, registered_on, DAY + 2 * ONE)])


def test_a_second_standing_pledge_keeps_the_flag() -> None:
    assert is_pledged(True, DAY, [Pledge(DAY, released_on=DAY + ONE), Pledge(DAY - ONE)])


def test_the_other_flags_stay() -> None:
    assert flags_with_pledges("licensed", DAY, [Pledge(DAY)]) == "licensed pledged"
    assert flags_with_pledges("licensed pledged", DAY, [Pledge(DAY, released_on=DAY + ONE)]) == "licensed"
