"""Copies of the whitelist as of a day. Issued by `copies`, like every other copy."""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from ipfin.accounts.policy import P, require
from ipfin.accounts.queries import enterprises_visible_to
from ipfin.config import Settings
from ipfin.kernel.actor import Actor
from ipfin.kernel.text import SOURCE_LOCALE, _
from ipfin.reports.firm_export import ExportFormat, ExportHead, ExportPurpose
from ipfin.reports.service.copies import Copy
from ipfin.reports.service.list_copies import ListCopy, make_list_copy, require_rows
from ipfin.reports.whitelist_export import AdmittedLine, whitelist_listing, whitelist_sheet
from ipfin.whitelist.admission import last_day
from ipfin.whitelist.queries import admissions_on, round_numbers

MOST_FIRMS: Final = 20_000  # made while the page waits


def make_whitelist_copy(
    session: Session,
    actor: Actor,
    on: date,
    purpose: ExportPurpose,
    *,
    settings: Settings,
    wanted: ExportFormat = ExportFormat.XLSX,
    locale: str = SOURCE_LOCALE,
) -> Copy:
    """Make a sheet or a printed list of the firms of the actor's reach that stood on it on day `on`.

    Raises:
        NotAllowed: the actor may not copy lists of firms.
        Conflict: nobody was on it, or too many for one copy.
    """
    require(actor, P.OFFICE_ENTERPRISES_EXPORT)
    found = admissions_on(session, enterprises_visible_to(actor), on, most=MOST_FIRMS + 1)
    require_rows(
        found,
        MOST_FIRMS,
        _("企业超过%(most)s家，请使用命令行导出。", most=MOST_FIRMS),
        nothing=_("这一天白名单上没有企业，没有可导出的记录。"),
    )
    numbers = round_numbers(session, found)
    lines = [
        AdmittedLine(
            row.enterprise.name,
            row.enterprise.credit_code or "",
            row.grade.value,
            numbers[row.round_id],
            row.valid_from,
            last_day(row.valid_until),
        )
        for row in found
    ]

    def fill(head: ExportHead) -> bytes:
        if wanted is ExportFormat.XLSX:
            return whitelist_sheet(head, lines, locale=locale)
        return whitelist_listing(head, lines, font_cache=settings.font_cache_dir, locale=locale)

    day = on.isoformat()
    said = ListCopy(_("%(day)s的白名单", day=day), purpose, "whitelist", {"on": day}, on, [(_("日期"), day)])
    return make_list_copy(
        actor,
        said,
        settings,
        rows=len(found),
        synthetic=any(row.enterprise.is_synthetic for row in found),
        fill=fill,
        wanted=wanted,
    )
