"""A firm's patents as a page and its export show them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from ipfin.kernel.identifiers import PatentKind
from ipfin.kernel.paging import Page, decode_cursor, page_of
from ipfin.reference import work_calendar
from ipfin.registry.maintenance.outlook import Outlook
from ipfin.registry.maintenance.standing import Right
from ipfin.registry.models import Patent
from ipfin.registry.queries import held_by, keyset
from ipfin.registry.queries.walks import aside
from ipfin.registry.statuses import Flag, Validity
from ipfin.whitelist.patent_flags import FlagRecord, grounds_recorded
from ipfin.whitelist.patent_view import PatentLine, PatentRecord, patent_line, portfolio_outlook
from ipfin.whitelist.queries.patent_flags import facts_of_patent, holders_of, records_of_patents, told_of

BURDENS = ("pledged", "free")
"""Words of the address: patents that are pledged now, valid ones that show no burden at all."""


@dataclass(frozen=True, slots=True)
class PatentFilter:
    """What a firm's list of patents is narrowed to; empty words narrow nothing."""

    validity: Validity | None = None
    kind: PatentKind | None = None
    burden: str = ""


def _conditions(session: Session, enterprise_id: int, wanted: PatentFilter) -> list[ColumnElement[bool]]:
    # A firm's patents are found by the firm, never among all the valid ones of the registry.
    validity, kind = aside(session, Patent.validity), aside(session, Patent.kind)
    where: list[ColumnElement[bool]] = [Patent.id.in_(held_by(enterprise_id))]
    if wanted.validity is not None:
        where.append(validity == wanted.validity)
    if wanted.kind is not None:
        where.append(kind == wanted.kind)
    if wanted.burden == "pledged":
        where.append(Patent.is_pledged.is_(True))
    if wanted.burden == "free":
        where += [validity == Validity.VALID, Patent.tells_flags.is_(True), Patent.flags == ""]
    return where


def firm_patents_page(
    session: Session,
    enterprise_id: int,
    wanted: PatentFilter,
    *,
    on: date,
    cursor: str | None = None,
    size: int = 50,
) -> Page[PatentLine]:
    """Return one page of a firm's patents, the latest filing first; whoever asks may see the firm.

    Raises:
        BadInput: the cursor belongs to another list.
    """
    where = _conditions(session, enterprise_id, wanted)
    place = decode_cursor(cursor, order="filed", types=(int,)) if cursor else None
    year = func.coalesce(Patent.filing_year, 0)
    statement = keyset(select(Patent).where(*where), year, Patent.id, place, ascending=False, size=size)
    page = page_of(
        session.scalars(statement).all(),
        size=size,
        cursor=place,
        place=lambda patent: ((patent.filing_year or 0,), patent.id),
        order="filed",
        total=session.scalar(select(func.count()).select_from(Patent).where(*where)),
    )
    return Page(tuple(_lines(session, page.items, on)), page.next_cursor, page.previous_cursor, page.total)


def all_firm_patents(
    session: Session, enterprise_id: int, wanted: PatentFilter, *, on: date
) -> list[PatentLine]:
    """Return every patent of the list that `firm_patents_page` pages through: what an export holds."""
    statement = (
        select(Patent)
        .where(*_conditions(session, enterprise_id, wanted))
        .order_by(func.coalesce(Patent.filing_year, 0).desc(), Patent.id.desc())
    )
    return _lines(session, session.scalars(statement), on)


def foremost_patents(session: Session, enterprise_id: int, *, on: date, most: int = 9) -> list[PatentLine]:
    """Return a firm's patents for one page: in force first, inventions first, the youngest first."""
    statement = (
        select(Patent)
        .where(Patent.id.in_(held_by(enterprise_id)))
        .order_by(
            (Patent.validity == Validity.VALID).desc(),
            (Patent.kind == PatentKind.INVENTION).desc(),
            func.coalesce(Patent.filing_year, 0).desc(),
            Patent.id.desc(),
        )
        .limit(most)
    )
    return _lines(session, session.scalars(statement), on)


def firm_fee_outlook(session: Session, enterprise_id: int, *, on: date) -> Outlook:
    """Return the annual fees that a firm's patents in force have before them, whatever a list shows."""
    rows = session.execute(
        select(
            Patent.kind,
            Patent.filed_on,
            Patent.granted_on,
            Patent.validity,
            Patent.legal_status,
            Patent.as_of,
            Patent.flags,
            Patent.expires_on,
        ).where(*_conditions(session, enterprise_id, PatentFilter(Validity.VALID)))
    )
    rights = (Right(*row[:6], frozenset(map(Flag, row.flags.split())), row.expires_on) for row in rows)
    return portfolio_outlook(rights, on, work_calendar(session))


def patent_facets(session: Session, enterprise_id: int) -> dict[str, Sequence[tuple[str, int]]]:
    """Return (word, patents) for each filter of a firm's list, over all its patents."""
    validities: Counter[Validity] = Counter()
    kinds: Counter[PatentKind | None] = Counter()
    for kind, validity, count in patents_by_kind_and_validity(session, enterprise_id):
        validities[validity] += count
        kinds[kind] += count
    burdens = [(word, _count(session, enterprise_id, PatentFilter(burden=word))) for word in BURDENS]
    return {
        "validity": [(word.value, validities[word]) for word in Validity if word in validities],
        "kind": [(word.value, kinds[word]) for word in PatentKind if word in kinds],
        "burden": [(word, count) for word, count in burdens if count],
    }


def patents_by_kind_and_validity(
    session: Session, enterprise_id: int
) -> Sequence[tuple[PatentKind | None, Validity, int]]:
    """Return (kind, validity, patents) of a firm."""
    kind, validity = aside(session, Patent.kind), aside(session, Patent.validity)
    rows = session.execute(
        select(kind, validity, func.count())
        .where(Patent.id.in_(held_by(enterprise_id)))
        .group_by(kind, validity)
    )
    return [(of_kind, state, count) for of_kind, state, count in rows]


def _count(session: Session, enterprise_id: int, wanted: PatentFilter) -> int:
    statement = select(func.count()).select_from(Patent).where(*_conditions(session, enterprise_id, wanted))
    return session.scalar(statement) or 0


def one_patent(session: Session, patent: Patent, *, on: date) -> PatentLine:
    """Return what is said of one patent on day `on`; whoever asks may see it."""
    return _lines(session, [patent], on)[0]


def _lines(session: Session, patents: Iterable[Patent], on: date) -> list[PatentLine]:
    calendar, found = work_calendar(session), list(patents)
    ids = [patent.id for patent in found]
    records, holders = records_of_patents(session, ids), holders_of(session, ids)
    return [
        patent_line(_record(patent, records.get(patent.id, []), holders.get(patent.id, 0), on), on, calendar)
        for patent in found
    ]


def _record(patent: Patent, records: Sequence[FlagRecord], holders: int, on: date) -> PatentRecord:
    return PatentRecord(
        facts_of_patent(patent, grounds_recorded(records, patent.flags_as_of, on)),
        patent.publication_number,
        patent.title,
        patent.legal_status,
        patent.as_of,
        patent.source,
        told_of(patent, holders),
        tuple(records),
    )
