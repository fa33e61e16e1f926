"""What an institution sent: one firm a row, by credit code or name. Pure.

Decides what a row says, what is a repetition, and how many rows are taken; which firm it is, is decided by
exact identity in `service`, never by likeness.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import _
from ipfin.lists.identity import key_of
from ipfin.registry.values import clean_text

MOST_ROWS: Final = 500
"""Rows of one push: what the office agreed to answer at once."""
MOST_ROWS_A_DAY: Final = 2_000
"""Rows that one institution may ask about on a day, against enumeration. A proposal, to be confirmed."""
LONGEST_SAID: Final = 200

_CODE: Final = re.compile(r"[0-9A-Z]{18}")
_BETWEEN: Final = re.compile(r"[\t,，;；|]")
_NAMES: Final = ("企业名称", "企业", "名称", "单位名称", "公司名称")
_CODES: Final = ("统一社会信用代码", "信用代码", "社会信用代码")


@dataclass(frozen=True, slots=True)
class PushedRow:
    """One row: `said` is what was sent, `code` a well-formed credit code or "", `key` the name's or ""."""

    number: int
    said: str
    code: str
    key: str
    name: str

    @property
    def is_readable(self) -> bool:
        """Whether it names anything."""
        return bool(self.code or self.key)


def rows_of_text(text: str) -> list[PushedRow]:
    """Return the rows of a pasted text, one firm a line; blank lines are left out.

    Raises:
        BadInput: none, or more than a push takes.
    """
    lines = [(place, line) for place, line in enumerate(text.splitlines(), start=1) if line.strip()]
    return _bounded([_row(place, _BETWEEN.split(line)) for place, line in lines])


def rows_of_table(
    header: Sequence[str], columns: Sequence[Sequence[str]], numbers: Sequence[int]
) -> list[PushedRow]:
    """Return the rows of a read table; a first row that names a firm itself is a row and no header.

    Raises:
        BadInput: none, or more than a push takes.
    """
    named = [place for place, name in enumerate(header) if clean_text(name) in (*_NAMES, *_CODES)]
    wanted = named or range(len(header))
    rows = [_row(number, [columns[place][at] for place in wanted]) for at, number in enumerate(numbers)]
    if not named:
        rows.insert(0, _row(max(min(numbers, default=2) - 1, 1), header))
    return _bounded([row for row in rows if row.said])


def _bounded(rows: list[PushedRow]) -> list[PushedRow]:
    if not rows:
        raise BadInput(_("没有企业。请每行填写一家企业的名称或统一社会信用代码。"), field="firms")
    if len(rows) > MOST_ROWS:
        raise BadInput(
            _("一次最多%(most)s家，本次%(count)s家，请分次提交。", most=MOST_ROWS, count=len(rows)),
            field="firms",
        )
    return rows


def _row(number: int, cells: Iterable[str]) -> PushedRow:
    """Read a row: the first cell that is a credit code, the first other one that holds letters."""
    tidy = [cell for cell in map(clean_text, cells) if cell]
    codes = [cell.upper().replace(" ", "") for cell in tidy]
    code = next((cell for cell in codes if _CODE.fullmatch(cell)), "")
    name = next(
        (
            cell
            for cell, as_code in zip(tidy, codes, strict=True)
            if not _CODE.fullmatch(as_code) and any(map(str.isalpha, cell))
        ),
        "",
    )
    return PushedRow(number, " ".join(tidy)[:LONGEST_SAID], code, key_of(name) if name else "", name)
