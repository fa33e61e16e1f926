"""Use case of the office: another event with the settings of an earlier one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.events.copying import PARTS, copied_details, shift_between
from ipfin.events.models import Event, EventQuestion, EventReminderPlan, EventTraining, ProgrammeLine
from ipfin.events.service.events import create_event, details_of
from ipfin.kernel.actor import Actor

Setting = ProgrammeLine | EventQuestion | EventReminderPlan | EventTraining
PART_MODELS: Final[tuple[type[Setting], ...]] = (
    ProgrammeLine,
    EventQuestion,
    EventReminderPlan,
    EventTraining,
)
"""The tables of `copying.PARTS`, in the order in which their rows are made."""


def copy_event(session: Session, actor: Actor, event: Event, *, starts_at: datetime, title: str) -> Event:
    """Draft an event that begins at `starts_at`, with all settings, programme and questions of this one.

    Times and the last day of registration keep their distance from the beginning; nobody's registration,
    wish or timetable is taken over. An event of any state may be copied.

    Raises:
        BadInput: no title, or settings that would contradict each other.
    """
    details = copied_details(details_of(event), starts_at, title)
    made = create_event(session, actor, details, is_synthetic=event.is_synthetic)
    moments, days = shift_between(event.starts_at, starts_at)
    for model in PART_MODELS:
        rows = session.scalars(select(model).where(model.event_id == event.id).order_by(model.id))
        session.add_all(_copies(rows, model, made.id, moments, days))
    session.flush()
    record(session, actor, "events.event.copied", f"event:{made.id}", title=made.title, source=event.id)
    return made


def _copies(
    rows: Iterable[Any], model: type[Setting], event_id: int, later: timedelta, days: timedelta
) -> list[Setting]:
    part = PARTS[model.__tablename__]
    return [
        model(
            event_id=event_id,
            **{name: getattr(row, name) for name in part.copied},
            **{name: _moved(getattr(row, name), later, days) for name in part.moved},
        )
        for row in rows
    ]


def _moved(value: date | datetime | None, moments: timedelta, days: timedelta) -> date | datetime | None:
    """Return a moment or a day of the copy; days move by whole days, what was not said stays unsaid."""
    if value is None:
        return None
    return value + (moments if isinstance(value, datetime) else days)
