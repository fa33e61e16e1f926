"""What a participant does about his place at an event: answer an offered seat, send another person.

Both sides have the same pages. Decides which page leads where; what may be done is decided in the service.
"""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ipfin.accounts.policy import P
from ipfin.events.models import Event, Registration
from ipfin.events.phones import normal_phone
from ipfin.events.queries import event_by_public_id, events_visible_to, own_registration, substitutions_of
from ipfin.events.registration import may_be_left
from ipfin.events.service import answer_offer, phone_of_contact, substitute
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import DomainError, NotFound, Stale
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.event_forms import PressForm, SubstituteForm
from ipfin.web.signing_in import actor, settings


def add_seat_pages(bp: Blueprint, folder: str, register: P) -> None:
    """Give the blueprint of a side the answer to an offer and the substitute; `folder` has its templates."""

    @bp.route("/<public_id>/reply", methods=["POST"])
    @open_to(register)
    def reply(public_id: str) -> ResponseReturnValue:
        """Take an offered seat, or give it up."""
        _own(public_id)  # what is not there is not asked about
        word = request.form.get("answer", "")
        if word not in ("accept", "decline") or not PressForm().validate_on_submit():
            return redirect(url_for(".show", public_id=public_id), code=303)
        with unit_of_work() as session:
            _event, row = _own(public_id)
            answer_offer(session, actor(), row, accepts=word == "accept", now=now_utc(), settings=settings())
        said = _("已确认参会。") if word == "accept" else _("已放弃名额，名额让给下一位候补。")
        flash(said, "success")
        return redirect(url_for(".show", public_id=public_id), code=303)

    @bp.route("/<public_id>/substitute", methods=["GET", "POST"])
    @open_to(register)
    def substitute_person(public_id: str) -> ResponseReturnValue:
        """Let another person of the same house come."""
        event, row = _own(public_id)
        form = SubstituteForm(data={"version": row.said_version})
        if form.validate_on_submit():
            if _substituted(public_id, form):
                return redirect(url_for(".show", public_id=public_id), code=303)
            event, row = _own(public_id)
        return render_template(
            f"{folder}/events/substitute_person.html",
            event=event,
            own=row,
            form=form,
            former=substitutions_of(current_session(), row.id),
            may_leave=may_be_left(event.state),
        ), form.status


def _substituted(public_id: str, form: SubstituteForm) -> bool:
    """Let whom the form says come; false with the refusal in the form. A second click finds itself done."""
    try:
        with unit_of_work() as session:
            _event, row = _own(public_id)
            reason, seen = form.reason.data or "", form.seen_version
            substitute(session, actor(), row, form.person(), reason=reason, version=seen, settings=settings())
    except Stale as error:
        _event, row = _own(public_id)
        phone = phone_of_contact(row, settings=settings())
        form.set_beside(error, person_standing(row, form, phone))
        return form.says_what_is_saved
    except DomainError as error:
        form.refuse(error)
        return False
    flash(_("参会人已更换。"), "success")
    return True


def person_standing(row: Registration, typed: SubstituteForm, shown: str) -> SubstituteForm:
    """Return whom a registration names by now, to be set beside what was typed.

    Args:
        shown: the phone as far as the reader may see it; where it is the one that was typed, as typed.
    """
    phone, former = typed.phone.data or "", substitutions_of(current_session(), row.id)
    is_same = normal_phone(phone) == normal_phone(phone_of_contact(row, settings=settings()))
    last = former[-1] if former and former[-1].name == row.contact_name else None
    return SubstituteForm.of(row, phone if is_same else shown, last.reason if last else "")


def _own(public_id: str) -> tuple[Event, Registration]:
    """Return the event and the actor's living registration of it.

    Raises:
        NotFound: no such event for this actor, or no registration of his house.
    """
    session = current_session()
    event = event_by_public_id(session, events_visible_to(actor()), public_id)
    row = own_registration(session, actor(), event.id)
    if row is None:
        raise NotFound(_("贵单位没有报名本活动。"))
    return event, row
