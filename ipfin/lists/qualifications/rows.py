"""What each row of a list of qualified firms says. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import _
from ipfin.lists.cells import Cells
from ipfin.lists.firm_rows import NamedRow, read_named
from ipfin.lists.qualifications.titles import end_of, read_title
from ipfin.registry.values import clipped, parse_date


@dataclass(frozen=True, slots=True)
class ListedTitle:
    """A title that a firm holds; `expires_on` is the first day without it, None when no end is told."""

    firm: NamedRow
    title: str
    expires_on: date | None
    evidence: str


def read_titles(cells: Cells, as_of: date) -> list[ListedTitle]:
    """Return the titles of a list; what is wrong with the other rows is noted in `cells`."""
    titles = cells.read("title", str, "")
    levels = cells.read("level", clipped(40), "")
    granted = cells.try_read("granted_on", parse_date)
    ends = cells.texts("valid_until")
    told = cells.columns.told
    evidence = _evidence(cells)
    found = []
    for firm in read_named(cells):
        place = firm.place
        day = granted[place]
        try:
            title = read_title(titles[place], levels[place]) or told.get("title")
        except BadInput as problem:
            cells.refuse(place, "title", "unknown_title", _("%(why)s", why=problem.message), titles[place])
            continue
        try:
            end = end_of(ends[place] if ends else told.get("valid_until", ""), day)
        except BadInput as problem:
            cells.refuse(
                place, "valid_until", "bad_date", _("%(why)s", why=problem.message), _cell(ends, place)
            )
            continue
        if not title:
            cells.refuse(place, "title", "no_title", _("没有写明是哪种资质，请补上。"))
        elif day is not None and day > as_of:
            why = _(
                "认定日期%(day)s晚于名单的数据日期%(as_of)s，请核对。",
                day=day.isoformat(),
                as_of=as_of.isoformat(),
            )
            cells.refuse(place, "granted_on", "day_in_future", why, day.isoformat())
        elif day is not None and end is not None and end <= day:
            why = _("有效期早于认定日期%(day)s，请核对。", day=day.isoformat())
            cells.refuse(place, "valid_until", "days_out_of_order", why, _cell(ends, place))
        else:
            found.append(ListedTitle(firm, title, end, evidence[place]))
    if found and not any(listed.expires_on for listed in found):
        said = _("名单没有写明有效期：这些资质在有新的名单之前一直计为有效，请核对。")
        cells.doubt(found[0].firm.place, "valid_until", "no_end", said)
    return found


def _cell(column: object, place: int) -> str:
    return str(column[place]) if isinstance(column, list | tuple) else ""


def _evidence(cells: Cells) -> list[str]:
    """Return what each row shows as proof: certificate, day, issue, authority."""
    parts = [
        cells.read(word, clipped(80), "") for word in ("certificate", "granted_on", "issue", "authority")
    ]
    return [" · ".join(filter(None, told))[:300] for told in zip(*parts, strict=True)]
