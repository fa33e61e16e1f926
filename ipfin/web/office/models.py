"""The scoring models: which card is in force for which use and from when, its versions, how they differ."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ipfin.accounts.policy import P, may
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.errors import DomainError, NotFound
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.errors import status_of
from ipfin.web.i18n import in_reader_language
from ipfin.web.office.card_forms import StartForm
from ipfin.web.office.forms import ReasonForm
from ipfin.web.signing_in import actor
from ipfin.whitelist.activation import ACTIVATION_LABELS, DRAFT_LABELS
from ipfin.whitelist.card_diff import changes_between
from ipfin.whitelist.card_view import card_view
from ipfin.whitelist.models import ScorecardVersion
from ipfin.whitelist.queries.cards import (
    activation_by_id,
    activation_in_force,
    activations,
    open_drafts,
    version_by_id,
    versions,
)
from ipfin.whitelist.scheme import SHIPPED, load_card
from ipfin.whitelist.scorecard import SCENARIO_LABELS, Scenario
from ipfin.whitelist.service import card_of
from ipfin.whitelist.service.cards import open_draft, withdraw_activation

bp = Blueprint("office_models", __name__, url_prefix="/office/whitelist/models")


@bp.route("/")
@open_to(P.OFFICE_SCORES_READ)
def index() -> ResponseReturnValue:
    """Show the card in force for each use, what comes next, the drafts and all versions."""
    return _index()


@bp.route("/start", methods=["POST"])
@open_to(P.OFFICE_CARDS_DRAFT)
def start() -> ResponseReturnValue:
    """Begin a draft with a version or a shipped example."""
    form = _start_form()
    if not form.validate_on_submit():
        return _index(start=form)
    with unit_of_work() as session:
        kind, _colon, name = str(form.base.data).partition(":")
        base = version_by_id(session, int(name)) if kind == "version" else None
        text = base.source_text if base else SHIPPED[name].read_text("utf-8")
        draft_id = open_draft(session, actor(), text, base=base).id
    return redirect(url_for("office_drafts.show", draft_id=draft_id), code=303)


@bp.route("/<int:version_id>")
@open_to(P.OFFICE_SCORES_READ)
def show(version_id: int) -> ResponseReturnValue:
    """Show one version: what it is, when it scored, every indicator."""
    session = current_session()
    version = version_by_id(session, version_id)
    return render_template(
        "office/models/show.html",
        version=version,
        view=card_view(card_of(version)),
        acts=activations(session, version_id=version.id),
        others=[row for row in versions(session) if row.id != version.id],
        may_draft=may(actor(), P.OFFICE_CARDS_DRAFT),
        kinds=ACTIVATION_LABELS,
    )


@bp.route("/<int:version_id>/compare")
@open_to(P.OFFICE_SCORES_READ)
def compare(version_id: int) -> ResponseReturnValue:
    """Say what another version (`with`) says otherwise."""
    session = current_session()
    asked = request.args.get("with", type=int)
    if asked is None or not 0 < asked < 2**31:
        raise NotFound(_("没有这一版评分卡。"))
    before, after = version_by_id(session, version_id), version_by_id(session, asked)
    return render_template(
        "office/models/compare.html",
        before=before,
        after=after,
        before_card=card_of(before),
        after_card=card_of(after),
        changes=changes_between(card_of(before), card_of(after)),
    )


@bp.route("/activations/<int:activation_id>/withdraw", methods=["GET", "POST"])
@open_to(P.OFFICE_CARDS_APPROVE)
def withdraw(activation_id: int) -> ResponseReturnValue:
    """Take back, before its day, that a card is to score."""
    act, form, status = activation_by_id(current_session(), activation_id), ReasonForm(), 200
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                act = activation_by_id(session, activation_id)
                withdraw_activation(session, actor(), act, reason=form.reason.data or "", on=today_in_china())
        except DomainError as error:
            form.refuse(error)
            status = status_of(error)
        else:
            flash(_("启用安排已撤销，使用中的评分卡不变。"), "success")
            return redirect(url_for("office_models.index"), code=303)
    act = activation_by_id(current_session(), activation_id)
    page = render_template("office/models/withdraw.html", act=act, card=card_of(act.card_version), form=form)
    return page, form.status if status == 200 else status


def _start_form() -> StartForm:
    form = StartForm()
    shipped = [
        (f"shipped:{name}", in_reader_language(_("随附示例：%(card)s", card=_title(path.read_bytes()))))
        for name, path in SHIPPED.items()
    ]
    form.offer([*((f"version:{row.id}", _name(row)) for row in versions(current_session())), *shipped])
    return form


def _title(text: bytes) -> str:
    card = load_card(text)
    return f"{in_reader_language(card.title)} {card.version}"


def _name(version: ScorecardVersion) -> str:
    return _title(version.source_text.encode())


def _index(*, start: StartForm | None = None) -> ResponseReturnValue:
    session, today = current_session(), today_in_china()
    acts = activations(session)
    in_force = {scenario: activation_in_force(session, today, scenario) for scenario in Scenario}
    page = render_template(
        "office/models/index.html",
        acts=acts,
        in_force={scenario: act for scenario, act in in_force.items() if act is not None},
        ahead=[act for act in acts if act.active_from > today and act.withdrawn_on is None],
        versions=versions(session),
        titles={row.id: card_of(row).title for row in versions(session)},
        drafts=open_drafts(session) if may(actor(), P.OFFICE_CARDS_READ) else (),
        form=start,
        start=start or _start_form(),
        may_draft=may(actor(), P.OFFICE_CARDS_DRAFT),
        may_approve=may(actor(), P.OFFICE_CARDS_APPROVE),
        may_read=may(actor(), P.OFFICE_CARDS_READ),
        kinds=ACTIVATION_LABELS,
        scenarios=SCENARIO_LABELS,
        states=DRAFT_LABELS,
    )
    return page, 422 if start is not None else 200
