"""The clock is read in one module, in China's time zone; everybody else is told the day.

`date.today()` on a server in UTC is yesterday until eight in the morning, and a deadline moves.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, calls, modules

PLACE = "ipfin/kernel/clock.py"
# The database's clock is a clock, too. `time.monotonic` and `perf_counter` measure and tell no day.
READS_THE_CLOCK = (
    "date.today",
    "datetime.today",
    "datetime.now",
    "datetime.utcnow",
    "time.time",
    "time.localtime",
    "time.gmtime",
    "func.now",
    "func.current_date",
    "func.current_timestamp",
    "func.localtimestamp",
)


def offences(root: Path) -> list[str]:
    """Return the calls that read the clock elsewhere."""
    return [
        f"{module.at(call)}: {name}()"
        for module in modules(root)
        if module.place != PLACE
        for call, name in calls(module)
        if name in READS_THE_CLOCK or name.endswith(tuple(f".{reader}" for reader in READS_THE_CLOCK))
    ]


def test_the_clock_is_read_in_one_place() -> None:
    assert offences(ROOT) == []


@pytest.mark.parametrize(
    "line",
    [
        "date.today()",
        "datetime.now(UTC)",
        "datetime.datetime.utcnow()",
        "int(time.time())",
        "mapped_column(server_default=func.now())",
    ],
)
def test_a_planted_look_at_the_clock_is_found(plant: Callable[[str, str], Path], line: str) -> None:
    assert len(offences(plant("ipfin/registry/patents.py", f"x = {line}"))) == 1


def test_the_clock_itself_and_a_stopwatch_are_right(plant: Callable[[str, str], Path]) -> None:
    plant("ipfin/kernel/clock.py", "now = datetime.now(UTC)")
    assert offences(plant("ipfin/whitelist/scoring.py", "started = time.monotonic()")) == []
