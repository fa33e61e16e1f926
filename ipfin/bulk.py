"""Writing many rows at once, by the fastest way that each database has, inside the caller's transaction.

Decides how values travel to the driver; which rows are written is the caller's. SQLite takes a plain
executemany, PostgreSQL a COPY (performance.md §1d).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from enum import Enum
from itertools import islice
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, Integer, Table, any_, func, literal, select, text
from sqlalchemy import Text as LongText
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute, Session

from ipfin.db import Base, is_sqlite

CHUNK = 500  # values in one IN (...): below SQLite's old limit of 999 variables


def insert_rows(
    session: Session, model: type[Base], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert `rows` (values in the order of `columns`) into the table of `model`.

    Values are plain: text, whole numbers, booleans, days, aware instants, enums (written by value) or
    None. Columns that are left out must be nullable or have a default of the database.
    """
    # All of them before the COPY begins: a row that asks the database for a value would wait for ever.
    by_column = list(zip(*rows, strict=True)) or [()] * len(columns)
    insert_columns(session, model, dict(zip(columns, by_column, strict=True)))


def insert_columns(session: Session, model: type[Base], columns: Mapping[str, Sequence[Any]]) -> None:
    """Insert rows that are given column by column; values as in `insert_rows`."""
    insert_spelled(session, model, dict(zip(columns, spelled(session, columns.values()), strict=True)))


def insert_spelled(session: Session, model: type[Base], columns: Mapping[str, Sequence[Any]]) -> None:
    """Insert rows that are given column by column, as `spelled` hands them over."""
    if not any(columns.values()):
        return
    session.flush()
    table = cast("Table", model.__table__)
    connection = session.connection()
    names = ", ".join(f'"{name}"' for name in columns)
    values = list(columns.values())
    if is_sqlite(session):
        _insert_into_sqlite(connection, table.name, names, values)
        return
    rows = zip(*values, strict=True)
    cursor = connection.connection.cursor()
    with cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)
    cursor.close()


def _insert_into_sqlite(
    connection: Connection, table: str, names: str, columns: Sequence[Sequence[Any]]
) -> None:
    """Write rows many at a time, by way of a table in memory that has neither keys nor indexes.

    What all rows share stands in the statement instead of in each row. Many rows travel in one statement:
    each keeps a way back for a row that is refused, and the index of names, which a trigger keeps, writes
    itself out and merges itself once for each; row by row that grew with the square of the rows.
    """
    shared = [None, *map(_shared, columns[1:])]  # one column tells how many rows there are
    own = [column for column, word in zip(columns, shared, strict=True) if word is None]
    places = [f"c{place}" for place, word in enumerate(shared) if word is None]
    told = ", ".join(word or f"c{place}" for place, word in enumerate(shared))
    connection.exec_driver_sql(f"CREATE TEMP TABLE staged ({', '.join(places)})")
    stage = f"INSERT INTO staged VALUES ({', '.join('?' * len(places))})"  # noqa: S608 - numbered by us
    take = f'INSERT INTO "{table}" ({names}) SELECT {told} FROM staged ORDER BY rowid'  # noqa: S608 - ours
    for rows in _some_at_a_time(zip(*own, strict=True), _STAGED):
        connection.exec_driver_sql(stage, rows)
        connection.exec_driver_sql(take)
        connection.exec_driver_sql("DELETE FROM staged")
    connection.exec_driver_sql("DROP TABLE staged")


_STAGED = 20_000  # rows that are in memory twice

_HARMLESS = re.compile(r"[0-9A-Za-z_-]*", re.ASCII)  # days, words of enums, nothing


def _shared(column: Sequence[Any]) -> str | None:
    """Return what stands in every row of a column as SQL, None where rows differ or it has to be bound."""
    first = column[0]
    if not first == column[-1] == column[len(column) // 2] or column.count(first) != len(column):
        return None
    if first is None:
        return "NULL"
    if first.__class__ in (int, bool) and set(map(type, column)) == {first.__class__}:
        return str(int(first))
    return f"'{first}'" if first.__class__ is str and _HARMLESS.fullmatch(first) else None


def _some_at_a_time(rows: Iterable[tuple[Any, ...]], most: int) -> Iterator[list[tuple[Any, ...]]]:
    iterator = iter(rows)
    while some := list(islice(iterator, most)):
        yield some


# What the drivers take as it is. An enum of words is not among them: only its very type is asked for.
_TAKEN_BY_SQLITE: frozenset[type] = frozenset({str, int, float, bool, bytes, type(None)})
_TAKEN_BY_POSTGRES: frozenset[type] = _TAKEN_BY_SQLITE | {date, datetime}


def spelled(session: Session, columns: Iterable[Sequence[Any]]) -> list[Sequence[Any]]:
    """Return columns as the driver takes them and hands them over: each distinct value is spelled once."""
    taken, spell = (_TAKEN_BY_SQLITE, _plain) if is_sqlite(session) else (_TAKEN_BY_POSTGRES, _word)
    return [_spelled(column, taken, spell) for column in columns]


def _spelled(column: Sequence[Any], taken: frozenset[type], spell: Callable[[Any], Any]) -> Sequence[Any]:
    if taken.issuperset(map(type, column)):
        return column
    known = {value: spell(value) for value in set(column)}
    return list(map(known.__getitem__, column))


def _word(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")  # as `db.UtcDateTime` spells it
    return value.isoformat() if isinstance(value, date) else value


def take_ids(session: Session, model: type[Base], count: int) -> list[int]:
    """Return `count` fresh ids for the table of `model`, kept by the caller's writing transaction."""
    if count == 0:
        return []
    table = cast("Table", model.__table__)
    if is_sqlite(session):
        # The writer's lock is ours (BEGIN IMMEDIATE), so nobody else can take the next id.
        highest = session.execute(select(func.max(table.c.id))).scalar() or 0
        return list(range(highest + 1, highest + 1 + count))
    sequence = f"{table.name}_id_seq"
    rows = session.execute(
        text("SELECT nextval(CAST(:sequence AS regclass)) FROM generate_series(1, :count)"),
        {"sequence": sequence, "count": count},
    )
    return [int(value) for (value,) in rows]


def refresh_statistics(connection: Connection, *models: type[Base]) -> None:
    """Tell the planner what the tables hold by now; belongs behind whatever wrote many rows.

    A part of the caller's transaction. SQLite looks at all tables and at a thousand rows of each index;
    connections that are open keep what they knew until they are opened anew, so that no page may depend on
    it (see `registry.queries.walks`). PostgreSQL samples the tables of `models`, or all.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA analysis_limit={_LOOKED_AT}")
        connection.exec_driver_sql("ANALYZE")
        return
    # Always in one order, so that two that write at once wait for each other and never in a ring.
    tables = ", ".join(sorted(f'"{cast("Table", model.__table__).name}"' for model in models))
    connection.exec_driver_sql(f"ANALYZE {tables}")


_LOOKED_AT = 1_000  # entries of each index


def in_chunks(values: Iterable[Any], size: int = CHUNK) -> Iterable[list[Any]]:
    """Yield `values` in lists that fit one IN (...)."""
    chunk: list[Any] = []
    for value in values:
        chunk.append(value)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def among(
    session: Session,
    column: InstrumentedAttribute[Any] | ColumnElement[Any],
    values: Iterable[str] | Iterable[int],
) -> ColumnElement[bool]:
    """Return the condition that `column` is one of `values`; they travel as one parameter, however many."""
    wanted = list(values)
    if is_sqlite(session):
        told = func.json_each(json.dumps(wanted, ensure_ascii=False)).table_valued("value")
        return column.in_(select(told.c.value))
    one = Integer() if isinstance(column.type, Integer) else LongText()  # a bounded text would be cut
    return column == any_(literal(wanted, ARRAY(one)))
