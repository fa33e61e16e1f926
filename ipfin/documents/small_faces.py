"""The Chinese faces cut down to the characters of a set of documents, made once for all of them.

A face of Noto has 65,000 glyphs. Embedding a part of it costs a sixth of a second and 150 KB in each
document, because the numbers of the glyphs are kept; from a face that has only the set's few hundred
characters it costs next to nothing. Cutting is done by HarfBuzz, the library that WeasyPrint cuts with.
Decides which characters a small face has and how it is named; without the library there is none, and
documents are set in the whole faces as ever.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, Final

from ipfin.documents.fonts import BOLD_FILES, REGULAR_FILES, find_font, simplified_number

ADDRESS: Final = "face:"  # what a style sheet calls a small face by
_WEIGHTS: Final = ((400, REGULAR_FILES), (700, BOLD_FILES))
_ALWAYS: Final = frozenset(range(0x20, 0x7F))  # numbers of pages, which stand in no document
_LIBRARIES: Final = ("libharfbuzz.so.0", "libharfbuzz-subset.so.0")


def small_name(family: str) -> str:
    """Return what the small face of a family is called."""
    return f"{family} Part"


def small_faces(text: str) -> tuple[str, dict[str, bytes]]:
    """Return the `@font-face` rules of faces that have the characters of `text`, and these by address."""
    characters = _ALWAYS | {ord(character) for character in text}
    rules: list[str] = []
    files: dict[str, bytes] = {}
    for weight, names in _WEIGHTS:
        for family, file_name in names.items():
            path = find_font(file_name)
            content = cut(path, characters) if path is not None else b""
            if content:
                address = f"{ADDRESS}{file_name}"
                files[address] = content
                rules.append(
                    f'@font-face{{font-family:"{small_name(family)}";font-weight:{weight};'
                    f'src:url("{address}")}}'
                )
    return "\n".join(rules), files


def preferring_small(css: str) -> str:
    """Return a style sheet that asks for the small face of each of our families first."""
    for family in REGULAR_FILES:
        css = css.replace(f'"{family}"', f'"{small_name(family)}", "{family}"')
    return css


def cut(path: Path, characters: Iterable[int]) -> bytes:
    """Return the Simplified Chinese face of `path` with these characters only; nothing when it cannot be."""
    if _loaded() is None:
        return b""
    plain, cutting = _loaded()
    blob = plain.hb_blob_create_from_file_or_fail(str(path).encode())
    if not blob:
        return b""
    face, wanted = (
        plain.hb_face_create(blob, simplified_number(path)),
        cutting.hb_subset_input_create_or_fail(),
    )
    try:
        kept = cutting.hb_subset_input_unicode_set(wanted)
        for character in characters:
            plain.hb_set_add(kept, character)
        made = cutting.hb_subset_or_fail(face, wanted)
        return _content(plain, made) if made else b""
    finally:
        cutting.hb_subset_input_destroy(wanted)
        plain.hb_face_destroy(face)
        plain.hb_blob_destroy(blob)


def _content(plain: Any, face: int) -> bytes:
    blob, length = plain.hb_face_reference_blob(face), ctypes.c_uint()
    try:
        return ctypes.string_at(plain.hb_blob_get_data(blob, ctypes.byref(length)), length.value)
    finally:
        plain.hb_blob_destroy(blob)
        plain.hb_face_destroy(face)


@cache
def _loaded() -> Any:
    """Return HarfBuzz and its cutting part with the types of what is called; None without them."""
    try:
        plain, cutting = (ctypes.CDLL(name) for name in _LIBRARIES)
        pointer, number = ctypes.c_void_p, ctypes.c_uint
        for library, name, returned, taken in (
            (plain, "hb_blob_create_from_file_or_fail", pointer, [ctypes.c_char_p]),
            (plain, "hb_blob_get_data", pointer, [pointer, ctypes.POINTER(number)]),
            (plain, "hb_blob_destroy", None, [pointer]),
            (plain, "hb_face_create", pointer, [pointer, number]),
            (plain, "hb_face_reference_blob", pointer, [pointer]),
            (plain, "hb_face_destroy", None, [pointer]),
            (plain, "hb_set_add", None, [pointer, number]),
            (cutting, "hb_subset_input_create_or_fail", pointer, []),
            (cutting, "hb_subset_input_unicode_set", pointer, [pointer]),
            (cutting, "hb_subset_input_destroy", None, [pointer]),
            (cutting, "hb_subset_or_fail", pointer, [pointer, pointer]),
        ):
            function = getattr(library, name)
            function.restype, function.argtypes = returned, taken
    except (OSError, AttributeError):
        return None
    return plain, cutting
