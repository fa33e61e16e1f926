"""Copies of a reviewer's own reviews. Issued by `copies`, like every other copy."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from ipfin.accounts.policy import P, require
from ipfin.config import Settings
from ipfin.documents.models import DocumentKind
from ipfin.documents.safety import file_name
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import in_china
from ipfin.kernel.errors import Conflict
from ipfin.kernel.text import SOURCE_LOCALE, _
from ipfin.reports.firm_export import PURPOSE_LABELS, ExportPurpose
from ipfin.reports.review_export import ReviewLine, review_sheet
from ipfin.reports.service.copies import Copy, copy_head, finished
from ipfin.screening.queries import tasks_of


def make_review_copy(
    session: Session,
    actor: Actor,
    purpose: ExportPurpose,
    *,
    settings: Settings,
    on: date,
    locale: str = SOURCE_LOCALE,
) -> Copy:
    """Make a sheet of exactly the reviews that the reviewer's own list of done ones holds.

    Raises:
        NotAllowed: the actor may not copy reviews.
        Conflict: there are none.
    """
    require(actor, P.AGENCY_SCREENING_EXPORT)
    done = tasks_of(session, actor, on, to_do=False)
    if not done:
        raise Conflict(_("还没有可导出的评审。"))
    head = replace(
        copy_head(actor, _("评审记录"), settings),
        purpose=PURPOSE_LABELS[purpose],
        rows=len(done),
        as_of=on,
        synthetic=any(line.is_synthetic for line in done),
    )
    lines = [
        ReviewLine(
            number=line.number,
            round_number=line.round_number,
            firm=line.firm or "",
            is_sample=line.is_sample,
            state=line.state,
            points=line.points,
            due_on=line.due_on,
            submitted_at=line.submitted_at,
            reason=line.reason,
        )
        for line in done
    ]
    name = file_name(_("评审记录"), actor.organisation_name, in_china(head.at), suffix=".xlsx")
    content = review_sheet(head, lines, locale=locale)
    return finished(head, DocumentKind.EXPORT_SHEET, name, content, "screening", {})
