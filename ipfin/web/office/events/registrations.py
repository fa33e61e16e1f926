"""Who signed up: the list, phones masked; one phone by a logged act; signing up, calling off, export."""

from __future__ import annotations

from collections.abc import Collection

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ipfin.accounts.policy import P, may
from ipfin.consent import levels
from ipfin.consent.levels import Reader
from ipfin.events.approval import Clearance
from ipfin.events.export import issue_registrations
from ipfin.events.lifecycle import REGISTRATION_LABELS, RegistrationState, Side
from ipfin.events.models import Event, Registration
from ipfin.events.queries import (
    RegistrationFilter,
    enterprise_called,
    institution_called,
    questions_of,
    registration_by_id,
    registrations_page,
    registrations_visible_to,
)
from ipfin.events.service import (
    cancel_registration,
    phone_of_contact,
    register_enterprise,
    register_institution,
    reveal_contact,
)
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.errors import DomainError
from ipfin.kernel.text import listed
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.event_answers import answers_told
from ipfin.web.event_forms import OfficeRegistrationForm, PurposeForm, asking, question_fields
from ipfin.web.i18n import in_reader_language, locale_now
from ipfin.web.office.events.base import back_to, bp, event_of, page_of
from ipfin.web.paging import LARGEST_NUMBER, chosen, stay_on, words
from ipfin.web.signing_in import actor, settings
from ipfin.whitelist.queries import grades_in_force


@bp.route("/<public_id>/registrations")
@open_to(P.OFFICE_EVENTS_READ)
def registrations(public_id: str) -> ResponseReturnValue:
    """List who signed up, in the order of arrival, with state and contact, the phone masked."""
    return _list(public_id)


@bp.route("/<public_id>/registrations/reveal", methods=["POST"])
@open_to(P.OFFICE_CONTACTS_REVEAL)
def reveal(public_id: str) -> ResponseReturnValue:
    """Show one phone in full on this answer only, and record who looked."""
    wanted = request.form.get("registration", type=int)
    if wanted is None:
        event_of(public_id)  # what is not there is not asked about
        return back_to("registrations", public_id)
    wanted = min(max(wanted, 0), LARGEST_NUMBER)  # what no row can have, no database can be asked for
    with unit_of_work() as session:
        event = event_of(public_id)
        row = registration_by_id(session, registrations_visible_to(actor()), event.id, wanted)
        reveal_contact(session, actor(), event, row)
    stay_on(".registrations")
    return _list(public_id, revealed={wanted})


def _list(
    public_id: str, revealed: Collection[int] = (), purpose: PurposeForm | None = None
) -> ResponseReturnValue:
    event, session = event_of(public_id), current_session()
    side = chosen("side", [side.value for side in Side], "")
    state = chosen("state", [state.value for state in RegistrationState], "")
    wanted = RegistrationFilter(
        Side(side) if side else None, RegistrationState(state) if state else None, words("q")
    )
    cursor = request.args.get("cursor")
    page = registrations_page(session, event.id, registrations_visible_to(actor()), wanted, cursor=cursor)
    return page_of(
        "registrations",
        event,
        422 if purpose else 200,
        page=page,
        phones={row.id: shown_phone(row, row.id in revealed) for row in page.items},
        answers=answers_told(session, event, page.items),
        revealed=revealed,
        reveal_address=url_for(
            ".reveal",
            public_id=public_id,
            side=side or None,
            state=state or None,
            q=wanted.query or None,
            cursor=cursor,
        ),
        side=side,
        state=state,
        query=wanted.query,
        registration_states=REGISTRATION_LABELS,
        purpose=purpose or PurposeForm(formdata=None),
        may_export=may(actor(), P.OFFICE_EVENTS_EXPORT),
        may_reveal=may(actor(), P.OFFICE_CONTACTS_REVEAL),
    )


def shown_phone(row: Registration, is_revealed: bool) -> str:
    """Return a contact's phone as far as the levels of the fields show it to the reader."""
    reader = Reader(actor().role, revealed=is_revealed)
    return levels.shown(reader, "contact.phone", phone_of_contact(row, settings=settings())) or ""


@bp.route("/<public_id>/registrations/new", methods=["GET", "POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def register(public_id: str) -> ResponseReturnValue:
    """Sign somebody up who called."""
    event = event_of(public_id)
    form = asking(OfficeRegistrationForm, questions_of(current_session(), event.id))()
    if form.validate_on_submit():
        try:
            name, state = _registered(event, form)
        except DomainError as error:
            form.refuse(error)
        else:
            if state is RegistrationState.CONFIRMED:
                flash(_("%(name)s已报名并确认。", name=name), "success")
            else:
                flash(_("名额已满，%(name)s进入候补。", name=name), "warning")
            return back_to("registrations", public_id)
    event, extra = event_of(public_id), list(question_fields(form))
    return page_of("register", event, form.status, form=form, extra=extra)


def _registered(event: Event, form: OfficeRegistrationForm) -> tuple[str, RegistrationState]:
    with unit_of_work() as session:
        said, on, name = form.application(), today_in_china(), form.name.data or ""
        if form.side.data == Side.ENTERPRISE.value:
            firm = enterprise_called(session, name)
            grade = grades_in_force(session, [firm.id], on).get(firm.id)
            row = register_enterprise(
                session,
                actor(),
                event,
                firm,
                said,
                on=on,
                clearance=Clearance.OFFICE,
                grade=grade.value if grade else None,
                settings=settings(),
            )
        else:
            house = institution_called(session, name)
            row = register_institution(
                session, actor(), event, house, said, on=on, clearance=Clearance.OFFICE, settings=settings()
            )
        return row.display_name, row.state


@bp.route("/<public_id>/registrations/<int:registration_id>/cancel", methods=["POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def cancel_one(public_id: str, registration_id: int) -> ResponseReturnValue:
    """Call one registration off; the oldest of those who wait moves up."""
    with unit_of_work() as session:
        row = registration_by_id(
            session, registrations_visible_to(actor()), event_of(public_id).id, registration_id
        )
        promoted = cancel_registration(session, actor(), row, settings=settings())
        moved = in_reader_language(listed(one.display_name for one in promoted))
        is_offered = any(one.state is RegistrationState.OFFERED for one in promoted)
    if not moved:
        flash(_("报名已取消。"), "success")
    elif is_offered:
        flash(_("报名已取消，名额已保留给候补的%(names)s，待其答复。", names=moved), "success")
    else:
        flash(_("报名已取消，%(names)s由候补转为确认。", names=moved), "success")
    return back_to("registrations", public_id)


@bp.route("/<public_id>/registrations/export", methods=["POST"])
@open_to(P.OFFICE_EVENTS_EXPORT)
def export(public_id: str) -> ResponseReturnValue:
    """Take the registrations as a spreadsheet, phones included: for a purpose, and logged."""
    event_of(public_id)  # what is not there is not asked about
    form = PurposeForm()
    if not form.validate_on_submit():
        stay_on(".registrations")
        return _list(public_id, purpose=form)
    with unit_of_work() as session:
        document = issue_registrations(
            session,
            actor(),
            event_of(public_id),
            purpose=form.purpose.data,
            settings=settings(),
            locale=locale_now(),
        )
        code = document.verify_code
    return redirect(url_for("account_files.download", code=code), code=303)
