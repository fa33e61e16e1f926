"""The office's firms: who sees which, what a copy of the list holds, one firm's patents and fees."""

from __future__ import annotations

import io
import json
import re
from datetime import date, timedelta
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from ipfin.accounts.models import OrganisationKind
from ipfin.documents.models import Document
from ipfin.kernel.actor import Role
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.identifiers import PatentKind
from ipfin.notices.models import Notice
from ipfin.registry.statuses import LegalStatus, Validity
from ipfin.reports.service import copies
from tests.web.conftest import BOTH_DATABASES, Browser

pytestmark = BOTH_DATABASES  # they search

WANTED = {"purpose": "visit", "format": "xlsx"}


@pytest.fixture
def regions(make) -> tuple[str, str]:
    """Two counties with a firm each: one with a patent in force, one with an application only."""
    one, other = make.region(name="甲县").code, make.region(name="乙县").code
    firm = make.enterprise(name="样例甲机械有限公司", region_code=one)
    make.patent(holders=[firm])
    waiting = make.enterprise(name="样例乙材料有限公司", region_code=other)
    make.patent(
        holders=[waiting],
        validity=Validity.PENDING,
        legal_status=LegalStatus.EXAMINATION,
        was_granted=False,
    )
    return one, other


def rows_of(reply: Any) -> list[str]:
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(reply.data)).get_sheet_by_index(0).to_python()
    header = next(place for place, row in enumerate(sheet) if row[0] == "企业名称")
    return [str(row[0]) for row in sheet[header + 1 :]]


def names_on(reply: Any) -> list[str]:
    return re.findall(r'<th scope="row"><a href="[^"]+">([^<]+)</a>', reply.text)


def county(make, region: str):
    """Return an officer of one county."""
    office = make.organisation(OrganisationKind.COUNTY_OFFICE, region_code=region)
    return make.user(Role.COUNTY_OFFICER, organisation=office)


def test_the_city_sees_every_firm_and_copies_what_it_sees(client: Browser, make, regions, audited) -> None:
    client.sign_in(make.officer())
    listed = client.get("/office/firms/?sort=name")
    assert names_on(listed) == ["样例甲机械有限公司", "样例乙材料有限公司"]
    done = client.post("/office/firms/export?sort=name", data=WANTED)
    assert done.status_code == 303
    taken = client.get(done.location)
    assert rows_of(taken) == names_on(listed)
    (entry,) = audited("exports.made")
    detail = json.loads(entry.detail)
    assert (detail["rows"], detail["tier"], detail["used_for"]) == (2, "registry", "入企服务")


def test_a_copy_follows_search_and_filter(client: Browser, make, regions) -> None:
    client.sign_in(make.officer())
    done = client.post("/office/firms/export?q=材料", data=WANTED)
    assert rows_of(client.get(done.location)) == ["样例乙材料有限公司"]
    done = client.post("/office/firms/export?holding=valid", data=WANTED)
    assert rows_of(client.get(done.location)) == ["样例甲机械有限公司"]


def test_a_county_copies_its_own_firms_only(client: Browser, make, regions) -> None:
    client.sign_in(county(make, regions[1]))
    assert names_on(client.get("/office/firms/")) == ["样例乙材料有限公司"]
    done = client.post("/office/firms/export", data=WANTED)
    assert rows_of(client.get(done.location)) == ["样例乙材料有限公司"]
    nothing = client.post("/office/firms/export?q=甲机械", data=WANTED)
    assert nothing.status_code == 422
    assert "没有可导出的企业" in nothing.text


def test_the_auditor_reads_the_list_and_takes_no_copy(client: Browser, make, regions) -> None:
    client.sign_in(make.user(Role.AUDITOR))
    page = client.get("/office/firms/")
    assert len(names_on(page)) == 2
    assert "/office/firms/export" not in page.text
    assert client.post("/office/firms/export", data=WANTED).status_code == 403


@pytest.mark.parametrize("purpose", ["", "due_diligence", "x"])
def test_a_purpose_that_is_not_the_office_s_is_refused(
    client: Browser, make, regions, session, purpose
) -> None:
    client.sign_in(make.officer())
    refused = client.post("/office/firms/export", data={"purpose": purpose, "format": "xlsx"})
    assert refused.status_code == 422
    assert len(names_on(refused)) == 2, "the list is still there"
    assert session.scalars(select(Document)).all() == []


def test_a_long_list_is_copied_in_the_background(
    client: Browser, make, regions, session, monkeypatch
) -> None:
    monkeypatch.setattr(copies, "ROWS_AT_ONCE", 1)  # a setting of ours, smaller
    officer = make.officer()
    client.sign_in(officer)
    done = client.post("/office/firms/export", data=WANTED)
    assert (done.status_code, done.location) == (303, "/office/firms/")
    notice = session.scalars(select(Notice).where(Notice.user_id == officer.id)).one()
    assert len(rows_of(client.get(notice.link))) == 2


def test_what_the_list_is_narrowed_to_is_said_and_can_be_taken_off(client: Browser, make, regions) -> None:
    client.sign_in(make.officer())
    page = client.get("/office/firms/?q=材料&holding=pending")
    assert "搜索：材料" in page.text
    assert 'href="/office/firms/?holding=pending"' in page.text.replace("&amp;", "&")


# --- One firm ----------------------------------------------------------------------------------------


def test_the_office_sees_states_and_fees_of_a_firm_s_patents(client: Browser, make) -> None:
    firm, today = make.enterprise(name="样例主管有限公司"), today_in_china()
    make.patent(holders=[firm], title="样例夹具", as_of=today - timedelta(days=1))
    make.patent(
        holders=[firm],
        title="样例久远物",
        filed_on=date(2019, 6, 3),
        granted_on=date(2021, 6, 10),
        as_of=today - timedelta(days=800),
    )
    client.sign_in(make.officer())
    page = client.get(f"/office/firms/{firm.public_id}/patents").text
    for words in ("样例夹具", "近期年费", "若未减缴", "须核对", f"名单日期{today - timedelta(days=1)}"):
        assert words in page, words


def test_the_office_reads_the_last_day_of_an_admission(client: Browser, make) -> None:
    firm, today = make.enterprise(), today_in_china()
    make.admission(firm, valid_from=today, valid_until=today + timedelta(days=30))
    client.sign_in(make.officer())
    assert f"有效期至{today + timedelta(days=29)}" in client.get(f"/office/firms/{firm.public_id}").text


def test_the_office_narrows_a_firm_s_patents(client: Browser, make) -> None:
    firm = make.enterprise()
    make.patent(holders=[firm], title="样例夹具")
    make.patent(holders=[firm], title="样例新型", kind=PatentKind.UTILITY_MODEL)
    make.patent(
        holders=[firm], title="样例失效物", validity=Validity.LAPSED, legal_status=LegalStatus.LAPSED_FEE
    )
    client.sign_in(make.officer())
    address = f"/office/firms/{firm.public_id}/patents"
    assert "样例失效物" in client.get(address).text
    lapsed = client.get(f"{address}?validity=lapsed").text
    assert "样例失效物" in lapsed
    assert "样例夹具" not in lapsed
    assert "样例夹具" not in client.get(f"{address}?kind=utility_model").text
