"""What a batch keeps of a list of any kind: how it was read and what its rows do.

Decides what a plan must tell, whoever made it: the patents' one (`registry.intake`) and those of the other
rooms (`ipfin.lists`) do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Sized
from typing import Any, Protocol

from ipfin.kernel.text import Text
from ipfin.registry.lifecycle import RowOutcome
from ipfin.registry.reading import RawTable


class AnyField(Protocol):
    """A field of a list, named by a word."""

    @property
    def value(self) -> str:
        """The word."""


class AnyMapping(Protocol):
    """Which column of a list is which field."""

    @property
    def fingerprint(self) -> str:
        """Under which it is remembered."""

    def as_json(self) -> dict[str, Any]:
        """Return a form that JSON can hold."""


class AnyRemark(Protocol):
    """What is said of one row, or of the whole list: a refusal or a doubt."""

    @property
    def row(self) -> int | None:
        """The Excel row."""

    @property
    def field(self) -> AnyField | None:
        """The field that is meant."""

    @property
    def code(self) -> str:
        """A stable word for the reason."""

    @property
    def message(self) -> Text:
        """The sentence."""

    @property
    def value(self) -> str:
        """The cell as it stands."""


class AnyReading(Protocol):
    """How a list was read."""

    @property
    def mapping(self) -> AnyMapping:
        """Its columns."""

    @property
    def rows_read(self) -> int:
        """How many rows it has."""

    @property
    def missing_fields(self) -> Iterable[AnyField]:
        """Kept fields without a column."""

    @property
    def warnings(self) -> Sequence[AnyRemark]:
        """What is doubtful."""

    def summary(self) -> Mapping[str, Any]:
        """Return counts for people and machines."""


class AnyPlan(Protocol):
    """What a list would do."""

    @property
    def table(self) -> RawTable:
        """The list as it was read."""

    @property
    def reading(self) -> AnyReading:
        """How it was understood."""

    @property
    def steps(self) -> Sized:
        """What its rows do."""

    @property
    def refusals(self) -> Sequence[AnyRemark]:
        """The rows that are not taken."""

    @property
    def rows_repeated(self) -> int:
        """Rows that repeat another one."""

    def count(self, outcome: RowOutcome) -> int:
        """Return how many rows have `outcome`."""

    def reconciles(self) -> bool:
        """Whether every row has exactly one outcome."""
