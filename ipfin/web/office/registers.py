"""The log of looks into registers of misconduct: without one that counts, no round is published."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ipfin.accounts.policy import P, may
from ipfin.conduct.consultation import REGISTERS, last_day_of
from ipfin.conduct.queries import consultations
from ipfin.conduct.rules import ConductCode
from ipfin.conduct.service import log_consultation
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.errors import DomainError
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.office.forms import ConsultationForm
from ipfin.web.signing_in import actor, settings

bp = Blueprint("office_registers", __name__, url_prefix="/office/registers")


@bp.route("/")
@open_to(P.OFFICE_ROUNDS_READ)
def index() -> ResponseReturnValue:
    """List the looks, the last first."""
    return _page(ConsultationForm(formdata=None, consulted_on=today_in_china()))


@bp.route("/", methods=["POST"])
@open_to(P.OFFICE_ROUNDS_PREPARE)
def log() -> ResponseReturnValue:
    """Log a look."""
    form = ConsultationForm()
    if not form.validate_on_submit():
        return _page(form)
    today = today_in_china()
    try:
        with unit_of_work() as session:
            log_consultation(
                session,
                actor(),
                ConductCode(form.code.data),
                register=form.register.data or "",
                covers=form.covers.data or "",
                on=form.consulted_on.data or today,
                today=today,
            )
    except DomainError as error:
        form.refuse(error)
        return _page(form)
    flash(_("已登记查询。"), "success")
    return redirect(url_for(".index"), code=303)


def _page(form: ConsultationForm) -> ResponseReturnValue:
    page = render_template(
        "office/registers/index.html",
        form=form,
        looks=consultations(current_session()),
        names=REGISTERS,
        days=settings().register_consultation_days,
        last_day_of=last_day_of,
        may_log=may(actor(), P.OFFICE_ROUNDS_PREPARE),
    )
    return page, form.status
