"""Two who change the same thing of an event at once: the later one is shown both texts and loses nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from ipfin.events.lifecycle import EventState, Side
from ipfin.events.models import Event, EventQuestion, ProgrammeLine, Registration, Wish
from ipfin.events.queries import wishes_of
from ipfin.events.questions import QuestionKind
from ipfin.kernel.clock import now_utc, today_in_china
from tests.factories import Make
from tests.web.conftest import Browser

ITEM = {"starts_at": "2026-04-16T09:00", "ends_at": "2026-04-16T09:20", "title": "领导致辞"}
QUESTION = {"text": "希望了解哪类产品", "kind": "text", "asked_of": ""}
PLAN = {"coming": "3、1", "closing": "2", "wishes": "1"}
HOURS = {"gives_records": "y", "hours": "3"}


def version_in(page: str) -> str:
    """Return the version of which the form of a page speaks."""
    found = re.search(r'name="version" type="hidden" value="(\d+)"', page)
    assert found
    return found[1]


def lose_nothing(
    browser: Browser, page: str, address: str, first: Mapping[str, Any], second: Mapping[str, Any], word: str
) -> None:
    """Open a page twice and save it twice; `word` stands only in what was saved first."""
    seen = {"version": version_in(browser.get(page).text)}
    assert browser.post(address, data={**first, **seen}).status_code == 303
    late = browser.post(address, data={**second, **seen})
    assert (late.status_code, "他人刚刚修改过这里" in late.text) == (409, True)
    told = re.findall(r"<dd><strong>(.*?)</strong><span[^>]*>(.*?)</span>", late.text, re.DOTALL)
    assert [who for who, _text in told] == ["您填写的", "已保存的"], "one difference, both texts"
    assert word not in told[0][1]
    assert word in told[1][1]
    again = {**second, "version": version_in(late.text)}
    assert browser.post(address, data=again).status_code == 303, "whoever read both may decide"


def office_pages(make: Make) -> dict[str, tuple[str, Mapping[str, Any], Mapping[str, Any], str]]:
    """Return by name an address with its two texts, and a word of the first."""
    event = make.event()
    soon = now_utc() + timedelta(days=10)
    coming = make.event(starts_at=soon, ends_at=soon + timedelta(hours=3), talks_start_at=soon)
    held = make.event(state=EventState.FINISHED)
    line, question = make.programme_line(event), make.question(event)
    return {
        "item": (
            f"/office/events/{event.public_id}/programme?line={line.id}",
            *(ITEM | {"title": "先到者"}, ITEM, "先到者"),
        ),
        "question": (
            f"/office/events/{event.public_id}/questions?question={question.id}",
            *(QUESTION | {"text": "先到者的问题"}, QUESTION, "先到者的问题"),
        ),
        "reminders": (
            f"/office/events/{coming.public_id}/reminders",
            *(PLAN | {"coming": "5"}, PLAN, "5"),
        ),
        "training": (f"/office/events/{held.public_id}/training", HOURS | {"hours": "7"}, HOURS, "7"),
        "minutes": (
            f"/office/events/{held.public_id}/minutes",
            *({"body": "先到者的纪要"}, {"body": "后到者的纪要"}, "先到者的纪要"),
        ),
    }


@pytest.mark.parametrize("name", ["item", "question", "reminders", "training", "minutes"])
def test_two_of_the_office_lose_nothing(client: Browser, make: Make, name: str) -> None:
    address, first, second, word = office_pages(make)[name]
    lose_nothing(client.sign_in(make.officer()), address, address, first, second, word)


def test_what_was_taken_out_meanwhile_can_be_added_anew(client: Browser, make: Make, session: Any) -> None:
    office, event = client.sign_in(make.officer()), make.event()
    base = f"/office/events/{event.public_id}"
    line, question = make.programme_line(event), make.question(event)
    for address, one, said in (
        (f"{base}/programme", f"?line={line.id}", ITEM | {"title": "后到者"}),
        (f"{base}/questions", f"?question={question.id}", QUESTION | {"text": "后到者"}),
    ):
        key = one.partition("=")[2]
        assert office.post(f"{address}/{key}/remove", data={"version": "1"}).status_code == 303
        late = office.post(address + one, data={**said, "version": "1"})
        assert (late.status_code, 'value="后到者"' in late.text) == (422, True)
        assert f'action="{address}"' in late.text, "the form adds now"
        assert office.post(address, data=said).status_code == 303
    assert {row.title for row in session.query(ProgrammeLine)} == {"后到者"}
    assert {row.text for row in session.query(EventQuestion)} == {"后到者"}


def test_nobody_opens_or_removes_what_he_has_not_read(client: Browser, make: Make) -> None:
    office, event = client.sign_in(make.officer()), make.event()
    base = f"/office/events/{event.public_id}"
    question = make.question(event)
    address = f"{base}/questions/{question.id}/remove"
    kept = office.post(address, data={"version": "0"}, follow_redirects=True)
    assert ("没有删除" in kept.text, question.text in kept.text) == (True, True)
    document = make.issued_document(None, subject=f"event:{event.id}:material")
    file = make.material(event, document_id=document.id)
    wider = {"audience": "everybody", "version": "9"}
    late = office.post(f"{base}/materials/{file.id}/audience", data=wider, follow_redirects=True)
    assert "他人刚刚把下载范围改为“" in late.text
    assert "没有保存" in late.text


@pytest.fixture
def bank(client: Browser, make: Make) -> tuple[Browser, Event, Registration]:
    """A bank that takes part in an event, signed in."""
    user = make.banker()
    event = make.event(registration_closes_on=today_in_china() + timedelta(days=3))
    own = make.registration(
        event, Side.INSTITUTION, organisation=user.organisation, desks=2, contact_name="原来的人"
    )
    return client.sign_in(user), event, own


@pytest.mark.parametrize(
    ("page", "address", "first", "second", "word"),
    [
        (
            *("preferences", "preferences"),
            {"amount_from": "100", "least_grade": ""},
            {"amount_from": "300", "least_grade": ""},
            "100",
        ),
        ("", "absences", {"absent_slots": "0"}, {"desk_absent": "2-1"}, "09:30"),
        (
            *("register", "register"),
            {"contact_name": "张三", "phone": "0372-2900001", "desks": "2"},
            {"contact_name": "张三", "phone": "0372-2900001", "desks": "1"},
            "2",
        ),
    ],
)
def test_two_of_a_bank_lose_nothing(
    bank: tuple[Browser, Event, Registration],
    page: str,
    address: str,
    first: Mapping[str, Any],
    second: Mapping[str, Any],
    word: str,
) -> None:
    browser, event, _own = bank
    base = f"/bank/events/{event.public_id}"
    if page:
        lose_nothing(browser, f"{base}/{page}", f"{base}/{address}", first, second, word)
        return
    seen = {"version": version_in(browser.get(base).text)}
    assert browser.post(f"{base}/{address}", data={**first, **seen}).status_code == 303
    late = browser.post(f"{base}/{address}", data={**second, **seen})
    assert (late.status_code, "席位2：第2时段" in late.text, word in late.text) == (409, True, True)
    assert 'value="2-1" aria-label="席位2在09:45—10:00不在" checked' in late.text, "what was ticked stays"


FIRST_PERSON = {"contact_name": "先到者", "contact_post": "会计", "phone": "13900000001", "reason": "出差"}
SECOND_PERSON = {"contact_name": "后到者", "contact_post": "会计", "phone": "13900000001", "reason": "出差"}


def test_two_who_send_another_person_lose_nothing(
    bank: tuple[Browser, Event, Registration], make: Make
) -> None:
    browser, event, own = bank
    page = f"/bank/events/{event.public_id}/substitute"
    lose_nothing(browser, page, page, FIRST_PERSON, SECOND_PERSON, "先到者")
    office = browser.sign_in(make.officer())
    base = f"/office/events/{event.public_id}/registrations/{own.id}"
    lose_nothing(
        *(office, base, f"{base}/substitute"),
        *(FIRST_PERSON | {"contact_name": "第三人"}, SECOND_PERSON | {"contact_name": "第四人"}, "第三人"),
    )


def test_a_second_click_on_sending_another_person_is_no_clash(
    bank: tuple[Browser, Event, Registration],
) -> None:
    browser, event, own = bank
    address = f"/bank/events/{event.public_id}/substitute"
    said = FIRST_PERSON | {"version": str(own.said_version)}
    assert [browser.post(address, data=said).status_code for _click in range(2)] == [303, 303]


def test_a_clash_shows_the_office_a_phone_no_further_than_the_list_does(
    client: Browser, make: Make, session: Any
) -> None:
    office, event = client.sign_in(make.officer()), make.event()
    row = make.registration(event, contact_name="原来的人")
    address = f"/office/events/{event.public_id}/registrations/{row.id}/substitute"
    seen = {"version": str(row.said_version)}
    assert office.post(address, data=FIRST_PERSON | seen).status_code == 303
    late = office.post(address, data=SECOND_PERSON | {"phone": "13900000002"} | seen)
    assert (late.status_code, "139****0001" in late.text) == (409, True)
    assert "13900000001" not in late.text


@pytest.mark.parametrize("said", [{}, {"version": ""}, {"version": ["1", "1"]}, {"version": "１"}])
def test_what_leaves_its_version_out_or_says_it_twice_saves_nothing(
    client: Browser, make: Make, session: Any, said: Mapping[str, Any]
) -> None:
    """A form is filled with what is saved; what was not sent must not pass for what was seen."""
    user = make.banker()
    event = make.event(registration_closes_on=today_in_china() + timedelta(days=3))
    own = make.registration(event, Side.INSTITUTION, organisation=user.organisation, contact_name="张三")
    held = make.event(state=EventState.FINISHED)
    client.sign_in(make.officer())
    minutes = f"/office/events/{held.public_id}/minutes"
    assert client.post(minutes, data={"body": "先到者的纪要", "version": "0"}).status_code == 303
    assert client.post(minutes, data={"body": "后到者的纪要", **said}).status_code == 409
    client.sign_in(user)
    base = f"/bank/events/{event.public_id}"
    person = {"contact_name": "李四", "phone": "0372-2900001", "desks": "2"}
    assert client.post(f"{base}/register", data={**person, **said}).status_code == 409
    assert client.post(f"{base}/substitute", data={**FIRST_PERSON, **said}).status_code == 409
    session.refresh(own)
    assert own.contact_name == "张三"


def test_a_second_click_on_signing_up_is_no_clash(bank: tuple[Browser, Event, Registration]) -> None:
    browser, event, own = bank
    address = f"/bank/events/{event.public_id}/register"
    said = {"contact_name": "张三", "phone": "0372-2900001", "desks": "2", "version": str(own.said_version)}
    assert [browser.post(address, data=said).status_code for _click in range(2)] == [303, 303]


def test_a_question_that_both_left_open_is_no_difference(
    bank: tuple[Browser, Event, Registration], make: Make
) -> None:
    browser, event, own = bank
    make.question(event, kind=QuestionKind.YES_NO)
    said = {"contact_name": "张三", "phone": "0372-2900001", "desks": "2", "version": str(own.said_version)}
    address = f"/bank/events/{event.public_id}/register"
    question = re.search(r'name="(question_[0-9]+)"', browser.get(address).text)
    assert question
    said[question[1]] = ""
    assert browser.post(address, data=said).status_code == 303
    late = browser.post(address, data=said | {"contact_name": "李四"})
    assert (late.status_code, late.text.count("<dt><a href=")) == (409, 1)
    assert "尚未保存</h2>" in late.text, "nothing in it is wrong"
    assert browser.post(address, data=said).status_code == 303, "a second click says the same"


def test_wishes_of_two_colleagues_are_merged_and_only_a_clash_is_asked_about(
    bank: tuple[Browser, Event, Registration], make: Make, session: Any
) -> None:
    browser, event, own = bank
    firms = [make.registration(event) for _ in range(3)]
    address = f"/bank/events/{event.public_id}/wishes"
    page = browser.get(address).text
    assert page.count('name="seen-') == 3
    nothing = {f"wish-{firm.id}": "" for firm in firms} | {f"seen-{firm.id}": "" for firm in firms}
    names = [f"wish-{firm.id}" for firm in firms]
    assert browser.post(address, data=nothing | {names[0]: "3", names[1]: "1"}).status_code == 303
    assert browser.post(address, data=nothing | {names[2]: "2"}).status_code == 303
    assert wishes_of(session, own.id) == {firms[0].id: 3, firms[1].id: 1, firms[2].id: 2}, "merged"
    late = browser.post(address, data=nothing | {names[0]: "0"})
    assert late.status_code == 409
    assert late.text.count("同事已保存：") == 1
    assert "同事已保存：很希望" in late.text
    assert f'name="seen-{firms[0].id}" value="3.any"' in late.text, "the form speaks of what is saved"
    assert (
        browser.post(address, data=nothing | {names[0]: "0", f"seen-{firms[0].id}": "3.any"}).status_code
        == 303
    )
    refused = session.query(Wish).filter_by(from_registration_id=own.id, to_registration_id=firms[0].id).one()
    assert refused.strength == 0


def test_two_opinions_of_one_house_are_not_written_over_each_other(client: Browser, make: Make) -> None:
    user = make.banker()
    event = make.event(state=EventState.FINISHED)
    make.registration(event, Side.INSTITUTION, organisation=user.organisation)
    address = f"/bank/events/{event.public_id}/feedback"
    said = dict.fromkeys(("organisation_points", "timetable_points", "use_points"), "5")
    first = {**said, "would_return": "yes", "comment": "先到者的意见"}
    lose_nothing(client.sign_in(user), address, address, first, first | {"comment": "无"}, "先到者的意见")


def test_each_mark_that_is_missing_is_named(client: Browser, make: Make) -> None:
    user = make.banker()
    event = make.event(state=EventState.FINISHED)
    make.registration(event, Side.INSTITUTION, organisation=user.organisation)
    page = client.sign_in(user).post(f"/bank/events/{event.public_id}/feedback", data={"comment": "无"})
    summary = page.text.partition('id="error-summary"')[2].partition("</div>")[0]
    told = re.findall(r'<a href="#[a-z_]+">(.*?)</a>', summary)
    assert len(told) == len(set(told)) == 4
