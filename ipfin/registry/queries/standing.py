"""How the patents of a list stand in the registry; reads only.

Nearly every patent of a list that comes again stands just as it is told, so each is first compared as the
database spells it, and only what differs is read into values.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import compress
from operator import eq, itemgetter
from typing import Any, Final, NamedTuple, cast

from sqlalchemy import ColumnElement, Select, and_, func, select, true, type_coerce
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

_FIRST_DAY: Final = len(FACT_COLUMNS) - len(DAYS)  # the days are the last: they are compared apart
_COMPARED: Final = FACT_COLUMNS[:_FIRST_DAY]
_WHEN: Final = ("as_of", *DAYS, "holders_batch_id")
_NAMED: Final = ("application_number", "publication_root")
_IS_ALIKE: Final = 1 + len(_WHEN)  # of a row: id, days, whether what all rows share is so, what is compared
_OWN: Final = _IS_ALIKE + 1
_NUMBER, _ROOT = _OWN, _OWN + 1
_DbRow = tuple[Any, ...]  # each value as the driver hands it over
_NOTHING: Final[_DbRow] = ()
_id, _when, _own = itemgetter(0), itemgetter(slice(1, _IS_ALIKE)), itemgetter(slice(_OWN, None))


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
    asked = _Asked.of(facts)
    by_number = _rows(session, asked, "application_number", set(numbers))
    by_root = _rows(session, asked, "publication_root", set(_roots_to_ask(numbers, roots, by_number)))
    if not by_number and not by_root:
        return Found(range(len(patents)))
    pairs = zip(map(by_number.get, numbers), map(by_root.get, roots), strict=True)
    rows = [first or second for first, second in pairs]
    same = _same(session, patents, facts, rows, asked.own, as_of)
    known = {one.place for one in same}
    new = [place for place, row in enumerate(rows) if row is None]
    others = [place for place, row in enumerate(rows) if row is not None and place not in known]
    halves = [(by_number.get(numbers[place]), by_root.get(roots[place])) for place in others]
    register = Register(_standings(session, [row[0] for pair in halves for row in pair if row is not None]))
    return Found(new, same, {place: register.find(patents[place]) for place in others})


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked of the patents that stand: a column that all rows of the list share is compared there."""

    own: Sequence[str]  # columns that are read, and compared here
    shared: Mapping[str, Any]  # the value of the others

    @staticmethod
    def of(facts: FactColumns) -> _Asked:
        """Part the columns of a list: a third of them hold one value, or nothing, in every row."""
        columns = {name: facts.columns[name] for name in _COMPARED if name not in _NAMED}
        shared = {name: c[0] for name, c in columns.items() if c and c.count(c[0]) == len(c)}
        return _Asked([*_NAMED, *(name for name in columns if name not in shared)], shared)


def _same(
    session: Session,
    patents: ListedPatents,
    facts: FactColumns,
    rows: Sequence[_DbRow | None],
    own: Sequence[str],
    as_of: date,
) -> list[Same]:
    """Return the patents that stand as they are told, each compared as the database spells it."""
    ids = [row[0] for row in rows if row is not None]
    holders, pledged = _held_by(session, ids), _pledged(session, ids)
    named = _named(session, patents.owner_groups)
    told = zip(*spelled(session, [facts.columns[name] for name in own]), strict=True)
    owners_told = map(named.__getitem__, map(id, patents.owners))
    stands = map(_own, [row or _NOTHING for row in rows])
    is_same = [
        is_equal
        and row is not None
        and row[_IS_ALIKE]
        and (owners is None or holders.get(row[0]) == owners)
        and row[0] not in pledged
        for is_equal, row, owners in zip(map(eq, stands, told), rows, owners_told, strict=True)
    ]
    tells = list(zip(*(map(bool, facts.columns[name]) for name in DAYS), strict=True))
    places = list(compress(range(len(rows)), is_same))
    alike = cast("list[_DbRow]", list(compress(rows, is_same)))
    when = list(zip(map(_when, alike), compress(tells, is_same), strict=True))
    days = {one: _days_moved(as_of, *one) for one in set(when)}
    return list(map(Same, places, map(_id, alike), map(days.__getitem__, when)))


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
