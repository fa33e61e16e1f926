"""The last meeting of the demonstration, held five weeks ago: what came of it, and what is still open.

Decides who met whom and what was said; it leaves some results out, so that there is something to ask for.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.accounts.models import Organisation
from ipfin.config import Settings
from ipfin.demo.people import officer
from ipfin.events.details import EventDetails
from ipfin.events.feedback import Opinion
from ipfin.events.lifecycle import EventKind, Side
from ipfin.events.models import Event, Registration
from ipfin.events.queries import Pair, pairs_of
from ipfin.events.registration import Application
from ipfin.events.results import FollowUpSaid, Interest, ResultSaid, Stage
from ipfin.events.service import (
    add_follow_up,
    close_event,
    create_event,
    finish_event,
    give_opinion,
    make_timetable,
    publish_event,
    publish_timetable,
    register_enterprise,
    register_institution,
    save_result,
    set_wish,
)
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import CHINA, now_utc
from ipfin.kernel.money import Fen, fen_from_wan_yuan
from ipfin.registry.models import Enterprise
from ipfin.whitelist.models import Admission

FIRMS: Final = 8
DAYS_AGO: Final = 35
_HOSTS: Final = tuple(f"{name}@demo.invalid" for name in ("bank", "bank2", "insurer", "guarantor"))


def tell_past_meeting(session: Session, settings: Settings, on: date) -> None:
    """Hold a meeting of five weeks ago from registration to what came of it."""
    maker = officer(session, "office@demo.invalid")
    held = datetime(on.year, on.month, on.day, 14, tzinfo=CHINA) - timedelta(days=DAYS_AGO)
    event = create_event(session, maker, _details(held), is_synthetic=True)
    publish_event(session, maker, event)
    firms = _firms(session, maker, event, settings, held.date())
    houses = [_house(session, email, event, settings, held.date()) for email in _HOSTS]
    for firm in firms:
        for house in houses:
            set_wish(session, maker, firm, house, 2)
            set_wish(session, maker, house, firm, 2)
    close_event(session, maker, event)
    publish_timetable(session, maker, make_timetable(session, maker, event, seconds=0.5), settings=settings)
    finish_event(session, maker, event, now=now_utc())
    _tell_results(session, maker, event, held)
    for points, row in enumerate(houses[:2]):
        said = Opinion(
            5, 4, 4 + points, would_return=True, comment="" if points else "场次之间可多留五分钟。"
        )
        give_opinion(session, maker, event, row, said, now=now_utc())


def _firms(session: Session, maker: Actor, event: Event, settings: Settings, day: date) -> list[Registration]:
    rows: Iterable[Enterprise] = session.scalars(
        select(Enterprise)
        .join(Admission, Admission.enterprise_id == Enterprise.id)
        .order_by(Admission.graded_e4.desc(), Enterprise.id)
        .limit(FIRMS)
    ).all()
    return [
        register_enterprise(
            session,
            maker,
            event,
            firm,
            Application(
                contact_name="联系人（合成）",
                phone=f"0372{1000000 + place}",
                need="专利质押融资（合成）",
                amount_fen=fen_from_wan_yuan(200 + 100 * (place % 4)),
            ),
            on=day - timedelta(days=9),
            settings=settings,
        )
        for place, firm in enumerate(rows)
    ]


def _house(session: Session, email: str, event: Event, settings: Settings, day: date) -> Registration:
    host = officer(session, email)
    house = session.get_one(Organisation, host.organisation_id)
    desk = Application(contact_name=host.name, phone=f"0372{2000000 + house.id}", desks=1)
    return register_institution(
        session, host, event, house, desk, on=day - timedelta(days=9), settings=settings
    )


def _tell_results(session: Session, maker: Actor, event: Event, held: datetime) -> None:
    """Say what came of two meetings in three, one step further for each that follows."""
    day = held.date()
    for turn, pair in enumerate(pairs_of(session, event, maker)):
        if turn % 3 == 2:
            continue  # nobody said anything yet
        wan = 200 + 50 * (turn % 5)
        for side in (Side.INSTITUTION, Side.ENTERPRISE)[: 1 + turn % 2]:
            said = _word(turn, fen_from_wan_yuan(wan), day)
            save_result(session, maker, event, pair, side, said, version=0, now=now_utc())
        _tell_steps(session, maker, event, pair, turn, wan, day)


def _word(turn: int, amount: Fen, day: date) -> ResultSaid:
    if turn % 6 == 4:
        return ResultSaid(Interest.NONE, note="暂不需要（合成）")
    if turn % 2:
        return ResultSaid(Interest.OPEN, amount, "科技贷（合成）", "补充近三年报表")
    return ResultSaid(
        Interest.STRONG,
        amount,
        "知识产权质押贷款（合成）",
        "上门尽调",
        "客户经理（合成）",
        day + timedelta(days=14),
    )


def _tell_steps(
    session: Session, maker: Actor, event: Event, pair: Pair, turn: int, wan: int, day: date
) -> None:
    steps = []
    if turn % 6 == 0:
        steps.append(FollowUpSaid(Stage.CREDIT, day + timedelta(days=18), fen_from_wan_yuan(wan)))
    if turn % 12 == 0:
        loan = fen_from_wan_yuan(wan - 50)
        steps.append(FollowUpSaid(Stage.LOAN, day + timedelta(days=32), loan, is_first_loan=True))
    for step in steps:
        add_follow_up(
            session, maker, event, pair, step, side=None, on=day + timedelta(days=DAYS_AGO), now=now_utc()
        )


def _details(held: datetime) -> EventDetails:
    return EventDetails(
        kind=EventKind.MATCHMAKING,
        title="上一期知识产权质押融资银企对接会（演示）",
        summary="全部参会者和成果为合成数据。",
        venue="安阳市政务服务中心三楼会议厅（演示）",
        starts_at=held,
        ends_at=held + timedelta(hours=3),
        registration_closes_on=held.date() - timedelta(days=5),
        enterprise_seats=20,
        institution_seats=6,
        talks_start_at=held + timedelta(minutes=30),
        slot_minutes=15,
        slot_count=8,
        desk_count=4,
        meetings_per_enterprise=4,
    )
