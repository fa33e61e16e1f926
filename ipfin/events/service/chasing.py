"""Reminding of results that are missing: in the evening of the event, and after 30, 60 and 90 days.

Decides who is asked on which day. A side that said nothing of a meeting is asked for its word; an
institution is asked again for what is still open. Whoever has nothing open is not asked; nobody is asked
twice for the same day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.config import Settings
from ipfin.events.funnel import WATCHED_DAYS
from ipfin.events.lifecycle import EventState, RegistrationState, Side
from ipfin.events.models import Event, Registration
from ipfin.events.queries.results import Pair, held_on, pairs_of
from ipfin.events.results import INTERESTED
from ipfin.events.service.events import lock_event
from ipfin.events.service.telling import tell_each
from ipfin.kernel.actor import SYSTEM, Actor
from ipfin.kernel.clock import in_china
from ipfin.kernel.errors import Conflict
from ipfin.kernel.text import Text, _

LAST_ASKING_DAYS: Final = WATCHED_DAYS[-1] + 30
"""A platform that was off for a month still asks; after that the matter is old."""

Missing = tuple[Registration, int, int]
"""Whom to ask, meetings without its word, meetings that are still open."""


def day_to_ask(event: Event, now: datetime) -> int | None:
    """Return which of the days after the event it is time to ask for; None when it is for none."""
    if event.state not in (EventState.SCHEDULED, EventState.FINISHED) or now < event.ends_at:
        return None
    passed = (in_china(now).date() - held_on(event)).days
    if passed > LAST_ASKING_DAYS:
        return None
    return max(days for days in WATCHED_DAYS if days <= passed)


def missing_of(pairs: Sequence[Pair]) -> list[Missing]:
    """Return who has something to say still, firms first, each by its registration."""
    silent: dict[int, int] = {}
    still_open: dict[int, int] = {}
    rows: dict[int, Registration] = {}
    for pair in pairs:
        for side in Side:
            row = pair.of(side)
            if row.state is not RegistrationState.CONFIRMED:
                continue
            rows[row.id] = row
            silent[row.id] = silent.get(row.id, 0) + pair.is_silent(side)
        if _is_open(pair):
            still_open[pair.institution.id] = still_open.get(pair.institution.id, 0) + 1
    found = [(row, silent[row.id], still_open.get(row.id, 0)) for row in rows.values()]
    return sorted(
        ((row, quiet, open_) for row, quiet, open_ in found if quiet or open_),
        key=lambda one: (one[0].side, one[0].id),
    )


def _is_open(pair: Pair) -> bool:
    word = pair.results.get(Side.INSTITUTION)
    return word is not None and word.interest in INTERESTED and not pair.story.is_closed


def chase_due(session: Session, now: datetime, *, settings: Settings | None = None) -> int:
    """Ask everybody who is due, of every event; return how many were asked for the first time."""
    since = now - timedelta(days=LAST_ASKING_DAYS + 2)
    events = session.scalars(
        select(Event)
        .where(
            Event.state.in_([EventState.SCHEDULED, EventState.FINISHED]),
            Event.ends_at <= now,
            Event.ends_at > since,
        )
        .order_by(Event.id)
    ).all()
    asked = 0
    for event in events:
        days = day_to_ask(event, now)
        if days is not None:
            asked += _ask(session, event, days, f"event:{event.id}:results:{days}", settings)
    return asked


def chase_now(
    session: Session, actor: Actor, event: Event, *, now: datetime, settings: Settings | None = None
) -> int:
    """Ask at once whoever has something to say still; return how many.

    Raises:
        Conflict: the event is not over, nothing is missing, or everybody was asked today already.
    """
    event = lock_event(session, event.id)
    days = day_to_ask(event, now)
    if days is None:
        raise Conflict(_("活动结束后120日内才能催填成果。"))
    today: date = in_china(now).date()
    if not missing_of(pairs_of(session, event, SYSTEM)):
        raise Conflict(_("成果都已填报，没有需要催填的单位。"))
    asked = _ask(session, event, days, f"event:{event.id}:results:{today:%Y%m%d}", settings)
    if not asked:
        raise Conflict(_("今天已经催过，明天再试。"))
    record(session, actor, "events.results.chased", f"event:{event.id}", title=event.title, count=asked)
    return asked


def _ask(session: Session, event: Event, days: int, key: str, settings: Settings | None) -> int:
    missing = [one for one in missing_of(pairs_of(session, event, SYSTEM)) if one[1] or days]
    told = [(row, _subject(event), _body(days, silent, open_)) for row, silent, open_ in missing]
    return tell_each(session, event, told, key=key, page="results", settings=settings)


def _subject(event: Event) -> Text:
    return _("请填报“%(title)s”的洽谈成果", title=event.title)


def _body(days: int, silent: int, still_open: int) -> Text:
    counts: Mapping[str, int] = {"silent": silent, "open": still_open, "days": days}
    if silent and still_open:
        return _("%(silent)s场洽谈还没有填报；%(open)s场有意向的洽谈请补充授信、放款或未成的情况。", **counts)
    if still_open:
        return _("活动已过%(days)s日，%(open)s场有意向的洽谈请补充授信、放款或未成的情况。", **counts)
    return _("%(silent)s场洽谈还没有填报，每场不到一分钟，手机即可填写。", **counts)
