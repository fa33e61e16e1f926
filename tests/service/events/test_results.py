"""What came of meetings: each side's own word, later steps once, reminders once, minutes not lost."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ipfin.accounts.models import Organisation, OrganisationKind
from ipfin.audit.models import AuditEntry
from ipfin.events.feedback import Opinion
from ipfin.events.funnel import funnel
from ipfin.events.lifecycle import EventState, RegistrationState, Side, TimetableState
from ipfin.events.models import Event, Meeting, MeetingFollowUp, MeetingResult
from ipfin.events.queries import follow_up_by_id, pair_by_key, pair_of, pairs_of
from ipfin.events.results import FollowUpSaid, Interest, ResultSaid, Stage
from ipfin.events.service import (
    add_follow_up,
    chase_due,
    chase_now,
    give_opinion,
    save_minutes,
    save_result,
    withdraw_follow_up,
)
from ipfin.kernel.actor import SYSTEM, Actor, Role
from ipfin.kernel.errors import BadInput, Conflict, NotFound, Stale
from ipfin.kernel.money import Fen
from ipfin.notices.models import Notice
from tests.factories import NOW, Make

EVENING = datetime(2026, 4, 16, 10, 0, tzinfo=UTC)
DAY = date(2026, 4, 16)
YES = ResultSaid(Interest.STRONG, Fen(300_000_000), "质押贷款", "提供报表", "客户经理", date(2026, 4, 30))
LOAN = FollowUpSaid(Stage.LOAN, date(2026, 5, 20), Fen(200_000_000))


@pytest.fixture
def meeting(make: Make) -> Meeting:
    """A meeting of a firm with people and a bank with people."""
    event = make.event(state=EventState.SCHEDULED)
    firm, bank = make.enterprise(), make.organisation(OrganisationKind.BANK)
    make.user(Role.ENTERPRISE, organisation=make.organisation(OrganisationKind.ENTERPRISE, enterprise=firm))
    make.user(Role.BANK, organisation=bank)
    return make.held_meeting(
        event,
        enterprise_registration=make.registration(event, enterprise=firm),
        institution_registration=make.registration(event, Side.INSTITUTION, organisation=bank),
    )


def event_of(session: Session, meeting: Meeting) -> Event:
    return session.get_one(Event, meeting.timetable.event_id)


def bank_of(make: Make, meeting: Meeting) -> Actor:
    house = make.session.get_one(Organisation, meeting.institution_registration.organisation_id)
    return make.actor(make.user(Role.BANK, organisation=house))


def said(session: Session, meeting: Meeting, side: Side, what: ResultSaid, **more: object) -> MeetingResult:
    event = event_of(session, meeting)
    key = meeting.enterprise_registration_id, meeting.institution_registration_id
    pair = pair_by_key(session, event, SYSTEM, key)
    return save_result(session, SYSTEM, event, pair, side, what, **{"version": 0, "now": EVENING} | more)


def step(session: Session, meeting: Meeting, what: FollowUpSaid = LOAN) -> MeetingFollowUp:
    event = event_of(session, meeting)
    key = meeting.enterprise_registration_id, meeting.institution_registration_id
    pair = pair_by_key(session, event, SYSTEM, key)
    return add_follow_up(session, SYSTEM, event, pair, what, side=None, on=date(2026, 6, 1), now=EVENING)


def test_each_side_keeps_its_own_word(session: Session, meeting: Meeting) -> None:
    said(session, meeting, Side.INSTITUTION, YES)
    said(session, meeting, Side.ENTERPRISE, ResultSaid(Interest.OPEN, next_step="再联系"))
    (pair,) = pairs_of(session, event_of(session, meeting), SYSTEM)
    assert {side: row.interest for side, row in pair.results.items()} == {
        Side.INSTITUTION: Interest.STRONG,
        Side.ENTERPRISE: Interest.OPEN,
    }
    assert funnel([pair.story]).intent.amount_fen == 300_000_000


def test_a_bank_reads_its_own_word_and_its_own_meetings_only(
    session: Session, make: Make, meeting: Meeting
) -> None:
    said(session, meeting, Side.ENTERPRISE, ResultSaid(Interest.OPEN, next_step="不要告诉银行"))
    other = make.held_meeting(
        event_of(session, meeting),
        timetable=meeting.timetable,
        slot=1,
        enterprise_registration=meeting.enterprise_registration,
    )
    event, bank = event_of(session, meeting), bank_of(make, meeting)
    (pair,) = pairs_of(session, event, bank)
    assert (pair.institution.id, pair.results) == (meeting.institution_registration_id, {})
    with pytest.raises(NotFound):
        pair_by_key(
            session,
            event,
            bank,
            (other.enterprise_registration_id, other.institution_registration_id),
        )
    foreign = make.follow_up(other)
    with pytest.raises(NotFound):
        follow_up_by_id(session, event, bank, foreign.id)
    with pytest.raises(NotFound):
        pair_of(session, event, bank, other.institution_registration_id, Side.INSTITUTION)


def test_a_colleague_who_saved_meanwhile_is_not_overwritten(session: Session, meeting: Meeting) -> None:
    first = said(session, meeting, Side.INSTITUTION, YES)
    with pytest.raises(Stale):
        said(session, meeting, Side.INSTITUTION, ResultSaid(Interest.NONE))
    assert first.interest is Interest.STRONG
    again = said(session, meeting, Side.INSTITUTION, ResultSaid(Interest.NONE), version=first.lock_version)
    assert (again.id, again.interest, again.amount_fen) == (first.id, Interest.NONE, None)


@pytest.mark.parametrize(
    ("state", "minutes", "words"),
    [
        (EventState.SCHEDULED, -1, "尚未开始"),
        (EventState.SCHEDULED, 0, ""),
        (EventState.FINISHED, 0, ""),
        (EventState.CANCELLED, 60, "日程发布"),
    ],
)
def test_nothing_is_said_of_meetings_that_have_not_begun(
    session: Session, meeting: Meeting, state: EventState, minutes: int, words: str
) -> None:
    event = event_of(session, meeting)
    event.state = state
    now = event.talks_start_at + timedelta(minutes=minutes)
    if not words:
        assert said(session, meeting, Side.INSTITUTION, YES, now=now).id
        return
    with pytest.raises(Conflict, match=words):
        said(session, meeting, Side.INSTITUTION, YES, now=now)


def test_what_was_said_stays_when_a_new_plan_moves_the_meeting_away(
    session: Session, make: Make, meeting: Meeting
) -> None:
    said(session, meeting, Side.INSTITUTION, YES)
    meeting.timetable.state = TimetableState.SUPERSEDED
    session.flush()
    (pair,) = pairs_of(session, event_of(session, meeting), SYSTEM)
    assert (pair.slot, pair.results[Side.INSTITUTION].interest) == (None, Interest.STRONG)
    assert step(session, meeting).id, "a loan may still come of it"


def test_that_a_meeting_was_not_held_is_no_last_word_when_it_is_moved_to_a_later_hour(
    session: Session, meeting: Meeting
) -> None:
    event = event_of(session, meeting)
    early = event.talks_start_at + timedelta(minutes=event.slot_minutes)
    absent = ResultSaid(Interest.NOT_HELD, note="对方还没有到")
    row = said(session, meeting, Side.INSTITUTION, absent, now=early)

    def silent() -> dict[Side, bool]:
        (pair,) = pairs_of(session, event, SYSTEM)
        return {side: pair.is_silent(side) for side in Side}

    assert silent() == {Side.ENTERPRISE: True, Side.INSTITUTION: False}
    meeting.slot = 2
    assert silent()[Side.INSTITUTION]
    said(session, meeting, Side.INSTITUTION, YES, now=early, version=row.lock_version)
    assert not silent()[Side.INSTITUTION]


def test_a_pair_meets_once_a_timetable(session: Session, make: Make, meeting: Meeting) -> None:
    with pytest.raises(IntegrityError):
        make.meeting(
            meeting.timetable,
            slot=meeting.slot + 1,
            enterprise_registration=meeting.enterprise_registration,
            institution_registration=meeting.institution_registration,
        )


def test_two_who_never_met_have_no_result(session: Session, make: Make, meeting: Meeting) -> None:
    event = event_of(session, meeting)
    draft = make.meeting(make.timetable(event))
    make.follow_up(draft)  # as if somebody had written it into the database
    key = draft.enterprise_registration_id, draft.institution_registration_id
    pair = pair_by_key(session, event, SYSTEM, key)
    with pytest.raises(Conflict, match="没有安排过洽谈"):
        save_result(session, SYSTEM, event, pair, Side.INSTITUTION, YES, version=0, now=EVENING)


def test_a_step_is_told_once_withdrawn_with_a_reason_and_told_anew(
    session: Session, meeting: Meeting
) -> None:
    first = step(session, meeting)
    with pytest.raises(Conflict, match="已经登记过"):
        step(session, meeting)
    event = event_of(session, meeting)
    (pair,) = pairs_of(session, event, SYSTEM)
    with pytest.raises(BadInput):
        withdraw_follow_up(session, SYSTEM, event, pair, first, reason=" ")
    withdraw_follow_up(session, SYSTEM, event, pair, first, reason="金额填错")
    with pytest.raises(Conflict, match="已经撤回"):
        withdraw_follow_up(session, SYSTEM, event, pair, first, reason="再次")
    (pair,) = pairs_of(session, event, SYSTEM)
    assert funnel([pair.story]).loan.meetings == 0
    assert step(session, meeting).id != first.id


def asked(session: Session) -> list[str]:
    return list(session.scalars(select(Notice.event_key).order_by(Notice.id)))


@pytest.mark.parametrize(
    ("days", "told"), [(0, "0"), (29, "0"), (30, "30"), (59, "30"), (60, "60"), (90, "90"), (120, "90")]
)
def test_who_said_nothing_is_asked_once_for_each_day(
    session: Session, meeting: Meeting, days: int, told: str
) -> None:
    now = EVENING + timedelta(days=days)
    assert chase_due(session, now) == 2, "the firm's and the bank's"
    assert chase_due(session, now) == 0
    key = f"event:{event_of(session, meeting).id}:results:{told}"
    assert set(asked(session)) == {key}


@pytest.mark.parametrize("when", [timedelta(hours=-7), timedelta(days=121)])
def test_nobody_is_asked_before_the_end_nor_after_four_months(
    session: Session, meeting: Meeting, when: timedelta
) -> None:
    assert chase_due(session, EVENING + when) == 0


def test_only_what_is_still_open_is_asked_again(session: Session, meeting: Meeting) -> None:
    said(session, meeting, Side.INSTITUTION, YES)
    said(session, meeting, Side.ENTERPRISE, YES)
    assert chase_due(session, EVENING) == 0, "both said their word"
    assert chase_due(session, EVENING + timedelta(days=30)) == 1, "the bank, of the loan"
    step(session, meeting)
    assert chase_due(session, EVENING + timedelta(days=60)) == 0


def test_who_called_off_is_not_asked(session: Session, meeting: Meeting) -> None:
    meeting.enterprise_registration.state = RegistrationState.CANCELLED
    session.flush()
    assert chase_due(session, EVENING) == 1


def test_the_office_asks_at_once_and_once_a_day(session: Session, meeting: Meeting) -> None:
    event = event_of(session, meeting)
    assert chase_now(session, SYSTEM, event, now=EVENING) == 2
    with pytest.raises(Conflict, match="今天已经催过"):
        chase_now(session, SYSTEM, event, now=EVENING)
    assert chase_now(session, SYSTEM, event, now=EVENING + timedelta(days=1)) == 2
    for side in Side:
        said(session, meeting, side, ResultSaid(Interest.NONE))
    with pytest.raises(Conflict, match="都已填报"):
        chase_now(session, SYSTEM, event, now=EVENING + timedelta(days=2))
    codes = list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
    assert codes.count("events.results.chased") == 2


def test_an_opinion_replaces_the_one_before(session: Session, make: Make) -> None:
    event = make.event(state=EventState.SCHEDULED)
    own = make.registration(event)
    first = give_opinion(session, SYSTEM, event, own, Opinion(5, 4, 3, True), now=EVENING)
    again = give_opinion(session, SYSTEM, event, own, Opinion(1, 1, 1, False, "太挤"), now=EVENING)
    assert (first.id, again.use_points, again.comment) == (again.id, 1, "太挤")
    with pytest.raises(BadInput):
        give_opinion(session, SYSTEM, event, own, Opinion(6, 4, 3, True), now=EVENING)
    with pytest.raises(Conflict):
        give_opinion(session, SYSTEM, event, own, Opinion(5, 5, 5, True), now=NOW)
    waiting = make.registration(event, state=RegistrationState.WAITLISTED)
    with pytest.raises(Conflict):
        give_opinion(session, SYSTEM, event, waiting, Opinion(5, 5, 5, True), now=EVENING)


def test_minutes_are_not_overwritten_unseen(session: Session, make: Make) -> None:
    event = make.event(state=EventState.FINISHED)
    row = save_minutes(session, SYSTEM, event, "一、基本情况", version=0, now=EVENING)
    with pytest.raises(Conflict):
        save_minutes(session, SYSTEM, event, "另一稿", version=0, now=EVENING)
    save_minutes(session, SYSTEM, event, "二稿", version=row.lock_version, now=EVENING)
    assert row.body == "二稿"
    with pytest.raises(BadInput):
        save_minutes(session, SYSTEM, event, "  ", version=row.lock_version, now=EVENING)
