"""What one test's engine compiled serves the next; another kind of database gets its own."""

from __future__ import annotations

from sqlalchemy import Engine, create_engine, literal, select
from sqlalchemy.dialects import postgresql, sqlite

from tests.compiled_statements import _STORE


def asked(engine: Engine, value: int) -> int:
    with engine.connect() as connection:
        found = connection.execute(select(literal(value).label("of_this_test_alone"))).scalar_one()
    engine.dispose()
    return int(found)


def test_a_statement_is_compiled_for_the_first_engine_only() -> None:
    assert asked(create_engine("sqlite://"), 1) == 1
    held = len(_STORE)
    assert asked(create_engine("sqlite://"), 2) == 2, "the values are the second engine's own"
    assert len(_STORE) == held


def test_another_kind_or_version_of_database_is_not_the_same() -> None:
    old, new = postgresql.dialect(), postgresql.dialect()  # type: ignore[no-untyped-call]
    assert old == new
    new.server_version_info = (99,)
    assert old != new
    assert old != sqlite.dialect()  # type: ignore[no-untyped-call]
