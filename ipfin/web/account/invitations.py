"""The link of an invitation or a reset: set a password, then sign in with it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ipfin.accounts.policy import ROLE_LABELS
from ipfin.accounts.queries import user_by_email
from ipfin.accounts.service import accept_invitation, house_of, open_invitation
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import BadInput
from ipfin.web.access import open_to_everyone
from ipfin.web.account.forms import AcceptInvitationForm
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.signing_in import settings

bp = Blueprint("account_invitations", __name__, url_prefix="/invite")


@bp.route("/<token>", methods=["GET", "POST"])
@open_to_everyone
def accept(token: str) -> ResponseReturnValue:
    """Show who is invited as what, and take the password. A link that works no more answers 404."""
    invitation = open_invitation(current_session(), token, now=now_utc())
    form = AcceptInvitationForm()
    if form.validate_on_submit() and form.both_are_same():
        try:
            with unit_of_work() as session:
                accept_invitation(
                    session, token, form.password.data or "", now=now_utc(), settings=settings()
                )
        except BadInput as error:
            form.refuse(error)
        else:
            flash(_("密码已设置，请用邮箱和新密码登录。"), "success")
            return redirect(url_for("account_signing.sign_in"), code=303)
    page = render_template(
        "account/invitations/accept.html",
        form=form,
        invitation=invitation,
        role=ROLE_LABELS[invitation.role],
        is_reset=user_by_email(current_session(), invitation.email) is not None,
        rules=house_of(settings()).passwords.describe(),
    )
    return page, form.status
