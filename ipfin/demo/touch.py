"""The office of the demonstration in touch with some firms: contacts, labels, visits, one contested fact.

Names and phones are no one's; every row is made by the services that also serve real data.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.accounts.models import User
from ipfin.accounts.queries import actor_for
from ipfin.config import Settings
from ipfin.kernel.actor import Actor
from ipfin.liaison.contacts import ContactDetails
from ipfin.liaison.service import add_contact, finish_follow_up, record_visit
from ipfin.liaison.visits import VisitDetails
from ipfin.registry.models import Enterprise, FactKind, FactSource
from ipfin.registry.service import add_tag, record_fact
from ipfin.whitelist.models import Admission

_OFFICER = "office@demo.invalid"
_PHONE, _MAIL = "0372-0000000", "contact@demo.invalid"
_TOPICS = "核对专利清单和年费缴纳情况，介绍知识产权质押融资白名单和贴息政策（合成）。"


def keep_in_touch(session: Session, settings: Settings, on: date, county: str) -> None:
    """Write down contacts of and visits to the foremost firms of the whitelist and those of the county."""
    actor = actor_for(session, session.scalars(select(User).where(User.email == _OFFICER)).one())
    for place, firm in enumerate(_firms(session, county)):
        for turn in range(1 + place % 2):
            said = ContactDetails(
                f"联系人{'甲乙'[turn]}（合成）", ("财务负责人", "知识产权专员")[turn], _PHONE, _MAIL
            )
            add_contact(session, actor, firm, said, settings=settings)
        add_tag(session, actor, firm, ("重点培育", "对接会邀请", "待走访")[place % 3])
        _visit(session, actor, firm, on, place)
        if place == 0:
            add_tag(session, actor, firm, "对接会邀请")
            record_fact(session, actor, firm, FactKind.PRODUCT_FILINGS, as_of=on - timedelta(days=20),
                        source=FactSource.OFFICE, number=Decimal(1), evidence="合成示例")  # fmt: skip


def _firms(session: Session, county: str) -> Sequence[Enterprise]:
    admitted = (
        select(Enterprise)
        .join(Admission, Admission.enterprise_id == Enterprise.id)
        .order_by(Admission.graded_e4.desc(), Enterprise.id)
    )
    foremost = session.scalars(admitted.limit(8)).all()
    near = session.scalars(admitted.where(Enterprise.region_code == county).limit(4)).all()
    return [*foremost, *(firm for firm in near if firm not in foremost)]


def _visit(session: Session, actor: Actor, firm: Enterprise, on: date, place: int) -> None:
    visited = on - timedelta(days=6 + 5 * place)
    due = (on + timedelta(days=9), on - timedelta(days=2), None)[place % 3]
    said = VisitDetails(
        visited_on=visited,
        officers=f"{actor.name}、县区丙",
        persons="联系人甲（合成）",
        topics=_TOPICS,
        needs="流动资金贷款，希望了解专利保险（合成）。" if place % 2 == 0 else "",
        follow_up="寄送政策汇编并联系合作银行" if due else "",
        due_on=due,
    )
    visit = record_visit(session, actor, firm, said, on=on)
    if place == 4:
        finish_follow_up(session, actor, firm, visit, note="已寄送并转介（合成）", on=on)
