"""The pack of an event (会务包) and its single papers, made for the office.

Decides what is in a pack: a list of it, everything in one file to be printed, every agenda alone and all of
them together, programme, wall chart, table signs, badges and sign-in sheets, and the registrations. A pack
is of one timetable: when another is published meanwhile, none is issued.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from sqlalchemy.orm import Session

from ipfin.config import Settings
from ipfin.db import UnitOfWork
from ipfin.documents.models import Document, DocumentKind
from ipfin.documents.safety import file_name
from ipfin.documents.service import new_verify_code, read_document
from ipfin.documents.typesetters import lent_typesetter
from ipfin.events.export.binding import merged, numbered, opened, zipped
from ipfin.events.export.filing import MadeFile, file_away
from ipfin.events.export.issuing import Progress, issue_agendas, published, silent
from ipfin.events.export.printing import NOTHING_TO_PRINT, SHEET_LABELS, Papers, Sheet, sheet_jobs
from ipfin.events.export.registrations import registrations_bytes
from ipfin.events.models import Event
from ipfin.events.service import prepare_codes
from ipfin.kernel.actor import Actor
from ipfin.kernel.errors import Conflict
from ipfin.kernel.text import SOURCE_LOCALE, Text, _, translate

INLINE_PAPERS = 5  # more are made in a job
Finish = Callable[[Session, Document], None]


def _nobody(_done: int, _said: Text) -> None:
    """Tell nobody how far it is."""


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
        Conflict: no timetable is published, or another one since the pack was begun.
        PdfFailed: a paper could not be made; no pack is issued.
    """
    code = new_verify_code()
    with work() as session:
        prepare_codes(session, event_id, settings=settings)
    with read() as session:
        event = session.get_one(Event, event_id)
        timetable_id = published(session, event).id
        sheets = sheet_jobs(session, event, settings, locale)
        registrations, _rows = registrations_bytes(session, actor, event, settings, code, locale)
    parts = sum(len(jobs) for jobs in sheets.values())
    agendas = issue_agendas(
        work,
        read,
        actor,
        event_id,
        settings=settings,
        locale=locale,
        report=lambda done, total, said: report(done, total + parts + 1, said),
    )
    steps = len(agendas) + parts + 1
    papers = _set(sheets, lambda done, said: report(len(agendas) + done, steps, said))
    report(steps - 1, steps, _("正在汇总会务包"))
    single = [(document.filename, read_document(document, settings.issued_dir)) for document in agendas]
    content = zipped(_files(papers, single, registrations, locale))
    with work() as session:
        event = session.get_one(Event, event_id)
        if published(session, event).id != timetable_id:
            raise Conflict(_("制作期间发布了新一版日程，请重新生成会务包。"))
        made = MadeFile(
            DocumentKind.EVENT_PACK,
            _("会务包"),
            ".zip",
            content,
            f"timetable:{timetable_id}:pack",
            str(_("会务")),
            len(agendas),
            code,
        )
        document = file_away(session, actor, event, made, directory=settings.issued_dir)
        if finish is not None:
            finish(session, document)
    return document


def _files(
    papers: Mapping[Text, bytes], agendas: Sequence[tuple[str, bytes]], registrations: bytes, locale: str
) -> dict[str, bytes]:
    """Return the files of a pack by name, in the order of printing."""
    say = partial(translate, locale=locale)
    read = [opened(page) for _name, page in agendas]  # once for both: reading is what takes time
    return {
        file_name(say(_("整套会务材料（打印用）")), suffix=".pdf"): merged(
            [*map(opened, papers.values()), *read]
        ),
        file_name(say(_("全部日程（打印用）")), suffix=".pdf"): merged(read),
        **{file_name(say(name), suffix=".pdf"): page for name, page in papers.items()},
        file_name(say(_("报名表")), suffix=".xlsx"): registrations,
        **numbered(agendas, say(_("单个日程"))),
    }


def _set(papers: Papers, tell: Callable[[int, Text], None] = _nobody) -> dict[Text, bytes]:
    """Set all papers as one set; a paper of several parts becomes one file."""
    wanted = [(name, job) for name, jobs in papers.items() for job in jobs]
    parts: dict[Text, list[bytes]] = {name: [] for name in papers}
    with lent_typesetter() as typesetter:
        made = typesetter.render_all([job for _name, job in wanted])
        for done, (name, _job) in enumerate(wanted):
            tell(done, _("正在制作%(name)s", name=name))
            parts[name].append(next(made).content)
    return {name: one[0] if len(one) == 1 else merged([*map(opened, one)]) for name, one in parts.items()}


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
        jobs = sheet_jobs(session, session.get_one(Event, event_id), settings, locale, only=sheet)
    papers = list(_set(jobs).values())
    if not papers:
        raise Conflict(NOTHING_TO_PRINT[sheet])
    made = MadeFile(
        DocumentKind.EVENT_PACK,
        SHEET_LABELS[sheet],
        ".pdf",
        papers[0] if len(papers) == 1 else merged([*map(opened, papers)]),
        f"event:{event_id}:{sheet}",
        str(_("会务")),
    )
    with work() as session:
        event = session.get_one(Event, event_id)
        return file_away(session, actor, event, made, directory=settings.issued_dir)
