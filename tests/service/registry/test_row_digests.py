"""A list that comes again is spared the comparison of what stands as it is told, and of nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ipfin.kernel.actor import SYSTEM
from ipfin.kernel.errors import DomainError
from ipfin.kernel.identifiers import PatentKind
from ipfin.registry.fact_columns import DAYS
from ipfin.registry.intake import mapping_for, plan
from ipfin.registry.models import Applicant, ImportRow, Patent, PatentApplicant
from ipfin.registry.row_digests import COMPARED
from ipfin.registry.service import note_check, open_batch, undo_batch
from ipfin.registry.statuses import LegalStatus, Validity
from tests.factories import Make
from tests.lists import HEADER, row, table_of
from tests.service.registry.owning import FIRST, LATER, NO_EVENTS, A, B, taken

WIDE = (*HEADER, "公开（公告）号", "被引证次数")
OTHER = {
    "kind": PatentKind.DESIGN,
    "validity": Validity.LAPSED,
    "legal_status": LegalStatus.EXPIRED,
    "was_granted": False,
    "tells_flags": True,
    "is_pledged": True,
    "filing_year": 1999,
} | dict.fromkeys(("claims_count", "cited_by_count", "cites_count", "family_count"), 77)
OTHER |= dict.fromkeys(("filed_on", "published_on", "granted_on", "expires_on"), date(1999, 9, 9))


def listed(serial: int, **told: Any) -> list[str]:
    """Return a row under WIDE; every third patent is named by its publication alone."""
    cited = told.pop("cited", "3")
    cells = row(serial, **{"firm": A, **told})
    if serial % 3 == 0:
        cells[HEADER.index("申请号")] = ""
    return [*cells, f"CN1{serial:08d}B", cited]


ROWS = [
    listed(1),
    listed(2, firm=f"{A}; {B}"),
    listed(3),
    listed(4, events="授权 | 质押"),
    listed(5, title=""),
]


def digests(session: Session) -> list[bytes | None]:
    return list(session.scalars(select(Patent.told_digest).order_by(Patent.id)))


def report(session: Session, rows: Sequence[Sequence[str]], as_of: date, header: Sequence[str]) -> str:
    """Return all that taking a list in would say and do, and leave nothing of it."""
    table = table_of(header, [list(cells[: len(header)]) for cells in rows])
    kept = session.begin_nested()
    found = plan(session, table, mapping_for(session, table), as_of=as_of, source="甲库")
    batch = open_batch(
        session, SYSTEM, filename="x", stored_name="x", sha256=table.sha256, size_bytes=1, as_of=as_of
    )
    note_check(session, SYSTEM, batch, found)
    session.flush()
    said = session.execute(
        select(ImportRow.row_number, ImportRow.outcome, ImportRow.message, ImportRow.before, ImportRow.after)
        .where(ImportRow.batch_id == batch.id)
        .order_by(ImportRow.id)
    ).all()
    counts = [batch.rows_read, batch.rows_new, batch.rows_changed, batch.rows_unchanged, batch.rows_refused]
    assert counts[0] == sum(counts[1:])
    steps = [(step.outcome, step.changes, step.before, step.withheld, step.patent_id) for step in found.steps]
    told = [batch.summary, counts, repr(said), repr((found.new, found.same, steps, found.refusals))]
    kept.rollback()
    session.expire_all()
    return json.dumps(told, ensure_ascii=False)


def test_the_same_list_again_is_compared_value_by_value_nowhere(session: Session) -> None:
    taken(session, *ROWS, header=WIDE)
    batch, again = taken(session, *ROWS, header=WIDE)
    assert (batch.rows_unchanged, again.compared) == (len(ROWS), ())
    assert [one.place for one in again.same] == list(range(len(ROWS)))


def test_a_few_rows_of_a_list_are_found_by_either_number(session: Session) -> None:
    taken(session, *ROWS, header=WIDE)
    for some in ([ROWS[3]], [ROWS[2], ROWS[3]]):
        batch, again = taken(session, *some, header=WIDE, as_of=LATER)
        assert (batch.rows_unchanged, again.compared) == (len(some), ())


@pytest.mark.parametrize("through", ["orm", "bare"])
def test_whoever_changes_a_compared_column_the_database_forgets_the_digest(
    session: Session, through: str
) -> None:
    taken(session, ROWS[0], header=WIDE)
    patent = session.scalars(select(Patent)).one()
    for name in COMPARED:
        session.execute(update(Patent).values(told_digest=b"known"))
        value = OTHER.get(name, "CN2" if name == "publication_root" else "XY")
        if through == "orm":
            setattr(patent, name, value)
            session.flush()
        else:
            session.execute(update(Patent).values({name: value}))
        assert digests(session) == [None], name


def test_another_day_or_batch_leaves_the_digest(session: Session) -> None:
    taken(session, ROWS[0], header=WIDE)
    before = digests(session)
    session.execute(update(Patent).values(dict.fromkeys((*DAYS, "as_of"), LATER) | {"source": "乙"}))
    assert digests(session) == before != [None]


def test_what_a_list_changed_is_spared_from_its_second_return_on(session: Session) -> None:
    taken(session, *ROWS, header=WIDE)
    newer = [listed(1, events="未缴年费", validity="失效"), *ROWS[1:]]
    _batch, first = taken(session, *newer, header=WIDE, as_of=LATER)
    _batch, second = taken(session, *newer, header=WIDE, as_of=LATER)
    assert (len(first.changed), len(first.compared), second.compared) == (1, 1, ())


def test_rows_from_before_the_digests_get_theirs_from_the_next_list(session: Session) -> None:
    taken(session, *ROWS, header=WIDE)
    by_import = digests(session)
    session.execute(update(Patent).values(told_digest=None))
    taken(session, *ROWS, header=WIDE)
    assert digests(session) == by_import
    assert None not in by_import


# --- Nothing that anybody writes between two lists is hidden ----------------------------------------

Write = Callable[[Session, Patent], object]


def _set(name: str, value: Any) -> Write:
    def write(_session: Session, patent: Patent) -> None:
        setattr(patent, name, value)

    return write


def _lose_holder(session: Session, patent: Patent) -> None:
    session.execute(delete(PatentApplicant).where(PatentApplicant.patent_id == patent.id))


def _other_holder(session: Session, patent: Patent) -> None:
    make = Make(session)
    make.save(
        PatentApplicant,
        {"patent_id": patent.id, "applicant_id": make.applicant(make.enterprise()).id, "position": 7},
        {},
    )


def _rename_holder(session: Session, patent: Patent) -> None:
    held = select(PatentApplicant.applicant_id).where(PatentApplicant.patent_id == patent.id)
    for number in session.scalars(held).all():
        session.execute(update(Applicant).where(Applicant.id == number).values(name_key=f"别名{number}机械"))


def _take(*rows: list[str], as_of: date, header: Sequence[str] = WIDE) -> Write:
    return lambda session, _patent: taken(session, *rows, as_of=as_of, header=header, source="乙库")


def _undo_last(session: Session, _patent: Patent) -> None:
    batch, _plan = taken(session, listed(1, title="改名"), listed(6), as_of=LATER, header=WIDE)
    undo_batch(session, SYSTEM, batch)


WRITES: Sequence[Write] = (
    _set("title", "另一名称"),
    _set("title", "None"),
    _set("validity", Validity.LAPSED),
    _set("flags", "licensed"),
    _set("cited_by_count", None),
    _set("kind", None),
    _set("expires_on", date(2030, 1, 1)),
    _set("as_of", LATER),
    _set("status_as_of", None),
    _lose_holder,
    _other_holder,
    _rename_holder,
    lambda session, patent: Make(session).patent_pledge(patent),
    lambda session, patent: session.execute(delete(Patent).where(Patent.id == patent.id)),
    _take(listed(2, firm=B), listed(6), as_of=LATER),
    _take(listed(1), listed(4), as_of=FIRST, header=NO_EVENTS),
    _take(listed(4), listed(5, title="补名"), as_of=LATER),
    _undo_last,
)
EDITS = st.sampled_from([None, listed(2, title="新"), listed(3, cited="4"), listed(1, firm=B), listed(7)])


@given(
    writes=st.lists(
        st.tuples(st.integers(0, 4), st.sampled_from(range(len(WRITES)))), min_size=1, max_size=4
    ),
    edit=EDITS,
    as_of=st.sampled_from([FIRST, LATER, date(2026, 1, 2)]),
    header=st.sampled_from([WIDE, NO_EVENTS]),
)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_report_with_digests_is_byte_for_byte_the_one_without(
    session: Session,
    writes: list[tuple[int, int]],
    edit: list[str] | None,
    as_of: date,
    header: Sequence[str],
) -> None:
    if session.scalar(select(Patent.id).limit(1)) is None:  # of all examples the first
        taken(session, *ROWS, header=WIDE)
    outer = session.begin_nested()
    try:
        ids = list(session.scalars(select(Patent.id).order_by(Patent.id)))
        for place, which in writes:
            inner = session.begin_nested()
            try:
                patent = session.get(Patent, ids[place])
                if patent is not None:
                    WRITES[which](session, patent)
                    session.flush()
                inner.commit()
            except (DomainError, IntegrityError):  # a write that is refused, or made twice
                inner.rollback()
        rows = [*ROWS, edit] if edit else ROWS
        with_digests = report(session, rows, as_of, header)
        session.execute(update(Patent).values(told_digest=None))
        assert report(session, rows, as_of, header) == with_digests
    finally:
        outer.rollback()
        session.expire_all()
