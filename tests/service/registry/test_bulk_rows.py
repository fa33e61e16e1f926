"""Rows written at once are the rows that one by one would have been, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.bulk import among, insert_rows, take_ids
from ipfin.registry.applicants import ApplicantKind
from ipfin.registry.lifecycle import RowOutcome
from ipfin.registry.models import Applicant, Enterprise, ImportRow
from tests.factories import Make


def test_words_days_instants_and_nothing_arrive_as_they_were(session: Session, make: Make) -> None:
    pattern = make.enterprise()
    session.flush()
    names = [column.name for column in Enterprise.__table__.columns if column.name != "id"]
    noon = datetime(2026, 3, 5, 12, 0, 0, 7, tzinfo=timezone(timedelta(hours=8)))
    own = [
        {
            "public_id": "a" * 10,
            "name": "甲",
            "name_key": "甲",
            "as_of": date(2026, 3, 5),
            "created_at": noon,
        },
        {"public_id": "b" * 10, "name": "乙", "name_key": "乙", "as_of": None, "is_synthetic": True},
    ]
    rows = [{**{name: getattr(pattern, name) for name in names}, "credit_code": None, **each} for each in own]
    ids = take_ids(session, Enterprise, len(rows))
    insert_rows(
        session,
        Enterprise,
        ("id", *names),
        ((number, *(row[name] for name in names)) for number, row in zip(ids, rows, strict=True)),
    )
    session.expire_all()
    for number, row in zip(ids, rows, strict=True):
        found = session.get_one(Enterprise, number)
        assert {name: getattr(found, name) for name in names} == row
    assert session.get_one(Enterprise, ids[0]).created_at == noon.astimezone(UTC)


def test_a_column_of_words_and_gaps_keeps_its_words(session: Session) -> None:
    kinds = [ApplicantKind.COMPANY, ApplicantKind.PERSON, ApplicantKind.COMPANY]
    ids = take_ids(session, Applicant, 3)
    insert_rows(
        session,
        Applicant,
        ("id", "name", "name_key", "kind", "enterprise_id"),
        ((number, f"某{number}", f"某{number}", kind, None) for number, kind in zip(ids, kinds, strict=True)),
    )
    found = session.scalars(select(Applicant.kind).where(Applicant.id.in_(ids)).order_by(Applicant.id)).all()
    assert list(found) == kinds


def test_no_rows_are_no_work(session: Session) -> None:
    insert_rows(session, ImportRow, ("id", "outcome"), iter(()))
    assert take_ids(session, ImportRow, 0) == []
    assert session.scalar(select(ImportRow.id).where(ImportRow.outcome == RowOutcome.NEW)) is None


def test_a_value_is_found_among_more_than_one_statement_could_name_and_among_none(
    session: Session, make: Make
) -> None:
    there = make.applicant()
    session.flush()
    keys = [f"某{number}" for number in range(40_000)]
    by_key = select(Applicant.id).where(among(session, Applicant.name_key, [*keys, there.name_key]))
    by_id = select(Applicant.name_key).where(among(session, Applicant.id, [there.id, 10**9]))
    assert session.scalars(by_key).all() == [there.id]
    assert session.scalars(by_id).all() == [there.name_key]
    assert session.scalars(select(Applicant.id).where(among(session, Applicant.name_key, []))).all() == []
    assert session.scalars(select(Applicant.id).where(among(session, Applicant.id, []))).all() == []


def test_a_longer_text_is_not_cut_to_the_width_of_the_column(session: Session, make: Make) -> None:
    there = make.applicant()
    there.name_key = "长" * 300
    session.flush()
    longer = select(Applicant.id).where(among(session, Applicant.name_key, ["长" * 301]))
    assert session.scalars(longer).all() == []


@pytest.mark.timeout(20)
def test_a_row_may_ask_the_database_for_a_value_of_its_own(session: Session, make: Make) -> None:
    pattern = make.enterprise(name="样例有限公司")
    session.flush()
    session.expire(pattern)
    (number,) = take_ids(session, Applicant, 1)
    columns = ("id", "name", "name_key", "kind", "enterprise_id")
    rows = ((number, pattern.name, each, ApplicantKind.COMPANY, None) for each in ["样例"])
    insert_rows(session, Applicant, columns, rows)
    assert session.get_one(Applicant, number).name == "样例有限公司"


def test_what_all_rows_share_is_written_as_it_is(session: Session) -> None:
    columns = ("id", "name", "name_key", "kind", "enterprise_id")
    shared = "O'Neil; DROP TABLE applicant --"
    insert_rows(session, Applicant, columns, [(901, shared, "k1", ApplicantKind.PERSON, None)])
    insert_rows(
        session,
        Applicant,
        columns,
        [(i, shared, f"k{i}", ApplicantKind.COMPANY, None) for i in range(902, 905)],
    )
    found = session.execute(select(Applicant.id, Applicant.name, Applicant.kind).order_by(Applicant.id)).all()
    assert [tuple(row) for row in found] == [
        (901, shared, ApplicantKind.PERSON),
        *((i, shared, ApplicantKind.COMPANY) for i in range(902, 905)),
    ]
