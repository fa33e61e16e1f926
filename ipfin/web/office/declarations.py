"""What the office asks one firm to declare, until when, and what became of it."""

from __future__ import annotations

from collections.abc import Collection

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy.orm import Session
from wtforms import DateField
from wtforms.validators import InputRequired

from ipfin.accounts.policy import P, may
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.errors import DomainError
from ipfin.kernel.text import Text
from ipfin.registry.models import Enterprise
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.enterprise.consent_forms import Checkboxes
from ipfin.web.forms import BaseForm, within_reach
from ipfin.web.i18n import in_reader_language
from ipfin.web.office.firm_pages import firm_here
from ipfin.web.signing_in import actor
from ipfin.whitelist.declarations import ASK_LABELS, SHORTEST_TERM, askable
from ipfin.whitelist.queries import latest_sheet
from ipfin.whitelist.queries.declarations import (
    declaration_by_id,
    declarations_of,
    known_codes,
    standing_asks,
)
from ipfin.whitelist.scheme import default_card
from ipfin.whitelist.scorecard import Scorecard
from ipfin.whitelist.service import card_of
from ipfin.whitelist.service.declaring import ask_to_declare, take_back

bp = Blueprint("office_declarations", __name__, url_prefix="/office/firms/<public_id>/declarations")


class AskForm(BaseForm):
    """What the firm is to declare, and by when."""

    codes = Checkboxes(lazy_gettext("要求申报的指标"))
    due_on = DateField(
        lazy_gettext("截止日（当天仍算按时）"),
        [InputRequired(lazy_gettext("请填写截止日，格式如 2026-03-05。")), within_reach],
    )

    def __init__(self, card: Scorecard, askable: Collection[str]) -> None:
        super().__init__()
        names = {row.code: in_reader_language(Text(row.name, {})) for row in card.indicators}
        self.codes.choices = [(code, f"{code} {names[code]}") for code in askable if code in names]


@bp.route("/")
@open_to(P.OFFICE_CORRECTIONS_READ)
def index(public_id: str) -> ResponseReturnValue:
    """List what the firm was asked to declare."""
    session = current_session()
    firm = firm_here(session, public_id)
    return _page(firm, _form(session, firm))


@bp.route("/ask", methods=["POST"])
@open_to(P.OFFICE_CORRECTIONS_WRITE)
def ask(public_id: str) -> ResponseReturnValue:
    """Ask the firm to declare; its people find a notice."""
    session = current_session()
    firm = firm_here(session, public_id)
    form = _form(session, firm)
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                made = ask_to_declare(
                    session,
                    actor(),
                    firm,
                    form.codes.data or [],
                    due_on=form.due_on.data,
                    card=_card(session, firm),
                    on=today_in_china(),
                )
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            flash(_("已通知企业申报%(count)s项。", count=len(made)), "success")
            return redirect(url_for(".index", public_id=public_id), code=303)
    return _page(firm, form)


@bp.route("/<int:number>/withdraw", methods=["POST"])
@open_to(P.OFFICE_CORRECTIONS_WRITE)
def withdraw(public_id: str, number: int) -> ResponseReturnValue:
    """Take one request back."""
    try:
        with unit_of_work() as session:
            firm = firm_here(session, public_id)
            request = declaration_by_id(session, firm.id, number)
            take_back(session, actor(), request, card=_card(session, firm), on=today_in_china())
    except DomainError as refusal:
        flash(in_reader_language(refusal.message), "warning")
    else:
        flash(_("申报要求已取消。"), "success")
    return redirect(url_for(".index", public_id=public_id), code=303)


def _card(session: Session, firm: Enterprise) -> Scorecard:
    """Return the card of the firm's last score: by its words it is asked."""
    sheet = latest_sheet(session, firm.id)
    return card_of(sheet.run.card_version) if sheet else default_card()


def _form(session: Session, firm: Enterprise) -> AskForm:
    known = known_codes(session, firm.id)
    return AskForm(_card(session, firm), askable(known, standing_asks(session, firm.id)))


def _page(firm: Enterprise, form: AskForm) -> ResponseReturnValue:
    session, on = current_session(), today_in_china()
    names = {row.code: Text(row.name, {}) for row in _card(session, firm).indicators}
    page = render_template(
        "office/declarations/index.html",
        enterprise=firm,
        asks=[(each, each.ask.state(on)) for each in declarations_of(session, firm.id)],
        names=names,
        labels=ASK_LABELS,
        form=form,
        earliest=on + SHORTEST_TERM,
        may_write=may(actor(), P.OFFICE_CORRECTIONS_WRITE),
    )
    return page, form.status
