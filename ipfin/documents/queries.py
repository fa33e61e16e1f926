"""Finding issued documents."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.accounts.queries import of_visible_organisations
from ipfin.accounts.scopes import Thing
from ipfin.documents.models import Document
from ipfin.kernel.actor import Actor
from ipfin.kernel.errors import NotFound
from ipfin.kernel.text import _

GROUP_LENGTH = 4  # as `service.new_verify_code` prints it
_LONGEST_TYPED = 60


def document_by_code(session: Session, code: str) -> Document | None:
    """Return the document with this verification code, however it was typed: case, blanks, hyphens, width."""
    return session.scalar(select(Document).where(Document.verify_code == tidy_code(code)))


def tidy_code(code: str) -> str:
    """Return a typed code as it is printed: capital letters and digits in groups of four."""
    typed = unicodedata.normalize("NFKC", code[:_LONGEST_TYPED]).upper()
    letters = "".join(character for character in typed if character.isascii() and character.isalnum())
    return "-".join(letters[at : at + GROUP_LENGTH] for at in range(0, len(letters), GROUP_LENGTH))


def visible_document(session: Session, actor: Actor, code: str) -> Document:
    """Return the document with this code, for those it is for and those who see all.

    Raises:
        NotFound: there is none, or not for this actor.
    """
    is_visible = of_visible_organisations(actor, Thing.DOCUMENT, Document.organisation_id)
    found = session.scalar(select(Document).where(Document.verify_code == tidy_code(code), is_visible))
    if found is None:
        raise NotFound(_("没有这个文件，或您无权下载。"))
    return found


def documents_of(session: Session, subject: str) -> Sequence[Document]:
    """Return the documents about a subject, the latest first."""
    return session.scalars(
        select(Document).where(Document.subject == subject).order_by(Document.id.desc())
    ).all()


def documents_for(session: Session, organisation_id: int, *, most: int = 50) -> Sequence[Document]:
    """Return the latest documents issued to an organisation."""
    statement = select(Document).where(Document.organisation_id == organisation_id)
    return session.scalars(statement.order_by(Document.id.desc()).limit(most)).all()
