"""The audit log: who did what when, page by page, and as a sheet."""

from __future__ import annotations

import io
from collections.abc import Iterator

from flask import Blueprint, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ipfin.accounts.policy import P
from ipfin.accounts.queries import organisation_lines
from ipfin.audit.queries import LoggedAct, log_page
from ipfin.audit.service import current_head, record
from ipfin.documents.safety import file_name
from ipfin.documents.sheet import Column, Kind, Properties, SheetSpec, write_sheet
from ipfin.kernel.clock import in_china, now_utc
from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import _ as sentence
from ipfin.web.access import open_to
from ipfin.web.auditor.forms import ExportForm
from ipfin.web.auditor.wanted import GROUPS, Wanted, wanted
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.filters import moment
from ipfin.web.i18n import locale_now
from ipfin.web.paging import filtered
from ipfin.web.signing_in import actor

bp = Blueprint("auditor_log", __name__, url_prefix="/audit")

MOST_EXPORTED = 50_000
_READ_AT_ONCE = 1_000
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.route("/log")
@open_to(P.AUDITOR_LOG_READ)
def index() -> ResponseReturnValue:
    """List the entries that the address asks for."""
    session, asked = current_session(), wanted()
    return render_template(
        "auditor/log/index.html",
        page=log_page(session, asked.as_filter, cursor=request.args.get("cursor")),
        head=current_head(session),
        organisations=organisation_lines(session, actor()),
        groups=GROUPS,
        asked=asked,
        export_href=filtered("auditor_log.export"),
    )


@bp.route("/log/export", methods=["GET", "POST"])
@open_to(P.AUDITOR_LOG_EXPORT)
def export() -> ResponseReturnValue:
    """Hand out the same entries as a sheet; the log notes who took them, and for what."""
    session, asked, form = current_session(), wanted(), ExportForm()
    if form.validate_on_submit():
        acts = list(_acts(session, asked))
        if len(acts) > MOST_EXPORTED:
            form.refuse(
                BadInput(sentence("超过%(most)s条，请缩短期间后分次导出。", most=f"{MOST_EXPORTED:,}"))
            )
        else:
            return _handed_out(asked, form.purpose_label, acts)
    page = render_template("auditor/log/export.html", form=form, list_href=filtered("auditor_log.index"))
    return page, form.status


def _acts(session: Session, asked: Wanted) -> Iterator[LoggedAct]:
    """Yield the entries, newest first, one more than an export may hold."""
    cursor, read = None, 0
    while True:
        page = log_page(session, asked.as_filter, cursor=cursor, size=_READ_AT_ONCE)
        yield from page.items
        read += len(page.items)
        cursor = page.next_cursor
        if cursor is None or read > MOST_EXPORTED:
            return


def _handed_out(asked: Wanted, purpose: str, acts: list[LoggedAct]) -> ResponseReturnValue:
    me, now = actor(), now_utc()
    name = file_name(_("审计日志"), f"{in_china(now):%Y%m%d}", suffix=".xlsx")
    with unit_of_work() as session:
        entry = record(
            session,
            me,
            "exports.made",
            "audit:log",
            name=name,
            rows=len(acts),
            purpose=purpose,
            query=request.query_string.decode("utf-8", "replace")[:300],
        )
        proof = [
            _("导出人：%(name)s（%(organisation)s）", name=me.name, organisation=me.organisation_name),
            _("用途：%(purpose)s；共%(rows)s条", purpose=purpose, rows=len(acts)),
            _("导出时间：%(at)s；本次导出记为第%(number)s条", at=moment(now), number=entry.id),
            _("此前链头：%(hash)s", hash=entry.previous_hash),
        ]
    sheet = SheetSpec(
        title=_("审计日志"),
        columns=_COLUMNS,
        rows=map(_row, acts),
        heading=_("审计日志"),
        intro=proof,
        watermark=f"{me.organisation_name} {me.name} {moment(now)}",
    )
    body = io.BytesIO()
    write_sheet(body, [sheet], properties=Properties(title=name, creator=me.name), locale=locale_now())
    body.seek(0)
    return send_file(body, mimetype=_SHEET, as_attachment=True, download_name=name)


_COLUMNS = (
    Column(sentence("序号"), Kind.INTEGER, 9),
    Column(sentence("时间"), Kind.TEXT, 18),
    Column(sentence("人员"), Kind.TEXT, 14),
    Column(sentence("事项"), Kind.TEXT, 60),
    Column(sentence("动作代码"), Kind.TEXT, 28),
    Column(sentence("对象"), Kind.TEXT, 20),
    Column(sentence("网络地址"), Kind.TEXT, 18),
)


def _row(act: LoggedAct) -> tuple[object, ...]:
    return (act.id, moment(act.at), act.actor_name, act.sentence, act.action, act.subject, act.address)
