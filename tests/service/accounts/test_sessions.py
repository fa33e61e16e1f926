"""Sessions in the database: found by token, ended for good, cleaned up after half a year."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.accounts.models import SignInFailures, User, UserSession
from ipfin.accounts.queries import actor_for
from ipfin.accounts.service import (
    SignInResult,
    begin_session,
    end_all_sessions,
    end_own_session,
    living_sessions,
    needs_touch,
    purge,
    session_for_token,
    sign_out,
    touch,
)
from ipfin.config import Settings
from ipfin.kernel.actor import SYSTEM
from ipfin.kernel.text import _
from tests.factories import NOW, Make

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


@pytest.fixture
def begin(session: Session, settings: Settings) -> Callable[[User], tuple[UserSession, str]]:
    def begun(user: User) -> tuple[UserSession, str]:
        return begin_session(session, user, now=NOW, address="", user_agent="", settings=settings)

    return begun


Begin = Callable[[User], tuple[UserSession, str]]


@pytest.mark.parametrize(("later", "found"), [(30 * MINUTE - SECOND, True), (30 * MINUTE, False)])
def test_an_idle_session_is_found_until_the_limit(
    session: Session, make: Make, begin: Begin, settings: Settings, later: timedelta, found: bool
) -> None:
    _row, token = begin(make.user())
    assert (session_for_token(session, token, now=NOW + later, settings=settings) is not None) == found


@pytest.mark.parametrize(
    ("later", "found"), [(timedelta(hours=12) - SECOND, True), (timedelta(hours=12), False)]
)
def test_a_busy_session_is_found_until_its_absolute_limit(
    session: Session, make: Make, begin: Begin, settings: Settings, later: timedelta, found: bool
) -> None:
    row, token = begin(make.user())
    row.last_seen_at = NOW + later
    session.flush()
    assert (session_for_token(session, token, now=NOW + later, settings=settings) is not None) == found


def test_a_copied_cookie_is_dead_after_signing_out(
    session: Session, make: Make, begin: Begin, settings: Settings, recorded: Callable[[], list[str]]
) -> None:
    user = make.user()
    row, token = begin(user)
    sign_out(session, actor_for(session, user), row, now=NOW)
    assert session_for_token(session, token, now=NOW, settings=settings) is None
    assert recorded() == ["accounts.session.closed"]


def test_signing_out_twice_is_recorded_once(
    session: Session, make: Make, begin: Begin, recorded: Callable[[], list[str]]
) -> None:
    user = make.user()
    row, _token = begin(user)
    for _time in range(2):
        sign_out(session, actor_for(session, user), row, now=NOW)
    assert recorded() == ["accounts.session.closed"]


def test_signing_out_ends_this_session_only(
    session: Session, make: Make, begin: Begin, settings: Settings
) -> None:
    user = make.user()
    row, _token = begin(user)
    _other, other_token = begin(user)
    sign_out(session, actor_for(session, user), row, now=NOW)
    assert session_for_token(session, other_token, now=NOW, settings=settings) is not None


@pytest.mark.parametrize("token", ["", "x", "\ud800", "令牌", "a" * 100_000, "' OR 1=1 --"])
def test_a_token_that_was_never_given_out_finds_nothing(
    session: Session, make: Make, begin: Begin, settings: Settings, token: str
) -> None:
    begin(make.user())
    assert session_for_token(session, token, now=NOW, settings=settings) is None


def test_the_kept_hash_is_no_token(session: Session, make: Make, begin: Begin, settings: Settings) -> None:
    row, _token = begin(make.user())
    assert session_for_token(session, row.token_hash, now=NOW, settings=settings) is None


@pytest.mark.parametrize("what", ["user", "organisation"])
def test_a_session_ends_with_its_user_and_its_organisation(
    session: Session, make: Make, begin: Begin, settings: Settings, what: str
) -> None:
    user = make.user()
    _row, token = begin(user)
    (user if what == "user" else user.organisation).is_active = False
    session.flush()
    assert session_for_token(session, token, now=NOW, settings=settings) is None


def test_finding_a_session_writes_nothing(
    session: Session, make: Make, begin: Begin, settings: Settings
) -> None:
    row, token = begin(make.user())
    session_for_token(session, token, now=NOW + 20 * MINUTE, settings=settings)
    assert not session.dirty
    assert row.last_seen_at == NOW


@pytest.mark.parametrize(("later", "seen"), [(59 * SECOND, False), (MINUTE, True)])
def test_a_sighting_is_written_once_a_minute(
    session: Session, make: Make, begin: Begin, later: timedelta, seen: bool
) -> None:
    row, _token = begin(make.user())
    assert needs_touch(row, NOW + later) == seen
    touch(session, row.id, NOW + later)
    session.expire(row)
    assert row.last_seen_at == (NOW + later if seen else NOW)


def test_a_sighting_does_not_revive_an_ended_session(session: Session, make: Make, begin: Begin) -> None:
    row, _token = begin(make.user())
    row.ended_at = NOW
    session.flush()
    touch(session, row.id, NOW + 5 * MINUTE)
    session.expire(row)
    assert row.last_seen_at == NOW


def test_all_sessions_of_one_person_end_but_for_one(
    session: Session, make: Make, begin: Begin, settings: Settings, recorded: Callable[[], list[str]]
) -> None:
    user, other = make.user(), make.user()
    kept, kept_token = begin(user)
    tokens = [begin(user)[1] for _device in range(3)]
    _row, foreign_token = begin(other)
    assert end_all_sessions(session, SYSTEM, user.id, reason=_("试验"), now=NOW, but=kept) == 3
    assert all(session_for_token(session, token, now=NOW, settings=settings) is None for token in tokens)
    assert session_for_token(session, kept_token, now=NOW, settings=settings) is not None
    assert session_for_token(session, foreign_token, now=NOW, settings=settings) is not None
    assert recorded() == ["accounts.session.ended"]


def test_whoever_holds_a_session_s_row_sees_that_it_ended(session: Session, make: Make, begin: Begin) -> None:
    row, _token = begin(make.user())
    end_all_sessions(session, SYSTEM, row.user_id, reason=_("试验"), now=NOW)
    assert row.ended_at == NOW


def test_ending_nothing_is_not_recorded(
    session: Session, make: Make, recorded: Callable[[], list[str]]
) -> None:
    assert end_all_sessions(session, SYSTEM, make.user().id, reason=_("试验"), now=NOW) == 0
    assert recorded() == []


def test_a_person_sees_where_he_is_signed_in_and_ends_it_there(
    session: Session, make: Make, begin: Begin, settings: Settings
) -> None:
    user = make.user()
    (first, _first_token), (second, token) = begin(user), begin(user)
    first.last_seen_at = NOW - timedelta(hours=1)
    session.flush()
    assert [each.id for each in living_sessions(session, user.id, now=NOW, settings=settings)] == [second.id]
    assert end_own_session(session, actor_for(session, user), second.id, reason=_("本人终止"), now=NOW)
    assert session_for_token(session, token, now=NOW, settings=settings) is None


def test_nobody_ends_somebody_else_s_session(
    session: Session, make: Make, begin: Begin, settings: Settings
) -> None:
    row, token = begin(make.user())
    stranger = actor_for(session, make.user())
    assert not end_own_session(session, stranger, row.id, reason=_("本人终止"), now=NOW)
    assert session_for_token(session, token, now=NOW, settings=settings) is not None


def test_what_a_browser_says_of_itself_is_cut_and_kept_on_one_line(
    session: Session, make: Make, settings: Settings
) -> None:
    row, _token = begin_session(
        session,
        make.user(),
        now=NOW,
        address="x" * 500,
        user_agent="evil\r\nline\ud800" + "长" * 500,
        settings=settings,
    )
    session.expire(row)
    assert len(row.address) == 64
    assert len(row.user_agent) == 200
    assert row.user_agent.startswith("evil  line")


@pytest.mark.parametrize(("days", "kept"), [(180, 1), (181, 0)])
def test_sessions_are_removed_half_a_year_after_they_were_over(
    session: Session, make: Make, days: int, kept: int
) -> None:
    make.user_session(expires_at=NOW - timedelta(days=days))
    purge(session, now=NOW)
    assert len(session.scalars(select(UserSession)).all()) == kept


def test_a_session_that_ended_long_ago_is_removed_with_the_stale_counters(
    session: Session, make: Make
) -> None:
    make.user_session(ended_at=NOW - timedelta(days=200))
    make.user_session()
    make.sign_in_failures(window_started_at=NOW - timedelta(days=2))
    make.sign_in_failures(window_started_at=NOW - timedelta(hours=1))
    assert purge(session, now=NOW) == 2
    assert len(session.scalars(select(UserSession)).all()) == 1
    assert len(session.scalars(select(SignInFailures)).all()) == 1


def test_a_result_without_a_token_is_no_session(enter: Callable[..., SignInResult]) -> None:
    result = enter("nobody@example.test")
    assert (result.token, result.user_session, result.stage) == ("", None, None)
