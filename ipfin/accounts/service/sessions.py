"""Signed-in browsers: made anew at every sign-in, found by their token, ended for good.

Decides when a session is begun, seen and ended; how long it may live is decided in `session_life`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session, joinedload

from ipfin.accounts import session_life
from ipfin.accounts.models import User, UserSession
from ipfin.accounts.sealing import is_same, new_token, token_hash
from ipfin.accounts.service.house import House, house_of
from ipfin.accounts.service.throttle import purge_failures
from ipfin.accounts.session_life import SessionFacts, Stage
from ipfin.audit.service import record
from ipfin.config import Settings
from ipfin.kernel.actor import Actor
from ipfin.kernel.text import Text

KEPT_FOR: Final = timedelta(days=180)  # 网络安全法 第21条: logs of who was there, six months
_LONGEST_ADDRESS: Final = 64
_LONGEST_AGENT: Final = 200


def begin_session(
    session: Session,
    user: User,
    *,
    now: datetime,
    address: str,
    user_agent: str,
    settings: Settings | None = None,
) -> tuple[UserSession, str]:
    """Begin a session of `user`; return its row and the token for the cookie, which is not kept."""
    token = new_token()
    begun = UserSession(
        token_hash=token_hash(token),
        user=user,
        created_at=now,
        last_seen_at=now,
        expires_at=now + house_of(settings).absolute,
        address=address[:_LONGEST_ADDRESS],
        user_agent=_printable(user_agent)[:_LONGEST_AGENT],
    )
    session.add(begun)
    session.flush()
    return begun, token


def renew_token(session: Session, user_session: UserSession) -> str:
    """Give the session another token and return it: the old one is dead (ASVS 7.2.4)."""
    token = new_token()
    user_session.token_hash = token_hash(token)
    session.flush()
    return token


def session_for_token(
    session: Session, token: str, *, now: datetime, settings: Settings | None = None
) -> UserSession | None:
    """Return the living session that `token` belongs to, with its user and organisation loaded.

    Nothing is written: call `touch` in a transaction of its own when `needs_touch` says so.
    """
    wanted = token_hash(token)
    found = session.scalar(
        select(UserSession)
        .where(UserSession.token_hash == wanted)
        .options(joinedload(UserSession.user, innerjoin=True).joinedload(User.organisation, innerjoin=True))
    )
    if found is None or not is_same(found.token_hash, wanted):
        return None
    if not found.user.is_active or not found.user.organisation.is_active:
        return None
    house = house_of(settings)
    return found if session_life.is_alive(_facts(found, house), now, house.idle) else None


def stage_of(user_session: UserSession, *, now: datetime, settings: Settings | None = None) -> Stage:
    """Return what the person has to do before the house is open: second factor, enrolment, password."""
    return session_life.stage(_facts(user_session, house_of(settings)), now)


def needs_touch(user_session: UserSession, now: datetime) -> bool:
    """Return whether the last sighting is worth writing: once a minute at most."""
    return session_life.is_worth_touching(user_session.last_seen_at, now)


def touch(session: Session, user_session_id: int, now: datetime) -> None:
    """Write that the session was seen; of parallel requests the first one writes."""
    session.execute(
        update(UserSession)
        .where(UserSession.id == user_session_id, UserSession.ended_at.is_(None))
        .where(UserSession.last_seen_at <= now - session_life.TOUCH_EVERY)
        .values(last_seen_at=now)
        .execution_options(synchronize_session=False)
    )


def sign_out(session: Session, actor: Actor, user_session: UserSession, *, now: datetime) -> None:
    """End this session: a copy of its cookie opens nothing any more."""
    if user_session.ended_at is None:
        user_session.ended_at = now
        session.flush()
        record(session, actor, "accounts.session.closed", f"user:{user_session.user_id}")


def end_all_sessions(
    session: Session,
    actor: Actor,
    user_id: int,
    *,
    reason: Text,
    now: datetime,
    but: UserSession | None = None,
) -> int:
    """End every session of a user, but for one; return how many were ended."""
    living = select(UserSession).where(UserSession.user_id == user_id, UserSession.ended_at.is_(None))
    if but is not None:
        living = living.where(UserSession.id != but.id)
    ended = session.scalars(living.order_by(UserSession.id).with_for_update(of=UserSession)).all()
    for each in ended:
        each.ended_at = now
    session.flush()
    if ended:
        record(
            session, actor, "accounts.session.ended", f"user:{user_id}", reason=reason, sessions=len(ended)
        )
    return len(ended)


def living_sessions(
    session: Session, user_id: int, *, now: datetime, settings: Settings | None = None
) -> list[UserSession]:
    """Return the sessions in which a person is signed in now, latest first (ASVS 7.5.2)."""
    idle = house_of(settings).idle
    query = select(UserSession).where(
        UserSession.user_id == user_id,
        UserSession.ended_at.is_(None),
        UserSession.expires_at > now,
        UserSession.last_seen_at > now - idle,
    )
    return list(session.scalars(query.order_by(UserSession.created_at.desc(), UserSession.id.desc())))


def end_own_session(
    session: Session, actor: Actor, user_session_id: int, *, reason: Text, now: datetime
) -> bool:
    """End one of the actor's own sessions on another device; return whether there was one."""
    found = session.get(UserSession, user_session_id)
    if found is None or found.user_id != actor.user_id or found.ended_at is not None:
        return False
    found.ended_at = now
    session.flush()
    record(session, actor, "accounts.session.ended", f"user:{found.user_id}", reason=reason, sessions=1)
    return True


def purge(session: Session, *, now: datetime) -> int:
    """Remove sessions over for half a year, and stale counters of failures; return how many rows."""
    over = UserSession.expires_at < now - KEPT_FOR
    ended = UserSession.ended_at < now - KEPT_FOR
    gone = session.scalars(delete(UserSession).where(or_(over, ended)).returning(UserSession.id)).all()
    return len(gone) + purge_failures(session, now)


def _facts(user_session: UserSession, house: House) -> SessionFacts:
    user = user_session.user
    return SessionFacts(
        last_seen_at=user_session.last_seen_at,
        expires_at=user_session.expires_at,
        ended_at=user_session.ended_at,
        second_factor_at=user_session.second_factor_at,
        has_second_factor=user.has_second_factor,
        must_have_second_factor=house.must_have_second_factor(user.role),
        password_expires_at=house.password_expires_at(user),
    )


def _printable(text: str) -> str:
    shown = "".join(character if character.isprintable() else " " for character in text[:1_000])
    return shown.encode("utf-8", "replace").decode("utf-8")
