"""The door in a browser: by badge, phone and name; what was done before is told, not done again."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from sqlalchemy import func, select

from ipfin.accounts.service import house_of
from ipfin.config import Settings
from ipfin.events.attendance import How, Mark
from ipfin.events.lifecycle import EventState, RegistrationState, Side, TimetableState
from ipfin.events.models import Attendance, Event, Registration
from ipfin.events.service import prepare_codes, tokens_of
from ipfin.kernel.actor import Role
from ipfin.kernel.clock import now_utc
from ipfin.registry.models import Enterprise
from ipfin.web.qr import qr_image
from tests.factories import Make
from tests.web.conftest import Browser

PHONE = "13800001234"


@pytest.fixture
def event(make: Make) -> Event:
    """An event of today whose second slot runs."""
    begin = now_utc() - timedelta(minutes=20)
    return make.event(
        state=EventState.SCHEDULED,
        starts_at=begin,
        ends_at=begin + timedelta(hours=3),
        talks_start_at=begin,
        slot_count=4,
    )


@pytest.fixture
def settled(event: Event, make: Make, settings: Settings) -> list[Registration]:
    """Two namesakes of firms and a bank that meets the first in the second and the other in the last slot."""
    sealed = house_of(settings).sealer.seal(PHONE, "registration contact")
    firms = [
        make.registration(
            event, contact_name="王伟", contact_sealed=sealed, enterprise=make.enterprise(name=name)
        )
        for name in ("样例甲有限公司", "样例乙有限公司")
    ]
    bank = make.registration(event, Side.INSTITUTION, contact_name="赵行长")
    table = make.timetable(event, state=TimetableState.PUBLISHED)
    for slot, firm in ((1, firms[0]), (3, firms[1])):
        make.meeting(table, slot=slot, desk=7, enterprise_registration=firm, institution_registration=bank)
    return [*firms, bank]


def marks(session: Any) -> list[tuple[int, Mark, How, str]]:
    rows = session.scalars(select(Attendance).order_by(Attendance.id))
    return [(row.registration_id, row.mark, row.how, row.undone_reason) for row in rows]


def test_a_scanned_badge_checks_in_and_a_second_scan_is_told(
    client: Browser, make: Make, event: Event, settled: list[Registration], session: Any, settings: Settings
) -> None:
    prepare_codes(session, event.id, settings=settings)
    token = tokens_of(session, event.id, settings=settings)[settled[0].id]
    door = client.sign_in(make.officer())
    base = f"/office/events/{event.public_id}/check-in"
    landing = door.get(f"/c/{token}")
    assert "样例甲有限公司" in landing.text
    assert f'action="{base}"' in landing.text
    assert marks(session) == [], "a page that is read checks nobody in"
    reply = door.post(base, data={"q": f"http://localhost/c/{token}"}, follow_redirects=True)
    assert "样例甲有限公司已签到" in reply.text
    shown = re.sub(r"<[^>]+>|\s+", " ", reply.text)
    assert re.search(r"姓名\s+王伟\s+参会证号\s+1\s+桌号\s+7\s+下一场会谈", shown)
    again = door.post(base, data={"q": token}, follow_redirects=True).text
    assert re.search(r"重复签到：样例甲有限公司已于\d\d:\d\d由.+签到，未再登记", again)
    assert "已于" in door.get(f"/c/{token}").text
    assert marks(session) == [(settled[0].id, Mark.PRESENT, How.SCAN, "")]


def test_a_phones_end_lists_namesakes_and_a_single_hit_waits_for_enter(
    client: Browser, make: Make, event: Event, settled: list[Registration], session: Any
) -> None:
    door = client.sign_in(make.officer())
    base = f"/office/events/{event.public_id}/check-in"
    reply = door.post(base, data={"q": "1234"})
    assert reply.location == f"{base}?q=1234"
    both = door.get(reply.location).text
    assert "找到2个" in both
    assert both.count("/arrive") == 2
    assert PHONE not in both
    one = door.get(f"{base}?q=样例乙").text
    assert re.search(r"<button[^>]*autofocus[^>]*>签到", one)
    assert one.count(" autofocus") == 1
    assert marks(session) == []
    assert door.post(f"{base}/{settled[1].id}/arrive", data={"how": "tail"}).status_code == 303
    assert marks(session) == [(settled[1].id, Mark.PRESENT, How.TAIL, "")]
    assert "没有找到" in door.get(f"{base}?q=无此人").text


def test_missing_late_and_undone_are_the_offices_and_keep_every_row(
    client: Browser, make: Make, event: Event, settled: list[Registration], session: Any
) -> None:
    door = client.sign_in(make.officer())
    base = f"/office/events/{event.public_id}/check-in"
    first, second, bank = (f"{base}/{row.id}" for row in settled)
    assert "/replan" not in door.get(base).text
    assert door.post(f"{first}/missing").status_code == 303
    assert door.post(f"{bank}/late", data={"slot": "2"}).status_code == 303
    assert "起到场" in door.get(f"{base}?who={settled[2].id}").text
    assert "/replan" in door.get(base).text
    assert door.post(f"{bank}/late", data={"slot": "0"}).status_code == 422
    assert door.post(f"{second}/arrive").status_code == 303
    refused = door.post(f"{second}/missing")
    assert (refused.status_code, "先撤销签到" in refused.text) == (422, True)
    assert door.post(f"{second}/undo", data={"reason": ""}).status_code == 422
    assert door.post(f"{second}/undo", data={"reason": "认错了人"}).status_code == 303
    assert [row[1:] for row in marks(session)] == [
        (Mark.NO_SHOW, How.BY_HAND, ""),
        (Mark.LATE, How.BY_HAND, ""),
        (Mark.PRESENT, How.BY_HAND, "认错了人"),
    ]
    absent = door.get(f"{base}?state=no_show").text
    assert ("样例甲" in absent, "样例乙" in absent) == (True, False)
    assert "样例乙" in door.get(f"{base}?state=unmarked").text


def test_a_badge_of_another_event_and_an_unknown_one_are_refused_in_words(
    client: Browser, make: Make, event: Event, session: Any, settings: Settings
) -> None:
    other = make.event(title="另一场对接会")
    row = make.registration(other)
    prepare_codes(session, other.id, settings=settings)
    token = tokens_of(session, other.id, settings=settings)[row.id]
    door = client.sign_in(make.officer())
    base = f"/office/events/{event.public_id}/check-in"
    reply = door.post(base, data={"q": token})
    assert reply.status_code == 422
    assert "另一场对接会" in reply.text
    assert door.post(base, data={"q": "aZ09bY18cX27dW36"}).status_code == 422
    assert door.get("/c/aZ09bY18cX27dW36").status_code == 404
    assert session.scalar(select(func.count()).select_from(Attendance)) == 0


def test_without_signing_in_a_badge_shows_what_is_printed_on_it_and_no_more(
    client: Browser, make: Make, event: Event, settled: list[Registration], session: Any, settings: Settings
) -> None:
    prepare_codes(session, event.id, settings=settings)
    token = tokens_of(session, event.id, settings=settings)[settled[0].id]
    for reader in (client, client.sign_in(make.banker())):
        page = reader.get(f"/c/{token}").text
        assert "样例甲有限公司" in page
        assert event.venue in page
        assert not any(word in page for word in ("王伟", "赵行长", "样例乙", PHONE[-4:], "/check-in"))
    settled[0].state = RegistrationState.CANCELLED
    gone = client.sign_out().get(f"/c/{token}").text
    assert "已失效" in gone
    assert "样例甲" not in gone


def test_a_county_checks_in_its_own_firms_and_takes_nothing_back(
    client: Browser, make: Make, event: Event, settled: list[Registration], session: Any
) -> None:
    county = make.user(Role.COUNTY_OFFICER)
    own = make.registration(event, enterprise=make.enterprise(region_code=county.organisation.region_code))
    door = client.sign_in(county)
    base = f"/office/events/{event.public_id}/check-in"
    page = door.get(base).text
    assert own.display_name in page
    assert "样例甲" not in page
    assert door.post(f"{base}/{settled[0].id}/arrive").status_code == 404
    assert door.post(f"{base}/{own.id}/arrive").status_code == 303
    assert door.post(f"{base}/{own.id}/undo", data={"reason": "误"}).status_code == 403
    assert [row[0] for row in marks(session)] == [own.id]
    auditor = client.sign_in(make.user(Role.AUDITOR))
    assert "/arrive" not in auditor.get(f"{base}?who={settled[0].id}").text
    assert auditor.post(f"{base}/{settled[0].id}/arrive").status_code == 403


def test_before_the_day_there_is_a_list_and_no_button(client: Browser, make: Make) -> None:
    begin = now_utc() + timedelta(days=2)
    event = make.event(starts_at=begin, ends_at=begin + timedelta(hours=3), talks_start_at=begin)
    row = make.registration(event)
    door = client.sign_in(make.officer())
    base = f"/office/events/{event.public_id}/check-in"
    page = door.get(f"{base}?who={row.id}").text
    assert "起开放签到" in page
    assert "/arrive" not in page
    assert door.post(f"{base}/{row.id}/arrive").status_code == 422


def test_the_wall_shows_the_present_slot_of_the_published_timetable(
    client: Browser, make: Make, event: Event, settled: list[Registration], session: Any
) -> None:
    draft = make.timetable(event)
    hidden = make.registration(event)
    make.meeting(draft, slot=1, desk=9, enterprise_registration=hidden, institution_registration=settled[2])
    screen = client.sign_in(make.officer())
    base = f"/office/events/{event.public_id}/wall"
    now = re.sub(r"<[^>]+>|\s+", " ", screen.get(base).text)
    assert re.search(rf"7\s+{settled[2].display_name}\s+样例甲有限公司\s+—", now)
    assert "第2时段" in now
    assert hidden.display_name not in now
    later = re.sub(r"<[^>]+>|\s+", " ", screen.get(f"{base}?slot=3").text)
    assert re.search(r"—\s+样例乙有限公司", later)
    assert "http-equiv" not in screen.get(base).text
    assert 'http-equiv="refresh"' in screen.get(f"{base}?live=1").text
    settled[1].state = RegistrationState.CANCELLED
    assert "样例乙" not in screen.get(f"{base}?slot=4").text
    settled[2].state = RegistrationState.CANCELLED
    assert "样例甲" not in screen.get(f"{base}?slot=2").text


def test_a_participant_shows_his_own_badge_on_his_phone_and_nobody_elses(
    client: Browser, make: Make, event: Event, settled: list[Registration], session: Any, settings: Settings
) -> None:
    user = make.user(Role.ENTERPRISE)
    address = f"/ent/events/{event.public_id}"
    firm = client.sign_in(user)
    assert firm.get(f"{address}/badge").status_code == 404
    own = make.registration(event, enterprise=session.get(Enterprise, user.organisation.enterprise_id))
    assert f"{address}/badge" in firm.get(address).text
    page = firm.get(f"{address}/badge").text
    token = tokens_of(session, event.id, settings=settings)[own.id]
    assert qr_image(f"{settings.public_url}/c/{token}") in unescape(page)
    assert "样例甲" not in page
    own.state = RegistrationState.WAITLISTED
    assert firm.get(f"{address}/badge").status_code == 404
