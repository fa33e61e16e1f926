"""Values at the ends of what a calendar, a number or a database holds: refused in words, never a failure."""

from __future__ import annotations

from typing import Any

import pytest

from ipfin.events.lifecycle import EventState
from ipfin.events.models import Registration
from ipfin.kernel.actor import Role
from ipfin.whitelist.models import WhitelistRound
from ipfin.whitelist.scoring import Grade
from tests.web.conftest import Browser
from tests.web.event_form import EVENT
from tests.web.making import WebMake

# Chinese midnight of the first day is no instant in UTC; beyond the last day nothing can be added.
FIRST = {
    "starts_at": "0001-01-01T00:00",
    "ends_at": "0001-01-01T03:00",
    "registration_closes_on": "0001-01-01",
}
LAST = {
    "starts_at": "9999-12-31T22:00",
    "ends_at": "9999-12-31T23:59",
    "registration_closes_on": "9999-12-31",
    "slot_minutes": "240",
    "slot_count": "60",
}
NUMBERS = ("²", "9" * 5000, "-1", "1e9", "NaN", "9" * 30)
AMOUNTS = ("1e400000000", "-1e400000000", "1e-400000000", "sNaN", "Infinity", "9" * 400)


@pytest.fixture
def office(client: Browser, make: WebMake) -> Browser:
    return client.sign_in(make.officer())


@pytest.mark.parametrize("ends", [FIRST, LAST])
def test_an_event_at_the_end_of_time_is_refused_in_words(office: Browser, ends: dict[str, str]) -> None:
    assert office.post("/office/events/new", data={**EVENT, **ends}).status_code == 422


@pytest.mark.parametrize("name", ["starts_at", "ends_at", "talks_start_at"])
@pytest.mark.parametrize("typed", ["0001-01-01T00:00", "9999-12-31T23:59", "99999-01-01T00:00", "二月"])
def test_a_moment_that_is_none_of_ours_is_refused(office: Browser, name: str, typed: str) -> None:
    assert office.post("/office/events/new", data={**EVENT, name: typed}).status_code in (303, 422)


@pytest.mark.parametrize("version", NUMBERS)
def test_a_forged_version_of_an_event_saves_nothing(office: Browser, make: WebMake, version: str) -> None:
    event = make.event(state=EventState.DRAFT)
    before = event.title
    data = {**EVENT, "title": "被改的活动", "version": version}
    assert office.post(f"/office/events/{event.public_id}/edit", data=data).status_code in (409, 422)
    make.session.refresh(event)
    assert event.title == before


@pytest.mark.parametrize("name", ["enterprise_seats", "slot_minutes", "slot_count", "desk_count"])
def test_a_number_that_is_none_is_refused(office: Browser, name: str) -> None:
    for number in NUMBERS:
        reply = office.post("/office/events/new", data={**EVENT, name: number})
        assert reply.status_code in (303, 422)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_phone_of_no_row_is_shown_to_nobody(office: Browser, make: WebMake, number: str) -> None:
    address = f"/office/events/{make.event().public_id}/registrations/reveal"
    assert office.post(address, data={"registration": number}).status_code in (303, 404)


@pytest.mark.parametrize("name", ["asking", "counties", "kind", "approval", "least_grade"])
def test_a_choice_that_is_not_offered_is_refused_in_chinese(office: Browser, name: str) -> None:
    reply = office.post("/office/events/new", data={**EVENT, name: "没有这一项"})
    assert (reply.status_code, "not a valid choice" in reply.text) == (422, False)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "9997-06-30"])
def test_a_round_at_the_end_of_time_is_refused_in_words(office: Browser, make: WebMake, day: str) -> None:
    make.score_run(grade_counts=dict.fromkeys(Grade, 0))
    data = {"title": "样例", "minimum_grade": "C", "valid_from": day, "valid_months": "36"}
    assert office.post("/office/whitelist/new", data=data).status_code == 422
    assert make.session.query(WhitelistRound).count() == 0


@pytest.mark.parametrize("amount", AMOUNTS)
def test_an_amount_that_no_firm_can_want_is_refused(client: Browser, make: WebMake, amount: str) -> None:
    event = make.event(registration_closes_on=_far())
    client.sign_in(make.user(Role.ENTERPRISE))
    data = {"contact_name": "联系人", "phone": "13800000000", "need": "", "amount": amount}
    assert client.post(f"/ent/events/{event.public_id}/register", data=data).status_code == 422
    assert make.session.query(Registration).count() == 0


@pytest.mark.parametrize("desks", NUMBERS)
def test_desks_that_are_no_number_are_refused(client: Browser, make: WebMake, desks: str) -> None:
    event = make.event(registration_closes_on=_far())
    client.sign_in(make.banker())
    data = {"contact_name": "联系人", "phone": "13800000000", "need": "", "desks": desks}
    assert client.post(f"/bank/events/{event.public_id}/register", data=data).status_code in (303, 422)


@pytest.mark.parametrize("slot", [*NUMBERS, "99"])
def test_a_slot_that_is_none_is_refused(client: Browser, make: WebMake, slot: str) -> None:
    from ipfin.events.lifecycle import Side

    user, event = make.banker(), make.event(slot_count=4)
    row = make.registration(event, Side.INSTITUTION, organisation=user.organisation)
    client.sign_in(user)
    said = {"absent_slots": slot, "version": row.absences_version}
    reply = client.post(f"/bank/events/{event.public_id}/absences", data=said)
    assert reply.status_code in (303, 422)


@pytest.mark.parametrize("strength", [*NUMBERS, "4"])
def test_a_wish_is_one_of_four_words_or_none(client: Browser, make: WebMake, strength: str) -> None:
    from ipfin.events.lifecycle import Side
    from ipfin.events.models import Wish

    user, event = make.banker(), make.event(slot_count=4)
    make.registration(event, Side.INSTITUTION, organisation=user.organisation)
    firm = make.registration(event)
    client.sign_in(user)
    for name in (f"wish-{firm.id}", "wish-²", "wish-", "wish-" + "9" * 5000, f"wish-0{firm.id}"):
        reply = client.post(f"/bank/events/{event.public_id}/wishes", data={name: strength})
        assert reply.status_code in (303, 422)
    assert make.session.query(Wish).count() == 0


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "²²²²-01-01", "2026-02-30"])
def test_the_log_is_asked_for_the_end_of_time(client: Browser, make: WebMake, day: str) -> None:
    client.sign_in(make.user(Role.AUDITOR))
    for query in ({"since": day}, {"until": day}, {"since": day, "until": day}):
        assert client.get("/audit/log", query_string=query).status_code in (200, 422)
        assert client.post(
            "/audit/log/export", query_string=query, data={"purpose": "internal"}
        ).status_code in (
            200,
            422,
        )


def _far() -> Any:
    from datetime import date

    return date(2099, 1, 1)
