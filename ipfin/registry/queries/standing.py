"""How the patents of a list stand in the registry; reads only.

Nearly every patent of a list that comes again stands just as it is told, so each is first looked for by the
digest of what is told, then compared as the database spells it, and only what differs is read into values.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import compress
from operator import eq, itemgetter
from typing import Any, Final, NamedTuple, cast

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true, type_coerce
from sqlalchemy.orm import Session
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
from ipfin.registry.row_digests import COMPARED, digests

_WHEN: Final = ("as_of", *DAYS, "holders_batch_id")
_NAMED: Final = ("application_number", "publication_root")
_IS_ALIKE: Final = 1 + len(_WHEN)  # of a row: id, days, whether what all rows share is so, what is compared
_OWN: Final = _IS_ALIKE + 1
_NUMBER, _ROOT = _OWN, _OWN + 1
_DbRow = tuple[Any, ...]  # each value as the driver hands it over
_NOTHING: Final[_DbRow] = ()
_id, _when, _own = itemgetter(0), itemgetter(slice(1, _IS_ALIKE)), itemgetter(slice(_OWN, None))
_place = itemgetter(0)  # of `Same`


@dataclass(frozen=True, slots=True)
class Found:
    """How the patents of a list stand, by their places in it: each place is in one of the three."""

    new: Sequence[int] = ()
    same: Sequence[Same] = ()  # those that stand as they are told
    unsure: Mapping[int, Standing | RowRefusal | None] = field(default_factory=dict)  # the others
    compared: Sequence[int] = ()  # ids of those that were compared value by value: no digest spared it


class Same(NamedTuple):
    """A patent that stands as it is told; `days` are those that the list moves, as they are."""

    place: int
    id: int
    days: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Told:
    """What a list tells of some of its patents; all columns are as long as `places`."""

    places: Sequence[int]
    facts: FactColumns
    owners: Sequence[tuple[int | None, ...] | None]  # applicants' ids; None where it names nobody
    as_of: date

    def at(self, chosen: Sequence[bool]) -> _Told:
        """Return what it tells of those of its patents that are chosen."""
        columns = {name: list(compress(column, chosen)) for name, column in self.facts.columns.items()}
        places, owners = list(compress(self.places, chosen)), list(compress(self.owners, chosen))
        return _Told(places, FactColumns(columns), owners, self.as_of)


def known_patents(session: Session, patents: ListedPatents, facts: FactColumns, as_of: date) -> Found:
    """Return how each listed patent stands.

    Args:
        facts: what each tells.
        as_of: the day that the list speaks of.
    """
    if session.scalar(select(Patent.id).limit(1)) is None:  # the first list of all
        return Found(range(len(patents)))
    named = _named(session, patents.owner_groups)
    told = _Told(range(len(patents)), facts, [named[id(owners)] for owners in patents.owners], as_of)
    alike = _same_by_digest(session, told)
    if len(alike) == len(patents):
        return Found((), alike)
    if alike:
        known = {one.place for one in alike}
        told = told.at([place not in known for place in told.places])
    return _compared(session, patents, told, alike)


def _compared(session: Session, patents: ListedPatents, told: _Told, alike: Sequence[Same]) -> Found:
    """Return how the patents stand, those of `told` compared value by value; the others are `alike`."""
    numbers, roots = told.facts.columns["application_number"], told.facts.columns["publication_root"]
    asked = _Asked.of(told.facts)
    by_number = _rows(session, asked, "application_number", set(numbers))
    by_root = _rows(session, asked, "publication_root", set(_roots_to_ask(numbers, roots, by_number)))
    if not by_number and not by_root:
        return Found(told.places, alike)
    pairs = zip(map(by_number.get, numbers), map(by_root.get, roots), strict=True)
    rows = [first or second for first, second in pairs]
    same = _same_by_value(session, told, rows, asked.own)
    known = {one.place for one in same}
    new = [place for place, row in zip(told.places, rows, strict=True) if row is None]
    others, halves = [], []
    for place, row, number, root in zip(told.places, rows, numbers, roots, strict=True):
        if row is not None and place not in known:
            others.append(place)
            halves += [by_number.get(number), by_root.get(root)]
    register = Register(_standings(session, [row[0] for row in halves if row is not None]))
    unsure = {place: register.find(patents[place]) for place in others}
    compared = [row[0] for row in rows if row is not None]
    return Found(new, sorted([*alike, *same], key=_place) if alike else same, unsure, compared)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked of the patents that stand: a column that all rows of the list share is compared there."""

    own: Sequence[str]  # columns that are read, and compared here
    shared: Mapping[str, Any]  # the value of the others

    @staticmethod
    def of(facts: FactColumns) -> _Asked:
        """Part the columns of a list: a third of them hold one value, or nothing, in every row."""
        columns = {name: facts.columns[name] for name in COMPARED if name not in _NAMED}
        shared = {name: c[0] for name, c in columns.items() if c and c.count(c[0]) == len(c)}
        return _Asked([*_NAMED, *(name for name in columns if name not in shared)], shared)


def _same_by_digest(session: Session, told: _Told) -> list[Same]:
    """Return the patents whose digest stands; all others have to be compared value by value."""
    if session.scalar(select(Patent.id).where(Patent.told_digest.is_not(None)).limit(1)) is None:
        return []
    columns, table = told.facts.columns, Patent.__table__.c
    spelt = dict(zip(COMPARED, spelled(session, [columns[name] for name in COMPARED]), strict=True))
    first: list[ColumnElement[Any]] = [type_coerce(table[one], NullType()) for one in ("id", *_WHEN)]
    statement = select(*first, type_coerce(table.told_digest, NullType()))
    if not _covers_most(session, len(told.places)):
        pairs = zip(columns["application_number"], columns["publication_root"], strict=True)
        numbers = [number for number in columns["application_number"] if number]
        roots = [root for number, root in pairs if root and not number]
        statement = statement.where(
            or_(
                among(session, table.application_number, numbers),
                among(session, table.publication_root, roots),
            )
        )
    stands = {row[-1]: row for row in _as_handed_over(session, statement)}
    stands.pop(None, None)
    rows = list(map(stands.get, digests(spelt)))
    return _held_as_told(session, told, rows, [row is not None for row in rows])


def _same_by_value(
    session: Session, told: _Told, rows: Sequence[_DbRow | None], own: Sequence[str]
) -> list[Same]:
    """Return the patents that stand as they are told, each compared as the database spells it."""
    values = zip(*spelled(session, [told.facts.columns[name] for name in own]), strict=True)
    stands = map(_own, [row or _NOTHING for row in rows])
    is_alike = [
        is_equal and row is not None and bool(row[_IS_ALIKE])
        for is_equal, row in zip(map(eq, stands, values), rows, strict=True)
    ]
    return _held_as_told(session, told, rows, is_alike)


def _held_as_told(
    session: Session, told: _Told, rows: Sequence[_DbRow | None], is_alike: Sequence[bool]
) -> list[Same]:
    """Return the alike patents whose holders are as told, too, and that no pledge is registered of."""
    alike = cast("list[_DbRow]", list(compress(rows, is_alike)))
    ids = list(map(_id, alike))
    holders, pledged = _held_by(session, ids), _pledged(session, ids)
    is_same = [
        (owners is None or holders.get(number) == owners) and number not in pledged
        for number, owners in zip(ids, compress(told.owners, is_alike), strict=True)
    ]
    places = list(compress(compress(told.places, is_alike), is_same))
    tells = zip(*(map(bool, compress(told.facts.columns[name], is_alike)) for name in DAYS), strict=True)
    when = list(compress(zip(map(_when, alike), tells, strict=True), is_same))
    days = {one: _days_moved(told.as_of, *one) for one in set(when)}
    return list(map(Same, places, compress(ids, is_same), map(days.__getitem__, when)))


def _roots_to_ask(
    numbers: Sequence[str | None], roots: Sequence[str | None], by_number: Mapping[str | None, _DbRow]
) -> Iterator[str | None]:
    """Yield the publications that are not those of the very patent that bears the application number."""
    for number, root in zip(numbers, roots, strict=True):
        row = by_number.get(number)
        if row is None or row[_ROOT] != root:
            yield root


def _rows(
    session: Session, asked: _Asked, name: str, values: Collection[str | None]
) -> dict[str | None, _DbRow]:
    """Return the rows whose column `name` is one of `values`, by it."""
    wanted = [value for value in values if value]
    if not wanted:
        return {}
    table = Patent.__table__.c
    alike = and_(true(), *(table[one].is_not_distinct_from(value) for one, value in asked.shared.items()))
    first: list[ColumnElement[Any]] = [type_coerce(table[one], NullType()) for one in ("id", *_WHEN)]
    own: list[ColumnElement[Any]] = [type_coerce(table[one], NullType()) for one in asked.own]
    statement = select(*first, alike, *own)
    if not _covers_most(session, len(wanted)):
        statement = statement.where(among(session, table[name], wanted))
    place = _NUMBER if name == "application_number" else _ROOT
    found = {row[place]: row for row in _as_handed_over(session, statement)}
    found.pop(None, None)
    return found


_WHOLE: Final = 2  # times as many rows as are asked for are read in one go faster than one by one


def _covers_most(session: Session, count: int) -> bool:
    """Return whether so many patents are nearly all that stand: ids are given in turn, none is larger."""
    return (session.scalar(select(func.max(Patent.id))) or 0) <= count * _WHOLE


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


def _named(session: Session, groups: Mapping[int, tuple[Name, ...]]) -> dict[int, tuple[Any, ...] | None]:
    """Return whom the list names together, as ids (cheaper to compare than keys); None for nobody."""
    keys = {owner.key for named in groups.values() for owner in named}
    known = select(Applicant.name_key, Applicant.id).where(among(session, Applicant.name_key, keys))
    ids: dict[str, int] = dict(session.execute(known).all())
    return {group: tuple([ids.get(o.key) for o in named]) or None for group, named in groups.items()}


def _held_by(session: Session, patent_ids: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """Return the ids of those who hold each patent, in their order."""
    table = PatentApplicant.__table__.c
    held: dict[int, tuple[int, ...]] = {}
    statement = select(table.patent_id, table.applicant_id).order_by(table.patent_id, table.position)
    if not _covers_most(session, len(patent_ids)):
        statement = statement.where(among(session, table.patent_id, patent_ids))
    for patent_id, applicant_id in _as_handed_over(session, statement):
        known = held.get(patent_id)
        held[patent_id] = (applicant_id,) if known is None else (*known, applicant_id)
    return held


def _as_handed_over(session: Session, statement: Select[Any]) -> Sequence[tuple[Any, ...]]:
    """Return the rows as the driver makes them: there are a hundred thousand, and each layer looks at all."""
    cursor: Any = session.connection().execute(statement).cursor
    rows: Sequence[tuple[Any, ...]] = cursor.fetchall()
    return rows


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
