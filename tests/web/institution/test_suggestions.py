"""Suggestions on the pages of both sides and of the office; who may ask; the weights."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from ipfin.events.asking import USUAL
from ipfin.events.lifecycle import Side
from ipfin.events.models import Event, Wish
from ipfin.events.queries import preference_of, weights_in_force, wishes_of
from ipfin.events.suggestions import DEFAULT_WEIGHTS
from ipfin.events.wishes import DayPart
from ipfin.kernel.actor import Role
from ipfin.kernel.clock import today_in_china
from ipfin.registry.models import Enterprise
from tests.factories import Make
from tests.web.conftest import Browser


def soon(make: Make, **overrides: Any) -> Event:
    return make.event(registration_closes_on=today_in_china() + timedelta(days=3), **overrides)


def test_a_bank_says_what_it_looks_for_and_wishes_with_one_click(
    client: Browser, make: Make, session: Any
) -> None:
    event, user = soon(make), make.banker()
    own = make.registration(event, Side.INSTITUTION, organisation=user.organisation)
    fits = make.registration(event, amount_fen=200_000_000)
    make.registration(event, amount_fen=999_000_000)
    client.sign_in(user)
    base = f"/bank/events/{event.public_id}"
    assert "填写洽谈偏好后" in client.get(f"{base}/wishes").text
    wrong = client.post(
        f"{base}/preferences", data={"amount_from": "3", "amount_to": "2", "industries": "Z9"}
    )
    assert wrong.status_code == 422
    said = {
        "amount_from": "100",
        "amount_to": "500",
        "months_from": "6",
        "kinds": "design",
        "least_grade": "",
        "version": "0",
    }
    assert client.post(f"{base}/preferences", data=said).status_code == 303
    kept = preference_of(session, own)
    assert kept is not None
    assert (kept.amount_from_fen, kept.kinds) == (100_000_000, ["design"])
    page = client.get(f"{base}/wishes").text
    assert page.count(">希望见面<") == 1
    assert "意向金额200.00万元在机构的范围内" in page
    assert "企业没有填写期限，不判断" in page
    assert "100.00" in client.get(f"{base}/preferences").text
    assert client.post(f"{base}/wishes", data={f"wish-{fits.id}": "2"}).status_code == 303
    assert wishes_of(session, own.id) == {fits.id: 2}
    assert ">希望见面<" not in client.get(f"{base}/wishes").text


def test_a_firm_is_shown_the_houses_that_look_for_it_and_has_no_preferences(
    client: Browser, make: Make, session: Any
) -> None:
    event, user = soon(make, asking=list(USUAL)), make.user(Role.ENTERPRISE)
    firm = session.get_one(Enterprise, user.organisation.enterprise_id)
    make.registration(event, enterprise=firm, amount_fen=200_000_000)
    house, other = (make.registration(event, Side.INSTITUTION) for _ in range(2))
    make.preference(house)
    make.preference(other, amount_to_fen=100_000_000)
    client.sign_in(user)
    page = client.get(f"/ent/events/{event.public_id}/wishes").text
    assert page.count(">希望见面<") == 1
    assert house.display_name in page
    assert client.get(f"/ent/events/{event.public_id}/preferences").status_code == 404


def test_who_may_not_be_asked_is_not_suggested_and_refused_in_words(
    client: Browser, make: Make, session: Any
) -> None:
    event, user = soon(make, asking=list(USUAL), institution_requests=1), make.banker()
    own = make.registration(event, Side.INSTITUTION, organisation=user.organisation)
    make.preference(own)
    other = make.registration(event, amount_fen=200_000_000)
    listed = [make.registration(event, enterprise=make.admission().enterprise) for _ in range(2)]
    client.sign_in(user)
    address = f"/bank/events/{event.public_id}/wishes"
    page = client.get(address).text
    assert ">希望见面<" not in page
    assert "须由对方先提出" in page
    refused = client.post(address, data={f"wish-{other.id}": "2"})
    assert refused.status_code == 422
    assert "不能先向白名单以外的企业提出意愿" in refused.text
    over = client.post(address, data={f"wish-{row.id}": "2" for row in listed})
    assert "最多先提出1个意愿" in over.text
    assert wishes_of(session, own.id) == {}
    make.wish(other, own)
    assert client.get(address).text.count(">希望见面<") == 1
    assert client.post(address, data={f"wish-{other.id}": "2"}).status_code == 303


def test_morning_or_afternoon_is_asked_where_the_event_has_both(
    client: Browser, make: Make, session: Any
) -> None:
    user = make.banker()
    client.sign_in(user)
    for slots, is_asked in ((10, False), (11, True)):  # 9:30 and quarters of an hour: the 11th begins at noon
        event = soon(make, slot_count=slots)
        own = make.registration(event, Side.INSTITUTION, organisation=user.organisation)
        firm = make.registration(event)
        address = f"/bank/events/{event.public_id}/wishes"
        assert (f'name="part-{firm.id}"' in client.get(address).text) is is_asked
        client.post(address, data={f"wish-{firm.id}": "2", f"part-{firm.id}": "afternoon"})
        wish = session.query(Wish).filter_by(from_registration_id=own.id).one()
        assert wish.part is DayPart.AFTERNOON


@pytest.fixture
def office(client: Browser, make: Make) -> Browser:
    return client.sign_in(make.officer())


def test_the_office_sees_who_might_fit_and_goes_on_to_propose(office: Browser, make: Make) -> None:
    event = make.event()
    firm = make.registration(event, amount_fen=200_000_000)
    houses = [make.registration(event, Side.INSTITUTION) for _ in range(2)]
    address = f"/office/events/{event.public_id}/proposals"
    assert "还没有机构填写洽谈偏好" in office.get(address).text
    for house in houses:
        make.preference(house)
    assert office.get(address).text.count("去提议") == 2
    one = office.get(f"{address}?of={houses[1].id}").text
    assert one.count("去提议") == 1
    assert f"firm={firm.id}&amp;house={houses[1].id}" in one
    make.wish(firm, houses[1], strength=0)
    assert office.get(address).text.count("去提议") == 1


def test_the_office_reweighs_with_a_reason_and_every_version_stays(
    office: Browser, make: Make, session: Any
) -> None:
    points = {criterion.value: str(weight) for criterion, weight in DEFAULT_WEIGHTS.items()}
    changed = points | {"amount": "20", "term": "15", "reason": "期限更要紧", "version": "0"}
    assert office.post("/office/events/weights", data=changed | {"term": "16"}).status_code == 422
    assert office.post("/office/events/weights", data=changed | {"reason": ""}).status_code == 422
    assert office.post("/office/events/weights", data=changed).status_code == 303
    assert weights_in_force(session).number == 1
    page = office.get("/office/events/weights").text
    assert "期限更要紧" in page
    assert "平台原有" in page
    stale = office.post("/office/events/weights", data=changed | {"amount": "21", "term": "14"})
    assert (stale.status_code, "已保存的" in stale.text) == (409, True)


def test_a_fixed_pair_is_not_offered_to_be_fixed_again(office: Browser, make: Make) -> None:
    event = make.event()
    firm, house = make.registration(event), make.registration(event, Side.INSTITUTION)
    make.agreed(firm, house)
    make.meeting_proposal(firm, house)
    address = f"/office/events/{event.public_id}/proposals"
    assert ">指定时段</a>" in office.get(address).text
    make.fixed_meeting(firm, house)
    page = office.get(address).text
    assert ">指定时段</a>" not in page
    assert 'id="fix-firm"' not in page  # nobody is left to be fixed


def test_a_bank_with_desks_says_when_each_is_there(client: Browser, make: Make, session: Any) -> None:
    event, user = soon(make, slot_count=3), make.banker()
    own = make.registration(event, Side.INSTITUTION, organisation=user.organisation, desks=2)
    client.sign_in(user)
    base = f"/bank/events/{event.public_id}"
    assert 'value="2-2"' in client.get(base).text
    said = {"absent_slots": "0", "desk_absent": ["2-1", "nonsense"], "version": "1"}
    assert client.post(f"{base}/absences", data=said).status_code == 303
    session.refresh(own)
    assert (own.absent_slots, own.desk_absences) == ([0], [[], [1]])
    assert 'value="2-1" aria-label="席位2在09:45—10:00不在" checked' in client.get(base).text
    later = client.post(f"{base}/absences", data=said | {"absent_slots": "2"})
    assert (later.status_code, "席位2：第2时段" in later.text) == (409, False), "what is the same is not told"
    assert client.post(f"{base}/absences", data={"desk_absent": "3-1", "version": "2"}).status_code == 422
