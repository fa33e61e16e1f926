"""How the patents of a list stand in the registry; reads only.

Nearly every patent of a list that comes again stands just as it is told, so each is first compared as the
database spells it, and only what differs is read into values.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final

from sqlalchemy import ColumnElement, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.types import NullType

from ipfin.bulk import among, spelled
from ipfin.registry.comparing import Standing, moved_days
from ipfin.registry.fact_columns import DAYS, FACT_COLUMNS
from ipfin.registry.finding import Register
from ipfin.registry.listed import ListedPatent
from ipfin.registry.models import Applicant, Patent, PatentApplicant, PatentPledge
from ipfin.registry.patent_facts import Facts
from ipfin.registry.queries.ownership import pledges_of

_FIRST_DAY: Final = len(FACT_COLUMNS) - len(DAYS)  # the days are the last: they are compared apart
_COMPARED: Final = FACT_COLUMNS[:_FIRST_DAY]
_WHEN: Final = ("as_of", *DAYS, "holders_batch_id")
_ROW: Final = ("id", *_WHEN, *_COMPARED)
_OWN: Final = 1 + len(_WHEN)  # of a row, what comes before the values that are compared
_NUMBER, _ROOT = _ROW.index("application_number"), _ROW.index("publication_root")


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A patent that stands as it is told; `days` are those that the list moves, as they are."""

    id: int
    days: Mapping[str, Any]


Known = Unchanged | Register | None
"""A patent that stands as it is told; where to look for one that may not; None for one that is new."""


def known_patents(
    session: Session, patents: Sequence[ListedPatent], facts: Sequence[Facts], as_of: date
) -> Iterator[Known]:
    """Yield for each listed patent how it stands.

    Args:
        facts: what each tells, in the order of `FACT_COLUMNS`.
        as_of: the day that the list speaks of.
    """
    by_number = _rows(session, Patent.application_number, {p.application_number for p in patents}, _NUMBER)
    by_root = _rows(session, Patent.publication_root, set(_roots_to_ask(patents, by_number)), _ROOT)
    if not by_number and not by_root:
        yield from [None] * len(patents)
        return
    rows = [by_number.get(p.application_number) or by_root.get(p.publication_root) for p in patents]
    ids = [row[0] for row in rows if row is not None]
    holders, pledged = _HeldBy(session, ids, patents), _pledged(session, ids)
    told = zip(*spelled(session, list(zip(*facts, strict=True))[:_FIRST_DAY]), strict=True)
    is_same = [
        row is not None and row[_OWN:] == values and holders.are(row[0], listed) and row[0] not in pledged
        for row, values, listed in zip(rows, told, patents, strict=True)
    ]
    unsure = [
        row[0]
        for listed, same in zip(patents, is_same, strict=True)
        for row in (by_number.get(listed.application_number), by_root.get(listed.publication_root))
        if not same and row is not None
    ]
    register = Register(_standings(session, unsure))
    days = cache(_days_moved)
    for row, same, values in zip(rows, is_same, facts, strict=True):
        if row is None:
            yield None
        elif same:
            tells = tuple([day is not None for day in values[_FIRST_DAY:]])
            yield Unchanged(row[0], days(as_of, tuple(row[1:_OWN]), tells))
        else:
            yield register


def _roots_to_ask(
    patents: Sequence[ListedPatent], by_number: Mapping[str | None, Sequence[Any]]
) -> Iterator[str | None]:
    """Yield the publications that are not those of the very patent that bears the application number."""
    for listed in patents:
        row = by_number.get(listed.application_number)
        if row is None or row[_ROOT] != listed.publication_root:
            yield listed.publication_root


def _rows(
    session: Session, column: InstrumentedAttribute[Any], values: Collection[str | None], place: int
) -> dict[str | None, Sequence[Any]]:
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

    def __init__(self, session: Session, patent_ids: Sequence[int], patents: Sequence[ListedPatent]) -> None:
        keys = {owner.key for owners in {p.owners for p in patents} for owner in owners}
        named = select(Applicant.name_key, Applicant.id).where(among(session, Applicant.name_key, keys))
        self._ids: dict[str, int] = dict(session.execute(named).all())
        self._held: dict[int, tuple[int, ...]] = {}
        rows = session.execute(
            select(PatentApplicant.patent_id, PatentApplicant.applicant_id)
            .where(among(session, PatentApplicant.patent_id, patent_ids))
            .order_by(PatentApplicant.patent_id, PatentApplicant.position)
        )
        held = self._held
        for patent_id, applicant_id in rows:
            held[patent_id] = (*held.get(patent_id, ()), applicant_id)

    def are(self, patent_id: int, listed: ListedPatent) -> bool:
        """Return whether the patent is held by those whom the list names, if it names any."""
        owners = listed.owners
        ids = tuple([self._ids.get(owner.key) for owner in owners])
        return not owners or self._held.get(patent_id) == ids


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
