"""What stays true when many do it at the same moment, each in a transaction of his own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from ipfin.accounts.models import User, UserSession
from ipfin.accounts.service import (
    CheckedPassword,
    accept_invitation,
    check_password,
    complete_second_factor,
    deactivate_user,
    install_second_factor,
    invite_user,
    sign_in_checked,
)
from ipfin.config import Settings
from ipfin.db import begin_writing
from ipfin.kernel.actor import SYSTEM, Role
from ipfin.kernel.errors import DomainError
from tests.factories import NOW, PASSWORD, Make
from tests.service.accounts.conftest import SEED, code_of

AT_ONCE = 10
T = TypeVar("T")


def all_at_once(engine: Engine, deed: Callable[[Session, int], T], times: int = AT_ONCE) -> list[T | str]:
    """Run `deed` in `times` transactions that begin together; return results, or names of refusals."""
    start = Barrier(times)

    def run(number: int) -> T | str:
        start.wait(timeout=30)
        with Session(engine) as session:
            begin_writing(session)
            try:
                result = deed(session, number)
                session.commit()
            except DomainError as refusal:
                session.rollback()
                return type(refusal).__name__
            return result

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


def wrong(user: User) -> CheckedPassword:
    return CheckedPassword(user.email, user.id, is_right=False, seen_hash=user.password_hash)


def test_ten_parallel_uses_of_one_code_open_once(
    engine: Engine, session: Session, make: Make, settings: Settings
) -> None:
    user = make.user()
    install_second_factor(session, SYSTEM, user, SEED, settings=settings)
    waiting = [make.user_session(user).id for _browser in range(AT_ONCE)]
    session.commit()

    def use(own: Session, number: int) -> bool:
        half = own.get_one(UserSession, waiting[number])
        return complete_second_factor(own, half, code_of(), now=NOW, settings=settings).refusal is None

    assert all_at_once(engine, use).count(True) == 1


def test_ten_parallel_uses_of_one_recovery_code_open_once(
    engine: Engine, session: Session, make: Make, settings: Settings
) -> None:
    user = make.user()
    (code, *_others) = install_second_factor(session, SYSTEM, user, SEED, settings=settings)
    waiting = [make.user_session(user).id for _browser in range(AT_ONCE)]
    session.commit()

    def use(own: Session, number: int) -> bool:
        half = own.get_one(UserSession, waiting[number])
        return complete_second_factor(own, half, code, now=NOW, settings=settings).refusal is None

    assert all_at_once(engine, use).count(True) == 1


def test_of_many_parallel_guesses_no_more_than_ten_are_heard(
    engine: Engine, session: Session, make: Make, settings: Settings
) -> None:
    user = make.user()
    session.commit()
    checked = check_password(session, user.email, PASSWORD, now=NOW, settings=settings)
    session.rollback()
    guess = wrong(session.scalars(select(User)).one())
    session.rollback()

    def knock(own: Session, number: int) -> str:
        result = sign_in_checked(own, guess, address="", user_agent="", now=NOW, settings=settings)
        return type(result.refusal).__name__

    answers = all_at_once(engine, knock, times=16)
    assert (answers.count("BadInput"), answers.count("NotAllowed")) == (10, 6)
    begin_writing(session)
    late = sign_in_checked(session, checked, address="", user_agent="", now=NOW, settings=settings)
    assert checked.is_right
    assert late.refusal is not None


def test_an_invitation_accepted_ten_times_at_once_makes_one_account(
    engine: Engine, session: Session, make: Make, settings: Settings
) -> None:
    token = invite_user(
        session,
        SYSTEM,
        email="new@example.test",
        name="新人",
        role=Role.BANK,
        organisation_id=make.organisation().id,
        now=NOW,
    ).token
    session.commit()

    def accept(own: Session, number: int) -> bool:
        return bool(accept_invitation(own, token, f"Red-flag-canal #{number}", now=NOW, settings=settings))

    assert sorted(map(str, all_at_once(engine, accept))) == ["NotFound"] * 9 + ["True"]


@pytest.mark.parametrize("_round", range(3))
def test_two_administrators_who_switch_each_other_off_do_not_both_succeed(
    engine: Engine, session: Session, make: Make, _round: int
) -> None:
    pair = [make.user(Role.ADMIN).id, make.user(Role.ADMIN).id]
    session.commit()

    def switch_off(own: Session, number: int) -> bool:
        deactivate_user(own, SYSTEM, pair[number], now=NOW)
        return True

    assert sorted(map(str, all_at_once(engine, switch_off, times=2))) == ["Conflict", "True"]
