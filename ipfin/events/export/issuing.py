"""Making agendas and issuing them: each has a code by which anyone can verify it.

A paper takes a sixth of a second, all of a large event minutes. So rows are read first, papers made outside
any transaction as one set, and issued together in one. Callers hand in how a transaction is opened. The same
agenda asked for again is the same document: only what changed is made anew, so a sheet names the timetable
from which on it holds.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.accounts.models import Organisation
from ipfin.config import Settings
from ipfin.db import UnitOfWork
from ipfin.documents.models import Document, DocumentKind
from ipfin.documents.papers import Agenda, agenda_job
from ipfin.documents.safety import file_name
from ipfin.documents.service import issue_document, new_verify_code
from ipfin.documents.typesetters import lent_typesetter
from ipfin.events.export.filing import PDF, verification
from ipfin.events.export.papers import agenda_paper
from ipfin.events.lifecycle import Side
from ipfin.events.models import Event, EventTimetable, Registration
from ipfin.events.queries import agendas_of, confirmed_of, published_timetable
from ipfin.events.replanning import agenda_subject
from ipfin.kernel.actor import Actor
from ipfin.kernel.errors import Conflict
from ipfin.kernel.text import SOURCE_LOCALE, Text, _

Progress = Callable[[int, int, Text], None]


def silent(_done: int, _total: int, _message: Text) -> None:
    """Report progress to nobody."""


@dataclass(frozen=True, slots=True)
class _AgendaToMake:
    """An agenda that is wanted: whose, its contents, and what identifies them."""

    registration_id: int
    organisation_id: int | None
    side: Side
    paper: Agenda
    subject: str


@dataclass(frozen=True, slots=True)
class _MadePaper:
    """A finished file: its bytes and the code printed on it."""

    content: bytes
    verify_code: str


def issue_agendas(
    work: UnitOfWork,
    read: UnitOfWork,
    actor: Actor,
    event_id: int,
    *,
    settings: Settings,
    registration_ids: Collection[int] | None = None,
    locale: str = SOURCE_LOCALE,
    report: Progress = silent,
) -> list[Document]:
    """Issue the agendas of the published timetable, of everybody who meets somebody or of those named.

    Args:
        work, read: open a writing transaction, and a session that only reads.
        registration_ids: whose agendas; None for all with a meeting.

    Raises:
        Conflict: no timetable is published.
        PdfFailed: a paper could not be made; nothing is issued.
    """
    with read() as session:
        event = session.get_one(Event, event_id)
        wanted = _agendas_to_make(session, event, settings, registration_ids, locale)
        known = _documents_by_subject(session, [one.subject for one in wanted])
        title, is_synthetic = event.title, event.is_synthetic
    missing = [one for one in wanted if one.subject not in known]
    made = _set_agendas(missing, settings, locale, report)
    with work() as session:
        for one in missing:
            known[one.subject] = issue_document(
                session,
                actor,
                kind=DocumentKind.AGENDA,
                title=str(_("%(event)s · %(name)s洽谈日程", event=title, name=one.paper.participant)),
                filename=file_name(title, one.paper.participant, _("洽谈日程"), suffix=".pdf"),
                content=made[one.registration_id].content,
                media_type=PDF,
                subject=one.subject,
                organisation_id=one.organisation_id,
                issued_to=one.paper.participant,
                purpose=str(_("一对一洽谈")),
                is_synthetic=is_synthetic,
                verify_code=made[one.registration_id].verify_code,
                directory=settings.issued_dir,
            )
        session.flush()
    return [known[one.subject] for one in wanted]


def published(session: Session, event: Event) -> EventTimetable:
    """Return the timetable that holds.

    Raises:
        Conflict: none is published.
    """
    timetable = published_timetable(session, event.id)
    if timetable is None:
        raise Conflict(_("日程尚未发布。"))
    return timetable


def _agendas_to_make(
    session: Session,
    event: Event,
    settings: Settings,
    registration_ids: Collection[int] | None,
    locale: str,
) -> list[_AgendaToMake]:
    timetable = published(session, event)
    rows = confirmed_of(session, event.id)
    agendas = agendas_of(session, event, timetable, rows)
    chosen = [
        row for row in rows if (agendas[row.id] if registration_ids is None else row.id in registration_ids)
    ]
    houses = _houses_of(session, chosen)
    made = []
    for row in chosen:
        paper = agenda_paper(event, row, agendas[row.id], settings, timetable=timetable, locale=locale)
        subject = f"{agenda_subject(event.id, row.id)}{_digest(paper, locale)}"
        made.append(_AgendaToMake(row.id, houses.get(row.id), row.side, paper, subject))
    return made


def _houses_of(session: Session, rows: Sequence[Registration]) -> dict[int, int]:
    """Return registration id -> the organisation whose people may take its papers."""
    firms = {row.enterprise_id for row in rows if row.enterprise_id is not None}
    by_firm = dict(
        session.execute(
            select(Organisation.enterprise_id, Organisation.id).where(Organisation.enterprise_id.in_(firms))
        ).all()
    )
    found = {row.id: row.organisation_id or by_firm.get(row.enterprise_id) for row in rows}
    return {row_id: house for row_id, house in found.items() if house is not None}


def _digest(paper: Agenda, locale: str) -> str:
    plain = json.dumps([locale, _plain(paper)], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(plain.encode()).hexdigest()[:16]


def _plain(paper: Agenda) -> list[object]:
    slots = [[slot.time, slot.desk, slot.counterpart, slot.people, str(slot.note)] for slot in paper.slots]
    head = paper.event
    facts = [head.title, head.time, head.venue, head.organiser, head.contact, head.synthetic]
    return [facts, paper.participant, slots]


def _documents_by_subject(session: Session, subjects: Collection[str]) -> dict[str, Document]:
    """Return the living documents about these subjects; of several the latest."""
    found: dict[str, Document] = {}
    for start in range(0, len(subjects), 400):
        rows = session.scalars(
            select(Document)
            .where(
                Document.subject.in_(list(subjects)[start : start + 400]),
                Document.kind == DocumentKind.AGENDA,
                Document.revoked_at.is_(None),
            )
            .order_by(Document.id)
        )
        found |= {document.subject: document for document in rows}
    return found


def _set_agendas(
    wanted: Sequence[_AgendaToMake], settings: Settings, locale: str, report: Progress
) -> dict[int, _MadePaper]:
    codes = [new_verify_code() for _one in wanted]
    papers = [
        replace(one.paper, verification=verification(settings.public_url, code))
        for one, code in zip(wanted, codes, strict=True)
    ]
    made: dict[int, _MadePaper] = {}
    with lent_typesetter() as typesetter:
        set_one = typesetter.render_all([agenda_job(paper, locale=locale) for paper in papers])
        for done, (one, code) in enumerate(zip(wanted, codes, strict=True)):
            report(done, len(wanted), _("正在制作%(name)s的日程", name=one.paper.participant))
            made[one.registration_id] = _MadePaper(next(set_one).content, code)
    return made
