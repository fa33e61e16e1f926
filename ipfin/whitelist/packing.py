"""How a score sheet is kept: its canonical bytes, packed to about a tenth, and given back exactly.

Decides the packed form only: "1:" and base 85 of a raw deflate stream against the dictionary below. A
sheet of an earlier version stands as it was, in plain JSON, and is read as such. A city of 400,000 firms
keeps about 120 MB of sheets for a run instead of 1.2 GB.
"""

from __future__ import annotations

import zlib
from base64 import b85decode, b85encode
from functools import cache
from pathlib import Path
from typing import Final

MARK: Final = "1:"
_DICTIONARY: Final = Path(__file__).parent / "cards" / "sheet-1.dictionary"
_WINDOW: Final = -15  # raw deflate: no header and no checksum, the sheet has its own digests
_LEVEL: Final = 6


def pack(text: str) -> str:
    """Return the packed form of a sheet's canonical JSON."""
    squeeze = zlib.compressobj(_LEVEL, zlib.DEFLATED, _WINDOW, 9, zlib.Z_DEFAULT_STRATEGY, dictionary())
    return MARK + b85encode(squeeze.compress(text.encode()) + squeeze.flush()).decode("ascii")


def unpack(kept: str) -> str:
    """Return the canonical JSON of a sheet that was kept, packed or plain."""
    if not kept.startswith(MARK):
        return kept
    return zlib.decompressobj(_WINDOW, dictionary()).decompress(b85decode(kept[len(MARK) :])).decode()


@cache
def dictionary() -> bytes:
    """Return what every sheet looks like: texts that packed sheets only point to.

    The file belongs to the form "1" for good: with another one no sheet could be read again.
    """
    return _DICTIONARY.read_bytes()
