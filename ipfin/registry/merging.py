"""Several rows of one patent become one: the application and the grant, or a row that is repeated.

Decides which row leads (the grant before the application, then the later publication, then the earlier
row) and that no value is lost: what the leading row leaves open is taken from the next one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final

from ipfin.registry.listed import ListedPatent
from ipfin.registry.statuses import LegalStatus, Validity

_STATUS: Final = ("validity", "legal_status", "status_said", "status_reason")
_OWN: Final = frozenset({*_STATUS, "key", "flags", "row", "repeated_rows", "was_granted"})
_FILLED: Final = tuple(name for name in ListedPatent._fields if name not in _OWN)


def merge(rows: Sequence[ListedPatent]) -> ListedPatent:
    """Return one patent out of the rows of one key."""
    ordered = sorted(rows, key=_leading)
    lead, others = ordered[0], ordered[1:]
    status = next((row for row in ordered if row.validity is not Validity.UNKNOWN), lead)
    changes: dict[str, Any] = {name: getattr(status, name) for name in _STATUS}
    if changes["legal_status"] is LegalStatus.UNKNOWN:
        changes["legal_status"] = _first_legal(ordered, status.validity)
    for name in _FILLED:
        if not _is_told(getattr(lead, name)):
            changes[name] = _first_told(getattr(row, name) for row in ordered)
    changes["flags"] = frozenset().union(*(row.flags for row in ordered))
    changes["was_granted"] = any(row.was_granted for row in ordered)
    changes["repeated_rows"] = tuple(sorted(row.row for row in others))
    return lead._replace(**changes)


def _leading(row: ListedPatent) -> tuple[bool, int, int]:
    is_grant = row.grant_number is not None
    return not is_grant, -(row.published_on or date.min).toordinal(), row.row


def _is_told(value: object) -> bool:
    return value is not None and value != "" and value != ()


def _first_told(values: Iterable[Any]) -> Any:
    last = None
    for last in values:
        if _is_told(last):
            return last
    return last


def _first_legal(rows: Sequence[ListedPatent], validity: Validity) -> LegalStatus:
    """Return the first legal status of a row that agrees on the validity."""
    agreeing = (row.legal_status for row in rows if row.validity is validity)
    return next((legal for legal in agreeing if legal is not LegalStatus.UNKNOWN), LegalStatus.UNKNOWN)
