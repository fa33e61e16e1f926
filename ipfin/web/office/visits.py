"""Visits of the office to firms (入企服务): all of them with filter and copy, those of one firm, one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy.orm import Session
from wtforms import DateField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from ipfin.accounts.policy import P, may
from ipfin.accounts.queries import enterprises_visible_to
from ipfin.events.queries import events_visible_to
from ipfin.events.queries.visiting import event_of_visit
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.errors import DomainError
from ipfin.liaison.models import EnterpriseVisit
from ipfin.liaison.queries import VisitFilter, visit_by_id, visit_counts, visits_page, visits_visible_to
from ipfin.liaison.service import amend_visit, finish_follow_up, record_visit, reopen_follow_up, void_visit
from ipfin.liaison.visits import (
    FOLLOW_UP_LABELS,
    LONGEST_LINE,
    LONGEST_TEXT,
    FollowUp,
    VisitDetails,
    follow_up_of,
)
from ipfin.registry.models import Enterprise
from ipfin.registry.queries import EnterpriseFilter, region_facet
from ipfin.reports.firm_export import ExportPurpose
from ipfin.reports.service.copies import Copy
from ipfin.reports.service.visit_copies import make_visit_copy, visit_filters_in_words
from ipfin.reports.visit_export import COLUMNS
from ipfin.web.access import open_to
from ipfin.web.contact_pages import PressForm
from ipfin.web.copies import copy_for_purpose
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.errors import status_of
from ipfin.web.forms import BaseForm, within_reach
from ipfin.web.i18n import locale_now
from ipfin.web.office.firm_pages import firm_here
from ipfin.web.office.forms import PurposeForm
from ipfin.web.paging import chosen, filtered, stay_on, words
from ipfin.web.signing_in import actor, settings

bp = Blueprint("office_visits", __name__, url_prefix="/office")

_DAY = lazy_gettext("请填写日期，格式如 2026-03-05。")


class VisitForm(BaseForm):
    """A visit that took place."""

    visited_on = DateField(lazy_gettext("走访日期"), [InputRequired(_DAY), within_reach])
    officers = StringField(
        lazy_gettext("我方人员"), [InputRequired(lazy_gettext("请填写我方人员。")), Length(max=LONGEST_LINE)]
    )
    persons = StringField(lazy_gettext("会见人员"), [Length(max=LONGEST_LINE)])
    topics = TextAreaField(
        lazy_gettext("交流内容"), [InputRequired(lazy_gettext("请填写交流内容。")), Length(max=LONGEST_TEXT)]
    )
    needs = TextAreaField(lazy_gettext("发现的需求"), [Length(max=LONGEST_TEXT)])
    follow_up = StringField(lazy_gettext("跟进事项"), [Length(max=LONGEST_LINE)])
    due_on = DateField(lazy_gettext("跟进期限"), [Optional(), within_reach])

    def details(self) -> VisitDetails:
        """Return what was said in a valid form."""
        said = {name: (self[name].data or "").replace("\r\n", "\n") for name in
                ("officers", "persons", "topics", "needs", "follow_up")}  # fmt: skip
        return VisitDetails(visited_on=self.visited_on.data or date.min, due_on=self.due_on.data, **said)


class NoteForm(BaseForm):
    """What was done, or why a record is taken back."""

    note = StringField(lazy_gettext("完成情况"), [Length(max=LONGEST_LINE)])
    reason = StringField(lazy_gettext("作废理由"), [Length(max=LONGEST_LINE)])


# --- All visits -------------------------------------------------------------------------------------


@bp.route("/visits/")
@open_to(P.OFFICE_VISITS_READ)
def index() -> ResponseReturnValue:
    """List the visits to the firms that the person may see; every filter stands in the address."""
    return _list(PurposeForm())


@bp.route("/visits/export", methods=["POST"])
@open_to(P.OFFICE_VISITS_EXPORT)
def export() -> ResponseReturnValue:
    """Issue a copy of exactly the list that the address names."""
    stay_on(".index")
    form = PurposeForm()

    def made(purpose: ExportPurpose) -> Copy:
        return make_visit_copy(
            current_session(),
            actor(),
            _wanted(),
            purpose,
            settings=settings(),
            on=today_in_china(),
            locale=locale_now(),
        )

    return copy_for_purpose(form, made, _list)


def _wanted() -> VisitFilter:
    state = chosen("state", [state.value for state in FollowUp], "")
    return VisitFilter(
        words("q"), words("region"), FollowUp(state) if state else None, _day("since"), _day("until")
    )


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _list(form: PurposeForm) -> ResponseReturnValue:
    session, on, wanted = current_session(), today_in_china(), _wanted()
    seen = visits_visible_to(actor())
    regions = region_facet(session, enterprises_visible_to(actor()), EnterpriseFilter())
    content = render_template(
        "office/visits/index.html",
        page=visits_page(session, seen, wanted, on=on, cursor=request.args.get("cursor")),
        wanted=wanted,
        counts=visit_counts(session, seen, wanted, on=on),
        states=FOLLOW_UP_LABELS,
        regions=[(code, name) for code, name, _firms in regions],
        said=visit_filters_in_words(session, wanted),
        state_of=_state_on(on),
        fields=[column.header for column in COLUMNS],
        may_export=may(actor(), P.OFFICE_VISITS_EXPORT),
        export_address=filtered(".export"),
        form=form,
    )
    return content, form.status


def _state_on(on: date) -> Callable[[EnterpriseVisit], FollowUp]:
    return lambda visit: follow_up_of(visit.follow_up_due, visit.done_on, on)


# --- The visits of one firm -------------------------------------------------------------------------


@bp.route("/firms/<public_id>/visits/")
@open_to(P.OFFICE_VISITS_READ)
def firm(public_id: str) -> ResponseReturnValue:
    """List the visits to one firm."""
    session, on = current_session(), today_in_china()
    here, cursor = firm_here(session, public_id), request.args.get("cursor")
    wanted = VisitFilter(enterprise_id=here.id)
    return render_template(
        "office/visits/firm.html",
        enterprise=here,
        page=visits_page(session, visits_visible_to(actor()), wanted, on=on, cursor=cursor, size=20),
        states=FOLLOW_UP_LABELS,
        state_of=_state_on(on),
        may_write=may(actor(), P.OFFICE_VISITS_WRITE),
    )


@bp.route("/firms/<public_id>/visits/new", methods=["GET", "POST"])
@open_to(P.OFFICE_VISITS_WRITE)
def new(public_id: str) -> ResponseReturnValue:
    """Write down a visit."""
    on = today_in_china()
    here, form = firm_here(current_session(), public_id), VisitForm(data=_first_words(on))
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                made = record_visit(session, actor(), firm_here(session, public_id), form.details(), on=on)
                visit_id = made.id
        except DomainError as error:
            form.refuse(error)
        else:
            flash(_("走访已登记。"), "success")
            return _back(public_id, visit_id)
        here = firm_here(current_session(), public_id)
    return render_template("office/visits/new.html", enterprise=here, form=form), form.status


def _first_words(on: date) -> dict[str, Any]:
    return {"visited_on": on, "officers": actor().name}


@bp.route("/firms/<public_id>/visits/<int:visit_id>")
@open_to(P.OFFICE_VISITS_READ)
def show(public_id: str, visit_id: int) -> ResponseReturnValue:
    """Show one visit and what is to follow."""
    return _page(public_id, visit_id, NoteForm(), 200)


def _page(public_id: str, visit_id: int, form: NoteForm, status: int) -> ResponseReturnValue:
    session, on = current_session(), today_in_china()
    here, visit = _visit(session, public_id, visit_id)
    page = render_template(
        "office/visits/show.html",
        enterprise=here,
        visit=visit,
        event=event_of_visit(session, visit, events_visible_to(actor())),
        state=_state_on(on)(visit),
        states=FOLLOW_UP_LABELS,
        form=form,
        press=PressForm(),
        may_write=may(actor(), P.OFFICE_VISITS_WRITE),
    )
    return page, status


@bp.route("/firms/<public_id>/visits/<int:visit_id>/edit", methods=["GET", "POST"])
@open_to(P.OFFICE_VISITS_WRITE)
def edit(public_id: str, visit_id: int) -> ResponseReturnValue:
    """Change the record of a visit."""
    here, visit = _visit(current_session(), public_id, visit_id)
    form = VisitForm(obj=visit, data={"due_on": visit.follow_up_due})
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                here, visit = _visit(session, public_id, visit_id)
                amend_visit(session, actor(), here, visit, form.details(), on=today_in_china())
        except DomainError as error:
            form.refuse(error)
        else:
            flash(_("走访记录已修改。"), "success")
            return _back(public_id, visit_id)
        here, visit = _visit(current_session(), public_id, visit_id)
    page = render_template("office/visits/edit.html", enterprise=here, visit=visit, form=form)
    return page, form.status


@bp.route("/firms/<public_id>/visits/<int:visit_id>/done", methods=["POST"])
@open_to(P.OFFICE_VISITS_WRITE)
def done(public_id: str, visit_id: int) -> ResponseReturnValue:
    """Say that what was to follow has been done."""

    def act(session: Session, here: Enterprise, visit: EnterpriseVisit, form: NoteForm) -> None:
        finish_follow_up(session, actor(), here, visit, note=form.note.data or "", on=today_in_china())

    return _acted(public_id, visit_id, act, _("跟进事项已完成。"))


@bp.route("/firms/<public_id>/visits/<int:visit_id>/reopen", methods=["POST"])
@open_to(P.OFFICE_VISITS_WRITE)
def reopen(public_id: str, visit_id: int) -> ResponseReturnValue:
    """Say that what was to follow is not done after all."""

    def act(session: Session, here: Enterprise, visit: EnterpriseVisit, _form: NoteForm) -> None:
        reopen_follow_up(session, actor(), here, visit)

    return _acted(public_id, visit_id, act, _("跟进事项已重新打开。"))


@bp.route("/firms/<public_id>/visits/<int:visit_id>/void", methods=["POST"])
@open_to(P.OFFICE_VISITS_WRITE)
def void(public_id: str, visit_id: int) -> ResponseReturnValue:
    """Take back a record that was written by mistake."""

    def act(session: Session, here: Enterprise, visit: EnterpriseVisit, form: NoteForm) -> None:
        void_visit(session, actor(), here, visit, reason=form.reason.data or "")

    return _acted(public_id, visit_id, act, _("走访记录已作废。"), gone=True)


Act = Callable[[Session, Enterprise, EnterpriseVisit, NoteForm], None]


def _acted(public_id: str, visit_id: int, act: Act, told: str, *, gone: bool = False) -> ResponseReturnValue:
    form = NoteForm()
    _visit(current_session(), public_id, visit_id)
    if not form.validate_on_submit():
        return _page(public_id, visit_id, form, 422)
    try:
        with unit_of_work() as session:
            here, visit = _visit(session, public_id, visit_id)
            act(session, here, visit, form)
    except DomainError as error:
        form.refuse(error)
        return _page(public_id, visit_id, form, status_of(error))
    flash(told, "success")
    return _back(public_id, None if gone else visit_id)


def _visit(session: Session, public_id: str, visit_id: int) -> tuple[Enterprise, EnterpriseVisit]:
    here = firm_here(session, public_id)
    return here, visit_by_id(session, visits_visible_to(actor()), here.id, visit_id)


def _back(public_id: str, visit_id: int | None) -> ResponseReturnValue:
    if visit_id is None:
        return redirect(url_for(".firm", public_id=public_id), code=303)
    return redirect(url_for(".show", public_id=public_id, visit_id=visit_id), code=303)
