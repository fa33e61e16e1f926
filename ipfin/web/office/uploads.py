"""Keeping an uploaded list: a generated name, 0600, its size bounded while it comes in."""

from __future__ import annotations

import hashlib
import os
import secrets
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from werkzeug.datastructures import FileStorage

from ipfin.config import Settings
from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import _

_PIECE = 1 << 20
_LONGEST_NAME = 120  # characters
# A direction mark can make .exe look like .xlsx, and a line break can forge a line of a log.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class KeptUpload:
    """Where an upload lies and what it is; `filename` is what the person calls it, never a path."""

    stored_name: str
    path: Path
    filename: str
    sha256: str
    size_bytes: int


def keep_upload(file: FileStorage, settings: Settings) -> KeptUpload:
    """Write an upload to where uploads lie.

    Raises:
        BadInput: no file, an empty one, or one above the limit; nothing is kept then.
    """
    filename = shown_name(file.filename or "")
    if not filename:
        raise BadInput(_("请选择要上传的文件。"), field="file")
    settings.uploads_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    stored_name = secrets.token_hex(16)
    path = settings.uploads_dir / stored_name
    try:
        sha256, size = _write(file, path, settings.max_upload_mb * _PIECE)
    except BadInput:
        path.unlink(missing_ok=True)
        raise
    return KeptUpload(stored_name, path, filename, sha256, size)


def shown_name(sent: str) -> str:
    """Return what the person calls a file: one short line without folders, controls and direction marks."""
    name = os.path.basename(sent.replace("\\", "/"))
    name = "".join(mark for mark in name if unicodedata.category(mark) not in _UNSEEN).strip()
    stem, suffix = os.path.splitext(name)
    return name if len(name) <= _LONGEST_NAME else stem[: _LONGEST_NAME - len(suffix[:10])] + suffix[:10]


def _write(file: FileStorage, path: Path, limit: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
        while piece := file.stream.read(_PIECE):
            size += len(piece)
            if size > limit:
                raise BadInput(
                    _("文件超过%(limit)s MB的上限，请拆分后分次上传。", limit=limit // _PIECE), field="file"
                )
            digest.update(piece)
            target.write(piece)
    if size == 0:
        raise BadInput(_("文件是空的，请检查后重新上传。"), field="file")
    return digest.hexdigest(), size
