"""The door: find a participant by badge, phone or name, check him in, say who is late or missing.

Reading never checks anybody in: a chat that looks at an address, or a browser that fetches it ahead, marks
nobody. Every mark is a press of a button.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import flash, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ipfin.accounts.policy import P, may
from ipfin.events.attendance import HOW_LABELS, MARK_LABELS, How, Mark, asked, takes_marks
from ipfin.events.details import slot_times
from ipfin.events.lifecycle import EventState
from ipfin.events.models import Event, Registration
from ipfin.events.queries import (
    AgendaLine,
    agenda_of,
    published_timetable,
    registration_by_id,
    registrations_visible_to,
)
from ipfin.events.queries.attendance import (
    AtTheDoor,
    attendance_counts,
    attendance_history,
    door_page,
    found_by_ids,
    found_by_name,
    late,
    no_shows,
)
from ipfin.events.queries.training import training_of, training_row
from ipfin.events.service import check_in as mark_present
from ipfin.events.service import (
    codes_are_current,
    found_by_tail,
    mark_late,
    mark_missing,
    note_companion,
    prepare_codes,
    registration_with_token,
    undo_attendance,
)
from ipfin.kernel.clock import in_china, now_utc, today_in_china
from ipfin.kernel.errors import DomainError
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work, write_if_free
from ipfin.web.event_forms import ArriveForm, CompanionForm, DoorForm, LateForm, UndoForm
from ipfin.web.forms import BaseForm
from ipfin.web.office.events.base import back_to, bp, event_of, page_of
from ipfin.web.paging import chosen, row_number, stay_on, words
from ipfin.web.signing_in import actor, settings

UNMARKED = "unmarked"


@dataclass(frozen=True, slots=True)
class Welcome:
    """What a steward tells a participant: where he sits, and whom he meets next."""

    desks: Sequence[int]
    next: AgendaLine | None
    is_planned: bool


@bp.route("/<public_id>/check-in")
@open_to(P.OFFICE_EVENTS_READ)
def check_in(public_id: str) -> ResponseReturnValue:
    """Show who is expected and who came; find one by badge, phone or name."""
    event = event_of(public_id)
    if may(actor(), P.OFFICE_ATTENDANCE_WRITE):
        _note_codes(event)
    return _shown(public_id, DoorForm(formdata=None, q=words("q", limit=200)))


def _note_codes(event: Event) -> None:
    """Make the codes of those who signed up since; who looks them up meanwhile waits for nobody."""
    event_id, house = event.id, settings()

    def prepare(session: Session) -> None:
        prepare_codes(session, event_id, settings=house)

    if not codes_are_current(current_session(), event_id, settings=house):
        write_if_free(prepare)


@bp.route("/<public_id>/check-in", methods=["POST"])
@open_to(P.OFFICE_ATTENDANCE_WRITE)
def look(public_id: str) -> ResponseReturnValue:
    """Check in whose badge was scanned; lead to the hits for anything else."""
    event, form = event_of(public_id), DoorForm()
    found = asked(form.q.data or "")
    if found.how is not How.SCAN or not form.validate_on_submit():
        return back_to("check_in", public_id, q=found.word or None)
    try:
        with unit_of_work() as session:
            scanned = registration_with_token(session, event, found.word)
            row = registration_by_id(session, registrations_visible_to(actor()), event.id, scanned.id)
            row_id = _come(session, row, How.SCAN)
    except DomainError as error:
        form.refuse(error)
        return _shown(public_id, form)
    return back_to("check_in", public_id, who=row_id)


def _come(session: Session, row: Registration, how: How) -> int:
    """Check in, say so, or say since when he is in; return the registration's id."""
    arrival = mark_present(session, actor(), row, how, now=now_utc())
    name, since = row.display_name, arrival.attendance
    if arrival.is_new:
        flash(_("%(name)s已签到。", name=name), "success")
    else:
        at = f"{in_china(since.marked_at):%H:%M}"
        by = since.marked_by
        flash(_("重复签到：%(name)s已于%(at)s由%(by)s签到，未再登记。", name=name, at=at, by=by), "warning")
    return row.id


@bp.route("/<public_id>/check-in/<int:registration_id>/arrive", methods=["POST"])
@open_to(P.OFFICE_ATTENDANCE_WRITE)
def arrive(public_id: str, registration_id: int) -> ResponseReturnValue:
    """Check in somebody who was found by phone or name."""
    form = ArriveForm()
    how = How.TAIL if form.how.data == How.TAIL.value else How.BY_HAND
    return _acted(public_id, registration_id, form, lambda session, row: _come(session, row, how))


@bp.route("/<public_id>/check-in/<int:registration_id>/missing", methods=["POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def missing(public_id: str, registration_id: int) -> ResponseReturnValue:
    """Say that somebody did not come."""
    return _acted(
        public_id,
        registration_id,
        DoorForm(),
        lambda session, row: mark_missing(session, actor(), row, now=now_utc()),
    )


@bp.route("/<public_id>/check-in/<int:registration_id>/late", methods=["POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def comes_late(public_id: str, registration_id: int) -> ResponseReturnValue:
    """Say from when somebody will be there."""
    form = LateForm().offer(_times(event_of(public_id)))
    return _acted(
        public_id,
        registration_id,
        form,
        lambda session, row: mark_late(session, actor(), row, form.slot.data or 0, now=now_utc()),
    )


@bp.route("/<public_id>/check-in/<int:registration_id>/companion", methods=["POST"])
@open_to(P.OFFICE_ATTENDANCE_WRITE)
def comes_along(public_id: str, registration_id: int) -> ResponseReturnValue:
    """Say who came along with somebody who is checked in, or that nobody did."""
    form = CompanionForm()

    def act(session: Session, row: Registration) -> None:
        note_companion(session, actor(), row, form.companion.data or "", now=now_utc())

    return _acted(public_id, registration_id, form, act)


@bp.route("/<public_id>/check-in/<int:registration_id>/undo", methods=["POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def undo_mark(public_id: str, registration_id: int) -> ResponseReturnValue:
    """Take a mark back, with a reason."""
    form = UndoForm()
    return _acted(
        public_id,
        registration_id,
        form,
        lambda session, row: undo_attendance(session, actor(), row, form.reason.data or "", now=now_utc()),
    )


def _acted(
    public_id: str,
    registration_id: int,
    form: BaseForm,
    act: Callable[[Session, Registration], object],
) -> ResponseReturnValue:
    """Do one thing to one participant and show him; a refusal stands above the same page."""
    event_id = event_of(public_id).id
    visible = registrations_visible_to(actor())
    registration_by_id(current_session(), visible, event_id, registration_id)
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                act(session, registration_by_id(session, visible, event_id, registration_id))
        except DomainError as error:
            form.refuse(error)
        else:
            return back_to("check_in", public_id, who=registration_id)
    return _shown(public_id, DoorForm(formdata=None), one=registration_id, refused=form)


def _shown(
    public_id: str, form: DoorForm, *, one: int | None = None, refused: BaseForm | None = None
) -> ResponseReturnValue:
    stay_on(".check_in")
    event, session = event_of(public_id), current_session()
    visible = registrations_visible_to(actor())
    state = chosen("state", [UNMARKED, *(mark.value for mark in Mark)], "")
    one = one or row_number("who")
    found = asked("" if one or form.has_refusals else form.q.data or "")
    hits = (
        found_by_ids(session, event.id, visible, [one])
        if one
        else _hits(session, event, found.how, found.word)
    )
    single = hits[0] if len(hits) == 1 else None
    times = _times(event)
    status = (refused or form).status
    return page_of(
        "check_in",
        event,
        status,
        form=form,
        refused=refused or form,
        query=form.q.data or "",
        is_asked=bool(found.word),
        hits=hits,
        how=found.how,
        single=single,
        welcome=_welcome(session, event, single.registration) if single else None,
        history=attendance_history(session, single.registration.id) if single else (),
        undo=refused if isinstance(refused, UndoForm) else UndoForm(formdata=None),
        along=refused if isinstance(refused, CompanionForm) else _along(single),
        gives_records=training_of(event, training_row(session, event.id))[0],
        later=refused if isinstance(refused, LateForm) else LateForm(formdata=None).offer(times),
        times=times,
        state=state,
        page=door_page(
            session,
            event.id,
            visible,
            mark=Mark(state) if state and state != UNMARKED else None,
            only_unmarked=state == UNMARKED,
            cursor=request.args.get("cursor"),
            size=50,
        ),
        counts=attendance_counts(session, event.id, visible),
        marks=MARK_LABELS,
        hows=HOW_LABELS,
        is_day=takes_marks(event.state, in_china(event.starts_at).date(), today_in_china()),
        may_check_in=may(actor(), P.OFFICE_ATTENDANCE_WRITE),
        may_replan=_needs_replanning(session, event),
    )


def _hits(session: Session, event: Event, how: How, word: str) -> list[AtTheDoor]:
    visible = registrations_visible_to(actor())
    if how is How.TAIL:
        return found_by_tail(session, event, visible, word, settings=settings())
    return found_by_name(session, event.id, visible, word)


def _along(single: AtTheDoor | None) -> CompanionForm:
    """Offer who was said to come along, or was seen."""
    if single is None:
        return CompanionForm(formdata=None)
    seen = single.attendance.companion_name if single.attendance else ""
    return CompanionForm(formdata=None, companion=seen or single.registration.second_name)


def _times(event: Event) -> list[str]:
    return slot_times(event.talks_start_at, event.slot_minutes, event.slot_count)


def _welcome(session: Session, event: Event, row: Registration) -> Welcome:
    now = now_utc()
    lines = [line for line in agenda_of(session, event, row) if not line.is_called_off]
    coming = [line for line in lines if line.ends_at > now]
    desks = sorted({line.desk for line in coming or lines})
    return Welcome(desks, coming[0] if coming else None, published_timetable(session, event.id) is not None)


def _needs_replanning(session: Session, event: Event) -> bool:
    """Whether somebody of a planned day is missing or late; the page of re-planning asks the door itself."""
    planned = event.state is EventState.SCHEDULED and published_timetable(session, event.id) is not None
    return planned and bool(no_shows(session, event.id) or late(session, event.id))
