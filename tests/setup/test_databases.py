"""What one test leaves in a database, the next never sees; and a fresh one costs next to nothing."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from ipfin.audit.service import current_head, record
from ipfin.db import begin_writing, make_engine
from ipfin.kernel.actor import SYSTEM
from tests.databases import PostgresPool
from tests.factories import Make

pytestmark = pytest.mark.postgres


@pytest.mark.parametrize("turn", [1, 2])
def test_a_database_is_lent_without_rows_and_counts_from_one(engine: Engine, turn: int) -> None:
    with Session(engine) as session:
        begin_writing(session)
        make = Make(session)
        make.one_of_everything()
        assert make.region("410599").name
        assert session.scalar(text("SELECT min(id) FROM enterprise")) == 1, turn
        assert record(session, SYSTEM, "jobs.finished", "job:1", kind="甲").id == 1
        session.commit()
        assert current_head(session) is not None


def test_a_database_that_was_changed_is_not_lent_again(postgres_pool: PostgresPool) -> None:
    def lend(*statements: str) -> str:
        with postgres_pool.lend() as address:
            server = postgres_pool._server
            with server.connect(address.split("/")[3].split("?")[0]) as connection:
                for statement in statements:
                    connection.execute(statement)
        return address

    same = lend("INSERT INTO region (code, name) VALUES ('1', '甲')")
    assert lend() == same
    for change in (
        "DROP FUNCTION audit_head_remains() CASCADE",
        "CREATE TABLE more (id int)",
        "DROP INDEX ix_enterprise_search",
        "ALTER TABLE wish ADD COLUMN more int",
        "UPDATE alembic_version SET version_num = '001'",
    ):
        changed = lend(change)
        assert lend() != changed, change


def test_a_number_that_was_taken_back_is_given_out_in_the_next_test(
    postgres_pool: PostgresPool,
) -> None:
    for _ in range(2):
        with postgres_pool.lend() as address:
            name = address.split("/")[3].split("?")[0]
            with postgres_pool._server.connect(name) as connection:
                assert connection.execute("SELECT nextval('enterprise_id_seq')").fetchone() == (1,)


def test_a_database_with_a_lock_left_behind_is_not_lent_again(postgres_pool: PostgresPool) -> None:
    with postgres_pool.lend() as address:
        forgotten = postgres_pool._server.connect(address.split("/")[3].split("?")[0])
        forgotten.autocommit = False
        forgotten.execute("LOCK TABLE region")
    with postgres_pool.lend() as other:
        assert other != address
    forgotten.close()


@pytest.mark.parametrize("turn", range(3))
def test_a_fresh_database_is_there_at_once(engine: Engine, turn: int) -> None:
    began = time.process_time()
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM enterprise")) == 0
    assert time.process_time() - began < 0.5


def test_a_connection_is_as_new_when_the_next_engine_gets_it(postgres_pool: PostgresPool) -> None:
    process = text("SELECT pg_backend_pid()")
    with postgres_pool.lend() as address:
        first = make_engine(address)
        with first.connect() as connection:
            served_by = connection.scalar(process)
            connection.execute(text("SET statement_timeout = '7s'"))
            connection.execute(text("CREATE TEMPORARY TABLE scrap (id int)"))
            connection.execute(text("SELECT pg_advisory_lock(7)"))
            connection.commit()
            connection.execute(text("INSERT INTO region (code, name) VALUES ('1', '甲')"))
        first.dispose()
    with postgres_pool.lend() as again:
        assert again == address
        second = make_engine(again)
        with second.connect() as connection:
            assert connection.scalar(process) == served_by
            assert connection.scalar(text("SHOW statement_timeout")) == "0"
            assert connection.scalar(text("SELECT to_regclass('scrap')")) is None
            assert connection.scalar(text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")) == 0
            assert connection.scalar(text("SELECT count(*) FROM region")) == 0
        second.dispose()
