"""Agreed talks of published instances: breaks beside the best known value, every plan checked independently.

Reads every .dzn of a folder, arranges it with `ipfin.events.agreed` and prints a line as soon as it is done.
The best known values come from a manifest.csv (columns file, breaks_in_reference) in the folder or above it,
if there is one.

    python benchmarks/b2b.py FOLDER [--seconds N] [--only PATTERN] [--seed N] [--threads N]
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from time import monotonic, process_time

if __name__ == "__main__":  # run as a file: the folder above is the project, this one is no place for modules
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from benchmarks.dzn import AFTERNOON, MORNING, Instance, NotReadable, read
from benchmarks.talks_checker import breaks, violations
from ipfin.events.agreed.arrange import arrange
from ipfin.events.agreed.certificate import Arrangement
from ipfin.events.agreed.task import Participant, Precedence, Talk, TalksTask
from ipfin.events.timetable.certificate import Status
from ipfin.kernel.text import translate

_FORMAT = "{:<28} {:>6} {:>7} {:>6} {:>5} {:>7} {:>10} {:>7} {:>7}  {}"
_HEAD = (
    "instance",
    "talks",
    "dropped",
    "breaks",
    "best",
    "bound",
    "violations",
    "seconds",
    "CPU s",
    "what is known",
)
_MOST_TOLD = 4  # reasons and violations told in words


@dataclass(frozen=True, slots=True)
class Row:
    """One instance and what came of it; `best_known` None when nobody has told."""

    name: str
    breaks: int
    best_known: int | None
    dropped: int
    broken: tuple[str, ...]
    seconds: float


def task_of(instance: Instance) -> TalksTask:
    """The instance as the engine takes it: sessions and fixed slots as the slots of a talk."""
    return TalksTask(
        participants=tuple(
            Participant(str(number), away=slots) for number, slots in enumerate(instance.forbidden, start=1)
        ),
        talks=tuple(
            Talk(str(number), str(one), str(other), _slots(instance, session, fixed))
            for number, ((one, other, session), fixed) in enumerate(
                zip(instance.requested, instance.fixed, strict=True), start=1
            )
        ),
        slots=instance.slots,
        tables=instance.tables,
        precedences=tuple(
            Precedence(str(earlier), str(later))
            for later, before in enumerate(instance.earlier, start=1)
            for earlier in sorted(before)
        ),
    )


def _slots(instance: Instance, session: int, fixed: int) -> frozenset[int]:
    first = instance.morning + 1 if session == AFTERNOON else 1
    last = instance.morning if session == MORNING else instance.slots
    slots = frozenset(range(first, last + 1))
    return slots & {fixed} if fixed else slots


def best_known(folder: Path) -> dict[str, int]:
    """The best known breaks by file name, from a manifest in the folder or above it."""
    for place in (folder, folder.resolve().parent):
        manifest = place / "manifest.csv"
        if manifest.is_file():
            with manifest.open(encoding="utf-8-sig", newline="") as lines:
                rows = list(csv.DictReader(lines))
            return {
                row["file"]: int(row["breaks_in_reference"])
                for row in rows
                if row.get("file") and (row.get("breaks_in_reference") or "").strip().isdigit()
            }
    return {}


def measure(path: Path, known: Mapping[str, int], seconds: float, seed: int, threads: int) -> Row:
    """Arrange one file within the seconds, reading included; print its line and what must be said."""
    started, cpu = monotonic(), process_time()
    instance = read(path)
    task = task_of(instance)
    left = max(0.1, seconds - (monotonic() - started))
    made = arrange(task, time_limit_s=left, seed=seed, threads=threads)
    took, cpu = monotonic() - started, process_time() - cpu
    row = _judged(instance, made, known.get(path.name), took)
    proof = made.certificate
    print(
        _FORMAT.format(
            row.name[:28],
            len(instance.requested),
            row.dropped or "",
            row.breaks,
            "-" if row.best_known is None else row.best_known,
            proof.bound,
            len(row.broken),
            f"{took:.1f}",
            f"{cpu:.1f}",
            _known(made),
        )
    )
    for said in (*row.broken[:_MOST_TOLD], *_reasons(made)):
        print(f"    {said}")
    sys.stdout.flush()
    return row


def _judged(instance: Instance, made: Arrangement, known: int | None, took: float) -> Row:
    slot_of = {int(one.talk_id): one.slot for one in made.held}
    dropped = [int(one.talk_id) for one in made.certificate.dropped]
    broken = violations(instance, slot_of, dropped)
    counted = sum(breaks(instance, slot_of).values())
    if counted != made.certificate.breaks:
        broken.append(f"the certificate says {made.certificate.breaks} breaks, counted are {counted}")
    return Row(instance.name, counted, known, len(dropped), tuple(broken), took)


def _known(made: Arrangement) -> str:
    """What the certificate claims, in a few words."""
    proof = made.certificate
    by = "each alone" if proof.bound_by == "alone" else "search"
    if proof.status is Status.PROVEN_OPTIMAL:
        said = f"optimal, bound by {by}"
    else:
        said = f"{proof.ending.value}, bound by {by}"
    if proof.dropped:
        needed = proof.fewest_dropped
        said = (f"infeasible, at least {needed} to drop; " if needed else "not all placed; ") + said
    return said


def _reasons(made: Arrangement) -> list[str]:
    proof = made.certificate
    told = [translate(reason.text, "en") for reason in proof.reasons[:_MOST_TOLD]]
    if len(proof.reasons) > _MOST_TOLD:
        told.append(f"and {len(proof.reasons) - _MOST_TOLD} more reasons")
    named = {reason.text for reason in proof.reasons}
    alone = [one for one in proof.dropped if one.reason not in named]
    told += [f"dropped: {translate(one.reason, 'en')}" for one in alone[:_MOST_TOLD]]
    if proof.dropped:
        told.append("dropped talks: " + ", ".join(one.talk_id for one in proof.dropped))
    return told


def summary(rows: Sequence[Row], unreadable: int, seconds: float) -> str:
    """The last lines: how many, how good."""
    judged = [row for row in rows if row.best_known is not None and not row.dropped]
    equal = sum(1 for row in judged if row.breaks == row.best_known)
    better = sum(1 for row in judged if row.best_known is not None and row.breaks < row.best_known)
    late = sum(1 for row in rows if row.seconds > seconds)
    return (
        f"{len(rows)} instances, {sum(len(row.broken) for row in rows)} violations, {unreadable} unreadable; "
        f"of {sum(1 for row in rows if row.best_known is not None)} with a best known value "
        f"{equal} equal, {better} better; {sum(1 for row in rows if row.dropped)} with dropped talks; "
        f"{late} over the time"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Go through the folder; the answer is 1 when a rule was broken or a file could not be read."""
    parser = argparse.ArgumentParser(description="Arrange every .dzn instance of a folder.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=60.0, help="wall time for each instance")
    parser.add_argument("--only", default="*", help="names to take, as a pattern")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args(arguments)
    paths = sorted(path for path in given.folder.glob("*.dzn") if fnmatch(path.name, given.only))
    if not paths:
        print(f"no .dzn file in {given.folder}", file=sys.stderr)
        return 1
    known = best_known(given.folder)
    print(_FORMAT.format(*_HEAD))
    rows, unreadable = [], 0
    for path in paths:
        try:
            rows.append(measure(path, known, given.seconds, given.seed, given.threads))
        except NotReadable as error:
            unreadable += 1
            print(f"{path.name}: cannot be read: {error}", flush=True)
    print(summary(rows, unreadable, given.seconds))
    return 1 if unreadable or any(row.broken for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
