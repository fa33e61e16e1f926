"""Two who change the same thing of an event at once: the later one is shown both texts and loses nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import html5lib
import pytest

from ipfin.events.lifecycle import EventKind, EventState, Side
from ipfin.events.models import Event, EventQuestion, ProgrammeLine, Registration, Wish
from ipfin.events.queries import wishes_of
from ipfin.events.questions import QuestionKind
from ipfin.events.suggestions import DEFAULT_WEIGHTS
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


Sent = dict[str, list[str]]


def as_opened(page: str) -> Sent:
    """Return what a browser sends of the form with a version on a page, the one with the most fields."""
    root = html5lib.parse(page, namespaceHTMLElements=False)
    forms = [_sent_of(form) for form in root.iter("form") if form.get("method") == "post"]
    return max((one for one in forms if any(name.endswith("version") for name in one)), key=len)


def _sent_of(form: Any) -> Sent:
    found: Sent = {}
    for one in form.iter():
        said: list[str] = []
        if one.tag == "input" and (
            one.get("type") not in ("checkbox", "radio") or one.get("checked") is not None
        ):
            said = [one.get("value", "")]
        elif one.tag == "textarea":
            said = [(one.text or "").replace("\n", "\r\n")]
        elif one.tag == "select":
            options = list(one.iter("option"))
            chosen = [option for option in options if option.get("selected") is not None] or options[:1]
            said = [option.get("value", "") for option in chosen]
        if said and one.get("name"):
            found.setdefault(one.get("name"), []).extend(said)
    return found


def told_apart(page: str) -> dict[str, list[str]]:
    """Return both texts of each difference, by the field."""
    return {
        field: re.findall(r'<span class="prose">(.*?)</span>', texts, re.DOTALL)
        for field, texts in re.findall(r'<dt><a href="#([^"]+)">.*?</dt>(.*?)(?=<dt>|</dl>)', page, re.DOTALL)
    }


def taken_over(page: str) -> list[str]:
    """Return the fields of which a page says that they took what is saved."""
    noted = page.partition("您没有动、他人刚刚改过的")[2].partition("</ul>")[0]
    return re.findall(r'href="#([^"]+)"', noted)


def change_apart(browser: Browser, page: str, address: str, first: Sent, second: Sent) -> None:
    """Open a page twice, change other fields in each, and save both: nothing of either is lost."""
    opened = as_opened(browser.get(page).text)
    assert browser.post(address, data=opened | first).status_code == 303
    late = browser.post(address, data=opened | second)
    assert late.status_code == 409
    assert set(told_apart(late.text)) == set(second), "only what he changed is his"
    assert set(taken_over(late.text)) == set(first)
    again = as_opened(late.text)
    assert {name: again.get(name) for name in (first | second)} == first | second
    assert browser.post(address, data=again).status_code == 303
    stands = as_opened(browser.get(page).text)
    assert {name: stands.get(name) for name in (first | second)} == first | second


def pages_changed_apart(make: Make) -> dict[str, tuple[str, str, Sent, Sent]]:
    """Return by name the page and address of each form of the office, with two changes of other fields."""
    event = make.event()
    soon = now_utc() + timedelta(days=10)
    coming = make.event(starts_at=soon, ends_at=soon + timedelta(hours=3), talks_start_at=soon)
    held = make.event(state=EventState.FINISHED)
    line, question = make.programme_line(event), make.question(event)
    base = f"/office/events/{event.public_id}"
    weights = as_points(DEFAULT_WEIGHTS)
    names = list(weights)
    return {
        "settings": (
            *(f"{base}/edit", f"{base}/edit"),
            *({"title": ["先到者的活动"], "summary": ["长" * 4000]}, {"venue": ["后到者的地点"]}),
        ),
        "item": (
            *(f"{base}/programme?line={line.id}", f"{base}/programme?line={line.id}"),
            *({"title": ["先到者"]}, {"speaker": ["后到者"]}),
        ),
        "question": (
            *(f"{base}/questions?question={question.id}", f"{base}/questions?question={question.id}"),
            *({"text": ["先到者的问题"]}, {"asked_of": ["institution"]}),
        ),
        "reminders": (
            *(f"/office/events/{coming.public_id}/reminders",) * 2,
            *({"coming": ["5"]}, {"closing": ["4"]}),
        ),
        "training": (
            *(f"/office/events/{held.public_id}/training",) * 2,
            *({"hours": ["7"]}, {"gives_records": ["y"]}),
        ),
        "weights": (
            *("/office/events/weights",) * 2,
            {names[0]: [str(weights[names[0]] - 1)], names[1]: [str(weights[names[1]] + 1)]},
            {names[2]: [str(weights[names[2]] - 1)], names[3]: [str(weights[names[3]] + 1)]},
        ),
    }


def as_points(weights: Mapping[Any, int]) -> dict[str, int]:
    """Return weights by the names of their fields."""
    return {criterion.value: points for criterion, points in weights.items()}


@pytest.mark.parametrize("name", ["settings", "item", "question", "reminders", "training"])
def test_what_a_colleague_changed_is_not_undone_by_who_never_touched_it(
    client: Browser, make: Make, name: str
) -> None:
    page, address, first, second = pages_changed_apart(make)[name]
    change_apart(client.sign_in(make.officer()), page, address, first, second)


def test_weights_that_two_moved_apart_are_both_moved(client: Browser, make: Make) -> None:
    office = client.sign_in(make.officer())
    page, address, first, second = pages_changed_apart(make)["weights"]
    opened = as_opened(office.get(page).text)
    assert office.post(address, data=opened | first | {"reason": ["先到者"]}).status_code == 303
    late = office.post(address, data=opened | second | {"reason": ["后到者"]})
    assert set(told_apart(late.text)) == {*second, "reason"}
    again = as_opened(late.text)
    assert office.post(address, data=again).status_code == 303
    stands = as_opened(office.get(page).text)
    assert {name: stands[name] for name in first | second} == first | second


@pytest.mark.parametrize(
    ("page", "address", "first", "second"),
    [
        ("preferences", "preferences", {"amount_from": ["100.00"]}, {"months_to": ["12"]}),
        ("register", "register", {"contact_name": ["先到者"]}, {"need": ["后到者"]}),
        ("", "absences", {"absent_slots": ["0"]}, {"desk_absent": ["2-1"]}),
    ],
)
def test_what_one_of_a_bank_changed_stays(
    bank: tuple[Browser, Event, Registration],
    page: str,
    address: str,
    first: Sent,
    second: Sent,
) -> None:
    browser, event, _own = bank
    base = f"/bank/events/{event.public_id}"
    if address == "preferences":
        said = as_opened(browser.get(f"{base}/{page}").text) | {"industries": ["C"]}
        assert browser.post(f"{base}/{address}", data=said).status_code == 303
    if address == "absences":
        opened = as_opened(browser.get(base).text)
        assert browser.post(f"{base}/{address}", data=opened | first).status_code == 303
        late = browser.post(f"{base}/{address}", data=opened | second)
        assert (set(told_apart(late.text)), taken_over(late.text)) == ({"desk_absent"}, ["absent_slots"])
        again = as_opened(late.text)
        assert {name: again[name] for name in first | second} == first | second
        assert browser.post(f"{base}/{address}", data=again).status_code == 303
        return
    if address == "register":
        said = as_opened(browser.get(f"{base}/{page}").text) | {"phone": ["0372-2900001"]}
        assert browser.post(f"{base}/{address}", data=said).status_code == 303
    change_apart(browser, f"{base}/{page}", f"{base}/{address}", first, second)


def test_an_opinion_left_out_does_not_take_a_colleagues_comment_away(client: Browser, make: Make) -> None:
    user = make.banker()
    event = make.event(state=EventState.FINISHED)
    make.registration(event, Side.INSTITUTION, organisation=user.organisation)
    address = f"/bank/events/{event.public_id}/feedback"
    browser = client.sign_in(user)
    opened = as_opened(browser.get(address).text)
    marks = {mark: ["5"] for mark in ("organisation_points", "timetable_points", "use_points")}
    said = opened | marks | {"would_return": ["yes"]}
    assert browser.post(address, data=said | {"comment": ["先到者的意见"]}).status_code == 303
    late = browser.post(address, data=said | {"use_points": ["4"]})
    assert (set(told_apart(late.text)), taken_over(late.text)) == ({"use_points"}, ["comment"])
    assert browser.post(address, data=as_opened(late.text)).status_code == 303
    assert "先到者的意见" in browser.get(address).text


@pytest.fixture
def settings_page(client: Browser, make: Make) -> tuple[Browser, str]:
    """The page with the settings of an event, and its reader."""
    return client.sign_in(make.officer()), f"/office/events/{make.event().public_id}/edit"


def test_of_a_field_that_both_changed_both_texts_are_shown(settings_page: tuple[Browser, str]) -> None:
    office, address = settings_page
    opened = as_opened(office.get(address).text)
    assert office.post(address, data=opened | {"title": ["先到者"], "hall": ["一楼"]}).status_code == 303
    late = office.post(address, data=opened | {"title": ["后到者"]})
    assert told_apart(late.text) == {"title": ["后到者", "先到者"]}
    assert taken_over(late.text) == ["hall"]
    again = as_opened(late.text)
    assert (again["title"], again["hall"]) == (["后到者"], ["一楼"])
    assert office.post(address, data=again).status_code == 303, "whoever read both may decide"


def test_a_third_who_was_first_once_more_is_told_apart_as_well(settings_page: tuple[Browser, str]) -> None:
    office, address = settings_page
    opened = as_opened(office.get(address).text)
    assert office.post(address, data=opened | {"title": ["先到者"]}).status_code == 303
    late = as_opened(office.post(address, data=opened | {"venue": ["后到者"]}).text)
    third = as_opened(office.get(address).text) | {"hall": ["第三人"]}
    assert office.post(address, data=third).status_code == 303
    once_more = office.post(address, data=late)
    assert (set(told_apart(once_more.text)), taken_over(once_more.text)) == ({"venue"}, ["hall"])


@pytest.mark.parametrize(
    "said",
    [[], [""], ["title:0123456789abcdef"], ["title:", "venue"], ["x" * 5000], "twice", "of another field"],
)
def test_what_does_not_say_well_what_was_opened_counts_as_touched(
    settings_page: tuple[Browser, str], said: Any
) -> None:
    """As it was before forms knew what was opened: everything that differs is shown, and nothing is lost."""
    office, address = settings_page
    opened = as_opened(office.get(address).text)
    true = opened["opened"]
    if said == "twice":
        said = true * 2
    elif said == "of another field":
        said = [re.sub("title:[0-9a-f]+", "title:" + re.findall("venue:([0-9a-f]+)", true[0])[0], true[0])]
    assert office.post(address, data=opened | {"title": ["先到者"]}).status_code == 303
    late = office.post(address, data=opened | {"hall": ["二楼"], "opened": said})
    assert set(told_apart(late.text)) == {"title", "hall"}
    assert taken_over(late.text) == []
    again = as_opened(late.text)
    assert (again["title"], again["hall"]) == (opened["title"], ["二楼"]), "what was typed is kept"


def test_what_was_typed_is_not_taken_for_opened_once_it_was_refused(
    settings_page: tuple[Browser, str],
) -> None:
    office, address = settings_page
    opened = as_opened(office.get(address).text)
    wrong = office.post(address, data=opened | {"title": ["后到者"], "venue": [""]})
    assert wrong.status_code == 422
    assert office.post(address, data=opened | {"title": ["先到者"]}).status_code == 303
    late = office.post(address, data=as_opened(wrong.text) | {"venue": opened["venue"]})
    assert told_apart(late.text) == {"title": ["后到者", "先到者"]}


def test_what_was_opened_is_said_without_saying_it_again(settings_page: tuple[Browser, str]) -> None:
    office, address = settings_page
    long = "甲" * 4000
    opened = as_opened(office.get(address).text)
    assert office.post(address, data=opened | {"summary": [long]}).status_code == 303
    page = office.get(address).text
    assert page.count(long) == 1
    assert len(as_opened(page)["opened"][0]) < 1500


def test_settings_of_talks_are_not_lost_with_a_kind_that_has_none(settings_page: tuple[Browser, str]) -> None:
    office, address = settings_page
    opened = as_opened(office.get(address).text)
    assert office.post(address, data=opened | {"kind": ["training"]}).status_code == 303
    late = office.post(address, data=opened | {"venue": ["后到者"]})
    assert (set(told_apart(late.text)), taken_over(late.text)) == ({"venue"}, ["kind"])
    assert 'name="slot_count"' not in late.text, "the kind that is saved has no talks"
    late = office.post(address, data=opened | {"slot_count": ["5"]})
    assert set(told_apart(late.text)) == {"kind"}
    assert as_opened(late.text)["slot_count"] == ["5"]


def test_settings_of_talks_appear_with_a_kind_that_has_them(client: Browser, make: Make) -> None:
    office = client.sign_in(make.officer())
    address = f"/office/events/{make.event(kind=EventKind.TRAINING).public_id}/edit"
    opened = as_opened(office.get(address).text)
    talks = as_opened(office.post(address, data=opened | {"kind": ["matchmaking"]}).text)
    assert office.post(address, data=talks | {"asking": ["firm>bank"]}).status_code == 303
    late = office.post(address, data=opened | {"venue": ["后到者"]})
    assert taken_over(late.text) == ["kind"]
    assert as_opened(late.text)["slot_count"] == as_opened(office.get(address).text)["slot_count"]
    assert office.post(address, data=as_opened(late.text)).status_code == 303


def test_another_person_is_one_whole(bank: tuple[Browser, Event, Registration]) -> None:
    """Who names a person and no post does not want the post of whom a colleague named."""
    browser, event, _own = bank
    address = f"/bank/events/{event.public_id}/substitute"
    opened = as_opened(browser.get(address).text)
    assert browser.post(address, data=opened | as_lists(FIRST_PERSON)).status_code == 303
    mine = {"contact_name": ["后到者"], "phone": ["13900000002"]}
    late = browser.post(address, data=opened | mine)
    assert set(told_apart(late.text)) == {"contact_name", "contact_post", "phone", "reason"}
    assert (as_opened(late.text)["contact_post"], taken_over(late.text)) == ([""], [])


def as_lists(said: Mapping[str, str]) -> Sent:
    """Return each word as a browser sends it."""
    return {name: [word] for name, word in said.items()}


def test_minutes_left_as_they_were_take_a_colleagues(client: Browser, make: Make) -> None:
    office = client.sign_in(make.officer())
    address = f"/office/events/{make.event(state=EventState.FINISHED).public_id}/minutes"
    draft = as_opened(office.get(address).text)
    assert office.post(address, data=draft | {"body": ["第一稿"]}).status_code == 303
    late = office.post(address, data=draft)
    assert set(told_apart(late.text)) == {"body"}, "a draft that nobody saved is his who sends it"
    opened = as_opened(office.get(address).text)
    assert office.post(address, data=opened | {"body": ["第二稿"]}).status_code == 303
    late = office.post(address, data=opened)
    assert (told_apart(late.text), taken_over(late.text)) == ({}, ["body"])
    assert as_opened(late.text)["body"] == ["第二稿"]
    assert "不必再保存" in late.text


def test_an_audience_that_was_not_chosen_is_not_told_as_a_choice(client: Browser, make: Make) -> None:
    office, event = client.sign_in(make.officer()), make.event()
    document = make.issued_document(None, subject=f"event:{event.id}:material")
    file = make.material(event, document_id=document.id)
    base = f"/office/events/{event.public_id}/materials"
    forms = html5lib.parse(office.get(base).text, namespaceHTMLElements=False).iter("form")
    opened = next(_sent_of(form) for form in forms if form.get("action") == f"{base}/{file.id}/audience")
    address = f"{base}/{file.id}/audience"
    assert office.post(address, data=opened | {"audience": ["registered"]}).status_code == 303
    late = office.post(address, data=opened, follow_redirects=True)
    assert "您没有改动" in late.text
    late = office.post(address, data=opened | {"audience": ["attended"]}, follow_redirects=True)
    assert "没有保存" in late.text
