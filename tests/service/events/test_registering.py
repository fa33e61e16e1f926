"""Signing up, calling off, moving up; wishes and absences."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ipfin.accounts.models import OrganisationKind
from ipfin.audit.models import AuditEntry
from ipfin.config import Settings
from ipfin.events.lifecycle import EventState, RegistrationState, Side, TimetableState
from ipfin.events.models import Registration, Wish
from ipfin.events.queries import side_counts, waiting_place, wishes_of
from ipfin.events.registration import Application
from ipfin.events.service import (
    amend_registration,
    cancel_registration,
    phone_of_contact,
    register_enterprise,
    register_institution,
    reseal_contacts,
    set_absences,
    set_wish,
    set_wishes,
)
from ipfin.kernel.actor import SYSTEM, Role
from ipfin.kernel.errors import BadInput, Conflict, InvalidTransition, NotAllowed
from ipfin.kernel.money import Fen
from ipfin.notices.models import Notice
from tests.factories import TODAY, Make

PHONE = "13800001234"
PHONES = (f"139{number:08d}" for number in count())  # everybody has his own
HOUSE = Settings(env="test", secret_key="secret of the event tests")


def said(**overrides: Any) -> Application:
    return Application(**{"contact_name": "张三", "phone": next(PHONES), "desks": 1, **overrides})


def register(session: Session, make: Make, event: Any, on: date = TODAY, **overrides: Any) -> Registration:
    return register_enterprise(
        session, SYSTEM, event, make.enterprise(), said(**overrides), on=on, settings=HOUSE
    )


def test_a_registration_keeps_what_was_said_and_seals_the_phone(session: Session, make: Make) -> None:
    row = register(session, make, make.event(), need="设备更新", phone=PHONE, amount_fen=Fen(300_000_000))
    assert (row.state, row.contact_name, row.need) == (RegistrationState.CONFIRMED, "张三", "设备更新")
    assert PHONE not in row.contact_sealed
    assert phone_of_contact(row, settings=HOUSE) == PHONE
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert PHONE not in str(entry.detail)


def test_the_phone_follows_a_new_key(session: Session, make: Make) -> None:
    row = register(session, make, make.event(), phone=PHONE)
    newer = Settings(
        env="test", secret_key="the next secret of events", retired_secret_keys=("secret of the event tests",)
    )
    assert reseal_contacts(session, settings=newer) == 1
    assert reseal_contacts(session, settings=newer) == 0
    assert (
        phone_of_contact(row, settings=Settings(env="test", secret_key="the next secret of events")) == PHONE
    )


def test_the_fifty_first_waits(session: Session, make: Make) -> None:
    event = make.event(enterprise_seats=2)
    states = [register(session, make, event).state for _ in range(4)]
    assert states == [RegistrationState.CONFIRMED] * 2 + [RegistrationState.WAITLISTED] * 2
    assert side_counts(session, event.id, Side.ENTERPRISE) == (2, 2)
    assert side_counts(session, event.id, Side.INSTITUTION) == (0, 0)


def test_each_side_has_its_own_seats(session: Session, make: Make) -> None:
    event = make.event(enterprise_seats=0, institution_seats=1)
    bank = register_institution(session, SYSTEM, event, make.organisation(), said(), on=TODAY, settings=HOUSE)
    assert bank.state is RegistrationState.CONFIRMED
    assert register(session, make, event).state is RegistrationState.WAITLISTED


@pytest.mark.parametrize("kind", [OrganisationKind.AGENCY, OrganisationKind.CITY_OFFICE])
def test_only_lenders_and_insurers_get_desks(session: Session, make: Make, kind: OrganisationKind) -> None:
    with pytest.raises(NotAllowed):
        register_institution(
            session, SYSTEM, make.event(), make.organisation(kind), said(), on=TODAY, settings=HOUSE
        )


def test_the_last_day_counts_and_the_next_does_not(session: Session, make: Make) -> None:
    event = make.event(registration_closes_on=TODAY)
    register(session, make, event)
    with pytest.raises(Conflict, match="截止"):
        register(session, make, event, on=date(2026, 3, 6))


def test_a_second_registration_is_refused_in_words(session: Session, make: Make) -> None:
    event, firm = make.event(), make.enterprise()
    register_enterprise(session, SYSTEM, event, firm, said(), on=TODAY, settings=HOUSE)
    with pytest.raises(Conflict, match="已报名"):
        register_enterprise(session, SYSTEM, event, firm, said(), on=TODAY, settings=HOUSE)


def test_the_database_refuses_a_second_living_registration_too(session: Session, make: Make) -> None:
    event, firm = make.event(), make.enterprise()
    make.registration(event, enterprise=firm)
    make.registration(event, enterprise=firm, state=RegistrationState.CANCELLED)
    with pytest.raises(IntegrityError):
        make.registration(event, enterprise=firm, state=RegistrationState.WAITLISTED)


def test_whoever_called_off_can_sign_up_again_at_the_end_of_the_queue(session: Session, make: Make) -> None:
    event, firm = make.event(enterprise_seats=1), make.enterprise()
    first = register_enterprise(session, SYSTEM, event, firm, said(), on=TODAY, settings=HOUSE)
    next_ = register(session, make, event)
    cancel_registration(session, SYSTEM, first, settings=HOUSE)
    again = register_enterprise(session, SYSTEM, event, firm, said(), on=TODAY, settings=HOUSE)
    assert (next_.state, again.state) == (RegistrationState.CONFIRMED, RegistrationState.WAITLISTED)
    assert waiting_place(session, again) == 1


def test_calling_off_promotes_the_oldest_of_the_same_side_and_tells_it(session: Session, make: Make) -> None:
    event = make.event(institution_seats=1, enterprise_seats=0)
    bankers = [make.banker() for _ in range(3)]
    rows = [
        register_institution(session, SYSTEM, event, user.organisation, said(), on=TODAY, settings=HOUSE)
        for user in bankers
    ]
    firm = register(session, make, event)
    assert cancel_registration(session, SYSTEM, rows[0], settings=HOUSE) == [rows[1]]
    assert rows[2].state is RegistrationState.WAITLISTED
    assert firm.state is RegistrationState.WAITLISTED
    moved_up = select(Notice).where(Notice.event_key == f"registration:{rows[1].id}:confirmed")
    notice = session.scalars(moved_up).one()
    assert notice.user_id == bankers[1].id
    assert notice.link == f"/bank/events/{event.public_id}"


def test_somebody_who_waited_and_leaves_frees_no_seat(session: Session, make: Make) -> None:
    event = make.event(enterprise_seats=1)
    rows = [register(session, make, event) for _ in range(3)]
    assert cancel_registration(session, SYSTEM, rows[1], settings=HOUSE) == []
    assert rows[2].state is RegistrationState.WAITLISTED


def test_calling_off_twice_is_refused(session: Session, make: Make) -> None:
    row = register(session, make, make.event())
    cancel_registration(session, SYSTEM, row, settings=HOUSE)
    with pytest.raises(InvalidTransition):
        cancel_registration(session, SYSTEM, row, settings=HOUSE)


def test_who_leaves_after_publication_leaves_word_at_the_office(session: Session, make: Make) -> None:
    officer = make.officer()
    event = make.event(state=EventState.SCHEDULED)
    meeting = make.meeting(make.timetable(event, state=TimetableState.PUBLISHED))
    cancel_registration(session, SYSTEM, meeting.enterprise_registration, settings=HOUSE)
    assert [notice.user_id for notice in session.scalars(select(Notice))] == [officer.id]


def test_an_amendment_keeps_the_seat_and_the_place(session: Session, make: Make) -> None:
    event = make.event(enterprise_seats=0)
    row = register(session, make, event)
    amend_registration(session, SYSTEM, row, said(contact_name="李四", phone="0372-290000"), settings=HOUSE)
    assert (row.contact_name, row.state) == ("李四", RegistrationState.WAITLISTED)
    assert phone_of_contact(row, settings=HOUSE) == "0372-290000"


def test_desks_are_fixed_once_the_timetable_is_out(session: Session, make: Make) -> None:
    row = make.registration(make.event(state=EventState.SCHEDULED), Side.INSTITUTION, desks=2)
    amend_registration(session, SYSTEM, row, said(desks=2), settings=HOUSE)
    with pytest.raises(Conflict) as refused:
        amend_registration(session, SYSTEM, row, said(desks=3), settings=HOUSE)
    assert refused.value.field == "desks"


def test_a_wish_is_said_changed_and_taken_back(session: Session, make: Make) -> None:
    event = make.event()
    firm, bank = make.registration(event), make.registration(event, Side.INSTITUTION)
    for strength, kept in ((3, {bank.id: 3}), (0, {bank.id: 0}), (None, {})):
        assert set_wish(session, SYSTEM, firm, bank, strength)
        assert wishes_of(session, firm.id) == kept
    assert not set_wish(session, SYSTEM, firm, bank, None)


def test_banks_and_firms_both_wish(session: Session, make: Make) -> None:
    event = make.event()
    firm, bank = make.registration(event), make.registration(event, Side.INSTITUTION)
    set_wish(session, SYSTEM, bank, firm, 1)
    set_wish(session, SYSTEM, firm, bank, 2)
    assert (wishes_of(session, bank.id), wishes_of(session, firm.id)) == ({firm.id: 1}, {bank.id: 2})


def test_many_wishes_are_one_act(session: Session, make: Make) -> None:
    event = make.event()
    bank = make.registration(event, Side.INSTITUTION)
    firms = [make.registration(event) for _ in range(5)]
    assert set_wishes(session, SYSTEM, bank, {firm.id: 2 for firm in firms}) == 5
    assert set_wishes(session, SYSTEM, bank, {firms[0].id: 3, firms[1].id: 2}) == 1
    assert session.scalar(select(func.count()).select_from(Wish)) == 5
    count = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "events.wish.set")
    assert session.scalar(count) == 2


def test_a_wish_needs_a_confirmed_counterpart_of_the_same_event(session: Session, make: Make) -> None:
    event = make.event()
    firm = make.registration(event)
    strangers = [
        make.registration(event),  # the same side
        make.registration(make.event(), Side.INSTITUTION),  # another event
        make.registration(event, Side.INSTITUTION, state=RegistrationState.WAITLISTED),
        make.registration(event, Side.INSTITUTION, state=RegistrationState.CANCELLED),
    ]
    for stranger in strangers:
        with pytest.raises(BadInput):
            set_wish(session, SYSTEM, firm, stranger, 1)
    assert session.scalar(select(func.count()).select_from(Wish)) == 0


def test_who_waits_cannot_wish_yet(session: Session, make: Make) -> None:
    event = make.event()
    firm = make.registration(event, state=RegistrationState.WAITLISTED)
    with pytest.raises(Conflict, match="确认后"):
        set_wish(session, SYSTEM, firm, make.registration(event, Side.INSTITUTION), 1)


def test_absences_are_kept_until_the_timetable_is_out(session: Session, make: Make) -> None:
    event = make.event(slot_count=4)
    row = make.registration(event)
    set_absences(session, SYSTEM, row, [3, 1])
    assert row.absent_slots == [1, 3]
    with pytest.raises(BadInput):
        set_absences(session, SYSTEM, row, [4])
    event.state = EventState.SCHEDULED
    session.flush()
    with pytest.raises(Conflict):
        set_absences(session, SYSTEM, row, [])


def test_people_of_both_sides_are_found_by_their_house(session: Session, make: Make) -> None:
    event = make.event(enterprise_seats=1)
    user = make.user(Role.ENTERPRISE)
    firm = make.registration(event)
    waiting = make.registration(
        event, enterprise=session.get(type(firm.enterprise), user.organisation.enterprise_id),
        state=RegistrationState.WAITLISTED,
    )  # fmt: skip
    cancel_registration(session, SYSTEM, firm, settings=HOUSE)
    assert waiting.state is RegistrationState.CONFIRMED
    notice = session.scalars(select(Notice)).one()
    assert (notice.user_id, notice.link) == (user.id, f"/ent/events/{event.public_id}")
