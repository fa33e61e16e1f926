"""What is told of one step: figures, sentences and the sums that must come out.

Decides how a step says that it adds up, and how the whole is written for machines; not what is counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ipfin.kernel.text import Text


@dataclass(frozen=True, slots=True)
class Check:
    """One sum that must come out: `left` equals `right`."""

    sentence: Text
    left: int
    right: int

    @property
    def holds(self) -> bool:
        """Whether it does."""
        return self.left == self.right


@dataclass(slots=True)
class Step:
    """One step of the story: what was counted, what was said, what must add up."""

    key: str
    title: Text
    seconds: float = 0.0
    counts: list[tuple[Text, int]] = field(default_factory=list)
    remarks: list[Text] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)

    def count(self, label: Text, value: int) -> None:
        """Note a figure."""
        self.counts.append((label, value))

    def remark(self, sentence: Text) -> None:
        """Note a sentence."""
        self.remarks.append(sentence)

    def must_equal(self, sentence: Text, left: int, right: int) -> None:
        """Note a sum that must come out."""
        self.checks.append(Check(sentence, left, right))


def as_json(steps: Sequence[Step]) -> dict[str, Any]:
    """Return the story for machines; labels stay Chinese."""
    return {
        "steps": [
            {
                "key": step.key,
                "title": str(step.title),
                "seconds": round(step.seconds, 3),
                "counts": {str(label): value for label, value in step.counts},
                "remarks": [str(remark) for remark in step.remarks],
                "checks": [
                    {"what": str(c.sentence), "left": c.left, "right": c.right, "holds": c.holds}
                    for c in step.checks
                ],
            }
            for step in steps
        ],
        "reconciles": all(check.holds for step in steps for check in step.checks),
    }
