"""How long exclusions count that tell no end of their own: the office's rules, and who set them."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ipfin.accounts.policy import P, may
from ipfin.conduct.queries import set_rules, term_rules
from ipfin.conduct.rules import LABELS, ConductCode
from ipfin.conduct.service import set_rule
from ipfin.conduct.terms import rule_on
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.errors import DomainError
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.office.conduct_forms import RuleForm
from ipfin.web.signing_in import actor

bp = Blueprint("office_terms", __name__, url_prefix="/office/conduct-terms")


@bp.route("/")
@open_to(P.OFFICE_CONDUCT_READ)
def index() -> ResponseReturnValue:
    """Show the rule of every exclusion that holds today, and every rule that was set."""
    return _page(RuleForm(formdata=None, valid_from=today_in_china()))


@bp.route("/", methods=["POST"])
@open_to(P.OFFICE_CONDUCT_WRITE)
def add() -> ResponseReturnValue:
    """Set a rule; earlier ones stay for the records that they hold for."""
    form = RuleForm()
    if not form.validate_on_submit():
        return _page(form)
    try:
        with unit_of_work() as session:
            set_rule(
                session,
                actor(),
                ConductCode(form.code.data),
                months=form.months.data,
                basis=form.basis.data or "",
                valid_from=form.valid_from.data or today_in_china(),
                is_confirmed=bool(form.is_confirmed.data),
            )
    except DomainError as refusal:
        form.refuse(refusal)
        return _page(form)
    flash(_("已登记期限规则。"), "success")
    return redirect(url_for(".index"), code=303)


def _page(form: RuleForm) -> ResponseReturnValue:
    session, today = current_session(), today_in_china()
    rules = term_rules(session)
    content = render_template(
        "office/terms/index.html",
        holding=[(code, label, rule_on(rules, code, today)) for code, label in LABELS.items()],
        history=list(reversed(set_rules(session))),
        codes=LABELS,
        may_write=may(actor(), P.OFFICE_CONDUCT_WRITE),
        form=form,
    )
    return content, form.status
