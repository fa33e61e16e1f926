"""From a round of visits to the records of the visits: offered, completed, saved once, found on the firm."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.events.attendance import Mark
from ipfin.events.lifecycle import EventKind, EventState, Side
from ipfin.events.models import Event, Registration
from ipfin.events.queries.visiting import visited_firms
from ipfin.kernel.actor import Role
from ipfin.kernel.clock import in_china, now_utc
from ipfin.kernel.money import Fen
from ipfin.liaison.models import EnterpriseVisit
from tests.factories import Make
from tests.web.conftest import Browser


def a_round(make: Make, **overrides: object) -> Event:
    """Return a round of visits that ended a minute ago."""
    ends = now_utc() - timedelta(minutes=1)
    when = {"starts_at": ends - timedelta(hours=3), "ends_at": ends, "talks_start_at": ends}
    kind = {"kind": EventKind.VISIT, "slot_count": 0, "state": EventState.CLOSED, "title": "样例走访"}
    return make.event(**{**when, **kind, **overrides})


def test_a_visit_is_offered_with_what_the_event_knows_and_saved_once(
    client: Browser, make: Make, session: Session
) -> None:
    event = a_round(make)
    make.programme_line(event, title="参观生产线")
    said = {"contact_name": "王芳", "contact_post": "财务总监", "second_name": "李四"}
    row = make.registration(event, need="流动资金", amount_fen=Fen(300_000_000), months=12, **said)
    make.registration(event, Side.INSTITUTION, display_name="样例银行")
    away = make.registration(event, Side.INSTITUTION, display_name="缺席银行")
    make.attendance(away, mark=Mark.NO_SHOW)
    make.attendance(row, companion_name="赵六")
    office, tab = client.sign_in(make.officer()), f"/office/events/{event.public_id}/visits"
    address = f"{tab}/{row.id}"
    assert address in office.get(tab).text
    page = office.get(address).text
    known = ("王芳财务总监、赵六", "参观生产线", "同行机构：样例银行", "拟融资300.00万元", "期限12个月")
    assert [word for word in known if word not in page] == []
    assert "缺席银行" not in page
    day = in_china(event.starts_at).date()
    form = {"visited_on": day.isoformat(), "officers": "经办甲", "topics": "样例走访", "needs": "流动资金"}
    assert office.post(address, data=form | {"topics": ""}).status_code == 422
    late = {"follow_up": "送政策汇编", "due_on": (day + timedelta(days=7)).isoformat()}
    assert office.post(address, data=form | late).status_code == 303
    visit = session.scalars(select(EnterpriseVisit)).one()
    assert (visit.enterprise_id, visit.follow_up) == (row.enterprise_id, "送政策汇编")
    again = office.post(address, data=form)
    assert (again.status_code, "走访记录已登记" in again.text) == (409, True)
    firm = row.enterprise
    assert firm is not None
    shown = f"/office/firms/{firm.public_id}/visits/{visit.id}"
    assert (shown in office.get(tab).text, address in office.get(tab).text) == (True, False)
    assert f"/office/events/{event.public_id}/visits" in office.get(shown).text
    assert "送政策汇编" in office.get(f"/office/firms/{firm.public_id}").text
    office.post(f"{shown}/void", data={"reason": "记错"})
    assert office.post(address, data=form).status_code == 303


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": EventKind.BRIEFING}, "不是企业走访"),
        ({"state": EventState.CANCELLED}, "已取消"),
        (
            {"starts_at": now_utc() + timedelta(days=1), "ends_at": now_utc() + timedelta(days=2)},
            "走访开始后",
        ),
    ],
)
def test_what_did_not_take_place_is_not_written_down(
    client: Browser, make: Make, change: dict[str, object], words: str
) -> None:
    event = a_round(make, **change)
    row = make.registration(event)
    office, address = client.sign_in(make.officer()), f"/office/events/{event.public_id}/visits"
    assert words in office.get(address).text
    said = {"visited_on": "2026-01-05", "officers": "经办甲", "topics": "样例"}
    refused = office.post(f"{address}/{row.id}", data=said)
    assert (refused.status_code, words in refused.text) == (409, True)


def test_a_county_writes_down_the_visits_to_its_own_firms(client: Browser, make: Make) -> None:
    officer = make.user(Role.COUNTY_OFFICER)
    event = a_round(make)
    firm = make.enterprise(region_code=officer.organisation.region_code)
    own, foreign = make.registration(event, enterprise=firm), make.registration(event)
    county, tab = client.sign_in(officer), f"/office/events/{event.public_id}/visits"
    page = county.get(tab).text
    assert (f"{tab}/{own.id}" in page, f"{tab}/{foreign.id}" in page) == (True, False)
    assert county.get(f"{tab}/{foreign.id}").status_code == 404
    assert county.get(f"{tab}/{own.id}").status_code == 200


def test_a_firm_that_was_merged_away_is_not_offered(make: Make, session: Session) -> None:
    event = a_round(make)
    kept, gone = make.registration(event), make.registration(event)
    make.enterprise_merge(make.match_candidate(kept.enterprise, gone.enterprise))
    assert [one.registration.id for one in visited_firms(session, event.id, Registration.id > 0)] == [kept.id]
