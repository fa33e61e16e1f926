"""The meeting of the demonstration: firms, banks, desks and wishes, ready to be planned.

Decides how many come and what they wish; its timetable is left for whoever tries the product.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.accounts.models import Organisation
from ipfin.config import Settings
from ipfin.demo.people import officer
from ipfin.events.details import EventDetails
from ipfin.events.lifecycle import EventKind, Side
from ipfin.events.preferences import IpKind, Preference
from ipfin.events.programme import Item
from ipfin.events.questions import Draft, QuestionKind
from ipfin.events.registration import Application
from ipfin.events.service import (
    add_item,
    ask,
    create_event,
    publish_event,
    register_enterprise,
    register_institution,
    set_preference,
    set_wish,
    set_wishes,
)
from ipfin.kernel.clock import CHINA
from ipfin.kernel.money import fen_from_wan_yuan
from ipfin.registry.models import Enterprise
from ipfin.whitelist.models import Admission

FIRMS_AT_THE_MEETING = 24
PREFERENCES = (
    Preference(
        amount_from=fen_from_wan_yuan(200),
        amount_to=fen_from_wan_yuan(400),
        months_from=12,
        months_to=24,
        industries=frozenset({"C"}),
        least_grade="B",
        only_listed=True,
    ),
    Preference(amount_to=fen_from_wan_yuan(300), kinds=frozenset({IpKind.INVENTION}), least_patents=1),
)
# Minutes from the beginning, what, by whom.
_PROGRAMME = (
    (0, 10, "签到入场", ""),
    (10, 30, "知识产权质押融资政策解读", "主管部门（演示）"),
    (30, 45, "金融产品介绍", "银行、保险代表（演示）"),
    (45, 195, "一对一洽谈", "按个人日程"),
    (195, 240, "自由交流", ""),
)
_QUESTIONS = (
    Draft("是否需要停车位", QuestionKind.YES_NO),
    Draft(
        "最想了解哪类产品",
        QuestionKind.CHOICE,
        options=("专利质押贷款", "知识产权保险", "担保增信"),
        asked_of=Side.ENTERPRISE,
    ),
)


def hold_meeting(session: Session, settings: Settings, on: date) -> None:
    """Open a meeting with firms, banks and wishes; its timetable is left for whoever tries the product."""
    maker = officer(session, "office@demo.invalid")
    opens = datetime(on.year, on.month, on.day, 9, tzinfo=CHINA) + timedelta(days=12)
    event = create_event(session, maker, _details(opens, on), is_synthetic=True)
    for start, end, title, speaker in _PROGRAMME:
        item = Item(opens + timedelta(minutes=start), opens + timedelta(minutes=end), title, speaker)
        add_item(session, maker, event, item)
    for question in _QUESTIONS:
        ask(session, maker, event, question)
    publish_event(session, maker, event)
    firms = session.scalars(
        select(Enterprise)
        .join(Admission, Admission.enterprise_id == Enterprise.id)
        .order_by(Admission.graded_e4.desc(), Enterprise.id)
        .offset(1)  # the first has an account and signs up by itself
        .limit(FIRMS_AT_THE_MEETING)
    ).all()
    rows = [
        register_enterprise(
            session,
            maker,
            event,
            firm,
            Application(
                contact_name="联系人（合成）",
                phone=f"0372000{place:05d}",  # one phone, one place
                need="专利质押融资，用于补充流动资金（合成）",
                amount_fen=fen_from_wan_yuan(200 + 50 * (place % 7)),
                months=None if place % 5 == 4 else 12 * (1 + place % 3),
            ),
            on=on,
            settings=settings,
        )
        for place, firm in enumerate(firms)
    ]
    for turn, email in enumerate(("bank2@demo.invalid", "insurer@demo.invalid")):
        host = officer(session, email)
        organisation = session.get_one(Organisation, host.organisation_id)
        desk = Application(contact_name=host.name, phone=f"0372001{turn:05d}", desks=2)
        place_of_host = register_institution(
            session, host, event, organisation, desk, on=on, settings=settings
        )
        asked: dict[int, int | None] = {
            row.id: 1 + (n + turn) % 3 for n, row in enumerate(rows) if (n + turn) % 3
        }
        set_wishes(session, host, place_of_host, asked, listed=[firm.id for firm in firms])
        set_preference(session, host, place_of_host, PREFERENCES[turn])
        for n, row in enumerate(rows):
            if (n + turn) % 4:
                set_wish(session, maker, row, place_of_host, 1 + n % 3)


def _details(opens: datetime, on: date) -> EventDetails:
    return EventDetails(
        kind=EventKind.MATCHMAKING,
        title="知识产权质押融资银企对接会（演示）",
        summary="政策宣讲后，企业与金融机构一对一洽谈。全部参会者为合成数据。",
        venue="安阳市政务服务中心（演示）",
        hall="三楼会议厅",
        directions="乘公交到政务服务中心站下车，由南门进；自驾停地下停车场（演示）。",
        starts_at=opens,
        ends_at=opens + timedelta(hours=4),
        registration_closes_on=on + timedelta(days=8),
        enterprise_seats=40,
        institution_seats=10,
        talks_start_at=opens + timedelta(minutes=45),
        slot_minutes=15,
        slot_count=10,
        desk_count=8,
        meetings_per_enterprise=3,
        desks_per_institution=2,
    )
