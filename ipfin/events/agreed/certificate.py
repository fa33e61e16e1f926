"""The plan of agreed talks and what is proved about it: the vocabulary only.

How the figures come about is decided in `search`, `dropping` and `reasons`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ipfin.events.agreed.reasons import Condition, Reason
from ipfin.events.timetable.certificate import STATUS_LABELS, Ending, Status
from ipfin.kernel.text import Text, _


@dataclass(frozen=True, slots=True, order=True)
class HeldTalk:
    """A talk and its slot (from 1)."""

    slot: int
    talk_id: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """A talk without a slot, what forbids it, and the same in words."""

    talk_id: str
    condition: Condition
    reason: Text


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the search is: `breaks` None until a plan with all talks to be held is known."""

    done: float
    breaks: int | None
    bound: int
    dropped: int


OnProgress = Callable[[Progress], None]
ShouldStop = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class ArrangementCertificate:
    """What is known about an arrangement, all of it checkable from the task and the slots.

    Args:
        breaks: all breaks of all participants; `bound` is the fewest that any plan of the talks held can
        have. bound_by: "alone" (each participant's own talks and absences, others left aside) or "search"
        (the
            solver's word that there is no plan below).
        fairness_gap: most minus fewest breaks of a participant; `is_fair` whether the task's limit is kept.
        fewest_dropped: at least so many talks are dropped in every plan.
        reasons: why not all talks can be held; empty when all are held.
        seconds: wall time; without `effort` the searches depend on it.
    """

    status: Status
    breaks: int
    bound: int
    bound_by: str
    fairness_gap: int
    is_fair: bool
    dropped: tuple[Dropped, ...]
    fewest_dropped: int
    reasons: tuple[Reason, ...]
    ending: Ending
    solver: str
    seed: int
    inputs_sha256: str
    seconds: float

    @property
    def statement(self) -> Text:
        """The certificate in one sentence."""
        return _(
            "%(status)s：空档%(breaks)d个，下限%(bound)d个；未排入%(dropped)d场，至少%(least)d场无法排入。",
            status=STATUS_LABELS[self.status],
            breaks=self.breaks,
            bound=self.bound,
            dropped=len(self.dropped),
            least=self.fewest_dropped,
        )


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The talks held, in order of slots, with their certificate."""

    held: tuple[HeldTalk, ...]
    certificate: ArrangementCertificate
