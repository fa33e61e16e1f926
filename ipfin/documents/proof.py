"""Reads a finished PDF back: its text, its fonts, and the glyphs that were not there.

Decides nothing about a document; it is what the font check of the settings and the tests look with.
Text is read through each font's own ToUnicode table, that is, as a search or a copy would find it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

_PAIR = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]*)>")
_RANGE = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
_CHARACTERS = re.compile(rb"beginbfchar(.*?)endbfchar", re.DOTALL)
_RANGES = re.compile(rb"beginbfrange(.*?)endbfrange", re.DOTALL)
_MISSING_CODES = {1: (0,), 2: (0, 0xFFFF)}  # glyph 0 is .notdef; the setter writes FFFF for none


@dataclass(frozen=True, slots=True)
class FontReport:
    """The fonts of a PDF, those that are not embedded, and how many characters were drawn without a glyph."""

    fonts: tuple[str, ...]
    not_embedded: tuple[str, ...]
    missing_glyphs: int

    @property
    def is_sound(self) -> bool:
        """Whether every character stands in the file with its own shape."""
        return bool(self.fonts) and not self.not_embedded and not self.missing_glyphs


@dataclass(slots=True)
class _Font:
    name: str
    width: int  # bytes of a code
    embedded: bool
    letters: dict[int, str] = field(default_factory=dict)

    def codes(self, shown: bytes) -> list[int]:
        """Return the codes in a shown string."""
        return [int.from_bytes(shown[i : i + self.width]) for i in range(0, len(shown), self.width)]


def pdf_text(content: bytes) -> str:
    """Return the text of all pages in drawing order, pages apart by form feeds."""
    pages = []
    for page in _pages(content):
        runs = ("".join(font.letters.get(c, "\ufffd") for c in codes) for font, codes in _shown(page))
        pages.append("\n".join(runs))
    return "\f".join(pages)


def squeezed(text: str) -> str:
    """Return `text` without white space, for comparing texts that were broken into lines."""
    return "".join(text.split())


def page_count(content: bytes) -> int:
    """Return the number of pages."""
    return len(_pages(content))


def fonts_check(content: bytes) -> FontReport:
    """Return which fonts the PDF uses, which of them it does not carry, and what was left without a glyph."""
    used: dict[str, bool] = {}
    missing = 0
    for page in _pages(content):
        for font, codes in _shown(page):
            used[font.name] = used.get(font.name, True) and font.embedded
            missing += sum(code in _MISSING_CODES[font.width] for code in codes)
    without = tuple(sorted(name for name, embedded in used.items() if not embedded))
    return FontReport(tuple(sorted(used)), without, missing)


def _pages(content: bytes) -> Any:
    from pypdf import PdfReader

    return PdfReader(io.BytesIO(content)).pages


def _shown(holder: Any) -> Iterator[tuple[_Font, list[int]]]:
    """Yield each run of shown text of a page or a form, with its font."""
    from pypdf.generic import ContentStream

    resources = holder.get("/Resources", {})
    resources = resources.get_object() if resources else {}
    fonts = {name: _font(ref.get_object()) for name, ref in _entries(resources, "/Font")}
    forms = {name: ref.get_object() for name, ref in _entries(resources, "/XObject")}
    contents = holder.get_contents() if hasattr(holder, "get_contents") else holder
    font: _Font | None = None
    for operands, operator in ContentStream(contents, None).operations if contents is not None else ():
        if operator == b"Tf":
            font = fonts[operands[0]]
        elif operator == b"Do" and forms[operands[0]].get("/Subtype") == "/Form":
            yield from _shown(forms[operands[0]])
        elif operator in {b"Tj", b"TJ", b"'"} and font is not None:
            items = operands[0] if operator == b"TJ" else operands[-1:]
            shown = b"".join(_raw(item) for item in items if not isinstance(item, int | float))
            yield font, font.codes(shown)


def _entries(resources: Any, kind: str) -> list[tuple[str, Any]]:
    found = resources.get(kind)
    return list(found.get_object().items()) if found is not None else []


def _raw(item: Any) -> bytes:
    return bytes(item.original_bytes) if hasattr(item, "original_bytes") else bytes(item)


def _font(entry: Any) -> _Font:
    composite = entry.get("/Subtype") == "/Type0"
    described = entry["/DescendantFonts"][0].get_object() if composite else entry
    descriptor = described.get("/FontDescriptor")
    files = {"/FontFile", "/FontFile2", "/FontFile3"}
    embedded = descriptor is not None and bool(files & set(descriptor.get_object()))
    font = _Font(str(entry.get("/BaseFont", "")).lstrip("/"), 2 if composite else 1, embedded)
    if "/ToUnicode" in entry:
        font.letters.update(_letters(entry["/ToUnicode"].get_object().get_data()))
    return font


def _letters(table: bytes) -> Iterator[tuple[int, str]]:
    for block in _CHARACTERS.findall(table):
        for code, text in _PAIR.findall(block):
            yield int(code, 16), bytes.fromhex(text.decode()).decode("utf-16-be", "replace")
    for block in _RANGES.findall(table):
        for first, last, text in _RANGE.findall(block):
            start = int(text, 16)
            for offset in range(int(last, 16) - int(first, 16) + 1):
                yield int(first, 16) + offset, chr(start + offset)
