"""Going on without those who do not come: say who, look at who would move, confirm.

Everything that was said stands in the address, so that the check-in page can link here with it:
`?from=3&absent=12&late=15:5` (registration ids; slots counted from 1, as people count them).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from ipfin.accounts.policy import P
from ipfin.events.details import slot_times
from ipfin.events.lifecycle import Side
from ipfin.events.models import Event, EventTimetable
from ipfin.events.queries import published_timetable, timetable_by_number
from ipfin.events.queries.attendance import late as late_ones
from ipfin.events.queries.attendance import no_shows, present_ids
from ipfin.events.replanning import Day, Outage, Way, digest_of, next_slot, outage_of, plan_rest
from ipfin.events.service import apply_replanning, day_for
from ipfin.events.timetable.certificate import Meeting
from ipfin.events.timetable.replanning import CHANGE_LABELS, ChangeKind, Proposal, Replanning
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import BadInput, Conflict
from ipfin.kernel.text import Text
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.i18n import in_reader_language
from ipfin.web.office.events.base import back_to, bp, event_of, page_of
from ipfin.web.signing_in import actor, settings

_MOST_TICKS = 400  # of one address


@dataclass(frozen=True, slots=True)
class _Line:
    """One participant in the lists in which is said who does not come."""

    id: int
    name: str
    meetings: int


@dataclass(frozen=True, slots=True)
class _ChangeLine:
    """One change as people read it."""

    kind: ChangeKind
    label: Text
    firm: str
    house: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class _Card:
    """One proposal: its figures and what changes."""

    way: Way
    proposal: Proposal
    digest: str
    lines: list[_ChangeLine]
    counts: dict[str, int]


@bp.route("/<public_id>/replan")
@open_to(P.OFFICE_EVENTS_WRITE)
def replan(public_id: str) -> ResponseReturnValue:
    """Show who is expected and, once something is said, who would move."""
    event, session = event_of(public_id), current_session()
    base = published_timetable(session, event.id)
    if base is None or event.slot_count == 0:
        return page_of("replan", event, base=None, cards=[], refusal=None)
    try:
        day = day_for(session, event)
    except Conflict as refused:
        return page_of("replan", event, base=None, cards=[], refusal=in_reader_language(refused.message))
    outage = _said(request.args, event, base)
    refusal, cards = None, []
    if request.args.get("from"):
        session.rollback()  # the planner holds no snapshot of the database while it thinks
        try:
            cards = _cards(event_of(public_id), day, plan_rest(day, outage))
        except BadInput as refused:
            refusal = in_reader_language(refused.message)
    event, people = event_of(public_id), _people(day)
    said_of = outage.absent | outage.late.keys() | outage.gone
    return page_of(
        "replan",
        event,
        200 if refusal is None else 422,
        base=timetable_by_number(current_session(), event.id, day.base_number),
        seen=request.args.get("base", type=int),
        outage=outage,
        noted=[line for lines in people.values() for line in lines if line.id in said_of],
        people={side: [line for line in lines if line.id not in said_of] for side, lines in people.items()},
        times=slot_times(event.talks_start_at, event.slot_minutes, event.slot_count),
        cards=cards,
        refusal=refusal,
        sent=_words(outage),
    )


@bp.route("/<public_id>/replan/preview", methods=["POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def preview_replan(public_id: str) -> ResponseReturnValue:
    """Bring what was said into the address of the page."""
    event = event_of(public_id)
    base = published_timetable(current_session(), event.id)
    if base is None:
        return back_to("replan", public_id)
    return redirect(_address(public_id, _chosen(request.form)), code=303)


@bp.route("/<public_id>/replan/apply", methods=["POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def apply_replan(public_id: str) -> ResponseReturnValue:
    """Take over the proposal that was looked at; when it is another by now, show both."""
    event, session = event_of(public_id), current_session()
    day = day_for(session, event)
    base = timetable_by_number(session, event.id, day.base_number)
    outage = _said(request.form, event, base)
    seen = request.form.get("base", type=int)
    way = Way.BEST if request.form.get("way") == Way.BEST.value else Way.REPAIR
    session.rollback()
    answer = plan_rest(day, outage)
    proposal = answer.best if way is Way.BEST else answer.repair
    address = _address(public_id, outage, base=seen)
    if seen != day.base_number or request.form.get("digest") != digest_of(proposal):
        flash(_("核对之后日程或报名又有变动，请看新的方案后再确认。"), "warning")
        return redirect(address, code=303)
    try:
        with unit_of_work() as session:
            kept = apply_replanning(
                session, actor(), event_of(public_id), day, outage, proposal, way, settings=settings()
            )
            number, told = kept.number, len(proposal.told)
    except Conflict as refused:
        flash(in_reader_language(refused.message), "warning")
        return redirect(address, code=303)
    flash(_("第%(number)s版日程已发布，只通知了有变动的%(told)s家。", number=number, told=told), "success")
    return back_to("timetable", public_id, number=number)


def _said(given: MultiDict[str, str], event: Event, base: EventTimetable) -> Outage:
    """Return what an address says, or the form that carries its words.

    Before anything was said: what the last re-planning said, what the door says, what the address adds.
    """
    now = next_slot(event.talks_start_at, event.slot_minutes, event.slot_count, now_utc())
    from_slot = given.get("from", type=int)
    if from_slot is None:
        before, session = outage_of(base.certificate, now), current_session()
        gone = before.gone | _ids(given, "gone")
        missing = (before.absent - present_ids(session, event.id)) | no_shows(session, event.id)
        absent = missing | _ids(given, "absent")
        door = {one: slot + 1 for one, slot in late_ones(session, event.id).items()}
        late = {**before.late, **door, **_late(given)}
        late = {one: slot for one, slot in late.items() if one not in absent | gone}
        return Outage(now, absent - gone, late, gone)
    return Outage(from_slot, _ids(given, "absent"), _late(given), _ids(given, "gone"))


def _chosen(given: MultiDict[str, str]) -> Outage:
    """Return what was chosen in the lists: one word or number of a slot for each participant."""
    words = {_whole(name.removeprefix("at_")): word for name, word in given.items() if name.startswith("at_")}
    return Outage(
        given.get("from", 1, type=int),
        frozenset(one for one, word in words.items() if one and word == "absent"),
        {one: slot for one, word in words.items() if one and (slot := _whole(word))},
        frozenset(one for one, word in words.items() if one and word == "gone"),
    )


def _ids(given: MultiDict[str, str], name: str) -> frozenset[int]:
    return frozenset(_whole(word) for word in _split(given, name) if _whole(word))


def _late(given: MultiDict[str, str]) -> dict[int, int]:
    pairs = (word.partition(":") for word in _split(given, "late"))
    return {_whole(one): _whole(slot) for one, _colon, slot in pairs if _whole(one) and _whole(slot)}


def _split(given: MultiDict[str, str], name: str) -> list[str]:
    return [word for value in given.getlist(name) for word in value.split(",")][:_MOST_TICKS]


def _whole(word: str) -> int:
    word = word.strip()
    return int(word) if word.isascii() and word.isdigit() and len(word) < 10 else 0


def _words(outage: Outage) -> dict[str, str]:
    """Return an outage as query words."""
    return {
        "from": str(outage.from_slot),
        "absent": ",".join(map(str, sorted(outage.absent))),
        "late": ",".join(f"{one}:{slot}" for one, slot in sorted(outage.late.items())),
        "gone": ",".join(map(str, sorted(outage.gone))),
    }


def _address(public_id: str, outage: Outage, **more: Any) -> str:
    said: dict[str, Any] = {name: word for name, word in _words(outage).items() if word}
    return url_for("office_events.replan", public_id=public_id, **said, **more)


def _people(day: Day) -> dict[Side, list[_Line]]:
    """Return those who are expected, institutions first, by the number of their meetings."""
    counts: dict[tuple[bool, str], int] = {}
    for meeting in day.meetings:
        for key in ((True, meeting.bank_id), (False, meeting.firm_id)):
            counts[key] = counts.get(key, 0) + 1
    problem = day.task.problem
    houses = [_Line(int(b.id), b.name, counts.get((True, b.id), 0)) for b in problem.banks]
    firms = [_Line(int(f.id), f.name, counts.get((False, f.id), 0)) for f in problem.firms]
    return {
        side: [line for line in lines if line.id not in day.gone]
        for side, lines in ((Side.INSTITUTION, houses), (Side.ENTERPRISE, firms))
    }


def _cards(event: Event, day: Day, answer: Replanning) -> list[_Card]:
    ways = [(Way.REPAIR, answer.repair)]
    if not answer.is_one:
        ways.append((Way.BEST, answer.best))
    times = slot_times(event.talks_start_at, event.slot_minutes, event.slot_count)
    names = {("b", bank.id): bank.name for bank in day.task.problem.banks}
    names |= {("f", firm.id): firm.name for firm in day.task.problem.firms}

    def place(meeting: Meeting | None) -> str:
        if meeting is None:
            return ""
        return str(_("%(time)s %(desk)s号桌", time=times[meeting.slot - 1], desk=meeting.table))

    return [
        _Card(
            way,
            proposal,
            digest_of(proposal),
            [
                _ChangeLine(
                    change.kind,
                    CHANGE_LABELS[change.kind],
                    names["f", change.firm_id],
                    names["b", change.bank_id],
                    place(change.before),
                    place(change.after),
                )
                for change in proposal.changes
            ],
            {kind.value: proposal.count(kind) for kind in ChangeKind},
        )
        for way, proposal in ways
    ]
