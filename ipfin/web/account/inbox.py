"""The own inbox: what the platform told me, newest first."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ipfin.accounts.policy import P
from ipfin.kernel.clock import now_utc
from ipfin.notices.queries import inbox, unread_count
from ipfin.notices.service import mark_read
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.paging import chosen
from ipfin.web.returning import own_path
from ipfin.web.signing_in import person

bp = Blueprint("account_inbox", __name__, url_prefix="/inbox")


def _me() -> int:
    return person().user.id


@bp.route("/")
@open_to(P.ACCOUNT_SELF_READ)
def index() -> ResponseReturnValue:
    """List the notices, all or the unread ones."""
    shown = chosen("show", ("all", "unread"), "all")
    session = current_session()
    page = inbox(session, _me(), only_unread=shown == "unread", cursor=request.args.get("cursor"))
    return render_template(
        "account/inbox/index.html", page=page, shown=shown, unread=unread_count(session, _me())
    )


@bp.route("/<int:notice_id>/read", methods=["POST"])
@open_to(P.ACCOUNT_SELF_WRITE)
def read(notice_id: int) -> ResponseReturnValue:
    """Mark one notice as read and go where it leads; somebody else's notice is simply not there."""
    with unit_of_work() as session:
        mark_read(session, _me(), [notice_id], now=now_utc())
    return redirect(own_path(request.form.get("next")) or url_for("account_inbox.index"), code=303)


@bp.route("/read-all", methods=["POST"])
@open_to(P.ACCOUNT_SELF_WRITE)
def read_all() -> ResponseReturnValue:
    """Mark every notice as read."""
    with unit_of_work() as session:
        count = mark_read(session, _me(), now=now_utc())
    flash(_("已将%(count)s条通知标为已读。", count=count), "success")
    return redirect(url_for("account_inbox.index"), code=303)
