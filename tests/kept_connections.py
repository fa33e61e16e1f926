"""Connections to PostgreSQL that outlive a test, like those of the running product outlive a request.

Every test has an engine of its own, and so had connections of its own: for each the server starts a process
that reads the catalogue anew and plans every statement again, which took two thirds of the server's time.
Here a connection that an engine of this process closes is reset and given to the next engine that asks for
the same database. It is one that the pool lends again and again (`tests/databases.py`); all others close.
"""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.pq import ExecStatus, TransactionStatus
from sqlalchemy import Engine, event
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

# What a session can leave behind on its connection. Prepared statements stay: both sides know them.
RESET = b"RESET ALL; CLOSE ALL; UNLISTEN *; DISCARD TEMP; SELECT pg_advisory_unlock_all()"
MOST_OF_A_DATABASE = 4  # a test with fifty threads leaves no fifty server processes behind

Connection = psycopg.Connection[Any]


class _Keeper:
    """Where connections go when they are closed: psycopg hands them to what stands in their `_pool`."""

    close_returns = True

    def __init__(self) -> None:
        self._waiting: dict[tuple[str, str], list[Connection]] = {}

    def keep(self, server: str, database: str) -> None:
        """Keep connections to this database from now on."""
        self._waiting[server, database] = []

    def forget(self, server: str, database: str) -> None:
        """Close what is kept of this database, and keep no more."""
        for connection in self._waiting.pop((server, database), []):
            _close(connection)

    def get(self, server: str, database: str) -> Connection | None:
        """Return a connection to the database that is as good as new, if one waits."""
        waiting = self._waiting.get((server, database))
        while waiting:
            connection = waiting.pop()
            if not connection.closed:
                return connection
        return None

    def putconn(self, connection: Connection) -> None:
        """Take a connection that somebody closed."""
        waiting = self._waiting.get((connection.info.host, connection.info.dbname))
        if waiting is not None and len(waiting) < MOST_OF_A_DATABASE and _reset(connection):
            waiting.append(connection)
        else:
            _close(connection)


KEEPER = _Keeper()


def _reset(connection: Connection) -> bool:
    """Make the connection as it was when it was new; False when that cannot be."""
    try:
        if connection.info.transaction_status is not TransactionStatus.IDLE:
            connection.rollback()
        connection.autocommit, connection.isolation_level = False, None
        connection.read_only = connection.deferrable = None
        connection._notice_handlers.clear()
        return connection.pgconn.exec_(RESET).status == ExecStatus.TUPLES_OK
    except psycopg.Error:
        return False


def _close(connection: Connection) -> None:
    connection._pool = None  # type: ignore[attr-defined]
    connection.close()


def _connect(_dialect: object, _record: object, _args: object, wanted: dict[str, Any]) -> Connection | None:
    """Return a kept connection, or a new one that will be kept; None leaves it to SQLAlchemy."""
    where = wanted.get("host"), wanted.get("dbname")
    if where not in KEEPER._waiting:
        return None
    connection = KEEPER.get(*where)
    if connection is None:
        connection = psycopg.connect(**wanted)
        connection._pool = KEEPER  # type: ignore[attr-defined]
    return connection


_initialize = PGDialect_psycopg.initialize
_LEARNT: dict[str, Any] = {}


def _initialize_once(self: PGDialect_psycopg, connection: Any) -> None:
    """Ask the server once a run what every new engine asks it: all servers of a run are of one version."""
    if _LEARNT:
        self.__dict__.update(_LEARNT)
        return
    before = dict(self.__dict__)
    _initialize(self, connection)
    _LEARNT.update({name: value for name, value in self.__dict__.items() if before.get(name) is not value})


def keep_connections() -> None:
    """Let every engine made in this process use kept connections."""
    event.listen(Engine, "do_connect", _connect)
    PGDialect_psycopg.initialize = _initialize_once  # type: ignore[method-assign]
