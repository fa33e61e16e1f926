"""What registrations answered to an event's own questions, as the pages show it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from ipfin.events.models import Event, EventQuestion, Registration
from ipfin.events.queries import answers_of, questions_of
from ipfin.events.questions import answer_words
from ipfin.kernel.text import Text


@dataclass(frozen=True, slots=True)
class Told:
    """One answer: to what, and in words."""

    question: str
    answer: Text


def answers_told(
    session: Session, event: Event, registrations: Collection[Registration]
) -> dict[int, Sequence[Told]]:
    """Return registration id -> its answers, in the order of the questions."""
    questions = questions_of(session, event.id)
    if not questions:
        return {row.id: [] for row in registrations}
    said = answers_of(session, [row.id for row in registrations])
    return {row.id: _told(questions, said[row.id]) for row in registrations}


def _told(questions: Sequence[EventQuestion], said: Mapping[int, str]) -> list[Told]:
    return [Told(one.text, answer_words(one, said[one.id])) for one in questions if one.id in said]
