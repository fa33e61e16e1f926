"""Reading for the whitelist: facts of firms as the scorecard wants them, sheets, rounds, admissions.

Decides how rows become facts; what a fact is worth is decided in `indicators` and the card.
"""

from __future__ import annotations

from ipfin.whitelist.queries.admissions import (
    admitted_firms,
    current_admission,
    dependents,
    in_force,
)
from ipfin.whitelist.queries.facts import NO_TITLE, firm_facts, firms_to_score, gates_of, patent_facts
from ipfin.whitelist.queries.firms import (
    FIRM_ORDERS,
    TIERS,
    FirmFilter,
    ListedFirm,
    admitted_by_grade,
    all_firms,
    counts_without,
    firms_count,
    firms_page,
    grade_facet,
    holding_facet,
    region_facet,
    tier_counts,
)
from ipfin.whitelist.queries.patents import (
    BURDENS,
    PatentFilter,
    all_firm_patents,
    firm_fee_outlook,
    firm_patents_page,
    foremost_patents,
    one_patent,
    patent_facets,
    patents_by_kind_and_validity,
)
from ipfin.whitelist.queries.robustness import edge_page, robustness_of_run
from ipfin.whitelist.queries.rounds import (
    entries_page,
    entry_counts,
    open_round,
    round_by_number,
    rounds_page,
)
from ipfin.whitelist.queries.runs import (
    active_card,
    explained,
    latest_run,
    latest_sheet,
    run_by_id,
    run_counts,
    runs_page,
    sheet_for,
    sheet_of_run,
    sheets_page,
)

__all__ = [
    "BURDENS",
    "FIRM_ORDERS",
    "NO_TITLE",
    "TIERS",
    "FirmFilter",
    "ListedFirm",
    "PatentFilter",
    "active_card",
    "admitted_by_grade",
    "admitted_firms",
    "all_firm_patents",
    "all_firms",
    "counts_without",
    "current_admission",
    "dependents",
    "edge_page",
    "entries_page",
    "entry_counts",
    "explained",
    "firm_facts",
    "firm_fee_outlook",
    "firm_patents_page",
    "firms_count",
    "firms_page",
    "firms_to_score",
    "foremost_patents",
    "gates_of",
    "grade_facet",
    "holding_facet",
    "in_force",
    "latest_run",
    "latest_sheet",
    "one_patent",
    "open_round",
    "patent_facets",
    "patent_facts",
    "patents_by_kind_and_validity",
    "region_facet",
    "robustness_of_run",
    "round_by_number",
    "rounds_page",
    "run_by_id",
    "run_counts",
    "runs_page",
    "sheet_for",
    "sheet_of_run",
    "sheets_page",
    "tier_counts",
]
