"""One patent is one row, however the lists of two vendors spell its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.db import begin_writing
from ipfin.kernel.actor import SYSTEM
from ipfin.kernel.text import Text
from ipfin.registry.models import Applicant, Enterprise, ImportBatch, ImportRow, Patent, PatentApplicant
from ipfin.registry.service import obstacles_to_undo, undo_batch
from ipfin.registry.statuses import LegalStatus, Validity
from tests.lists import number, write_list
from tests.service.registry.test_import_lists import counts, take_in_file

FIRM = "安阳样张机械有限公司"
APPLICATION, PUBLISHED, GRANTED = number(1), "CN107695841A", "CN107695841B"
HEADER = ("标题", "申请号", "公开（公告）号", "申请人", "公开（公告）日", "法律状态")
FIRST, LATER = date(2026, 3, 5), date(2026, 6, 1)
Row = Sequence[str]
ROW = ("一种样张装置", APPLICATION, GRANTED, FIRM, "2022-06-07", "授权")


def take(
    session: Session, folder: Path, *rows: Row, header: Row = HEADER, as_of: date = FIRST
) -> ImportBatch:
    path = write_list(folder / "list.xlsx", [list(cells) for cells in rows], header)
    return take_in_file(session, path, as_of=as_of)[0]


def patents(session: Session) -> Sequence[Patent]:
    session.expire_all()
    return session.scalars(select(Patent).order_by(Patent.id)).all()


@pytest.mark.parametrize(
    "spelling",
    [
        APPLICATION,
        APPLICATION.removeprefix("CN"),
        APPLICATION.rsplit(".", 1)[0],
        APPLICATION.replace("CN", "ZL"),
        APPLICATION.replace(".", ""),
        APPLICATION.removeprefix("CN").rsplit(".", 1)[0],
        f" {APPLICATION[:6]} {APPLICATION[6:]} ",
    ],
)
def test_a_number_is_known_in_every_spelling(session: Session, tmp_path: Path, spelling: str) -> None:
    take(session, tmp_path, ROW)

    again = take(session, tmp_path, (ROW[0], spelling, *ROW[2:]), as_of=LATER)

    assert counts(again) == (0, 0, 1, 0)
    assert len(patents(session)) == 1


@pytest.mark.parametrize("document", [PUBLISHED, GRANTED, GRANTED.removeprefix("CN"), "CN 107695841 B"])
def test_a_list_with_publication_numbers_only_means_the_same_patent(
    session: Session, tmp_path: Path, document: str
) -> None:
    take(session, tmp_path, ROW)

    header = ("标题", "公开（公告）号", "申请人")
    take(session, tmp_path, (ROW[0], document, FIRM), header=header, as_of=LATER)

    (patent,) = patents(session)
    assert patent.application_number == APPLICATION.removeprefix("CN")


def test_the_application_and_later_the_grant_are_one_patent(session: Session, tmp_path: Path) -> None:
    take(session, tmp_path, (*ROW[:2], PUBLISHED, FIRM, "2021-06-07", "实质审查"))
    assert patents(session)[0].was_granted is False

    take(session, tmp_path, ROW, as_of=LATER)

    (patent,) = patents(session)
    assert (patent.publication_number, patent.was_granted) == (GRANTED, True)
    assert (patent.validity, patent.legal_status) == (Validity.VALID, LegalStatus.GRANTED)


def test_application_and_grant_in_one_list_are_one_patent(session: Session, tmp_path: Path) -> None:
    batch = take(session, tmp_path, (*ROW[:2], PUBLISHED, FIRM, "2021-06-07", "公开"), ROW)
    assert counts(batch) == (1, 0, 1, 0)
    assert patents(session)[0].publication_number == GRANTED


def test_a_pledged_grant_is_valid_and_encumbered(session: Session, tmp_path: Path) -> None:
    take(session, tmp_path, (*ROW[:5], "授权 | 质押 | 保全"))
    (patent,) = patents(session)
    assert (patent.validity, patent.legal_status) == (Validity.VALID, LegalStatus.GRANTED)
    assert (patent.is_pledged, patent.flags) == (True, "pledged preserved")


BY_ROOT = ("标题", "公开（公告）号", "申请人", "法律状态")
BY_NUMBER = ("标题", "申请号", "申请人")


@pytest.fixture
def halves(session: Session, tmp_path: Path) -> tuple[ImportBatch, ImportBatch]:
    """Take one patent in twice, by each of its numbers and under two names of a firm."""
    by_root = take(session, tmp_path, (ROW[0], GRANTED, "安阳旧名有限公司", "授权 | 质押"), header=BY_ROOT)
    by_number = take(session, tmp_path, ("一种旧名", APPLICATION, FIRM), header=BY_NUMBER)
    assert len(patents(session)) == 2
    return by_root, by_number


def test_two_halves_of_one_patent_are_one_when_a_list_names_both_numbers(
    session: Session, tmp_path: Path, halves: tuple[ImportBatch, ImportBatch]
) -> None:
    both = take(session, tmp_path, ROW[:5], header=HEADER[:5], as_of=LATER)

    assert counts(both) == (0, 1, 0, 0)
    (patent,) = patents(session)
    assert (patent.application_number, patent.publication_root) == (APPLICATION[2:], "CN107695841")
    assert (patent.validity, patent.is_pledged) == (Validity.VALID, True)  # told by the half that went
    assert (patent.as_of, patent.status_as_of) == (LATER, FIRST)
    firms = {firm.name: firm.patent_count for firm in session.scalars(select(Enterprise))}
    assert firms == {"安阳旧名有限公司": 0, FIRM: 1}
    again = take(session, tmp_path, ROW[:5], header=HEADER[:5], as_of=LATER)
    assert counts(again) == (0, 0, 1, 0)


def test_an_undone_joining_leaves_two_records_as_they_were(
    session: Session, tmp_path: Path, halves: tuple[ImportBatch, ImportBatch]
) -> None:
    before = digest(session)
    both = take(session, tmp_path, ROW[:5], header=HEADER[:5], as_of=LATER)
    for batch in halves:
        assert any(f"批次{both.id}" in told for told in obstacles_to_undo(session, batch))

    for batch in (both, *reversed(halves)):
        session.rollback()
        begin_writing(session)
        undo_batch(session, SYSTEM, session.get_one(ImportBatch, batch.id))
        session.commit()
        if batch is both:
            assert digest(session) == before
    assert patents(session) == []


def digest(session: Session) -> list[object]:
    """Return what stands, but for the ids of the records."""
    session.expire_all()
    # What spares a comparison is not what stands: the database forgets it, and the next list finds it again.
    columns = [column for column in Patent.__table__.columns if column.name not in ("id", "told_digest")]
    rows = session.execute(select(*columns).order_by(Patent.publication_number)).all()
    held = session.execute(
        select(Patent.publication_number, Applicant.name)
        .join(PatentApplicant, PatentApplicant.patent_id == Patent.id)
        .join(Applicant, Applicant.id == PatentApplicant.applicant_id)
        .order_by(Patent.publication_number)
    ).all()
    firms = session.execute(select(Enterprise.name, Enterprise.valid_count, Enterprise.pledged_count)).all()
    return [*rows, *held, *sorted(firms)]


def test_two_records_of_different_kinds_are_never_joined(session: Session, tmp_path: Path) -> None:
    take(session, tmp_path, (ROW[0], "CN207695841U", FIRM, "授权"), header=BY_ROOT)
    take(session, tmp_path, (ROW[0], APPLICATION, FIRM), header=BY_NUMBER)

    both = take(session, tmp_path, (*ROW[:2], "CN207695841U", *ROW[3:]), as_of=LATER)

    assert counts(both) == (0, 0, 0, 1)
    refused = session.scalars(select(ImportRow).where(ImportRow.batch_id == both.id)).one()
    assert refused.message is not None
    assert str(Text.from_json(refused.message)).startswith("第2行：")


def test_a_grant_that_another_application_has_is_refused(session: Session, tmp_path: Path) -> None:
    take(session, tmp_path, ROW)
    batch = take(session, tmp_path, (ROW[0], number(2), *ROW[2:]), as_of=LATER)
    assert counts(batch) == (0, 0, 0, 1)
