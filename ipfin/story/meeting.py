"""From a directory to people at tables: registrations and wishes, the proven timetable, the agendas.

Who signs up and wishes for whom is made up here by a fixed rule, and said to be: lists do not tell it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ipfin.accounts.models import Organisation
from ipfin.events.details import EventDetails
from ipfin.events.export import issue_agendas
from ipfin.events.lifecycle import EventKind, RegistrationState, Side
from ipfin.events.models import Event, EventTimetable, Meeting, Registration
from ipfin.events.registration import Application
from ipfin.events.service import (
    close_event,
    create_event,
    make_timetable,
    publish_event,
    publish_timetable,
    register_enterprise,
    register_institution,
    set_wishes,
)
from ipfin.kernel.clock import CHINA
from ipfin.kernel.text import Text, _
from ipfin.registry.models import Enterprise
from ipfin.story.telling import Story

FIRMS_AT_THE_MEETING = 40
SLOTS, SLOT_MINUTES, DESKS_PER_BANK = 12, 15, 2


def tell_event(story: Story) -> None:
    """Publish a meeting, sign up firms and banks, let them wish."""
    with story.step("event", _("对接会：报名与意愿（为演示而设）")) as step:
        with story.work() as session:
            event = create_event(session, story.maker, _event_details(story))
            story.event_id = event.id
            publish_event(session, story.maker, event)
        with story.work() as session:
            event = session.get_one(Event, story.event_id)
            _register(story, session, event)
            wishes = _wish(story, session, event)
            close_event(session, story.maker, event)
        with story.read() as session:
            sides = dict(
                session.execute(
                    select(Registration.side, func.count())
                    .where(
                        Registration.event_id == story.event_id,
                        Registration.state == RegistrationState.CONFIRMED,
                    )
                    .group_by(Registration.side)
                ).all()
            )
        step.count(_("报名企业"), sides.get(Side.ENTERPRISE, 0))
        step.count(_("报名机构"), sides.get(Side.INSTITUTION, 0))
        step.count(_("意愿"), wishes)


def _event_details(story: Story) -> EventDetails:
    opens = datetime(story.on.year, story.on.month, story.on.day, 9, tzinfo=CHINA) + timedelta(days=14)
    return EventDetails(
        kind=EventKind.MATCHMAKING,
        title="知识产权质押融资银企对接会（演示）",
        venue="政务服务中心三楼会议厅",
        starts_at=opens,
        ends_at=opens + timedelta(hours=4),
        registration_closes_on=story.on + timedelta(days=10),
        enterprise_seats=FIRMS_AT_THE_MEETING,
        institution_seats=10,
        talks_start_at=opens + timedelta(minutes=30),
        slot_minutes=SLOT_MINUTES,
        slot_count=SLOTS,
        desk_count=DESKS_PER_BANK * len(story.banks),
        meetings_per_enterprise=2,
    )


def _register(story: Story, session: Session, event: Event) -> None:
    firms = session.scalars(
        select(Enterprise)
        .where(Enterprise.patent_count > 0)
        .order_by(Enterprise.valid_invention_count.desc(), Enterprise.patent_count.desc(), Enterprise.id)
        .limit(FIRMS_AT_THE_MEETING)
    ).all()
    for place, firm in enumerate(firms):
        phone = f"0372000{place:05d}"  # one phone, one place: everybody has his own
        application = Application(contact_name="演示联系人", phone=phone, need="专利质押融资")
        register_enterprise(
            session, story.maker, event, firm, application, on=story.on, settings=story.settings
        )
    for place, actor in enumerate(story.banks):
        bank = session.get_one(Organisation, actor.organisation_id)
        application = Application(
            contact_name="演示客户经理", phone=f"0372001{place:05d}", desks=DESKS_PER_BANK
        )
        register_institution(session, actor, event, bank, application, on=story.on, settings=story.settings)


def _wish(story: Story, session: Session, event: Event) -> int:
    """Let every firm ask both banks and every bank ask three firms of four, by a fixed rule."""
    rows = session.scalars(
        select(Registration).where(Registration.event_id == event.id).order_by(Registration.id)
    ).all()
    firms = [row for row in rows if row.side is Side.ENTERPRISE]
    banks = [row for row in rows if row.side is Side.INSTITUTION]
    said = 0
    for place, firm in enumerate(firms):
        strengths: dict[int, int | None] = {
            bank.id: 3 - (place + turn) % 2 for turn, bank in enumerate(banks)
        }
        set_wishes(session, story.maker, firm, strengths)
        said += len(strengths)
    for turn, bank in enumerate(banks):
        strengths = {firm.id: 1 + place % 3 for place, firm in enumerate(firms) if (place + turn) % 4 != 3}
        set_wishes(session, story.banks[turn], bank, strengths)
        said += len(strengths)
    return said


def tell_timetable(story: Story) -> None:
    """Make and publish the timetable; its value must equal the proven bound."""
    with story.step("timetable", _("最优排期")) as step:
        with story.work() as session:
            made = make_timetable(session, story.maker, session.get_one(Event, story.event_id))
            story.timetable_id = made.id
            step.count(_("会谈"), len(made.meetings))
            step.count(_("价值"), made.value)
            step.count(_("理论上限"), made.bound)
            step.count(_("未排入的意愿"), len(made.certificate["left_out"]))
            step.remark(Text.from_json(made.certificate["statement"]))
            pairs = made.certificate["pairs"]
            step.must_equal(
                _("可排的意愿 = 会谈 + 未排入"),
                pairs,
                len(made.meetings) + len(made.certificate["left_out"]),
            )
            step.must_equal(_("排期价值 = 理论上限（证明最优）"), made.value, made.bound)
        with story.work() as session:
            publish_timetable(
                session,
                story.maker,
                session.get_one(EventTimetable, story.timetable_id),
                settings=story.settings,
            )


def tell_agendas(story: Story) -> None:
    """Issue one agenda for everybody who has a talk."""
    with story.step("agendas", _("个人日程（PDF）")) as step:
        documents = issue_agendas(
            story.work, story.read, story.maker, story.event_id, settings=story.settings
        )
        step.count(_("日程"), story.save(documents, "agendas"))
        with story.read() as session:
            seated = session.scalar(
                select(func.count(func.distinct(Meeting.enterprise_registration_id))).where(
                    Meeting.timetable_id == story.timetable_id
                )
            )
            hosts = session.scalar(
                select(func.count(func.distinct(Meeting.institution_registration_id))).where(
                    Meeting.timetable_id == story.timetable_id
                )
            )
        step.must_equal(_("日程 = 有会谈的企业 + 有会谈的机构"), len(documents), (seated or 0) + (hosts or 0))
