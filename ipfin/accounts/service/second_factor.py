"""Authenticators and recovery codes: enrolled by the person, used once each, taken away by the administrator.

Decides that a code counts once (one conditional UPDATE, whoever is first) and that a seed is stored sealed
and only after a code has proved that the authenticator works.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from ipfin.accounts import totp
from ipfin.accounts.models import RecoveryCode, User, UserSession
from ipfin.accounts.policy import Permission, require
from ipfin.accounts.queries.actors import actor_for
from ipfin.accounts.sealing import CannotOpen
from ipfin.accounts.service.house import house_of
from ipfin.accounts.service.sessions import end_all_sessions, renew_token
from ipfin.accounts.service.throttle import CODE_OF_USER, count_failure, lock_counter
from ipfin.audit.service import record
from ipfin.config import Settings
from ipfin.kernel.actor import Actor
from ipfin.kernel.errors import BadInput, Conflict, DomainError, NotAllowed
from ipfin.kernel.text import _

SEED: Final = "totp"  # what the seed's key is derived for
ENROLMENT: Final = "totp enrolment"
ENROLMENT_LASTS: Final = timedelta(minutes=15)
WRONG_CODE: Final = _("动态口令不正确或已使用过，请等待下一个口令。")


@dataclass(frozen=True, slots=True)
class Enrolment:
    """An authenticator that is about to be enrolled; nothing of it is stored yet.

    `ticket` goes into a hidden field and comes back with the first code: the seed, sealed for this
    person and for a quarter of an hour.
    """

    seed: str  # to be typed where no camera is
    uri: str
    qr_svg: str
    ticket: str


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What the person gets: the session's new token, and the recovery codes to be shown once."""

    token: str
    recovery_codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RenewedCodes:
    """New recovery codes to be shown once, or why there are none (to be shown, not raised)."""

    refusal: DomainError | None
    codes: tuple[str, ...] = ()


def begin_enrolment(user: User, *, now: datetime, settings: Settings | None = None) -> Enrolment:
    """Return a fresh seed with its QR code.

    Raises:
        Conflict: the person has an authenticator already.
    """
    _refuse_second(user)
    return _enrolment(user, totp.new_seed(), now, settings)


def continue_enrolment(
    user: User, ticket: str, *, now: datetime, settings: Settings | None = None
) -> Enrolment:
    """Return the same seed again, after a code that was not right.

    Raises:
        BadInput: the ticket is not this person's or too old.
        Conflict: the person has an authenticator already.
    """
    _refuse_second(user)
    return _enrolment(user, _seed_in(ticket, user, now, settings), now, settings)


def _enrolment(user: User, seed: str, now: datetime, settings: Settings | None) -> Enrolment:
    house = house_of(settings)
    uri = totp.provisioning_uri(seed, account=user.email, issuer=house.issuer)
    until = int((now + ENROLMENT_LASTS).timestamp())
    ticket = house.sealer.seal(f"{user.id}:{until}:{seed}", ENROLMENT)
    return Enrolment(seed, uri, totp.qr_svg(uri), ticket)


def confirm_enrolment(
    session: Session,
    user_session: UserSession,
    ticket: str,
    code: str,
    *,
    now: datetime,
    settings: Settings | None = None,
) -> Enrolled:
    """Store the authenticator, once a code proves that it works; all other sessions end.

    Raises:
        BadInput: wrong code, or a ticket that is not this person's or too old.
        Conflict: the person has an authenticator already.
    """
    user = session.scalars(select(User).where(User.id == user_session.user_id).with_for_update(of=User)).one()
    _refuse_second(user)
    seed = _seed_in(ticket, user, now, settings)
    step = totp.matching_step(seed, code, now)
    if step is None:
        raise BadInput(_("动态口令不正确，请核对手机时间后重新输入。"), field="code")
    actor = actor_for(session, user)
    codes = install_second_factor(session, actor, user, seed, step=step, settings=settings)
    user_session.second_factor_at = now
    token = renew_token(session, user_session)
    end_all_sessions(session, actor, user.id, reason=_("已绑定动态口令"), now=now, but=user_session)
    return Enrolled(token, codes)


def install_second_factor(
    session: Session, actor: Actor, user: User, seed: str, *, step: int = 0, settings: Settings | None = None
) -> tuple[str, ...]:
    """Store a seed as the user's authenticator and return new recovery codes (the command line, and above).

    Args:
        step: the half minute whose code was used to prove it; that code counts no more.
    """
    user.totp_sealed = house_of(settings).sealer.seal(seed, SEED)
    user.totp_last_step = step
    codes = _new_codes(session, user)
    record(session, actor, "accounts.factor.enrolled", f"user:{user.id}")
    return codes


def _refuse_second(user: User) -> None:
    if user.has_second_factor:
        raise Conflict(_("已绑定动态口令。如需更换，请联系系统管理员先行解除。"))


def _seed_in(ticket: str, user: User, now: datetime, settings: Settings | None) -> str:
    try:
        user_id, until, seed = house_of(settings).sealer.open_sealed(ticket, ENROLMENT).split(":")
    except (CannotOpen, ValueError):
        raise BadInput(_("绑定已失效，请重新扫描二维码。"), field="code") from None
    if int(user_id) != user.id or now.timestamp() >= int(until):
        raise BadInput(_("绑定已失效，请重新扫描二维码。"), field="code")
    return seed


def use_code(
    session: Session, user: User, code: str, *, now: datetime, settings: Settings | None = None
) -> bool:
    """Use up a code of the authenticator or a recovery code; return whether it was good."""
    if not user.has_second_factor:
        return False
    if totp.looks_like_recovery(code):
        return _use_recovery_code(session, user, code, now)
    seed = house_of(settings).sealer.open_sealed(user.totp_sealed, SEED)
    step = totp.matching_step(seed, code, now)
    return step is not None and _use_step(session, user, step)


def _use_step(session: Session, user: User, step: int) -> bool:
    """Mark the half minute as used, if no code of it or of a later one was: of parallel uses one wins."""
    statement = (
        update(User)
        .where(User.id == user.id, User.totp_last_step < step)
        .values(totp_last_step=step)
        .returning(User.id)
        .execution_options(synchronize_session=False)
    )
    won = session.scalars(statement).all() == [user.id]
    session.expire(user, ["totp_last_step"])
    return won


def _use_recovery_code(session: Session, user: User, code: str, now: datetime) -> bool:
    statement = (
        update(RecoveryCode)
        .where(RecoveryCode.user_id == user.id, RecoveryCode.code_hash == totp.recovery_hash(code))
        .where(RecoveryCode.used_at.is_(None))
        .values(used_at=now)
        .returning(RecoveryCode.id)
        .execution_options(synchronize_session=False)
    )
    won = len(session.scalars(statement).all()) == 1
    if won:
        left = recovery_codes_left(session, user)
        record(session, actor_for(session, user), "accounts.recovery.used", f"user:{user.id}", left=left)
    return won


def recovery_codes_left(session: Session, user: User) -> int:
    """Return how many recovery codes the person still has."""
    query = select(func.count()).where(RecoveryCode.user_id == user.id, RecoveryCode.used_at.is_(None))
    return session.scalar(query) or 0


def renew_recovery_codes(
    session: Session, user_session: UserSession, code: str, *, now: datetime, settings: Settings | None = None
) -> RenewedCodes:
    """Replace the recovery codes, against a code of the authenticator; failures are counted."""
    user = user_session.user
    sealer = house_of(settings).sealer
    if lock_counter(session, sealer, CODE_OF_USER, str(user.id), now):
        return RenewedCodes(NotAllowed(CODE_OF_USER.sentence, field="code"))
    if totp.looks_like_recovery(code) or not use_code(session, user, code, now=now, settings=settings):
        note_refused_code(session, user, user_session.address, now=now, settings=settings)
        return RenewedCodes(BadInput(WRONG_CODE, field="code"))
    codes = _new_codes(session, user)
    record(session, actor_for(session, user), "accounts.recovery.renewed", f"user:{user.id}")
    return RenewedCodes(None, codes)


def note_refused_code(
    session: Session, user: User, address: str, *, now: datetime, settings: Settings | None = None
) -> None:
    """Count and record a code that was not good."""
    is_locking = count_failure(session, house_of(settings).sealer, CODE_OF_USER, str(user.id), now)
    actor, subject = actor_for(session, user), f"user:{user.id}"
    record(session, actor, "accounts.factor.refused", subject, address=address)
    if is_locking:
        record(session, actor, "accounts.account.locked", subject, address=address)


def _new_codes(session: Session, user: User) -> tuple[str, ...]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    codes = totp.new_recovery_codes()
    session.add_all(RecoveryCode(user_id=user.id, code_hash=totp.recovery_hash(code)) for code in codes)
    session.flush()
    return codes


def remove_second_factor(session: Session, actor: Actor, user: User, *, now: datetime) -> None:
    """Take the authenticator away from somebody who lost it; all sessions end (administrators only).

    Raises:
        NotAllowed: the actor does not administer users.
    """
    require(actor, Permission.ADMIN_USERS_WRITE)
    user.totp_sealed = ""
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    session.flush()
    end_all_sessions(session, actor, user.id, reason=_("动态口令已解除"), now=now)
    record(session, actor, "accounts.factor.removed", f"user:{user.id}")
