"""Issuing documents: the bytes are kept under a generated name, the row says what they are and for whom.

Callers own the transaction. Decides how a document is named, kept, verified and revoked; what stands in
it is decided by whoever makes it.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.documents.models import Document, DocumentKind
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import Conflict, NotFound
from ipfin.kernel.text import _

# Without look-alikes: a code is read from paper and typed.
CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_GROUPS, _GROUP_LENGTH = 4, 4  # 80 bits: nobody guesses one
# Far longer than any transaction: what is younger may belong to one that is still to be committed.
SWEPT_AFTER = timedelta(days=1)


def new_verify_code() -> str:
    """Return a random code such as `7KQM-2XNB-…`, to be printed on a document before it is issued."""
    groups = ("".join(secrets.choice(CODE_ALPHABET) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS))
    return "-".join(groups)


def issue_document(
    session: Session,
    actor: Actor,
    *,
    kind: DocumentKind,
    title: str,
    filename: str,
    content: bytes,
    media_type: str,
    subject: str,
    directory: Path,
    verify_code: str = "",
    organisation_id: int | None = None,
    issued_to: str = "",
    purpose: str = "",
    row_count: int | None = None,
    is_synthetic: bool = False,
) -> Document:
    """Keep `content` and record that it was issued.

    The file is on the disk before the row is in the transaction: a row never names a file that is not
    there; a file without row, left by a transaction that was rolled back, is nobody's (`sweep_files`).

    Args:
        filename: the name under which a person saves it.
        subject: what it is about, such as "issue:3".
        directory: where issued documents lie.
        verify_code: the code already printed on it; a new one by default.
        organisation_id: for whom; None when it is the office's own.
    """
    stored_name = secrets.token_hex(16)
    _keep(directory, stored_name, content)
    document = Document(
        verify_code=verify_code or new_verify_code(),
        kind=kind,
        title=title[:300],
        filename=filename[:200],
        media_type=media_type,
        stored_name=stored_name,
        sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
        subject=subject,
        organisation_id=organisation_id,
        issued_to=issued_to[:200],
        issued_by=actor.name,
        issued_at=now_utc(),
        purpose=purpose[:120],
        row_count=row_count,
        is_synthetic=is_synthetic,
    )
    session.add(document)
    session.flush()
    record(
        session,
        actor,
        "documents.issued",
        f"document:{document.id}",
        title=document.title,
        issued_to=document.issued_to or "—",
        sha256=document.sha256,
        rows=row_count,
        purpose=document.purpose,
    )
    return document


def _keep(directory: Path, name: str, content: bytes) -> None:
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(directory / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def read_document(document: Document, directory: Path) -> bytes:
    """Return the bytes of a document, exactly as they were issued.

    Raises:
        Conflict: it was revoked, or the kept file is not the one that was issued.
        NotFound: the file is gone.
    """
    if document.revoked_at is not None:
        raise Conflict(_("文件《%(title)s》已作废，不能下载。", title=document.title))
    try:
        content = (directory / document.stored_name).read_bytes()
    except FileNotFoundError as error:
        raise NotFound(_("文件《%(title)s》不在存储中，请联系管理员。", title=document.title)) from error
    if hashlib.sha256(content).hexdigest() != document.sha256:
        raise Conflict(
            _("文件《%(title)s》的内容与出具时不一致，已停止下载，请联系管理员。", title=document.title)
        )
    return content


def sweep_files(session: Session, directory: Path, *, now: datetime) -> int:
    """Remove the files of `directory` that no row names and that are over a day old; return how many."""
    if not directory.is_dir():
        return 0
    named = set(session.scalars(select(Document.stored_name)))
    before = (now - SWEPT_AFTER).timestamp()
    removed = 0
    for file in directory.iterdir():
        if file.name not in named and file.stat().st_mtime < before:
            file.unlink()
            removed += 1
    return removed


def note_download(session: Session, actor: Actor, document: Document) -> None:
    """Record that a person took a document."""
    record(session, actor, "documents.downloaded", f"document:{document.id}", title=document.title)


def revoke_document(session: Session, actor: Actor, document: Document, *, reason: str) -> None:
    """Declare a document void: it no longer verifies and can no longer be downloaded. Twice is once."""
    if document.revoked_at is not None:
        return
    document.revoked_at = now_utc()
    session.flush()
    record(
        session, actor, "documents.revoked", f"document:{document.id}", title=document.title, reason=reason
    )
