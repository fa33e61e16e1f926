"""Which kind of list a table is: the kind whose columns explain it best; unsure when two are close.

Decides a proposal; the person at the wizard or `--kind` has the last word. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from ipfin.lists.columns import Columns, names_known, propose_columns, samples_of
from ipfin.lists.shape import Field, Shape
from ipfin.registry.fields import DROPPED, ListField
from ipfin.registry.headers import Mapping as PatentColumns
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
    """The kind that a table most likely is, and its columns. `is_sure`: nobody need choose the kind."""

    kind: ListKind
    columns: Columns | PatentColumns
    is_sure: bool


def recognise(table: RawTable, shapes: Sequence[Shape]) -> Recognised:
    """Return the kind of a table; patents, unsurely, when it has the needed columns of no kind.

    Patent lists are large: one whose names leave no other kind a chance is known without a look at what
    its columns hold.
    """
    title = table.filename + table.sheet
    patents = propose_mapping(table)
    own = _weight_of_patents(patents)
    if own and own >= _CLEAR + max(_most(table, shape, title) for shape in shapes):
        return Recognised(ListKind.PATENTS, patents, is_sure=True)
    samples = samples_of(table)
    proposed = {shape.kind: propose_columns(table, shape, samples) for shape in shapes}
    weights = {kind: _weight(columns, title) for kind, columns in proposed.items()} | {ListKind.PATENTS: own}
    found = sorted(((weight, kind) for kind, weight in weights.items() if weight), reverse=True)
    if not found:
        return Recognised(ListKind.PATENTS, patents, is_sure=False)
    weight, kind = found[0]
    second = found[1][0] if len(found) > 1 else 0
    columns = patents if kind is ListKind.PATENTS else proposed[kind]
    return Recognised(kind, columns, is_sure=weight >= second + _CLEAR)


def _most(table: RawTable, shape: Shape, title: str) -> int:
    """Return the weight that a shape can reach at most: every name borne out, every guess by content too."""
    named = names_known(table.header, shape)
    guessed = [field for field in shape.fields if field.guessed_from <= 1 and field not in named]
    return _sum(named + guessed, shape, title)


def _weight(columns: Columns, title: str) -> int:
    if columns.open_needs:
        return 0
    return _sum([match.field for match in columns.matches.values()], columns.shape, title)


def _sum(fields: Iterable[Field], shape: Shape, title: str) -> int:
    hinted = any(hint in title for hint in shape.hints)
    return sum(_TELLING if f.tells else 1 for f in fields if f.is_kept) + (_HINT if hinted else 0)


def _weight_of_patents(mapping: PatentColumns) -> int:
    if missing_essentials(mapping):
        return 0
    kept = [field for field in mapping.matches if field not in DROPPED]
    return sum(1 if field in _EVERYWHERE else 2 for field in kept)
