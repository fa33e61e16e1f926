"""Finding issued documents."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.documents.models import Document


def document_by_code(session: Session, code: str) -> Document | None:
    """Return the document with this verification code; case and blanks do not matter."""
    wanted = "".join(code.split()).upper()
    return session.scalar(select(Document).where(Document.verify_code == wanted))


def documents_of(session: Session, subject: str) -> Sequence[Document]:
    """Return the documents about a subject, the latest first."""
    return session.scalars(
        select(Document).where(Document.subject == subject).order_by(Document.id.desc())
    ).all()


def documents_for(session: Session, organisation_id: int, *, most: int = 50) -> Sequence[Document]:
    """Return the latest documents issued to an organisation."""
    statement = select(Document).where(Document.organisation_id == organisation_id)
    return session.scalars(statement.order_by(Document.id.desc()).limit(most)).all()
