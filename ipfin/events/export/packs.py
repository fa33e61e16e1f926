"""The pack of an event (会务包), its sign-in sheets, and its registrations as a file for the office.

Decides what is in a pack: every agenda alone, all of them in one file to be printed, the wall chart, the
sign-in sheets and the registrations.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.config import Settings
from ipfin.db import UnitOfWork
from ipfin.documents.models import Document, DocumentKind
from ipfin.documents.papers import sign_in_job, wall_chart_job
from ipfin.documents.pdf import PdfJob
from ipfin.documents.safety import file_name
from ipfin.documents.service import issue_document, new_verify_code, read_document
from ipfin.documents.typesetters import lent_typesetter
from ipfin.events.export.issuing import PDF, Progress, issue_agendas, published, silent
from ipfin.events.export.papers import desks_of, sign_in_sheets, wall_chart
from ipfin.events.export.sheets import COLUMNS, registrations_sheet
from ipfin.events.lifecycle import SIDE_LABELS
from ipfin.events.models import Event, Meeting, Registration
from ipfin.events.queries import (
    meetings_of,
    published_timetable,
    registrations_of,
    registrations_visible_to,
)
from ipfin.events.service import phone_of_contact
from ipfin.kernel.actor import SYSTEM, Actor
from ipfin.kernel.clock import in_china, now_utc
from ipfin.kernel.errors import Conflict
from ipfin.kernel.text import SOURCE_LOCALE, Text, _, translate

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIP = "application/zip"
INLINE_PAPERS = 5  # more are made in a job
Finish = Callable[[Session, Document], None]


def issue_pack(
    work: UnitOfWork,
    read: UnitOfWork,
    actor: Actor,
    event_id: int,
    *,
    settings: Settings,
    locale: str = SOURCE_LOCALE,
    report: Progress = silent,
    finish: Finish | None = None,
) -> Document:
    """Make everything that is printed for an event and issue it as one ZIP, the office's own.

    Args:
        finish: called in the transaction that issues the pack (to end a job with it).

    Raises:
        Conflict: no timetable is published.
        PdfFailed: a paper could not be made; no pack is issued.
    """
    agendas = issue_agendas(work, read, actor, event_id, settings=settings, locale=locale, report=report)
    report(len(agendas), len(agendas) + 1, _("正在汇总会务包"))
    with read() as session:
        event = session.get_one(Event, event_id)
        title, is_synthetic = event.title, event.is_synthetic
        subject = f"timetable:{published(session, event).id}:pack"
        sheets = _sheet_jobs(session, event, settings, locale)
        code = new_verify_code()
        registrations = _registrations_bytes(session, actor, event, settings, code, locale)
    single = {document.filename: read_document(document, settings.issued_dir) for document in agendas}
    papers = _set(sheets)
    say = partial(translate, locale=locale)
    content = _zip(
        {
            file_name(say(_("全部日程（打印用）")), suffix=".pdf"): merged(list(single.values())),
            **{file_name(say(name), suffix=".pdf"): page for name, page in papers.items()},
            file_name(say(_("报名表")), suffix=".xlsx"): registrations,
            **{f"{say(_('单个日程'))}/{name}": page for name, page in single.items()},
        }
    )
    with work() as session:
        document = issue_document(
            session,
            actor,
            kind=DocumentKind.EVENT_PACK,
            title=str(_("%(event)s · 会务包", event=title)),
            filename=file_name(title, _("会务包"), in_china(now_utc()), suffix=".zip"),
            content=content,
            media_type=ZIP,
            subject=subject,
            organisation_id=actor.organisation_id,
            issued_to=actor.organisation_name or actor.name,
            purpose=str(_("会务")),
            row_count=len(agendas),
            is_synthetic=is_synthetic,
            verify_code=code,
            directory=settings.issued_dir,
        )
        if finish is not None:
            finish(session, document)
    return document


def _zip(files: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def merged(papers: Sequence[bytes]) -> bytes:
    """Return PDFs one after the other as one, for a single click on print."""
    from pypdf import PdfWriter

    writer = PdfWriter()
    for paper in papers:
        writer.append(io.BytesIO(paper))
    writer.compress_identical_objects()
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def _set(jobs: Mapping[Text, PdfJob]) -> dict[Text, bytes]:
    with lent_typesetter() as typesetter:
        return {name: typesetter.render(job).content for name, job in jobs.items()}


def _sheet_jobs(session: Session, event: Event, settings: Settings, locale: str) -> dict[Text, PdfJob]:
    """Return the wall chart, when a timetable is published, and a sign-in sheet for each side."""
    timetable = published_timetable(session, event.id)
    meetings = meetings_of(session, timetable.id, SYSTEM) if timetable else []
    jobs: dict[Text, PdfJob] = {}
    if meetings:
        jobs[_("洽谈总表")] = wall_chart_job(
            wall_chart(event, meetings, settings, locale=locale), locale=locale
        )
    return jobs | _sign_in_jobs(session, event, meetings, settings, locale)


def _sign_in_jobs(
    session: Session, event: Event, meetings: Sequence[Meeting], settings: Settings, locale: str
) -> dict[Text, PdfJob]:
    rows = registrations_of(session, event.id, registrations_visible_to(SYSTEM))
    phone = partial(phone_of_contact, settings=settings)
    sheets = sign_in_sheets(event, rows, desks_of(meetings, locale=locale), phone, settings, locale=locale)
    return {
        _("签到表（%(side)s）", side=SIDE_LABELS[side]): sign_in_job(sheet, locale=locale)
        for side, sheet in sheets.items()
    }


def issue_sign_in(
    work: UnitOfWork,
    read: UnitOfWork,
    actor: Actor,
    event_id: int,
    *,
    settings: Settings,
    locale: str = SOURCE_LOCALE,
) -> Document:
    """Issue the sign-in sheets of both sides as one PDF, also before a timetable is published.

    Raises:
        Conflict: nobody is confirmed.
    """
    with read() as session:
        event = session.get_one(Event, event_id)
        title, is_synthetic = event.title, event.is_synthetic
        timetable = published_timetable(session, event.id)
        meetings = meetings_of(session, timetable.id, SYSTEM) if timetable else []
        jobs = _sign_in_jobs(session, event, meetings, settings, locale)
    if not jobs:
        raise Conflict(_("还没有已确认的报名，无法生成签到表。"))
    content = merged(list(_set(jobs).values()))
    with work() as session:
        return issue_document(
            session,
            actor,
            kind=DocumentKind.EVENT_PACK,
            title=str(_("%(event)s · 签到表", event=title)),
            filename=file_name(title, _("签到表"), in_china(now_utc()), suffix=".pdf"),
            content=content,
            media_type=PDF,
            subject=f"event:{event_id}:sign_in",
            organisation_id=actor.organisation_id,
            issued_to=actor.organisation_name or actor.name,
            purpose=str(_("会务")),
            is_synthetic=is_synthetic,
            directory=settings.issued_dir,
        )


def _mark(actor: Actor) -> str:
    return f"{actor.organisation_name} · {actor.name} · {in_china(now_utc()):%Y-%m-%d %H:%M}"


def _registrations_bytes(
    session: Session, actor: Actor, event: Event, settings: Settings, code: str, locale: str
) -> bytes:
    rows: Sequence[Registration] = registrations_of(session, event.id, registrations_visible_to(actor))
    phone = partial(phone_of_contact, settings=settings)
    return registrations_sheet(event, rows, phone, watermark=_mark(actor), verify_code=code, locale=locale)


def issue_registrations(
    session: Session,
    actor: Actor,
    event: Event,
    *,
    purpose: str,
    settings: Settings,
    locale: str = SOURCE_LOCALE,
) -> Document:
    """Issue the registrations that the actor may see as a spreadsheet; it holds phones, so it is logged."""
    code = new_verify_code()
    rows = len(registrations_of(session, event.id, registrations_visible_to(actor)))
    content = _registrations_bytes(session, actor, event, settings, code, locale)
    document = issue_document(
        session,
        actor,
        kind=DocumentKind.EXPORT_SHEET,
        title=str(_("%(event)s · 报名表", event=event.title)),
        filename=file_name(event.title, _("报名表"), in_china(now_utc()), suffix=".xlsx"),
        content=content,
        media_type=XLSX,
        subject=f"event:{event.id}:registrations",
        organisation_id=actor.organisation_id,
        issued_to=actor.organisation_name or actor.name,
        purpose=purpose,
        row_count=rows,
        is_synthetic=event.is_synthetic,
        verify_code=code,
        directory=settings.issued_dir,
    )
    record(
        session,
        actor,
        "exports.made",
        f"document:{document.id}",
        name=document.title,
        rows=rows,
        purpose=purpose,
        fields=[column.header for column in COLUMNS],
    )
    return document
