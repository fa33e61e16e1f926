"""What a county officer reads on the pages of an event: the firms of the county, never those of another."""

from __future__ import annotations

from flask import Flask, url_for
from sqlalchemy import select

from ipfin.events.lifecycle import EventState, Side
from ipfin.events.models import Event, Meeting, Registration
from ipfin.events.service import make_timetable, publish_timetable
from ipfin.kernel.actor import SYSTEM, Role
from tests.factories import Make
from tests.web.conftest import Browser

OWN, FOREIGN = "本县样例企业有限公司", "外县样例企业有限公司"
# Pages that name the firms of the county; were they empty, naming no other would prove nothing.
SHOWN = ("registrations", "invitations", "check_in", "training", "results", "timetable", "wishes")
# Pages of what the office sets up; every other one, and any that is added, is read.
OF_NO_FIRM = ("copy", "edit", "materials", "programme", "questions", "qr_code", "reminders", "register")
CONTACTS = {OWN: "本县联系人", FOREIGN: "外县联系人"}


def busy(make: Make, county: str) -> tuple[Event, dict[str, Registration]]:
    """Save an event at which a firm of the county and one of another did everything one can."""
    event = make.event(state=EventState.CLOSED)
    bank = make.registration(event, Side.INSTITUTION, display_name="样例银行")
    rows: dict[str, Registration] = {}
    for name, region in ((OWN, county), (FOREIGN, make.region().code)):
        firm = make.enterprise(name=name, region_code=region)
        row = make.registration(event, enterprise=firm, display_name=name, contact_name=CONTACTS[name])
        make.wish(row, bank)
        make.wish(bank, row)
        rows[name] = row
    planned = make_timetable(make.session, SYSTEM, event, seconds=0.01)
    publish_timetable(make.session, SYSTEM, planned)
    for meeting in make.session.scalars(select(Meeting)):
        make.meeting_result(meeting)
        make.follow_up(meeting)
    for name, row in rows.items():
        make.event_invitation(event, enterprise=row.enterprise)
        make.attendance(row)
        make.training_record(row)
        make.feedback(row, comment=f"{name}的意见")
        make.meeting_proposal(row, bank)
        make.fixed_meeting(row, bank)
    return event, rows


def pages_of_an_event(app: Flask) -> list[str]:
    """Return every page about one event that needs nothing but the event in its address."""
    return sorted(
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("office_events.")
        and "GET" in (rule.methods or ())
        and rule.arguments == {"public_id"}
        and rule.endpoint.rpartition(".")[2] not in OF_NO_FIRM
    )


def test_no_page_of_an_event_names_a_firm_of_another_county(client: Browser, app: Flask, make: Make) -> None:
    officer = make.user(Role.COUNTY_OFFICER)
    county = officer.organisation.region_code
    assert county
    event, _rows = busy(make, county)
    browser = client.sign_in(officer)
    seen, leaking = set[str](), list[str]()
    with app.test_request_context():
        addresses = {name: url_for(name, public_id=event.public_id) for name in pages_of_an_event(app)}
    for endpoint, address in addresses.items():
        answer = browser.get(address)
        if answer.status_code != 200 or not answer.mimetype.startswith("text/html"):
            continue
        seen |= {endpoint} if OWN in answer.text else set()
        leaking += [f"{endpoint}: {word}" for word in (FOREIGN, CONTACTS[FOREIGN]) if word in answer.text]
    assert not leaking
    assert {f"office_events.{name}" for name in SHOWN} <= seen
