"""The tables that the migrations make: as the models say, on both databases, and back again without loss."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, MetaData, func, inspect, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from ipfin import schema
from ipfin.audit.service import record
from ipfin.db import Base, begin_writing, make_engine
from ipfin.kernel.actor import SYSTEM
from tests.factories import Make

ROOT = Path(__file__).resolve().parents[3]
MADE_LATER = {
    *("match_key", "match_candidate", "enterprise_merge"),  # by 004
    *("consent", "consent_act", "consent_use", "consent_recipient"),  # by 005
    *("correction_request", "correction_act", "correction_proof"),  # by 006
    "directory_schedule",  # by 008
    "patent_pledge",  # by 010
    *("past_holding", "settled_fact", "source_conflict"),  # by 012
}
MADE_LATER |= {"cohort_reference"}  # by 013
MADE_LATER |= {"enterprise_change"}  # by 023
MADE_LATER |= {"patent_flag"}  # by 025
MADE_LATER |= {"financing_outcome"}  # by 021
MADE_LATER |= {"robustness_run", "sheet_robustness"}  # by 015
MADE_LATER |= {"register_consultation", "gate_waiver", "round_objection"}  # by 016
MADE_LATER |= {"meeting_result", "meeting_follow_up", "event_feedback", "event_minutes"}  # by 024
MADE_LATER |= {"declaration_request"}  # by 022
MADE_LATER |= {"conduct_rule"}  # by 018
MADE_LATER |= {"candidate_push", "candidate_push_line", "candidate_proposal"}  # by 019
MADE_LATER |= {"meeting_proposal", "fixed_meeting"}  # by 029
MADE_LATER |= {"meeting_minimum", "meeting_order"}  # by 037
MADE_LATER |= {"meeting_preference", "suggestion_weights"}  # by 033
MADE_LATER |= {"event_programme_line"}  # by 031
MADE_LATER |= {"event_programme_line", "event_question", "registration_answer"}  # by 031
MADE_LATER |= {"gate_task"}  # by 020
MADE_LATER |= {"enterprise_tag", "enterprise_contact", "enterprise_visit"}  # by 009
MADE_LATER |= {"screening", "screening_criterion", "screening_task", "screening_mark"}  # by 014
MADE_LATER |= {"conflict_declaration", "reviewer_tie"}  # by 014
MADE_LATER |= {"attendance", "check_in_code"}  # by 026
MADE_LATER |= {"registration_substitution"}  # by 027
MADE_LATER |= {"event_short_link", "event_reminder_plan", "event_reminder"}  # by 032
MADE_LATER |= {"event_invitation", "event_material", "event_training", "training_record"}  # by 032
MADE_LATER |= {"card_draft", "card_simulation", "card_activation"}  # by 017


@pytest.fixture
def bare(bare_database_url: str) -> Iterator[Engine]:
    engine = make_engine(bare_database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def filled(engine: Engine) -> Engine:
    """A database with a row in every table."""
    with Session(engine) as session:
        begin_writing(session)
        Make(session).one_of_everything()
        record(session, SYSTEM, "registry.batch.uploaded", "batch:1", filename="名单.xlsx")
        session.commit()
    return engine


def digest(engine: Engine, tables: Collection[str]) -> str:
    """Hash all rows of these tables, in the order of their keys."""
    hashed = hashlib.sha256()
    with engine.connect() as connection:
        for table in schema.all_tables().sorted_tables:
            if table.name not in tables:
                continue
            for row in connection.execute(select(table).order_by(*table.primary_key)):
                hashed.update(f"{table.name}{row!r}".encode())
    return hashed.hexdigest()


def counts(engine: Engine, metadata: MetaData) -> dict[str, int]:
    with engine.connect() as connection:
        return {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in metadata.sorted_tables
        }


def shape(engine: Engine) -> dict[str, Any]:
    """Describe all tables so that two databases can be compared, down to the text of the constraints."""
    inspector = inspect(engine)
    described = {}
    for table in Base.metadata.tables:
        columns = [(c["name"], str(c["type"]), c["nullable"]) for c in inspector.get_columns(table)]
        indexes = [
            (
                i["name"],
                i["column_names"],
                i["unique"],
                {key: str(value) for key, value in i.get("dialect_options", {}).items()},
            )
            for i in inspector.get_indexes(table)
            if i["name"] != "ix_enterprise_search"
        ]
        described[table] = {
            "columns": columns,
            "indexes": sorted(indexes, key=str),
            "key": inspector.get_pk_constraint(table),
            "unique": sorted(map(str, inspector.get_unique_constraints(table))),
            "checks": sorted(str((c["name"], c["sqltext"])) for c in inspector.get_check_constraints(table)),
            "foreign": sorted(map(str, inspector.get_foreign_keys(table))),
        }
    return described


def test_the_factory_leaves_no_table_without_a_row(filled: Engine) -> None:
    empty = [name for name, rows in counts(filled, schema.all_tables()).items() if rows == 0]
    assert empty == []


def test_going_down_and_up_again_loses_no_row(filled: Engine) -> None:
    every = set(schema.all_tables().tables)
    before = {table: digest(filled, {table}) for table in every}
    schema.downgrade(filled, "001")
    assert schema.current_revision(filled) == "001"
    # What a later version made goes with it; nothing else may change.
    kept = every & set(inspect(filled).get_table_names())
    assert every - kept == MADE_LATER
    schema.upgrade(filled)
    assert schema.is_current(filled)
    assert {table: digest(filled, {table}) for table in kept} == {table: before[table] for table in kept}


def test_going_down_to_nothing_leaves_nothing(engine: Engine) -> None:
    schema.downgrade(engine, "base")
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    assert schema.current_revision(engine) is None
    schema.upgrade(engine)
    schema.check(engine)


def test_no_model_is_without_a_migration(engine: Engine) -> None:
    schema.check(engine)


def test_the_migrations_make_what_the_models_say_constraint_by_constraint(
    engine: Engine, bare: Engine
) -> None:
    schema.all_tables().create_all(bare)
    assert shape(engine) == shape(bare)


def test_a_migration_that_fails_leaves_the_version_from_before(bare: Engine) -> None:
    with bare.begin() as connection:
        connection.execute(text("CREATE TABLE wish (in_the_way INTEGER)"))  # one of the last tables
    with pytest.raises(DatabaseError):
        schema.upgrade(bare)
    assert schema.current_revision(bare) is None
    assert set(inspect(bare).get_table_names()) == {"wish"}


def test_a_second_upgrade_changes_nothing(engine: Engine) -> None:
    before = shape(engine)
    schema.upgrade(engine)
    assert shape(engine) == before


def test_a_new_sqlite_file_is_its_owners_only(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'new' / 'ipfin.db'}")
    schema.upgrade(engine)
    modes = {path.name: oct(path.stat().st_mode & 0o777) for path in (tmp_path / "new").iterdir()}
    engine.dispose()
    assert set(modes.values()) == {"0o600"}, modes


def test_four_workers_that_start_on_an_empty_database_all_come_up(bare_database_url: str) -> None:
    program = (
        "import sys; from ipfin import schema; from ipfin.db import make_engine\n"
        "engine = make_engine(sys.argv[1]); print('ready', flush=True); sys.stdin.readline()\n"
        "schema.upgrade(engine); assert schema.is_current(engine)"
    )
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", program, bare_database_url],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    errors = [worker.communicate(timeout=60)[1] for worker in workers]
    assert [worker.returncode for worker in workers] == [0, 0, 0, 0], errors
