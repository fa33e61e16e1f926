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

from tests.kept_connections import KEEPER
from tests.postgres import Cluster

# Rows that the migrations themselves write; everything else in the template would be lost on reuse.
SEEDED = frozenset({"alembic_version", "audit_head"})
# What empties a database, as a function that the connection which made it keeps planned: static statements
# on a warm connection take a tenth of what the same ones take on a new connection.
# Neither foreign keys nor the audit log's guards hinder it. Set once, because setting the role throws every
# plan away.
FUNCTION = """
SET lock_timeout = '2s';
SET session_replication_role = replica;
DO $outer$
DECLARE statements text; questions text;
BEGIN
    SELECT string_agg(format('IF filled[%s] THEN DELETE FROM %s; END IF;', n, name), ' ' ORDER BY n),
           string_agg(format('EXISTS (SELECT FROM %s)', name), ', ' ORDER BY n)
        INTO statements, questions
        FROM (SELECT row_number() OVER (ORDER BY oid) AS n, oid::regclass AS name FROM pg_class
              WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
                  AND relname <> 'alembic_version') AS tables;
    EXECUTE format($made$
        CREATE FUNCTION pg_temp.empty_everything() RETURNS void LANGUAGE plpgsql AS $body$
        DECLARE filled boolean[];
        BEGIN
            -- Most tests fill a few tables only: asking all of them at once takes a tenth of emptying them.
            filled := ARRAY[%s];
            %s
            -- Also what was rolled back has counted. (CASE: the planner may ask a WHERE in any order.)
            PERFORM CASE WHEN relkind = 'S' AND pg_sequence_last_value(oid) IS NOT NULL
                THEN setval(oid::regclass, 1, false) END
                FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace;
            INSERT INTO audit_head (id, length, hash) VALUES (1, 0, repeat('0', 64));
        END $body$ $made$, questions, statements);
END $outer$
"""
EMPTY = "SELECT pg_temp.empty_everything()"
# The catalogue's row versions and the schema's: any change of a table, index, trigger, constraint or
# function shows, and a test that sets the version back leaves it to nobody.
SHAPE = """
SELECT concat_ws(' ',
    (SELECT count(*) || ':' || sum((oid::bigint << 20) + xmin::text::bigint) FROM pg_class
        WHERE relnamespace = 'public'::regnamespace),
    (SELECT count(*) || ':' || sum((oid::bigint << 20) + xmin::text::bigint) FROM pg_trigger),
    (SELECT count(*) || ':' || sum((oid::bigint << 20) + xmin::text::bigint) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace),
    (SELECT count(*) || ':' || sum((oid::bigint << 20) + xmin::text::bigint) FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace),
    (SELECT string_agg(version_num, ',') FROM alembic_version))
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
                self._let_go(lent)
                self._server.drop(lent.name)

    def close(self) -> None:
        """Let go of the databases that are not lent."""
        while self._clean:
            self._let_go(self._clean.pop())

    def _let_go(self, lent: _Lent) -> None:
        lent.keeper.close()
        KEEPER.forget(str(self._server.socket_folder), lent.name)

    def _new(self) -> _Lent:
        name = f"lent_{next(self._numbers)}"
        self._server.create(name, template=self._template)
        keeper = self._server.connect(name)
        keeper.execute(FUNCTION)
        KEEPER.keep(str(self._server.socket_folder), name)
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
