"""Planning an event from its rows, keeping the certificate, publishing it; who is shown what of it."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ipfin.config import Settings
from ipfin.events.lifecycle import EventState, RegistrationState, Side, TimetableState
from ipfin.events.models import Event, EventTimetable, Registration
from ipfin.events.planning import left_out_of
from ipfin.events.queries import (
    agenda_of,
    counterparts_of,
    events_visible_to,
    locks_of,
    meetings_of,
    published_timetable,
    registrations_of,
    registrations_visible_to,
    task_for,
    timetables_of,
)
from ipfin.events.service import (
    BrokenTimetable,
    cancel_registration,
    close_event,
    make_timetable,
    plan_task,
    publish_timetable,
    set_locks,
    set_wish,
    set_wishes,
    store_timetable,
)
from ipfin.events.timetable.certificate import Meeting as Planned
from ipfin.kernel.actor import SYSTEM, Actor, Role
from ipfin.kernel.errors import BadInput, Conflict, InvalidTransition
from ipfin.notices.models import Notice
from ipfin.registry.models import Enterprise
from tests.factories import Make

HOUSE = Settings(env="test", secret_key="secret of the event tests")
DRAFT, PUBLISHED, SUPERSEDED = TimetableState.DRAFT, TimetableState.PUBLISHED, TimetableState.SUPERSEDED


class Hall:
    """An event with registrations and wishes; wishes are drawn from a seed."""

    def __init__(
        self, make: Make, *, firms: int = 6, banks: int = 3, slots: int = 4, state: EventState
    ) -> None:
        self.event = make.event(slot_count=slots, desk_count=4, meetings_per_enterprise=3, state=state)
        self.firms = [make.registration(self.event) for _ in range(firms)]
        self.banks = [make.registration(self.event, Side.INSTITUTION) for _ in range(banks)]
        draw = random.Random(7)  # noqa: S311 - wishes are no secret
        for firm in self.firms:
            for bank in self.banks:
                for wisher, wished in ((firm, bank), (bank, firm)):
                    if draw.random() < 0.6:
                        make.wish(wisher, wished, strength=draw.randint(1, 3))


@pytest.fixture
def hall(make: Make) -> Hall:
    return Hall(make, state=EventState.OPEN)


def test_a_timetable_is_kept_with_its_certificate(session: Session, hall: Hall) -> None:
    kept = make_timetable(session, SYSTEM, hall.event)
    assert (kept.number, kept.state, kept.value) == (1, DRAFT, kept.bound)
    assert kept.certificate["meetings"] == len(kept.meetings) > 0
    assert kept.inputs_hash == task_for(session, hall.event).problem.sha256()
    assert {meeting.slot for meeting in kept.meetings} <= set(range(4))
    assert {meeting.desk for meeting in kept.meetings} <= {1, 2, 3, 4}
    assert make_timetable(session, SYSTEM, hall.event).number == 2


def test_nobody_is_placed_with_somebody_he_refused(session: Session, hall: Hall) -> None:
    for firm in hall.firms:
        set_wish(session, SYSTEM, firm, hall.banks[0], 0)
    kept = make_timetable(session, SYSTEM, hall.event)
    assert hall.banks[0].id not in {meeting.institution_registration_id for meeting in kept.meetings}


def test_nobody_is_placed_in_a_slot_in_which_he_is_away(session: Session, hall: Hall) -> None:
    for row in (*hall.banks, *hall.firms[:3]):
        row.absent_slots = [0, 2]
    session.flush()
    kept = make_timetable(session, SYSTEM, hall.event)
    assert {meeting.slot for meeting in kept.meetings} == {1, 3}


def test_silence_of_one_side_places_nobody(session: Session, hall: Hall) -> None:
    silent, *others = hall.banks
    set_wishes(session, SYSTEM, silent, dict.fromkeys((firm.id for firm in hall.firms), None))
    kept = make_timetable(session, SYSTEM, hall.event)
    assert {meeting.institution_registration_id for meeting in kept.meetings} == {bank.id for bank in others}


def test_who_is_left_out_is_told_why(session: Session, make: Make) -> None:
    hall = Hall(make, firms=8, banks=1, slots=2, state=EventState.OPEN)
    kept = make_timetable(session, SYSTEM, hall.event)
    left = left_out_of(kept.certificate)
    assert len(left) == kept.certificate["pairs"] - len(kept.meetings) > 0
    assert all(line.reason for line in left)


def test_a_timetable_that_breaks_a_rule_is_not_kept(session: Session, hall: Hall) -> None:
    task = task_for(session, hall.event)
    good = plan_task(task, seconds=0)
    first = good.meetings[0]
    twice = replace(
        good, meetings=(*good.meetings, Planned(first.slot, first.table, first.bank_id, first.firm_id))
    )
    with pytest.raises(BrokenTimetable, match="违反规则"):
        store_timetable(session, SYSTEM, hall.event, task, twice)
    with pytest.raises(BrokenTimetable, match="分值"):
        store_timetable(session, SYSTEM, hall.event, task, replace(good, meetings=good.meetings[1:]))
    assert timetables_of(session, hall.event.id) == []


def test_an_answer_to_a_question_that_changed_is_not_kept(session: Session, hall: Hall) -> None:
    task = task_for(session, hall.event)
    planned = plan_task(task, seconds=0)
    set_wish(session, SYSTEM, hall.firms[0], hall.banks[0], 0)
    with pytest.raises(Conflict, match="有变动"):
        store_timetable(session, SYSTEM, hall.event, task, planned)


@pytest.mark.parametrize("state", [EventState.DRAFT, EventState.FINISHED, EventState.CANCELLED])
def test_drafts_and_events_that_are_over_are_not_planned(
    session: Session, make: Make, state: EventState
) -> None:
    with pytest.raises(Conflict):
        make_timetable(session, SYSTEM, Hall(make, state=state).event)


def test_publishing_needs_a_closed_event(session: Session, hall: Hall) -> None:
    kept = make_timetable(session, SYSTEM, hall.event)
    with pytest.raises(InvalidTransition):
        publish_timetable(session, SYSTEM, kept, settings=HOUSE)
    close_event(session, SYSTEM, hall.event)
    publish_timetable(session, SYSTEM, kept, settings=HOUSE)
    assert (kept.state, hall.event.state) == (PUBLISHED, EventState.SCHEDULED)
    assert kept.published_at is not None


def test_one_timetable_holds_and_the_earlier_ones_are_superseded(session: Session, make: Make) -> None:
    hall = Hall(make, state=EventState.CLOSED)
    first = make_timetable(session, SYSTEM, hall.event)
    publish_timetable(session, SYSTEM, first, settings=HOUSE)
    cancel_registration(session, SYSTEM, hall.firms[0], settings=HOUSE)
    second = make_timetable(session, SYSTEM, hall.event)
    publish_timetable(session, SYSTEM, second, settings=HOUSE)
    assert (first.state, second.state) == (SUPERSEDED, PUBLISHED)
    assert published_timetable(session, hall.event.id) is second
    with pytest.raises(Conflict, match="已发布过"):
        publish_timetable(session, SYSTEM, first, settings=HOUSE)


def test_a_timetable_older_than_the_last_change_is_not_published(session: Session, make: Make) -> None:
    hall = Hall(make, state=EventState.CLOSED)
    kept = make_timetable(session, SYSTEM, hall.event)
    cancel_registration(session, SYSTEM, hall.firms[0], settings=HOUSE)
    with pytest.raises(Conflict, match="重新排期"):
        publish_timetable(session, SYSTEM, kept, settings=HOUSE)


def test_everybody_with_a_seat_is_told_his_number_of_meetings(session: Session, make: Make) -> None:
    event = make.event(state=EventState.CLOSED, slot_count=2)
    met, alone = make.banker(), make.banker()
    bank = make.registration(event, Side.INSTITUTION, organisation=met.organisation)
    make.registration(event, Side.INSTITUTION, organisation=alone.organisation)
    make.agreed(bank, make.registration(event))
    publish_timetable(session, SYSTEM, make_timetable(session, SYSTEM, event), settings=HOUSE)
    told = {notice.user_id: notice.body for notice in session.scalars(select(Notice))}
    assert told[met.id]["params"] == {"count": 1}
    assert "没有" in told[alone.id]["template"]


def publish(session: Session, hall: Hall) -> EventTimetable:
    kept = make_timetable(session, SYSTEM, hall.event)
    publish_timetable(session, SYSTEM, kept, settings=HOUSE)
    return kept


def test_an_agenda_is_in_order_and_says_who_called_off(session: Session, make: Make) -> None:
    hall = Hall(make, state=EventState.CLOSED)
    assert agenda_of(session, hall.event, hall.banks[0]) == []
    publish(session, hall)
    lines = agenda_of(session, hall.event, hall.banks[0])
    assert [line.slot for line in lines] == sorted({line.slot for line in lines})
    assert (
        lines[0].starts_at
        == hall.event.talks_start_at + (lines[0].ends_at - lines[0].starts_at) * lines[0].slot
    )
    gone = lines[0].counterpart
    cancel_registration(session, SYSTEM, gone, settings=HOUSE)
    assert [line.is_called_off for line in agenda_of(session, hall.event, hall.banks[0])].count(True) == 1


def as_bank(make: Make, registration: Registration) -> Actor:
    user = make.user(Role.BANK)
    return replace(make.actor(user), organisation_id=registration.organisation_id)


def test_no_bank_sees_the_meetings_or_registrations_of_another(session: Session, make: Make) -> None:
    hall = Hall(make, state=EventState.CLOSED)
    kept = publish(session, hall)
    actor = as_bank(make, hall.banks[0])
    seen = meetings_of(session, kept.id, actor)
    assert seen
    assert {meeting.institution_registration_id for meeting in seen} == {hall.banks[0].id}
    assert registrations_of(session, hall.event.id, registrations_visible_to(actor)) == [hall.banks[0]]


def test_a_county_sees_the_registrations_and_meetings_of_its_own_firms(session: Session, make: Make) -> None:
    hall = Hall(make, state=EventState.CLOSED)
    county = make.actor(Role.COUNTY_OFFICER)
    (code,) = county.region_codes
    mine = hall.firms[0]
    session.execute(update(Enterprise).where(Enterprise.id == mine.enterprise_id).values(region_code=code))
    kept = publish(session, hall)
    assert registrations_of(session, hall.event.id, registrations_visible_to(county)) == [mine]
    assert {m.enterprise_registration_id for m in meetings_of(session, kept.id, county)} <= {mine.id}


def test_the_office_and_the_auditor_see_all_and_the_administrator_nothing(
    session: Session, make: Make
) -> None:
    hall = Hall(make, state=EventState.CLOSED)
    kept = publish(session, hall)
    for role, count in ((Role.CITY_OFFICER, 9), (Role.AUDITOR, 9), (Role.ADMIN, 0), (Role.AGENCY, 0)):
        actor = make.actor(role)
        assert len(registrations_of(session, hall.event.id, registrations_visible_to(actor))) == count
        assert bool(meetings_of(session, kept.id, actor)) is (count > 0)


@pytest.mark.parametrize(
    ("role", "sees_drafts"), [(Role.CITY_OFFICER, True), (Role.BANK, False), (Role.ENTERPRISE, False)]
)
def test_drafts_are_the_office_s_own(session: Session, make: Make, role: Role, sees_drafts: bool) -> None:
    make.event()
    draft = make.event(state=EventState.DRAFT)
    seen = session.scalars(select(Event.id).where(events_visible_to(make.actor(role)))).all()
    assert (draft.id in seen) is sees_drafts
    assert len(seen) == 1 + sees_drafts


def test_a_participant_reads_who_asked_for_him_and_never_who_refused(session: Session, make: Make) -> None:
    event = make.event()
    bank = make.registration(event, Side.INSTITUTION)
    asking, refusing, silent = (make.registration(event) for _ in range(3))
    make.registration(event, state=RegistrationState.WAITLISTED)
    make.wish(asking, bank, strength=1)
    make.wish(refusing, bank, strength=0)
    make.wish(bank, silent, strength=2)
    seen = {one.registration.id: (one.wished, one.asks) for one in counterparts_of(session, bank)}
    assert seen == {asking.id: (None, True), refusing.id: (None, False), silent.id: (2, False)}
    found = counterparts_of(session, bank, only_wished=True)
    assert {one.registration.id for one in found} == {asking.id, silent.id}


def test_counterparts_are_found_by_a_part_of_name_or_need(session: Session, make: Make) -> None:
    event = make.event()
    bank = make.registration(event, Side.INSTITUTION)
    named = make.registration(event, display_name="样例洹河阀门有限公司")
    needing = make.registration(event, need="补充流动资金100%")
    for query, wanted in (("洹河", named), ("100%", needing)):
        assert [one.registration for one in counterparts_of(session, bank, query=query)] == [wanted]


def test_locked_meetings_stay_and_the_rest_is_planned_again(session: Session, hall: Hall) -> None:
    first = make_timetable(session, SYSTEM, hall.event)
    chosen = first.meetings[:2]
    assert set_locks(session, SYSTEM, first, [row.id for row in chosen]) == 2
    set_wish(session, SYSTEM, chosen[0].enterprise_registration, chosen[0].institution_registration, 1)
    again = make_timetable(session, SYSTEM, hall.event, locks=locks_of(session, first))
    places = {
        (m.enterprise_registration_id, m.institution_registration_id, m.slot, m.desk, m.is_locked)
        for m in again.meetings
    }
    for row in chosen:
        place = (row.enterprise_registration_id, row.institution_registration_id, row.slot, row.desk, True)
        assert place in places
    assert sum(row.is_locked for row in again.meetings) == len(again.certificate["locks"]) == 2
    close_event(session, SYSTEM, hall.event)
    assert set_locks(session, SYSTEM, again, []) == 0  # what comes next does not belie what was proved
    publish_timetable(session, SYSTEM, again, settings=HOUSE)
    assert again.state is PUBLISHED


def test_two_who_lock_at_once_keep_what_the_other_locked(session: Session, hall: Hall) -> None:
    first = make_timetable(session, SYSTEM, hall.event)
    one, two, three = (row.id for row in first.meetings[:3])
    set_locks(session, SYSTEM, first, [one])
    assert set_locks(session, SYSTEM, first, [one, two], seen=[one]) == 2
    assert set_locks(session, SYSTEM, first, [three], seen=[one]) == 2
    assert {row.id for row in first.meetings if row.is_locked} == {two, three}


def test_a_whole_timetable_is_locked_and_one_refusal_names_the_meeting(session: Session, hall: Hall) -> None:
    first = make_timetable(session, SYSTEM, hall.event)
    assert set_locks(session, SYSTEM, first, None) == len(first.meetings)
    row = first.meetings[0]
    set_wish(session, SYSTEM, row.enterprise_registration, row.institution_registration, 0)
    with pytest.raises(BadInput, match=row.enterprise_registration.display_name):
        make_timetable(session, SYSTEM, hall.event, locks=locks_of(session, first))


def test_only_meetings_of_the_timetable_are_locked_and_only_before_the_end(
    session: Session, make: Make, hall: Hall
) -> None:
    first = make_timetable(session, SYSTEM, hall.event)
    with pytest.raises(BadInput, match="不属于这一版"):
        set_locks(session, SYSTEM, first, [make.meeting().id])
    hall.event.state = EventState.FINISHED
    session.flush()
    with pytest.raises(Conflict, match="不能锁定"):
        set_locks(session, SYSTEM, first, None)


def test_nobody_is_planned_into_a_break_and_slots_keep_their_numbers(session: Session, hall: Hall) -> None:
    hall.event.breaks = [1]
    session.flush()
    kept = make_timetable(session, SYSTEM, hall.event)
    assert {meeting.slot for meeting in kept.meetings} == {0, 2, 3}
    assert kept.inputs_hash == task_for(session, hall.event).problem.sha256()
