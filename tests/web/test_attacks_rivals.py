"""What one institution or firm tries to learn of another, by every address and list that it may open."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from ipfin.accounts.models import OrganisationKind
from ipfin.events.lifecycle import EventState, RegistrationState, Side, TimetableState
from ipfin.kernel.actor import Role
from ipfin.kernel.money import Fen
from tests.web.conftest import Browser
from tests.web.making import WebMake

RIVAL = "样例对手银行"


@pytest.fixture
def rival(make: WebMake) -> Any:
    return make.organisation(name=RIVAL)


@pytest.mark.parametrize(
    "role", [Role.BANK, Role.INSURER, Role.GUARANTOR, Role.AGENCY, Role.ENTERPRISE, Role.ADMIN]
)
def test_nobody_takes_the_file_of_another_by_its_code(
    client: Browser, make: WebMake, rival, role: Role
) -> None:
    code = make.issued_document(rival.id).verify_code
    client.sign_in(make.user(role))
    for typed in (code, code.lower(), code.replace("-", ""), f" {code} ", code.replace("-", "－")):
        reply = client.get(f"/files/{typed}")
        assert reply.status_code in (403, 404)
        assert b"PK sample" not in reply.data


def test_the_page_of_a_code_tells_no_file_and_gives_none(client: Browser, make: WebMake, rival) -> None:
    document = make.issued_document(rival.id)
    page = client.get(f"/verify/{document.verify_code}").text
    assert "/files/" not in page
    assert document.stored_name not in page


def test_an_issue_that_went_to_another_is_not_there(client: Browser, make: WebMake, rival) -> None:
    issue = make.issue()
    make.delivery(issue, organisation=rival)
    user = make.banker()
    client.sign_in(user)
    assert client.get(f"/bank/releases/{issue.number}").status_code == 404
    assert client.post(f"/bank/releases/{issue.number}/receipt").status_code == 404
    mine = make.delivery(issue, organisation=user.organisation)
    page = client.get(f"/bank/releases/{issue.number}").text
    assert RIVAL not in page
    for other in make.session.query(type(mine)).filter_by(organisation_id=rival.id):
        assert other.sheet_document.verify_code not in page
        assert other.received_at is None


def test_a_guarantor_is_led_to_pages_that_it_may_open(client: Browser, make: WebMake) -> None:
    from ipfin.reports.service.issues import link_of

    user = make.user(Role.GUARANTOR)
    issue = make.issue()
    make.delivery(issue, organisation=user.organisation)
    client.sign_in(user)
    assert client.get(link_of(user.organisation, issue)).status_code == 200


@pytest.fixture
def hall(make: WebMake, rival) -> Any:
    """Return an event with a firm, a bank of our own, and the rival, who wishes for the firm."""
    event = make.event(state=EventState.CLOSED, slot_count=4, desk_count=4)
    firm = make.registration(event, need="样例需求流动资金", amount_fen=Fen(123_000_000))
    other = make.registration(event, need="别家需求", amount_fen=Fen(987_000_000))
    theirs = make.registration(event, Side.INSTITUTION, organisation=rival, contact_name="对手联系人")
    user = make.banker()
    mine = make.registration(event, Side.INSTITUTION, organisation=user.organisation)
    make.wish(theirs, firm, strength=3)
    make.wish(other, theirs, strength=3)
    return event, firm, other, theirs, mine, user


def test_a_bank_learns_nothing_of_what_a_rival_wishes_and_meets(client, make, hall) -> None:
    event, firm, other, theirs, mine, user = hall
    timetable = make.timetable(event, state=TimetableState.PUBLISHED)
    make.meeting(
        timetable, enterprise_registration_id=other.id, institution_registration_id=theirs.id, slot=0, desk=1
    )
    make.meeting(
        timetable, enterprise_registration_id=firm.id, institution_registration_id=mine.id, slot=1, desk=2
    )
    event.state = EventState.SCHEDULED
    client.sign_in(user)
    for page in ("", "/wishes", "/agenda.ics", "/register"):
        reply = client.get(f"/bank/events/{event.public_id}{page}")
        text = reply.text.replace("\r\n ", "")
        assert reply.status_code == 200
        assert RIVAL not in text
        assert "对手联系人" not in text
    assert other.display_name not in client.get(f"/bank/events/{event.public_id}").text


def test_nobody_wishes_in_the_name_of_another(client, make, hall, session) -> None:
    from ipfin.events.models import Wish

    event, firm, _other, theirs, mine, user = hall
    stranger = make.registration(make.event(state=EventState.OPEN))
    client.sign_in(user)
    before = session.query(Wish).count()
    for to in (theirs.id, mine.id, stranger.id, 10**17):
        reply = client.post(f"/bank/events/{event.public_id}/wishes", data={f"wish-{to}": "3"})
        assert reply.status_code in (404, 409, 422)
    assert session.query(Wish).count() == before
    reply = client.post(
        f"/bank/events/{event.public_id}/wishes",
        data={
            f"wish-{firm.id}": "3",
            "registration_id": str(theirs.id),
            "from_registration_id": str(theirs.id),
        },
    )
    assert reply.status_code == 303
    assert {
        wish.from_registration_id for wish in session.query(Wish).filter_by(to_registration_id=firm.id)
    } == {theirs.id, mine.id}


@pytest.mark.parametrize("state", [RegistrationState.WAITLISTED, RegistrationState.CANCELLED])
def test_without_a_seat_a_bank_reads_no_firm_s_need(client, make, hall, state: RegistrationState) -> None:
    event, firm, _other, _theirs, mine, user = hall
    mine.state = state
    client.sign_in(user)
    page = client.get(f"/bank/events/{event.public_id}/wishes").text
    assert firm.display_name not in page
    assert "样例需求" not in page


@pytest.mark.parametrize(
    ("order", "key"),
    [("score", [10**30]), ("score", ["x"]), ("name", [None]), ("valid", [5, 5]), ("valid", {})],
)
def test_a_forged_cursor_shows_nothing_that_the_list_does_not_hold(
    client, make, order: str, key: Any
) -> None:
    hidden = make.enterprise(name="样例未公开有限公司")
    make.patent(holders=[make.enterprise()])
    client.sign_in(make.banker())
    packed = json.dumps([order, key, 10**9, False]).encode()
    cursor = base64.urlsafe_b64encode(packed).rstrip(b"=").decode()
    for tier in ("directory", "whitelist"):
        reply = client.get("/bank/firms/", query_string={"tier": tier, "sort": order, "cursor": cursor})
        assert reply.status_code in (200, 422)
        assert hidden.name not in reply.text


def test_a_firm_without_a_patent_in_force_is_no_bank_s_to_see(client, make) -> None:
    hidden = make.enterprise(name="样例未公开有限公司")
    make.patent(holders=[make.enterprise(name="样例公开有限公司")])
    client.sign_in(make.banker())
    assert client.get(f"/bank/firms/{hidden.public_id}").status_code == 404
    assert client.post(f"/bank/firms/{hidden.public_id}/profile").status_code == 404
    for query in (
        "?tier=directory",
        f"?tier=directory&q={hidden.name}",
        f"?tier=directory&q={hidden.credit_code}",
    ):
        assert hidden.public_id not in client.get(f"/bank/firms/{query}").text


def test_a_firm_sees_no_other_firm_anywhere(client, make, hall) -> None:
    event, firm, other, _theirs, _mine, _user = hall
    organisation = make.organisation(OrganisationKind.ENTERPRISE, enterprise=firm.enterprise)
    client.sign_in(make.user(Role.ENTERPRISE, organisation=organisation))
    for page in (
        "/ent/",
        "/ent/patents/",
        "/ent/score/",
        f"/ent/events/{event.public_id}",
        f"/ent/events/{event.public_id}/wishes",
    ):
        text = client.get(
            page, query_string={"q": other.display_name[2:6]} if "wishes" in page else None
        ).text
        assert other.display_name not in text
        assert "别家需求" not in text
