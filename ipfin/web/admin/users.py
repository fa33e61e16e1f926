"""The people of the platform: found, invited, switched off and on, helped when locked out."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ipfin.accounts.policy import ROLE_LABELS, P
from ipfin.accounts.queries import (
    UserFilter,
    organisation_lines,
    pending_invitations,
    user_lines,
    visible_user,
)
from ipfin.accounts.service import (
    InvitationMade,
    deactivate_user,
    invite_user,
    reactivate_user,
    remove_second_factor,
    reset_password,
    revoke_invitation,
)
from ipfin.config import Environment
from ipfin.kernel.actor import Role
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import DomainError
from ipfin.kernel.text import SOURCE_LOCALE
from ipfin.kernel.text import _ as sentence
from ipfin.notices.service import queue_mail
from ipfin.web.access import open_to
from ipfin.web.admin.forms import InviteForm
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.paging import chosen, row_number, words
from ipfin.web.signing_in import actor, settings

bp = Blueprint("admin_users", __name__, url_prefix="/admin/users")

_STATES = ("all", "active", "disabled", "dormant")


@bp.route("/")
@open_to(P.ADMIN_USERS_READ)
def index() -> ResponseReturnValue:
    """List the users, and the invitations that nobody accepted yet."""
    state = chosen("state", _STATES, "all")
    role = chosen("role", [role.value for role in Role], "")
    organisation = row_number("organisation")
    text = words("q")
    wanted = UserFilter(
        text=text,
        role=Role(role) if role else None,
        organisation_id=organisation,
        is_active={"active": True, "disabled": False}.get(state),
        is_dormant=True if state == "dormant" else None,
    )
    session, now = current_session(), now_utc()
    return render_template(
        "admin/users/index.html",
        page=user_lines(session, actor(), wanted, now=now, cursor=request.args.get("cursor")),
        invitations=pending_invitations(session, actor(), now=now),
        organisations=organisation_lines(session, actor()),
        text=text,
        role=role,
        state=state,
        organisation=organisation,
    )


@bp.route("/<int:user_id>")
@open_to(P.ADMIN_USERS_READ)
def show(user_id: int) -> ResponseReturnValue:
    """Show one user with what the administrator may do for him."""
    return render_template("admin/users/show.html", user=visible_user(current_session(), actor(), user_id))


@bp.route("/invite", methods=["GET", "POST"])
@open_to(P.ADMIN_USERS_WRITE)
def invite() -> ResponseReturnValue:
    """Invite a person by mail."""
    form = InviteForm()
    lines = organisation_lines(current_session(), actor())
    form.offer((line.id, line.name) for line in lines if line.is_active)
    if request.method == "GET" and request.args.get("organisation"):
        form.organisation_id.data = request.args["organisation"]
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                made = invite_user(
                    session,
                    actor(),
                    email=form.email.data or "",
                    name=form.name.data or "",
                    role=form.wanted_role,
                    organisation_id=int(form.organisation_id.data),
                    now=now_utc(),
                )
                address = _mail_link(session, made, sentence("启用您的账号"))
        except DomainError as error:
            form.refuse(error)
        else:
            _say_sent(form.email.data or "", address)
            return redirect(url_for("admin_users.index"), code=303)
    return render_template("admin/users/invite.html", form=form), form.status


@bp.route("/<int:user_id>/disable", methods=["POST"])
@open_to(P.ADMIN_USERS_WRITE)
def disable(user_id: int) -> ResponseReturnValue:
    """Switch a user off."""
    with unit_of_work() as session:
        user = visible_user(session, actor(), user_id)
        deactivate_user(session, actor(), user_id, now=now_utc())
        name = user.name
    flash(_("%(name)s的账号已停用，正在进行的会话已结束。", name=name), "success")
    return _back_to(user_id)


@bp.route("/<int:user_id>/enable", methods=["POST"])
@open_to(P.ADMIN_USERS_WRITE)
def enable(user_id: int) -> ResponseReturnValue:
    """Switch a user on again."""
    with unit_of_work() as session:
        user = visible_user(session, actor(), user_id)
        reactivate_user(session, actor(), user_id)
        name = user.name
    flash(_("%(name)s的账号已启用。", name=name), "success")
    return _back_to(user_id)


@bp.route("/<int:user_id>/reset-password", methods=["POST"])
@open_to(P.ADMIN_USERS_WRITE)
def reset(user_id: int) -> ResponseReturnValue:
    """Send a user a link for a new password."""
    with unit_of_work() as session:
        email = visible_user(session, actor(), user_id).email
        made = reset_password(session, actor(), user_id, now=now_utc())
        address = _mail_link(session, made, sentence("重设您的密码"))
    _say_sent(email, address)
    return _back_to(user_id)


@bp.route("/<int:user_id>/reset-factor", methods=["POST"])
@open_to(P.ADMIN_USERS_WRITE)
def reset_factor(user_id: int) -> ResponseReturnValue:
    """Take the authenticator away from a user who lost it."""
    with unit_of_work() as session:
        user = visible_user(session, actor(), user_id)
        remove_second_factor(session, actor(), user, now=now_utc())
        name = user.name
    flash(_("%(name)s的动态口令已解除，下次登录时重新绑定。", name=name), "success")
    return _back_to(user_id)


@bp.route("/invitations/<int:invitation_id>/revoke", methods=["POST"])
@open_to(P.ADMIN_USERS_WRITE)
def revoke(invitation_id: int) -> ResponseReturnValue:
    """Take back a link that was not used."""
    with unit_of_work() as session:
        revoke_invitation(session, actor(), invitation_id, now=now_utc())
    flash(_("链接已撤销。"), "success")
    return redirect(url_for("admin_users.index"), code=303)


def _back_to(user_id: int) -> ResponseReturnValue:
    return redirect(url_for("admin_users.show", user_id=user_id), code=303)


def _mail_link(session: Session, made: InvitationMade, subject: str) -> str:
    """Write the mail that carries the link, and return the link."""
    # The address of the platform comes from the settings: a request's own Host may be forged.
    path = url_for("account_invitations.accept", token=made.token)
    address = settings().public_url.rstrip("/") + path
    invitation = made.invitation
    with force_locale(SOURCE_LOCALE):  # whoever is invited has chosen no language yet
        body = render_template(
            "mail/invitation.txt",
            address=address,
            invitation=invitation,
            organisation=invitation.organisation.name,
            role=ROLE_LABELS[invitation.role],
            office=settings().office_name,
        )
    queue_mail(session, f"invitation:{invitation.id}", invitation.email, subject, body)
    return address


def _say_sent(email: str, address: str) -> None:
    flash(_("链接已发送至%(email)s。", email=email), "success")
    if settings().env is Environment.DEVELOPMENT:
        # Nobody reads mail on a developer's machine.
        flash(_("开发环境不寄出邮件，链接只显示这一次：%(address)s", address=address), "warning")
