"""Telling people something: in their inbox, and by mail. Both are rows of the caller's transaction.

The key of a notice or a mail says what it is about ("issue:3:published"); whoever tells the same thing
to the same person twice tells it once. Mails leave after the commit, through `deliver_pending`: at
least tried once, at most sent once. A worker that dies while it hands a mail over leaves an unknown
outcome, which a person decides (`queries.stuck_mails`, `send_again`).
"""

from __future__ import annotations

import smtplib
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from ipfin.accounts.models import User
from ipfin.accounts.queries.lists import users_of_roles
from ipfin.config import Environment, Settings
from ipfin.db import Base, UnitOfWork, is_sqlite
from ipfin.kernel.actor import Role
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import DomainError, NotFound
from ipfin.kernel.text import Text, _, translate
from ipfin.notices.models import Notice, OutboxMail
from ipfin.notices.outbox import (
    MOST_ATTEMPTS,
    Mail,
    MailFolder,
    MailRefused,
    MailServer,
    Send,
    checked_recipient,
    wait_after,
)
from ipfin.notices.queries import IN_FLIGHT, unread_count

__all__ = [
    "deliver_pending",
    "mail_sender",
    "mark_read",
    "queue_mail",
    "send_again",
    "tell",
    "tell_role",
    "unread_count",
]

LEASE: Final = timedelta(minutes=10)  # longer than any conversation with a mail server
LONGEST_KEY: Final = 120
_log = structlog.get_logger(__name__)


def tell(
    session: Session,
    users: Iterable[User],
    event_key: str,
    subject: Text,
    body: Text,
    link: str = "",
    *,
    by_mail_from: str = "",
) -> int:
    """Put a notice into the inbox of each active user; who has it already is left alone.

    Args:
        event_key: what it is about; the same key reaches a person once.
        link: the path of the page that it is about, or empty.
        by_mail_from: the address of the platform ("https://…"), when a mail is to go out as well.

    Returns:
        How many people were told who had not been.

    Raises:
        ValueError: the link leads out of the platform, or the key is too long.
    """
    _refuse_foreign_link(link)
    if not 0 < len(event_key) <= LONGEST_KEY:
        raise ValueError(f"a notice's key has 1 to {LONGEST_KEY} characters, not {len(event_key)}")
    now = now_utc()
    told = [user for user in users if user.is_active]
    rows = [
        {
            "user_id": user.id,
            "event_key": event_key,
            "subject": subject.as_json(),
            "body": body.as_json(),
            "link": link,
            "created_at": now,
        }
        for user in told
    ]
    new = _insert_new(session, Notice, rows, ("user_id", "event_key"), Notice.user_id)
    if by_mail_from:
        for user in told:
            if user.id in new:
                _mail_notice(session, user, event_key, subject, body, by_mail_from.rstrip("/") + link)
    return len(new)


def tell_role(
    session: Session,
    roles: Collection[Role],
    event_key: str,
    subject: Text,
    body: Text,
    link: str = "",
    *,
    organisation_ids: Collection[int] | None = None,
    by_mail_from: str = "",
) -> int:
    """Tell all active users of these roles (of these organisations); see `tell`."""
    users = users_of_roles(session, roles, organisation_ids=organisation_ids)
    return tell(session, users, event_key, subject, body, link, by_mail_from=by_mail_from)


def mail_sender(settings: Settings) -> Send:
    """Return what hands mails over: the server of the settings, or outside production a folder.

    Raises:
        DomainError: production has no mail server, and nobody would look into a folder.
    """
    if settings.mail_server:
        password = settings.mail_password.get_secret_value()
        return MailServer(
            settings.mail_server,
            settings.mail_port,
            settings.mail_username,
            password,
            settings.mail_use_tls,
            settings.mail_sender,
        ).send
    if settings.env is Environment.PRODUCTION:
        raise DomainError(_("生产环境未配置邮件服务器（IPFIN_MAIL_SERVER），邮件留在发件箱中。"))
    return MailFolder(settings.instance_dir / "mail", settings.mail_sender).send


def _refuse_foreign_link(link: str) -> None:
    if link and (not link.startswith("/") or link.startswith(("//", "/\\"))):
        raise ValueError(f"a notice links to a path of ours, not to {link!r}")


def _mail_notice(session: Session, user: User, key: str, subject: Text, body: Text, address: str) -> None:
    shown, words = translate(subject, user.locale), translate(body, user.locale)
    queue_mail(session, f"{key}:{user.id}", user.email, shown, f"{words}\n\n{address}\n")


def queue_mail(session: Session, key: str, recipient: str, subject: str, body: str) -> bool:
    """Write a mail that goes out after the commit; the same key is written once.

    Returns:
        Whether it is new.

    Raises:
        BadInput: the recipient is not one address.
    """
    row = {
        "key": key,
        "recipient": checked_recipient(recipient),
        "subject": " ".join(subject.split())[:300],
        "body": body,
        "created_at": now_utc(),
        "attempts": 0,
        "last_error": "",
    }
    return bool(_insert_new(session, OutboxMail, [row], ("key",), OutboxMail.id))


def _insert_new(
    session: Session, model: type[Base], rows: Sequence[dict[str, Any]], unique: Sequence[str], column: Any
) -> set[Any]:
    """Insert the rows whose `unique` columns are not there yet; return `column` of those inserted."""
    if not rows:
        return set()
    session.flush()
    insert = sqlite.insert if is_sqlite(session) else postgresql.insert
    statement = insert(model).on_conflict_do_nothing(index_elements=list(unique)).returning(column)
    return set(session.scalars(statement, rows))


def mark_read(
    session: Session, user_id: int, notice_ids: Collection[int] | None = None, *, now: datetime
) -> int:
    """Mark these notices of the person as read (all by default); return how many were unread."""
    unread = update(Notice).where(Notice.user_id == user_id, Notice.read_at.is_(None))
    if notice_ids is not None:
        unread = unread.where(Notice.id.in_(list(notice_ids)))
    return len(session.scalars(unread.values(read_at=now).returning(Notice.id)).all())


# --- The outbox -------------------------------------------------------------------------------------


def deliver_pending(work: UnitOfWork, send: Send, now: datetime, *, most: int = 200) -> int:
    """Hand over the mails that are due, one by one, and return how many went out.

    Several workers may do this at once. Each mail is leased in a transaction of its own right before it
    is handed over, and its outcome is marked in another right after.

    Args:
        work: opens a writing transaction.
        send: hands one mail over, or raises.
        now: the instant that leases and waits are counted from.
        most: how many mails to try in one call.
    """
    sent = 0
    for _turn in range(most):
        with work() as session:
            leased = _lease_next(session, now)
        if leased is None:
            break
        mail_id, attempt, mail = leased
        failure = _hand_over(send, mail)
        with work() as session:
            _mark(session, mail_id, attempt, failure, now)
        sent += failure is None
    return sent


def _lease_next(session: Session, now: datetime) -> tuple[int, int, Mail] | None:
    """Take the oldest mail that is due, so that nobody else does, or None."""
    due = (
        select(OutboxMail.id)
        .where(
            OutboxMail.sent_at.is_(None),
            OutboxMail.attempts < MOST_ATTEMPTS,
            or_(OutboxMail.lease_until.is_(None), OutboxMail.lease_until <= now),
            OutboxMail.last_error != IN_FLIGHT,
        )
        .order_by(OutboxMail.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    taken = session.scalars(
        update(OutboxMail)
        .where(OutboxMail.id == due.scalar_subquery(), OutboxMail.sent_at.is_(None))
        .values(lease_until=now + LEASE, attempts=OutboxMail.attempts + 1, last_error=IN_FLIGHT)
        .returning(OutboxMail)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if taken is None:
        return None
    mail = Mail(taken.key, taken.recipient, taken.subject, taken.body, taken.created_at)
    return taken.id, taken.attempts, mail


def _hand_over(send: Send, mail: Mail) -> Exception | None:
    try:
        send(mail)
    except (OSError, smtplib.SMTPException, MailRefused) as error:
        _log.warning("mail_not_sent", key=mail.key, error=str(error))
        return error
    return None


def _mark(session: Session, mail_id: int, attempt: int, failure: Exception | None, now: datetime) -> None:
    """Write down how the attempt ended, unless somebody else has taken the mail meanwhile."""
    values: dict[str, Any]
    if failure is None:
        # The body may hold a link that lets somebody in: it is not kept longer than needed.
        values = {"sent_at": now, "lease_until": None, "last_error": "", "body": ""}
    else:
        wait = None if isinstance(failure, MailRefused) else wait_after(attempt)
        values = {"lease_until": None if wait is None else now + wait, "last_error": str(failure)[:300]}
        if wait is None:
            values["attempts"] = MOST_ATTEMPTS
    session.execute(
        update(OutboxMail).where(OutboxMail.id == mail_id, OutboxMail.attempts == attempt).values(**values)
    )


def send_again(session: Session, mail_id: int) -> None:
    """Let a mail that is stuck be tried again, as often as a new one.

    Raises:
        NotFound: there is no such mail, or it went out.
    """
    freed = session.scalars(
        update(OutboxMail)
        .where(OutboxMail.id == mail_id, OutboxMail.sent_at.is_(None))
        .values(lease_until=None, attempts=0, last_error="")
        .returning(OutboxMail.id)
    ).all()
    if not freed:
        raise NotFound(_("没有这封待发邮件，或它已经发出。"))
