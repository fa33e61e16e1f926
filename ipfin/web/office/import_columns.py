"""The columns of a list on the wizard: what is shown of them, and what a person chose."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from ipfin.kernel.clock import in_china
from ipfin.kernel.errors import BadInput
from ipfin.lists.columns import Columns
from ipfin.lists.service import AnyColumns, Proposal, dropped_of, labels_of, with_answers
from ipfin.registry.fields import ListField
from ipfin.registry.headers import Confidence
from ipfin.registry.list_kinds import ListKind
from ipfin.registry.reading import RawTable

SAMPLES = 3
_GUESSED = frozenset({Confidence.SIMILAR, Confidence.CONTENT})
_says_something = re.compile(r"\w").search  # a dash or a stroke stands for nothing


def preview_of(table: RawTable, proposal: Proposal) -> dict[str, Any]:
    """Return what the column page shows without reading the file again; persons' columns show nothing."""
    dropped, origin, confirmed = dropped_of(proposal.kind), proposal.origin, proposal.confirmed
    matches = proposal.columns.matches.values()
    hidden = {match.column for match in matches if match.field.value in dropped}
    samples = [
        [] if place in hidden else [value[:60] for value in column if value][:SAMPLES]
        for place, column in enumerate(table.columns)
    ]
    return {
        "samples": samples,
        "rows": table.row_count,
        "sheet": table.sheet,
        "header_row": table.header_row,
        "encoding": table.encoding,
        "notes": [note.as_json() for note in table.notes],
        "is_sure": proposal.is_sure,
        "returned_from": origin.id if origin else None,
        "returned_as_of": origin.as_of.isoformat() if origin else "",
        "confirmed_by": confirmed.confirmed_by if confirmed else "",
        "confirmed_on": in_china(confirmed.confirmed_at).date().isoformat() if confirmed else "",
    }


@dataclass(frozen=True, slots=True)
class ColumnGroup:
    """Columns that a person looks at in the same way, by their places."""

    key: str
    columns: tuple[int, ...]


def grouped_columns(columns: AnyColumns, samples: Sequence[Sequence[str]]) -> list[ColumnGroup]:
    """Return the columns in groups, what wants a look first.

    First those that were guessed by their content or by a part of their name; then those that hold
    something and are not taken; then those whose name is known; last those that are empty.
    """
    found = {match.column: match.confidence for match in columns.matches.values()}
    groups: dict[str, list[int]] = {"doubtful": [], "left": [], "known": [], "empty": []}
    for place in range(len(columns.header)):
        if place in found:
            key = "doubtful" if found[place] in _GUESSED else "known"
        else:
            key = "left" if any(_says_something(value) for value in samples[place]) else "empty"
        groups[key].append(place)
    return [ColumnGroup(key, tuple(places)) for key, places in groups.items() if places]


def chosen_columns(kind: ListKind, columns: AnyColumns, posted: Mapping[str, str]) -> AnyColumns:
    """Return the columns with a person's choices, and what he told of the whole list.

    Raises:
        BadInput: a field that does not exist or stands on two columns, or an answer that cannot be.
    """
    choices = _choices(kind, columns, posted)
    if isinstance(columns, Columns):
        answers = {
            name.removeprefix("told-"): word for name, word in posted.items() if name.startswith("told-")
        }
        return with_answers(columns.confirmed(choices), answers)
    return columns.confirmed({ListField(word): column for word, column in choices.items()})


def _choices(kind: ListKind, columns: AnyColumns, posted: Mapping[str, str]) -> dict[str, int | None]:
    """Return the person's choice for every field: its column, or None for a field without one."""
    labels = labels_of(kind)
    wanted: dict[str, int | None] = {}
    for place in range(len(columns.header)):
        word = posted.get(f"column-{place}", "")
        if not word:
            continue
        if word not in labels:
            raise BadInput(_("所选的字段不存在，请重新选择。"))
        if word in wanted:
            raise BadInput(_("“%(field)s”选了两列，只能选一列。", field=labels[word]))
        wanted[word] = place
    known = {match.field.value for match in columns.matches.values()}
    return {word: wanted.get(word) for word in {*known, *wanted}}
