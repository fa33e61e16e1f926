"""The questions of an event and what was answered, read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from ipfin.bulk import in_chunks
from ipfin.events.lifecycle import Side
from ipfin.events.models import EventQuestion, RegistrationAnswer
from ipfin.kernel.errors import NotFound
from ipfin.kernel.text import _


def questions_of(session: Session, event_id: int, side: Side | None = None) -> Sequence[EventQuestion]:
    """Return the questions of an event in order; of one side those that it is asked."""
    where = [EventQuestion.event_id == event_id]
    if side is not None:
        where.append(or_(EventQuestion.asked_of.is_(None), EventQuestion.asked_of == side))
    return session.scalars(select(EventQuestion).where(*where).order_by(EventQuestion.id)).all()


def question_by_id(session: Session, event_id: int, question_id: int) -> EventQuestion:
    """Return one question of an event.

    Raises:
        NotFound: the event has no such question.
    """
    found = session.get(EventQuestion, question_id)
    if found is None or found.event_id != event_id:
        raise NotFound(_("没有这个问题，可能已被删除。"))
    return found


def answers_of(session: Session, registration_ids: Collection[int]) -> Mapping[int, dict[int, str]]:
    """Return registration id -> question id -> answer."""
    found: dict[int, dict[int, str]] = {row_id: {} for row_id in registration_ids}
    for chunk in in_chunks(sorted(registration_ids)):
        for row in session.scalars(
            select(RegistrationAnswer).where(RegistrationAnswer.registration_id.in_(chunk))
        ):
            found[row.registration_id][row.question_id] = row.answer
    return found


def answered_counts(session: Session, event_id: int) -> dict[int, int]:
    """Return question id -> how many answered it."""
    rows = session.execute(
        select(RegistrationAnswer.question_id, func.count())
        .join(EventQuestion, EventQuestion.id == RegistrationAnswer.question_id)
        .where(EventQuestion.event_id == event_id)
        .group_by(RegistrationAnswer.question_id)
    )
    return dict(rows.all())
