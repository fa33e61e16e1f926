"""The columns of a patent that a list tells, and how they are filled: one by one, or all together. Pure."""

from __future__ import annotations

FACTS: tuple[str, ...] = (
    "application_number",
    "publication_root",
    "publication_number",
    "title",
    "kind",
    "filed_on",
    "filing_year",
    "published_on",
    "granted_on",
    "expires_on",
    "ipc_main",
    "ipc_subclasses",
    "claims_count",
    "cited_by_count",
    "cites_count",
    "family_count",
    "industry_codes",
    "strategic_industry",
    "vendor_group",
)
"""Columns that a list fills one by one: a known value is never replaced by an unknown one."""

STATUS: tuple[str, ...] = ("validity", "legal_status", "was_granted", "listed_status")
"""Columns that a list fills together: a status is taken whole or not at all."""

BURDENS: tuple[str, ...] = ("listed_flags", "tells_flags")
"""Columns that a list fills together if it tells burdens at all; they have a day of their own."""

DERIVED: tuple[str, ...] = ("flags", "is_pledged")
"""Columns that follow from the burdens and the registered pledges (`burdens`)."""

DAYS: tuple[str, ...] = ("status_as_of", "flags_as_of", "holders_as_of")
"""The days of the lists that told status, burdens and holders last."""

FACT_COLUMNS: tuple[str, ...] = (*FACTS, *STATUS, *BURDENS, *DERIVED, *DAYS)
