"""Which events are visits to firms, and what is known of each visit before anybody writes it down. Pure.

Decides on facts that the caller read. Nothing is written down by itself: a person reads what is offered,
completes it and saves it, once for each firm (入企服务记录).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ipfin.events.lifecycle import EventKind, EventState
from ipfin.kernel.clock import in_china
from ipfin.kernel.errors import Conflict
from ipfin.kernel.money import Fen, format_wan_yuan
from ipfin.kernel.text import Text, _, listed
from ipfin.liaison.visits import LONGEST_LINE, LONGEST_TEXT, VisitDetails

_ORIGIN: Final = "registration:"
Say = Callable[[Text], str]


@dataclass(frozen=True, slots=True)
class Known:
    """What an event knows of its visit to one firm.

    Args:
        items: of the programme, in order.
        company: the institutions that came along.
        persons: whom the firm named, with their posts, and who was seen with them.
        need: in the firm's words.
        amount: wished for, fen.
        months: for how long.
    """

    title: str
    starts_at: datetime
    items: Sequence[str] = ()
    company: Sequence[str] = ()
    persons: Sequence[str] = ()
    need: str = ""
    amount: Fen | None = None
    months: int | None = None


def origin_of(registration_id: int) -> str:
    """Return under which origin the visit of a registration is written down."""
    return f"{_ORIGIN}{registration_id}"


def registration_id_of(origin: str) -> int | None:
    """Return the registration that a visit was written down from; None when it was written by hand."""
    number = origin.removeprefix(_ORIGIN)
    return int(number) if number != origin and number.isdecimal() else None


def require_visiting(kind: EventKind, state: EventState, starts_at: datetime, now: datetime) -> None:
    """Refuse records of visits that did not take place.

    Raises:
        Conflict: the event is no round of visits, was never published, is called off, or has not begun.
    """
    if kind is not EventKind.VISIT:
        raise Conflict(_("本活动不是企业走访，没有走访记录。"))
    if state in (EventState.DRAFT, EventState.CANCELLED):
        raise Conflict(_("活动未发布或已取消，没有走访记录。"))
    if now < starts_at:
        raise Conflict(_("走访开始后才能登记走访记录。"))


def offered(known: Known, officers: str, say: Say = str) -> VisitDetails:
    """Return the record of a visit as far as the event knows it, cut to what a record takes.

    Args:
        say: how a sentence is written in the reader's language.
    """
    topics = [known.title, *known.items]
    if known.company:
        topics.append(say(_("同行机构：%(names)s", names=listed(known.company))))
    needs = [known.need.strip()]
    if known.amount:
        needs.append(say(_("拟融资%(amount)s", amount=format_wan_yuan(known.amount))))
    if known.months:
        needs.append(say(_("期限%(count)s个月", count=known.months)))
    return VisitDetails(
        visited_on=in_china(known.starts_at).date(),
        officers=officers[:LONGEST_LINE],
        persons="、".join(known.persons)[:LONGEST_LINE],
        topics="\n".join(topics)[:LONGEST_TEXT],
        needs="\n".join(filter(None, needs))[:LONGEST_TEXT],
    )
