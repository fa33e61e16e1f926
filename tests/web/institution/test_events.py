"""Events as banks and insurers take part: sign up, wish, be absent, read the own agenda and no other."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from ipfin.events.lifecycle import EventState, RegistrationState, Side
from ipfin.events.models import Event, Registration
from ipfin.events.queries import wishes_of
from ipfin.events.service import make_timetable, publish_timetable
from ipfin.kernel.actor import SYSTEM, Role
from ipfin.kernel.clock import today_in_china
from tests.factories import Make
from tests.web.conftest import Browser

SAID = {"contact_name": "客户经理", "phone": "0372-2900001", "desks": "1", "need": "知识产权质押贷款"}


def soon(make: Make, **overrides: Any) -> Event:
    return make.event(registration_closes_on=today_in_china() + timedelta(days=3), **overrides)


def registered(make: Make, event: Event, user: Any, **overrides: Any) -> Registration:
    return make.registration(event, Side.INSTITUTION, organisation=user.organisation, **overrides)


@pytest.mark.parametrize(
    ("role", "prefix"), [(Role.BANK, "bank"), (Role.GUARANTOR, "bank"), (Role.INSURER, "ins")]
)
def test_an_institution_signs_up_amends_and_leaves(
    client: Browser, make: Make, session: Any, role: Role, prefix: str
) -> None:
    event, user = soon(make), make.user(role)
    client.sign_in(user)
    base = f"/{prefix}/events/{event.public_id}"
    assert event.title in client.get(f"/{prefix}/events/").text
    assert user.name in client.get(f"{base}/register").text, "filled in with the person"
    done = client.post(f"{base}/register", data=SAID, follow_redirects=True)
    assert "名额已确认" in done.text
    row = session.scalars(select(Registration)).one()
    changed = SAID | {"desks": "2", "version": str(row.said_version)}
    assert "报名信息已保存" in client.post(f"{base}/register", data=changed, follow_redirects=True).text
    session.refresh(row)
    assert (row.organisation_id, row.desks) == (user.organisation_id, 2)
    assert "已取消" in client.post(f"{base}/leave", follow_redirects=True).text
    assert client.post(f"{base}/leave").status_code == 404


def test_a_full_side_waits_and_says_its_place(client: Browser, make: Make) -> None:
    event = soon(make, institution_seats=0)
    client.sign_in(make.banker())
    base = f"/bank/events/{event.public_id}"
    assert "名额已满" in client.get(f"{base}/register").text
    done = client.post(f"{base}/register", data=SAID, follow_redirects=True)
    assert "候补第1位" in done.text
    assert "确认后才能提交意愿" in client.get(f"{base}/wishes").text


@pytest.mark.parametrize(
    ("change", "field"),
    [({"contact_name": ""}, "contact_name"), ({"phone": "见名片"}, "phone"), ({"desks": "99"}, "desks")],
)
def test_a_bad_application_is_refused_at_its_field(
    client: Browser, make: Make, change: dict[str, str], field: str
) -> None:
    client.sign_in(make.banker())
    reply = client.post(f"/bank/events/{soon(make).public_id}/register", data=SAID | change)
    assert reply.status_code == 422
    assert f'href="#{field}"' in reply.text


def test_after_the_last_day_nobody_signs_up(client: Browser, make: Make) -> None:
    event = make.event()  # closed in April 2026
    client.sign_in(make.banker())
    assert "报名（余" not in client.get("/bank/events/").text
    reply = client.post(f"/bank/events/{event.public_id}/register", data=SAID)
    assert reply.status_code == 422
    assert "截止" in reply.text


def test_twenty_clicks_are_harmless(client: Browser, make: Make, session: Any) -> None:
    event = soon(make)
    client.sign_in(make.banker())
    for _ in range(20):
        assert client.post(f"/bank/events/{event.public_id}/register", data=SAID).status_code == 303
    assert session.scalar(select(func.count()).select_from(Registration)) == 1


def test_a_bank_ranks_firms_finds_them_and_refuses_one(client: Browser, make: Make, session: Any) -> None:
    event, user = soon(make), make.banker()
    own = registered(make, event, user)
    firms = [make.registration(event, need=f"购置第{n}台设备") for n in (1, 2, 3)]
    client.sign_in(user)
    address = f"/bank/events/{event.public_id}/wishes"
    page = client.get(address).text
    assert all(firm.display_name in page for firm in firms)
    data = {f"wish-{firms[0].id}": "3", f"wish-{firms[1].id}": "0", f"wish-{firms[2].id}": ""}
    assert "2项有变化" in client.post(address, data=data, follow_redirects=True).text
    assert wishes_of(session, own.id) == {firms[0].id: 3, firms[1].id: 0}
    found = client.get(f"{address}?q=第2台").text
    assert firms[1].display_name in found
    assert firms[0].display_name not in found
    assert "没有名称或需求含" in client.get(f"{address}?q=火星").text


def test_a_wish_about_a_stranger_is_refused(client: Browser, make: Make) -> None:
    event, user = soon(make), make.banker()
    registered(make, event, user)
    stranger = make.registration(soon(make))
    client.sign_in(user)
    reply = client.post(f"/bank/events/{event.public_id}/wishes", data={f"wish-{stranger.id}": "3"})
    assert reply.status_code == 422


def test_absences_are_kept_and_a_slot_that_is_none_refused(client: Browser, make: Make, session: Any) -> None:
    event, user = soon(make, slot_count=4), make.banker()
    own = registered(make, event, user)
    client.sign_in(user)
    address = f"/bank/events/{event.public_id}/absences"
    assert client.post(address, data={"absent_slots": ["0", "3"], "version": "1"}).status_code == 303
    assert session.get_one(Registration, own.id, populate_existing=True).absent_slots == [0, 3]
    assert client.post(address, data={"absent_slots": ["7"], "version": "2"}).status_code == 422


@pytest.fixture
def day(make: Make, session: Any) -> dict[str, Any]:
    """A published event of two banks and two firms that all wish to meet."""
    event = make.event(state=EventState.CLOSED, slot_count=4, desk_count=2)
    users = [make.banker(), make.banker()]
    banks = [registered(make, event, user) for user in users]
    firms = [make.registration(event, contact_name=f"联系人{n}") for n in (1, 2)]
    for bank in banks:
        for firm in firms:
            make.wish(bank, firm)
            make.wish(firm, bank)
    publish_timetable(session, SYSTEM, make_timetable(session, SYSTEM, event))
    return {"event": event, "users": users, "banks": banks, "firms": firms}


def test_a_bank_reads_its_own_agenda_with_contacts_and_not_the_other_bank_s(
    client: Browser, day: dict[str, Any]
) -> None:
    client.sign_in(day["users"][0])
    base = f"/bank/events/{day['event'].public_id}"
    page = client.get(base).text
    assert "联系人1" in page
    assert day["banks"][1].display_name not in page
    paper = client.post(f"{base}/agenda", follow_redirects=True)
    assert paper.data.startswith(b"%PDF")
    calendar = client.get(f"{base}/agenda.ics")
    assert calendar.mimetype == "text/calendar"
    assert calendar.text.count("BEGIN:VEVENT") == 3
    assert day["banks"][1].display_name not in calendar.text


def test_before_publication_no_contact_is_shown(client: Browser, make: Make) -> None:
    event, user = soon(make), make.banker()
    registered(make, event, user)
    make.registration(event, contact_name="不可见的联系人")
    client.sign_in(user)
    for tab in ("", "/wishes"):
        assert "不可见的联系人" not in client.get(f"/bank/events/{event.public_id}{tab}").text
    assert client.post(f"/bank/events/{event.public_id}/agenda").status_code == 409


def test_who_did_not_sign_up_has_no_agenda_and_no_wishes(
    client: Browser, make: Make, day: dict[str, Any]
) -> None:
    client.sign_in(make.banker())
    base = f"/bank/events/{day['event'].public_id}"
    assert client.get(base).status_code == 200
    assert "联系人1" not in client.get(base).text
    assert client.get(f"{base}/wishes").status_code == 404
    assert client.post(f"{base}/agenda").status_code == 404
    assert client.get(f"{base}/agenda.ics").status_code == 404


def test_a_draft_does_not_exist_for_banks(client: Browser, make: Make) -> None:
    draft = make.event(state=EventState.DRAFT)
    client.sign_in(make.banker())
    assert draft.title not in client.get("/bank/events/").text
    assert client.get(f"/bank/events/{draft.public_id}").status_code == 404
    assert client.post(f"/bank/events/{draft.public_id}/register", data=SAID).status_code == 404


def test_every_state_reads_well(client: Browser, make: Make) -> None:
    user = make.banker()
    client.sign_in(user)
    for state in set(EventState) - {EventState.DRAFT}:
        for own in (None, *RegistrationState):
            event = soon(make, state=state)
            if own:
                registered(make, event, user, state=own, absent_slots=[1])
            assert client.get(f"/bank/events/{event.public_id}").status_code == 200


@pytest.mark.parametrize("role", [Role.ENTERPRISE, Role.CITY_OFFICER, Role.INSURER, Role.AUDITOR])
def test_nobody_else_enters_the_bank_s_pages(client: Browser, make: Make, role: Role) -> None:
    client.sign_in(make.user(role))
    assert client.get("/bank/events/").status_code == 403
