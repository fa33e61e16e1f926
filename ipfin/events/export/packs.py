"""The pack of an event (会务包), its sign-in sheets, and its registrations as a file for the office.

Decides what is in a pack: everything in one file to be printed, every agenda alone and all of them
together, programme, wall chart, table signs, badges and sign-in sheets, and the registrations.
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
from ipfin.documents.pdf import PdfJob
from ipfin.documents.safety import file_name
from ipfin.documents.service import issue_document, new_verify_code, read_document
from ipfin.documents.typesetters import lent_typesetter
from ipfin.events.export.issuing import PDF, Progress, issue_agendas, published, silent
from ipfin.events.export.printing import NOTHING_TO_PRINT, SHEET_LABELS, Sheet, sheet_jobs
from ipfin.events.export.sheets import columns_with, registrations_sheet
from ipfin.events.models import Event, Registration
from ipfin.events.queries import answers_of, questions_of, registrations_of, registrations_visible_to
from ipfin.events.service import phone_of_contact, prepare_codes
from ipfin.kernel.actor import Actor
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
    with work() as session:
        prepare_codes(session, event_id, settings=settings)
    agendas = issue_agendas(work, read, actor, event_id, settings=settings, locale=locale, report=report)
    report(len(agendas), len(agendas) + 1, _("正在汇总会务包"))
    with read() as session:
        event = session.get_one(Event, event_id)
        title, is_synthetic = event.title, event.is_synthetic
        subject = f"timetable:{published(session, event).id}:pack"
        sheets = sheet_jobs(session, event, settings, locale)
        code = new_verify_code()
        registrations = _registrations_bytes(session, actor, event, settings, code, locale)
    single = {document.filename: read_document(document, settings.issued_dir) for document in agendas}
    papers = _set(sheets)
    say = partial(translate, locale=locale)
    content = _zip(
        {
            file_name(say(_("整套会务材料（打印用）")), suffix=".pdf"): merged(
                [*papers.values(), *single.values()]
            ),
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


def _set(papers: Mapping[Text, Sequence[PdfJob]]) -> dict[Text, bytes]:
    """Set each paper; one of several parts becomes one file."""
    with lent_typesetter() as typesetter:
        parts = {
            name: [typesetter.render(job).content for job in jobs] for name, jobs in papers.items() if jobs
        }
    return {name: made[0] if len(made) == 1 else merged(made) for name, made in parts.items()}


def issue_sheets(
    work: UnitOfWork,
    read: UnitOfWork,
    actor: Actor,
    event_id: int,
    sheet: Sheet,
    *,
    settings: Settings,
    locale: str = SOURCE_LOCALE,
) -> Document:
    """Issue one kind of paper of an event as one PDF: badges, table signs, the programme, sign-in sheets.

    Raises:
        Conflict: there is nothing to print: nobody is confirmed, or no timetable is published.
    """
    with work() as session:
        prepare_codes(session, event_id, settings=settings)
    with read() as session:
        event = session.get_one(Event, event_id)
        title, is_synthetic = event.title, event.is_synthetic
        jobs = sheet_jobs(session, event, settings, locale, only=sheet)
    papers = list(_set(jobs).values())
    if not papers:
        raise Conflict(NOTHING_TO_PRINT[sheet])
    label = SHEET_LABELS[sheet]
    with work() as session:
        return issue_document(
            session,
            actor,
            kind=DocumentKind.EVENT_PACK,
            title=str(_("%(event)s · %(paper)s", event=title, paper=label)),
            filename=file_name(title, label, in_china(now_utc()), suffix=".pdf"),
            content=papers[0] if len(papers) == 1 else merged(papers),
            media_type=PDF,
            subject=f"event:{event_id}:{sheet}",
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
    return registrations_sheet(
        event,
        rows,
        phone,
        questions=questions_of(session, event.id),
        answers=answers_of(session, [row.id for row in rows]),
        watermark=_mark(actor),
        verify_code=code,
        locale=locale,
    )


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
        fields=[column.header for column in columns_with(questions_of(session, event.id))],
    )
    return document
