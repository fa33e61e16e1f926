"""Proofs that somebody hands in: read within bounds, told by their content, never by their name."""

from __future__ import annotations

from collections.abc import Iterable

from werkzeug.datastructures import FileStorage

from ipfin.corrections.service import Proof
from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import _
from ipfin.web.office.uploads import shown_name

LARGEST_MB = 10
_KINDS = (
    (b"%PDF-", "application/pdf", ".pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png", ".png"),
    (b"\xff\xd8\xff", "image/jpeg", ".jpg"),
)


def read_proofs(files: Iterable[FileStorage]) -> list[Proof]:
    """Return what was uploaded.

    Raises:
        BadInput: a file is empty, too large, or neither a PDF nor a picture.
    """
    return [_read(file) for file in files if file.filename]


def _read(file: FileStorage) -> Proof:
    name = shown_name(file.filename or "") or "1"
    content = file.stream.read((LARGEST_MB << 20) + 1)
    if len(content) > LARGEST_MB << 20:
        raise BadInput(_("每份材料不超过%(most)s MB。", most=LARGEST_MB), field="proofs")
    for mark, media_type, suffix in _KINDS:
        if content.startswith(mark):
            return Proof(name if name.lower().endswith(suffix) else f"{name}{suffix}", media_type, content)
    raise BadInput(_("“%(name)s”不是PDF、JPG或PNG文件。", name=name), field="proofs")
