"""Rows that speak of firms which the registry knows: who is meant, and who is kept apart. Pure.

Lists of titles and of misconduct make no firms. One that the registry does not know is refused under a
code of its own, so that it is counted and can be sent again after the business register.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ipfin.kernel.text import _
from ipfin.lists.cells import Cells
from ipfin.lists.firm_fields import read_credit_code
from ipfin.lists.identity import KnownFirm, KnownFirms, identify, key_of
from ipfin.registry.applicants import ApplicantKind, canonical_name, classify
from ipfin.registry.values import clean_text, shown

UNKNOWN_FIRM: Final = "unknown_firm"
PERSON: Final = "person"


@dataclass(frozen=True, slots=True)
class NamedRow:
    """The firm that a row names: its name, the key of it, its credit code or ""."""

    place: int
    row: int
    name: str
    key: str
    credit_code: str


def read_named(cells: Cells) -> list[NamedRow]:
    """Return the rows that name a firm; the others are refused."""
    names = cells.read("name", lambda text: canonical_name(clean_text(text)), "")
    codes = cells.try_read("credit_code", read_credit_code)
    found = []
    for place, row in enumerate(cells.rows):
        name, code = names[place], codes[place]
        if place in cells.refused:
            continue
        if not name or not any(map(str.isalpha, name)):
            cells.refuse(place, "name", "no_name", _("没有企业名称，请补上。"), name)
        elif code is None and classify(name)[0] is ApplicantKind.PERSON:
            why = _("“%(name)s”像是个人姓名，不列入企业记录。", name=shown(name))
            cells.refuse(place, "name", PERSON, why, name)
        else:
            found.append(NamedRow(place, row, name, key_of(name), code.value if code else ""))
    return found


def known_of(
    cells: Cells, rows: Sequence[NamedRow], firms: KnownFirms
) -> Iterator[tuple[NamedRow, KnownFirm]]:
    """Yield the rows whose firm is known without doubt; the others are refused in words."""
    for row in rows:
        found = identify(firms, row.credit_code, row.key, row.name)
        if found.refusal is not None:
            cells.refuse(row.place, "name", found.code, found.refusal, row.credit_code or row.name)
        elif found.firm is None:
            why = _("库中没有“%(name)s”；请先导入工商登记名单或专利名单，再导入本行。", name=shown(row.name))
            cells.refuse(row.place, "name", UNKNOWN_FIRM, why, row.name)
        else:
            yield row, found.firm
