"""Signing in: a password, then where the house asks for it a second factor; each step with a new token.

Decides what a failed step costs and what the person is told: one sentence for every kind of failure, so
that nobody learns which accounts exist. Refusals are returned and not raised, because a failure is counted
and recorded in the same transaction: whoever calls commits it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.accounts.models import User, UserSession
from ipfin.accounts.policy import VISITOR
from ipfin.accounts.queries.actors import actor_for
from ipfin.accounts.sealing import token_hash
from ipfin.accounts.service.credentials import CheckedPassword, check_password
from ipfin.accounts.service.house import House, house_of
from ipfin.accounts.service.second_factor import WRONG_CODE, note_refused_code, use_code
from ipfin.accounts.service.sessions import begin_session, renew_token, stage_of
from ipfin.accounts.service.throttle import (
    CODE_OF_USER,
    PASSWORD_FROM_ADDRESS,
    PASSWORD_OF_ACCOUNT,
    count_failure,
    forget_failures,
    is_locked,
    lock_counter,
)
from ipfin.accounts.session_life import Stage
from ipfin.audit.service import record
from ipfin.config import Settings
from ipfin.kernel.errors import BadInput, DomainError, NotAllowed
from ipfin.kernel.text import Text, _

WRONG = _("账号或密码不正确。")


@dataclass(frozen=True, slots=True)
class SignInResult:
    """What became of a step of signing in.

    Either `refusal` says why not (to be shown, not raised), or `token` is the session's new token for the
    cookie and `stage` what the person has to do next.
    """

    refusal: DomainError | None = None
    token: str = ""
    user_session: UserSession | None = None
    stage: Stage | None = None

    @property
    def needs_second_factor(self) -> bool:
        """Whether a code is asked for next."""
        return self.stage is Stage.SECOND_FACTOR

    @property
    def needs_enrolment(self) -> bool:
        """Whether an authenticator has to be enrolled next."""
        return self.stage is Stage.ENROLMENT


def sign_in(
    session: Session,
    email: str,
    password: str,
    address: str,
    user_agent: str,
    now: datetime,
    *,
    replaces: str = "",
    settings: Settings | None = None,
) -> SignInResult:
    """Check a password and sign in, in one call. The web takes the two steps apart, see `check_password`."""
    checked = check_password(session, email, password, address=address, now=now, settings=settings)
    return sign_in_checked(
        session,
        checked,
        address=address,
        user_agent=user_agent,
        now=now,
        replaces=replaces,
        settings=settings,
    )


def sign_in_checked(
    session: Session,
    checked: CheckedPassword,
    *,
    address: str,
    user_agent: str,
    now: datetime,
    replaces: str = "",
    settings: Settings | None = None,
) -> SignInResult:
    """Begin a session for whoever gave the right password.

    Args:
        checked: what `check_password` found, outside of this transaction.
        replaces: the token that the browser came with; its session ends, whoever it belonged to.
    """
    house = house_of(settings)
    if lock_counter(session, house.sealer, PASSWORD_OF_ACCOUNT, checked.account, now) or (
        address and is_locked(session, house.sealer, PASSWORD_FROM_ADDRESS, address, now)
    ):
        return SignInResult(NotAllowed(PASSWORD_OF_ACCOUNT.sentence))
    user = session.get(User, checked.user_id) if checked.user_id is not None else None
    reason = _why_not(user, checked)
    if user is None or reason is not None:
        return _refused(session, house, checked, address, reason or _("账号不存在"), now)
    forget_failures(session, house.sealer, PASSWORD_OF_ACCOUNT, checked.account)
    if checked.new_hash is not None:
        user.password_hash = checked.new_hash
    _end_replaced(session, replaces, now)
    begun, token = begin_session(
        session, user, now=now, address=address, user_agent=user_agent, settings=settings
    )
    stage = stage_of(begun, now=now, settings=settings)
    if stage is not Stage.SECOND_FACTOR:
        _note_opened(session, user, address, now)
    return SignInResult(None, token, begun, stage)


def _why_not(user: User | None, checked: CheckedPassword) -> Text | None:
    """Return why the person may not come in, for the audit log and nobody else."""
    if user is None:
        return _("账号不存在")
    if not checked.is_right:
        return _("密码不正确")
    if user.password_hash != checked.seen_hash:
        return _("密码刚被修改")
    if not user.is_active or not user.organisation.is_active:
        return _("账号或机构已停用")
    return None


def _refused(
    session: Session, house: House, checked: CheckedPassword, address: str, reason: Text, now: datetime
) -> SignInResult:
    is_locking = count_failure(session, house.sealer, PASSWORD_OF_ACCOUNT, checked.account, now)
    if address:
        count_failure(session, house.sealer, PASSWORD_FROM_ADDRESS, address, now)
    # Not the name that was typed: it may be a password in the wrong field.
    subject = f"user:{checked.user_id}" if checked.user_id is not None else "user:unknown"
    record(session, VISITOR, "accounts.session.refused", subject, address=address, reason=reason)
    if is_locking:
        record(session, VISITOR, "accounts.account.locked", subject, address=address)
    return SignInResult(BadInput(WRONG, field="password"))


def _end_replaced(session: Session, token: str, now: datetime) -> None:
    if not token:
        return
    old = session.scalar(select(UserSession).where(UserSession.token_hash == token_hash(token)))
    if old is not None and old.ended_at is None:
        old.ended_at = now
        session.flush()


def _note_opened(session: Session, user: User, address: str, now: datetime) -> None:
    user.last_login_at = now
    session.flush()
    record(session, actor_for(session, user), "accounts.session.opened", f"user:{user.id}", address=address)


def complete_second_factor(
    session: Session,
    user_session: UserSession,
    code: str,
    *,
    now: datetime,
    settings: Settings | None = None,
) -> SignInResult:
    """Take the second step with a code of the authenticator or a recovery code."""
    house = house_of(settings)
    user = user_session.user
    if lock_counter(session, house.sealer, CODE_OF_USER, str(user.id), now):
        return SignInResult(NotAllowed(CODE_OF_USER.sentence, field="code"))
    if user_session.ended_at is not None:
        return SignInResult(NotAllowed(_("会话已结束，请重新登录。")))
    if not use_code(session, user, code, now=now, settings=settings):
        note_refused_code(session, user, user_session.address, now=now, settings=settings)
        return SignInResult(BadInput(WRONG_CODE, field="code"))
    forget_failures(session, house.sealer, CODE_OF_USER, str(user.id))
    user_session.second_factor_at = now
    token = renew_token(session, user_session)
    _note_opened(session, user, user_session.address, now)
    return SignInResult(None, token, user_session, stage_of(user_session, now=now, settings=settings))
