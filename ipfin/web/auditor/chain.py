"""The state of the audit chain: how long it is, where it ends, and whether anybody broke it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ipfin.accounts.policy import P
from ipfin.audit.queries import LogFilter, log_page
from ipfin.audit.service import (
    VERIFIED,
    current_head,
    export_head,
    kept_heads,
    note_verification,
    verify_with_heads,
)
from ipfin.jobs.queries import recent_jobs
from ipfin.jobs.service import enqueue
from ipfin.kernel.clock import now_utc
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.signing_in import actor, settings

bp = Blueprint("auditor_chain", __name__, url_prefix="/audit/chain")

MOST_HEADS = 30
MOST_AT_ONCE = 20_000  # entries that are read while somebody waits; more are a job
JOB = "audit:verify:"


@bp.route("/")
@open_to(P.AUDITOR_CHAIN_VERIFY)
def show() -> ResponseReturnValue:
    """Show length, head, the last verification and the heads that were written down."""
    session = current_session()
    verified = log_page(session, LogFilter(action=VERIFIED), size=1).items
    mine = recent_jobs(session, asked_by_user_id=actor().user_id, limit=5)
    return render_template(
        "auditor/chain/show.html",
        head=current_head(session),
        last=verified[0] if verified else None,
        heads=kept_heads(settings().audit_heads_dir)[:MOST_HEADS],
        is_running=any(job.key.startswith(JOB) and not job.is_over for job in mine),
    )


@bp.route("/verify", methods=["POST"])
@open_to(P.AUDITOR_CHAIN_VERIFY)
def check() -> ResponseReturnValue:
    """Read the whole chain, compare it with the heads that were written down, and note the result."""
    head = current_head(current_session())
    if head is not None and head.length > MOST_AT_ONCE:
        with unit_of_work() as session:
            enqueue(session, actor(), "audit.verify", f"{JOB}{now_utc():%Y%m%d%H%M%S}")
        flash(_("日志较长，正在后台校验，本页会自动刷新。"), "info")
        return redirect(url_for("auditor_chain.show"), code=303)
    report = verify_with_heads(current_session(), settings().audit_heads_dir)
    try:
        with unit_of_work() as session:
            note_verification(session, actor(), report)
    except RuntimeError:
        # The chain has no end to write to: that itself is the finding.
        return render_template(
            "auditor/chain/show.html", head=None, last=None, heads=[], broken=report.findings
        )
    if report.is_sound:
        flash(_("审计链完好，共%(rows)s条。", rows=report.rows), "success")
    else:
        flash(_("审计链有%(count)s处异常，请立即保全数据库并报告。", count=len(report.findings)), "danger")
    return redirect(url_for("auditor_chain.show"), code=303)


@bp.route("/heads", methods=["POST"])
@open_to(P.AUDITOR_CHAIN_VERIFY)
def keep_head() -> ResponseReturnValue:
    """Write down today's head."""
    path = export_head(current_session(), settings().audit_heads_dir, now_utc())
    flash(_("已留存链头%(name)s，请复制到本系统之外保管。", name=path.name), "success")
    return redirect(url_for("auditor_chain.show"), code=303)
