"""How the platform is doing: database, disk, queue, mail, fonts, and what nobody has set up yet."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ipfin import schema
from ipfin.accounts.policy import P
from ipfin.jobs.queries import STATE_LABELS, counts_by_state
from ipfin.kernel.clock import now_utc
from ipfin.notices.queries import stuck_mails, waiting_mails
from ipfin.notices.service import send_again
from ipfin.web.access import open_to
from ipfin.web.database import current_session, db, unit_of_work
from ipfin.web.signing_in import settings
from ipfin.web.wellbeing import missing_fonts, room, unset, vital_signs

bp = Blueprint("admin_health", __name__, url_prefix="/admin/health")


@bp.route("/")
@open_to(P.ADMIN_HEALTH_READ)
def show() -> ResponseReturnValue:
    """Show every vital sign."""
    session, now = current_session(), now_utc()
    return render_template(
        "admin/health/show.html",
        signs=vital_signs(current_session, db.engine, now=now),
        room=room(session, settings()),
        dialect=db.engine.dialect.name,
        revision=schema.current_revision(db.engine),
        jobs=counts_by_state(session),
        states=STATE_LABELS,
        waiting=waiting_mails(session),
        stuck=stuck_mails(session, now=now),
        fonts=missing_fonts(),
        unset=unset(settings()),
        now=now,
    )


@bp.route("/mails/<int:mail_id>/again", methods=["POST"])
@open_to(P.ADMIN_HEALTH_READ)
def resend(mail_id: int) -> ResponseReturnValue:
    """Let a mail that is stuck be tried again."""
    with unit_of_work() as session:
        send_again(session, mail_id)
    flash(_("邮件已重新排队，一分钟内再次发送。"), "success")
    return redirect(url_for("admin_health.show"), code=303)
