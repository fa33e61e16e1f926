"""The firm's own file: what the office has on it and from where, and the people the firm wants called."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ipfin.accounts.policy import P
from ipfin.accounts.queries import own_enterprise
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.errors import DomainError
from ipfin.liaison.service import (
    add_contact,
    amend_contact,
    details_of,
    name_main_contact,
    remove_contact,
)
from ipfin.registry.industries import division
from ipfin.registry.queries import facts_of
from ipfin.reports.service.papers import firm_matter
from ipfin.reports.service.said_facts import grouped
from ipfin.web.access import open_to
from ipfin.web.contact_pages import ContactForm, PressForm, contact_lines, visible_contact
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.disputes import dispute_of
from ipfin.web.firm_exports import issued_profile
from ipfin.web.signing_in import actor, settings

bp = Blueprint("enterprise_profile", __name__, url_prefix="/ent/profile")


@bp.route("/")
@open_to(P.ENTERPRISE_PROFILE_READ)
def show() -> ResponseReturnValue:
    """Show the firm what is on file of it."""
    session = current_session()
    firm = own_enterprise(session, actor())
    return render_template(
        "enterprise/profile/show.html",
        firm=firm,
        dispute=dispute_of(session, firm.id),
        matter=firm_matter(session, firm, on=today_in_china()),
        industry=division,
        groups=grouped(facts_of(session, firm.id)),
        lines=contact_lines(session, firm),
        press=PressForm(),
    )


@bp.route("/paper", methods=["POST"])
@open_to(P.ENTERPRISE_PROFILE_READ)
def paper() -> ResponseReturnValue:
    """Issue the firm's one-page profile."""
    return issued_profile(own_enterprise(current_session(), actor()).public_id, P.ENTERPRISE_PROFILE_READ)


@bp.route("/contacts/new", methods=["GET", "POST"])
@open_to(P.ENTERPRISE_PROFILE_WRITE)
def new() -> ResponseReturnValue:
    """Name a person to call."""
    form = ContactForm()
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                firm, is_main = own_enterprise(session, actor()), bool(form.is_main.data)
                add_contact(session, actor(), firm, form.details(), is_main=is_main, settings=settings())
        except DomainError as error:
            form.refuse(error)
        else:
            flash(_("联系人已登记。"), "success")
            return _back()
    return render_template("enterprise/profile/new.html", form=form), form.status


@bp.route("/contacts/<int:contact_id>/edit", methods=["GET", "POST"])
@open_to(P.ENTERPRISE_PROFILE_WRITE)
def edit(contact_id: int) -> ResponseReturnValue:
    """Change one of the firm's contacts."""
    session = current_session()
    contact = visible_contact(session, own_enterprise(session, actor()), contact_id)
    known = details_of(contact, settings=settings())
    form = ContactForm(
        data={"name": known.name, "post": known.post, "phone": known.phone, "mail": known.mail}
    )
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                _amend(session, contact_id, form)
        except DomainError as error:
            form.refuse(error)
        else:
            flash(_("联系人已修改。"), "success")
            return _back()
    return render_template("enterprise/profile/edit.html", form=form, contact_id=contact_id), form.status


def _amend(session: Session, contact_id: int, form: ContactForm) -> None:
    firm = own_enterprise(session, actor())
    contact = visible_contact(session, firm, contact_id)
    amend_contact(session, actor(), firm, contact, form.details(), settings=settings())
    if form.is_main.data:
        name_main_contact(session, actor(), firm, contact)


@bp.route("/contacts/<int:contact_id>/main", methods=["POST"])
@open_to(P.ENTERPRISE_PROFILE_WRITE)
def main(contact_id: int) -> ResponseReturnValue:
    """Make a contact the main one."""
    return _done(contact_id, name_main_contact, _("主联系人已更换。"))


@bp.route("/contacts/<int:contact_id>/remove", methods=["POST"])
@open_to(P.ENTERPRISE_PROFILE_WRITE)
def remove(contact_id: int) -> ResponseReturnValue:
    """Take a contact out for good."""
    return _done(contact_id, remove_contact, _("联系人已删除。"))


def _done(contact_id: int, act: Callable[..., None], told: str) -> ResponseReturnValue:
    with unit_of_work() as session:
        firm = own_enterprise(session, actor())
        act(session, actor(), firm, visible_contact(session, firm, contact_id))
    flash(told, "success")
    return _back()


def _back() -> ResponseReturnValue:
    return redirect(url_for(".show") + "#contacts", code=303)
