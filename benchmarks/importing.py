"""Importing a list of 20 columns into SQLite: the whole, its parts, and the same file once more.

Floor: what calamine alone needs to hand the same workbook to Python, the median of what it needs before,
between and after the parts: other people's work on the machine changes what a processor second is worth. Both
are warm: a worker takes lists for weeks and loads the readings of characters once.
"""

from __future__ import annotations

from pathlib import Path
from statistics import median

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from benchmarks.lines import Line, cost_of, forget_peak, peak_mb, watched
from benchmarks.material import ON, Size, commit_list, import_list, migrated, people, write_list, writing
from ipfin.registry.intake import mapping_for, plan, read_list
from ipfin.registry.lifecycle import RowOutcome
from ipfin.registry.listing import interpret
from ipfin.registry.models import Patent

FLOOR = "calamine to_python"
GOAL_WHOLE, GOAL_AGAIN, GOAL_INTERPRET = 2.0, 0.6, 0.15


def raw_parse(path: Path) -> None:
    """The floor: open the workbook, hand every cell to Python, drop it."""
    from python_calamine import CalamineWorkbook

    CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()


def measure(folder: Path, size: Size) -> list[Line]:
    """Return the lines of the import."""
    path = folder / "list.xlsx"
    write_list(path, size)
    engine = migrated(folder / "import.db")
    maker, _checker, _banker = people(engine, folder)
    _warm_up(folder)
    raw_parse(path)
    floors = [cost_of(lambda: raw_parse(path))]
    before = forget_peak()
    with watched() as reading:
        table = read_list(path, path.name)
    with writing(engine) as session:
        mapping = mapping_for(session, table)
        with watched() as planning:
            found = plan(session, table, mapping, as_of=ON)
        with watched() as writes:
            commit_list(session, maker, table, found)
            session.flush()
    peak = peak_mb() - before
    floors.append(cost_of(lambda: raw_parse(path)))
    _check(found.count(RowOutcome.NEW) == size.rows - size.refused, "every sound row is new")
    with Session(engine) as session:
        _check(session.scalar(select(func.count(Patent.id))) == size.rows - size.refused, "all are there")
    with watched() as interpreting:
        interpret(table, mapping, as_of=ON)
    del table, found
    with watched() as again:
        found = import_list(engine, path, maker)
    floors.append(cost_of(lambda: raw_parse(path)))
    floor = median(floors)
    _check(found.count(RowOutcome.UNCHANGED) == size.rows - size.refused, "the second time nothing changes")
    whole = reading.seconds + planning.seconds + writes.seconds
    title = f"xlsx import {size.rows:,} x 20"
    comparing = planning.seconds - interpreting.seconds
    return [
        Line(title, whole, floor, FLOOR, GOAL_WHOLE, note=f"+{peak:.0f} MB"),
        Line("  read (child process)", reading.seconds, floor, FLOOR),
        Line("  interpret (normalise)", interpreting.seconds, floor, FLOOR, GOAL_INTERPRET),
        Line("  compare with registry", comparing, floor, FLOOR),
        Line("  write", writes.seconds, floor, FLOOR),
        Line("same file again", again.seconds, whole, "first import", GOAL_AGAIN),
    ]


def _warm_up(folder: Path) -> None:
    """Take a short list into a database of its own."""
    apart = folder / "warm"
    apart.mkdir()
    write_list(apart / "list.xlsx", Size(50, 50))
    engine = migrated(apart / "warm.db")
    maker, _checker, _banker = people(engine, apart)
    import_list(engine, apart / "list.xlsx", maker)


def _check(holds: bool, sentence: str) -> None:
    if not holds:
        raise RuntimeError(f"what was measured is not the work: {sentence}")
