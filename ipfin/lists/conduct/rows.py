"""What each row of a conduct list says. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from ipfin.kernel.text import Text, _
from ipfin.lists.cells import Cells
from ipfin.lists.conduct.matters import read_matter
from ipfin.lists.firm_rows import NamedRow, read_named
from ipfin.registry.values import clipped, parse_date

NO_EXCLUSION = "no_exclusion"
"""The code of rows that tell a penalty which keeps nobody out."""


@dataclass(frozen=True, slots=True)
class ListedConduct:
    """One dated reason that keeps a firm out; `expires_on` is the first day without it."""

    firm: NamedRow
    code: str
    reference: str
    effective_on: date
    expires_on: date | None
    lifted_on: date | None
    authority: str
    evidence: str


def read_conduct(cells: Cells, as_of: date) -> list[ListedConduct]:
    """Return the records of a list; what is wrong with the other rows is noted in `cells`."""
    matters = cells.must_read("matter", read_matter, NO_EXCLUSION)
    references = cells.read("reference", clipped(120), "")
    starts = cells.must_read("effective_on", parse_date, "bad_date")
    ends = cells.must_read("expires", parse_date, "bad_date")
    lifted = cells.must_read("lifted_on", parse_date, "bad_date")
    authorities = cells.read("authority", clipped(200), "")
    reasons = cells.read("reason", clipped(300), "")
    told = cells.columns.told
    found = []
    for firm in read_named(cells):
        place = firm.place
        matter = matters[place] or told.get("matter", "")
        start = starts[place] or _day(told.get("effective_on", ""))
        end = ends[place] or _day(told.get("expires", ""))
        authority = authorities[place] or told.get("authority", "")
        fault = _fault(matter, start, end, lifted[place], authority, as_of)
        if fault is not None:
            cells.refuse(place, *fault)
        elif start is not None:
            found.append(
                ListedConduct(
                    firm,
                    matter,
                    references[place],
                    start,
                    end + timedelta(days=1) if end else None,
                    lifted[place],
                    authority,
                    reasons[place],
                )
            )
    return found


def _day(word: str) -> date | None:
    return date.fromisoformat(word) if word else None


def _fault(
    matter: str, start: date | None, end: date | None, lifted: date | None, authority: str, as_of: date
) -> tuple[str, str, Text] | None:
    """Return field, code and sentence of what is wrong with a row, None when nothing is."""
    if not matter:
        return "matter", "no_matter", _("没有写明是哪种情形，请补上。")
    if not authority:
        return "authority", "no_source", _("没有写明认定机关：没有来源的记录不得用于排除企业，请补上。")
    if start is None:
        return "effective_on", "no_day", _("没有写明列入日期，请补上。")
    if start > as_of:
        why = _(
            "列入日期%(day)s晚于名单的数据日期%(as_of)s，请核对。",
            day=start.isoformat(),
            as_of=as_of.isoformat(),
        )
        return "effective_on", "day_in_future", why
    if end is not None and end < start:
        return (
            "expires",
            "days_out_of_order",
            _("期满日期早于列入日期%(day)s，请核对。", day=start.isoformat()),
        )
    if lifted is not None and lifted < start:
        return (
            "lifted_on",
            "days_out_of_order",
            _("移出日期早于列入日期%(day)s，请核对。", day=start.isoformat()),
        )
    return None
