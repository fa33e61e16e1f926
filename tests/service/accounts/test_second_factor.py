"""Authenticators: enrolled, used once a code, lost and taken away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.accounts import totp
from ipfin.accounts.models import RecoveryCode, User, UserSession
from ipfin.accounts.service import (
    Enrolled,
    SignInResult,
    begin_enrolment,
    complete_second_factor,
    confirm_enrolment,
    continue_enrolment,
    install_second_factor,
    recovery_codes_left,
    remove_second_factor,
    renew_recovery_codes,
    session_for_token,
    stage_of,
)
from ipfin.accounts.session_life import Stage
from ipfin.config import Settings
from ipfin.kernel.actor import SYSTEM, Role
from ipfin.kernel.errors import BadInput, Conflict, NotAllowed
from tests.factories import NOW, Make
from tests.service.accounts.conftest import code_of, settings_with

HALF_MINUTE = timedelta(seconds=30)
FIVE_MINUTES, SECOND = timedelta(minutes=5), timedelta(seconds=1)
Enter = Callable[..., SignInResult]


@pytest.fixture
def waiting(make: Make, enter: Enter, enrol: Callable[[User], User]) -> UserSession:
    """A session of somebody who gave the password and owes a code."""
    result = enter(enrol(make.user()).email)
    assert result.needs_second_factor
    assert result.user_session is not None
    return result.user_session


@pytest.fixture
def answer(session: Session, settings: Settings) -> Callable[..., SignInResult]:
    def answered(user_session: UserSession, code: str, *, at=NOW) -> SignInResult:  # type: ignore[no-untyped-def]
        return complete_second_factor(session, user_session, code, now=at, settings=settings)

    return answered


Answer = Callable[..., SignInResult]


# --- Codes ------------------------------------------------------------------------------------------


def test_the_right_code_opens_the_house_under_another_token(
    session: Session, waiting: UserSession, answer: Answer, settings: Settings
) -> None:
    before = waiting.token_hash
    result = answer(waiting, code_of())
    assert result.refusal is None
    assert result.stage is Stage.OPEN
    assert waiting.token_hash != before
    assert waiting.user.last_login_at == NOW
    found = session_for_token(session, result.token, now=NOW, settings=settings)
    assert found is not None
    assert found.second_factor_at == NOW


def test_the_token_of_the_first_step_is_dead_after_the_second(
    session: Session,
    make: Make,
    enter: Enter,
    enrol: Callable[[User], User],
    answer: Answer,
    settings: Settings,
) -> None:
    first = enter(enrol(make.user()).email)
    answer(first.user_session, code_of())
    assert session_for_token(session, first.token, now=NOW, settings=settings) is None


def test_a_code_counts_once(
    session: Session, make: Make, enter: Enter, waiting: UserSession, answer: Answer
) -> None:
    assert answer(waiting, code_of()).refusal is None
    again = enter(waiting.user.email).user_session
    refused = answer(again, code_of())
    assert isinstance(refused.refusal, BadInput)
    assert again is not None
    assert again.second_factor_at is None


def test_after_a_code_an_earlier_one_counts_no_more_but_the_next_does(
    enter: Enter, waiting: UserSession, answer: Answer
) -> None:
    assert answer(waiting, code_of()).refusal is None
    again = enter(waiting.user.email).user_session
    assert answer(again, code_of(NOW - HALF_MINUTE)).refusal is not None
    assert answer(again, code_of(NOW + HALF_MINUTE)).refusal is None


@pytest.mark.parametrize(("steps", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_one_step_off(waiting: UserSession, answer: Answer, steps: int, good: bool) -> None:
    assert (answer(waiting, code_of(NOW + steps * HALF_MINUTE)).refusal is None) == good


def test_a_code_of_somebody_else_opens_nothing(
    session: Session, make: Make, enter: Enter, waiting: UserSession, answer: Answer, settings: Settings
) -> None:
    other_seed = totp.new_seed()
    other = make.user()
    install_second_factor(session, SYSTEM, other, other_seed, settings=settings)
    theirs = totp.code_at(other_seed, totp.step_of(NOW))
    assert answer(waiting, theirs).refusal is not None


def test_whoever_has_no_authenticator_has_no_code(fresh: UserSession, answer: Answer) -> None:
    assert isinstance(answer(fresh, code_of()).refusal, BadInput)
    assert fresh.second_factor_at is None


def test_an_ended_session_takes_no_code(session: Session, waiting: UserSession, answer: Answer) -> None:
    waiting.ended_at = NOW
    session.flush()
    assert isinstance(answer(waiting, code_of()).refusal, NotAllowed)


# --- Guessing ---------------------------------------------------------------------------------------


def test_four_wrong_codes_do_not_lock_and_five_do(
    make: Make, enter: Enter, enrol: Callable[[User], User], answer: Answer
) -> None:
    patient, hasty = (enter(enrol(make.user()).email).user_session for _person in range(2))
    for _attempt in range(4):
        answer(patient, "000000")
    for _attempt in range(5):
        answer(hasty, "000000")
    assert answer(patient, code_of()).refusal is None
    assert isinstance(answer(hasty, code_of()).refusal, NotAllowed)


@pytest.mark.parametrize(("later", "opens"), [(FIVE_MINUTES - SECOND, False), (FIVE_MINUTES, True)])
def test_the_lock_of_codes_lasts_five_minutes(
    waiting: UserSession, answer: Answer, later: timedelta, opens: bool
) -> None:
    for _attempt in range(5):
        answer(waiting, "000000")
    assert (answer(waiting, code_of(NOW + later), at=NOW + later).refusal is None) == opens


def test_signing_in_again_does_not_lift_the_lock_of_codes(
    enter: Enter, waiting: UserSession, answer: Answer
) -> None:
    for _attempt in range(5):
        answer(waiting, "000000")
    again = enter(waiting.user.email).user_session
    assert answer(again, code_of()).refusal is not None


def test_wrong_codes_and_their_lock_stand_in_the_log(
    waiting: UserSession, answer: Answer, recorded: Callable[[], list[str]]
) -> None:
    for _attempt in range(5):
        answer(waiting, "000000")
    assert recorded()[-6:] == [*["accounts.factor.refused"] * 5, "accounts.account.locked"]


# --- Recovery codes ---------------------------------------------------------------------------------


def test_a_recovery_code_opens_once_and_is_counted_down(
    session: Session,
    make: Make,
    enter: Enter,
    answer: Answer,
    settings: Settings,
    recorded: Callable[[], list[str]],
) -> None:
    user = make.user()
    codes = install_second_factor(session, SYSTEM, user, totp.new_seed(), settings=settings)
    assert answer(enter(user.email).user_session, codes[3].lower()).refusal is None
    assert "accounts.recovery.used" in recorded()
    assert recovery_codes_left(session, user) == 9
    assert answer(enter(user.email).user_session, codes[3]).refusal is not None


def test_somebody_else_s_recovery_code_opens_nothing(
    session: Session, make: Make, waiting: UserSession, answer: Answer, settings: Settings
) -> None:
    foreign = install_second_factor(session, SYSTEM, make.user(), totp.new_seed(), settings=settings)
    assert answer(waiting, foreign[0]).refusal is not None


def test_recovery_codes_are_kept_as_hashes(session: Session, make: Make, settings: Settings) -> None:
    codes = install_second_factor(session, SYSTEM, make.user(), totp.new_seed(), settings=settings)
    kept = set(session.scalars(select(RecoveryCode.code_hash)))
    assert len(kept) == 10
    assert not kept & set(codes)


def test_new_recovery_codes_replace_the_old_against_a_code(
    session: Session, waiting: UserSession, answer: Answer, settings: Settings
) -> None:
    renewed = renew_recovery_codes(session, waiting, code_of(), now=NOW, settings=settings)
    assert renewed.refusal is None
    assert len(set(renewed.codes)) == 10
    assert recovery_codes_left(session, waiting.user) == 10


@pytest.mark.parametrize("code", ["000000", "AAAA-BBBB-CCCC-DDDD"])
def test_without_a_code_of_the_authenticator_there_are_no_new_ones(
    session: Session, waiting: UserSession, settings: Settings, code: str
) -> None:
    for _attempt in range(5):
        assert isinstance(
            renew_recovery_codes(session, waiting, code, now=NOW, settings=settings).refusal, BadInput
        )
    locked = renew_recovery_codes(session, waiting, code_of(), now=NOW, settings=settings)
    assert isinstance(locked.refusal, NotAllowed)


# --- Enrolling --------------------------------------------------------------------------------------


@pytest.fixture
def fresh(make: Make, enter: Enter) -> UserSession:
    """A session of somebody who has to enrol."""
    result = enter(make.user().email)
    assert result.needs_enrolment
    assert result.user_session is not None
    return result.user_session


def enrolled(session: Session, fresh: UserSession, settings: Settings) -> tuple[Enrolled, str]:
    offer = begin_enrolment(fresh.user, now=NOW, settings=settings)
    code = totp.code_at(offer.seed, totp.step_of(NOW))
    return confirm_enrolment(session, fresh, offer.ticket, code, now=NOW, settings=settings), offer.seed


def test_enrolling_opens_the_house_and_gives_recovery_codes(
    session: Session, fresh: UserSession, settings: Settings, recorded: Callable[[], list[str]]
) -> None:
    done, _seed = enrolled(session, fresh, settings)
    assert len(done.recovery_codes) == 10
    assert stage_of(fresh, now=NOW, settings=settings) is Stage.OPEN
    assert session_for_token(session, done.token, now=NOW, settings=settings) is not None
    assert "accounts.factor.enrolled" in recorded()


def test_a_seed_is_stored_sealed(session: Session, fresh: UserSession, settings: Settings) -> None:
    _done, seed = enrolled(session, fresh, settings)
    assert fresh.user.totp_sealed
    assert seed not in fresh.user.totp_sealed


def test_the_code_that_enrolled_opens_nothing_afterwards(
    session: Session, fresh: UserSession, enter: Enter, answer: Answer, settings: Settings
) -> None:
    _done, seed = enrolled(session, fresh, settings)
    again = enter(fresh.user.email)
    assert again.needs_second_factor
    used = totp.code_at(seed, totp.step_of(NOW))
    later = totp.code_at(seed, totp.step_of(NOW) + 1)
    assert answer(again.user_session, used).refusal is not None
    assert answer(again.user_session, later).refusal is None


def test_enrolling_ends_every_other_session(
    session: Session, fresh: UserSession, enter: Enter, settings: Settings
) -> None:
    other = enter(fresh.user.email)
    enrolled(session, fresh, settings)
    assert session_for_token(session, other.token, now=NOW, settings=settings) is None


def test_nothing_is_stored_before_a_code_proves_that_the_authenticator_works(
    session: Session, fresh: UserSession, settings: Settings
) -> None:
    offer = begin_enrolment(fresh.user, now=NOW, settings=settings)
    wrong = totp.code_at(offer.seed, totp.step_of(NOW) + 7)
    with pytest.raises(BadInput):
        confirm_enrolment(session, fresh, offer.ticket, wrong, now=NOW, settings=settings)
    assert not fresh.user.has_second_factor
    assert continue_enrolment(fresh.user, offer.ticket, now=NOW, settings=settings).seed == offer.seed


@pytest.mark.parametrize(("minutes", "good"), [(14, True), (15, False)])
def test_an_offer_lasts_a_quarter_of_an_hour(
    session: Session, fresh: UserSession, settings: Settings, minutes: int, good: bool
) -> None:
    offer = begin_enrolment(fresh.user, now=NOW, settings=settings)
    later = NOW + timedelta(minutes=minutes)
    code = totp.code_at(offer.seed, totp.step_of(later))
    if good:
        assert confirm_enrolment(session, fresh, offer.ticket, code, now=later, settings=settings)
    else:
        with pytest.raises(BadInput):
            confirm_enrolment(session, fresh, offer.ticket, code, now=later, settings=settings)


def test_an_offer_to_somebody_else_is_refused(
    session: Session, make: Make, fresh: UserSession, settings: Settings
) -> None:
    theirs = begin_enrolment(make.user(), now=NOW, settings=settings)
    code = totp.code_at(theirs.seed, totp.step_of(NOW))
    with pytest.raises(BadInput):
        confirm_enrolment(session, fresh, theirs.ticket, code, now=NOW, settings=settings)


@pytest.mark.parametrize("ticket", ["", "x", "s1.00.x", "票据"])
def test_a_forged_offer_is_refused(
    session: Session, fresh: UserSession, settings: Settings, ticket: str
) -> None:
    with pytest.raises(BadInput):
        confirm_enrolment(session, fresh, ticket, "000000", now=NOW, settings=settings)


def test_whoever_has_an_authenticator_gets_no_second_one(
    session: Session, waiting: UserSession, make: Make, settings: Settings
) -> None:
    with pytest.raises(Conflict):
        begin_enrolment(waiting.user, now=NOW, settings=settings)
    with pytest.raises(Conflict):
        confirm_enrolment(session, waiting, "", "", now=NOW, settings=settings)


def test_a_seed_opens_after_its_key_was_retired(
    session: Session, waiting: UserSession, settings: Settings
) -> None:
    rotated = settings_with(retired_secret_keys=(settings.secret_key,)).model_copy(
        update={"secret_key": type(settings.secret_key)("the-next-secret-of-the-tests-0123456789")}
    )
    result = complete_second_factor(session, waiting, code_of(), now=NOW, settings=rotated)
    assert result.refusal is None


# --- Taking it away ---------------------------------------------------------------------------------


def test_the_administrator_takes_a_lost_authenticator_away(
    session: Session, make: Make, enter: Enter, waiting: UserSession, answer: Answer, settings: Settings
) -> None:
    opened = answer(waiting, code_of())
    remove_second_factor(session, make.actor(Role.ADMIN), waiting.user, now=NOW)
    assert session_for_token(session, opened.token, now=NOW, settings=settings) is None
    assert recovery_codes_left(session, waiting.user) == 0
    assert enter(waiting.user.email).needs_enrolment


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_nobody_else_takes_an_authenticator_away(
    session: Session, make: Make, waiting: UserSession, role: Role
) -> None:
    with pytest.raises(NotAllowed):
        remove_second_factor(session, make.actor(role), waiting.user, now=NOW)
    assert waiting.user.has_second_factor
