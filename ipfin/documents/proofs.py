"""A proof that somebody hands in (证明材料): told by its content, never by its name. Pure.

Decides which files are taken and how large they may be; who keeps them decides for what.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import _

LARGEST_MB: Final = 10
_KINDS: Final = (
    (b"%PDF-", "application/pdf", ".pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png", ".png"),
    (b"\xff\xd8\xff", "image/jpeg", ".jpg"),
)


@dataclass(frozen=True, slots=True)
class Proof:
    """A file whose kind was told by its content."""

    filename: str
    media_type: str
    content: bytes


def proof_from(name: str, content: bytes, *, field: str = "proofs") -> Proof:
    """Return the proof that a file is; its name gets the ending of its kind.

    Raises:
        BadInput: it is too large, or neither a PDF nor a picture.
    """
    if len(content) > LARGEST_MB << 20:
        raise BadInput(_("每份材料不超过%(most)s MB。", most=LARGEST_MB), field=field)
    for mark, media_type, suffix in _KINDS:
        if content.startswith(mark):
            return Proof(name if name.lower().endswith(suffix) else f"{name}{suffix}", media_type, content)
    raise BadInput(_("“%(name)s”不是PDF、JPG或PNG文件。", name=name), field=field)
