"""The own authenticator: enrolling one, and new recovery codes."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ipfin.accounts.policy import P
from ipfin.accounts.service import (
    Enrolment,
    begin_enrolment,
    confirm_enrolment,
    continue_enrolment,
    house_of,
    recovery_codes_left,
    renew_recovery_codes,
)
from ipfin.accounts.session_life import Stage
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import BadInput, DomainError
from ipfin.web.access import open_during, open_to
from ipfin.web.account.forms import EnrolForm, RenewCodesForm
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.navigation import home_of
from ipfin.web.qr import qr_image
from ipfin.web.returning import own_path
from ipfin.web.signing_in import person, set_session_cookie, settings

bp = Blueprint("account_factor", __name__, url_prefix="/account/factor")


@bp.route("", methods=["GET", "POST"])
@open_during(Stage.ENROLMENT)
def enrol() -> ResponseReturnValue:
    """Show the QR code, take the first code, show the recovery codes this once."""
    if person().user.has_second_factor:
        return redirect(url_for("account_factor.renew"), code=303)
    form = EnrolForm()
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                enrolled = confirm_enrolment(
                    session,
                    person().user_session,
                    form.ticket.data or "",
                    form.code.data or "",
                    now=now_utc(),
                    settings=settings(),
                )
        except DomainError as error:
            form.refuse(error)
        else:
            wanted = own_path(request.args.get("next")) or home_of(person().actor)
            page = render_template("account/factor/enrol.html", codes=enrolled.recovery_codes, onward=wanted)
            answer = make_response(page)
            set_session_cookie(answer, enrolled.token)
            return answer
    enrolment = _enrolment(form)
    form.ticket.data = enrolment.ticket
    page = render_template(
        "account/factor/enrol.html",
        form=form,
        key=enrolment.seed,
        picture=qr_image(enrolment.uri),
        is_required=house_of(settings()).must_have_second_factor(person().user.role),
    )
    return page, form.status


def _enrolment(form: EnrolForm) -> Enrolment:
    """Return the enrolment that is under way, or a new one: a wrong code must not cost a second scan."""
    user = person().user
    if form.ticket.data:
        try:
            return continue_enrolment(user, form.ticket.data, now=now_utc(), settings=settings())
        except BadInput:
            pass
    return begin_enrolment(user, now=now_utc(), settings=settings())


@bp.route("/recovery", methods=["GET", "POST"])
@open_to(P.ACCOUNT_SELF_WRITE)
def renew() -> ResponseReturnValue:
    """Say how many recovery codes are left; against a code, make new ones and show them this once."""
    if not person().user.has_second_factor:
        return redirect(url_for("account_factor.enrol"), code=303)
    form = RenewCodesForm()
    codes: tuple[str, ...] = ()
    if form.validate_on_submit():
        with unit_of_work() as session:
            renewed = renew_recovery_codes(
                session, person().user_session, form.code.data or "", now=now_utc(), settings=settings()
            )
        codes = renewed.codes
        if renewed.refusal is not None:
            form.refuse(renewed.refusal)
    left = recovery_codes_left(current_session(), person().user)
    return render_template("account/factor/renew.html", form=form, codes=codes, left=left), form.status
