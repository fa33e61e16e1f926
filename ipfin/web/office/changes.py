"""How a changed column of a patent is named and shown on the batch page."""

from __future__ import annotations

from typing import Any

from ipfin.registry.facts_shown import FOLLOWS_FROM_OTHERS, fact_label, fact_value
from ipfin.registry.models import ImportRow
from ipfin.web.i18n import in_reader_language

changed_label = fact_label


def changed_value(name: str, value: Any) -> str:
    """Return a kept value as people read it."""
    return fact_value(name, value, in_reader_language)


def changes_of(row: ImportRow) -> list[tuple[str, Any, Any]]:
    """Return name, old and new value of what a row changed, without what only follows from another change."""
    before, after = row.before or {}, row.after or {}
    told = [name for name in after if name not in FOLLOWS_FROM_OTHERS] or list(after)
    return [(name, before.get(name), after[name]) for name in told]
