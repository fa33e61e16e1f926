"""Several candidates of a round at once: one reason, a list to confirm, and a second person who decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ipfin.accounts.policy import P, may
from ipfin.accounts.queries.scope import enterprises_visible_to
from ipfin.accounts.scopes import Thing
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.errors import BadInput, Conflict, DomainError
from ipfin.kernel.text import Text
from ipfin.kernel.text import _ as sentence
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.errors import status_of
from ipfin.web.forms import BaseForm
from ipfin.web.i18n import in_reader_language
from ipfin.web.office.forms import OverrideListForm
from ipfin.web.signing_in import actor
from ipfin.whitelist.admission import OUTCOME_LABELS, OVERRIDES, RoundState, obstacles_to_override
from ipfin.whitelist.models import RoundEntry, WhitelistRound
from ipfin.whitelist.queries import firm_facts, gates_of, round_by_number
from ipfin.whitelist.queries.rounds import entries_named, waiting_overrides
from ipfin.whitelist.scoring import GRADE_LABELS
from ipfin.whitelist.service import StaleEntry, approve_overrides, drop_overrides, propose_overrides
from ipfin.whitelist.service.overriding import Seen

bp = Blueprint("office_override_lists", __name__, url_prefix="/office/whitelist/<int:number>/overrides")

MOST = 200  # firms in one list


@bp.route("/new")
@open_to(P.OFFICE_ROUNDS_PREPARE)
def new(number: int) -> ResponseReturnValue:
    """Show the chosen firms with what each would become and what stands in its way; nothing is written."""
    round_by_number(current_session(), number)  # what is not there is not asked about
    try:
        return _confirm(number, OverrideListForm(formdata=None), _named(request.args.getlist("firm")))
    except BadInput as refusal:
        flash(in_reader_language(refusal.message), "warning")
        return redirect(url_for("office_rounds.show", number=number), code=303)


@bp.route("/new", methods=["POST"])
@open_to(P.OFFICE_ROUNDS_PREPARE)
def propose(number: int) -> ResponseReturnValue:
    """Propose the other outcome for all that stay ticked; a stale list answers 409 with both texts."""
    form = OverrideListForm()
    round_by_number(current_session(), number)
    listed = _named(request.form.getlist("listed") or request.form.getlist("firm"))
    if not form.validate_on_submit():
        return _confirm(number, form, listed)
    reason = form.override_reason.data or ""
    try:
        with unit_of_work() as session:
            chosen = _seen(session, number)
            propose_overrides(session, actor(), chosen, reason=reason)
    except StaleEntry as error:
        form.refuse(error)
        return _confirm(number, form, listed, mine=reason, status=409)
    except DomainError as error:
        form.refuse(error)
        return _confirm(number, form, listed, status=status_of(error))
    flash(_("已对%(count)s家提出调整，须由另一名工作人员确认。", count=len(chosen)), "success")
    return redirect(url_for(".index", number=number), code=303)


@bp.route("/")
@open_to(P.OFFICE_ROUNDS_READ)
def index(number: int) -> ResponseReturnValue:
    """Show what waits for its second person, in the lists in which it was proposed."""
    return _waiting(number, BaseForm(formdata=None))


@bp.route("/approve", methods=["POST"])
@open_to(P.OFFICE_ROUNDS_APPROVE)
def approve(number: int) -> ResponseReturnValue:
    """Approve the ticked proposals as their second person: all of them or none."""

    def act(session: Session, chosen: Sequence[Seen]) -> None:
        approve_overrides(session, actor(), chosen)

    return _decided(number, act, lambda count: _("已确认%(count)s家的调整。", count=count))


@bp.route("/drop", methods=["POST"])
@open_to(P.OFFICE_ROUNDS_PREPARE)
def drop(number: int) -> ResponseReturnValue:
    """Take the ticked proposals back."""

    def act(session: Session, chosen: Sequence[Seen]) -> None:
        drop_overrides(session, actor(), chosen)

    return _decided(number, act, lambda count: _("已撤销%(count)s家的调整。", count=count))


def _decided(
    number: int, act: Callable[[Session, Sequence[Seen]], None], told: Callable[[int], str]
) -> ResponseReturnValue:
    form = BaseForm()
    if not form.validate_on_submit():
        return _waiting(number, form)
    try:
        with unit_of_work() as session:
            chosen = _seen(session, number)
            act(session, chosen)
    except DomainError as error:
        form.refuse(error)
        return _waiting(number, form, status=status_of(error))
    flash(told(len(chosen)), "success")
    return redirect(url_for(".index", number=number), code=303)


def _named(public_ids: Sequence[str]) -> list[str]:
    """Return the firms that are named, each once.

    Raises:
        BadInput: nobody, or too many for one list.
    """
    found = list(dict.fromkeys(public_ids))
    if not found:
        raise BadInput(sentence("请至少选择一家企业。"), field="firm")
    if len(found) > MOST:
        raise BadInput(sentence("一次最多调整%(most)s家。", most=MOST), field="firm")
    return found


def _seen(session: Session, number: int) -> list[Seen]:
    """Return the ticked entries, each with the version that the page showed."""
    round_ = round_by_number(session, number)
    named = _named(request.form.getlist("firm"))
    visible = enterprises_visible_to(actor(), Thing.WHITELIST_ROUND)
    return [
        (entry, _version(entry.enterprise.public_id))
        for entry in entries_named(session, round_.id, named, visible)
    ]


def _version(public_id: str) -> int:
    word = request.form.get(f"version-{public_id}", "")
    return int(word) if word.isascii() and word.isdigit() and len(word) < 10 else -1


def _obstacles(
    session: Session, entries: Sequence[RoundEntry]
) -> Mapping[int, tuple[list[Text], list[Text]]]:
    """Return, by entry, what forbids an override and what the gates of today hold against the firm."""
    on = today_in_china()
    gates = gates_of(session, firm_facts(session, [entry.enterprise_id for entry in entries], on), on)
    return {
        entry.id: obstacles_to_override(
            entry.outcome,
            is_approved=entry.override_approved_by_user_id is not None,
            blocks=[block.sentence for block in gates[entry.enterprise_id].blocks],
        )
        for entry in entries
    }


def _confirm(
    number: int, form: OverrideListForm, named: Sequence[str], *, mine: str = "", status: int = 200
) -> ResponseReturnValue:
    session = current_session()
    round_ = _drafted(session, number)
    visible = enterprises_visible_to(actor(), Thing.WHITELIST_ROUND)
    entries = entries_named(session, round_.id, named, visible)
    page = render_template(
        "office/override_lists/new.html",
        round=round_,
        entries=entries,
        obstacles=_obstacles(session, entries),
        targets=OVERRIDES,
        outcomes=OUTCOME_LABELS,
        grades=GRADE_LABELS,
        mine=mine,
        ticked=set(request.form.getlist("firm")) if form.is_submitted() else set(named),
        form=form,
    )
    return page, form.status if status == 200 else status


def _drafted(session: Session, number: int) -> WhitelistRound:
    round_ = round_by_number(session, number)
    if round_.state is not RoundState.DRAFT:
        raise Conflict(sentence("批次提交后不能再调整结论，请先退回。"))
    return round_


def _waiting(number: int, form: BaseForm, *, status: int = 200) -> ResponseReturnValue:
    session, who = current_session(), actor()
    round_ = round_by_number(session, number)
    is_draft = round_.state is RoundState.DRAFT
    page = render_template(
        "office/override_lists/index.html",
        round=round_,
        lists=waiting_overrides(session, round_.id, enterprises_visible_to(who, Thing.WHITELIST_ROUND)),
        outcomes=OUTCOME_LABELS,
        grades=GRADE_LABELS,
        me=who.user_id,
        may_approve=is_draft and may(who, P.OFFICE_ROUNDS_APPROVE),
        may_drop=is_draft and may(who, P.OFFICE_ROUNDS_PREPARE),
        form=form,
    )
    return page, form.status if status == 200 else status
