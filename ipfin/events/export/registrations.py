"""The registrations of an event as a spreadsheet: with phones, so who may see a row decides who takes it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from sqlalchemy.orm import Session

from ipfin.config import Settings
from ipfin.documents.models import Document, DocumentKind
from ipfin.documents.service import new_verify_code
from ipfin.events.export.filing import MadeFile, file_away, mark_of, note_export
from ipfin.events.export.sheets import columns_with, registrations_sheet
from ipfin.events.models import Event, Registration
from ipfin.events.queries import answers_of, questions_of, registrations_of, registrations_visible_to
from ipfin.events.service import phone_of_contact
from ipfin.kernel.actor import Actor
from ipfin.kernel.text import SOURCE_LOCALE, _


def registrations_bytes(
    session: Session, actor: Actor, event: Event, settings: Settings, code: str, locale: str
) -> tuple[bytes, int]:
    """Return the spreadsheet of the registrations that the actor may see, and how many they are."""
    rows: Sequence[Registration] = registrations_of(session, event.id, registrations_visible_to(actor))
    content = registrations_sheet(
        event,
        rows,
        partial(phone_of_contact, settings=settings),
        questions=questions_of(session, event.id),
        answers=answers_of(session, [row.id for row in rows]),
        watermark=mark_of(actor),
        verify_code=code,
        locale=locale,
    )
    return content, len(rows)


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
    content, rows = registrations_bytes(session, actor, event, settings, code, locale)
    made = MadeFile(
        DocumentKind.EXPORT_SHEET,
        _("报名表"),
        ".xlsx",
        content,
        f"event:{event.id}:registrations",
        purpose,
        rows,
        code,
    )
    document = file_away(session, actor, event, made, directory=settings.issued_dir)
    note_export(session, actor, document, columns_with(questions_of(session, event.id)))
    return document
