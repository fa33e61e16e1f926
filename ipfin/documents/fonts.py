"""Which typefaces a document asks for, where they are found, and which characters they have.

Decides the typeface of each role in an official document (GB/T 9704-2012 names 小标宋, 仿宋, 黑体, 楷体) and
what stands in where the licensed one is not installed. The product ships none: an office puts the files
it has licensed into a folder and names the folder in the settings. Nothing here claims conformance:
`missing_roles` says what a finished document was really set in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

SERIF, SANS = "Noto Serif CJK SC", "Noto Sans CJK SC"
REGULAR_FILES = {SERIF: "NotoSerifCJK-Regular.ttc", SANS: "NotoSansCJK-Regular.ttc"}
BOLD_FILES = {SERIF: "NotoSerifCJK-Bold.ttc", SANS: "NotoSansCJK-Bold.ttc"}
DEBIAN_PACKAGE = "fonts-noto-cjk"

MISSING_MARK = "〓"  # 空铅: what Chinese type-setting puts where a character is not in the case

_FOLDERS = (
    Path("/usr/share/fonts/opentype/noto"),
    Path("/usr/share/fonts/truetype/dejavu"),
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
)
_SYMBOL_FILE = "DejaVuSans.ttf"  # arrows, ticks and Latin letters beyond those of the Noto faces

# Ideographs and signs that both Noto faces hold (checked by a test): looking them up again is needless.
_CERTAIN = ((0x20, 0x7E), (0x3001, 0x3011), (0x3014, 0x3015), (0x4E00, 0x9FA5), (0xFF01, 0xFF5E))
# Invisible by definition (Unicode Default_Ignorable_Code_Point) or white space: nothing can be missing.
_INVISIBLE = (
    (0x09, 0x0D),
    (0xAD, 0xAD),
    (0x200B, 0x200F),
    (0x2028, 0x202E),
    (0x2060, 0x206F),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xE0100, 0xE01EF),
)
_NEVER_DRAWN = re.compile("[" + "".join(f"{chr(a)}-{chr(b)}" for a, b in _INVISIBLE[1:]) + "]")


@dataclass(frozen=True, slots=True)
class Role:
    """A part of an official document, the typefaces that the standard means, and our stand-in."""

    name: str
    wanted: tuple[str, ...]
    stand_in: str

    @property
    def families(self) -> str:
        """The CSS `font-family` list."""
        return ",".join(f'"{family}"' for family in (*self.wanted, self.stand_in)) + ",serif"


TITLE = Role("小标宋体", ("FZXiaoBiaoSong-B05S", "方正小标宋简体", "小标宋体"), SERIF)
BODY = Role("仿宋体", ("FangSong_GB2312", "仿宋_GB2312", "FangSong", "仿宋", "FandolFang"), SERIF)
HEADING = Role("黑体", ("SimHei", "黑体"), SANS)
SUBHEADING = Role("楷体", ("KaiTi_GB2312", "楷体_GB2312", "KaiTi", "楷体", "FandolKai", "LXGW WenKai"), SERIF)
ROLES = (TITLE, BODY, HEADING, SUBHEADING)


def missing_roles(embedded: Iterable[str]) -> tuple[Role, ...]:
    """Return the roles for which a document with these `embedded` fonts used the stand-in.

    黑体 counts as present with the sans-serif of Noto, which is one; the others need their own face.
    """
    names = [_plain(name) for name in embedded]
    return tuple(
        role
        for role in ROLES
        if role is not HEADING and not any(_plain(w) in name for w in role.wanted for name in names)
    )


def find_font(file_name: str, folder: Path | None = None) -> Path | None:
    """Return where `file_name` is installed: the office's own folder first, then the system's."""
    for place in (folder, *_FOLDERS):
        if place is not None and (place / file_name).is_file():
            return place / file_name
    for place in _FOLDERS[2:]:
        found = next(iter(sorted(place.rglob(file_name))), None) if place.is_dir() else None
        if found is not None:
            return found
    return None


def open_simplified(path: Path) -> TTFont:
    """Open the Simplified Chinese face of a collection, or the only face of a file."""
    from fontTools.ttLib import TTFont

    return TTFont(path, fontNumber=simplified_number(path), lazy=True)


@lru_cache(maxsize=8)
def simplified_number(path: Path) -> int:
    """Return which face of a collection is the Simplified Chinese one; 0 for a file of one face."""
    from fontTools.ttLib import TTCollection, TTFont

    if path.suffix.lower() != ".ttc":
        return 0
    with path.open("rb") as stream:
        count = len(TTCollection(stream, lazy=True).fonts)
    for number in range(count):
        with TTFont(path, fontNumber=number, lazy=True) as face:
            if " Mono " not in _family(face) and _family(face).endswith(" SC"):
                return number
    return 0


def font_faces(folder: Path | None) -> str:
    """Return the CSS `@font-face` rules for the font files in the office's own folder."""
    if folder is None or not folder.is_dir():
        return ""
    from fontTools.ttLib import TTFont

    rules = []
    for path in sorted(p for p in folder.iterdir() if p.suffix.lower() in {".ttf", ".otf"}):
        with TTFont(path, lazy=True) as face:
            names = {record.toUnicode() for record in face["name"].names if record.nameID == 1}
        rules += [
            f'@font-face{{font-family:"{name}";src:url("{path.resolve().as_uri()}")}}'
            for name in sorted(names)
            if '"' not in name and "\\" not in name
        ]
    return "\n".join(rules)


def show_missing(text: str, folder: Path | None = None) -> tuple[str, tuple[str, ...]]:
    """Return `text` with every character that no typeface of ours has as 〓, and those characters.

    A character without a glyph would be left out or drawn as a box that covers its neighbour; a name
    printed so looks right and is not. A mark that can be seen sends the reader to the record.
    """
    doubtful = {c for c in set(text) if not _in(ord(c), _CERTAIN) and not _in(ord(c), _INVISIBLE)}
    missing = {c for c in doubtful if ord(c) not in _covered(folder)} if doubtful else set()
    if not missing:
        return text, ()
    return text.translate({ord(c): MISSING_MARK for c in missing}), tuple(sorted(missing))


def drop_invisible(text: str) -> str:
    """Return `text` without the characters that are never drawn, for a printer that would draw a box."""
    return _NEVER_DRAWN.sub("", text)


@lru_cache(maxsize=4)
def _covered(folder: Path | None) -> frozenset[int]:
    paths = [find_font(name, folder) for name in (REGULAR_FILES[SERIF], REGULAR_FILES[SANS], _SYMBOL_FILE)]
    if folder is not None and folder.is_dir():
        paths += [p for p in sorted(folder.iterdir()) if p.suffix.lower() in {".ttf", ".otf"}]
    covered: set[int] = set()
    for path in paths:
        if path is not None:
            with open_simplified(path) as face:
                covered.update(_cmap(face))
    return frozenset(covered)


def _cmap(face: Any) -> dict[int, str]:
    return face.getBestCmap() or {}


def _family(face: Any) -> str:
    return str(face["name"].getDebugName(1) or "")


def _in(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= code <= last for first, last in ranges)


def _plain(name: str) -> str:
    return name.casefold().replace("-", "").replace(" ", "").replace("_", "")
