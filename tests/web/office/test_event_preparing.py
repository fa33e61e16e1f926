"""Passing an event on, and its reminders, as the office sees them; the short link as everybody does."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from ipfin.accounts.models import OrganisationKind
from ipfin.audit.models import AuditEntry
from ipfin.events.lifecycle import EventState
from ipfin.events.models import EventReminderPlan
from ipfin.kernel.actor import Role
from ipfin.kernel.clock import now_utc, today_in_china
from tests.factories import Make
from tests.web.conftest import Browser


def coming(**more: Any) -> dict[str, Any]:
    """Return an event of in ten days, whose registration closes in eight."""
    starts = now_utc() + timedelta(days=10)
    when = {"starts_at": starts, "ends_at": starts + timedelta(hours=3), "talks_start_at": starts}
    return {**when, "registration_closes_on": today_in_china() + timedelta(days=8), **more}


def test_the_short_link_leads_everybody_to_the_event_also_after_it_was_called_off(
    client: Browser, make: Make
) -> None:
    event = make.event(title="样例对接会")
    code = make.short_link(event, code="k7m2xq").code
    reply = client.get(f"/e/{code.upper()}")
    assert (reply.status_code, reply.location) == (302, f"/events/{event.public_id}")
    page = client.get(reply.location).text
    assert "详情与报名：http://127.0.0.1:8000/e/k7m2xq" in page
    event.state = EventState.CANCELLED
    page = client.get(f"/e/{code}", follow_redirects=True).text
    assert "本活动已取消" in page
    assert "（已取消）" in page
    assert b"METHOD:CANCEL" in client.get(f"/events/{event.public_id}.ics").data
    assert "样例对接会" not in client.get("/events/").text
    event.state = EventState.DRAFT
    assert client.get(f"/e/{code}").status_code == 404
    assert client.get("/e/zzzzzz").status_code == 404


def test_the_office_copies_text_link_and_code_out_of_the_events_page(client: Browser, make: Make) -> None:
    event = make.event(title="样例对接会")
    make.short_link(event, code="k7m2xq")
    office = client.sign_in(make.officer())
    page = office.get(f"/office/events/{event.public_id}").text
    assert page.count("http://127.0.0.1:8000/e/k7m2xq") == 2, "in the text, and to be read out"
    picture = office.get(f"/office/events/{event.public_id}/qr.png")
    assert (picture.mimetype, picture.data[:8]) == ("image/png", b"\x89PNG\r\n\x1a\n")
    assert "attachment" in picture.headers["Content-Disposition"]
    draft = make.event(state=EventState.DRAFT)
    assert "转发与海报" not in office.get(f"/office/events/{draft.public_id}").text
    assert office.get(f"/office/events/{draft.public_id}/qr.png").status_code == 404


def test_the_plan_of_reminders_is_shown_changed_and_refused_in_words(
    client: Browser, make: Make, session: object
) -> None:
    event = make.event(**coming())
    make.reminder(event, told=7)
    office = client.sign_in(make.officer())
    place = f"/office/events/{event.public_id}/reminders"
    page = office.get(place).text
    for shown in ("目前为默认计划", "待发送", "7家", 'value="3、1"'):
        assert shown in page
    said = {"coming": "5，2", "closing": "", "wishes": "1", "wishes_until": "", "version": "0"}
    assert office.post(place, data=said).status_code == 303
    (plan,) = session.query(EventReminderPlan)  # type: ignore[attr-defined]
    assert (plan.coming_days, plan.closing_days, plan.wishes_days) == ([5, 2], [], [1])
    assert office.post(place, data=said).status_code == 409, "somebody saved it meanwhile"
    refused = office.post(place, data={**said, "coming": "三天", "version": "1"})
    assert (refused.status_code, "请填天数" in refused.text) == (422, True)
    assert office.post(place, data={**said, "coming": "90", "version": "1"}).status_code == 422
    county = client.sign_in(make.user(Role.COUNTY_OFFICER))
    assert "修改提醒计划" not in county.get(place).text
    assert county.post(place, data=said).status_code == 403


def test_firms_are_invited_once_from_a_pasted_list_and_their_answers_are_followed(
    client: Browser, make: Make, audited: Callable[[str], list[AuditEntry]]
) -> None:
    event = make.event(**coming())
    known, other, silent = (make.enterprise(name=f"样例{name}有限公司") for name in "甲乙丙")
    user = make.user(
        Role.ENTERPRISE, organisation=make.organisation(OrganisationKind.ENTERPRISE, enterprise=known)
    )
    office, place = client.sign_in(make.officer()), f"/office/events/{event.public_id}/invitations"
    said = {"firms": f"{known.credit_code}\n样例乙有限公司\n样例丙有限公司\n样例丁有限公司\n", "address": ""}
    page = office.post(place, data=said, follow_redirects=True).text
    for shown in ("已邀请3家企业", "2家没有开通账号", "1行没有找到企业：样例丁有限公司", "样例甲有限公司"):
        assert shown in page
    assert "3家此前已邀请" in office.post(place, data=said, follow_redirects=True).text
    make.registration(event, enterprise=other)
    firm = client.sign_in(user)
    assert "主办方邀请贵单位参加" in firm.get(f"/ent/events/{event.public_id}").text
    declined = firm.post(f"/ent/events/{event.public_id}/decline", data={"reason": "样例出差"})
    assert declined.status_code == 303
    assert "已于" in firm.get(f"/ent/events/{event.public_id}").text
    office = client.sign_in(make.officer())
    page = office.get(place).text
    assert "样例出差" in page
    assert re.findall(r">\n?(样例.有限公司)</textarea>", page) == [silent.name], "who said nothing"
    assert "样例甲有限公司" not in office.get(f"{place}?answered=registered").text.split("<textarea")[0]
    taken = office.post(f"{place}/export", data={"answered": "nothing"}, follow_redirects=True)
    assert taken.mimetype.endswith("spreadsheetml.sheet")
    assert [len(audited(code)) for code in ("exports.made", "events.invitation.declined")] == [1, 1]


def test_a_list_of_firms_is_invited_by_its_address_and_never_all_of_them(client: Browser, make: Make) -> None:
    event = make.event(**coming())
    make.enterprise(name="样例甲有限公司")
    make.enterprise(name="样例乙有限公司")
    office, place = client.sign_in(make.officer()), f"/office/events/{event.public_id}/invitations"

    def ask(**said: str) -> tuple[int, str]:
        reply = office.post(place, data={"firms": "", "address": "", **said}, follow_redirects=True)
        return reply.status_code, reply.text

    assert "已邀请1家企业" in ask(address="https://ipfin.test/office/firms/?q=样例甲&sort=name")[1]
    for said in (
        {},
        {"address": "https://ipfin.test/office/firms/"},
        {"address": "https://elsewhere.test/"},
        {"address": "/office/firms/?q=没有这家"},
        {"firms": "样例乙有限公司", "address": "/office/firms/?q=样例乙"},
    ):
        assert ask(**said)[0] == 422
    event.state = EventState.CLOSED
    assert ask(firms="样例乙有限公司")[0] == 409


def test_addresses_and_numbers_that_are_none_are_answered_in_words(client: Browser, make: Make) -> None:
    office, place = client.sign_in(make.officer()), f"/office/events/{make.event(**coming()).public_id}"
    assert office.post(f"{place}/invitations", data={"address": "http://[abc"}).status_code == 422
    huge = 10**22
    for page in ("questions?question=", "programme?line=", "check-in?who="):
        assert office.get(f"{place}/{page}{huge}").status_code == 200
    assert office.get(f"/office/match/conflicts/?batch={huge}").status_code == 200
