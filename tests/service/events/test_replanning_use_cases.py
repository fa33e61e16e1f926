"""On the day: the rest is planned again; only those whose meetings change are told and lose their paper."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.accounts.models import Organisation
from ipfin.config import Settings
from ipfin.documents.models import Document, DocumentKind
from ipfin.events.lifecycle import EventState, RegistrationState, Side, TimetableState
from ipfin.events.models import Event, EventTimetable, Registration
from ipfin.events.queries import published_timetable
from ipfin.events.replanning import Outage, Way, agenda_subject, outage_of, plan_rest
from ipfin.events.service import apply_replanning, day_for
from ipfin.events.timetable.replanning import ChangeKind
from ipfin.kernel.actor import SYSTEM
from ipfin.kernel.errors import BadInput, Conflict
from ipfin.notices.models import Notice
from tests.factories import Make

HOUSE = Settings(env="test", secret_key="secret of the event tests")


@dataclass
class Fair:
    """Bank a meets firms 1 and 2, bank b 2 and 1; firm 3 and bank a want each other and have no meeting."""

    event: Event
    a: Registration
    b: Registration
    firms: list[Registration]
    base: EventTimetable


@pytest.fixture
def fair(make: Make) -> Fair:
    event = make.event(slot_count=4, desk_count=2, meetings_per_enterprise=3, state=EventState.SCHEDULED)
    firms = [make.registration(event) for _ in range(3)]
    a, b = (make.registration(event, Side.INSTITUTION) for _ in range(2))
    base = make.timetable(
        event,
        state=TimetableState.PUBLISHED,
        certificate={"only_mutual": True},
        number=1,
        value=240,
        bound=240,
    )
    for slot, desk, house, firm in ((0, 1, a, 0), (0, 2, b, 1), (1, 1, a, 1), (1, 2, b, 0)):
        make.meeting(
            base,
            slot=slot,
            desk=desk,
            enterprise_registration=firms[firm],
            institution_registration=house,
            is_locked=(slot, desk) == (1, 2),
        )
    for house, firm in ((a, 0), (b, 1), (a, 1), (b, 0), (a, 2)):
        make.wish(firms[firm], house)
        make.wish(house, firms[firm])
    return Fair(event, a, b, firms, base)


def paper(make: Make, subject: str) -> Document:
    return make.document(kind=DocumentKind.AGENDA, subject=subject)


def test_only_those_whose_meetings_change_are_told_and_lose_their_paper(
    session: Session, make: Make, fair: Fair
) -> None:
    officer = make.actor(make.officer())
    people = {
        row.id: make.banker(organisation=session.get_one(Organisation, row.organisation_id))
        for row in (fair.a, fair.b)
    }
    papers = {row.id: paper(make, agenda_subject(fair.event.id, row.id) + "0") for row in (fair.a, fair.b)}
    old = paper(make, f"timetable:{fair.base.id}:agenda:{fair.a.id}:0")
    pack = make.document(kind=DocumentKind.EVENT_PACK, subject=f"timetable:{fair.base.id}:pack")
    day, outage = day_for(session, fair.event), Outage(2, absent=frozenset({fair.firms[1].id}))
    answer = plan_rest(day, outage)
    kept = apply_replanning(session, officer, fair.event, day, outage, answer.best, Way.BEST, settings=HOUSE)
    assert (kept.state, kept.base_number, kept.number) == (TimetableState.PUBLISHED, 1, 2)
    assert (fair.base.state, published_timetable(session, fair.event.id)) == (TimetableState.SUPERSEDED, kept)
    held = {
        (m.institution_registration_id, m.enterprise_registration_id): (m.slot, m.desk) for m in kept.meetings
    }
    assert held[fair.b.id, fair.firms[1].id] == (0, 2)  # the past stands
    assert held[fair.b.id, fair.firms[0].id] == (1, 2)
    assert (fair.a.id, fair.firms[1].id) not in held
    assert held[fair.a.id, fair.firms[2].id][0] >= 1
    assert [
        m.is_locked for m in kept.meetings if m.institution_registration_id == fair.b.id and m.slot == 1
    ] == [True]
    told = {notice.user_id for notice in session.scalars(select(Notice).where(Notice.subject.is_not(None)))}
    assert people[fair.a.id].id in told
    assert people[fair.b.id].id not in told
    session.expire_all()
    assert papers[fair.b.id].revoked_at is None
    assert all(one.revoked_at for one in (papers[fair.a.id], old, pack))
    said = kept.certificate["replanning"]
    assert (said["base"], said["lost"], said["moved"], said["added"]) == (1, 1, 0, 1)
    assert set(said["told"]) == {fair.a.id, fair.firms[2].id}
    assert outage_of(kept.certificate, 3).absent == outage.absent


def test_a_second_no_show_builds_on_the_first(session: Session, fair: Fair) -> None:
    for number, absent in enumerate(({fair.firms[1].id}, {fair.firms[1].id, fair.firms[2].id}), start=2):
        day, outage = day_for(session, fair.event), Outage(2, absent=frozenset(absent))
        kept = apply_replanning(
            session, SYSTEM, fair.event, day, outage, plan_rest(day, outage).best, Way.BEST, settings=HOUSE
        )
        assert (kept.number, kept.base_number) == (number, number - 1)
    assert {m.enterprise_registration_id for m in kept.meetings if m.slot} == {fair.firms[0].id}


def test_who_cancelled_since_counts_as_gone(session: Session, fair: Fair) -> None:
    fair.b.state = RegistrationState.CANCELLED
    session.flush()
    day = day_for(session, fair.event)
    answer = plan_rest(day, Outage(2))
    assert day.gone == {fair.b.id}
    assert answer.best.count(ChangeKind.LOST) == 1
    assert fair.b.id not in {int(party.id) for party in answer.best.told if party.is_bank}


def test_a_proposal_about_a_superseded_timetable_is_not_kept(session: Session, fair: Fair) -> None:
    day, outage = day_for(session, fair.event), Outage(2, absent=frozenset({fair.firms[1].id}))
    proposal = plan_rest(day, outage).best
    apply_replanning(session, SYSTEM, fair.event, day, outage, proposal, Way.BEST, settings=HOUSE)
    with pytest.raises(Conflict, match="第1版日程已被第2版替换"):
        apply_replanning(session, SYSTEM, fair.event, day, outage, proposal, Way.BEST, settings=HOUSE)


def test_a_proposal_is_not_kept_when_somebody_cancels_meanwhile(session: Session, fair: Fair) -> None:
    day, outage = day_for(session, fair.event), Outage(2, absent=frozenset({fair.firms[1].id}))
    proposal = plan_rest(day, outage).best
    fair.b.state = RegistrationState.CANCELLED
    session.flush()
    with pytest.raises(Conflict, match="重新核对"):
        apply_replanning(session, SYSTEM, fair.event, day, outage, proposal, Way.BEST, settings=HOUSE)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (lambda fair: Outage(2, frozenset({fair.a.id}), {fair.a.id: 3}), "只能选一种情况"),
        (lambda fair: Outage(2, frozenset({0})), "请刷新"),
        (lambda fair: Outage(2, late={fair.a.id: 5}), "1到4"),
        (lambda fair: Outage(5), "1到4"),
    ],
    ids=["two things at once", "somebody unknown", "a slot that is none", "from a slot that is none"],
)
def test_what_makes_no_sense_is_refused(session: Session, fair: Fair, said, words) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(BadInput, match=words):
        plan_rest(day_for(session, fair.event), said(fair))


def test_without_a_published_timetable_there_is_nothing_to_adjust(session: Session, make: Make) -> None:
    with pytest.raises(Conflict, match="发布后"):
        day_for(session, make.event(state=EventState.CLOSED))
