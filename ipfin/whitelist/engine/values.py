"""The indicators that follow from patents, of many firms at once, by code."""

from __future__ import annotations

from typing import Final

from ipfin.whitelist.engine.firms import FirmColumns, Values
from ipfin.whitelist.engine.rights import (
    effective_patents,
    filing_continuity,
    invention_share,
    maintenance_ratio,
    remaining_years,
    unencumbered_ratio,
)
from ipfin.whitelist.engine.technology import citation_impact, claims_percentile, technology_breadth

OF_PATENTS: Final = {
    "L1": effective_patents,
    "L2": remaining_years,
    "L3": maintenance_ratio,
    "L4": unencumbered_ratio,
    "T1": citation_impact,
    "T2": claims_percentile,
    "T3": invention_share,
    "T4": technology_breadth,
    "T5": filing_continuity,
}
"""The indicators that are computed here; the others are what a firm or a register says."""


def values_of_patents(firms: FirmColumns) -> dict[str, Values]:
    """Return the indicators that follow from patents, by code."""
    return {code: rule(firms) for code, rule in OF_PATENTS.items()}
