"""Copies of a reviewer's own reviews. Issued by `copies`, like every other copy."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from ipfin.accounts.policy import P, require
from ipfin.config import Settings
from ipfin.kernel.actor import Actor
from ipfin.kernel.errors import Conflict
from ipfin.kernel.text import SOURCE_LOCALE, _
from ipfin.reports.firm_export import ExportPurpose
from ipfin.reports.review_export import ReviewLine, review_sheet
from ipfin.reports.service.copies import Copy
from ipfin.reports.service.list_copies import ListCopy, make_list_copy
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
    return make_list_copy(
        actor,
        ListCopy(_("评审记录"), purpose, "screening", {}, on),
        settings,
        rows=len(done),
        synthetic=any(line.is_synthetic for line in done),
        fill=lambda head: review_sheet(head, lines, locale=locale),
    )
