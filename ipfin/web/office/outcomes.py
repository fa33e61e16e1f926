"""What became of firms' financing: the list with filter and copy, a new entry, one entry, its withdrawal."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import DateField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from ipfin.accounts.policy import P, may
from ipfin.accounts.queries import enterprises_visible_to
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.errors import DomainError
from ipfin.outcomes.queries import (
    OutcomeFilter,
    firm_named,
    outcome_by_id,
    outcomes_page,
    outcomes_visible_to,
)
from ipfin.outcomes.rules import KIND_LABELS, LONGEST_EVIDENCE, LONGEST_SOURCE, OutcomeKind, Statement
from ipfin.outcomes.service import enter_outcome, withdraw_outcome
from ipfin.reports.firm_export import ExportPurpose
from ipfin.reports.outcome_export import COLUMNS
from ipfin.reports.service.copies import Copy
from ipfin.reports.service.outcome_copies import make_outcome_copy, outcome_filters_in_words
from ipfin.web.access import open_to
from ipfin.web.copies import copy_for_purpose
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.errors import status_of
from ipfin.web.forms import BaseForm, choices_of, within_reach
from ipfin.web.i18n import in_reader_language, locale_now
from ipfin.web.office.firm_pages import firm_here
from ipfin.web.office.forms import PurposeForm, ReasonForm
from ipfin.web.paging import chosen, filtered, stay_on, words
from ipfin.web.signing_in import actor, settings

bp = Blueprint("office_outcomes", __name__, url_prefix="/office/outcomes")


class OutcomeForm(BaseForm):
    """What became of a firm's financing."""

    firm = StringField(
        lazy_gettext("企业"),
        [InputRequired(lazy_gettext("请填写企业全称或统一社会信用代码。")), Length(max=200)],
    )
    kind = SelectField(lazy_gettext("结果"), [InputRequired(lazy_gettext("请选择结果。"))])
    happened_on = DateField(
        lazy_gettext("日期"), [InputRequired(lazy_gettext("请填写日期，格式如 2026-03-05。")), within_reach]
    )
    source = StringField(
        lazy_gettext("来源"),
        [InputRequired(lazy_gettext("请填写来源：谁提供的。")), Length(max=LONGEST_SOURCE)],
    )
    evidence = StringField(lazy_gettext("凭据"), [Length(max=LONGEST_EVIDENCE)])

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        pairs = [(kind.value, in_reader_language(label)) for kind, label in KIND_LABELS.items()]
        self.kind.choices = choices_of(pairs, nothing=_("请选择"))

    def statement(self) -> Statement:
        """Return what was said in a valid form."""
        return Statement(
            OutcomeKind(self.kind.data),
            self.happened_on.data or date.min,
            self.source.data or "",
            self.evidence.data or "",
        )


@bp.route("/")
@open_to(P.OFFICE_OUTCOMES_READ)
def index() -> ResponseReturnValue:
    """List the outcomes of the firms that the person may see; every filter stands in the address."""
    return _list(PurposeForm())


@bp.route("/export", methods=["POST"])
@open_to(P.OFFICE_OUTCOMES_EXPORT)
def export() -> ResponseReturnValue:
    """Issue a copy of exactly the list that the address names."""
    stay_on(".index")
    form = PurposeForm()

    def made(purpose: ExportPurpose) -> Copy:
        return make_outcome_copy(
            current_session(),
            actor(),
            _wanted(),
            purpose,
            settings=settings(),
            on=today_in_china(),
            locale=locale_now(),
        )

    return copy_for_purpose(form, made, _list)


def _wanted() -> OutcomeFilter:
    kind = chosen("kind", [kind.value for kind in OutcomeKind], "")
    return OutcomeFilter(
        words("q"),
        OutcomeKind(kind) if kind else None,
        _day("since"),
        _day("until"),
        withdrawn=chosen("show", ["withdrawn"], "") == "withdrawn",
    )


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _list(form: PurposeForm) -> ResponseReturnValue:
    session, wanted, who = current_session(), _wanted(), actor()
    content = render_template(
        "office/outcomes/index.html",
        page=outcomes_page(session, outcomes_visible_to(who), wanted, cursor=request.args.get("cursor")),
        wanted=wanted,
        kinds=KIND_LABELS,
        said=outcome_filters_in_words(wanted),
        fields=[column.header for column in COLUMNS],
        may_write=may(who, P.OFFICE_OUTCOMES_WRITE),
        may_export=may(who, P.OFFICE_OUTCOMES_EXPORT),
        may_calibrate=may(who, P.OFFICE_CALIBRATION_READ),
        export_address=filtered(".export"),
        form=form,
    )
    return content, form.status


@bp.route("/new", methods=["GET", "POST"])
@open_to(P.OFFICE_OUTCOMES_WRITE)
def new() -> ResponseReturnValue:
    """Write an outcome down; the address may name the firm."""
    public_id = words("firm")
    named = firm_here(current_session(), public_id) if public_id else None
    form = OutcomeForm(data={"firm": (named.credit_code or named.name) if named else ""})
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                firm = firm_named(session, enterprises_visible_to(actor()), form.firm.data or "")
                made = enter_outcome(session, actor(), firm, form.statement(), on=today_in_china())
                outcome_id = made.id
        except DomainError as error:
            form.refuse(error)
            return render_template("office/outcomes/new.html", form=form), status_of(error)
        flash(_("融资结果已登记。"), "success")
        return redirect(url_for(".show", outcome_id=outcome_id), code=303)
    return render_template("office/outcomes/new.html", form=form), form.status


@bp.route("/<int:outcome_id>")
@open_to(P.OFFICE_OUTCOMES_READ)
def show(outcome_id: int) -> ResponseReturnValue:
    """Show one outcome."""
    return _page(outcome_id, ReasonForm(formdata=None), 200)


@bp.route("/<int:outcome_id>/withdraw", methods=["POST"])
@open_to(P.OFFICE_OUTCOMES_WRITE)
def withdraw(outcome_id: int) -> ResponseReturnValue:
    """Take an outcome back that was wrong, with a reason."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _page(outcome_id, form, 422)
    try:
        with unit_of_work() as session:
            outcome = outcome_by_id(session, outcomes_visible_to(actor()), outcome_id)
            withdraw_outcome(session, actor(), outcome, reason=form.reason.data or "")
    except DomainError as error:
        form.refuse(error)
        return _page(outcome_id, form, status_of(error))
    flash(_("融资结果已撤回，不再计入。"), "success")
    return redirect(url_for(".show", outcome_id=outcome_id), code=303)


def _page(outcome_id: int, form: ReasonForm, status: int) -> ResponseReturnValue:
    outcome = outcome_by_id(current_session(), outcomes_visible_to(actor()), outcome_id)
    page = render_template(
        "office/outcomes/show.html",
        outcome=outcome,
        kinds=KIND_LABELS,
        form=form,
        may_write=may(actor(), P.OFFICE_OUTCOMES_WRITE),
    )
    return page, status
