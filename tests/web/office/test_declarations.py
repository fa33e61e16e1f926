"""The office asks a firm to declare by a day; who does not is scored without the figure."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from ipfin.accounts.models import OrganisationKind
from ipfin.corrections.items import Item
from ipfin.corrections.rules import RequestState
from ipfin.corrections.service.moving import note_answers
from ipfin.kernel.actor import Role
from ipfin.kernel.clock import today_in_china
from ipfin.notices.models import Notice
from ipfin.whitelist.models import DeclarationRequest
from ipfin.whitelist.queries import firm_facts
from tests.factories import TODAY
from tests.web.conftest import Browser

DAY = timedelta(days=1)


@pytest.fixture
def firm(make):
    found = make.enterprise(name="样例申报有限公司")
    make.patent(holders=[found])
    return found


def asked(session, firm, on) -> frozenset[str]:
    return firm_facts(session, [firm.id], on)[firm.id].asked


def test_the_firm_is_told_and_sees_the_deadline_at_its_line(client: Browser, make, session, firm) -> None:
    page = f"/office/firms/{firm.public_id}/declarations/"
    due = today_in_china() + 10 * DAY
    said = {"codes": ["M5", "C2"], "due_on": due.isoformat()}
    client.sign_in(make.officer())
    refused = client.post(f"{page}ask", data=said)
    assert refused.status_code in (409, 422)
    assert "还没有平台账户" in refused.text
    house = make.organisation(OrganisationKind.ENTERPRISE, enterprise=firm)
    owner = make.user(Role.ENTERPRISE, organisation=house)
    soon = said | {"due_on": (today_in_china() + 4 * DAY).isoformat()}
    assert "截止日须在" in client.post(f"{page}ask", data=soon).text
    assert client.post(f"{page}ask", data=said).status_code == 303
    assert "待申报" in client.get(page).text
    assert session.scalars(select(Notice.user_id)).all() == [owner.id]
    make.score_sheet(firm, readings={"L1": Decimal(3)})
    client.sign_in(owner)
    told = client.get("/ent/score/").text
    assert told.count(f"市局要求在{due.isoformat()}前") == 2
    client.sign_in(make.officer())
    one = session.scalars(select(DeclarationRequest).order_by(DeclarationRequest.id)).first()
    assert client.post(f"{page}{one.id}/withdraw").status_code == 303
    assert "已取消" in client.get(page).text


def test_not_declared_counts_from_the_day_after_the_deadline_and_an_answer_in_time_does_not(
    make, session, firm
) -> None:
    ask = make.declaration_request(firm, code="M5", due_on=TODAY + 5 * DAY)
    assert asked(session, firm, TODAY + 5 * DAY) == frozenset()
    assert asked(session, firm, TODAY + 6 * DAY) == {"M5"}
    answer = make.correction_request(firm, item=Item.RD_SHARE, wanted="520", state=RequestState.SUBMITTED)
    note_answers(session, answer, TODAY + 5 * DAY)
    assert asked(session, firm, TODAY + 6 * DAY) == frozenset()
    note_answers(session, answer, None)
    assert asked(session, firm, TODAY + 6 * DAY) == {"M5"}, "what was refused or taken back declares nothing"
    ask.withdrawn_on = TODAY + 7 * DAY
    session.flush()
    assert asked(session, firm, TODAY + 7 * DAY) == frozenset()
