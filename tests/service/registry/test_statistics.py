"""What writes many rows leaves the planner's statistics behind it fresh, in the same transaction."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from ipfin.bulk import refresh_statistics
from ipfin.db import is_sqlite
from ipfin.kernel.actor import SYSTEM
from ipfin.registry.intake import mapping_for, plan, read_list
from ipfin.registry.models import Applicant, Enterprise
from ipfin.registry.service import commit_batch, note_check, open_batch, undo_batch
from tests.factories import TODAY, Make
from tests.lists import row, write_list


def known_rows(session: Session, table: str) -> int:
    """Return how many rows the planner takes a table to have; -1 when it knows nothing."""
    if is_sqlite(session):
        stat = session.scalar(text("SELECT stat FROM sqlite_stat1 WHERE tbl = :table"), {"table": table})
        return int(stat.split()[0]) if stat else -1
    rows = session.scalar(text("SELECT reltuples FROM pg_class WHERE relname = :table"), {"table": table})
    return int(rows)


def test_the_planner_learns_how_many_rows_there_are(session: Session, make: Make) -> None:
    # A lent PostgreSQL database still knows what an earlier test had in it.
    refresh_statistics(session.connection(), Enterprise, Applicant)
    for _ in range(7):
        make.enterprise()
    assert known_rows(session, "enterprise") < 7
    refresh_statistics(session.connection(), Enterprise, Applicant)
    assert known_rows(session, "enterprise") == 7
    assert session.in_transaction(), "nothing was committed on the way"


def test_a_committed_list_and_an_undone_one_leave_fresh_statistics(session: Session, tmp_path: Path) -> None:
    table = read_list(write_list(tmp_path / "list.xlsx", [row(1), row(2), row(3)]), "名单.xlsx")
    found = plan(session, table, mapping_for(session, table), as_of=TODAY)
    file = {"filename": "名单.xlsx", "stored_name": "x", "sha256": table.sha256, "size_bytes": 1}
    batch = open_batch(session, SYSTEM, **file, as_of=TODAY)
    note_check(session, SYSTEM, batch, found)
    commit_batch(session, SYSTEM, batch, found)
    assert known_rows(session, "patent") == 3
    undo_batch(session, SYSTEM, batch)
    assert known_rows(session, "patent") <= 0
