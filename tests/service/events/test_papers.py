"""What leaves the house about an event: agendas, pack, sign-in sheets, spreadsheet, calendar."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from ipfin.config import Settings
from ipfin.db import UnitOfWork, begin_writing
from ipfin.documents.models import Document, DocumentKind
from ipfin.documents.proof import fonts_check, page_count, pdf_text
from ipfin.documents.service import read_document
from ipfin.events.export import (
    Sheet,
    agenda_calendar,
    event_calendar,
    issue_agendas,
    issue_pack,
    issue_registrations,
    issue_sheets,
)
from ipfin.events.export.badges import badges_of, posts_of, signs_of
from ipfin.events.export.papers import wall_chart
from ipfin.events.lifecycle import EventState, RegistrationState, Side
from ipfin.events.models import Event, EventTimetable, Registration
from ipfin.events.queries import agenda_of, confirmed_of, meetings_of, published_timetable
from ipfin.events.registration import Application
from ipfin.events.service import (
    amend_registration,
    cancel_registration,
    close_event,
    make_timetable,
    prepare_codes,
    publish_timetable,
    register_enterprise,
    register_institution,
    set_wishes,
)
from ipfin.kernel.actor import SYSTEM, Role
from ipfin.kernel.errors import Conflict
from ipfin.kernel.money import Fen
from tests.factories import NOW, TODAY, Make

PHONES = (f"138{number:04d}1234" for number in count())  # everybody has his own
PHONE = re.compile("138[0-9]{4}1234")


@pytest.fixture
def house(tmp_path: Path) -> Settings:
    return Settings(env="test", secret_key="secret of the event tests", instance_dir=tmp_path)


@pytest.fixture
def work(engine: Engine) -> UnitOfWork:
    @contextmanager
    def unit_of_work() -> Iterator[Session]:
        with Session(engine, expire_on_commit=False) as session:
            begin_writing(session)
            yield session
            session.commit()

    return unit_of_work


@pytest.fixture
def read(engine: Engine) -> UnitOfWork:
    @contextmanager
    def reading() -> Iterator[Session]:
        with Session(engine) as session:
            yield session

    return reading


def said(name: str, **overrides: object) -> Application:
    return replace(Application(name, next(PHONES), "购置设备", Fen(300_000_000), 1), **overrides)


@pytest.fixture
def event_id(work: UnitOfWork, house: Settings) -> int:
    """An event of two banks and three firms with a published timetable; the third firm meets nobody."""
    with work() as session:
        make = Make(session)
        event = make.event(slot_count=3, desk_count=2, is_synthetic=True)
        banks = [
            register_institution(
                session, SYSTEM, event, make.organisation(), said(f"客户经理{n}"), on=TODAY, settings=house
            )
            for n in (1, 2)
        ]
        firms = [
            register_enterprise(
                session, SYSTEM, event, make.enterprise(), said(f"财务{n}"), on=TODAY, settings=house
            )
            for n in (1, 2, 3)
        ]
        for firm in firms[:2]:
            set_wishes(session, SYSTEM, firm, {bank.id: 3 for bank in banks})
        for bank in banks:
            set_wishes(session, SYSTEM, bank, {firm.id: 2 for firm in firms[:2]})
        close_event(session, SYSTEM, event)
        publish_timetable(session, SYSTEM, make_timetable(session, SYSTEM, event), settings=house)
        return event.id


def test_everybody_who_meets_somebody_gets_an_agenda_of_his_own(
    work: UnitOfWork, read: UnitOfWork, house: Settings, event_id: int
) -> None:
    papers = issue_agendas(work, read, SYSTEM, event_id, settings=house)
    assert len(papers) == 4
    assert {paper.kind for paper in papers} == {DocumentKind.AGENDA}
    text = pdf_text(read_document(papers[0], house.issued_dir))
    assert papers[0].verify_code in text
    assert "客户经理1" in text or "财务1" in text
    assert not PHONE.search(text)


def test_the_same_agenda_is_the_same_document(
    work: UnitOfWork, read: UnitOfWork, house: Settings, event_id: int
) -> None:
    first = issue_agendas(work, read, SYSTEM, event_id, settings=house)
    again = issue_agendas(work, read, SYSTEM, event_id, settings=house)
    assert [paper.verify_code for paper in again] == [paper.verify_code for paper in first]
    with work() as session:
        firm = session.scalars(
            select(Registration).where(Registration.side == Side.ENTERPRISE).order_by(Registration.id)
        ).first()
        assert firm is not None
        amend_registration(session, SYSTEM, firm, said("新来的会计", desks=0), settings=house)
    renewed = issue_agendas(work, read, SYSTEM, event_id, settings=house)
    changed = [new for new, old in zip(renewed, first, strict=True) if new.verify_code != old.verify_code]
    assert len(changed) == 2, "the two banks that will sit with somebody else"


def test_a_paper_of_a_superseded_timetable_no_longer_verifies(
    work: UnitOfWork, read: UnitOfWork, house: Settings, event_id: int
) -> None:
    (old, *_rest) = issue_agendas(work, read, SYSTEM, event_id, settings=house)
    with work() as session:
        publish_timetable(
            session, SYSTEM, make_timetable(session, SYSTEM, session.get_one(Event, event_id)), settings=house
        )
    (new, *_rest) = issue_agendas(work, read, SYSTEM, event_id, settings=house)
    with read() as session:
        assert session.get_one(Document, old.id).revoked_at is not None
    assert "日程第2版" in pdf_text(read_document(new, house.issued_dir))


def test_without_a_published_timetable_there_is_no_agenda(
    work: UnitOfWork, read: UnitOfWork, house: Settings
) -> None:
    with work() as session:
        event_id = Make(session).event().id
    with pytest.raises(Conflict, match="尚未发布"):
        issue_agendas(work, read, SYSTEM, event_id, settings=house)


def test_a_firm_s_people_may_take_their_agenda(
    work: UnitOfWork, read: UnitOfWork, house: Settings, event_id: int
) -> None:
    from ipfin.accounts.models import OrganisationKind
    from ipfin.registry.models import Enterprise

    with work() as session:
        row = session.scalars(
            select(Registration).where(Registration.side == Side.ENTERPRISE).order_by(Registration.id)
        ).first()
        assert row is not None
        firm = session.get_one(Enterprise, row.enterprise_id)
        organisation = Make(session).organisation(OrganisationKind.ENTERPRISE, enterprise=firm)
        row_id, house_id = row.id, organisation.id
    (paper,) = issue_agendas(work, read, SYSTEM, event_id, settings=house, registration_ids=[row_id])
    assert paper.organisation_id == house_id


def test_a_pack_holds_every_paper_and_all_agendas_in_one_file(
    work: UnitOfWork, read: UnitOfWork, house: Settings, event_id: int
) -> None:
    told: list[tuple[int, int]] = []
    pack = issue_pack(
        work,
        read,
        SYSTEM,
        event_id,
        settings=house,
        report=lambda done, total, _text: told.append((done, total)),
    )
    with zipfile.ZipFile(io.BytesIO(read_document(pack, house.issued_dir))) as archive:
        names = archive.namelist()
        assert len(set(names)) == len(names)
        pages = {name: page_count(archive.read(name)) for name in names if name.endswith(".pdf")}
        together = pdf_text(archive.read("全部日程（打印用）.pdf"))
        chart = pdf_text(archive.read("洽谈总表.pdf"))
        signing = pdf_text(archive.read("签到表（企业）.pdf"))
        everything = archive.read("整套会务材料（打印用）.pdf")
    with read() as session:
        confirmed = [row.display_name for row in confirmed_of(session, event_id)]
    single = [name for name in names if name.startswith("单个日程/")]
    assert sorted(sum(one in name for name in single) for one in confirmed) == [0, 1, 1, 1, 1]
    assert (pages["全部日程（打印用）.pdf"], pages["参会证.pdf"], pages["桌签.pdf"]) == (4, 1, 2)
    assert pages["整套会务材料（打印用）.pdf"] == sum(n for name, n in pages.items() if "打印用" not in name)
    assert {"报名表.xlsx", "签到表（金融机构）.pdf", "参会证.pdf", "桌签.pdf", "会议议程.pdf"} <= set(names)
    assert fonts_check(everything).is_sound
    words = pdf_text(everything)
    assert all("日程第1版" in page for page in words.split("\f")), "each sheet says of which timetable it is"
    assert all(signing.count(one) == 1 for one in confirmed if "银行" not in one)
    assert all(
        word in words for word in ("扫码签到", "补录码", "洽谈总表", "第1至3时段，每场15分钟", "活动结束")
    )
    assert not PHONE.search(words)
    assert together.count("一对一洽谈日程") == 4
    assert "09:30—09:45" in chart
    assert "1234" in signing
    assert not PHONE.search(signing)
    assert told[-1] == (10, 11)
    assert [done for done, _total in told] == list(range(11))
    assert pack.row_count == 4


def test_sign_in_sheets_are_there_before_the_timetable(
    work: UnitOfWork, read: UnitOfWork, house: Settings
) -> None:
    with work() as session:
        make = Make(session)
        event = make.event()
        with_phone = make.enterprise(name="样例签到有限公司")
        register_enterprise(session, SYSTEM, event, with_phone, said("财务"), on=TODAY, settings=house)
        make.registration(event, state=RegistrationState.WAITLISTED, display_name="样例候补有限公司")
        event_id = event.id
    sheet = issue_sheets(work, read, SYSTEM, event_id, Sheet.SIGN_IN, settings=house)
    text = pdf_text(read_document(sheet, house.issued_dir))
    assert "样例签到有限公司" in text
    assert "样例候补" not in text


def test_the_registrations_go_out_with_phones_a_purpose_and_a_log(
    work: UnitOfWork, read: UnitOfWork, house: Settings, event_id: int
) -> None:
    import openpyxl

    from ipfin.audit.models import AuditEntry

    with work() as session:
        officer = Make(session).actor(Role.CITY_OFFICER)
        event = session.get_one(Event, event_id)
        made = issue_registrations(session, officer, event, purpose="会务联络", settings=house)
        rows, purpose, content = made.row_count, made.purpose, read_document(made, house.issued_dir)
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "exports.made")).one()
        assert not PHONE.search(str(entry.detail))
    assert (rows, purpose) == (5, "会务联络")
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    cells = [cell for row in sheet.iter_rows(values_only=True) for cell in row]
    assert sum(1 for cell in cells if PHONE.fullmatch(str(cell))) == 5
    assert 300 in cells


def test_a_county_takes_its_own_firms_registrations_only(
    work: UnitOfWork, house: Settings, event_id: int
) -> None:
    with work() as session:
        county = Make(session).actor(Role.COUNTY_OFFICER)
        made = issue_registrations(
            session, county, session.get_one(Event, event_id), purpose="会务联络", settings=house
        )
        assert made.row_count == 0
        assert made.organisation_id == county.organisation_id


def test_a_desk_that_changes_hands_names_the_institution_in_each_cell(session: Session, make: Make) -> None:
    event = make.event(state=EventState.SCHEDULED, slot_count=2)
    timetable: EventTimetable = make.timetable(event)
    for slot, desk in ((0, 1), (1, 1), (0, 2)):
        make.meeting(timetable, slot=slot, desk=desk)
    chart = wall_chart(event, meetings_of(session, timetable.id, SYSTEM), Settings(env="test"))
    assert [number for number, _host in chart.desks] == ["1", "2"]
    assert [bool(name) for _time, names in chart.rows for name in names] == [True, True, True, False]
    assert "（样例银行" in chart.rows[0][1][0]
    assert "（" not in chart.rows[0][1][1]


def test_whatever_either_side_called_off_leaves_an_empty_place(session: Session, make: Make) -> None:
    event = make.event(state=EventState.SCHEDULED, slot_count=2)
    timetable: EventTimetable = make.timetable(event)
    bank = make.registration(event, Side.INSTITUTION)
    gone = make.registration(event, Side.INSTITUTION, state=RegistrationState.CANCELLED)
    firm = make.registration(event, state=RegistrationState.CANCELLED)
    make.meeting(timetable, slot=0, desk=1, institution_registration=bank)
    make.meeting(timetable, slot=1, desk=1, institution_registration=bank, enterprise_registration=firm)
    make.meeting(timetable, slot=0, desk=2, institution_registration=gone)
    meetings = meetings_of(session, timetable.id, SYSTEM)
    chart = wall_chart(event, meetings, Settings(env="test"))
    assert [[bool(name) for name in names] for _time, names in chart.rows] == [[True, False], [False, False]]
    assert [(sign.desk, sign.hosts) for sign in signs_of(meetings)] == [("1", [bank.display_name])]


def test_every_desk_of_a_bank_has_a_badge_with_the_same_code_and_a_post_where_it_is_known(
    session: Session, make: Make, house: Settings
) -> None:
    event = make.event()
    firm = make.enterprise()
    make.contact(firm, name="王芳", post="财务总监")
    rows = [
        make.registration(event, enterprise=firm, contact_name="王芳"),
        make.registration(event, contact_name="王芳", contact_post="出纳"),
        make.registration(event, Side.INSTITUTION, contact_name="赵行长", second_name="小钱", desks=3),
        make.registration(event, state=RegistrationState.WAITLISTED),
    ]
    assert [posts_of(session, rows)[row.id] for row in rows[:2]] == ["财务总监", "出纳"]
    assert prepare_codes(session, event.id, settings=house) == 3
    badges = badges_of(session, event, [], house).badges
    assert [(badge.number, badge.name) for badge in badges] == [
        (1, "王芳"),
        (2, "王芳"),
        (3, "赵行长"),
        (3, "小钱"),
        (3, ""),
    ]
    assert len({badge.address for badge in badges}) == 3
    assert all(badge.address.startswith(f"{house.public_url}/c/") for badge in badges)


def test_a_calendar_has_the_event_and_the_meetings_that_still_take_place(
    work: UnitOfWork, house: Settings, event_id: int
) -> None:
    from icalendar import Calendar

    with work() as session:
        event = session.get_one(Event, event_id)
        assert published_timetable(session, event.id)
        bank = session.scalars(
            select(Registration).where(Registration.side == Side.INSTITUTION).order_by(Registration.id)
        ).first()
        assert bank is not None
        lines = agenda_of(session, event, bank)
        entries = Calendar.from_ical(agenda_calendar(event, bank, lines, now=NOW)).walk("VEVENT")
        assert len(entries) == 1 + len(lines)
        assert [entry["dtstart"].dt for entry in entries[1:]] == [line.starts_at for line in lines]
        assert len({str(entry["uid"]) for entry in entries}) == len(entries)
        cancel_registration(session, SYSTEM, lines[0].counterpart, settings=house)
        after = Calendar.from_ical(agenda_calendar(event, bank, agenda_of(session, event, bank), now=NOW))
        assert len(after.walk("VEVENT")) == len(lines)
        assert len(Calendar.from_ical(event_calendar(event, now=NOW)).walk("VEVENT")) == 1
