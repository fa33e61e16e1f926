"""Copies of the list of financing outcomes. Issued by `copies`, like every other copy."""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from ipfin.accounts.policy import P, require
from ipfin.config import Settings
from ipfin.kernel.actor import Actor
from ipfin.kernel.text import SOURCE_LOCALE, Text, _
from ipfin.outcomes.models import FinancingOutcome
from ipfin.outcomes.queries import OutcomeFilter, all_outcomes, outcomes_visible_to
from ipfin.outcomes.rules import KIND_LABELS
from ipfin.reports.firm_export import ExportPurpose
from ipfin.reports.outcome_export import OutcomeLine, outcome_sheet
from ipfin.reports.service.copies import Copy
from ipfin.reports.service.list_copies import ListCopy, make_list_copy, require_rows

MOST_OUTCOMES: Final = 5_000  # made while the page waits


def make_outcome_copy(
    session: Session,
    actor: Actor,
    wanted: OutcomeFilter,
    purpose: ExportPurpose,
    *,
    settings: Settings,
    on: date,
    locale: str = SOURCE_LOCALE,
) -> Copy:
    """Make a sheet of exactly the outcomes that the list of `wanted` holds for `actor`.

    Raises:
        NotAllowed: the actor may not copy outcomes.
        Conflict: the list is empty, or too long for one copy.
    """
    require(actor, P.OFFICE_OUTCOMES_EXPORT)
    outcomes = all_outcomes(session, outcomes_visible_to(actor), wanted, most=MOST_OUTCOMES + 1)
    require_rows(
        outcomes, MOST_OUTCOMES, _("记录超过%(most)s条，请缩小日期范围后再导出。", most=MOST_OUTCOMES)
    )
    said = ListCopy(
        _("融资结果"),
        purpose,
        "outcomes",
        {"query": wanted.query, "kind": wanted.kind or "", "withdrawn": wanted.withdrawn},
        on,
        list(outcome_filters_in_words(wanted).values()),
    )
    return make_list_copy(
        actor,
        said,
        settings,
        rows=len(outcomes),
        synthetic=any(outcome.enterprise.is_synthetic for outcome in outcomes),
        fill=lambda head: outcome_sheet(head, map(_line, outcomes), locale=locale),
    )


def outcome_filters_in_words(wanted: OutcomeFilter) -> dict[str, tuple[Text, Text | str]]:
    """Return, for everything that the list is narrowed to, its word in the address: label and value."""
    said: dict[str, tuple[Text, Text | str]] = {
        "q": (_("企业"), wanted.query),
        "kind": (_("结果"), KIND_LABELS[wanted.kind] if wanted.kind else ""),
        "since": (_("日期自"), wanted.since.isoformat() if wanted.since else ""),
        "until": (_("日期至"), wanted.until.isoformat() if wanted.until else ""),
        "show": (_("状态"), _("已撤回") if wanted.withdrawn else ""),
    }
    return {name: pair for name, pair in said.items() if pair[1]}


def _line(outcome: FinancingOutcome) -> OutcomeLine:
    return OutcomeLine(
        happened_on=outcome.happened_on,
        firm=outcome.enterprise.name,
        credit_code=outcome.enterprise.credit_code or "",
        kind=outcome.kind,
        source=outcome.source,
        evidence=outcome.evidence,
        entered_by=outcome.entered_by,
        withdrawn_reason=outcome.withdrawn_reason,
    )
