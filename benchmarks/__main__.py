"""`python -m benchmarks`: every hot path beside its floor, in one table.

Decides what is measured and how it is shown. Each group runs in a process of its own, one after the
other, so that none stands on the memory of another. A missed goal is marked; it fails the run only
with --strict, because the machine may be busy.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from pathlib import Path
from time import monotonic

from benchmarks.lines import MISSES, Line
from benchmarks.material import FULL, QUICK, Size

GROUPS = {
    "import": "importing",
    "score": "scoring",
    "weights": "weights",
    "push": "pushing",
    "portal": "portal",
    "papers": "papers",
    "directory": "directory",
    "meetings": "meetings",
    "start": "starting",
}
_FORMAT = "{:<38} {:>10} {:>10} {:>8}  {:<9} {:<7} {}"


def run(groups: Sequence[str], size: Size) -> dict[str, list[Line]]:
    """Measure group after group; tell on the error stream how far it is."""
    found: dict[str, list[Line]] = {}
    fresh = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory(prefix="ipfin-benchmark-") as shared:
        for group in groups:
            started = monotonic()
            measure = import_module(f"benchmarks.{GROUPS[group]}").measure
            folder = Path(shared) / group
            folder.mkdir()
            with ProcessPoolExecutor(1, mp_context=fresh) as pool:
                found[group] = pool.submit(measure, folder, size).result()
            print(f"{group}: {monotonic() - started:.0f} s by the clock", file=sys.stderr, flush=True)
    return found


def table(found: dict[str, list[Line]]) -> str:
    """Return the whole table as text."""
    head = _FORMAT.format("hot path", "measured", "floor", "ratio", "goal", "verdict", "floor is; note")
    rows = [head, "-" * len(head)]
    for lines in found.values():
        rows += [_row(line) for line in lines]
        rows.append("")
    return "\n".join(rows)


def _row(line: Line) -> str:
    ratio = "" if line.ratio is None else f"{line.ratio:.3f}x"
    goal = "" if line.goal is None else f"<= {line.goal:g}" + ("" if line.is_limit else "x")
    words = "; ".join(filter(None, (line.floor_name, line.note)))
    floor = "" if line.floor is None else _figure(line.floor, line.unit)
    shown = _figure(line.measured, line.unit)
    return _FORMAT.format(line.name, shown, floor, ratio, goal, line.verdict, words).rstrip()


def _figure(value: float, unit: str) -> str:
    digits = {"s": 2, "ms": 2, "%": 4, "MB": 0, "": 0}[unit]
    return f"{value:.{digits}f} {unit}".rstrip()


def as_json(found: dict[str, list[Line]]) -> list[dict[str, object]]:
    """Return the lines as plain data."""
    return [
        {
            "group": group,
            "name": line.name.strip(),
            "measured": line.measured,
            "unit": line.unit,
            "floor": line.floor,
            "floor_name": line.floor_name,
            "ratio": line.ratio,
            "goal": line.goal,
            "verdict": line.verdict,
            "note": line.note,
        }
        for group, lines in found.items()
        for line in lines
    ]


def main(arguments: Sequence[str]) -> int:
    """Measure, print, and return 1 when --strict was asked for and a goal was missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the size: under a minute")
    parser.add_argument("--only", choices=GROUPS, action="append", help="this group only (may be repeated)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the lines to FILE")
    parser.add_argument("--strict", action="store_true", help="exit with 1 when a goal is missed")
    options = parser.parse_args(arguments)
    size = QUICK if options.quick else FULL
    print(
        f"Processor seconds of one run, {size.rows:,} rows, {size.firms:,} firms; Python"
        f" {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}."
        " Only ratios compare between machines.\n",
        flush=True,
    )
    found = run(options.only or list(GROUPS), size)
    print(table(found))
    missed = [line.name.strip() for lines in found.values() for line in lines if line.verdict == MISSES]
    judged = sum(line.goal is not None for lines in found.values() for line in lines)
    print(f"{judged - len(missed)} of {judged} goals are met." + (" Missed: " if missed else ""), end="")
    print("; ".join(missed))
    if options.json:
        options.json.write_text(json.dumps(as_json(found), ensure_ascii=False, indent=1), encoding="utf-8")
    return 1 if missed and options.strict else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
