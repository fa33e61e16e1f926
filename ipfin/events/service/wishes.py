"""Use cases of those who have a seat: whom to meet, whom not, and when not.

Answers are taken under the event's lock, so that none is lost to a timetable that is just published and no
two of one participant together ask more often than the event lets it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.events.asking import FIRMS, Party, is_request, require_allowed, require_within
from ipfin.events.lifecycle import Side
from ipfin.events.models import Event, Registration, Wish
from ipfin.events.queries import parties_at, standing_proposals
from ipfin.events.registration import (
    checked_absences,
    require_wishes,
)
from ipfin.events.service.registrations import lock_registration
from ipfin.events.wishes import REFUSES, DayPart, Word, check_strength, clashes, touched, word_of
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import BadInput, Stale
from ipfin.kernel.text import _
from ipfin.kernel.versions import require_seen


@dataclass(frozen=True, slots=True)
class _Said:
    """A participant's word about another as it stands."""

    strength: int
    part: DayPart
    is_request: bool


def set_wishes(
    session: Session,
    actor: Actor,
    registration: Registration,
    strengths: Mapping[int, int | None],
    *,
    parts: Mapping[int, DayPart] | None = None,
    seen: Mapping[int, Word] | None = None,
    listed: Collection[int] = (),
) -> int:
    """Say of several of the other side what a participant wishes; return how many answers changed.

    A yes to somebody who has not said yes, and whom the office did not propose, is a request: the event's
    matrix must allow it and its quota hold it. Answers are free.

    Args:
        strengths: the other's registration id -> 1 to 3, 0 (refuses), or None (says nothing any more).
        parts: the other's registration id -> when to meet; of who is not named it stays as it was.
        seen: what stood there when the person read it. Where he left it alone, a colleague's later word
            stays; None writes whatever is said (commands).
        listed: ids of the enterprises on the whitelist today, of the two sides concerned.

    Raises:
        BadInput: a strength that is none, or somebody who is not a confirmed participant across the table.
        Conflict: the wisher has no seat, the timetable is out, or the event does not take these requests.
        Stale: a colleague said something else of one of them meanwhile.
    """
    event, registration = lock_registration(session, registration)
    require_wishes(event.state, registration.state)
    for strength in strengths.values():
        if strength is not None:
            check_strength(strength)
    parties = parties_at(session, event.id, listed)
    _require_counterparts(registration, strengths, parties)
    before = _said_by(session, registration.id)
    wanted = {
        other: word_of(strength, (parts or {}).get(other) or _part_before(before.get(other)))
        for other, strength in strengths.items()
    }
    if seen is not None:
        wanted = touched(seen, wanted)
        if clashes(seen, wanted, {other: _as_wanted(before.get(other)) for other in wanted}):
            raise Stale(_("同事刚刚改过其中几家的意愿，没有覆盖任何内容；请对照标出的几家后再保存。"))
    new = {other: word for other, word in wanted.items() if word != _as_wanted(before.get(other))}
    if not new:
        return 0
    asks = _requests(session, event, registration, new, before)
    _require_requests(session, event, registration, asks, before, parties, new)
    _write(session, event, registration, new, asks)
    record(
        session,
        actor,
        "events.wish.set",
        f"registration:{registration.id}",
        registration=registration.id,
        wishes={str(other): word[0] if word else None for other, word in sorted(new.items())},
    )
    return len(new)


def _part_before(before: _Said | None) -> DayPart:
    return before.part if before else DayPart.ANY


def _as_wanted(before: _Said | None) -> Word:
    return (before.strength, before.part) if before else None


def _said_by(session: Session, registration_id: int) -> dict[int, _Said]:
    rows = session.execute(
        select(Wish.to_registration_id, Wish.strength, Wish.part, Wish.is_request).where(
            Wish.from_registration_id == registration_id
        )
    )
    return {other: _Said(strength, part, asked) for other, strength, part, asked in rows}


def _requests(
    session: Session,
    event: Event,
    registration: Registration,
    new: Mapping[int, Word],
    before: Mapping[int, _Said],
) -> set[int]:
    """Return those of `new` whose yes is a request."""
    heard = set(
        session.scalars(
            select(Wish.from_registration_id).where(
                Wish.to_registration_id == registration.id, Wish.strength > REFUSES
            )
        )
    )
    proposed = standing_proposals(session, event.id)
    is_firm = registration.side is Side.ENTERPRISE
    found = set()
    for other, word in new.items():
        pair = (other, registration.id) if is_firm else (registration.id, other)
        earlier = before.get(other)
        if (
            word
            and word[0] != REFUSES
            and is_request(
                said_yes=earlier.is_request if earlier and earlier.strength != REFUSES else None,
                other_says_yes=other in heard,
                is_proposed=pair in proposed,
            )
        ):
            found.add(other)
    return found


def _require_requests(
    session: Session,
    event: Event,
    registration: Registration,
    asks: AbstractSet[int],
    before: Mapping[int, _Said],
    parties: Mapping[int, Party],
    new: Collection[int],
) -> None:
    """Hold the requests that are made now against the event's matrix and quota."""
    made = {other for other in asks if other not in before or not before[other].is_request}
    if not made:
        return
    named = select(Registration.id, Registration.display_name).where(Registration.id.in_(made))
    names = dict(session.execute(named).all())
    asked = [(parties[other], names[other]) for other in sorted(made)]
    require_allowed(event.asking, parties[registration.id], asked)
    kept = {other for other, word in before.items() if word.is_request and other not in new} | asks - made
    quota = event.enterprise_requests if registration.side is Side.ENTERPRISE else event.institution_requests
    require_within(quota, kept=len(kept), new=len(made))


def _write(
    session: Session,
    event: Event,
    registration: Registration,
    new: Mapping[int, Word],
    asks: AbstractSet[int],
) -> None:
    session.execute(
        delete(Wish).where(
            Wish.from_registration_id == registration.id, Wish.to_registration_id.in_(list(new))
        )
    )
    now = now_utc()
    session.add_all(
        Wish(
            event_id=event.id,
            from_registration_id=registration.id,
            to_registration_id=other,
            strength=word[0],
            part=word[1],
            is_request=other in asks,
            wished_at=now,
        )
        for other, word in sorted(new.items())
        if word is not None
    )
    session.flush()


def set_wish(
    session: Session,
    actor: Actor,
    registration: Registration,
    other: Registration,
    strength: int | None,
    *,
    listed: Collection[int] = (),
) -> bool:
    """Say of one of the other side what a participant wishes; see `set_wishes`."""
    return bool(set_wishes(session, actor, registration, {other.id: strength}, listed=listed))


def _require_counterparts(
    registration: Registration, others: Collection[int], parties: Mapping[int, Party]
) -> None:
    """Refuse whoever is not confirmed at the event, or sits on the same side of the table."""
    is_firm = registration.side is Side.ENTERPRISE
    for other in others:
        if other not in parties or (parties[other] in FIRMS) is is_firm:
            raise BadInput(_("只能对本活动已确认的对方参会者提出意愿，请刷新后再选。"))


def set_absences(
    session: Session,
    actor: Actor,
    registration: Registration,
    slots: Collection[int],
    *,
    desks: Sequence[Collection[int]] = (),
    version: int | None = None,
) -> None:
    """Say in which slots (counted from 0) nobody of a participant is there.

    Args:
        desks: for each desk of an institution the slots without it; none when all desks keep the same hours.
        version: the `absences_version` that the person saw; None does not compare.

    Raises:
        BadInput: a slot that the event does not have, or more desks than the institution brings.
        Conflict: the participant has no seat, or the timetable is out.
        Stale: a colleague said something else meanwhile.
    """
    event, registration = lock_registration(session, registration)
    require_wishes(event.state, registration.state)
    require_seen(version, registration.absences_version)
    if len(desks) > registration.desks:
        raise BadInput(_("只登记了%(desks)d个洽谈席位。", desks=registration.desks), field="desks")
    registration.absent_slots = checked_absences(slots, event.slot_count)
    registration.desk_absences = [checked_absences(desk, event.slot_count) for desk in desks]
    registration.absences_version += 1
    session.flush()
    record(
        session,
        actor,
        "events.absence.set",
        f"registration:{registration.id}",
        name=registration.display_name,
        registration=registration.id,
        slots=[slot + 1 for slot in registration.absent_slots],
        desks=[[slot + 1 for slot in desk] for desk in registration.desk_absences],
    )
