"""Issues are frozen, compared, published by two persons, delivered, received and recalled."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.accounts.models import OrganisationKind
from ipfin.config import Settings
from ipfin.documents.models import DocumentKind
from ipfin.documents.proof import pdf_text, squeezed
from ipfin.documents.service import new_verify_code
from ipfin.documents.typesetters import lent_typesetter
from ipfin.kernel.actor import Actor, Role
from ipfin.kernel.errors import BadInput, Conflict, NotAllowed
from ipfin.notices.models import Notice
from ipfin.registry.models import Enterprise
from ipfin.reports.directory import IssueState, LineChange
from ipfin.reports.export import CopyFor, IssueMatter, MadeFile, issue_files, make_files
from ipfin.reports.models import DirectoryIssue
from ipfin.reports.queries import change_counts, deliveries_of_issue, lines_of, recipients, unreceived_count
from ipfin.reports.service import (
    confirm_receipt,
    prepare_issue,
    publish_issue,
    recall_issue,
    reconciles,
    submit_issue,
)
from tests.factories import Make

DAY = date(2026, 3, 5)
MAKER = Actor(user_id=1, name="甲", role=Role.CITY_OFFICER)
CHECKER = Actor(user_id=2, name="乙", role=Role.CITY_OFFICER)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(env="test", secret_key="a secret of the tests", instance_dir=tmp_path)


def listed(make: Make, name: str, valid: int = 1) -> Enterprise:
    """Save a firm with `valid` patents in force."""
    firm = make.enterprise(name=name)
    for _turn in range(valid):
        make.patent(holders=[firm])
    firm.patent_count = firm.granted_count = firm.valid_count = firm.valid_invention_count = valid
    return firm


def small_files(folder: Path) -> list[MadeFile]:
    """Return three files where what stands in them is not the question."""
    kinds = (DocumentKind.DIRECTORY_SHEET, DocumentKind.DIRECTORY_LISTING, DocumentKind.COVER_LETTER)
    (folder / "small").write_bytes(b"sample")
    return [
        MadeFile(kind, "样例", "样例.pdf", "application/pdf", folder / "small", new_verify_code())
        for kind in kinds
    ]


def published(
    session: Session, make: Make, settings: Settings, *, with_files: bool = False
) -> tuple[DirectoryIssue, list[MadeFile]]:
    """Publish an issue of DAY to one bank and return it with the bank's files."""
    bank = make.organisation(OrganisationKind.BANK)
    make.user(Role.BANK, organisation=bank)
    issue = prepare_issue(session, MAKER, title="授权专利企业名录", on=DAY)
    submit_issue(session, MAKER, issue)
    matter, copy = IssueMatter(issue, list(lines_of(session, issue.id))), CopyFor(bank)
    folder = settings.instance_dir / "made"
    folder.mkdir(exist_ok=True)
    if with_files:
        with lent_typesetter() as typesetter:
            files = make_files(matter, copy, folder, settings=settings, typesetter=typesetter, on=DAY)
    else:
        files = small_files(folder)
    package = issue_files(session, CHECKER, issue, copy, files, settings=settings)
    publish_issue(session, CHECKER, issue, [package])
    return issue, files


def test_an_issue_tells_the_last_day_of_an_admission(session: Session, make: Make) -> None:
    firm = listed(make, "安阳样张甲有限公司")
    make.admission(firm, valid_from=DAY, valid_until=date(2027, 1, 1))
    issue = prepare_issue(session, MAKER, title="名录", on=DAY)
    assert [line.facts["admission"] for line in lines_of(session, issue.id)] == ["2026-12-31"]


def test_only_firms_with_a_patent_in_force_are_listed(session: Session, make: Make) -> None:
    inside = listed(make, "安阳样张甲有限公司", 2)
    listed(make, "安阳样张乙有限公司", 0)

    issue = prepare_issue(session, MAKER, title="名录", on=DAY)

    lines = list(lines_of(session, issue.id))
    assert [line.enterprise_id for line in lines] == [inside.id]
    assert (issue.lines_count, issue.patents_count) == (1, 2)
    assert reconciles(issue, lines)


def test_a_patent_held_together_is_counted_once(session: Session, make: Make) -> None:
    first, second = listed(make, "安阳样张甲有限公司", 0), listed(make, "安阳样张乙有限公司", 0)
    make.patent(holders=[first, second])
    for firm in (first, second):
        firm.patent_count = firm.granted_count = firm.valid_count = 1
    session.flush()

    issue = prepare_issue(session, MAKER, title="名录", on=DAY)

    assert (issue.lines_count, issue.patents_count) == (2, 1)


def test_an_issue_says_who_was_added_changed_and_left(
    session: Session, make: Make, settings: Settings
) -> None:
    stays, changes, leaves = (listed(make, f"安阳样张{word}有限公司") for word in "甲乙丙")
    published(session, make, settings)
    changes.valid_count = changes.granted_count = changes.patent_count = 2
    leaves.valid_count = leaves.valid_invention_count = 0
    comes = listed(make, "安阳样张丁有限公司")

    issue = prepare_issue(session, MAKER, title="名录", on=date(2026, 6, 5))

    by_firm = {line.enterprise_id: line.change for line in lines_of(session, issue.id)}
    assert by_firm == {
        stays.id: LineChange.KEPT,
        changes.id: LineChange.CHANGED,
        leaves.id: LineChange.LEFT,
        comes.id: LineChange.ADDED,
    }
    assert issue.lines_count == 3
    assert sum(change_counts(session, issue.id).values()) == 4


def test_what_was_frozen_does_not_move_with_the_registry(session: Session, make: Make) -> None:
    firm = listed(make, "安阳样张甲有限公司")
    issue = prepare_issue(session, MAKER, title="名录", on=DAY)
    before = issue.content_sha256

    firm.valid_count = firm.granted_count = firm.patent_count = 9
    session.flush()

    assert next(lines_of(session, issue.id)).facts["valid_count"] == 1
    assert issue.content_sha256 == before


def test_nobody_publishes_the_issue_that_he_submitted(session: Session, make: Make) -> None:
    listed(make, "安阳样张甲有限公司")
    issue = prepare_issue(session, MAKER, title="名录", on=DAY)
    submit_issue(session, MAKER, issue)

    with pytest.raises(NotAllowed, match="另一名工作人员"):
        publish_issue(session, MAKER, issue, [])
    with pytest.raises(Conflict, match="机构"):
        publish_issue(session, CHECKER, issue, [])


def test_an_institution_gets_its_files_and_a_notice(session: Session, make: Make, settings: Settings) -> None:
    listed(make, "安阳样张甲有限公司", 3)

    issue, files = published(session, make, settings, with_files=True)

    sheet, listing, letter = files
    rows = (
        CalamineWorkbook.from_filelike(io.BytesIO(sheet.path.read_bytes())).get_sheet_by_index(0).to_python()
    )
    assert any("安阳样张甲有限公司" in row for row in rows)
    assert "安阳样张甲有限公司" in squeezed(pdf_text(listing.path.read_bytes()))
    assert "关于提供授权专利企业名录（第1期）的函" in squeezed(pdf_text(letter.path.read_bytes()))
    assert len({made.verify_code for made in files}) == 3
    assert issue.state is IssueState.PUBLISHED
    assert len(session.scalars(select(Notice)).all()) == 1


def test_a_receipt_counts_once(session: Session, make: Make, settings: Settings) -> None:
    listed(make, "安阳样张甲有限公司")
    issue, _files = published(session, make, settings)
    delivery = deliveries_of_issue(session, issue.id)[0]
    banker = Actor(user_id=9, name="丁", role=Role.BANK, organisation_id=delivery.organisation_id)
    assert unreceived_count(session, delivery.organisation_id) == 1

    confirm_receipt(session, banker, delivery)
    first = delivery.received_at
    confirm_receipt(session, banker, delivery)

    assert (delivery.received_at, delivery.received_by) == (first, "丁")
    assert unreceived_count(session, delivery.organisation_id) == 0


def test_a_recalled_issue_voids_its_documents_and_tells_why(
    session: Session, make: Make, settings: Settings
) -> None:
    listed(make, "安阳样张甲有限公司")
    issue, _files = published(session, make, settings)
    with pytest.raises(BadInput, match="理由"):
        recall_issue(session, CHECKER, issue, reason="")

    recall_issue(session, CHECKER, issue, reason="数据有误")

    delivery = deliveries_of_issue(session, issue.id)[0]
    assert all(
        document.revoked_at
        for document in (delivery.sheet_document, delivery.listing_document, delivery.letter_document)
    )
    assert len(session.scalars(select(Notice)).all()) == 2


def test_an_issue_goes_to_active_head_offices_only(session: Session, make: Make) -> None:
    bank = make.organisation(OrganisationKind.BANK)
    make.organisation(OrganisationKind.BANK, parent_id=bank.id)
    make.organisation(OrganisationKind.INSURER, is_active=False)
    make.organisation(OrganisationKind.AGENCY)

    assert [organisation.id for organisation in recipients(session)] == [bank.id]


@pytest.mark.parametrize(("expires", "lines"), [(date(2026, 3, 5), 0), (date(2026, 3, 6), 1)])
def test_a_patent_whose_term_is_over_leaves_the_directory(
    session: Session, make: Make, expires: date, lines: int
) -> None:
    firm = listed(make, "安阳样张甲有限公司", 0)
    make.patent(holders=[firm], expires_on=expires)
    firm.patent_count = firm.granted_count = firm.valid_count = 1
    session.flush()

    assert prepare_issue(session, MAKER, title="名录", on=DAY).lines_count == lines
