"""A pledge register compared with what stands: new registrations, releases, and the patents' own flag.

A registration is known by patent and registration number. A patent that the registry does not know is
kept apart; of a registration over several, the known ones are taken and the others told. The flag of a
patent follows only where this list is as new as what the patent's own list said, and a flag that another
source set is never taken off: it may speak of another pledge.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from ipfin.bulk import in_chunks
from ipfin.kernel.actor import Actor
from ipfin.kernel.text import Text, _
from ipfin.lists.cells import Cells
from ipfin.lists.columns import Columns
from ipfin.lists.models import PatentPledge
from ipfin.lists.plan import ListPlan, Reading, Step
from ipfin.lists.pledges.fields import SHAPE
from ipfin.lists.pledges.rows import ListedPledge, read_pledges
from ipfin.lists.pledges.state import PledgeState, pledge_state
from ipfin.lists.service.room import Room
from ipfin.lists.service.writing import MOST_TOLD, changed_on_top, keep_rows
from ipfin.registry.intake import Progress
from ipfin.registry.lifecycle import BatchState, RowOutcome
from ipfin.registry.models import ImportBatch, ImportRow, Patent
from ipfin.registry.reading import RawTable
from ipfin.registry.service import portfolio
from ipfin.registry.service.holders import Dependents
from ipfin.registry.statuses import Flag

UNKNOWN_PATENT: Final = "unknown_patent"
RECORDS: Final = "_records"
FLAGS: Final = "_flags"
_FACTS: Final = ("pledgor", "pledgee", "registered_on", "released_on", "amount_fen")
_FIELDS: Final = {"amount_fen": "amount"}
Key = tuple[int, str]


def plan(session: Session, table: RawTable, columns: Columns, as_of: date) -> ListPlan:
    """Return what the list would do; reads only."""
    cells = Cells(table, columns)
    listed = read_pledges(cells, as_of)
    patents = _patents(session, {number for pledge in listed for number in pledge.patents})
    standing = _standing(session, patents.values())
    told: dict[tuple[str, tuple[str, ...]], ListedPledge] = {}
    repeated: dict[tuple[str, tuple[str, ...]], list[int]] = {}
    for pledge in _known(cells, listed, patents):
        key = (pledge.registration, pledge.patents)
        if told.setdefault(key, pledge) is not pledge:
            repeated.setdefault(key, []).append(pledge.row)
            _tell_difference(cells, told[key], pledge)
    steps = [
        _step(pledge, patents, standing, as_of, tuple(repeated.get(key, ()))) for key, pledge in told.items()
    ]
    figures = {
        "pledges": len(steps),
        "patents": len({n for p in told.values() for n in p.patents} & set(patents)),
    }
    return ListPlan(table, Reading(columns, cells.count, cells.doubts, cells.refusals(), figures), steps)


def _patents(session: Session, numbers: Collection[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for chunk in in_chunks(sorted(numbers)):
        rows = session.execute(
            select(Patent.application_number, Patent.id).where(Patent.application_number.in_(chunk))
        )
        found.update({number: patent_id for number, patent_id in rows if number})
    return found


def _standing(session: Session, patent_ids: Collection[int]) -> dict[Key, PatentPledge]:
    found: dict[Key, PatentPledge] = {}
    for chunk in in_chunks(sorted(patent_ids)):
        rows = session.scalars(select(PatentPledge).where(PatentPledge.patent_id.in_(chunk)))
        found.update({(row.patent_id, row.registration_number): row for row in rows})
    return found


def _known(cells: Cells, listed: Sequence[ListedPledge], patents: Collection[str]) -> Iterator[ListedPledge]:
    for pledge in listed:
        missing = [number for number in pledge.patents if number not in patents]
        if len(missing) == len(pledge.patents):
            why = _(
                "库中没有专利%(numbers)s；请先导入含该专利的名单，再导入本行。", numbers="、".join(missing)
            )
            cells.refuse(pledge.place, "patent", UNKNOWN_PATENT, why, missing[0])
            continue
        if missing:
            said = _("其中%(numbers)s不在库中，只登记其余专利的质押。", numbers="、".join(missing))
            cells.doubt(pledge.place, "patent", UNKNOWN_PATENT, said, missing[0])
        yield pledge


def _tell_difference(cells: Cells, first: ListedPledge, other: ListedPledge) -> None:
    if _facts(first) != _facts(other):
        said = _("与第%(first)s行是同一登记而内容不同，已采用第%(first)s行。", first=first.row)
        cells.doubt(other.place, "registration", "repeated_differs", said, other.registration)


def _facts(pledge: ListedPledge) -> dict[str, Any]:
    return {
        "pledgor": pledge.pledgor,
        "pledgee": pledge.pledgee,
        "registered_on": pledge.registered_on,
        "released_on": pledge.released_on,
        "amount_fen": pledge.amount,
    }


def _step(
    pledge: ListedPledge,
    patents: dict[str, int],
    standing: dict[Key, PatentPledge],
    as_of: date,
    repeated: tuple[int, ...],
) -> Step:
    """Return what one registration does to each of its patents."""
    told = {name: value for name, value in _facts(pledge).items() if value not in (None, "")}
    fresh: list[int] = []
    changes: dict[int, dict[str, Any]] = {}
    before: dict[str, str] = {}
    for number in pledge.patents:
        patent_id = patents.get(number)
        if patent_id is None:
            continue
        known = standing.get((patent_id, pledge.registration))
        if known is None:
            fresh.append(patent_id)
        elif as_of >= known.as_of:
            differing = {name: value for name, value in told.items() if value != getattr(known, name)}
            if differing:
                changes[known.id] = differing
                before |= {_FIELDS.get(name, name): _word(getattr(known, name)) for name in differing}
    columns = {"registration": pledge.registration, "told": told, "fresh": fresh, "changes": changes}
    named = {"registration": pledge.registration, "patent": "、".join(pledge.patents)}
    if fresh:
        after = named | {_FIELDS.get(name, name): _word(value) for name, value in told.items()}
        return Step(pledge.row, RowOutcome.NEW, None, columns, (), {}, after, repeated)
    if changes:
        after = named | {
            field: _word(told[name]) for name in told if (field := _FIELDS.get(name, name)) in before
        }
        return Step(pledge.row, RowOutcome.CHANGED, None, columns, (), named | before, after, repeated)
    return Step(pledge.row, RowOutcome.UNCHANGED, repeated=repeated)


def _word(value: Any) -> str:
    if isinstance(value, int):
        return f"{value / 10**6:,.4f}".rstrip("0").rstrip(".") + "万元"
    return "" if value is None else str(value)


# --- Writing and taking back -------------------------------------------------------------------------


def write(session: Session, _actor: Actor, batch: ImportBatch, found: ListPlan, report: Progress) -> None:
    """Write the registrations of a list and the flags of their patents, in the caller's transaction."""
    active = [step for step in found.steps if step.outcome in (RowOutcome.NEW, RowOutcome.CHANGED)]
    report(0, len(active), _("正在登记质押"))
    stories: list[tuple[Step, int | None, dict[str, Any]]] = []
    touched: set[int] = set()
    for step in active:
        kept = []
        for patent_id in step.columns["fresh"]:
            session.add(
                PatentPledge(
                    patent_id=patent_id,
                    registration_number=step.columns["registration"],
                    source=batch.source,
                    as_of=batch.as_of,
                    batch_id=batch.id,
                    **step.columns["told"],
                )
            )
            touched.add(patent_id)
        for pledge_id, changes in step.columns["changes"].items():
            pledge = session.get_one(PatentPledge, pledge_id)
            old = {name: getattr(pledge, name) for name in (*_FACTS, "as_of")}
            kept.append({"id": pledge_id, **_plain(old)})
            for name, value in {**changes, "as_of": batch.as_of}.items():
                setattr(pledge, name, value)
            touched.add(pledge.patent_id)
        stories.append((step, None, {RECORDS: kept} if kept else {}))
    session.flush()
    flags = _set_flags(session, touched, batch.as_of)
    if stories and flags:
        stories[0][2][FLAGS] = flags
    keep_rows(session, batch, stories)
    portfolio.recount(session, portfolio.holders_of(session, sorted(touched)))


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def _set_flags(session: Session, patent_ids: Collection[int], as_of: date) -> list[dict[str, Any]]:
    """Let the flags of patents follow their pledges as of the list's day; return what was changed."""
    changed: list[dict[str, Any]] = []
    for chunk in in_chunks(sorted(patent_ids)):
        pledges: dict[int, list[PatentPledge]] = {}
        for pledge in session.scalars(select(PatentPledge).where(PatentPledge.patent_id.in_(chunk))):
            pledges.setdefault(pledge.patent_id, []).append(pledge)
        for patent in session.scalars(select(Patent).where(Patent.id.in_(chunk))):
            before = patent.flags
            if as_of >= (patent.status_as_of or patent.as_of) and _follow(patent, pledges[patent.id], as_of):
                changed.append({"id": patent.id, "before": before, "after": patent.flags})
    session.flush()
    return changed


def _follow(patent: Patent, pledges: Sequence[PatentPledge], as_of: date) -> bool:
    """Put the flag on a patent with a standing pledge, or take off the one that these set; say if it did."""
    states = {p: pledge_state(p.registered_on, p.released_on, p.as_of, as_of) for p in pledges}
    standing = [pledge for pledge, state in states.items() if state is PledgeState.STANDING]
    # One that nobody told released may well stand.
    are_over = set(states.values()) == {PledgeState.RELEASED}
    words = set(patent.flags.split())
    if standing and not patent.is_pledged:
        words.add(Flag.PLEDGED.value)
        for pledge in standing:
            pledge.sets_flag = True
    elif patent.is_pledged and are_over and any(pledge.sets_flag for pledge in pledges):
        words.discard(Flag.PLEDGED.value)
    else:
        return False
    patent.flags, patent.is_pledged = " ".join(sorted(words)), Flag.PLEDGED.value in words
    return True


def undo(session: Session, _actor: Actor, batch: ImportBatch, _dependents: Sequence[Dependents]) -> None:
    """Take back what a batch wrote: registrations go, changed ones and flags get their old values back."""
    rows = session.scalars(
        select(ImportRow).where(ImportRow.batch_id == batch.id, ImportRow.outcome != RowOutcome.REFUSED)
    ).all()
    touched = set(session.scalars(select(PatentPledge.patent_id).where(PatentPledge.batch_id == batch.id)))
    for row in rows:
        for kept in (row.before or {}).get(RECORDS, ()):
            pledge = session.get_one(PatentPledge, kept["id"])
            touched.add(pledge.patent_id)
            for name in (*_FACTS, "as_of"):
                is_day = name.endswith("_on") or name == "as_of"
                setattr(pledge, name, date.fromisoformat(kept[name]) if is_day and kept[name] else kept[name])
        for kept in (row.before or {}).get(FLAGS, ()):
            patent = session.get(Patent, kept["id"])
            if patent is not None and patent.flags == kept["after"]:
                patent.flags = kept["before"]
                patent.is_pledged = Flag.PLEDGED.value in kept["before"].split()
                touched.add(patent.id)
    session.flush()
    session.execute(delete(PatentPledge).where(PatentPledge.batch_id == batch.id))
    session.expire_all()
    portfolio.recount(session, portfolio.holders_of(session, sorted(touched)))


def built_on(session: Session, batch: ImportBatch) -> list[Text]:
    """Return a sentence for each later pledge list that wrote of the same registrations."""
    own = set(session.scalars(select(PatentPledge.id).where(PatentPledge.batch_id == batch.id)))
    own |= _changed_by(session, ImportRow.batch_id == batch.id)
    later = (
        select(ImportBatch)
        .where(
            ImportBatch.id != batch.id,
            ImportBatch.kind == batch.kind,
            ImportBatch.state == BatchState.COMMITTED,
            ImportBatch.committed_at >= batch.committed_at,
        )
        .order_by(ImportBatch.id.desc())
    )
    found = (
        changed_on_top(other.id, other.filename)
        for other in session.scalars(later)
        if own & _changed_by(session, ImportRow.batch_id == other.id)
    )
    return list(islice(found, MOST_TOLD))


def _changed_by(session: Session, where: ColumnElement[bool]) -> set[int]:
    """Return the ids of the registrations that the rows under `where` changed."""
    rows = session.scalars(select(ImportRow.before).where(where, ImportRow.before.is_not(None)))
    return {kept["id"] for before in rows for kept in (before or {}).get(RECORDS, ())}


ROOM = Room(SHAPE, plan, write, built_on, undo)
