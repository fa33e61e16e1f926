"""The pages of those who take part in events, the same for firms and for institutions.

Sign up, say when one is away, read one's own agenda; whom to meet stands in `participating_wishes`. Decides
which page leads where; a person sees his own organisation's registration, wishes and agenda, and of the
other side who comes, never what third parties said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ipfin.accounts.policy import P
from ipfin.events.details import slot_times
from ipfin.events.export import CALENDAR, agenda_calendar, issue_agendas
from ipfin.events.lifecycle import (
    EVENT_KIND_LABELS,
    EVENT_LABELS,
    REGISTRATION_LABELS,
    EventState,
    RegistrationState,
)
from ipfin.events.models import Event, Registration
from ipfin.events.proposals import ANSWER_LABELS
from ipfin.events.queries import (
    agenda_of,
    answers_of,
    event_by_public_id,
    events_page,
    events_visible_to,
    former_registration,
    last_registration_of,
    own_registration,
    own_registrations,
    programme_of,
    proposals_to,
    questions_of,
    seats_of,
    unanswered_asks,
    waiting_place,
    wishes_of,
)
from ipfin.events.queries.invitations import invitation_of
from ipfin.events.queries.materials import audiences_of, material_by_id, materials_of
from ipfin.events.queries.training import records_of_registration, replacements_of
from ipfin.events.registration import may_be_left, require_open, takes_wishes
from ipfin.events.service import (
    amend_registration,
    cancel_registration,
    phone_of_contact,
    set_absences,
)
from ipfin.events.training import certificate_number, hours_in_words
from ipfin.kernel.clock import now_utc, today_in_china
from ipfin.kernel.errors import BadInput, Conflict, DomainError, NotFound, Stale
from ipfin.web.access import open_to
from ipfin.web.badge_pages import add_badge_page
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.event_answers import answers_told
from ipfin.web.event_conditions import conditions_shown
from ipfin.web.event_forms import AbsencesForm, PressForm, RegistrationForm, asking, filled, question_fields
from ipfin.web.event_programme import programme_shown
from ipfin.web.event_share import event_address
from ipfin.web.i18n import locale_now
from ipfin.web.known_persons import Known, known_persons, picked
from ipfin.web.materials import handed_out
from ipfin.web.participating_results import add_result_pages, may_be_told_of
from ipfin.web.participating_training import add_training_pages
from ipfin.web.participating_wishes import WishPages
from ipfin.web.participation import Participation, plain
from ipfin.web.seat_pages import add_seat_pages
from ipfin.web.signing_in import actor, settings


def add_pages(bp: Blueprint, part: Participation) -> None:
    """Give the blueprint the pages of a participant."""
    pages = _Pages(part)
    wishing = WishPages(pages.render, _event, _own)
    rules: tuple[tuple[str, str, P, Callable[..., ResponseReturnValue], tuple[str, ...]], ...] = (
        ("/", "index", part.read, pages.index, ("GET",)),
        ("/<public_id>", "show", part.read, pages.show, ("GET",)),
        ("/<public_id>/register", "register", part.register, pages.register, ("GET", "POST")),
        ("/<public_id>/leave", "leave", part.register, pages.leave, ("POST",)),
        ("/<public_id>/wishes", "wishes", part.register, wishing.wishes, ("GET", "POST")),
        ("/<public_id>/proposals/<int:proposal_id>", "answer", part.register, wishing.answer, ("POST",)),
        ("/<public_id>/absences", "absences", part.register, pages.absences, ("POST",)),
        ("/<public_id>/agenda", "agenda", part.read, pages.agenda, ("POST",)),
        ("/<public_id>/agenda.ics", "calendar", part.read, pages.calendar, ("GET",)),
        ("/<public_id>/materials/<int:material_id>", "material", part.read, pages.material, ("GET",)),
    )
    if part.folder == "institution":
        rules += (
            ("/<public_id>/preferences", "preferences", part.register, wishing.preferences, ("GET", "POST")),
        )
    for rule, endpoint, permission, view, methods in rules:
        bp.add_url_rule(rule, endpoint, open_to(permission)(plain(view)), methods=list(methods))
    add_result_pages(bp, part)
    add_seat_pages(bp, part.folder, part.register)
    add_training_pages(bp, part)
    add_badge_page(bp, part.folder, part.read)


@contextmanager
def _reading() -> Iterator[Session]:
    yield current_session()


def _event(public_id: str) -> Event:
    return event_by_public_id(current_session(), events_visible_to(actor()), public_id)


def _own(event: Event) -> Registration:
    """Return the actor's living registration.

    Raises:
        NotFound: there is none.
    """
    found = own_registration(current_session(), actor(), event.id)
    if found is None:
        raise NotFound(_("贵单位没有报名本活动。"))
    return found


def _back(endpoint: str, public_id: str) -> Response:
    return make_response(redirect(url_for(f".{endpoint}", public_id=public_id), code=303))


def _takes_registrations(event: Event) -> bool:
    try:
        require_open(event.state, event.registration_closes_on, today_in_china())
    except Conflict:
        return False
    return True


@dataclass(frozen=True, slots=True)
class _Pages:
    part: Participation

    def render(self, template: str, status: int = 200, **context: Any) -> ResponseReturnValue:
        """Render a page of this side with what every page needs."""
        return render_template(
            f"{self.part.folder}/events/{template}.html",
            states=EVENT_LABELS,
            kinds=EVENT_KIND_LABELS,
            registration_states=REGISTRATION_LABELS,
            press=PressForm(),
            **context,
        ), status

    def index(self) -> ResponseReturnValue:
        """List the events, the latest day first, with one's own registration."""
        session = current_session()
        page = events_page(session, events_visible_to(actor()), cursor=request.args.get("cursor"))
        ids = [event.id for event in page.items]
        return self.render(
            "index",
            page=page,
            own=own_registrations(session, actor(), ids),
            seats=seats_of(session, page.items),
            today=today_in_china(),
            held=[event.id for event in page.items if may_be_told_of(event, now_utc())],
            open_state=EventState.OPEN,
        )

    def show(self, public_id: str) -> ResponseReturnValue:
        """Show an event, one's own registration in it, and one's own agenda once it is published."""
        return self._shown(_event(public_id))

    def _shown(self, event: Event, absences: AbsencesForm | None = None) -> ResponseReturnValue:
        session = current_session()
        own = own_registration(session, actor(), event.id)
        times = slot_times(event.talks_start_at, event.slot_minutes, event.slot_count)
        lines = agenda_of(session, event, own) if own else []
        if own and absences is None:
            absences = AbsencesForm.of(own)
        is_confirmed = own is not None and own.state is RegistrationState.CONFIRMED
        return self.render(
            "show",
            absences.status if absences else 200,
            event=event,
            own=own,
            seats=seats_of(session, [event])[event.id],
            times=times,
            programme=programme_shown(session, event),
            conditions=conditions_shown(session, event),
            answers_told=answers_told(session, event, [own])[own.id] if own else [],
            lines=lines,
            phones={
                line.counterpart.id: phone_of_contact(line.counterpart, settings=settings()) for line in lines
            },
            wished=len(wishes_of(session, own.id)) if own else 0,
            proposals=proposals_to(session, own) if own else [],
            answers=ANSWER_LABELS,
            asking=unanswered_asks(session, [own.id]).get(own.id, 0) if own else 0,
            place=waiting_place(session, own) if own and own.state is RegistrationState.WAITLISTED else 0,
            invitation=None if own else invitation_of(session, event.id, actor().enterprise_id),
            **_training(session, own),
            materials=materials_of(session, event.id, audiences_of(session, own)),
            former=former_registration(session, actor(), event.id),
            may_answer=own is not None and own.state is RegistrationState.OFFERED,
            absences=absences.offer(times, event.breaks) if absences else None,
            takes_registrations=_takes_registrations(event),
            may_leave=own is not None and may_be_left(event.state),
            may_wish=is_confirmed and takes_wishes(event.state) and event.slot_count > 0,
            is_published=event.state in (EventState.SCHEDULED, EventState.FINISHED),
            has_begun=may_be_told_of(event, now_utc()),
        )

    def register(self, public_id: str) -> ResponseReturnValue:
        """Sign up, or change what was said; filled in from what is known."""
        event, session = _event(public_id), current_session()
        own = own_registration(session, actor(), event.id)
        persons = known_persons(session, own or last_registration_of(session, actor()))
        known = picked(persons, request.args.get("person", ""))
        form = self._filled(event, own, known)
        if form.validate_on_submit():
            try:
                with unit_of_work() as session:
                    answer = self._registered(session, event, form)
            except Stale as error:
                if self._is_said(error, _event(public_id), form):
                    return _back("show", public_id)
            except DomainError as error:
                form.refuse(error)
            else:
                flash(*answer)
                return _back("show", public_id)
        event = _event(public_id)
        return self.render(
            "register",
            form.status,
            event=event,
            own=own_registration(current_session(), actor(), event.id),
            form=form,
            extra=list(question_fields(form)),
            persons=[] if own else persons,
            known=known,
            conditions=conditions_shown(current_session(), event),
            seats=seats_of(current_session(), [event])[event.id],
        )

    def _filled(self, event: Event, own: Registration | None, known: Known, **sent: Any) -> RegistrationForm:
        session = current_session()
        kind = asking(self.part.form, questions_of(session, event.id, self.part.side))
        return filled(
            kind,
            own or last_registration_of(session, actor()),
            known.name,
            known.phone,
            known.post,
            answers_of(session, [own.id])[own.id] if own else {},
            version=own.said_version if own else 0,
            **sent,
        )

    def _is_said(self, error: Stale, event: Event, form: RegistrationForm) -> bool:
        """Set what a colleague saved beside the form; whether it says the same, as after a second click."""
        own = _own(event)
        known = picked(known_persons(current_session(), own), "")
        form.set_beside(error, self._filled(event, own, known, formdata=None))
        return form.says_what_is_saved

    def _registered(self, session: Session, event: Event, form: RegistrationForm) -> tuple[str, str]:
        """Sign up or amend; return what to say and in which tone. A second click finds itself done."""
        own = own_registration(session, actor(), event.id)
        if own is not None:
            seen = form.seen_version
            amend_registration(session, actor(), own, form.application(), version=seen, settings=settings())
            return _("报名信息已保存。"), "success"
        state = self.part.sign_up(session, event, form.application()).state
        if state is RegistrationState.CONFIRMED:
            return _("报名成功，名额已确认；时间、地点已发到通知。"), "success"
        if state is RegistrationState.PENDING:
            return _("报名已收到，待主办方审核；结果会通知您。"), "info"
        return _("名额已满，已按先后顺序进入候补；有名额空出时通知您。"), "warning"

    def leave(self, public_id: str) -> ResponseReturnValue:
        """Call one's registration off."""
        event = _event(public_id)
        with unit_of_work() as session:
            cancel_registration(session, actor(), _own(event), settings=settings())
        flash(_("报名已取消。"), "success")
        return _back("show", public_id)

    def absences(self, public_id: str) -> ResponseReturnValue:
        """Say in which slots nobody is there."""
        event = _event(public_id)
        times = slot_times(event.talks_start_at, event.slot_minutes, event.slot_count)
        form = AbsencesForm().offer(times, event.breaks)
        if not form.validate_on_submit():
            return self._shown(event, form)
        try:
            with unit_of_work() as session:
                set_absences(
                    session,
                    actor(),
                    _own(event),
                    form.absent_slots.data or [],
                    desks=form.desks,
                    version=form.seen_version,
                )
        except Stale as error:
            form.set_beside(
                error, AbsencesForm.of(_own(_event(public_id)), formdata=None).offer(times, event.breaks)
            )
            return self._shown(_event(public_id), form)
        except BadInput as error:
            form.refuse(error)
            return self._shown(_event(public_id), form)
        flash(_("不能到场的时段已保存。"), "success")
        return _back("show", public_id)

    def agenda(self, public_id: str) -> ResponseReturnValue:
        """Take one's own agenda as a PDF."""
        event = _event(public_id)
        own = _own(event)
        papers = issue_agendas(
            unit_of_work,
            _reading,
            actor(),
            event.id,
            settings=settings(),
            registration_ids=[own.id],
            locale=locale_now(),
        )
        if not papers:
            raise NotFound(_("没有贵单位的日程。"))
        return redirect(url_for("account_files.download", code=papers[0].verify_code), code=303)

    def calendar(self, public_id: str) -> ResponseReturnValue:
        """Take the event and one's own meetings into a calendar."""
        event = _event(public_id)
        own = _own(event)
        answer = make_response(_calendar_of(event, own))
        answer.headers["Content-Type"] = CALENDAR
        answer.headers["Content-Disposition"] = 'attachment; filename="agenda.ics"'
        return answer

    def material(self, public_id: str, material_id: int) -> ResponseReturnValue:
        """Hand out a file of the event that is for this participant."""
        session, event = current_session(), _event(public_id)
        own = own_registration(session, actor(), event.id)
        return handed_out(material_by_id(session, event.id, material_id, audiences_of(session, own)))


def _calendar_of(event: Event, own: Registration) -> bytes:
    session = current_session()
    return agenda_calendar(
        event,
        own,
        agenda_of(session, event, own),
        now=now_utc(),
        programme=programme_of(session, event.id),
        address=event_address(event),
        locale=locale_now(),
    )


def _training(session: Session, own: Registration | None) -> dict[str, Any]:
    """Return one's own training records of an event, and what replaced those revoked."""
    found = records_of_registration(session, own.id) if own else ()
    return {
        "records": found,
        "replaced": replacements_of(session, [row.id for row in found]),
        "number_of": certificate_number,
        "in_words": hours_in_words,
    }
