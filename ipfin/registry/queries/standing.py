"""How the patents of a list stand in the registry; reads only.

Nearly every patent of a list that comes again stands just as it is told, so each is first compared as the
database spells it, and only what differs is read into values.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.types import NullType

from ipfin.bulk import among, spelled
from ipfin.registry.applicants import Applicant as Name
from ipfin.registry.comparing import Standing, moved_days
from ipfin.registry.fact_columns import DAYS, FACT_COLUMNS
from ipfin.registry.finding import Register
from ipfin.registry.listed import ListedPatents, RowRefusal
from ipfin.registry.models import Applicant, Patent, PatentApplicant, PatentPledge
from ipfin.registry.patent_facts import FactColumns
from ipfin.registry.queries.ownership import pledges_of

_FIRST_DAY: Final = len(FACT_COLUMNS) - len(DAYS)  # the days are the last: they are compared apart
_COMPARED: Final = FACT_COLUMNS[:_FIRST_DAY]
_WHEN: Final = ("as_of", *DAYS, "holders_batch_id")
_ROW: Final = ("id", *_WHEN, *_COMPARED)
_OWN: Final = 1 + len(_WHEN)  # of a row, what comes before the values that are compared
_DbRow = Sequence[Any]  # in the order of `_ROW`, each value as the driver hands it over
_NUMBER, _ROOT = _ROW.index("application_number"), _ROW.index("publication_root")


@dataclass(frozen=True, slots=True)
class Found:
    """How the patents of a list stand, by their places in it: each place is in one of the three."""

    new: Sequence[int] = ()
    same: Sequence[Same] = ()  # those that stand as they are told
    unsure: Mapping[int, Standing | RowRefusal | None] = field(default_factory=dict)  # the others


class Same(NamedTuple):
    """A patent that stands as it is told; `days` are those that the list moves, as they are."""

    place: int
    id: int
    days: Mapping[str, Any]


def known_patents(session: Session, patents: ListedPatents, facts: FactColumns, as_of: date) -> Found:
    """Return how each listed patent stands.

    Args:
        facts: what each tells.
        as_of: the day that the list speaks of.
    """
    if session.scalar(select(Patent.id).limit(1)) is None:  # the first list of all
        return Found(range(len(patents)))
    numbers, roots = patents.column("application_number"), patents.column("publication_root")
    by_number = _rows(session, Patent.application_number, set(numbers), _NUMBER)
    by_root = _rows(session, Patent.publication_root, set(_roots_to_ask(numbers, roots, by_number)), _ROOT)
    if not by_number and not by_root:
        return Found(range(len(patents)))
    pairs = zip(map(by_number.get, numbers), map(by_root.get, roots), strict=True)
    rows = [first or second for first, second in pairs]
    same = _same(session, patents, facts, rows, as_of)
    known = {one.place for one in same}
    new = [place for place, row in enumerate(rows) if row is None]
    others = [place for place, row in enumerate(rows) if row is not None and place not in known]
    halves = [(by_number.get(numbers[place]), by_root.get(roots[place])) for place in others]
    register = Register(_standings(session, [row[0] for pair in halves for row in pair if row is not None]))
    return Found(new, same, {place: register.find(patents[place]) for place in others})


def _same(
    session: Session, patents: ListedPatents, facts: FactColumns, rows: Sequence[_DbRow | None], as_of: date
) -> list[Same]:
    """Return the patents that stand as they are told, each compared as the database spells it."""
    ids = [row[0] for row in rows if row is not None]
    holders, pledged = _HeldBy(session, ids, patents.owner_groups), _pledged(session, ids)
    told = zip(*spelled(session, [facts.columns[name] for name in _COMPARED]), strict=True)
    days = cache(_days_moved)
    tells = [tuple([day is not None for day in told_on]) for told_on in facts.rows(DAYS)]
    return [
        Same(place, row[0], days(as_of, tuple(row[1:_OWN]), tells[place]))
        for place, (row, values, owners) in enumerate(zip(rows, told, patents.owners, strict=True))
        if row is not None and row[_OWN:] == values and holders.are(row[0], owners) and row[0] not in pledged
    ]


def _roots_to_ask(
    numbers: Sequence[str | None], roots: Sequence[str | None], by_number: Mapping[str | None, _DbRow]
) -> Iterator[str | None]:
    """Yield the publications that are not those of the very patent that bears the application number."""
    for number, root in zip(numbers, roots, strict=True):
        row = by_number.get(number)
        if row is None or row[_ROOT] != root:
            yield root


def _rows(
    session: Session, column: InstrumentedAttribute[Any], values: Collection[str | None], place: int
) -> dict[str | None, _DbRow]:
    """Return the rows whose `column` is one of `values`, by it; each value as the driver hands it over."""
    wanted = [value for value in values if value]
    if not wanted:
        return {}
    plain: list[ColumnElement[Any]] = [type_coerce(Patent.__table__.c[name], NullType()) for name in _ROW]
    rows: Sequence[Any] = session.execute(select(*plain).where(among(session, column, wanted))).all()
    return {row[place]: row for row in rows}


def _days_moved(as_of: date, when: tuple[Any, ...], tells: tuple[bool, ...]) -> dict[str, Any]:
    """Return the days that a list moves of a patent that it tells as it stands.

    Args:
        when: what stands in the columns of `_WHEN`, as the driver hands it over.
        tells: of which groups of columns the list tells anything, and so did the one before.
    """
    held, *days = (date.fromisoformat(day) if isinstance(day, str) else day for day in when[:-1])
    return moved_days(as_of, held, days, when[-1], tells, tells)


def _pledged(session: Session, patent_ids: Sequence[int]) -> set[int]:
    """Return those with a registered pledge: whether a list changes their burdens depends on the days."""
    if session.scalar(select(PatentPledge.id).limit(1)) is None:
        return set()
    named = select(PatentPledge.patent_id).where(among(session, PatentPledge.patent_id, patent_ids))
    return set(session.scalars(named))


class _HeldBy:
    """Who holds the patents, as ids: cheaper to compare than keys."""

    def __init__(
        self, session: Session, patent_ids: Sequence[int], groups: Mapping[int, tuple[Name, ...]]
    ) -> None:
        keys = {owner.key for named in groups.values() for owner in named}
        known = select(Applicant.name_key, Applicant.id).where(among(session, Applicant.name_key, keys))
        ids: dict[str, int] = dict(session.execute(known).all())
        self._told = {
            group: tuple([ids.get(owner.key) for owner in named]) for group, named in groups.items()
        }
        self._held: dict[int, tuple[int, ...]] = {}
        rows = session.execute(
            select(PatentApplicant.patent_id, PatentApplicant.applicant_id)
            .where(among(session, PatentApplicant.patent_id, patent_ids))
            .order_by(PatentApplicant.patent_id, PatentApplicant.position)
        )
        held = self._held
        for patent_id, applicant_id in rows:
            held[patent_id] = (*held.get(patent_id, ()), applicant_id)

    def are(self, patent_id: int, owners: tuple[Name, ...]) -> bool:
        """Return whether the patent is held by those whom the list names, if it names any."""
        return not owners or self._held.get(patent_id) == self._told[id(owners)]


def _standings(session: Session, ids: Sequence[int]) -> list[Standing]:
    table = Patent.__table__
    names = (*FACT_COLUMNS, "holders_batch_id")
    columns = [table.c[name] for name in names]
    statement = select(table.c.id, table.c.as_of, *columns).where(among(session, Patent.id, ids))
    rows = session.execute(statement).all() if ids else []
    holders, pledges = _keys_of_holders(session, ids), pledges_of(session, set(ids))
    return [
        Standing(
            row[0],
            row[1],
            dict(zip(names, row[2:], strict=True)),
            holders.get(row[0], ()),
            pledges=pledges.get(row[0], ()),
        )
        for row in rows
    ]


def _keys_of_holders(session: Session, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    rows = session.execute(
        select(PatentApplicant.patent_id, Applicant.name_key)
        .join(Applicant, Applicant.id == PatentApplicant.applicant_id)
        .where(among(session, PatentApplicant.patent_id, ids))
        .order_by(PatentApplicant.patent_id, PatentApplicant.position)
    )
    holders: dict[int, tuple[str, ...]] = {}
    for patent_id, key in rows:
        holders[patent_id] = (*holders.get(patent_id, ()), key)
    return holders
