"""What a list would do, row by row: `rows_read` = new + changed + unchanged + refused, exactly. Pure.

Decides the shape and the counting; a room fills it. The dry run and the commit both make one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from ipfin.kernel.text import Text
from ipfin.lists.columns import Columns
from ipfin.lists.shape import Field
from ipfin.registry.lifecycle import RowOutcome
from ipfin.registry.reading import RawTable


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why one row is not taken. `row` is the Excel row, `value` the cell as it stands."""

    row: int
    field: Field | None
    code: str
    message: Text
    value: str = ""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something about a row that does not stop it."""

    row: int
    field: Field | None
    code: str
    message: Text
    value: str = ""


@dataclass(frozen=True, slots=True)
class FactWrite:
    """A dated fact of a firm to write: `kind` is a `FactKind`, `replaces` the fact of the same day."""

    kind: str
    as_of: date
    word: str = ""
    number: Decimal | None = None
    expires_on: date | None = None
    evidence: str = ""
    replaces: int | None = None


@dataclass(frozen=True, slots=True)
class Contested:
    """A value that a list says otherwise than a person settled it: both sides as a conflict keeps them."""

    field: str
    code: str
    held: Mapping[str, Any]
    told: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """What one row does. `before` and `after` are what a person is shown, old and new value by field.

    `columns` are those of the row's own record (a new one: all; else the changed ones), `facts` the dated
    facts to write beside it. `subject_id` is None for a record that the row brings.
    """

    row: int
    outcome: RowOutcome
    subject_id: int | None = None
    columns: Mapping[str, Any] = field(default_factory=dict)
    facts: tuple[FactWrite, ...] = ()
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    repeated: tuple[int, ...] = ()  # other Excel rows that say the same
    contests: tuple[Contested, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """How the list was read. `summary` has counts for people and machines under plain English words."""

    mapping: Columns
    rows_read: int
    warnings: Sequence[Doubt]
    refusals: Sequence[Refusal]
    figures: Mapping[str, int] = field(default_factory=dict)

    @property
    def missing_fields(self) -> tuple[Field, ...]:
        """Kept fields that this list has no column for."""
        return self.mapping.missing

    def summary(self) -> dict[str, Any]:
        """Return counts by reason, and the room's own figures."""
        return {
            "kind": self.mapping.shape.kind.value,
            "rows_read": self.rows_read,
            "rows_refused": len(self.refusals),
            "refusals": dict(Counter(refusal.code for refusal in self.refusals)),
            "warnings_by_code": dict(Counter(doubt.code for doubt in self.warnings)),
            "figures": dict(self.figures),
            "told": dict(self.mapping.told),
            "missing_fields": [field.value for field in self.missing_fields],
        }


@dataclass(frozen=True, slots=True)
class ListPlan:
    """What a list would do; the room that made it writes it."""

    table: RawTable
    reading: Reading
    steps: Sequence[Step] = field(repr=False)

    @property
    def refusals(self) -> Sequence[Refusal]:
        """The rows that are not taken, in the order of the file."""
        return self.reading.refusals

    @property
    def rows_repeated(self) -> int:
        """Rows that repeat another one of the same file; they count as unchanged."""
        return sum(len(step.repeated) for step in self.steps)

    def count(self, outcome: RowOutcome) -> int:
        """Return how many rows have `outcome`."""
        if outcome is RowOutcome.REFUSED:
            return len(self.refusals)
        own = sum(step.outcome is outcome for step in self.steps)
        return own + (self.rows_repeated if outcome is RowOutcome.UNCHANGED else 0)

    def reconciles(self) -> bool:
        """Whether every row that was read has exactly one outcome."""
        return self.reading.rows_read == sum(self.count(outcome) for outcome in RowOutcome)
