"""Timetables of one-to-one meetings as lines of the table; the cases and the checks are in `timetable`."""

from __future__ import annotations

from pathlib import Path

from benchmarks import timetable
from benchmarks.lines import Line
from benchmarks.material import QUICK, Size

GOAL_GAP_EXACT, GOAL_GAP_ABSENT, GOAL_CPU_S = 0.0, timetable.GAP_HALF_AWAY, 0.2
_WAITING_S = 10.0  # for improvements where people are away


def measure(_folder: Path, size: Size) -> list[Line]:
    """Return the lines of all cases; with absences after some seconds of improving."""
    waiting = _WAITING_S / 10 if size == QUICK else _WAITING_S
    timetable.greedy(timetable.fair(5, 6, 3, 0.5))
    timetable.assignment(timetable.fair(5, 6, 3, 0.5))
    timetable.plan(timetable.fair(12, 6, 3, 0.5), time_limit_s=0.5)
    lines: list[Line] = []
    for away in timetable.ABSENCES:
        for case in timetable.SIZES:
            lines += _case(case, away, waiting if away == max(timetable.ABSENCES) else 0.0)
    return lines


def _case(case: tuple[int, int, int], away: float, waiting_s: float) -> list[Line]:
    rows = timetable.measure(case, away, waiting_s)
    greedy = next(row for row in rows if row.method == "greedy")
    first = next(row for row in rows if row.method == "ours, first timetable")
    best = rows[-1]
    if any(row.violations for row in rows):
        raise RuntimeError(f"a timetable breaks a rule: {best.case}")
    title = "meetings " + best.case
    is_judged = case == max(timetable.SIZES) and not away
    cost = Line(f"{title}: first", first.cpu_s, greedy.cpu_s, "greedy", GOAL_CPU_S if is_judged else None,
                is_limit=is_judged)  # fmt: skip
    gap = Line(
        f"{title}: gap",
        best.gap * 100,
        greedy.gap * 100,
        "greedy",
        GOAL_GAP_ABSENT * 100 if away else GOAL_GAP_EXACT,
        unit="%",
        is_limit=True,
        note=f"after {best.cpu_s:.1f} CPU s" if waiting_s else "",
    )
    return [cost, gap]
