"""The office decides on registrations: many at once, and one by one when somebody calls."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from ipfin.events.lifecycle import ApprovalMode, RegistrationState
from ipfin.events.models import Event, Registration
from ipfin.kernel.actor import Role
from ipfin.kernel.clock import now_utc, today_in_china
from tests.factories import Make
from tests.web.conftest import Browser

PENDING, CONFIRMED, OFFERED, WAITING = (
    RegistrationState.PENDING,
    RegistrationState.CONFIRMED,
    RegistrationState.OFFERED,
    RegistrationState.WAITLISTED,
)


@pytest.fixture
def office(client: Browser, make: Make) -> Browser:
    client.sign_in(make.user(Role.CITY_OFFICER))
    return client


def coming(make: Make, **overrides: Any) -> Event:
    """An event whose offers have not run out and can still be held longer."""
    starts = now_utc() + timedelta(days=30)
    ends, talks = starts + timedelta(hours=3), starts + timedelta(minutes=30)
    return make.event(starts_at=starts, ends_at=ends, talks_start_at=talks, **overrides)


def offered(make: Make, event: Event, **overrides: Any) -> Registration:
    until = now_utc() + timedelta(days=1)
    return make.registration(event, state=OFFERED, offered_until=until, **overrides)


def test_many_are_approved_at_once_with_what_speaks_for_them(office: Browser, make: Make) -> None:
    event = coming(make, enterprise_seats=2, approval=ApprovalMode.ALL)
    listed = make.admission().enterprise
    rows = [make.registration(event, enterprise=listed, state=PENDING, need="购置设备")]
    rows += [make.registration(event, state=PENDING) for _ in range(3)]
    address = f"/office/events/{event.public_id}/approvals"
    page = office.get(address).text
    assert page.count("不在白名单") == 3
    assert "购置设备" in page
    ticked = [str(row.id) for row in reversed(rows[:3])]
    reply = office.post(address, data={"ids": ticked, "verdict": "approve"}, follow_redirects=True)
    assert "确认2家，候补1家，不通过0家" in reply.text
    assert [row.state for row in rows] == [CONFIRMED, CONFIRMED, WAITING, PENDING]
    again = office.post(address, data={"ids": ticked, "verdict": "approve"}, follow_redirects=True)
    assert "3家已由他人办理" in again.text


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"verdict": "approve"}, "请先勾选"),
        ({"ids": "1"}, "请选择通过或不通过"),
        ({"ids": "1", "verdict": "reject"}, "不通过的理由"),
        ({"ids": "eins", "verdict": "approve"}, "ids"),
    ],
)
def test_a_decision_that_cannot_be_is_refused_in_words(
    office: Browser, make: Make, said: dict[str, str], told: str
) -> None:
    row = make.registration(coming(make, approval=ApprovalMode.ALL), state=PENDING)
    event = make.session.get_one(Event, row.event_id)
    reply = office.post(f"/office/events/{event.public_id}/approvals", data=said)
    assert reply.status_code == 422
    assert told in reply.text
    assert row.state is PENDING


def test_who_called_is_answered_for_held_longer_taken_back_and_replaced(office: Browser, make: Make) -> None:
    event = coming(make, enterprise_seats=2, reply_hours=24)
    first, second = offered(make, event), offered(make, event, contact_name="张三")
    base = f"/office/events/{event.public_id}/registrations"
    assert "代为答复" in office.get(f"{base}/{first.id}").text
    missing = office.post(f"{base}/{first.id}/answer", data={"answer": "accept", "answer_reason": ""})
    assert missing.status_code == 422
    office.post(f"{base}/{first.id}/answer", data={"answer": "accept", "answer_reason": "来电确认"})
    assert first.state is CONFIRMED
    late = office.post(
        f"{base}/{second.id}/extend", data={"until": "2020-01-01T10:00", "extend_reason": "出差"}
    )
    assert "须在现在之后" in late.text
    until = (today_in_china() + timedelta(days=5)).isoformat()
    told = {"until": f"{until}T10:00", "extend_reason": "出差"}
    assert (
        f"{until} 10:00" in office.post(f"{base}/{second.id}/extend", data=told, follow_redirects=True).text
    )
    person = {"contact_name": "李四", "contact_post": "会计", "phone": "13900000001", "reason": "出差"}
    seen = {"version": str(second.said_version)}
    replaced = office.post(f"{base}/{second.id}/substitute", data=person | seen, follow_redirects=True)
    assert "张三 → 李四" in replaced.text
    seen = {"version": str(second.said_version)}
    same = office.post(f"{base}/{second.id}/substitute", data=person | seen)
    assert "没有变化" in same.text
    office.post(f"{base}/{second.id}/answer", data={"answer": "decline", "answer_reason": "来电放弃"})
    lapsed = make.registration(event, state=RegistrationState.LAPSED)
    office.post(f"{base}/{lapsed.id}/restore", data={"restore_reason": "机房断网"})
    assert (second.state, lapsed.state) == (RegistrationState.CANCELLED, OFFERED)


def test_every_state_of_a_registration_reads_well_to_the_office(office: Browser, make: Make) -> None:
    event = coming(make, approval=ApprovalMode.WHITELISTED)
    for state in RegistrationState:
        row = make.registration(event, state=state, second_name="王五", second_post="法务")
        assert office.get(f"/office/events/{event.public_id}/registrations/{row.id}").status_code == 200
    assert office.get(f"/office/events/{event.public_id}/registrations").status_code == 200


def test_a_county_decides_nothing(client: Browser, make: Make) -> None:
    client.sign_in(make.user(Role.COUNTY_OFFICER))
    assert client.get(f"/office/events/{coming(make).public_id}/approvals").status_code == 403
