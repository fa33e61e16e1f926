"""The office proposes a meeting on its page, both answer on theirs, and an agreed pair gets its slot."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from ipfin.accounts.models import User
from ipfin.events.lifecycle import EventState, Side
from ipfin.events.models import FixedMeeting, MeetingProposal, Registration
from ipfin.events.queries import wishes_of
from ipfin.kernel.actor import Role
from ipfin.kernel.clock import now_utc
from ipfin.registry.models import Enterprise
from tests.factories import Make
from tests.web.conftest import Browser


@pytest.fixture
def hall(make: Make, session: Any) -> tuple[User, User, Registration, Registration]:
    """A firm and a bank with people of their own, both signed up."""
    starts = now_utc() + timedelta(days=10)
    event = make.event(slot_count=4, desk_count=2, starts_at=starts, ends_at=starts + timedelta(hours=3))
    manager, banker = make.user(Role.ENTERPRISE), make.user(Role.BANK)
    firm = make.registration(
        event, enterprise=session.get_one(Enterprise, manager.organisation.enterprise_id)
    )
    return manager, banker, firm, make.registration(event, Side.INSTITUTION, organisation=banker.organisation)


def test_a_proposal_is_answered_by_both_and_then_fixed(
    client: Browser, make: Make, session: Any, hall: tuple[User, User, Registration, Registration]
) -> None:
    manager, banker, firm, house = hall
    public_id = make.event_of(firm).public_id
    office = make.user(Role.CITY_OFFICER)
    client.sign_in(office)
    base = f"/office/events/{public_id}/proposals"
    pair = {"firm": str(firm.id), "house": str(house.id)}
    assert "请写明提议的理由" in client.post(f"{base}/make", data=pair).text
    asked = client.post(f"{base}/make", data=pair | {"reason": "贷款金额与期限相合"}, follow_redirects=True)
    assert asked.text.count("待答复") == 2
    again = client.post(f"{base}/make", data=pair | {"reason": "再提一次"})
    assert (again.status_code, "已有提议" in again.text) == (422, True)
    proposal = session.scalars(select(MeetingProposal)).one()

    client.sign_in(banker)
    page = client.get(f"/bank/events/{public_id}").text
    assert "贷款金额与期限相合" in page
    assert "主办方提议了1场洽谈" in client.get("/bank/").text
    answer = f"/bank/events/{public_id}/proposals/{proposal.id}"
    assert client.post(answer, data={"answer": "maybe"}).status_code == 422
    client.post(answer, data={"answer": "accept"})

    client.sign_in(manager)
    assert "希望见您" in client.get(f"/ent/events/{public_id}").text
    client.post(f"/ent/events/{public_id}/proposals/{proposal.id}", data={"answer": "accept"})

    client.sign_in(office)
    fixed = {f"fix-{name}": value for name, value in pair.items()}
    wrong = client.post(f"{base}/fix", data=fixed | {"fix-slot": "0", "fix-desk": "9"})
    assert (wrong.status_code, "没有这张桌" in wrong.text) == (422, True)
    done = client.post(f"{base}/fix", data=fixed | {"fix-slot": "0", "fix-desk": "1"}, follow_redirects=True)
    assert "双方同意" in done.text
    kept = session.scalars(select(FixedMeeting)).one()
    assert (kept.slot, kept.desk) == (0, 1)
    client.post(f"{base}/fixed/{kept.id}/release")
    assert session.scalars(select(FixedMeeting)).all() == []
    must = client.post(f"{base}/fix", data=fixed | {"fix-slot": "-1"}, follow_redirects=True)
    assert "已定为必排" in must.text
    assert session.scalars(select(FixedMeeting)).one().slot is None
    withdrawn = client.post(f"{base}/{proposal.id}/withdraw", follow_redirects=True)
    assert "还没有提议" in withdrawn.text


def test_who_declined_is_shown_to_the_office_and_to_nobody_else(
    client: Browser, make: Make, session: Any, hall: tuple[User, User, Registration, Registration]
) -> None:
    manager, banker, firm, house = hall
    public_id = make.event_of(firm).public_id
    proposal = make.meeting_proposal(firm, house)
    client.sign_in(manager)
    client.post(f"/ent/events/{public_id}/proposals/{proposal.id}", data={"answer": "decline"})
    assert wishes_of(session, firm.id) == {house.id: 0}
    client.sign_in(banker)
    page = client.get(f"/bank/events/{public_id}").text
    assert "待答复" in page
    assert "已谢绝" not in page
    assert "tag-bad" not in page
    client.sign_in(make.user(Role.AUDITOR))
    shown = client.get(f"/office/events/{public_id}/proposals").text
    assert "tag-bad" in shown
    assert "提议并通知双方" not in shown


def test_a_county_sees_the_proposals_about_its_own_firms_only(
    client: Browser, make: Make, session: Any
) -> None:
    county = make.user(Role.COUNTY_OFFICER)
    mine = make.meeting_proposal(reason="本县的一对")
    event = make.event_of(mine.enterprise_registration)
    firm = session.get_one(Enterprise, mine.enterprise_registration.enterprise_id)
    firm.region_code = county.organisation.region_code
    make.meeting_proposal(make.registration(event), reason="别县的一对")
    client.sign_in(county)
    page = client.get(f"/office/events/{event.public_id}/proposals").text
    assert "本县的一对" in page
    assert "别县的一对" not in page
    assert client.post(f"/office/events/{event.public_id}/proposals/fix").status_code == 403


def test_nothing_is_proposed_after_publication(client: Browser, make: Make) -> None:
    proposal = make.meeting_proposal()
    event = make.event_of(proposal.enterprise_registration)
    event.state = EventState.SCHEDULED
    client.sign_in(make.user(Role.CITY_OFFICER))
    page = client.get(f"/office/events/{event.public_id}/proposals").text
    assert "样例理由" in page
    assert "提议并通知双方" not in page
