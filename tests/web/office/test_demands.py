"""The page of what the office demands of a timetable; the groups in which the pages of an event stand."""

from __future__ import annotations

from typing import Any

import pytest

from ipfin.audit.models import AuditEntry
from ipfin.events.lifecycle import EventState, Side
from ipfin.events.models import Event, MeetingMinimum, MeetingOrder
from tests.factories import Make
from tests.web.conftest import Browser


@pytest.fixture
def office(client: Browser, make: Make) -> Browser:
    return client.sign_in(make.officer())


def test_a_minimum_is_set_changed_and_deleted(office: Browser, make: Make, session: Any) -> None:
    event = make.event(slot_count=2)
    firm, house = make.registration(event), make.registration(event, Side.INSTITUTION)
    make.agreed(firm, house)
    base = f"/office/events/{event.public_id}"
    assert f'href="{base}/demands"' in office.get(f"{base}/proposals").text
    refused = office.post(f"{base}/demands/minimum", data=said(firm.id, 3, 0))
    assert (refused.status_code, "只够2场" in refused.text) == (422, True)
    assert office.post(f"{base}/demands/minimum", data=said(firm.id, 2, 0)).status_code == 303
    page = office.get(f"{base}/demands?minimum={firm.id}").text
    assert 'value="2"' in page
    assert "不够" in page, "both sides agreed to one meeting only"
    late = office.post(f"{base}/demands/minimum", data=said(firm.id, 1, 0))
    assert (late.status_code, "已保存的" in late.text) == (409, True)
    assert office.post(f"{base}/demands/minimum", data=said(firm.id, 1, 1)).status_code == 303
    assert session.query(MeetingMinimum).one().least == 1
    drop = f"{base}/demands/minimum/{firm.id}/drop"
    assert "没有删除" in office.post(drop, data={"version": "1"}, follow_redirects=True).text
    assert office.post(drop, data={"version": "2"}).status_code == 303
    assert "没有为哪一家单独定" in office.get(f"{base}/demands").text


def said(registration_id: int, least: int, version: int) -> dict[str, str]:
    """Return the form of a minimum."""
    return {
        "least-registration": str(registration_id),
        "least-least": str(least),
        "least-version": str(version),
    }


def test_an_order_is_set_turned_round_and_deleted(office: Browser, make: Make, session: Any) -> None:
    event = make.event()
    firm = make.registration(event)
    one, two = (make.registration(event, Side.INSTITUTION) for _ in range(2))
    for house in (one, two):
        make.agreed(firm, house)
    base = f"/office/events/{event.public_id}/demands"
    first, second = f"{one.id}-{firm.id}", f"{two.id}-{firm.id}"

    def form(earlier: str, later: str, version: int = 0) -> dict[str, str]:
        return {"order-earlier": earlier, "order-later": later, "order-version": str(version)}

    assert office.post(f"{base}/orders", data=form(first, "1-1")).status_code == 422
    assert office.post(f"{base}/orders", data=form(first, second)).status_code == 303
    kept = session.query(AuditEntry).filter_by(action="events.order.set").one().detail
    assert " / " in kept
    assert "与" not in kept, "the log is read in either language"
    order_id = session.query(MeetingOrder).one().id
    circle = office.post(f"{base}/orders", data=form(second, first))
    assert (circle.status_code, "成了环" in circle.text) == (422, True)
    assert f'<option selected value="{first}">' in office.get(f"{base}?order={order_id}").text
    turned = form(second, first, 1)
    assert office.post(f"{base}/orders?order={order_id}", data=turned).status_code == 303
    late = office.post(f"{base}/orders?order={order_id}", data=form(first, second, 1))
    assert (late.status_code, late.text.count("已保存的</strong>")) == (409, 2)
    assert office.post(f"{base}/orders/{order_id}/drop", data={"version": "2"}).status_code == 303
    gone = office.post(f"{base}/orders?order={order_id}", data=turned)
    assert (gone.status_code, "可能已被删除" in gone.text) == (422, True)
    assert "没有先后要求" in office.get(base).text


def test_after_publication_demands_are_read_only(office: Browser, make: Make, session: Any) -> None:
    row = make.meeting_order()
    event = session.get_one(Event, row.event_id)
    event.state = EventState.SCHEDULED
    make.session.flush()
    page = office.get(f"/office/events/{event.public_id}/demands").text
    assert "排期要求不能再改" in page
    assert "不再双方同意，不起作用" in page
    assert '<form method="post" class="stack"' not in page


@pytest.mark.parametrize(
    ("tab", "group", "beside", "elsewhere"),
    [
        ("programme", "筹备", "materials", "签到"),
        ("results", "会后", "training", "会务包"),
    ],
)
def test_the_pages_of_an_event_stand_where_an_organiser_looks(
    office: Browser, make: Make, tab: str, group: str, beside: str, elsewhere: str
) -> None:
    event = make.event(state=EventState.SCHEDULED)
    base = f"/office/events/{event.public_id}"
    page = office.get(f"{base}/{tab}").text
    assert f'aria-current="true">{group}</a>' in page
    tabs = page[page.index("tabs-groups") : page.index("</nav>", page.index("tabs-groups"))]
    assert f"{base}/{beside}" in tabs
    assert f">{elsewhere}<" not in tabs
    assert tabs.count("</li>") <= 4 + 8
