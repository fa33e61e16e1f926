"""What leaves the house after an event: ledgers, the report of the figures, the minutes.

Decides what each says and for whom it is issued. Papers are set outside any transaction; the caller hands
in how one is opened.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

from sqlalchemy.orm import Session

from ipfin.accounts.scopes import Scope, Thing, scope_for
from ipfin.config import Settings
from ipfin.db import UnitOfWork
from ipfin.documents.models import Document, DocumentKind
from ipfin.documents.papers import event_report_job, minutes_job
from ipfin.documents.service import new_verify_code
from ipfin.documents.sheet import Column, Kind, Properties, SheetSpec, write_sheet
from ipfin.documents.typesetters import lent_typesetter
from ipfin.events.export.filing import MadeFile, file_away, mark_of, note_export, verification
from ipfin.events.export.ledgers import ledger_columns, ledger_sheet
from ipfin.events.export.papers import event_head
from ipfin.events.lifecycle import Side
from ipfin.events.models import Event
from ipfin.events.queries import figures_of, minutes_of, pairs_of
from ipfin.events.report_figures import EventFigures
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import in_china, now_utc
from ipfin.kernel.errors import Conflict
from ipfin.kernel.text import SOURCE_LOCALE, Text, _, translate


def issue_ledger(
    session: Session,
    actor: Actor,
    event: Event,
    *,
    purpose: str,
    settings: Settings,
    locale: str = SOURCE_LOCALE,
) -> Document:
    """Issue the meetings that the actor may see as a spreadsheet: a participant's own, or the office's all.

    Raises:
        Conflict: there is no meeting.
    """
    pairs = pairs_of(session, event, actor)
    if not pairs:
        raise Conflict(_("还没有可导出的洽谈。"))
    sides = _sides_read_by(actor)
    code = new_verify_code()
    content = ledger_sheet(event, pairs, sides, watermark=mark_of(actor), verify_code=code, locale=locale)
    made = MadeFile(
        DocumentKind.EXPORT_SHEET,
        _("成果台账"),
        ".xlsx",
        content,
        _about(event),
        purpose,
        len(pairs),
        code,
    )
    document = file_away(session, actor, event, made, directory=settings.issued_dir)
    note_export(session, actor, document, ledger_columns(sides))
    return document


def _about(event: Event) -> str:
    return f"event:{event.id}:results"


def _sides_read_by(actor: Actor) -> Sequence[Side]:
    """Return whose words stand in the actor's ledger: a participant's own only."""
    if scope_for(actor, Thing.TIMETABLE) is not Scope.OWN:
        return (Side.ENTERPRISE, Side.INSTITUTION)
    return (Side.ENTERPRISE if actor.enterprise_id is not None else Side.INSTITUTION,)


def issue_report_sheet(
    session: Session,
    actor: Actor,
    event: Event,
    *,
    purpose: str,
    settings: Settings,
    locale: str = SOURCE_LOCALE,
) -> Document:
    """Issue the figures of an event as a spreadsheet: the whole, by day, by institution."""
    figures = figures_of(pairs_of(session, event, actor), event)
    code = new_verify_code()
    target = io.BytesIO()
    specs = [
        SheetSpec(
            _("活动数据"),
            (Column(_("指标"), Kind.TEXT, 34), Column(_("数值"), Kind.TEXT, 24)),
            [[label, translate(value, locale)] for label, value in figures.lines],
            heading=event.title,
            intro=[_("核验码%(code)s", code=code)],
            watermark=mark_of(actor),
        ),
        _table(_("按日累计"), figures.by_day, event.title, mark_of(actor)),
        _table(_("按机构"), figures.by_institution, event.title, mark_of(actor)),
    ]
    write_sheet(
        target,
        specs,
        properties=Properties(
            title=event.title, subject=mark_of(actor), watermark_id=code, created_at=now_utc()
        ),
        locale=locale,
    )
    made = MadeFile(
        DocumentKind.EVENT_REPORT,
        _("成果报告"),
        ".xlsx",
        target.getvalue(),
        _about(event),
        purpose,
        len(figures.lines),
        code,
    )
    document = file_away(session, actor, event, made, directory=settings.issued_dir)
    note_export(session, actor, document, specs[0].columns)
    return document


def _table(title: Text, table: Sequence[Sequence[Text | str]], heading: str, watermark: str) -> SheetSpec:
    head, *rows = table
    columns = tuple(Column(cell, Kind.TEXT, 30 if not place else 14) for place, cell in enumerate(head))
    return SheetSpec(title, columns, rows, heading=heading, watermark=watermark)


def issue_report_paper(
    work: UnitOfWork,
    read: UnitOfWork,
    actor: Actor,
    event_id: int,
    *,
    settings: Settings,
    locale: str = SOURCE_LOCALE,
) -> Document:
    """Issue the figures of an event as a PDF."""
    with read() as session:
        event = session.get_one(Event, event_id)
        figures: EventFigures = figures_of(pairs_of(session, event, actor), event)
        head = event_head(event, settings, locale=locale)
    code = new_verify_code()
    check = verification(settings.public_url, code)
    with lent_typesetter() as typesetter:
        job = event_report_job(head, figures, check, locale=locale)
        content = typesetter.render(job).content
    with work() as session:
        event = session.get_one(Event, event_id)
        made = MadeFile(
            DocumentKind.EVENT_REPORT,
            _("成果报告"),
            ".pdf",
            content,
            _about(event),
            str(_("活动总结")),
            code=code,
        )
        return file_away(session, actor, event, made, directory=settings.issued_dir)


def issue_minutes(
    work: UnitOfWork,
    read: UnitOfWork,
    actor: Actor,
    event_id: int,
    *,
    settings: Settings,
    locale: str = SOURCE_LOCALE,
) -> Document:
    """Issue the saved minutes of an event as a PDF.

    Raises:
        Conflict: none were saved.
    """
    with read() as session:
        event = session.get_one(Event, event_id)
        row = minutes_of(session, event_id)
        if row is None:
            raise Conflict(_("请先保存会议纪要，再生成PDF。"))
        body, on = row.body, in_china(row.written_at).date()
        head = event_head(event, settings, locale=locale)
    code = new_verify_code()
    check = verification(settings.public_url, code)
    with lent_typesetter() as typesetter:
        content = typesetter.render(minutes_job(head, body, on, check, locale=locale)).content
    with work() as session:
        event = session.get_one(Event, event_id)
        made = MadeFile(
            DocumentKind.EVENT_MINUTES,
            _("会议纪要"),
            ".pdf",
            content,
            _about(event),
            str(_("活动总结")),
            code=code,
        )
        return file_away(session, actor, event, made, directory=settings.issued_dir)
