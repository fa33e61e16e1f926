"""Fresh PostgreSQL databases for many tests: one copy of the template is emptied and lent again.

Copying a template costs most of a second on a busy machine, deleting a few rows some milliseconds. A
database whose tables, triggers, functions or schema version a test has changed is thrown away.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

import psycopg

from tests.postgres import Cluster

# Rows that the migrations themselves write; everything else in the template would be lost on reuse.
SEEDED = frozenset({"alembic_version", "audit_head"})
# What empties a database, as a function that the connection which made it keeps planned: static statements
# on a warm connection take a tenth of what the same ones take on a new connection.
FUNCTION = """
DO $outer$
DECLARE statements text;
BEGIN
    SELECT string_agg(format('DELETE FROM %s;', oid::regclass), ' ') INTO statements FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version';
    EXECUTE format($made$
        CREATE FUNCTION pg_temp.empty_everything() RETURNS void LANGUAGE plpgsql AS $body$
        BEGIN
            SET LOCAL lock_timeout = '2s';
            SET LOCAL session_replication_role = replica;  -- neither foreign keys nor the audit log's guards
            %s
            -- Also what was rolled back has counted. (CASE: the planner may ask a WHERE in any order.)
            PERFORM CASE WHEN relkind = 'S' AND pg_sequence_last_value(oid) IS NOT NULL
                THEN setval(oid::regclass, 1, false) END
                FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace;
            INSERT INTO audit_head (id, length, hash) VALUES (1, 0, repeat('0', 64));
        END $body$ $made$, statements);
END $outer$
"""
EMPTY = "SELECT pg_temp.empty_everything()"
# The catalogue's row versions and the schema's: any change of a table, index, trigger, constraint or
# function shows, and a test that sets the version back leaves it to nobody.
SHAPE = """
SELECT md5(string_agg(version, ',' ORDER BY version)) FROM (
    SELECT 'c' || oid || ':' || xmin AS version FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT 't' || oid || ':' || xmin FROM pg_trigger
    UNION ALL SELECT 'k' || oid || ':' || xmin FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT 'f' || oid || ':' || xmin FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT 'v' || version_num FROM alembic_version
) AS versions
"""


@dataclass(frozen=True)
class _Lent:
    """A database of the pool. `keeper` stays connected to it, so that emptying it is at hand."""

    name: str
    shape: str  # when it was new
    keeper: psycopg.Connection[tuple[str]]


class PostgresPool:
    """Lends databases that are like `template`, whose rows are those of `SEEDED` only."""

    def __init__(self, server: Cluster, template: str) -> None:
        self._server = server
        self._template = template
        self._clean: list[_Lent] = []
        self._numbers = count(1)

    @contextlib.contextmanager
    def lend(self) -> Iterator[str]:
        """Lend the address of a database without rows."""
        lent = self._clean.pop() if self._clean else self._new()
        try:
            yield self._server.url(lent.name)
        finally:
            if self._emptied(lent):
                self._clean.append(lent)
            else:
                lent.keeper.close()
                self._server.drop(lent.name)

    def close(self) -> None:
        """Let go of the databases that are not lent."""
        while self._clean:
            self._clean.pop().keeper.close()

    def _new(self) -> _Lent:
        name = f"lent_{next(self._numbers)}"
        self._server.create(name, template=self._template)
        keeper = self._server.connect(name)
        keeper.execute(FUNCTION)
        return _Lent(name, self._shape(keeper), keeper)

    def _emptied(self, lent: _Lent) -> bool:
        """Empty the database; False when it is no longer like new (changed tables, a lock left behind)."""
        try:
            if self._shape(lent.keeper) != lent.shape:
                return False
            lent.keeper.execute(EMPTY)
        except psycopg.Error:
            return False
        return True

    @staticmethod
    def _shape(connection: psycopg.Connection[tuple[str]]) -> str:
        row = connection.execute(SHAPE).fetchone()
        return row[0] if row else ""


def seeded_tables(connection: psycopg.Connection[tuple[str]]) -> set[str]:
    """Return the tables of the template that hold rows."""
    names = connection.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    held = set()
    for (name,) in names.fetchall():
        if connection.execute(
            psycopg.sql.SQL("SELECT 1 FROM {} LIMIT 1").format(psycopg.sql.Identifier(name))
        ).fetchone():
            held.add(name)
    return held
