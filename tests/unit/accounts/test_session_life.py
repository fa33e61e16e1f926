"""The limits of a session on both sides, and the doors in their order."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ipfin.accounts.session_life import SessionFacts, Stage, is_alive, is_worth_touching, stage

SEEN = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)
IDLE = timedelta(minutes=30)
SECOND = timedelta(seconds=1)
FACTS = SessionFacts(
    last_seen_at=SEEN,
    expires_at=SEEN + timedelta(hours=12),
    ended_at=None,
    second_factor_at=SEEN,
    has_second_factor=True,
    must_have_second_factor=True,
    password_expires_at=None,
)


@pytest.mark.parametrize(("later", "alive"), [(IDLE - SECOND, True), (IDLE, False), (IDLE + SECOND, False)])
def test_a_session_dies_when_it_was_idle_for_the_limit(later: timedelta, alive: bool) -> None:
    assert is_alive(FACTS, SEEN + later, IDLE) == alive


@pytest.mark.parametrize(("before", "alive"), [(SECOND, True), (timedelta(), False), (-SECOND, False)])
def test_a_session_dies_at_its_absolute_limit_however_busy(before: timedelta, alive: bool) -> None:
    now = FACTS.expires_at - before
    assert is_alive(replace(FACTS, last_seen_at=now), now, IDLE) == alive


def test_an_ended_session_is_dead_at_once() -> None:
    assert not is_alive(replace(FACTS, ended_at=SEEN), SEEN, IDLE)


@pytest.mark.parametrize(("later", "worth"), [(59, False), (60, True), (61, True)])
def test_a_sighting_is_written_once_a_minute(later: int, worth: bool) -> None:
    assert is_worth_touching(SEEN, SEEN + timedelta(seconds=later)) == worth


@pytest.mark.parametrize(
    ("has", "must", "given", "expected"),
    [
        (True, True, False, Stage.SECOND_FACTOR),
        (True, False, False, Stage.SECOND_FACTOR),  # who enrolled of his own will is asked too
        (True, True, True, Stage.OPEN),
        (False, True, False, Stage.ENROLMENT),
        (False, True, True, Stage.ENROLMENT),  # taken away by the administrator meanwhile
        (False, False, False, Stage.OPEN),
    ],
)
def test_the_second_factor_comes_before_the_house_opens(
    has: bool, must: bool, given: bool, expected: Stage
) -> None:
    facts = replace(
        FACTS,
        has_second_factor=has,
        must_have_second_factor=must,
        second_factor_at=SEEN if given else None,
    )
    assert stage(facts, SEEN) is expected


@pytest.mark.parametrize(("before", "expected"), [(SECOND, Stage.OPEN), (timedelta(), Stage.PASSWORD)])
def test_an_old_password_is_changed_before_the_house_opens(before: timedelta, expected: Stage) -> None:
    assert stage(replace(FACTS, password_expires_at=SEEN + before), SEEN) is expected


def test_an_old_password_waits_until_the_second_factor_was_given() -> None:
    facts = replace(FACTS, second_factor_at=None, password_expires_at=SEEN)
    assert stage(facts, SEEN) is Stage.SECOND_FACTOR
