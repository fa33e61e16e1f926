"""What firms opened to the institution, and where it is reached about personal data."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from ipfin.consent.purposes import FIELD_SET_LABELS, PURPOSE_LABELS
from ipfin.consent.queries import ConsentFilter, consents_visible_to, contact_of, ledger_page
from ipfin.consent.rules import Standing
from ipfin.consent.service import LONGEST_CONTACT, set_contact
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.errors import DomainError
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.forms import BaseForm
from ipfin.web.institution.audience import Audience
from ipfin.web.signing_in import actor


class ContactForm(BaseForm):
    """Where the institution is reached about personal data."""

    contact = StringField(
        lazy_gettext("个人信息保护联系方式"),
        [InputRequired(lazy_gettext("请填写联系方式，例如部门、电话、邮箱。")), Length(max=LONGEST_CONTACT)],
    )


def blueprint(audience: Audience) -> Blueprint:
    """Return the pages of `audience`."""
    bp = Blueprint(f"{audience.name}_consents", __name__, url_prefix=f"{audience.prefix}/consents")

    @bp.route("/")
    @open_to(audience.read_consents)
    def index() -> ResponseReturnValue:
        """List the consents in force that firms gave to the institution."""
        return _list(audience, ContactForm(contact=contact_of(current_session(), actor().organisation_id)))

    @bp.route("/contact", methods=["POST"])
    @open_to(audience.write_consents)
    def contact() -> ResponseReturnValue:
        """Say where the institution is reached."""
        return _contact(audience)

    return bp


def _list(audience: Audience, form: ContactForm) -> ResponseReturnValue:
    session, on = current_session(), today_in_china()
    page = ledger_page(
        session,
        consents_visible_to(actor()),
        ConsentFilter(Standing.IN_FORCE),
        on=on,
        cursor=request.args.get("cursor"),
    )
    content = render_template(
        "institution/consents/index.html",
        audience=audience,
        page=page,
        form=form,
        purposes=PURPOSE_LABELS,
        sets=FIELD_SET_LABELS,
    )
    return content, form.status


def _contact(audience: Audience) -> ResponseReturnValue:
    form = ContactForm()
    if not form.validate_on_submit():
        return _list(audience, form)
    try:
        with unit_of_work() as session:
            set_contact(session, actor(), form.contact.data)
    except DomainError as refusal:
        form.refuse(refusal)
        return _list(audience, form)
    flash(_("已登记。企业授权前会看到这项联系方式。"), "success")
    return redirect(url_for(".index"), code=303)
