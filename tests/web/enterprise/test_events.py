"""Events as firms take part: a form that is filled in already, wishes, the own agenda."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from ipfin.accounts.service import set_phone
from ipfin.events.lifecycle import ApprovalMode, EventState, RegistrationState, Side
from ipfin.events.models import Event, Registration
from ipfin.events.queries import wishes_of
from ipfin.events.service import make_timetable, publish_timetable
from ipfin.kernel.actor import SYSTEM, Role
from ipfin.kernel.clock import now_utc, today_in_china
from ipfin.liaison.contacts import ContactDetails
from ipfin.liaison.service import add_contact
from ipfin.registry.models import Enterprise
from tests.factories import Make
from tests.web.conftest import Browser

SAID = {"contact_name": "财务", "phone": "13800001234", "need": "购置设备", "amount": "300.5"}


def soon(make: Make, **overrides: Any) -> Event:
    return make.event(registration_closes_on=today_in_china() + timedelta(days=3), **overrides)


def registered(make: Make, session: Any, event: Event, user: Any, **overrides: Any) -> Registration:
    firm = session.get_one(Enterprise, user.organisation.enterprise_id)
    return make.registration(event, enterprise=firm, **overrides)


def test_a_firm_signs_up_with_its_need_in_ten_thousands(client: Browser, make: Make, session: Any) -> None:
    event, user = soon(make), make.user(Role.ENTERPRISE)
    client.sign_in(user)
    reply = client.post(f"/ent/events/{event.public_id}/register", data=SAID, follow_redirects=True)
    assert "名额已确认" in reply.text
    assert "300.50万元" in reply.text
    row = session.scalars(select(Registration)).one()
    assert (row.enterprise_id, row.amount_fen) == (user.organisation.enterprise_id, 300_500_000)


def test_the_form_is_filled_from_the_person_and_from_last_time(
    client: Browser, make: Make, session: Any, settings: Any
) -> None:
    first, second = soon(make), soon(make)
    user = make.user(Role.ENTERPRISE)
    set_phone(session, make.actor(user), user, "0372-2900009", settings=settings)
    client.sign_in(user)
    fresh = client.get(f"/ent/events/{first.public_id}/register").text
    assert user.name in fresh
    assert "0372-2900009" in fresh
    client.post(f"/ent/events/{first.public_id}/register", data=SAID)
    later = client.get(f"/ent/events/{second.public_id}/register").text
    assert all(word in later for word in ("购置设备", "300.50", "13800001234"))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"phone": ""}, "phone"),
        ({"amount": "-1"}, "amount"),
        ({"amount": "三百"}, "amount"),
        ({"need": "需" * 501}, "need"),
    ],
)
def test_a_bad_application_is_refused_at_its_field(
    client: Browser, make: Make, change: dict[str, str], field: str
) -> None:
    client.sign_in(make.user(Role.ENTERPRISE))
    reply = client.post(f"/ent/events/{soon(make).public_id}/register", data=SAID | change)
    assert reply.status_code == 422
    assert f'href="#{field}"' in reply.text


def test_a_firm_chooses_institutions_and_learns_who_asked_for_it(
    client: Browser, make: Make, session: Any
) -> None:
    event, user = soon(make), make.user(Role.ENTERPRISE)
    own = registered(make, session, event, user)
    asking, refusing = (make.registration(event, Side.INSTITUTION) for _ in range(2))
    make.wish(asking, own, strength=2)
    make.wish(refusing, own, strength=0)
    client.sign_in(user)
    address = f"/ent/events/{event.public_id}/wishes"
    assert client.get(address).text.count(">希望见您<") == 1
    client.post(address, data={f"wish-{asking.id}": "3"})
    assert wishes_of(session, own.id) == {asking.id: 3}


def test_a_firm_reads_its_own_agenda_and_no_other(client: Browser, make: Make, session: Any) -> None:
    event = make.event(state=EventState.CLOSED, slot_count=2, desk_count=2)
    user = make.user(Role.ENTERPRISE)
    own, other = registered(make, session, event, user), make.registration(event)
    bank = make.registration(event, Side.INSTITUTION, contact_name="客户经理王")
    make.agreed(own, bank)
    make.agreed(other, bank)
    publish_timetable(session, SYSTEM, make_timetable(session, SYSTEM, event))
    client.sign_in(user)
    base = f"/ent/events/{event.public_id}"
    page = client.get(base).text
    assert "客户经理王" in page
    assert other.display_name not in page
    assert client.post(f"{base}/agenda", follow_redirects=True).data.startswith(b"%PDF")
    assert "已确认" in client.get("/ent/events/").text


def test_another_firm_s_paper_is_not_found(client: Browser, make: Make, session: Any) -> None:
    event = make.event(state=EventState.CLOSED, slot_count=2, desk_count=2)
    user = make.user(Role.ENTERPRISE)
    make.wish(registered(make, session, event, user), make.registration(event, Side.INSTITUTION))
    publish_timetable(session, SYSTEM, make_timetable(session, SYSTEM, event))
    client.sign_in(user)
    paper = client.post(f"/ent/events/{event.public_id}/agenda").headers["Location"]
    client.sign_in(make.user(Role.ENTERPRISE))
    assert client.get(paper).status_code == 404


def test_every_state_reads_well(client: Browser, make: Make, session: Any) -> None:
    user = make.user(Role.ENTERPRISE)
    client.sign_in(user)
    for state in set(EventState) - {EventState.DRAFT}:
        for own in (None, *RegistrationState):
            event = soon(make, state=state)
            if own:
                registered(make, session, event, user, state=own)
            for tab in ("", "/register"):
                assert client.get(f"/ent/events/{event.public_id}{tab}").status_code == 200


@pytest.mark.parametrize(
    ("answer", "state", "told"),
    [
        ("accept", RegistrationState.CONFIRMED, "已确认参会"),
        ("decline", RegistrationState.CANCELLED, "已放弃名额"),
        ("maybe", RegistrationState.OFFERED, "有名额空出，请答复"),
    ],
)
def test_an_offered_seat_is_taken_or_given_up(
    client: Browser, make: Make, session: Any, answer: str, state: RegistrationState, told: str
) -> None:
    event, user = soon(make), make.user(Role.ENTERPRISE)
    until = now_utc() + timedelta(hours=4)
    row = registered(make, session, event, user, state=RegistrationState.OFFERED, offered_until=until)
    client.sign_in(user)
    assert "确认参会" in client.get(f"/ent/events/{event.public_id}").text
    reply = client.post(
        f"/ent/events/{event.public_id}/reply", data={"answer": answer}, follow_redirects=True
    )
    assert told in reply.text
    assert row.state is state


def test_an_answer_that_comes_late_changes_nothing(client: Browser, make: Make, session: Any) -> None:
    event, user = soon(make), make.user(Role.ENTERPRISE)
    row = registered(make, session, event, user, state=RegistrationState.OFFERED, offered_until=now_utc())
    client.sign_in(user)
    late = client.post(f"/ent/events/{event.public_id}/reply", data={"answer": "accept"})
    assert late.status_code == 409
    assert "届满" in late.text
    assert row.state is RegistrationState.OFFERED


def test_a_substitute_is_sent_and_the_former_is_kept(client: Browser, make: Make, session: Any) -> None:
    event, user = soon(make), make.user(Role.ENTERPRISE)
    row = registered(make, session, event, user, contact_name="张三")
    client.sign_in(user)
    address, seen = f"/ent/events/{event.public_id}/substitute", {"version": str(row.said_version)}
    wrong = client.post(address, data={"contact_name": "李四", "phone": "没有", **seen})
    assert wrong.status_code == 422
    person = {"contact_name": "李四", "contact_post": "会计", "phone": "13900000001"}
    assert "已更换" in client.post(address, data=person | seen, follow_redirects=True).text
    assert (row.contact_name, row.contact_post) == ("李四", "会计")
    assert "张三 → 李四" in client.get(address).text


def test_where_the_event_asks_for_approval_the_whitelist_decides(
    client: Browser, make: Make, session: Any
) -> None:
    event = soon(make, approval=ApprovalMode.WHITELISTED)
    for is_listed, told in ((True, "名额已确认"), (False, "待主办方审核")):
        user = make.user(Role.ENTERPRISE)
        if is_listed:
            firm = session.get_one(Enterprise, user.organisation.enterprise_id)
            make.admission(
                firm, valid_from=today_in_china(), valid_until=today_in_china() + timedelta(days=9)
            )
        client.sign_in(user)
        phone = f"1380000{user.id:04d}"
        reply = client.post(
            f"/ent/events/{event.public_id}/register", data={**SAID, "phone": phone}, follow_redirects=True
        )
        assert told in reply.text


def test_the_form_is_filled_with_the_person_that_is_picked(
    client: Browser, make: Make, session: Any, settings: Any
) -> None:
    user = make.user(Role.ENTERPRISE)
    firm = session.get_one(Enterprise, user.organisation.enterprise_id)
    said = ContactDetails("王五", "财务总监", "13700000007")
    contact = add_contact(session, SYSTEM, firm, said, is_main=True, settings=settings)
    client.sign_in(user)
    address = f"/ent/events/{soon(make).public_id}/register"
    assert all(word in client.get(address).text for word in ("王五", "财务总监", "13700000007"))
    own = client.get(f"{address}?person=me").text
    assert "13700000007" not in own
    assert f"person=contact-{contact.id}" in own


@pytest.mark.parametrize("role", [Role.BANK, Role.CITY_OFFICER, Role.AGENCY])
def test_nobody_else_enters_the_firm_s_pages(client: Browser, make: Make, role: Role) -> None:
    client.sign_in(make.user(role))
    assert client.get("/ent/events/").status_code == 403
