"""A copy holds exactly the rows of its list, says for whom it is, and is issued with its log."""

from __future__ import annotations

import io
from datetime import date

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import insert, select

from ipfin.accounts.models import OrganisationKind
from ipfin.accounts.policy import P
from ipfin.accounts.queries import enterprises_visible_to
from ipfin.audit.models import AuditEntry
from ipfin.config import Settings
from ipfin.documents.models import Document, DocumentKind
from ipfin.documents.proof import pdf_text
from ipfin.documents.service import read_document
from ipfin.kernel.actor import Role
from ipfin.kernel.errors import Conflict, NotAllowed, NotFound
from ipfin.kernel.identifiers import PatentKind
from ipfin.notices.models import Notice
from ipfin.registry.models import Enterprise, FactKind
from ipfin.registry.queries import EnterpriseFilter
from ipfin.registry.statuses import Flag, LegalStatus, Validity
from ipfin.reports.firm_export import FIELDS, ROWS_AT_ONCE, ExportFormat, ExportPurpose
from ipfin.reports.service.copies import (
    FirmExport,
    is_for_the_background,
    issue_copy,
    make_firm_copy,
    tell_copy_is_ready,
)
from ipfin.reports.service.papers import make_patent_copy, make_profile_copy, make_score_copy
from ipfin.whitelist.queries import FIRM_ORDERS, FirmFilter, PatentFilter, firms_page
from ipfin.whitelist.scoring import Grade
from tests.factories import TODAY
from tests.making.base import NOW

EXPORT_OF = {
    Role.BANK: P.BANK_FIRMS_EXPORT,
    Role.GUARANTOR: P.BANK_FIRMS_EXPORT,
    Role.INSURER: P.INSURER_FIRMS_EXPORT,
}


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings(env="test", secret_key="x" * 40, instance_dir=tmp_path)


@pytest.fixture
def city(make):
    """Thirteen firms with patents, eight of them admitted; two without a right in force; noise."""
    make.noise()
    one, two = make.region("410581", "林州市"), make.region("410502", "文峰区")
    for number in range(13):
        name = f"样例{'机械' if number % 2 else '材料'}{number}有限公司"
        firm = make.enterprise(name=name, region_code=(one if number % 3 else two).code)
        for each in range(1 + number % 4):
            make.patent(
                holders=[firm],
                kind=PatentKind.INVENTION if each % 2 else PatentKind.UTILITY_MODEL,
                is_pledged=number % 5 == 0 and each == 0,
            )
        if number < 8:
            grade = (Grade.A, Grade.B, Grade.C)[number % 3]
            # two firms share a score: the order must still be the same on page and copy
            make.admission(
                firm, sheet=make.score_sheet(firm, grade=grade, graded_e4=900_000 - number // 2 * 7_000)
            )
    for _ in range(2):
        firm = make.enterprise(region_code=one.code)
        make.patent(holders=[firm], validity=Validity.LAPSED, legal_status=LegalStatus.LAPSED_FEE)


FILTERS = [
    FirmFilter(EnterpriseFilter()),
    FirmFilter(EnterpriseFilter(), "directory"),
    FirmFilter(EnterpriseFilter(query="机械")),
    FirmFilter(EnterpriseFilter(query="机"), "directory"),
    FirmFilter(EnterpriseFilter(query="yl jx"), "directory"),
    FirmFilter(EnterpriseFilter(region="410581", holding="pledged"), "directory"),
    FirmFilter(EnterpriseFilter(holding="unpledged"), grade="B"),
]


def rows_of(content: bytes) -> list[list]:
    """Return the data rows of a sheet: those below its header row."""
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    header = next(place for place, row in enumerate(rows) if row[0] == FIELDS[0].header)
    return rows[header + 1 :]


def names_of_pages(session, actor, wanted, order, size=3) -> list[str]:
    """Return the names on every page of the list, turned to its end."""
    names, cursor = [], None
    while True:
        page = firms_page(
            session, enterprises_visible_to(actor), wanted, on=TODAY, order=order, cursor=cursor, size=size
        )
        names += [row.enterprise.name for row in page.items]
        assert page.total is not None
        cursor = page.next_cursor
        if cursor is None:
            assert page.total == len(names)
            return names


def copy_of(session, actor, wanted, settings, *, order="score", format_=ExportFormat.XLSX, permission=None):
    return make_firm_copy(
        session,
        actor,
        FirmExport(wanted, order, format_, ExportPurpose.CUSTOMERS),
        permission=permission or EXPORT_OF[actor.role],
        settings=settings,
        on=TODAY,
    )


@pytest.mark.parametrize("role", sorted(EXPORT_OF))
def test_the_rows_of_a_copy_are_the_rows_of_the_list(session, make, city, settings, role):
    actor = make.actor(role)
    for wanted in FILTERS:
        listed = names_of_pages(session, actor, wanted, "score")
        copy = copy_of(session, actor, wanted, settings)
        assert [row[0] for row in rows_of(copy.content)] == listed
        assert copy.rows == len(listed) > 0


@pytest.mark.parametrize("tier", ["whitelist", "directory"])
def test_a_copy_keeps_the_order_of_the_list(session, make, city, settings, tier):
    actor, wanted = make.actor(Role.BANK), FirmFilter(EnterpriseFilter(), tier)
    copied, listed = {}, {}
    for order in FIRM_ORDERS:
        copy = copy_of(session, actor, wanted, settings, order=order)
        copied[order] = [row[0] for row in rows_of(copy.content)]
        listed[order] = names_of_pages(session, actor, wanted, order)
    assert copied == listed
    assert len(set(map(tuple, listed.values()))) > 1, "orders that differ"


def test_the_list_holds_whom_the_office_published_and_nobody_else(session, make, city):
    actor = make.actor(Role.BANK)
    whitelist, directory = (
        names_of_pages(session, actor, FirmFilter(EnterpriseFilter(), tier), "name")
        for tier in ("whitelist", "directory")
    )
    published = session.scalars(select(Enterprise.name).where(Enterprise.valid_count > 0)).all()
    assert len(whitelist) == 8
    assert sorted(directory) == sorted(published)
    assert set(whitelist) < set(directory)


def test_a_copy_says_for_whom_when_why_by_which_filter_and_how_many(session, make, city, settings):
    actor = make.actor(Role.BANK)
    copy = copy_of(session, actor, FILTERS[2], settings)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(copy.content)).get_sheet_by_index(0).to_python()
    said = "\n".join(str(row[0]) for row in rows[:12])
    for words in (actor.organisation_name, actor.name, "筛选拟对接企业", "搜索：机械", f"行数：{copy.rows}"):
        assert words in said
    assert copy.verify_code in said
    assert f"{settings.public_url}/verify/{copy.verify_code}" in said


def test_a_printed_copy_holds_every_firm_and_the_watermark_on_each_page(session, make, city, settings):
    actor, wanted = make.actor(Role.INSURER), FirmFilter(EnterpriseFilter(), "directory")
    copy = copy_of(session, actor, wanted, settings, format_=ExportFormat.PDF)
    pages = pdf_text(copy.content).split("\f")
    flat = "".join("".join(pages).split())
    assert all(name in flat for name in names_of_pages(session, actor, wanted, "score"))
    for page in filter(str.strip, pages):
        assert actor.organisation_name in "".join(page.split())
        assert copy.verify_code in page


def test_scores_on_a_copy_are_cut_as_on_the_page(session, make, settings):
    firm = make.enterprise()
    make.patent(holders=[firm])
    make.admission(firm, sheet=make.score_sheet(firm, grade=Grade.B, graded_e4=749_999))
    copy = copy_of(session, make.actor(Role.BANK), FILTERS[0], settings)
    score = [field.name for field in FIELDS].index("score")
    assert rows_of(copy.content)[0][score] == 74.99


def test_the_last_day_of_an_admission_is_the_day_before_its_end(session, make, settings):
    firm = make.enterprise()
    make.patent(holders=[firm])
    make.admission(firm, valid_until=date(2027, 1, 1))
    copy = copy_of(session, make.actor(Role.BANK), FILTERS[0], settings)
    assert rows_of(copy.content)[0][[field.name for field in FIELDS].index("last_day")] == "2026-12-31"


def test_a_firm_off_the_whitelist_has_no_score_on_a_copy(session, make, settings):
    firm = make.enterprise()
    make.patent(holders=[firm])
    make.score_sheet(firm, graded_e4=880_000)  # scored, never published
    copy = copy_of(session, make.actor(Role.BANK), FILTERS[1], settings)
    names = [field.name for field in FIELDS]
    row = rows_of(copy.content)[0]
    assert [row[names.index(name)] for name in ("grade", "score", "last_day")] == ["", "", ""]


def test_an_empty_list_gives_no_copy(session, make, city, settings):
    with pytest.raises(Conflict, match="没有可导出的企业"):
        copy_of(session, make.actor(Role.BANK), FirmFilter(EnterpriseFilter(query="不存在的字")), settings)


def test_who_may_not_export_gets_no_copy(session, make, city, settings):
    with pytest.raises(NotAllowed):
        copy_of(session, make.actor(Role.ENTERPRISE), FILTERS[0], settings, permission=P.BANK_FIRMS_EXPORT)


def test_an_issued_copy_is_a_document_of_the_institution_and_an_entry_with_filter_and_count(
    session, make, city, settings
):
    actor = make.actor(Role.BANK)
    copy = copy_of(session, actor, FILTERS[5], settings)
    document = issue_copy(session, actor, copy, settings=settings)
    assert (document.kind, document.organisation_id) == (DocumentKind.EXPORT_SHEET, actor.organisation_id)
    assert document.verify_code == copy.verify_code
    assert read_document(document, settings.issued_dir) == copy.content
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "exports.made")).one()
    for part in ('"rows":' + str(copy.rows), '"region":"410581"', '"holding":"pledged"', "筛选拟对接企业"):
        assert part in entry.detail.replace(": ", ":")


def test_making_a_copy_writes_nothing(session, make, city, settings):
    copy_of(session, make.actor(Role.BANK), FILTERS[0], settings)
    assert session.scalars(select(Document)).all() == []
    assert not settings.issued_dir.exists()


def test_what_was_asked_survives_being_written_down():
    for wanted in FILTERS:
        asked = FirmExport(wanted, "name", ExportFormat.PDF, ExportPurpose.RISK)
        assert FirmExport.from_arguments(asked.as_arguments()) == asked


@pytest.mark.parametrize(("more", "waits"), [(0, False), (1, True)])
def test_a_long_list_is_copied_in_the_background(session, make, more, waits):
    actor = make.actor(Role.BANK)
    session.execute(
        insert(Enterprise),
        [
            {
                "public_id": f"many{number:012d}",
                "name": f"样例{number}",
                "name_key": f"样例{number}",
                "valid_count": 1,
                "granted_count": 1,
                "created_at": NOW,
            }
            for number in range(ROWS_AT_ONCE + more)
        ],
    )
    wanted = FirmFilter(EnterpriseFilter(), "directory")
    asked = FirmExport(wanted, "score", ExportFormat.XLSX, ExportPurpose.CUSTOMERS)
    assert is_for_the_background(session, actor, asked, on=TODAY) is waits


def test_whoever_asked_is_told_where_the_copy_lies(session, make, city, settings):
    banker = make.banker()
    actor = make.actor(banker)
    document = issue_copy(session, actor, copy_of(session, actor, FILTERS[0], settings), settings=settings)
    tell_copy_is_ready(session, actor, document)
    notice = session.scalars(select(Notice)).one()
    assert (notice.user_id, notice.link) == (banker.id, f"/files/{document.verify_code}")


# --- One firm ----------------------------------------------------------------------------------------


def firm_on_paper(make):
    firm = make.enterprise(name="样例一页纸有限公司")
    make.patent(holders=[firm], title="样例夹具", is_pledged=True, flags=Flag.PLEDGED.value, tells_flags=True)
    make.patent(
        holders=[firm], title="样例过期物", validity=Validity.LAPSED, legal_status=LegalStatus.EXPIRED
    )
    make.admission(firm)
    make.fact(firm, kind=FactKind.RD_SHARE_BP, number=1234)
    return firm


def owner_of(make, firm):
    house = make.organisation(OrganisationKind.ENTERPRISE, enterprise=firm)
    return make.actor(make.user(Role.ENTERPRISE, organisation=house))


def test_a_profile_says_what_is_public_on_one_page(session, make, settings):
    firm, actor = firm_on_paper(make), make.actor(Role.BANK)
    copy = make_profile_copy(
        session, actor, firm.public_id, permission=P.BANK_FIRMS_EXPORT, settings=settings, on=TODAY
    )
    pages = [page for page in pdf_text(copy.content).split("\f") if page.strip()]
    flat = "".join(pages[0].split())
    assert len(pages) == 1
    for words in ("样例一页纸有限公司", "样例夹具", "质押", "A级", actor.organisation_name):
        assert words in flat
    assert "12.34" not in flat


def test_a_bank_s_score_paper_withholds_declared_figures_and_the_firm_s_own_does_not(session, make, settings):
    firm = firm_on_paper(make)
    owner = make.actor(Role.ENTERPRISE)
    owner = type(owner)(
        **{**{name: getattr(owner, name) for name in owner.__slots__}, "enterprise_id": firm.id}
    )
    papers = {
        actor.role: pdf_text(
            make_score_copy(
                session, actor, firm.public_id, permission=permission, settings=settings, on=TODAY
            ).content
        )
        for actor, permission in (
            (make.actor(Role.BANK), P.BANK_FIRMS_EXPORT),
            (owner, P.ENTERPRISE_SCORE_READ),
        )
    }
    assert "已申报" in papers[Role.BANK]
    assert "已申报" not in papers[Role.ENTERPRISE]
    assert "精确值" not in papers[Role.BANK]
    assert "评分后依据有变动" in papers[Role.ENTERPRISE], (
        "its evidence says whether it is still that of the score"
    )
    assert "评分后依据有变动" not in papers[Role.BANK]
    assert all("专家评分卡，非违约概率" in text for text in papers.values())


def test_papers_of_an_unpublished_firm_are_not_a_bank_s(session, make, settings):
    firm = make.enterprise()
    for use_case in (make_profile_copy, make_score_copy):
        with pytest.raises(NotFound):
            use_case(
                session,
                make.actor(Role.BANK),
                firm.public_id,
                permission=P.BANK_FIRMS_EXPORT,
                settings=settings,
                on=TODAY,
            )


def test_a_score_that_nobody_published_is_no_paper_for_a_bank(session, make, settings):
    firm = make.enterprise()
    make.patent(holders=[firm])
    make.score_sheet(firm)
    with pytest.raises(Conflict, match="还没有评分"):
        make_score_copy(
            session,
            make.actor(Role.BANK),
            firm.public_id,
            permission=P.BANK_FIRMS_EXPORT,
            settings=settings,
            on=TODAY,
        )


def test_a_sheet_of_patents_holds_the_filtered_list_and_says_burdens(session, make, settings):
    firm = firm_on_paper(make)
    owner = make.actor(Role.ENTERPRISE)
    owner = type(owner)(
        **{**{name: getattr(owner, name) for name in owner.__slots__}, "enterprise_id": firm.id}
    )
    copies = [
        make_patent_copy(
            session,
            owner,
            firm.public_id,
            wanted,
            permission=P.ENTERPRISE_PROFILE_READ,
            filters=(),
            settings=settings,
            on=TODAY,
        )
        for wanted in (PatentFilter(), PatentFilter(validity=Validity.VALID), PatentFilter(burden="pledged"))
    ]
    assert [copy.rows for copy in copies] == [2, 1, 1]
    said = str(
        CalamineWorkbook.from_filelike(io.BytesIO(copies[1].content)).get_sheet_by_index(0).to_python()
    )
    assert "样例夹具" in said
    assert "质押" in said
    assert "样例过期物" not in said


def test_a_sheet_of_patents_tells_the_next_fee_and_what_it_does_not_know(session, make, settings):
    firm = make.enterprise()
    make.patent(holders=[firm], title="样例将缴物")  # filed 2019-06-03
    make.patent(holders=[firm], title="样例已到期物", filed_on=date(2019, 11, 4))
    copy = make_patent_copy(
        session,
        make.actor(make.officer()),
        firm.public_id,
        PatentFilter(),
        permission=P.OFFICE_ENTERPRISES_READ,
        filters=(),
        settings=settings,
        on=TODAY,
    )
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(copy.content)).get_sheet_by_index(0).to_python()
    assert "不说明已缴过哪些费用" in str(sheet)
    start = next(place for place, row in enumerate(sheet) if "下次年费应缴日" in row)
    header = sheet[start]
    wanted = [header.index(name) for name in ("专利名称", "下次年费应缴日", "下次年费全额（元）")]
    late, state = header.index("已到期年费可补缴至"), header.index("维持状态（推算）")
    rows = {row[wanted[0]]: row for row in sheet[start + 1 :]}
    assert [rows["样例将缴物"][place] for place in wanted[1:]] == ["2026-06-03", 2000]
    assert (rows["样例将缴物"][state], rows["样例将缴物"][late]) == ("维持中", "")
    assert [rows["样例已到期物"][place] for place in wanted[1:]] == ["2026-11-04", 2000]
    assert rows["样例已到期物"][state] == "年费已到期，是否已缴不详"
    assert rows["样例已到期物"][late] == "2026-05-04"
