"""Use cases of suggestions: a participant says what it looks for, the office weighs the criteria."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete
from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.events.lifecycle import Side
from ipfin.events.models import MeetingPreference, Registration, SuggestionWeight
from ipfin.events.queries import suggestion_weights
from ipfin.events.registration import require_wishes
from ipfin.events.service.registrations import lock_registration
from ipfin.events.suggestions import (
    Criterion,
    Preference,
    check_months,
    check_preference,
    check_weights,
)
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import _


def set_preference(session: Session, actor: Actor, registration: Registration, wanted: Preference) -> None:
    """Say what an institution looks for; replaces what it said before.

    Raises:
        BadInput: nobody could meet it, or the participant is a firm.
        Conflict: the participant has no seat, or the timetable is out.
    """
    check_preference(wanted)
    row = _row(session, actor, registration, Side.INSTITUTION)
    row.amount_from_fen, row.amount_to_fen = wanted.amount_from, wanted.amount_to
    row.months_from, row.months_to = wanted.months_from, wanted.months_to
    row.industries, row.counties = sorted(wanted.industries), sorted(wanted.counties)
    row.kinds = sorted(kind.value for kind in wanted.kinds)
    row.least_grade, row.only_listed = wanted.least_grade or "", wanted.only_listed
    row.least_patents = wanted.least_patents
    _keep(session, actor, registration, row)


def set_term(session: Session, actor: Actor, registration: Registration, months: int | None) -> None:
    """Say for how many months a firm needs the loan; None when it does not say.

    Raises:
        BadInput: a term that is none, or the participant is an institution.
        Conflict: the participant has no seat, or the timetable is out.
    """
    check_months(months, field="months")
    row = _row(session, actor, registration, Side.ENTERPRISE)
    row.months = months
    _keep(session, actor, registration, row)


def _row(session: Session, actor: Actor, registration: Registration, side: Side) -> MeetingPreference:
    event, registration = lock_registration(session, registration)
    require_wishes(event.state, registration.state)
    if registration.side is not side:
        raise BadInput(_("偏好与参会方不符。"))
    return session.get(MeetingPreference, registration.id) or MeetingPreference(
        registration_id=registration.id, industries=[], counties=[], kinds=[]
    )


def _keep(session: Session, actor: Actor, registration: Registration, row: MeetingPreference) -> None:
    row.said_by, row.said_at = actor.name, now_utc()
    session.add(row)
    session.flush()
    record(
        session,
        actor,
        "events.preference.set",
        f"registration:{registration.id}",
        name=registration.display_name,
        registration=registration.id,
    )


def set_weights(session: Session, actor: Actor, weights: Mapping[Criterion, int]) -> None:
    """Set how much each criterion weighs in suggestions, for all events from now on.

    Raises:
        BadInput: they are no division of a hundred points.
    """
    check_weights(weights)
    before = suggestion_weights(session)
    if dict(weights) == before:
        return
    session.execute(delete(SuggestionWeight))
    now = now_utc()
    session.add_all(
        SuggestionWeight(criterion=criterion, points=weights[criterion], set_by=actor.name, set_at=now)
        for criterion in Criterion
    )
    session.flush()
    record(
        session,
        actor,
        "events.weights.set",
        "suggestions",
        before={criterion.value: points for criterion, points in before.items()},
        after={criterion.value: points for criterion, points in weights.items()},
    )
