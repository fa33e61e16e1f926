"""One line of the table, and how the cost of a piece of work is taken.

Decides what counts: processor seconds of this process and of the children that it waited for, never
seconds of the clock, because other people's work stands on the same machine. What a line is worth is a
ratio of two such costs, taken in one run.
"""

from __future__ import annotations

import gc
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

MEETS, MISSES, SHOWN = "meets", "MISSES", "-"


@dataclass(frozen=True, slots=True)
class Line:
    """One hot path: what it cost, what the floor cost, and how many floors it may cost.

    `unit` is of both figures. Without a `goal` the line is shown and not judged. Where `is_limit`, the
    goal is for the figure itself and not for the ratio (a gap, megabytes).
    """

    name: str
    measured: float
    floor: float | None = None
    floor_name: str = ""
    goal: float | None = None
    unit: str = "s"
    is_limit: bool = False
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """How many floors it cost."""
        return self.measured / self.floor if self.floor else None

    @property
    def verdict(self) -> str:
        """Whether the goal is met; a line without one is only shown."""
        judged = self.measured if self.is_limit else self.ratio
        if self.goal is None or judged is None:
            return SHOWN
        return MEETS if judged <= self.goal else MISSES


def cpu_seconds() -> float:
    """Return the processor seconds of this process and of the children it waited for, up to now."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


class Watch:
    """What a `with watched()` block cost, in processor seconds."""

    seconds: float = 0.0


@contextmanager
def watched() -> Iterator[Watch]:
    """Take the cost of a block. Rubbish of the work before it is not its own."""
    gc.collect()
    watch = Watch()
    started = cpu_seconds()
    yield watch
    watch.seconds = cpu_seconds() - started


def cost_of(work: Callable[[], Any]) -> float:
    """Return the processor seconds of one call."""
    with watched() as watch:
        work()
    return watch.seconds


def cost_in_ms(work: Callable[[], Any], *, calls: int, rounds: int = 5) -> float:
    """Return the processor milliseconds of one call: the median of `rounds` means of `calls` calls."""
    work()

    def together() -> None:
        for _ in range(calls):
            work()

    return median(cost_of(together) for _ in range(rounds)) * 1000 / calls


def forget_peak() -> float:
    """Start a new peak of this process's memory and return what it holds now, in MB."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return peak_mb()


def peak_mb() -> float:
    """Return the most memory that this process held since `forget_peak`, in MB."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("this kernel does not tell a process's peak")
