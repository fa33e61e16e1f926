"""Somebody who may drop triggers rewrites the log: one row of ten thousand is found, and in time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, insert, text
from sqlalchemy.orm import Session

from ipfin.audit import chain
from ipfin.audit.chain import Fault, Head, VerifyReport
from ipfin.audit.models import AuditEntry
from ipfin.audit.service import verify
from ipfin.db import begin_writing
from tests.unit.audit.test_chain import chain_of

LENGTH = 10_000
MIDDLE = 6_173
LIMIT_S = 5
DROPS = {"sqlite": "DROP TRIGGER {}", "postgresql": "DROP FUNCTION {}() CASCADE"}
TRIGGERS = (
    "audit_entry_is_next",
    "audit_entry_stays",
    "audit_entry_remains",
    "audit_head_is_single",
    "audit_head_moves_on",
    "audit_head_remains",
)
Tamper = Callable[[Session], None]


@pytest.fixture
def unguarded(engine: Engine) -> Iterator[Session]:
    """A log of ten thousand entries whose triggers somebody dropped."""
    links = chain_of(LENGTH)
    session = Session(engine)
    begin_writing(session)
    for name in TRIGGERS:
        session.execute(text(DROPS[engine.dialect.name].format(name)))
    session.execute(
        insert(AuditEntry.__table__),
        [{name: getattr(link, name) for name in chain.Link.__dataclass_fields__} for link in links],
    )
    session.execute(
        text("UPDATE audit_head SET length = :length, hash = :hash"),
        {"length": LENGTH, "hash": links[-1].hash},
    )
    session.commit()
    yield session
    session.close()


def edit(session: Session) -> None:
    session.execute(text("UPDATE audit_entry SET detail = '{}' WHERE id = :id"), {"id": MIDDLE})


def remove(session: Session) -> None:
    session.execute(text("DELETE FROM audit_entry WHERE id = :id"), {"id": MIDDLE})


def reorder(session: Session) -> None:
    free = LENGTH + 1
    for old, new in ((MIDDLE, free), (MIDDLE + 40, MIDDLE), (free, MIDDLE + 40)):
        session.execute(text("UPDATE audit_entry SET id = :new WHERE id = :old"), {"old": old, "new": new})


def cut(session: Session) -> None:
    session.execute(text("DELETE FROM audit_entry WHERE id = :id"), {"id": LENGTH})


def rewrite(session: Session) -> None:
    """Change one row and make all hashes after it anew, head included."""
    rows = session.query(AuditEntry).where(AuditEntry.id >= MIDDLE).order_by(AuditEntry.id).all()
    previous = rows[0].previous_hash
    for row in rows:
        values = {name: getattr(row, name) for name in chain.Link.__dataclass_fields__}
        values |= {"previous_hash": previous, "hash": ""}
        if row.id == MIDDLE:
            values["actor_name"] = "别人"
        row.actor_name, row.previous_hash = values["actor_name"], previous
        row.hash = previous = chain.link_hash(chain.Link(**values))
    session.flush()
    session.execute(text("UPDATE audit_head SET hash = :hash"), {"hash": previous})


def verified(session: Session, expected: Head | None = None) -> VerifyReport:
    began = time.process_time()  # not the clock on the wall: the neighbours of a test are loud
    report = verify(session, expected)
    took = time.process_time() - began
    assert took < LIMIT_S, f"{took:.1f} s"
    return report


def test_one_row_of_ten_thousand_is_found_and_named(unguarded: Session) -> None:
    tamperings: dict[Tamper, list[tuple[Fault, int, int]]] = {
        edit: [(Fault.EDITED, MIDDLE, MIDDLE)],
        remove: [(Fault.REMOVED, MIDDLE, MIDDLE)],
        reorder: [(Fault.MOVED, MIDDLE, MIDDLE), (Fault.MOVED, MIDDLE + 40, MIDDLE + 40)],
        cut: [(Fault.TRUNCATED, LENGTH, LENGTH)],
    }
    for tamper, expected in tamperings.items():
        tamper(unguarded)
        findings = verified(unguarded).findings
        named = [(f.fault, f.first_id, f.last_id) for f in findings if f.fault is not Fault.UNLINKED]
        assert named == expected, tamper.__name__
        unguarded.rollback()
        assert verified(unguarded).is_sound


def test_a_log_rewritten_with_its_head_is_found_by_a_head_kept_elsewhere(unguarded: Session) -> None:
    kept = Head(LENGTH, unguarded.get_one(AuditEntry, LENGTH).hash)
    rewrite(unguarded)
    assert verified(unguarded).is_sound, "nothing inside the database can tell"
    (found,) = verified(unguarded, kept).findings
    assert found.fault is Fault.NOT_AS_EXPORTED
