"""Copies of the whitelist as of a day. Issued by `copies`, like every other copy."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from ipfin.accounts.policy import P, require
from ipfin.accounts.queries import enterprises_visible_to
from ipfin.config import Settings
from ipfin.documents.models import DocumentKind
from ipfin.documents.safety import file_name
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import in_china
from ipfin.kernel.errors import Conflict
from ipfin.kernel.text import SOURCE_LOCALE, _
from ipfin.reports.firm_export import PURPOSE_LABELS, ExportPurpose
from ipfin.reports.service.copies import Copy, copy_head, finished
from ipfin.reports.whitelist_export import AdmittedLine, whitelist_sheet
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
    locale: str = SOURCE_LOCALE,
) -> Copy:
    """Make a sheet of the firms of the actor's reach that were on the whitelist on day `on`.

    Raises:
        NotAllowed: the actor may not copy lists of firms.
        Conflict: nobody was on it, or too many for one copy.
    """
    require(actor, P.OFFICE_ENTERPRISES_EXPORT)
    found = admissions_on(session, enterprises_visible_to(actor), on, most=MOST_FIRMS + 1)
    if not found:
        raise Conflict(_("这一天白名单上没有企业，没有可导出的记录。"))
    if len(found) > MOST_FIRMS:
        raise Conflict(_("企业超过%(most)s家，请使用命令行导出。", most=MOST_FIRMS))
    head = replace(
        copy_head(actor, _("白名单"), settings),
        purpose=PURPOSE_LABELS[purpose],
        filters=[(_("日期"), on.isoformat())],
        rows=len(found),
        as_of=on,
        synthetic=any(row.enterprise.is_synthetic for row in found),
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
    name = file_name(_("白名单"), actor.organisation_name, in_china(head.at), suffix=".xlsx")
    content = whitelist_sheet(head, lines, locale=locale)
    return finished(head, DocumentKind.EXPORT_SHEET, name, content, "whitelist", {"on": on.isoformat()})
