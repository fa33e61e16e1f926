"""The declarative base, the column types and the engine. Decides how values are stored, never what.

The Flask-SQLAlchemy handle stands in `web/database.py`; commands and jobs use a plain Session on
`make_engine`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, MetaData, String, TypeDecorator, create_engine, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.orm import DeclarativeBase, Session, registry

from ipfin.kernel.money import Fen

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
BUSY_TIMEOUT_MS = 15_000
# SQLite's own 2 MB hold the indexes of some 10,000 firms; beyond, every row of an import writes and reads
# pages again and again (measured: the 30,000th firm took 16 times the first one's time).
CACHE_KIB = 64 * 1024
PAGE_BYTES = 8192  # of a new SQLite file
WRITES = "ipfin_writes"  # execution option: this transaction will write


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Refuses naive values, stores UTC, returns aware UTC on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware instant into UTC before it is stored."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant without a time zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the instant its zone back: SQLite keeps none."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Words(TypeDecorator[str]):
    """An enum stored by its value as text, so that SQL, indexes and people read the same word."""

    impl = String(40)
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Check that the word belongs to the enum."""
        return None if value is None else self.kind(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        """Return the enum member."""
        return None if value is None else self.kind(value)


# JSON that PostgreSQL can look into; SQLite keeps it as text.
Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class Base(DeclarativeBase):
    """Base of every table. Constraints are named, enums are stored by value, instants are UTC."""

    # In a registry, because Flask-SQLAlchemy builds its own base from the attributes of this one, and
    # SQLAlchemy refuses a base that has both a registry and a type map.
    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={
            datetime: UtcDateTime(),
            Fen: BigInteger(),
            dict[str, Any]: Json,
            list[Any]: Json,
        },
    )


def words(kind: type[StrEnum]) -> Words:
    """Return the column type for `kind`: text, checked on the way in and out."""
    return Words(kind)


def make_engine(url: str, *, echo: bool = False) -> Engine:
    """Return an engine that behaves the same on SQLite and PostgreSQL as far as it can."""
    if url.startswith("sqlite"):
        engine = create_engine(url, echo=echo, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000})
    else:
        engine = create_engine(url, echo=echo, pool_pre_ping=True)
    prepare_engine(engine)
    return engine


def prepare_engine(engine: Engine) -> None:
    """Install our transaction and safety settings on `engine` (also used on Flask-SQLAlchemy's)."""
    if engine.dialect.name != "sqlite":
        return
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)


def _prepare_sqlite(dbapi_connection: Any, _record: Any) -> None:
    # We say BEGIN ourselves (see _begin_sqlite): the driver's implicit one is deferred, and a deferred
    # transaction that turns into a writer fails with "database is locked" instead of waiting.
    dbapi_connection.isolation_level = None
    cursor = dbapi_connection.cursor()
    # Says something to an empty file only. Rows of patents are long and have four indexes: half as many pages
    # are split and found again as with SQLite's own 4,096 bytes.
    cursor.execute(f"PRAGMA page_size={PAGE_BYTES}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
    # Every statement that a trigger follows keeps the pages that it changes, to take itself back: in a
    # file that costs a row of an import eight writes.
    cursor.execute("PRAGMA temp_store=MEMORY")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


# Opens one writing transaction: leaving the block commits, raising rolls back. Whoever owns the edge
# (request, command, worker) hands it to what needs several transactions.
UnitOfWork = Callable[[], AbstractContextManager[Session]]


def begin_writing(session: Session) -> None:
    """Start the session's transaction as a writer, before anything is read in it.

    What was loaded earlier is expired, so that a decision is taken on what stands under the lock.
    """
    if session.in_transaction():
        session.rollback()
    session.connection(execution_options={WRITES: True})


def is_sqlite(session: Session) -> bool:
    """Whether the session talks to SQLite (a few searches and locks differ)."""
    return session.get_bind().dialect.name == "sqlite"
