"""The letter (函) that goes out with a directory issue, and how a reader verifies a document of ours.

Decides what such a letter holds and in which order (GB/T 9704-2012, 10.1 信函格式); who may send it and
whether it was sent is decided by its issuer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from ipfin.documents.pdf import PdfJob
from ipfin.kernel.text import SOURCE_LOCALE

_DOTS: Final = 6  # each way in a module of a code: a viewer that smooths all the same leaves its edges alone


def qr_of(address: str) -> str:
    """Return the QR code of `address` as an image address that holds the image itself, as small as can be.

    As much is corrected as fits the smallest code: printed small, the size of its dots counts for more.
    """
    import segno

    return _drawn(segno.make(address, error="l", micro=False, boost_error=True))


def _drawn(code: Any, **colours: str) -> str:
    """Return a code as dots: set ten times as fast as its outline, and as sharp where nothing is smoothed."""
    return str(code.png_data_uri(scale=_DOTS, border=0, **colours))


@dataclass(frozen=True, slots=True)
class Verification:
    """The code of a document and the address of the page that confirms it, both printed on it."""

    code: str
    url: str

    @property
    def qr_image(self) -> str:
        """The QR code of `url` as an image address that holds the image itself."""
        import segno

        # level M bears a stamp's edge or a fold; the quiet zone is white space in the templates
        return _drawn(segno.make(self.url, error="m", micro=False), dark="#12335c")


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter: `number` is its 文号 (安知战联〔2026〕3号), `recipient` the 主送机关, `on` the day signed.

    `draft` prints 草稿 across each page until somebody signed; `synthetic` says that the data is made up.
    """

    organ: str
    number: str
    title: str
    recipient: str
    body: Sequence[str]
    signer: str
    on: date
    attachments: Sequence[str] = ()
    contact: str = ""
    copies_to: str = ""
    draft: bool = False
    synthetic: bool = False
    verification: Verification | None = None


def letter_job(letter: Letter, *, locale: str = SOURCE_LOCALE) -> PdfJob:
    """Return the letter as a document to be set."""
    return PdfJob("documents/letter.html", {"letter": letter}, locale, letter.title)


def document_number(organ_mark: str, year: int, serial: int) -> str:
    """Return a 文号: six-cornered brackets, the year in full, no 第 and no leading zero (7.2.5).

    Raises:
        ValueError: the year has not four digits, or the serial is below 1: a fault of the program.
    """
    if not 1000 <= year <= 9999 or serial < 1:
        raise ValueError("a document number has a year of four digits and a serial from 1")
    return f"{organ_mark}〔{year}〕{serial}号"
