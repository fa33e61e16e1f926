"""The whitelist as it was, is or will be on a day, and taking a firm off it."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import ColumnElement
from wtforms import SelectField
from wtforms.validators import InputRequired

from ipfin.accounts.policy import P, may
from ipfin.accounts.queries import enterprises_visible_to
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.errors import DomainError
from ipfin.reports.firm_export import (
    FORMAT_LABELS,
    OFFICE_PURPOSES,
    PURPOSE_LABELS,
    ExportFormat,
    ExportPurpose,
)
from ipfin.reports.service.copies import issue_copy
from ipfin.reports.service.whitelist_copies import make_whitelist_copy
from ipfin.reports.whitelist_export import COLUMNS
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.errors import status_of
from ipfin.web.forms import FIRST_YEAR, LAST_YEAR, BaseForm, choices_of
from ipfin.web.i18n import in_reader_language, locale_now
from ipfin.web.office.forms import ReasonForm
from ipfin.web.signing_in import actor, settings
from ipfin.whitelist.admission import is_in_force
from ipfin.whitelist.queries import admission_by_id, admissions_page, round_numbers
from ipfin.whitelist.scoring import GRADE_LABELS
from ipfin.whitelist.service import end_admission, expires_soon

bp = Blueprint("office_admissions", __name__, url_prefix="/office/admissions")


class CopyForm(BaseForm):
    """What a copy of the list is for."""

    purpose = SelectField(
        lazy_gettext("用途"), [InputRequired(lazy_gettext("请选择用途：用途会写进文件并记入日志。"))]
    )

    format = SelectField(lazy_gettext("格式"), default=ExportFormat.XLSX.value)

    def __init__(self) -> None:
        super().__init__()
        labels = [(kind.value, in_reader_language(label)) for kind, label in FORMAT_LABELS.items()]
        self.format.choices = choices_of(labels)
        pairs = [(each.value, in_reader_language(PURPOSE_LABELS[each])) for each in OFFICE_PURPOSES]
        self.purpose.choices = choices_of(pairs, nothing=_("请选择"))


@bp.route("/")
@open_to(P.OFFICE_ROUNDS_READ)
def index() -> ResponseReturnValue:
    """List the firms that are on the whitelist on the day of the address, today by default."""
    return _list(CopyForm())


@bp.route("/export", methods=["POST"])
@open_to(P.OFFICE_ENTERPRISES_EXPORT)
def export() -> ResponseReturnValue:
    """Issue a copy of exactly the list that the address names."""
    form = CopyForm()
    if not form.validate_on_submit():
        return _list(form)
    try:
        copy = make_whitelist_copy(
            current_session(),
            actor(),
            _day(),
            ExportPurpose(form.purpose.data),
            settings=settings(),
            wanted=ExportFormat(form.format.data),
            locale=locale_now(),
        )
        with unit_of_work() as session:
            code = issue_copy(session, actor(), copy, settings=settings()).verify_code
    except DomainError as error:
        form.refuse(error)
        return _list(form)
    return redirect(url_for("account_files.download", code=code), code=303)


@bp.route("/<int:admission_id>/remove")
@open_to(P.OFFICE_ROUNDS_APPROVE)
def remove(admission_id: int) -> ResponseReturnValue:
    """Ask for the reason before a firm is taken off the whitelist."""
    return _removal(admission_id, ReasonForm(formdata=None))


@bp.route("/<int:admission_id>/remove", methods=["POST"])
@open_to(P.OFFICE_ROUNDS_APPROVE)
def end(admission_id: int) -> ResponseReturnValue:
    """Take a firm off the whitelist from today."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _removal(admission_id, form)
    try:
        with unit_of_work() as session:
            found = admission_by_id(session, admission_id, _visible())
            name = found.enterprise.name
            end_admission(session, actor(), found, on=today_in_china(), reason=form.reason.data or "")
    except DomainError as error:
        form.refuse(error)
        return _removal(admission_id, form, status_of(error))
    flash(_("%(firm)s自今日起移出白名单。", firm=name), "success")
    return redirect(url_for(".index"), code=303)


def _visible() -> ColumnElement[bool]:
    return enterprises_visible_to(actor())


def _day() -> date:
    """Return the day of the address; today where it names none that a list could be about."""
    try:
        day = date.fromisoformat(request.args.get("on", ""))
    except ValueError:
        return today_in_china()
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else today_in_china()


def _list(form: CopyForm) -> ResponseReturnValue:
    session, on, today = current_session(), _day(), today_in_china()
    page = admissions_page(session, _visible(), on, cursor=request.args.get("cursor"))
    content = render_template(
        "office/admissions/index.html",
        page=page,
        on=on,
        is_today=on == today,
        numbers=round_numbers(session, page.items),
        grades=GRADE_LABELS,
        expires_soon=expires_soon,
        fields=[column.header for column in COLUMNS],
        may_export=may(actor(), P.OFFICE_ENTERPRISES_EXPORT),
        may_remove=on == today and may(actor(), P.OFFICE_ROUNDS_APPROVE),
        form=form,
    )
    return content, form.status


def _removal(admission_id: int, form: ReasonForm, status: int = 200) -> ResponseReturnValue:
    found = admission_by_id(current_session(), admission_id, _visible())
    content = render_template(
        "office/admissions/remove.html",
        admission=found,
        form=form,
        holds=is_in_force(found.valid_from, found.valid_until, found.ended_on, today_in_china()),
    )
    return content, form.status if status == 200 else status
