"""An explained decision: the steps by which a figure or a verdict was reached, in words and figures.

Decides only the form of a step. Whoever decides (a score, a subsidy, a compensation) builds the steps
beside the calculation and stores them with its result, so that it can be defended and recomputed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from ipfin.kernel.text import Text


@dataclass(frozen=True, slots=True)
class TraceStep:
    """One step.

    `label` says what was determined, in a sentence that can be translated; `formula` how, with the
    figures put in (`0.10 × 73.0`); `value` the result with its unit; `source` the clause, table or
    file on which it rests.
    """

    label: Text
    formula: str
    value: str
    source: str

    def as_json(self) -> dict[str, Any]:
        """Return a form that JSON can hold and `from_json` reads back."""
        return {
            "label": self.label.as_json(),
            "formula": self.formula,
            "value": self.value,
            "source": self.source,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> TraceStep:
        """Return the step that `as_json` stored."""
        return cls(Text.from_json(stored["label"]), stored["formula"], stored["value"], stored["source"])


Trace: TypeAlias = tuple[TraceStep, ...]


def trace_as_json(trace: Trace) -> list[dict[str, Any]]:
    """Return the steps, in order, as JSON can hold them."""
    return [step.as_json() for step in trace]


def trace_from_json(stored: Iterable[Mapping[str, Any]]) -> Trace:
    """Return the steps that `trace_as_json` stored."""
    return tuple(TraceStep.from_json(step) for step in stored)
