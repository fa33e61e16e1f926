"""What a text must look like before it leaves in a spreadsheet, a CSV file or a file name.

Decides which characters no file of ours may carry and which texts a spreadsheet would take for a
formula. It does not decide what stands in the file: a text is never shortened here, and the only
characters removed are those that XML 1.0 cannot hold at all.
"""

from __future__ import annotations

import re
from datetime import date, datetime

# XML 1.0, production [2] Char; DEL and the C1 controls are allowed there but shown by no program.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")

# OWASP "CSV Injection"; the full-width forms are formulas too in Chinese and Japanese Excel.
_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")

# Windows forbids these in names, and a bidirectional mark can make .exe look like .xlsx.
_NOT_IN_NAMES = re.compile('[\\\\/:*?"<>|\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]+')
_LONGEST_NAME_BYTES = 200  # ext4 allows 255; room is left for "(1)" and temporary endings


def clean_text(value: str) -> str:
    """Return `value` without the characters that an XML document cannot hold."""
    return _ILLEGAL.sub("", value)


def begins_like_formula(value: str) -> bool:
    """Tell whether a spreadsheet that guesses types would compute `value`, also after leading blanks."""
    return value.startswith(_FORMULA_STARTS) or value.lstrip(" \u00a0\u3000").startswith(_FORMULA_STARTS)


def csv_field(value: str) -> str:
    """Return `value` for a CSV cell: cleaned, and quoted with an apostrophe when it reads as a formula."""
    cleaned = clean_text(value)
    return f"'{cleaned}" if begins_like_formula(cleaned) else cleaned


def file_name(*parts: object, suffix: str) -> str:
    """Join `parts` with underscores into a name for a download.

    Dates are written 20261122. Whatever no file system takes, path separators, control and
    direction marks become a hyphen; an empty part is left out; a long name is cut before `suffix`.
    """
    names = [_NOT_IN_NAMES.sub("-", _as_name(part)).strip(" .-_") for part in parts]
    stem = "_".join(name for name in names if name) or "file"
    room = _LONGEST_NAME_BYTES - len(suffix.encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip(" .") + suffix


def _as_name(part: object) -> str:
    if isinstance(part, datetime):
        return part.strftime("%Y%m%d-%H%M")
    return part.strftime("%Y%m%d") if isinstance(part, date) else clean_text(str(part))
