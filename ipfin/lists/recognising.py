"""Which kind of list a table is: the kind whose columns explain it best; unsure when two are close.

Decides a proposal; the person at the wizard or `--kind` has the last word. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ipfin.lists.columns import Columns, propose_columns
from ipfin.lists.shape import Shape
from ipfin.registry.fields import DROPPED, ListField
from ipfin.registry.headers import missing_essentials, propose_mapping
from ipfin.registry.list_kinds import ListKind
from ipfin.registry.reading import RawTable

_TELLING: Final = 3  # a column that hardly any other kind has weighs as much as so many plain ones
_HINT: Final = 4  # and a word in the name of the file or sheet
_CLEAR: Final = 2  # so much ahead of the second is no doubt
_EVERYWHERE: Final = frozenset(
    {ListField.APPLICANTS, ListField.CREDIT_CODE, ListField.PROVINCE, ListField.CITY, ListField.COUNTY,
     ListField.ADDRESS, ListField.LEGAL_STATUS, ListField.EXPIRY_DATE, ListField.PLEDGEE, ListField.PLEDGOR}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recognised:
    """The kind that a table most likely is. `is_sure` is False where a person should look."""

    kind: ListKind
    is_sure: bool


def recognise(table: RawTable, shapes: Iterable[Shape]) -> Recognised:
    """Return the kind of a table; patents, unsurely, when it has the needed columns of no kind."""
    title = table.filename + table.sheet
    weights = {ListKind.PATENTS: _weight_of_patents(table)}
    weights |= {shape.kind: _weight(propose_columns(table, shape), title) for shape in shapes}
    found = sorted(((weight, kind) for kind, weight in weights.items() if weight), reverse=True)
    if not found:
        return Recognised(ListKind.PATENTS, is_sure=False)
    second = found[1][0] if len(found) > 1 else 0
    return Recognised(found[0][1], is_sure=found[0][0] >= second + _CLEAR)


def _weight(columns: Columns, title: str) -> int:
    if columns.open_needs:
        return 0
    fields = [match.field for match in columns.matches.values() if match.field.is_kept]
    hinted = any(hint in title for hint in columns.shape.hints)
    return sum(_TELLING if field.tells else 1 for field in fields) + (_HINT if hinted else 0)


def _weight_of_patents(table: RawTable) -> int:
    mapping = propose_mapping(table)
    if missing_essentials(mapping):
        return 0
    kept = [field for field in mapping.matches if field not in DROPPED]
    return sum(1 if field in _EVERYWHERE else 2 for field in kept)
