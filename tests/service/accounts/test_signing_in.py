"""Signing in by password: what opens, what is counted, what nobody is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.accounts.hashing import needs_rehash
from ipfin.accounts.models import SignInFailures, User, UserSession
from ipfin.accounts.service import (
    SignInResult,
    check_password,
    session_for_token,
    sign_in_checked,
    stage_of,
)
from ipfin.accounts.service.throttle import PASSWORD_FROM_ADDRESS
from ipfin.accounts.session_life import Stage
from ipfin.audit.models import AuditEntry
from ipfin.config import Settings
from ipfin.kernel.actor import Role
from tests.factories import NOW, PASSWORD, Make
from tests.service.accounts.conftest import settings_with

Enter = Callable[..., SignInResult]
LOCK = timedelta(minutes=15)
SECOND = timedelta(seconds=1)


def fail(enter: Enter, email: str, times: int, **more: object) -> SignInResult:
    for _attempt in range(times):
        last = enter(email, "wrong", **more)
    return last


def is_in(result: SignInResult) -> bool:
    return result.refusal is None and bool(result.token)


# --- The door ---------------------------------------------------------------------------------------


def test_the_right_password_opens_a_session_that_its_token_finds(
    session: Session, make: Make, enter: Enter, settings: Settings
) -> None:
    firm = make.user(Role.ENTERPRISE)
    result = enter(firm.email)
    found = session_for_token(session, result.token, now=NOW, settings=settings)
    assert found is not None
    assert found.user.id == firm.id
    assert result.stage is Stage.OPEN
    assert firm.last_login_at == NOW


@pytest.mark.parametrize("typed", ["{} ", " {}", "{:upper}"])
def test_the_account_s_name_is_found_however_it_is_typed(make: Make, enter: Enter, typed: str) -> None:
    email = make.user().email
    shapes = {"{} ": email + " ", " {}": " " + email, "{:upper}": email.upper()}
    assert is_in(enter(shapes[typed]))


def test_nobody_is_told_whether_the_account_or_the_password_was_wrong(make: Make, enter: Enter) -> None:
    wrong = enter(make.user().email, "wrong")
    unknown = enter("nobody@example.test", "wrong")
    off = enter(make.user(is_active=False).email)
    closed = enter(make.user(organisation=make.organisation(is_active=False)).email)
    assert len({result.refusal.message for result in (wrong, unknown, off, closed) if result.refusal}) == 1
    assert not any(is_in(result) for result in (wrong, unknown, off, closed))


@pytest.mark.parametrize(
    "email", ["", "\ud800", "a\0b", "'; DROP TABLE user_account;--", "a" * 5_000, "用户@x.cn", "%"]
)
def test_no_account_name_breaks_the_door(enter: Enter, email: str) -> None:
    assert not is_in(enter(email, "密码\ud800"))


def test_an_account_without_a_password_opens_to_none(make: Make, enter: Enter) -> None:
    email = make.user(password_hash="").email
    assert not is_in(enter(email, ""))
    assert not is_in(enter(email))


def test_a_hash_with_old_parameters_is_renewed_by_the_sign_in(make: Make, enter: Enter) -> None:
    old = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1).hash(PASSWORD)
    user = make.user(password_hash=old)
    assert needs_rehash(user.password_hash)
    enter(user.email)
    assert not needs_rehash(user.password_hash)
    assert is_in(enter(user.email))


def test_a_password_that_was_changed_meanwhile_opens_nothing(
    session: Session, make: Make, settings: Settings
) -> None:
    user = make.user()
    checked = check_password(session, user.email, PASSWORD, now=NOW, settings=settings)
    user.password_hash = make.user(password="another one").password_hash
    result = sign_in_checked(session, checked, address="", user_agent="", now=NOW, settings=settings)
    assert checked.is_right
    assert not is_in(result)


# --- Fixation ---------------------------------------------------------------------------------------


def test_every_sign_in_gives_a_new_token_and_ends_the_one_that_the_browser_had(
    session: Session, make: Make, enter: Enter, settings: Settings
) -> None:
    user = make.user()
    first = enter(user.email)
    second = enter(user.email, replaces=first.token)
    assert first.token != second.token
    assert session_for_token(session, first.token, now=NOW, settings=settings) is None
    assert session_for_token(session, second.token, now=NOW, settings=settings) is not None


def test_a_token_that_somebody_planted_is_never_taken_over(
    session: Session, make: Make, enter: Enter, settings: Settings
) -> None:
    planted = "planted-by-somebody-else"
    result = enter(make.user().email, replaces=planted)
    assert result.token != planted
    assert session_for_token(session, planted, now=NOW, settings=settings) is None


def test_the_database_never_holds_the_token(session: Session, make: Make, enter: Enter) -> None:
    token = enter(make.user().email).token
    assert session.scalars(select(UserSession.token_hash)).one() != token


# --- What comes next --------------------------------------------------------------------------------


@pytest.mark.parametrize("role", Role)
def test_a_role_that_needs_a_second_factor_enrols_first(make: Make, enter: Enter, role: Role) -> None:
    result = enter(make.user(role).email)
    assert result.needs_enrolment == (role is not Role.ENTERPRISE)
    assert result.stage is (Stage.OPEN if role is Role.ENTERPRISE else Stage.ENROLMENT)


def test_whoever_enrolled_gives_a_code_next_and_has_not_signed_in_yet(
    make: Make, enter: Enter, enrol: Callable[[User], User]
) -> None:
    user = enrol(make.user(Role.ENTERPRISE))
    assert enter(user.email).needs_second_factor
    assert user.last_login_at is None


def test_a_house_that_asks_for_no_second_factor_opens_at_once(
    session: Session, make: Make, enter: Enter
) -> None:
    result = enter(make.user().email)
    assert result.user_session is not None
    assert stage_of(result.user_session, now=NOW, settings=settings_with(totp_required=False)) is Stage.OPEN


def test_mlps_asks_for_it_whatever_the_setting(session: Session, make: Make, enter: Enter) -> None:
    result = enter(make.user().email)
    mlps = settings_with(totp_required=False, password_profile="mlps")
    assert result.user_session is not None
    assert stage_of(result.user_session, now=NOW, settings=mlps) is Stage.ENROLMENT


@pytest.mark.parametrize(("days", "expected"), [(89, Stage.OPEN), (90, Stage.PASSWORD)])
def test_under_mlps_a_password_of_ninety_days_is_changed_first(
    make: Make, enter: Enter, mlps: Settings, days: int, expected: Stage
) -> None:
    result = enter(make.user(Role.ENTERPRISE, password_changed_at=NOW - timedelta(days=days)).email)
    assert result.user_session is not None
    assert stage_of(result.user_session, now=NOW, settings=mlps) is expected


# --- Locking ----------------------------------------------------------------------------------------


def test_nine_failures_do_not_lock_and_ten_do(make: Make, enter: Enter) -> None:
    patient, hasty = make.user().email, make.user().email
    fail(enter, patient, 9)
    fail(enter, hasty, 10)
    assert is_in(enter(patient))
    assert not is_in(enter(hasty))


@pytest.mark.parametrize(("later", "opens"), [(LOCK - SECOND, False), (LOCK, True)])
def test_a_lock_lasts_a_quarter_of_an_hour(make: Make, enter: Enter, later: timedelta, opens: bool) -> None:
    email = make.user().email
    fail(enter, email, 10)
    assert is_in(enter(email, at=NOW + later)) == opens


def test_knocking_at_a_locked_door_does_not_lock_it_longer(make: Make, enter: Enter) -> None:
    email = make.user().email
    fail(enter, email, 10)
    fail(enter, email, 30, at=NOW + LOCK - SECOND)
    assert is_in(enter(email, at=NOW + LOCK))


def test_after_a_lock_ten_more_failures_lock_again(make: Make, enter: Enter) -> None:
    email = make.user().email
    fail(enter, email, 10)
    fail(enter, email, 9, at=NOW + LOCK)
    assert is_in(enter(email, at=NOW + LOCK))
    fail(enter, email, 10, at=NOW + LOCK)
    assert not is_in(enter(email, at=NOW + LOCK))


@pytest.mark.parametrize(("later", "locks"), [(LOCK - SECOND, True), (LOCK, False)])
def test_failures_are_forgotten_when_their_window_is_over(
    make: Make, enter: Enter, later: timedelta, locks: bool
) -> None:
    email = make.user().email
    fail(enter, email, 9)
    fail(enter, email, 1, at=NOW + later)
    assert is_in(enter(email, at=NOW + later)) != locks


def test_signing_in_starts_the_count_anew(make: Make, enter: Enter) -> None:
    email = make.user().email
    fail(enter, email, 9)
    assert is_in(enter(email))
    fail(enter, email, 9)
    assert is_in(enter(email))


def test_an_unknown_account_locks_like_a_known_one(make: Make, enter: Enter) -> None:
    known = [fail(enter, make.user().email, n).refusal for n in (1, 9, 11)]
    unknown = [fail(enter, f"nobody{n}@example.test", n).refusal for n in (1, 9, 11)]
    assert [str(refusal) for refusal in known] == [str(refusal) for refusal in unknown]
    assert str(known[0]) != str(known[2])


def test_a_locked_account_is_not_even_compared(
    session: Session, make: Make, enter: Enter, settings: Settings
) -> None:
    email = make.user().email
    fail(enter, email, 10)
    assert not check_password(session, email, PASSWORD, now=NOW, settings=settings).seen_hash


def test_a_check_from_before_the_lock_opens_nothing_after_it(
    session: Session, make: Make, enter: Enter, settings: Settings
) -> None:
    email = make.user().email
    checked = check_password(session, email, PASSWORD, now=NOW, settings=settings)
    fail(enter, email, 10)
    result = sign_in_checked(session, checked, address="", user_agent="", now=NOW, settings=settings)
    assert checked.is_right
    assert not is_in(result)


def test_one_account_s_lock_keeps_nobody_else_out(make: Make, enter: Enter) -> None:
    fail(enter, make.user().email, 10)
    assert is_in(enter(make.user().email))


def test_two_hundred_people_at_one_address_all_come_in(make: Make, enter: Enter) -> None:
    bank = make.organisation()
    people = [make.user(organisation=bank).email for _person in range(200)]
    fail(enter, people[0], 5)
    assert all(is_in(enter(email)) for email in people)


def test_an_address_locks_by_failures_only_and_high_up(
    session: Session, make: Make, enter: Enter, settings: Settings
) -> None:
    email = make.user().email
    make.sign_in_failures(
        account_hash=_address_key(settings), count=PASSWORD_FROM_ADDRESS.failures - 2, window_started_at=NOW
    )
    fail(enter, "a@example.test", 1)
    assert is_in(enter(email))
    fail(enter, "b@example.test", 1)
    assert not is_in(enter(email))
    assert is_in(enter(email, address="198.51.100.8"))
    assert is_in(enter(email, at=NOW + LOCK))


def test_a_check_from_before_the_address_was_locked_opens_nothing_after_it(
    session: Session, make: Make, enter: Enter, settings: Settings
) -> None:
    email, address = make.user().email, "198.51.100.7"
    make.sign_in_failures(account_hash=_address_key(settings), count=PASSWORD_FROM_ADDRESS.failures - 1)
    checked = check_password(session, email, PASSWORD, address=address, now=NOW, settings=settings)
    fail(enter, "a@example.test", 1)
    result = sign_in_checked(session, checked, address=address, user_agent="", now=NOW, settings=settings)
    assert checked.is_right
    assert not is_in(result)


def _address_key(settings: Settings) -> str:
    from ipfin.accounts.service import house_of

    return house_of(settings).sealer.fingerprint("198.51.100.7", "failures of address")


def test_the_counter_keeps_no_name_that_was_typed(session: Session, enter: Enter) -> None:
    fail(enter, "my-password-in-the-wrong-field", 1)
    kept = session.scalars(select(SignInFailures.account_hash)).all()
    assert kept
    assert not any("password" in each for each in kept)


# --- The log ----------------------------------------------------------------------------------------


def test_success_failure_and_lock_stand_in_the_log(
    make: Make, enter: Enter, recorded: Callable[[], list[str]]
) -> None:
    email = make.user().email
    enter(email)
    fail(enter, email, 12)
    assert recorded() == [
        "accounts.session.opened",
        *["accounts.session.refused"] * 10,
        "accounts.account.locked",
    ]


def test_the_log_says_why_and_from_where_but_never_what_was_typed(
    session: Session, make: Make, enter: Enter
) -> None:
    user = make.user()
    enter(user.email, "a wrong password", address="203.0.113.9")
    enter("typed-secret@example.test", "another", address="203.0.113.9")
    known, unknown = session.scalars(select(AuditEntry).order_by(AuditEntry.id))
    assert (known.subject, unknown.subject) == (f"user:{user.id}", "user:unknown")
    assert known.address == unknown.address == "203.0.113.9"
    assert "密码不正确" in known.detail
    assert "账号不存在" in unknown.detail
    for entry in (known, unknown):
        assert not any(typed in entry.detail for typed in ("a wrong", "another", "typed-secret"))
        assert entry.actor_user_id is None
