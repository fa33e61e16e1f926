"""A finished file about an event, issued as the actor's own: one way for packs, sheets, reports and lists.

Decides what stands in the row of such a document and in the log of an export; what is in the file is decided
by whoever made it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.documents.letter import Verification
from ipfin.documents.models import Document, DocumentKind
from ipfin.documents.safety import file_name
from ipfin.documents.service import issue_document, new_verify_code
from ipfin.documents.sheet import Column
from ipfin.events.models import Event
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import in_china, now_utc
from ipfin.kernel.text import Text, _

PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIP = "application/zip"
_MEDIA = {".pdf": PDF, ".xlsx": XLSX, ".zip": ZIP}


@dataclass(frozen=True, slots=True)
class MadeFile:
    """What was made: `what` it is, which with the event's title names it, and `suffix`, which says its kind.

    `code` is the verification code printed on it, a new one where none is; `rows` how many rows it holds.
    """

    kind: DocumentKind
    what: Text
    suffix: str
    content: bytes
    subject: str
    purpose: str = ""
    rows: int | None = None
    code: str = field(default_factory=new_verify_code)


def file_away(session: Session, actor: Actor, event: Event, made: MadeFile, *, directory: Path) -> Document:
    """Issue a file about an event to the actor's own house."""
    return issue_document(
        session,
        actor,
        kind=made.kind,
        title=str(_("%(event)s · %(what)s", event=event.title, what=made.what)),
        filename=file_name(event.title, made.what, in_china(now_utc()), suffix=made.suffix),
        content=made.content,
        media_type=_MEDIA[made.suffix],
        subject=made.subject,
        organisation_id=actor.organisation_id,
        issued_to=actor.organisation_name or actor.name,
        purpose=made.purpose,
        row_count=made.rows,
        is_synthetic=event.is_synthetic,
        verify_code=made.code,
        directory=directory,
    )


def note_export(session: Session, actor: Actor, document: Document, columns: Sequence[Column]) -> None:
    """Record which rows and columns left the house with a document."""
    record(
        session,
        actor,
        "exports.made",
        f"document:{document.id}",
        name=document.title,
        rows=document.row_count or 0,
        purpose=document.purpose,
        fields=[column.header for column in columns],
    )


def mark_of(actor: Actor) -> str:
    """Return who took a copy and when, as it is printed across it."""
    return f"{actor.organisation_name} · {actor.name} · {in_china(now_utc()):%Y-%m-%d %H:%M}"


def verification(public_url: str, code: str) -> Verification:
    """Return a code and the page that confirms it."""
    return Verification(code, f"{public_url}/verify/{code}")
