"""What a county officer reads and alters on the pages of an event: of the county, never of another."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.db import Base
from ipfin.events.lifecycle import EventKind, EventState, Side
from ipfin.events.models import Event, Meeting, Registration
from ipfin.events.service import make_timetable, publish_timetable
from ipfin.kernel.actor import SYSTEM, Role
from ipfin.kernel.clock import now_utc, today_in_china
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


# What a county officer may leave behind: the log of what was done, and papers made for himself.
OF_READING = ("audit_", "document", "user_session", "sign_in")
SENT = {
    "contact_name": "被改的人",
    "phone": "13900000009",
    "need": "被改",
    "desks": "1",
    "version": "1",
    "reason": "被改的理由",
    "how": "by_hand",
    "slot": "1",
    "companion": "被改的人",
    "body": "被改的纪要",
    "visited_on": today_in_china().isoformat(),
    "officers": "外县",
    "topics": "被改的走访",
    "answer": "accept",
    "answer_reason": "被改",
    "person": "被改的人",
    "purpose": "internal",
    "gives_records": "y",
    "hours": "9",
    "title": "被改",
    "text": "被改",
    "kind": "ledger",
}


def everything(session: Session) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table but those of reading."""
    session.rollback()
    return {
        table.name: sorted((tuple(row) for row in session.execute(table.select())), key=str)
        for table in Base.metadata.sorted_tables
        if not table.name.startswith(OF_READING)
    }


def posts(app: Flask) -> list[tuple[str, set[str]]]:
    """Return every page of events that is posted to, with what its address needs."""
    return sorted(
        (rule.endpoint, set(rule.arguments))
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("office_events.") and "POST" in (rule.methods or ())
    )


def test_a_county_alters_nothing_of_another_county_or_of_the_city(
    client: Browser, app: Flask, make: Make
) -> None:
    officer = make.user(Role.COUNTY_OFFICER)
    county = officer.organisation.region_code
    assert county
    ends = now_utc() - timedelta(minutes=1)
    event = make.event(
        kind=EventKind.VISIT,
        state=EventState.CLOSED,
        starts_at=ends - timedelta(hours=1),
        ends_at=ends,
        talks_start_at=ends - timedelta(minutes=30),
    )
    firms = {
        name: make.enterprise(name=name, region_code=region)
        for name, region in ((OWN, county), (FOREIGN, make.region().code))
    }
    own, row = (make.registration(event, enterprise=firm, contact_name="原来的人") for firm in firms.values())
    bank = make.registration(event, Side.INSTITUTION, contact_name="原来的人")
    meeting = make.held_meeting(event, enterprise_registration=row, institution_registration=bank)
    make.event_invitation(event, enterprise=row.enterprise)
    numbers = {
        "public_id": event.public_id,
        "enterprise": row.id,
        "institution": bank.id,
        "word": "cancel",
        "step_id": make.follow_up(meeting).id,
        "record_id": make.training_record(row).id,
        "line_id": make.programme_line(event).id,
        "question_id": make.question(event).id,
        "material_id": make.material(event).id,
        "proposal_id": make.meeting_proposal(row, bank).id,
        "fixed_id": make.fixed_meeting(row, bank).id,
        "number": 1,
        "order_id": 1,
    }
    foreign, mine = (row.id, bank.id), own.id
    browser = client.sign_in(officer)
    with app.test_request_context():
        addresses = [
            url_for(name, **{one: {**numbers, "registration_id": whose}[one] for one in needs})
            for name, needs in posts(app)
            for whose in (foreign if "registration_id" in needs else foreign[:1])
        ]
    before, changed = everything(make.session), list[str]()
    for address in addresses:
        said = SENT | {"registration": str(foreign[0]), "who": str(foreign[0])}
        answer = browser.post(address, data=said)
        assert answer.status_code < 500, address
        after = everything(make.session)
        changed += [f"{address}: {name}" for name, rows in after.items() if rows != before[name]]
        before = after
    assert not changed
    base = f"/office/events/{numbers['public_id']}"
    for address in (f"{base}/check-in/{mine}/arrive", f"{base}/visits/{mine}"):
        assert browser.post(address, data=SENT).status_code == 303, "what is one's own is written"
    assert everything(make.session) != before
