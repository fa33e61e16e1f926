"""Noto's Chinese faces in the form that the list printer can embed, kept in a folder between runs.

ReportLab embeds TrueType outlines only; Noto CJK has PostScript ones (cubic curves in a CFF table). Here
the characters that documents use are converted (quadratic curves, at most one thousandth of the type size
away, which no press resolves), about a third of a millisecond each, and written to a font file that the
next document finds. Decides which characters that file holds: those of common text from the start, and
every other one from the first time a document needs it.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from ipfin.documents.fonts import DEBIAN_PACKAGE, find_font, open_simplified
from ipfin.kernel.errors import DomainError
from ipfin.kernel.text import _

_FURTHEST = 1.0  # of 1000 units per em between the two outlines
_KEPT_FILES = 3  # another process may still be opening the one before
_LOADED: dict[str, list[Any]] = {}
_WIDE_CODE = re.compile(r"(<[0-9A-F]{2}> )<([0-9A-F]{5,6})>")


class FontMissing(DomainError):
    """A typeface that documents need is not installed."""


@cache
def common_characters() -> frozenset[int]:
    """Return the code points of GB/T 2312-1980 level 1 (3755 ideographs), its 682 signs, and ASCII."""
    codes = set(range(0x20, 0x7F))
    for high in (*range(0xA1, 0xAA), *range(0xB0, 0xD8)):
        for low in range(0xA1, 0xFF):
            with suppress(UnicodeDecodeError):
                codes.add(ord(bytes((high, low)).decode("gb2312")))
    return frozenset(codes)


def printable_font(file_name: str, codes: Iterable[int], folder: Path, *, base: frozenset[int]) -> Any:
    """Return a registered ReportLab font of `file_name` that has every one of `codes` that the face has.

    `folder` keeps the converted font; `base` is put into it beside what is asked for.

    Raises:
        FontMissing: the face is not installed.
    """
    wanted = frozenset(codes)
    stem = Path(file_name).stem
    newest = _newest(folder, stem)
    if newest is not None:
        font = _registered(newest)
        held = set(font.face.charToGlyph)
        if wanted <= held or not (wanted - held) & _of_face(file_name):
            return font
        base = base | held
    return _registered(_convert(file_name, wanted | base, folder, known=newest))


def _of_face(file_name: str) -> frozenset[int]:
    with open_simplified(_source(file_name)) as face:
        return frozenset(face.getBestCmap())


def _source(file_name: str) -> Path:
    path = find_font(file_name)
    if path is None:
        raise FontMissing(
            _(
                "没有找到中文字体%(file)s，无法生成名录PDF；请安装系统软件包%(package)s。",
                file=file_name,
                package=DEBIAN_PACKAGE,
            )
        )
    return path


def _newest(folder: Path, stem: str) -> Path | None:
    files = sorted(folder.glob(f"{stem}-*.ttf"), key=lambda p: p.stat().st_mtime_ns)
    for old in files[:-_KEPT_FILES]:
        old.unlink(missing_ok=True)
    return files[-1] if files else None


def _convert(file_name: str, codes: frozenset[int], folder: Path, *, known: Path | None) -> Path:
    """Write a font of `codes`, taking from the font file `known` what was converted before."""
    from fontTools.fontBuilder import FontBuilder

    folder.mkdir(parents=True, exist_ok=True)
    with open_simplified(_source(file_name)) as face:
        mapping = {c: g for c, g in face.getBestCmap().items() if c in codes}
        digest = hashlib.sha256(str(sorted(mapping)).encode()).hexdigest()[:12]
        target = folder / f"{Path(file_name).stem}-{digest}.ttf"
        names = [".notdef", *dict.fromkeys(mapping.values())]
        widths = face["hmtx"].metrics
        builder = FontBuilder(face["head"].unitsPerEm, isTTF=True)
        builder.setupGlyphOrder(names)
        builder.setupCharacterMap(mapping)
        builder.setupGlyf(_outlines(face, mapping, known))
        builder.setupHorizontalMetrics({name: widths[name] for name in names})
        line = face["hhea"]
        builder.setupHorizontalHeader(ascent=line.ascent, descent=line.descent)
        family = str(face["name"].getDebugName(4))
        # ReportLab takes two fonts of one PostScript name for the same font
        builder.setupNameTable({"familyName": family, "styleName": "Regular", "psName": target.stem})
        # ReportLab reads the proportions from OS/2; embedding is permitted (OFL, fsType 0)
        builder.setupOS2(
            sTypoAscender=line.ascent,
            sTypoDescender=line.descent,
            sCapHeight=733,
            fsType=0,
            usWeightClass=400,
        )
        builder.setupPost()
    handle, part = tempfile.mkstemp(dir=folder, suffix=".part")
    with os.fdopen(handle, "wb") as stream:
        builder.save(stream)
    os.replace(part, target)
    return target


def _outlines(face: Any, mapping: dict[int, str], known: Path | None) -> dict[str, Any]:
    from fontTools.pens.cu2quPen import Cu2QuPen
    from fontTools.pens.ttGlyphPen import TTGlyphPen
    from fontTools.ttLib import TTFont

    outlines: dict[str, Any] = {}
    if known is not None:
        with TTFont(known, lazy=True) as before:
            drawn, earlier = before["glyf"], before.getBestCmap()
            outlines = {name: drawn[earlier[code]] for code, name in mapping.items() if code in earlier}
    glyphs = face.getGlyphSet()
    for name in {".notdef", *mapping.values()} - set(outlines):
        pen = TTGlyphPen(None)
        glyphs[name].draw(Cu2QuPen(pen, _FURTHEST, reverse_direction=True))
        outlines[name] = pen.glyph()
    return outlines


def _registered(path: Path) -> Any:
    from reportlab.pdfbase import pdfmetrics

    name = path.stem
    if name not in pdfmetrics.getRegisteredFontNames():
        font = _font_class()(name, str(path))
        pdfmetrics.registerFont(font)
        earlier = _LOADED.setdefault(name.rpartition("-")[0], [])
        earlier.append(font)
        # a document in another thread may still be set in the one before
        for old in earlier[:-_KEPT_FILES]:
            old.unregister()
            earlier.remove(old)
    return pdfmetrics.getFont(name)


@cache
def _font_class() -> Any:
    from reportlab.pdfbase.ttfonts import TTFont

    class SearchableFont(TTFont):
        """A font whose characters beyond the first plane can be searched and copied too.

        ReportLab writes their code points with five digits into the ToUnicode table, where the format
        wants UTF-16 (ISO 32000-1, 9.10.3); rare ideographs of names would be copied as something else.
        """

        def addObjects(self, document: Any) -> None:  # noqa: N802 - the library's name
            """Add the font and put its ToUnicode tables right."""
            super().addObjects(document)
            for key, reference in list(document.idToObject.items()):
                if str(key).startswith("toUnicodeCMap:"):
                    reference.content = _WIDE_CODE.sub(_as_utf16, reference.content)

    return SearchableFont


def _as_utf16(match: re.Match[str]) -> str:
    units = chr(int(match[2], 16)).encode("utf-16-be").hex().upper()
    return f"{match[1]}<{units}>"
