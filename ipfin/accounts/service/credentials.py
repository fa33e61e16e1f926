"""Passwords of people: checked without a lock, changed, set anew.

Decides what a wrong password costs and what a new one must satisfy beyond the policy (not one of the last
ones). Hashing takes tens of milliseconds on purpose, so `check_password` is called before the writing
transaction begins: on SQLite a hall that signs in would otherwise stand in one queue.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import reduce

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ipfin.accounts.hashing import LONGEST_PASSWORD, hash_password, needs_rehash, verify_password
from ipfin.accounts.models import Organisation, PasswordRecord, User, UserSession
from ipfin.accounts.queries.actors import actor_for
from ipfin.accounts.queries.lists import account_name, user_by_email
from ipfin.accounts.service.house import House, house_of
from ipfin.accounts.service.sessions import end_all_sessions, stage_of
from ipfin.accounts.service.throttle import (
    PASSWORD_FROM_ADDRESS,
    PASSWORD_OF_ACCOUNT,
    count_failure,
    is_locked,
    lock_counter,
)
from ipfin.accounts.session_life import Stage
from ipfin.audit.service import record
from ipfin.config import Settings
from ipfin.kernel.errors import BadInput, DomainError, NotAllowed
from ipfin.kernel.text import _


@dataclass(frozen=True, slots=True)
class CheckedPassword:
    """What became of an account name and a password. Never says which of the two was wrong.

    `seen_hash` is the hash that was compared: should it have changed since, the check is void.
    `new_hash` replaces one that was made with other parameters.
    """

    account: str
    user_id: int | None
    is_right: bool
    seen_hash: str
    new_hash: str | None = None


def check_password(
    session: Session,
    email: str,
    password: str,
    *,
    address: str = "",
    now: datetime,
    settings: Settings | None = None,
) -> CheckedPassword:
    """Compare a password with the account's; takes as long for an account that does not exist.

    Only reads: call it outside the unit of work, then hand the result to `sign_in_checked` inside it.
    A locked account is not compared at all: whoever floods it costs no work.
    """
    name = account_name(email)
    sealer = house_of(settings).sealer
    if is_locked(session, sealer, PASSWORD_OF_ACCOUNT, name, now) or (
        address and is_locked(session, sealer, PASSWORD_FROM_ADDRESS, address, now)
    ):
        return CheckedPassword(name, None, is_right=False, seen_hash="")
    user = user_by_email(session, name)
    stored = user.password_hash if user else ""
    is_right = verify_password(stored, password)
    new_hash = hash_password(password) if is_right and needs_rehash(stored) else None
    return CheckedPassword(name, user.id if user else None, is_right, stored, new_hash)


def set_password(
    session: Session, user: User, password: str, *, now: datetime, settings: Settings | None = None
) -> None:
    """Give `user` a new password.

    Raises:
        BadInput: the policy refuses it, or it was used before; all reasons in one sentence.
    """
    house = house_of(settings)
    refuse_weak_password(house, password, user.name, user.email, user.organisation)
    _refuse_used_password(session, house, user, password)
    _remember(session, house, user, now)
    user.password_hash = hash_password(password)
    user.password_changed_at = now
    session.flush()


def refuse_weak_password(
    house: House, password: str, name: str, email: str, organisation: Organisation
) -> None:
    """Refuse a password that the house's policy refuses for this person.

    Raises:
        BadInput: says all reasons.
    """
    reasons = house.passwords.refusals(password, house.context_words(name, email, organisation))
    if reasons:
        # Sentence by sentence, so that each can be told in another language.
        raise BadInput(
            reduce(lambda one, next_: _("%(one)s%(next)s", one=one, next=next_), reasons), field="password"
        )


def _refuse_used_password(session: Session, house: House, user: User, password: str) -> None:
    remembered = house.passwords.remembered
    if user.password_hash and verify_password(user.password_hash, password):
        raise BadInput(_("新密码不能与当前密码相同。"), field="password")
    earlier = session.scalars(
        select(PasswordRecord.password_hash)
        .where(PasswordRecord.user_id == user.id)
        .order_by(PasswordRecord.id.desc())
        .limit(remembered - 1)
    ).all()
    if any(verify_password(each, password) for each in earlier):
        raise BadInput(
            _("新密码不能与最近%(remembered)s次用过的密码相同。", remembered=remembered), field="password"
        )


def _remember(session: Session, house: House, user: User, now: datetime) -> None:
    """Keep the password that is being replaced, where the profile asks for it, and no more than asked."""
    kept = house.passwords.remembered - 1
    if user.password_hash and kept:
        session.add(PasswordRecord(user_id=user.id, password_hash=user.password_hash, at=now))
        session.flush()
    newest = select(PasswordRecord.id).where(PasswordRecord.user_id == user.id)
    newest = newest.order_by(PasswordRecord.id.desc()).limit(kept)
    session.execute(
        delete(PasswordRecord)
        .where(PasswordRecord.user_id == user.id, PasswordRecord.id.not_in(newest))
        .execution_options(synchronize_session=False)
    )


def change_password(
    session: Session,
    user_session: UserSession,
    current: str,
    new: str,
    *,
    now: datetime,
    settings: Settings | None = None,
) -> DomainError | None:
    """Change the password of the person who is signed in; all other sessions end.

    Returns:
        Why it was refused, for the form; the failure is counted, so the caller commits all the same.
        A wrong present password counts like a failed sign-in: a stolen session is no place to guess.
    """
    user = user_session.user
    house = house_of(settings)
    actor = actor_for(session, user)
    if stage_of(user_session, now=now, settings=settings) is Stage.SECOND_FACTOR:
        return NotAllowed(_("请先验证动态口令。"))
    if lock_counter(session, house.sealer, PASSWORD_OF_ACCOUNT, user.email, now):
        return NotAllowed(PASSWORD_OF_ACCOUNT.sentence, field="current")
    if len(current) > LONGEST_PASSWORD or not verify_password(user.password_hash, current):
        is_locking = count_failure(session, house.sealer, PASSWORD_OF_ACCOUNT, user.email, now)
        record(session, actor, "accounts.session.refused", f"user:{user.id}", reason=_("当前密码不正确"))
        if is_locking:
            record(session, actor, "accounts.account.locked", f"user:{user.id}")
        return BadInput(_("当前密码不正确。"), field="current")
    try:
        set_password(session, user, new, now=now, settings=settings)
    except BadInput as refusal:
        return refusal
    end_all_sessions(session, actor, user.id, reason=_("密码已修改"), now=now, but=user_session)
    record(session, actor, "accounts.password.changed", f"user:{user.id}")
    return None
