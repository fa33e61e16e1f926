"""What events keep of a firm, when two firms are found to be one.

Training records follow the survivor. So do invitations and registrations, unless the survivor has one of
its own to the same event: a firm is asked to an event once, and takes part in it once. What stays behind is
listed no longer (`invited_to`), or is history: a place at a coming event keeps its firm from being merged
away at all. Whatever followed goes back when the merge is undone.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement, and_, exists
from sqlalchemy.orm import aliased

from ipfin.events.lifecycle import LIVING
from ipfin.events.models import EventInvitation, Registration, TrainingRecord
from ipfin.registry.service import Follower, Unless


def _was_asked(into_id: int) -> ColumnElement[bool]:
    other = aliased(EventInvitation)
    return exists().where(other.enterprise_id == into_id, other.event_id == EventInvitation.event_id)


def _takes_part(into_id: int) -> ColumnElement[bool]:
    other, living = aliased(Registration), sorted(LIVING)
    same = exists().where(
        other.enterprise_id == into_id, other.event_id == Registration.event_id, other.state.in_(living)
    )
    return and_(Registration.state.in_(living), same)


FOLLOWS: Final[tuple[Follower, ...]] = (
    TrainingRecord,
    Unless(EventInvitation, _was_asked),
    Unless(Registration, _takes_part),
)
