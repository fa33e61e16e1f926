"""The own account: who I am here, where I am signed in, my password."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ipfin.accounts.policy import P
from ipfin.accounts.service import change_password as set_new_password
from ipfin.accounts.service import (
    end_all_sessions,
    end_own_session,
    house_of,
    living_sessions,
    recovery_codes_left,
)
from ipfin.accounts.session_life import Stage
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import NotFound
from ipfin.kernel.text import _ as sentence
from ipfin.web.access import open_during, open_to
from ipfin.web.account.forms import ChangePasswordForm
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.navigation import home_of
from ipfin.web.returning import own_path
from ipfin.web.signing_in import actor, person, settings

bp = Blueprint("account_profile", __name__, url_prefix="/account")

_ENDED_BY_OWNER = sentence("本人在另一设备上结束")


@bp.route("/")
@open_to(P.ACCOUNT_SELF_READ)
def show() -> ResponseReturnValue:
    """Show the own account and every browser that is signed in to it."""
    session, user = current_session(), person().user
    return render_template(
        "account/profile/show.html",
        user=user,
        sessions=living_sessions(session, user.id, now=now_utc(), settings=settings()),
        here=person().session_id,
        codes_left=recovery_codes_left(session, user) if user.has_second_factor else 0,
        expires_at=house_of(settings()).password_expires_at(user),
        factor_is_required=house_of(settings()).must_have_second_factor(user.role),
    )


@bp.route("/sessions/<int:session_id>/end", methods=["POST"])
@open_to(P.ACCOUNT_SELF_WRITE)
def end_session(session_id: int) -> ResponseReturnValue:
    """End one of the own sessions on another device."""
    with unit_of_work() as session:
        ended = end_own_session(session, actor(), session_id, reason=_ENDED_BY_OWNER, now=now_utc())
        if not ended:
            raise NotFound(sentence("没有这个会话，或它已经结束。"))
    flash(_("该设备已退出登录。"), "success")
    return redirect(url_for("account_profile.show"), code=303)


@bp.route("/sessions/end-others", methods=["POST"])
@open_to(P.ACCOUNT_SELF_WRITE)
def end_other_sessions() -> ResponseReturnValue:
    """End every own session but this one."""
    me = person()
    with unit_of_work() as session:
        ended = end_all_sessions(
            session, me.actor, me.user.id, reason=_ENDED_BY_OWNER, now=now_utc(), but=me.user_session
        )
    flash(_("已结束其他设备上的%(count)s个会话。", count=ended), "success")
    return redirect(url_for("account_profile.show"), code=303)


@bp.route("/password", methods=["GET", "POST"])
@open_during(Stage.PASSWORD)
def change_password() -> ResponseReturnValue:
    """Change the own password; all other sessions end."""
    form = ChangePasswordForm()
    if form.validate_on_submit() and form.both_are_same():
        with unit_of_work() as session:
            refusal = set_new_password(
                session,
                person().user_session,
                form.current.data or "",
                form.password.data or "",
                now=now_utc(),
                settings=settings(),
            )
        if refusal is None:
            flash(_("密码已修改，其他设备上的会话已全部结束。"), "success")
            return redirect(own_path(request.args.get("next")) or home_of(person().actor), code=303)
        form.refuse(refusal)
    return (
        render_template(
            "account/profile/change_password.html",
            form=form,
            rules=house_of(settings()).passwords.describe(),
            is_due=person().stage is Stage.PASSWORD,
        ),
        form.status,
    )
