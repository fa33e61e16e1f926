"""The page for those who do not come: ticks in the address, who would move, confirm once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from ipfin.events.attendance import Mark
from ipfin.events.lifecycle import EventState, Side, TimetableState
from ipfin.events.models import Event, EventTimetable, Meeting, Registration
from ipfin.events.service import make_timetable, publish_timetable
from ipfin.kernel.actor import SYSTEM
from tests.factories import Make
from tests.web.conftest import Browser


@pytest.fixture
def office(client: Browser, make: Make) -> Browser:
    return client.sign_in(make.officer())


def fair(make: Make) -> tuple[Event, Registration, list[Registration]]:
    """One bank that meets firm 1 in the first slot; firm 2 was left out."""
    event = make.event(state=EventState.CLOSED, slot_count=1, desk_count=1)
    house = make.registration(event, Side.INSTITUTION)
    firms = [make.registration(event) for _ in range(2)]
    for firm, strength in zip(firms, (3, 1), strict=True):
        make.wish(firm, house, strength=strength)
        make.wish(house, firm)
    publish_timetable(make.session, SYSTEM, make_timetable(make.session, SYSTEM, event))
    return event, house, firms


def hidden(page: str) -> dict[str, str]:
    form = page[page.index("/replan/apply") :]
    return dict(
        re.findall(r'<input type="hidden" name="([a-z]+)" value="([^"]*)">', form[: form.index("</form>")])
    )


def chosen(page: str) -> dict[int, str]:
    """Return what is chosen for each participant of whom something is said."""
    lists = re.findall(r'<select [^>]*name="at_(\d+)".*?</select>', page, re.S)
    found = {}
    for one in lists:
        body = page[page.index(f'name="at_{one}"') :]
        word = re.search(r'value="(\w+)" selected', body[: body.index("</select>")])
        if word:
            found[int(one)] = word[1]
    return found


def test_a_no_show_is_said_looked_at_and_confirmed(office: Browser, make: Make, session: Any) -> None:
    event, house, firms = fair(make)
    address = f"/office/events/{event.public_id}/replan"
    assert address in office.get(f"/office/events/{event.public_id}/timetable").text
    assert "采用并通知" not in office.get(address).text
    said = {
        "from": "1",
        f"at_{firms[0].id}": "absent",
        f"at_{firms[1].id}": "",
        f"at_{house.id}": "",
        "at_x": "9",
    }
    ticked = office.post(f"{address}/preview", data=said)
    assert ticked.status_code == 303
    assert ticked.location.endswith(f"replan?from=1&absent={firms[0].id}")
    page = office.get(ticked.location).text
    assert "已证明最优" in page
    assert firms[1].display_name in page
    assert session.scalars(select(EventTimetable)).one().state is TimetableState.PUBLISHED  # nothing written
    done = office.post(f"{address}/apply", data=hidden(page))
    assert done.status_code == 303
    assert "只通知了有变动的2家" in office.get(done.location).text
    again = office.post(f"{address}/apply", data=hidden(page))  # a second click
    told = office.get(again.location).text
    assert "第1版" in told
    assert "已发布第2版" in told
    assert len(session.scalars(select(EventTimetable)).all()) == 2
    assert chosen(office.get(address).text) == {firms[0].id: "absent"}  # what was said stands


def test_the_check_in_page_may_name_them_in_the_address(office: Browser, make: Make) -> None:
    event, house, firms = fair(make)
    page = office.get(f"/office/events/{event.public_id}/replan?absent={firms[0].id}&late={house.id}:1").text
    assert chosen(page) == {firms[0].id: "absent", house.id: "1"}
    assert "采用并通知" not in page  # looked at only when asked for


def test_what_the_door_says_is_ticked_already(office: Browser, make: Make) -> None:
    event, house, firms = fair(make)
    make.attendance(firms[0], mark=Mark.NO_SHOW)
    make.attendance(house, mark=Mark.LATE, late_slot=0)
    page = office.get(f"/office/events/{event.public_id}/replan").text
    assert chosen(page) == {firms[0].id: "absent", house.id: "1"}


def test_nonsense_in_the_address_is_refused_in_words(office: Browser, make: Make) -> None:
    event, house, _firms = fair(make)
    address = f"/office/events/{event.public_id}/replan"
    reply = office.get(f"{address}?from=1&absent={house.id}&gone={house.id}")
    assert reply.status_code == 422
    assert "只能选一种情况" in reply.text
    assert office.get(f"{address}?from=9").status_code == 422
    assert office.get(f"{address}?from=x&absent=y&late=1:z").status_code == 200


def test_before_publication_the_page_says_so(office: Browser, make: Make) -> None:
    event = make.event(state=EventState.CLOSED)
    assert "日程发布后" in office.get(f"/office/events/{event.public_id}/replan").text


def test_ticked_meetings_are_locked_and_kept_when_the_rest_is_planned_again(
    office: Browser, make: Make, session: Any
) -> None:
    event, _house, _firms = fair(make)
    base = f"/office/events/{event.public_id}/timetable"
    page = office.get(base).text
    assert "保留这一版锁定的洽谈" not in page
    ticked = re.findall(r'name="locked" value="(\d+)"', page)
    locked = office.post(f"{base}/1/lock", data={"locked": ticked})
    page = office.get(locked.location).text
    assert "第1版现锁定1场" in page
    assert "保留这一版锁定的洽谈" in page
    again = office.post(f"{base}/make", data={"keeps_locks": "y", "locks_of": "1", "seconds": "30"})
    assert "排期时有1场保持原时段和桌号不变" in office.get(again.location).text
    office.post(f"{base}/2/lock", data={"all": "none"})
    office.post(f"{base}/1/lock", data={"all": "all"})
    numbers = select(EventTimetable.number, Meeting.is_locked).join(Meeting.timetable)
    assert dict(session.execute(numbers).all()) == {1: True, 2: False}


@pytest.mark.parametrize(("seconds", "status"), [("4", 422), ("5", 303), ("120", 303), ("121", 422)])
def test_the_office_chooses_how_long_a_job_may_take(
    office: Browser, make: Make, seconds: str, status: int
) -> None:
    event, _house, _firms = fair(make)
    address = f"/office/events/{event.public_id}/timetable/make"
    assert office.post(address, data={"seconds": seconds}).status_code == status
