"""What the firm opened to whom: give, narrow, withdraw, the paper of it, and who looked."""

from __future__ import annotations

from itertools import groupby

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ipfin.accounts.policy import P
from ipfin.accounts.queries import own_enterprise
from ipfin.consent.levels import LEVEL_LABELS
from ipfin.consent.models import Consent
from ipfin.consent.purposes import FIELD_SET_KINDS, FIELD_SET_LABELS, PURPOSE_LABELS
from ipfin.consent.queries import acts_of, consent_by_public_id, consents_of, recipient_lines, uses_page
from ipfin.consent.rules import CONSENT_STATE_LABELS, STANDING_LABELS, Standing, statement_kept
from ipfin.consent.service import marks, propose
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.errors import Conflict, DomainError
from ipfin.reports.service.consent_acts import give_consents, narrow_consent, withdraw_consents
from ipfin.reports.service.consent_papers import make_authorisation
from ipfin.web.access import open_to
from ipfin.web.consent_words import USE_LABELS, sets_in_words
from ipfin.web.copies import hand_out
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.enterprise.consent_forms import AgreeForm, ConsentForm, NarrowForm
from ipfin.web.i18n import in_reader_language, locale_now
from ipfin.web.signing_in import actor, settings

bp = Blueprint("enterprise_consents", __name__, url_prefix="/ent/consents")

WORDS = {
    "purposes": PURPOSE_LABELS,
    "sets": FIELD_SET_LABELS,
    "kinds": FIELD_SET_KINDS,
    "standings": STANDING_LABELS,
    "states": CONSENT_STATE_LABELS,
    "levels": LEVEL_LABELS,
    "use_labels": USE_LABELS,
    "sets_in_words": sets_in_words,
}


@bp.route("/")
@open_to(P.ENTERPRISE_CONSENTS_READ)
def index() -> ResponseReturnValue:
    """Show who may see what until when, and who looked last."""
    session, on = current_session(), today_in_china()
    firm = own_enterprise(session, actor())
    every = consents_of(session, firm.id)
    now = [each for each in every if each.standing(on) is Standing.IN_FORCE]
    return render_template(
        "enterprise/consents/index.html",
        firm=firm,
        by_recipient=[(name, list(rows)) for name, rows in groupby(now, lambda each: each.recipient_name)],
        former=[each for each in every if each not in now][:50],
        uses=uses_page(session, firm.id, size=10).items,
        on=on,
        **WORDS,
    )


@bp.route("/uses")
@open_to(P.ENTERPRISE_CONSENTS_READ)
def uses() -> ResponseReturnValue:
    """Show everybody who saw or took consented data of the firm."""
    session = current_session()
    firm = own_enterprise(session, actor())
    page = uses_page(session, firm.id, cursor=request.args.get("cursor"))
    return render_template("enterprise/consents/uses.html", page=page, **WORDS)


@bp.route("/new", methods=["GET", "POST"])
@open_to(P.ENTERPRISE_CONSENTS_WRITE)
def new() -> ResponseReturnValue:
    """Choose to whom, for what, which fields, until when; then read what that means."""
    session, on = current_session(), today_in_china()
    firm, lines = own_enterprise(session, actor()), recipient_lines(session)
    form = ConsentForm(lines, on)
    if form.validate_on_submit():
        try:
            proposals = propose(
                session,
                firm,
                recipient_ids=form.recipient_ids,
                purpose=form.wanted_purpose,
                field_sets=form.wanted_sets,
                last=form.last_day.data,
                on=on,
            )
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            agree = AgreeForm(formdata=None, read=marks(proposals))
            return render_template(
                "enterprise/consents/new.html", proposals=proposals, agree=agree, form=form, **WORDS
            )
    without = [line.organisation.name for line in lines if not line.contact]
    page = render_template("enterprise/consents/new.html", form=form, without=without, **WORDS)
    return page, form.status


@bp.route("/", methods=["POST"])
@open_to(P.ENTERPRISE_CONSENTS_WRITE)
def give() -> ResponseReturnValue:
    """Give what was read and agreed to."""
    on, agree = today_in_china(), AgreeForm()
    form = ConsentForm(recipient_lines(current_session()), on)
    if not form.validate() or not agree.validate_on_submit():
        flash(_("请重新选择，并在阅读后勾选同意。"), "warning")
        return redirect(url_for(".new"), code=303)
    try:
        with unit_of_work() as session:
            firm = own_enterprise(session, actor())
            proposals = propose(
                session,
                firm,
                recipient_ids=form.recipient_ids,
                purpose=form.wanted_purpose,
                field_sets=form.wanted_sets,
                last=form.last_day.data,
                on=on,
            )
            given = len(give_consents(session, actor(), firm, proposals, read=agree.read.data))
    except DomainError as refusal:
        flash(in_reader_language(refusal.message), "warning")
        return redirect(url_for(".new"), code=303)
    flash(_("已授权%(count)s项，立即生效。您可随时撤回。", count=given), "success")
    return redirect(url_for(".index"), code=303)


@bp.route("/<public_id>")
@open_to(P.ENTERPRISE_CONSENTS_READ)
def show(public_id: str) -> ResponseReturnValue:
    """Show one consent: the words that were agreed to, and what became of it."""
    return _show(_own(public_id), NarrowForm())


@bp.route("/<public_id>/narrow", methods=["POST"])
@open_to(P.ENTERPRISE_CONSENTS_WRITE)
def narrow(public_id: str) -> ResponseReturnValue:
    """Let a consent end earlier."""
    consent, form = _own(public_id), NarrowForm()
    if not form.validate_on_submit():
        return _show(consent, form)
    try:
        with unit_of_work() as session:
            narrow_consent(session, actor(), consent, last=form.last_day.data, on=today_in_china())
    except DomainError as refusal:
        form.refuse(refusal)
        return _show(_own(public_id), form)
    flash(_("授权已缩短至%(day)s。", day=form.last_day.data.isoformat()), "success")
    return redirect(url_for(".show", public_id=public_id), code=303)


@bp.route("/<public_id>/withdraw", methods=["POST"])
@open_to(P.ENTERPRISE_CONSENTS_WRITE)
def withdraw(public_id: str) -> ResponseReturnValue:
    """Withdraw one consent; it holds from the next request on."""
    consent = _own(public_id)
    return _withdraw([consent])


@bp.route("/withdraw", methods=["POST"])
@open_to(P.ENTERPRISE_CONSENTS_WRITE)
def withdraw_all() -> ResponseReturnValue:
    """Withdraw everything that stands for one recipient, or for all of them."""
    session, on = current_session(), today_in_china()
    firm, wanted = own_enterprise(session, actor()), request.form.get("recipient", "")
    standing = [each for each in consents_of(session, firm.id) if each.standing(on) is Standing.IN_FORCE]
    return _withdraw([each for each in standing if not wanted or str(each.organisation_id) == wanted])


def _withdraw(consents: list[Consent]) -> ResponseReturnValue:
    try:
        with unit_of_work() as session:
            withdraw_consents(session, actor(), consents)
    except DomainError as refusal:
        flash(in_reader_language(refusal.message), "warning")
    else:
        flash(_("已撤回%(count)s项授权，对方从下一次请求起看不到。", count=len(consents)), "success")
    return redirect(url_for(".index"), code=303)


@bp.route("/<public_id>/letter", methods=["POST"])
@open_to(P.ENTERPRISE_CONSENTS_READ)
def letter(public_id: str) -> ResponseReturnValue:
    """Issue the paper of one consent (授权书)."""
    consent = _own(public_id)
    try:
        copy = make_authorisation(
            current_session(), actor(), consent, settings=settings(), on=today_in_china(), locale=locale_now()
        )
    except Conflict as refusal:
        flash(in_reader_language(refusal.message), "warning")
        return redirect(url_for(".show", public_id=public_id), code=303)
    return hand_out(copy)


def _own(public_id: str) -> Consent:
    return consent_by_public_id(current_session(), actor(), public_id)


def _show(consent: Consent, form: NarrowForm) -> ResponseReturnValue:
    on = today_in_china()
    page = render_template(
        "enterprise/consents/show.html",
        consent=consent,
        said=statement_kept(consent.statement),
        acts=acts_of(current_session(), [consent.id]).get(consent.id, []),
        standing=consent.standing(on),
        form=form,
        **WORDS,
    )
    return page, form.status
