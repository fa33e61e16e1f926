"""Fresh PostgreSQL databases for many tests: one copy of the template is emptied and lent again.

Copying a template costs most of a second on a busy machine, deleting a few rows some milliseconds. A
database whose tables, triggers, functions or schema version a test has changed is thrown away.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from itertools import count

import psycopg

from tests.postgres import Cluster

# Rows that the migrations themselves write; everything else in the template would be lost on reuse.
SEEDED = frozenset({"alembic_version", "audit_head"})
EMPTY = """
DO $$
DECLARE item record;
BEGIN
    SET LOCAL lock_timeout = '2s';
    SET LOCAL session_replication_role = replica;  -- neither foreign keys nor the guards of the audit log
    FOR item IN SELECT oid::regclass AS name FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'
    LOOP
        EXECUTE format('DELETE FROM %s', item.name);
    END LOOP;
    FOR item IN SELECT oid::regclass AS name FROM pg_class
        WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace
    LOOP
        PERFORM setval(item.name, 1, false);
    END LOOP;
    INSERT INTO audit_head (id, length, hash) VALUES (1, 0, repeat('0', 64));
END $$
"""
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


class PostgresPool:
    """Lends databases that are like `template`, whose rows are those of `SEEDED` only."""

    def __init__(self, server: Cluster, template: str) -> None:
        self._server = server
        self._template = template
        self._clean: list[tuple[str, str]] = []  # name, shape when it was new
        self._numbers = count(1)

    @contextlib.contextmanager
    def lend(self) -> Iterator[str]:
        """Lend the address of a database without rows."""
        name, shape = self._clean.pop() if self._clean else self._new()
        try:
            yield self._server.url(name)
        finally:
            if self._emptied(name, shape):
                self._clean.append((name, shape))
            else:
                self._server.drop(name)

    def _new(self) -> tuple[str, str]:
        name = f"lent_{next(self._numbers)}"
        self._server.create(name, template=self._template)
        with self._server.connect(name) as connection:
            return name, self._shape(connection)

    def _emptied(self, name: str, shape: str) -> bool:
        """Empty the database; False when it is no longer like new (changed tables, a lock left behind)."""
        try:
            with self._server.connect(name) as connection:
                if self._shape(connection) != shape:
                    return False
                connection.execute(EMPTY)
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
