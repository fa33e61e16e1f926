"""Use cases of an event's questions, and of the answers that come with a registration."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.events.details import check_change
from ipfin.events.models import Event, EventQuestion, Registration, RegistrationAnswer
from ipfin.events.queries import answered_counts, question_by_id, questions_of
from ipfin.events.questions import MOST_QUESTIONS, Draft, checked
from ipfin.events.service.events import lock_event
from ipfin.kernel.actor import Actor
from ipfin.kernel.errors import Conflict
from ipfin.kernel.text import _
from ipfin.kernel.versions import require_seen


def ask(session: Session, actor: Actor, event: Event, draft: Draft) -> EventQuestion:
    """Add a question to the registration of an event; who signed up before is asked when he changes it.

    Raises:
        BadInput: the question cannot be asked like that.
        Conflict: the event is over, or asks as much as it may.
    """
    event = lock_event(session, event.id)
    check_change(event.state, ())
    said = checked(draft)
    if len(questions_of(session, event.id)) >= MOST_QUESTIONS:
        raise Conflict(_("一场活动最多%(most)d个补充问题。", most=MOST_QUESTIONS))
    question = EventQuestion(event_id=event.id)
    _fill(question, said)
    session.add(question)
    return _kept(session, actor, event, question)


def change_question(
    session: Session,
    actor: Actor,
    event: Event,
    question_id: int,
    draft: Draft,
    *,
    version: int | None = None,
) -> EventQuestion:
    """Change a question that nobody has answered; as `ask`.

    Args:
        version: the `lock_version` that the person saw; None does not compare.

    Raises:
        Conflict: somebody answered it: the answer would belong to another question.
        NotFound: somebody dropped it meanwhile.
        Stale: somebody changed it meanwhile.
    """
    event = lock_event(session, event.id)
    check_change(event.state, ())
    question = question_by_id(session, event.id, question_id)
    require_seen(version, question.lock_version)
    _require_unanswered(session, event, question)
    _fill(question, checked(draft))
    return _kept(session, actor, event, question)


def drop_question(
    session: Session, actor: Actor, event: Event, question_id: int, *, version: int | None = None
) -> None:
    """Ask a question no more that nobody has answered.

    Raises:
        Conflict: the event is over, or somebody answered it.
        Stale: somebody changed it meanwhile.
    """
    event = lock_event(session, event.id)
    check_change(event.state, ())
    question = question_by_id(session, event.id, question_id)
    require_seen(version, question.lock_version)
    _require_unanswered(session, event, question)
    session.delete(question)
    session.flush()
    record(session, actor, "events.questions.changed", f"event:{event.id}", title=event.title)


def keep_answers(session: Session, registration: Registration, answers: Mapping[int, str]) -> None:
    """Keep what a registration answered in place of what it answered before."""
    rows = {
        row.question_id: row
        for row in session.scalars(
            select(RegistrationAnswer).where(RegistrationAnswer.registration_id == registration.id)
        )
    }
    for question_id, row in rows.items():
        if question_id not in answers:
            session.delete(row)
    for question_id, answer in answers.items():
        if question_id in rows:
            rows[question_id].answer = answer
        else:
            session.add(
                RegistrationAnswer(registration_id=registration.id, question_id=question_id, answer=answer)
            )
    session.flush()


def _require_unanswered(session: Session, event: Event, question: EventQuestion) -> None:
    count = answered_counts(session, event.id).get(question.id, 0)
    if count:
        raise Conflict(_("已有%(count)d家回答，不能再改或删除；请另加一题。", count=count))


def _fill(question: EventQuestion, said: Draft) -> None:
    question.text, question.kind, question.is_required = said.text, said.kind, said.is_required
    question.options, question.asked_of = list(said.options), said.asked_of


def _kept(session: Session, actor: Actor, event: Event, question: EventQuestion) -> EventQuestion:
    session.flush()
    record(session, actor, "events.questions.changed", f"event:{event.id}", title=event.title)
    return question
