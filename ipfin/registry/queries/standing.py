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
from ipfin.registry.comparing import Register, Standing, moved_days
from ipfin.registry.fact_columns import FACT_COLUMNS
from ipfin.registry.listed import ListedPatent
from ipfin.registry.models import Applicant, Patent, PatentApplicant
from ipfin.registry.patent_facts import Facts

_DAY_OF_STATUS: Final = FACT_COLUMNS.index("status_as_of")  # the last: it is compared apart
_COMPARED: Final = FACT_COLUMNS[:_DAY_OF_STATUS]
_ROW: Final = ("id", "as_of", "status_as_of", *_COMPARED)
_OWN: Final = 3  # of a row, what comes before the values that are compared
_NUMBER, _ROOT = _ROW.index("application_number"), _ROW.index("publication_root")


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A patent that stands as it is told; `days` are those that the list moves, as they are."""

    id: int
    days: Mapping[str, date | None]


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
    holders = _HeldBy(session, [row[0] for row in rows if row is not None], patents)
    told = zip(*spelled(session, list(zip(*facts, strict=True))[:_DAY_OF_STATUS]), strict=True)
    is_same = [
        row is not None and row[_OWN:] == values and holders.are(row[0], listed)
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
            yield Unchanged(row[0], days(as_of, row[1], row[2], values[_DAY_OF_STATUS] is not None))
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


def _days_moved(as_of: date, held: str | date, status: str | date | None, tells: bool) -> dict[str, Any]:
    """Return the days that a list moves of a patent that it tells as it stands."""
    on = date.fromisoformat(held) if isinstance(held, str) else held
    status_on = date.fromisoformat(status) if isinstance(status, str) else status
    return moved_days(as_of, on, status_on, tells, tells)


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
    columns = [table.c[name] for name in FACT_COLUMNS]
    statement = select(table.c.id, table.c.as_of, *columns).where(among(session, Patent.id, ids))
    rows = session.execute(statement).all() if ids else []
    holders = _keys_of_holders(session, ids)
    return [
        Standing(row[0], row[1], dict(zip(FACT_COLUMNS, row[2:], strict=True)), holders.get(row[0], ()))
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
