"""Changing and resetting a password: what is checked, what ends, what is remembered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.accounts.models import PasswordRecord, User, UserSession
from ipfin.accounts.service import (
    SignInResult,
    change_password,
    session_for_token,
    set_password,
)
from ipfin.audit.models import AuditEntry
from ipfin.config import Settings
from ipfin.kernel.actor import Role
from ipfin.kernel.errors import BadInput, NotAllowed
from ipfin.kernel.text import Text
from tests.factories import NOW, PASSWORD, Make

NEXT = "Red-flag-canal #{} runs"
Enter = Callable[..., SignInResult]


@pytest.fixture
def here(make: Make, enter: Enter) -> UserSession:
    """A session of a firm's user."""
    result = enter(make.user(Role.ENTERPRISE).email)
    assert result.user_session is not None
    return result.user_session


def test_a_changed_password_opens_and_the_old_one_does_not(
    session: Session, here: UserSession, enter: Enter, settings: Settings, recorded: Callable[[], list[str]]
) -> None:
    assert change_password(session, here, PASSWORD, NEXT.format(1), now=NOW, settings=settings) is None
    assert here.user.password_changed_at == NOW
    assert enter(here.user.email, NEXT.format(1)).refusal is None
    assert enter(here.user.email, PASSWORD).refusal is not None
    assert "accounts.password.changed" in recorded()


def test_changing_the_password_ends_every_other_session(
    session: Session, here: UserSession, enter: Enter, settings: Settings
) -> None:
    elsewhere = enter(here.user.email).token
    change_password(session, here, PASSWORD, NEXT.format(1), now=NOW, settings=settings)
    assert session_for_token(session, elsewhere, now=NOW, settings=settings) is None
    assert here.ended_at is None


def test_a_stolen_session_is_no_place_to_guess_the_password(
    session: Session, here: UserSession, enter: Enter, settings: Settings
) -> None:
    for _attempt in range(10):
        refusal = change_password(session, here, "a guess", NEXT.format(1), now=NOW, settings=settings)
        assert isinstance(refusal, BadInput)
        assert refusal.field == "current"
    locked = change_password(session, here, PASSWORD, NEXT.format(1), now=NOW, settings=settings)
    assert isinstance(locked, NotAllowed)
    assert enter(here.user.email).refusal is not None


def test_a_weak_new_password_is_refused_beside_its_field(
    session: Session, here: UserSession, enter: Enter, settings: Settings
) -> None:
    refusal = change_password(session, here, PASSWORD, "short", now=NOW, settings=settings)
    assert isinstance(refusal, BadInput)
    assert refusal.field == "password"
    assert enter(here.user.email).refusal is None


@pytest.mark.parametrize("near", ["anyang", "{name}", "{organisation}"])
def test_what_stands_near_the_person_is_no_password(
    session: Session, make: Make, settings: Settings, near: str
) -> None:
    user = make.user(name="王小明")
    part = near.format(name=user.name, organisation=user.organisation.name)
    with pytest.raises(BadInput, match="不能含有"):
        set_password(session, user, f"{part}-Tp7x9-kQm2-wz", now=NOW, settings=settings)


def test_whoever_owes_a_code_changes_no_password(
    session: Session, make: Make, enter: Enter, enrol: Callable[[User], User], settings: Settings
) -> None:
    half = enter(enrol(make.user()).email).user_session
    assert half is not None
    refusal = change_password(session, half, PASSWORD, NEXT.format(1), now=NOW, settings=settings)
    assert isinstance(refusal, NotAllowed)


def test_the_present_password_is_no_new_one(session: Session, make: Make, settings: Settings) -> None:
    with pytest.raises(BadInput, match="不能与当前密码相同"):
        set_password(session, make.user(), PASSWORD, now=NOW, settings=settings)


def test_by_default_no_old_password_is_kept(session: Session, make: Make, settings: Settings) -> None:
    user = make.user()
    make.password_record(user)
    set_password(session, user, NEXT.format(1), now=NOW, settings=settings)
    assert session.scalars(select(PasswordRecord)).all() == []


@pytest.mark.parametrize(("changes", "refused"), [(1, True), (4, True), (5, False)])
def test_under_mlps_the_last_five_passwords_do_not_come_again(
    session: Session, make: Make, mlps: Settings, changes: int, refused: bool
) -> None:
    user = make.user()
    first = NEXT.format("first")
    set_password(session, user, first, now=NOW, settings=mlps)
    for number in range(changes):
        set_password(session, user, NEXT.format(number), now=NOW + timedelta(days=number), settings=mlps)
    if refused:
        with pytest.raises(BadInput, match=r"最近5次|当前密码"):
            set_password(session, user, first, now=NOW, settings=mlps)
    else:
        set_password(session, user, first, now=NOW, settings=mlps)
    kept = session.scalars(select(PasswordRecord).where(PasswordRecord.user_id == user.id)).all()
    assert len(kept) <= 4


def test_no_password_ever_stands_in_the_log(session: Session, here: UserSession, settings: Settings) -> None:
    change_password(session, here, "a wrong one", NEXT.format(1), now=NOW, settings=settings)
    change_password(session, here, PASSWORD, NEXT.format(1), now=NOW, settings=settings)
    written = "".join(session.scalars(select(AuditEntry.detail)))
    assert not any(secret in written for secret in ("a wrong one", PASSWORD, NEXT.format(1), "argon2"))


def test_all_reasons_are_told_together_and_each_in_the_reader_s_language(
    session: Session, make: Make, mlps: Settings
) -> None:
    with pytest.raises(BadInput) as refused:
        set_password(session, make.user(), "aaaaaaaa", now=NOW, settings=mlps)
    assert "至少3类" in refused.value.message
    assert "重复的字符" in refused.value.message
    assert isinstance(refused.value.message, Text)
    assert all(isinstance(part, Text) for part in refused.value.message.params.values())
