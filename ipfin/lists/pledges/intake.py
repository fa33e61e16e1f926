"""A pledge register compared with what stands: new registrations, releases, and the patents' own flag.

A registration is known by patent and registration number. A patent that the registry does not know is
kept apart; of a registration over several, the known ones are taken and the others told. Every value has
the day of the list that told it last, so that the order in which lists come in does not matter; what that
makes of a patent's flag is decided in `registry.burdens`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ipfin.bulk import in_chunks
from ipfin.kernel.actor import Actor
from ipfin.kernel.text import Text, _
from ipfin.lists.cells import Cells
from ipfin.lists.columns import Columns
from ipfin.lists.plan import ListPlan, Reading, Step
from ipfin.lists.pledges.fields import SHAPE
from ipfin.lists.pledges.rows import ListedPledge, read_pledges
from ipfin.lists.service.room import Room
from ipfin.lists.service.writing import MOST_TOLD, changed_on_top, keep_rows
from ipfin.registry.intake import Progress
from ipfin.registry.lifecycle import BatchState, RowOutcome
from ipfin.registry.models import ImportBatch, ImportRow, Patent, PatentPledge
from ipfin.registry.reading import RawTable
from ipfin.registry.service import portfolio
from ipfin.registry.service.burdens import follow_pledges
from ipfin.registry.service.holders import Dependents

UNKNOWN_PATENT: Final = "unknown_patent"
RECORDS: Final = "_records"
CONFIRMED: Final = "confirmed_pledges"
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
    confirmed: dict[int, list[str]] = {}
    before: dict[str, str] = {}
    for number in pledge.patents:
        patent_id = patents.get(number)
        if patent_id is None:
            continue
        known = standing.get((patent_id, pledge.registration))
        if known is None:
            fresh.append(patent_id)
            continue
        confirmed[known.id] = [name for name in told if _day(known, name) < as_of]
        differing = {
            name: value
            for name, value in told.items()
            if value != getattr(known, name) and (as_of >= _day(known, name) or not getattr(known, name))
        }
        if differing:
            changes[known.id] = differing
            before |= {_FIELDS.get(name, name): _word(getattr(known, name)) for name in differing}
    columns = {
        "registration": pledge.registration, "told": told, "fresh": fresh, "changes": changes,
        "confirmed": confirmed,
    }  # fmt: skip
    named = {"registration": pledge.registration, "patent": "、".join(pledge.patents)}
    if fresh:
        after = named | {_FIELDS.get(name, name): _word(value) for name, value in told.items()}
        return Step(pledge.row, RowOutcome.NEW, None, columns, (), {}, after, repeated)
    if changes:
        after = named | {
            field: _word(told[name]) for name in told if (field := _FIELDS.get(name, name)) in before
        }
        return Step(pledge.row, RowOutcome.CHANGED, None, columns, (), named | before, after, repeated)
    return Step(pledge.row, RowOutcome.UNCHANGED, columns=columns, repeated=repeated)


def _day(pledge: PatentPledge, name: str) -> date:
    """Return the day of the list that told a value last."""
    told = pledge.told_on.get(name)
    return date.fromisoformat(told) if told else pledge.as_of


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
        for patent_id in step.columns["fresh"]:
            session.add(
                PatentPledge(
                    patent_id=patent_id,
                    registration_number=step.columns["registration"],
                    source=batch.source,
                    as_of=batch.as_of,
                    batch_id=batch.id,
                    told_on={},
                    **step.columns["told"],
                )
            )
            touched.add(patent_id)
        kept = [
            _change(session, batch, pledge_id, step.columns["changes"].get(pledge_id, {}), step.columns)
            for pledge_id in step.columns["changes"]
        ]
        stories.append((step, None, {RECORDS: kept} if kept else {}))
    confirmed = [
        _change(session, batch, pledge_id, {}, step.columns)
        for step in found.steps
        for pledge_id, names in step.columns.get("confirmed", {}).items()
        if pledge_id not in step.columns["changes"] and (names or batch.as_of > _as_of(session, pledge_id))
    ]
    batch.summary = {**batch.summary, CONFIRMED: confirmed}
    ids = {kept["id"] for _step, _firm, private in stories for kept in private.get(RECORDS, ())}
    ids |= {kept["id"] for kept in confirmed}
    touched |= {session.get_one(PatentPledge, pledge_id).patent_id for pledge_id in ids}
    session.flush()
    keep_rows(session, batch, stories)
    portfolio.recount(session, follow_pledges(session, touched))


def _as_of(session: Session, pledge_id: int) -> date:
    return session.get_one(PatentPledge, pledge_id).as_of


def _change(
    session: Session, batch: ImportBatch, pledge_id: int, changes: dict[str, Any], columns: Mapping[str, Any]
) -> dict[str, Any]:
    """Write what a list tells of a registration, each value with its day; return what it was."""
    pledge = session.get_one(PatentPledge, pledge_id)
    old = {name: getattr(pledge, name) for name in (*_FACTS, "as_of", "source")}
    kept = {"id": pledge_id, **_plain(old), "told_on": dict(pledge.told_on)}
    days = {name: _day(pledge, name) for name in _FACTS if getattr(pledge, name) not in (None, "")}
    days |= dict.fromkeys((*changes, *columns["confirmed"][pledge_id]), batch.as_of)
    for name, value in changes.items():
        setattr(pledge, name, value)
    if batch.as_of > pledge.as_of:
        pledge.as_of, pledge.source = batch.as_of, batch.source
    pledge.told_on = {name: day.isoformat() for name, day in days.items() if day != pledge.as_of}
    return kept


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def undo(session: Session, _actor: Actor, batch: ImportBatch, _dependents: Sequence[Dependents]) -> None:
    """Take back what a batch wrote: registrations go, changed ones and flags get their old values back."""
    rows = session.scalars(
        select(ImportRow).where(ImportRow.batch_id == batch.id, ImportRow.outcome != RowOutcome.REFUSED)
    ).all()
    touched = set(session.scalars(select(PatentPledge.patent_id).where(PatentPledge.batch_id == batch.id)))
    changed = [kept for row in rows for kept in (row.before or {}).get(RECORDS, ())]
    for kept in (*changed, *batch.summary.get(CONFIRMED, ())):
        pledge = session.get(PatentPledge, kept["id"])
        if pledge is None:
            continue
        touched.add(pledge.patent_id)
        pledge.source = kept.get("source", pledge.source)
        pledge.told_on = kept.get("told_on", {})
        for name in (*_FACTS, "as_of"):
            is_day = name.endswith("_on") or name == "as_of"
            setattr(pledge, name, date.fromisoformat(kept[name]) if is_day and kept[name] else kept[name])
    session.flush()
    session.execute(delete(PatentPledge).where(PatentPledge.batch_id == batch.id))
    session.expire_all()
    portfolio.recount(session, follow_pledges(session, touched))


def built_on(session: Session, batch: ImportBatch) -> list[Text]:
    """Return a sentence for each later pledge list that wrote of the same registrations."""
    own = set(session.scalars(select(PatentPledge.id).where(PatentPledge.batch_id == batch.id)))
    own |= _changed_by(session, batch)
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
        if own & _changed_by(session, other)
    )
    return list(islice(found, MOST_TOLD))


def _changed_by(session: Session, batch: ImportBatch) -> set[int]:
    """Return the ids of the registrations of which a batch told a value, or told it again."""
    own = ImportRow.batch_id == batch.id
    rows = session.scalars(select(ImportRow.before).where(own, ImportRow.before.is_not(None)))
    changed = {kept["id"] for before in rows for kept in (before or {}).get(RECORDS, ())}
    return changed | {kept["id"] for kept in batch.summary.get(CONFIRMED, ())}


ROOM = Room(SHAPE, plan, write, built_on, undo)
