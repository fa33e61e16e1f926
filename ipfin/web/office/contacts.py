"""Whom the office calls at a firm: the list (masked), one shown in full by a logged act, adding, changing."""

from __future__ import annotations

from collections.abc import Callable, Collection

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ipfin.accounts.policy import P, may
from ipfin.kernel.errors import DomainError
from ipfin.liaison.models import EnterpriseContact
from ipfin.liaison.service import (
    add_contact,
    amend_contact,
    details_of,
    name_main_contact,
    remove_contact,
    reveal_contact,
)
from ipfin.registry.models import Enterprise
from ipfin.web.access import open_to
from ipfin.web.contact_pages import ContactForm, PressForm, contact_lines, visible_contact
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.office.firm_pages import firm_here
from ipfin.web.signing_in import actor, settings

bp = Blueprint("office_contacts", __name__, url_prefix="/office/firms/<public_id>/contacts")


@bp.route("/")
@open_to(P.OFFICE_ENTERPRISES_READ)
def index(public_id: str) -> ResponseReturnValue:
    """List the contacts of a firm, phones and mail addresses masked."""
    return _list(public_id)


def _list(public_id: str, revealed: Collection[int] = ()) -> str:
    session = current_session()
    firm = firm_here(session, public_id)
    return render_template(
        "office/contacts/index.html",
        enterprise=firm,
        lines=contact_lines(session, firm, revealed),
        revealed=revealed,
        press=PressForm(),
        may_write=may(actor(), P.OFFICE_CONTACTS_WRITE),
        may_reveal=may(actor(), P.OFFICE_CONTACTS_REVEAL),
    )


@bp.route("/<int:contact_id>/reveal", methods=["POST"])
@open_to(P.OFFICE_CONTACTS_REVEAL)
def reveal(public_id: str, contact_id: int) -> ResponseReturnValue:
    """Show one contact in full on this answer only, and record who looked."""
    with unit_of_work() as session:
        firm = firm_here(session, public_id)
        contact = visible_contact(session, firm, contact_id)
        reveal_contact(session, actor(), firm, contact, settings=settings())
    return _list(public_id, revealed={contact_id})


@bp.route("/new", methods=["GET", "POST"])
@open_to(P.OFFICE_CONTACTS_WRITE)
def new(public_id: str) -> ResponseReturnValue:
    """Write down a person to call."""
    firm, form = firm_here(current_session(), public_id), ContactForm()
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                said, is_main = form.details(), bool(form.is_main.data)
                here = firm_here(session, public_id)
                add_contact(session, actor(), here, said, is_main=is_main, settings=settings())
        except DomainError as error:
            form.refuse(error)
        else:
            flash(_("联系人已登记。"), "success")
            return _back(public_id)
        firm = firm_here(current_session(), public_id)
    return render_template("office/contacts/new.html", enterprise=firm, form=form), form.status


@bp.route("/<int:contact_id>/edit", methods=["GET", "POST"])
@open_to(P.OFFICE_CONTACTS_WRITE)
def edit(public_id: str, contact_id: int) -> ResponseReturnValue:
    """Change a contact; what is not typed anew stays, so that nothing has to be shown for it."""
    session = current_session()
    firm = firm_here(session, public_id)
    contact = visible_contact(session, firm, contact_id)
    form = ContactForm(data={"name": contact.name, "post": contact.post})
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                _amend(session, public_id, contact_id, form)
        except DomainError as error:
            form.refuse(error)
        else:
            flash(_("联系人已修改。"), "success")
            return _back(public_id)
        session = current_session()
        firm = firm_here(session, public_id)
    lines = contact_lines(session, firm)
    line = next(each for each in lines if each.id == contact_id)
    page = render_template("office/contacts/edit.html", enterprise=firm, form=form, line=line)
    return page, form.status


def _amend(session: Session, public_id: str, contact_id: int, form: ContactForm) -> None:
    firm = firm_here(session, public_id)
    contact = visible_contact(session, firm, contact_id)
    said = form.details(before=details_of(contact, settings=settings()))
    amend_contact(session, actor(), firm, contact, said, settings=settings())
    if form.is_main.data:
        name_main_contact(session, actor(), firm, contact)


@bp.route("/<int:contact_id>/main", methods=["POST"])
@open_to(P.OFFICE_CONTACTS_WRITE)
def main(public_id: str, contact_id: int) -> ResponseReturnValue:
    """Make a contact the main one."""
    return _done(public_id, contact_id, name_main_contact, _("主联系人已更换。"))


@bp.route("/<int:contact_id>/remove", methods=["POST"])
@open_to(P.OFFICE_CONTACTS_WRITE)
def remove(public_id: str, contact_id: int) -> ResponseReturnValue:
    """Take a contact out for good."""
    return _done(public_id, contact_id, remove_contact, _("联系人已删除。"))


Act = Callable[..., None]


def _done(public_id: str, contact_id: int, act: Act, told: str) -> ResponseReturnValue:
    with unit_of_work() as session:
        firm: Enterprise = firm_here(session, public_id)
        contact: EnterpriseContact = visible_contact(session, firm, contact_id)
        act(session, actor(), firm, contact)
    flash(told, "success")
    return _back(public_id)


def _back(public_id: str) -> ResponseReturnValue:
    return redirect(url_for(".index", public_id=public_id), code=303)
