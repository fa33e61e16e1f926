"""Use cases of suggestions: an institution says what it looks for, the office weighs the criteria."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.events.lifecycle import Side
from ipfin.events.models import MeetingPreference, Registration, SuggestionWeights
from ipfin.events.preferences import Preference, check_preference
from ipfin.events.queries import weights_in_force
from ipfin.events.registration import require_wishes
from ipfin.events.service.registrations import lock_registration
from ipfin.events.suggestions import Criterion, check_weights
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import _
from ipfin.kernel.versions import require_seen

LONGEST_REASON = 300


def set_preference(
    session: Session,
    actor: Actor,
    registration: Registration,
    wanted: Preference,
    *,
    version: int | None = None,
) -> None:
    """Say what an institution looks for at an event; replaces what it said before.

    Args:
        version: the `lock_version` that the person saw, 0 when nothing was said for this event; None does
            not compare.

    Raises:
        BadInput: nobody could meet it, or the participant is a firm.
        Conflict: the participant has no seat, or the timetable is out.
        Stale: a colleague said something else meanwhile.
    """
    check_preference(wanted)
    event, registration = lock_registration(session, registration)
    require_wishes(event.state, registration.state)
    if registration.side is not Side.INSTITUTION:
        raise BadInput(_("洽谈偏好由金融机构填写；企业的需求在报名信息中填写。"))
    row = session.get(MeetingPreference, registration.id, populate_existing=True)
    require_seen(version, row.lock_version if row else 0)
    row = row or MeetingPreference(registration_id=registration.id)
    row.amount_from_fen, row.amount_to_fen = wanted.amount_from, wanted.amount_to
    row.months_from, row.months_to = wanted.months_from, wanted.months_to
    row.industries, row.counties = sorted(wanted.industries), sorted(wanted.counties)
    row.kinds = sorted(kind.value for kind in wanted.kinds)
    row.least_grade, row.only_listed = wanted.least_grade or "", wanted.only_listed
    row.least_patents = wanted.least_patents
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


def set_weights(
    session: Session, actor: Actor, weights: Mapping[Criterion, int], *, reason: str, version: int
) -> bool:
    """Set how much each criterion weighs in suggestions, for all events from now on; whether it changed.

    Args:
        version: the version that the person saw; 0 for the product's own weights.

    Raises:
        BadInput: they are no division of a hundred points, or there is no reason.
        Stale: somebody set others meanwhile.
    """
    check_weights(weights)
    reason = reason.strip()
    if not 0 < len(reason) <= LONGEST_REASON:
        raise BadInput(_("请写明调整的理由，不超过%(most)d字。", most=LONGEST_REASON), field="reason")
    before = weights_in_force(session)
    require_seen(version, before.number)
    if dict(weights) == before.points:
        return False
    row = SuggestionWeights(
        number=before.number + 1,
        points={criterion.value: weights[criterion] for criterion in Criterion},
        reason=reason,
        set_by=actor.name,
        set_at=now_utc(),
    )
    session.add(row)
    session.flush()
    record(
        session,
        actor,
        "events.weights.set",
        "events:suggestions",
        number=row.number,
        reason=reason,
        before={criterion.value: points for criterion, points in before.points.items()},
        after=row.points,
    )
    return True
