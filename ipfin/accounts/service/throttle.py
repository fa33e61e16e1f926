"""Counting failures and locking for a while: by account, by second step, and (high up) by address.

Decides how many failures lock what for how long. By account first: at a fair hundreds of people share
one address, and whoever guesses one account from many addresses must be stopped as well. An address
is only counted when a sign-in fails, and its limit stands so high that a hall never reaches it.

Account names that do not exist lock like those that do, so that locking tells nobody who exists.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from ipfin.accounts.models import SignInFailures
from ipfin.accounts.sealing import Sealer
from ipfin.db import is_sqlite
from ipfin.kernel.text import Text, _


@dataclass(frozen=True, slots=True)
class Limit:
    """So many failures within the window lock for the time of the lock."""

    name: str
    failures: int
    window: timedelta
    lock: timedelta

    @property
    def sentence(self) -> Text:
        """What somebody who is locked out reads. It does not say how many minutes are left."""
        return _(
            "失败次数过多，已暂时锁定，请%(minutes)s分钟后再试。", minutes=self.lock // timedelta(minutes=1)
        )


PASSWORD_OF_ACCOUNT: Final = Limit("account", 10, timedelta(minutes=15), timedelta(minutes=15))
PASSWORD_FROM_ADDRESS: Final = Limit("address", 500, timedelta(minutes=15), timedelta(minutes=15))
CODE_OF_USER: Final = Limit("code", 5, timedelta(minutes=5), timedelta(minutes=5))
KEPT_FOR: Final = timedelta(days=1)  # longer than any window and lock


def is_locked(session: Session, sealer: Sealer, limit: Limit, name: str, now: datetime) -> bool:
    """Return whether `name` is locked at `now`."""
    row = session.get(SignInFailures, _key(sealer, limit, name))
    return row is not None and row.locked_until is not None and now < row.locked_until


def count_failure(session: Session, sealer: Sealer, limit: Limit, name: str, now: datetime) -> bool:
    """Count one failure of `name`; return whether it is the one that locks.

    The row is locked until the transaction ends: parallel guesses are counted one after the other.
    """
    row = _locked_row(session, _key(sealer, limit, name), now)
    if row.locked_until is not None and now < row.locked_until:
        return False
    if row.locked_until is not None or now >= row.window_started_at + limit.window:
        row.count, row.window_started_at, row.locked_until = 0, now, None
    row.count += 1
    is_locking = row.count >= limit.failures
    if is_locking:
        row.locked_until = now + limit.lock
    session.flush()
    return is_locking


def lock_counter(session: Session, sealer: Sealer, limit: Limit, name: str, now: datetime) -> bool:
    """Hold the counter of `name` until the transaction ends; return whether `name` is locked.

    Whoever decides on a guess holds the counter first, so that of many parallel guesses no more are
    heard than the limit says.
    """
    row = _locked_row(session, _key(sealer, limit, name), now)
    return row.locked_until is not None and now < row.locked_until


def forget_failures(session: Session, sealer: Sealer, limit: Limit, name: str) -> None:
    """Start counting anew: the person proved to be the right one."""
    row = session.get(SignInFailures, _key(sealer, limit, name))
    if row is not None:
        row.count, row.locked_until = 0, None
        session.flush()


def purge_failures(session: Session, now: datetime) -> int:
    """Remove counters that can lock nobody any more; return how many."""
    statement = delete(SignInFailures).where(SignInFailures.window_started_at < now - KEPT_FOR)
    return len(session.scalars(statement.returning(SignInFailures.account_hash)).all())


def _key(sealer: Sealer, limit: Limit, name: str) -> str:
    # Somebody types a password into the field of the name sooner or later: keep nothing that shows it.
    return sealer.fingerprint(name, f"failures of {limit.name}")


def _locked_row(session: Session, key: str, now: datetime) -> SignInFailures:
    fresh = {"account_hash": key, "count": 0, "window_started_at": now}
    insert = sqlite.insert if is_sqlite(session) else postgresql.insert
    session.execute(insert(SignInFailures).values(fresh).on_conflict_do_nothing())
    statement = select(SignInFailures).where(SignInFailures.account_hash == key).with_for_update()
    return session.scalars(statement.execution_options(populate_existing=True)).one()
