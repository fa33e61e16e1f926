"""People of the office beyond their reach: a county outside its region, an auditor who takes things along."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest

from ipfin.accounts.models import OrganisationKind
from ipfin.documents.models import Document
from ipfin.events.lifecycle import EventState, Side
from ipfin.kernel.actor import Role
from ipfin.registry.models import Enterprise, RowOutcome
from ipfin.whitelist.admission import EntryOutcome, RoundState
from ipfin.whitelist.scoring import Grade
from tests.web.conftest import Browser
from tests.web.making import WebMake

FACTS = {"locality": "", "grade": "", "valid_count": 1, "valid_invention_count": 1, "pledged_count": 0}


@pytest.fixture
def firms(make: WebMake) -> tuple[Enterprise, Enterprise]:
    """Return a firm of the county and one of another county, both with a valid patent."""
    here, there = make.region("410502", "文峰区"), make.region("410503", "北关区")
    near = make.enterprise(name="样例近处机械有限公司", region_code=here.code)
    far = make.enterprise(name="样例远方化工有限公司", region_code=there.code)
    for firm in (near, far):
        make.patent(holders=[firm])
    return near, far


@pytest.fixture
def county(client: Browser, make: WebMake, firms: Any) -> Browser:
    office = make.organisation(OrganisationKind.COUNTY_OFFICE, region_code=firms[0].region_code)
    return client.sign_in(make.user(Role.COUNTY_OFFICER, organisation=office))


def test_a_county_reads_of_an_issue_the_lines_of_its_own_firms(county, make, firms) -> None:
    near, far = firms
    issue = make.issue(lines_count=2)
    for firm in firms:
        make.issue_line(issue, enterprise=firm, facts=FACTS | {"name": firm.name})
    bank = make.organisation(name="样例太行银行")
    delivery = make.delivery(issue, organisation=bank)
    for query in ("", "?change=added", "?change=left"):
        page = county.get(f"/office/releases/{issue.number}{query}").text
        assert far.name not in page
        assert bank.name not in page
        assert delivery.sheet_document.verify_code not in page
    assert near.name in county.get(f"/office/releases/{issue.number}").text
    assert county.get(f"/files/{delivery.sheet_document.verify_code}").status_code == 404


def test_a_county_reads_of_a_round_the_candidates_of_its_own(county, make, firms) -> None:
    near, far = firms
    for state in (RoundState.DRAFT, RoundState.PUBLISHED):
        round_ = make.round(state=state)
        for firm in firms:
            make.round_entry(firm, round=round_, outcome=EntryOutcome.EXCLUDED)
        page = county.get(f"/office/whitelist/{round_.number}").text
        assert near.name in page
        assert far.name not in page


def test_a_county_reads_of_a_batch_the_rows_about_its_own_firms(county, make, firms) -> None:
    batch = make.batch(
        rows_read=3,
        rows_refused=1,
        rows_changed=2,
        summary={
            "warnings": [{"row": 3, "message": {"template": "样例远方化工有限公司存疑", "params": {}}}],
            "warnings_count": 1,
        },
    )
    make.import_row(batch, value="远方的秘密值")
    for firm, told in zip(firms, ("近处标题", "远方标题"), strict=True):
        patent = make.patent(holders=[firm])
        make.import_row(
            batch,
            outcome=RowOutcome.CHANGED,
            patent_id=patent.id,
            before={"title": "旧"},
            after={"title": told},
        )
    refused = county.get(f"/office/import/{batch.id}?group=refused").text
    changed = county.get(f"/office/import/{batch.id}?group=changed").text
    assert "近处标题" in changed
    for page in (refused, changed):
        assert "远方" not in page


def test_a_county_finds_no_firm_of_another_by_any_filter(county, make, firms) -> None:
    near, far = firms
    run = make.score_run(grade_counts=dict.fromkeys(Grade, 0))
    for firm in firms:
        make.score_sheet(firm, run=run)
    for query in (
        "",
        f"?q={far.name}",
        f"?q={far.credit_code}",
        f"?region={far.region_code}",
        "?holding=valid",
    ):
        page = county.get(f"/office/firms/{query}").text
        assert far.public_id not in page
    assert county.get(f"/office/firms/{far.public_id}").status_code == 404
    assert county.get(f"/office/scores/{run.id}/{far.public_id}").status_code == 404
    assert far.name not in county.get(f"/office/scores/{run.id}").text
    assert near.name in county.get(f"/office/scores/{run.id}").text


def test_a_county_takes_of_an_event_its_own_firms_only(county, make, firms, session) -> None:
    near, far = firms
    event = make.event(state=EventState.CLOSED)
    for firm in firms:
        make.registration(event, enterprise=firm)
    house = make.registration(event, Side.INSTITUTION)
    for tab in ("/registrations", "/wishes", "/timetable", "/pack", ""):
        page = county.get(f"/office/events/{event.public_id}{tab}").text
        assert far.name not in page
    assert house.display_name not in county.get(f"/office/events/{event.public_id}/registrations").text
    taken = county.post(
        f"/office/events/{event.public_id}/registrations/export", data={"purpose": "会务联络"}
    )
    assert taken.status_code == 303
    sheet = county.get(taken.location)
    with zipfile.ZipFile(io.BytesIO(sheet.data)) as parts:
        words = "".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())
    assert near.name in words
    assert far.name not in words
    assert house.display_name not in words
    assert session.query(Document).one().row_count == 1


def test_an_auditor_takes_no_contacts_along(client, make, session) -> None:
    event = make.event(state=EventState.CLOSED)
    make.registration(event)
    client.sign_in(make.user(Role.AUDITOR))
    assert client.get(f"/office/events/{event.public_id}/registrations").status_code == 200
    reply = client.post(
        f"/office/events/{event.public_id}/registrations/export", data={"purpose": "会务联络"}
    )
    assert reply.status_code == 403
    assert session.query(Document).count() == 0
