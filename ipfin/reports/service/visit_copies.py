"""Copies of the list of visits. Issued by `copies`, like every other copy."""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from ipfin.accounts.policy import P, require
from ipfin.config import Settings
from ipfin.kernel.actor import Actor
from ipfin.kernel.text import SOURCE_LOCALE, Text, _
from ipfin.liaison.models import EnterpriseVisit
from ipfin.liaison.queries import VisitFilter, all_visits, visits_visible_to
from ipfin.liaison.visits import FOLLOW_UP_LABELS, follow_up_of
from ipfin.registry.models import Region
from ipfin.reports.firm_export import ExportPurpose
from ipfin.reports.service.copies import Copy
from ipfin.reports.service.list_copies import ListCopy, make_list_copy, require_rows
from ipfin.reports.visit_export import VisitLine, visit_sheet

MOST_VISITS: Final = 5_000  # a year of a large city; made while the page waits


def make_visit_copy(
    session: Session,
    actor: Actor,
    wanted: VisitFilter,
    purpose: ExportPurpose,
    *,
    settings: Settings,
    on: date,
    locale: str = SOURCE_LOCALE,
) -> Copy:
    """Make a sheet of exactly the visits that the list of `wanted` holds for `actor`.

    Raises:
        NotAllowed: the actor may not copy visits.
        Conflict: the list is empty, or too long for one copy.
    """
    require(actor, P.OFFICE_VISITS_EXPORT)
    visits = all_visits(session, visits_visible_to(actor), wanted, on=on, most=MOST_VISITS + 1)
    require_rows(visits, MOST_VISITS, _("记录超过%(most)s条，请缩小日期范围后再导出。", most=MOST_VISITS))
    said = ListCopy(
        _("入企服务记录"),
        purpose,
        "visits",
        {"query": wanted.query, "region": wanted.region, "state": wanted.state or ""},
        on,
        list(visit_filters_in_words(session, wanted).values()),
    )
    return make_list_copy(
        actor,
        said,
        settings,
        rows=len(visits),
        synthetic=any(visit.enterprise.is_synthetic for visit in visits),
        fill=lambda head: visit_sheet(head, [_line(session, visit, on) for visit in visits], locale=locale),
    )


def visit_filters_in_words(session: Session, wanted: VisitFilter) -> dict[str, tuple[Text, Text | str]]:
    """Return, for everything that the list is narrowed to, its word in the address: label and value."""
    region = session.get(Region, wanted.region) if wanted.region else None
    said: dict[str, tuple[Text, Text | str]] = {
        "q": (_("企业"), wanted.query),
        "region": (_("区县"), region.name if region else wanted.region),
        "state": (_("跟进状态"), FOLLOW_UP_LABELS[wanted.state] if wanted.state else ""),
        "since": (_("走访日期自"), wanted.since.isoformat() if wanted.since else ""),
        "until": (_("走访日期至"), wanted.until.isoformat() if wanted.until else ""),
    }
    return {name: pair for name, pair in said.items() if pair[1]}


def _line(session: Session, visit: EnterpriseVisit, on: date) -> VisitLine:
    firm = visit.enterprise
    region = session.get(Region, firm.region_code) if firm.region_code else None
    return VisitLine(
        visited_on=visit.visited_on,
        firm=firm.name,
        credit_code=firm.credit_code or "",
        region=region.name if region else firm.locality,
        officers=visit.officers,
        persons=visit.persons,
        topics=visit.topics,
        needs=visit.needs,
        follow_up=visit.follow_up,
        due_on=visit.follow_up_due,
        state=follow_up_of(visit.follow_up_due, visit.done_on, on),
        done_on=visit.done_on,
        done_note=visit.done_note,
        recorded_by=visit.recorded_by,
    )
