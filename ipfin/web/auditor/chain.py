"""The state of the audit chain: how long it is, where it ends, and whether anybody broke it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ipfin.accounts.policy import P
from ipfin.audit.chain import Fault, Head, VerifyReport
from ipfin.audit.queries import LogFilter, log_page
from ipfin.audit.service import current_head, export_head, read_head, record, verify
from ipfin.kernel.clock import now_utc
from ipfin.kernel.text import _ as sentence
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.signing_in import actor, settings

bp = Blueprint("auditor_chain", __name__, url_prefix="/audit/chain")

VERIFIED = "audit.chain.verified"
MOST_HEADS = 30
MOST_FINDINGS_KEPT = 20


@dataclass(frozen=True, slots=True)
class KeptHead:
    """A head that was written down; `head` is None when the file cannot be read any more."""

    day: str
    head: Head | None


@bp.route("/")
@open_to(P.AUDITOR_CHAIN_VERIFY)
def show() -> ResponseReturnValue:
    """Show length, head, the last verification and the heads that were written down."""
    session = current_session()
    verified = log_page(session, LogFilter(action=VERIFIED), size=1).items
    return render_template(
        "auditor/chain/show.html",
        head=current_head(session),
        last=verified[0] if verified else None,
        heads=kept_heads(settings().audit_heads_dir),
    )


@bp.route("/verify", methods=["POST"])
@open_to(P.AUDITOR_CHAIN_VERIFY)
def check() -> ResponseReturnValue:
    """Read the whole chain, compare it with the oldest and newest written heads, and note the result."""
    report = _verified()
    if report.is_sound:
        result = sentence("完好")
    else:
        result = sentence("发现%(count)s处异常", count=len(report.findings))
    found = [finding.message for finding in report.findings[:MOST_FINDINGS_KEPT]]
    try:
        with unit_of_work() as session:
            record(session, actor(), VERIFIED, "audit:chain", rows=report.rows, result=result, findings=found)
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


def _verified() -> VerifyReport:
    """Verify against the newest head, which covers most, and the oldest, which is hardest to forge."""
    session = current_session()
    kept = [each.head for each in kept_heads(settings().audit_heads_dir) if each.head is not None]
    report = verify(session, kept[0] if kept else None)
    if len(kept) < 2:
        return report
    older = verify(session, kept[-1]).findings
    added = tuple(finding for finding in older if finding.fault is Fault.NOT_AS_EXPORTED)
    return replace(report, findings=(*report.findings, *added))


@bp.route("/heads", methods=["POST"])
@open_to(P.AUDITOR_CHAIN_VERIFY)
def keep_head() -> ResponseReturnValue:
    """Write down today's head."""
    path = export_head(current_session(), settings().audit_heads_dir, now_utc())
    flash(_("已留存链头%(name)s，请复制到本系统之外保管。", name=path.name), "success")
    return redirect(url_for("auditor_chain.show"), code=303)


def kept_heads(folder: Path) -> Sequence[KeptHead]:
    """Return the heads that were written down, the latest first."""
    paths = sorted(folder.glob("*.json"), reverse=True)[:MOST_HEADS] if folder.is_dir() else []
    return [KeptHead(path.stem, _read(path)) for path in paths]


def _read(path: Path) -> Head | None:
    try:
        return read_head(path)
    except (OSError, ValueError, KeyError, TypeError):
        return None
