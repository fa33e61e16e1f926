"""What events ask of whoever is signed in: to sign up, to say whom to meet, to read the timetable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import url_for
from sqlalchemy.orm import Session

from ipfin.events.lifecycle import EventKind, EventState, RegistrationState
from ipfin.events.models import Event, Registration
from ipfin.events.proposals import Answer
from ipfin.events.queries import proposals_to, unanswered_asks, wishes_of
from ipfin.events.registration import takes_wishes
from ipfin.events.replying import moment
from ipfin.kernel.text import Text
from ipfin.kernel.text import _ as sentence

Task = tuple[Text, str, str]  # what, its tone ("warn": waits for this very house), where


def event_tasks(
    session: Session, audience: str, events: Sequence[Event], registrations: Mapping[int, Registration]
) -> list[Task]:
    """Return the tasks of coming events; `audience` names whose pages the links lead to.

    Args:
        registrations: event id -> the own living registration.
    """
    tasks = []
    for event in events:
        said = _task(session, event, registrations.get(event.id))
        if said is not None:
            tasks.append((*said, event_address(audience, event)))
    return tasks


def event_address(audience: str, event: Event) -> str:
    """Return the address of an event on the pages of an audience."""
    return url_for(f"{audience}_events.show", public_id=event.public_id)


def _task(session: Session, event: Event, registration: Registration | None) -> tuple[Text, str] | None:
    if registration is None:
        if event.state is not EventState.OPEN:
            return None
        closes = event.registration_closes_on.isoformat()
        return sentence("“%(title)s”正在报名，%(day)s截止", title=event.title, day=closes), "info"
    if registration.state is not RegistrationState.CONFIRMED:
        return _without_seat(event, registration)
    if event.state is EventState.SCHEDULED:
        return sentence("“%(title)s”已发布会谈日程，请查看", title=event.title), "info"
    if event.kind is EventKind.MATCHMAKING and takes_wishes(event.state):
        return _wish_task(session, event, registration)
    return None


def _wish_task(session: Session, event: Event, registration: Registration) -> tuple[Text, str] | None:
    asking = unanswered_asks(session, [registration.id]).get(registration.id, 0)
    if asking:
        words = sentence("“%(title)s”有%(count)s家希望见您，请答复", title=event.title, count=asking)
        return words, "warn"
    proposed = sum(one.answer is Answer.NONE for one in proposals_to(session, registration))
    if proposed:
        words = sentence(
            "“%(title)s”：主办方提议了%(count)s场洽谈，请答复", title=event.title, count=proposed
        )
        return words, "warn"
    if not wishes_of(session, registration.id):
        return sentence("“%(title)s”尚未提交会谈意愿", title=event.title), "warn"
    return None


def _without_seat(event: Event, registration: Registration) -> tuple[Text, str]:
    until = registration.offered_until
    if registration.state is RegistrationState.OFFERED and until is not None:
        words = {"title": event.title, "until": moment(until)}
        return sentence("“%(title)s”有名额，请在%(until)s前答复", **words), "warn"
    if registration.state is RegistrationState.PENDING:
        return sentence("“%(title)s”的报名待审核，结果会通知您", title=event.title), "quiet"
    return sentence("“%(title)s”候补中，有空位时会通知您", title=event.title), "quiet"
