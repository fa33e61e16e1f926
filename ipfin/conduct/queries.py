"""Reading the register of conduct."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, false, func, not_, or_, select
from sqlalchemy.orm import Session, joinedload

from ipfin.accounts.queries import of_visible_enterprises
from ipfin.accounts.scopes import Thing
from ipfin.bulk import in_chunks
from ipfin.conduct.consultation import Look
from ipfin.conduct.models import ConductRecord, ConductRule, RegisterConsultation
from ipfin.conduct.rules import ConductCode, Standing, standing_on
from ipfin.conduct.terms import TermRule, earliest_counting, first_day_without, spans
from ipfin.kernel.actor import Actor
from ipfin.kernel.errors import NotFound
from ipfin.kernel.paging import Page, decode_cursor, page_of
from ipfin.kernel.text import _
from ipfin.registry.models import Enterprise
from ipfin.registry.queries import keyset
from ipfin.registry.queries.finding import firms_found


def records_of(session: Session, enterprise_ids: Collection[int]) -> dict[int, list[ConductRecord]]:
    """Return every record of these enterprises, in force or not, by enterprise id."""
    found: dict[int, list[ConductRecord]] = {}
    for chunk in in_chunks(enterprise_ids):
        rows: Sequence[ConductRecord] = session.scalars(
            select(ConductRecord)
            .where(ConductRecord.enterprise_id.in_(chunk))
            .order_by(ConductRecord.effective_on, ConductRecord.id)
        ).all()
        for row in rows:
            found.setdefault(row.enterprise_id, []).append(row)
    return found


def last_consultations(session: Session, on: date) -> dict[ConductCode, RegisterConsultation]:
    """Return the last look into each register up to day `on`."""
    rows = session.scalars(
        select(RegisterConsultation)
        .where(RegisterConsultation.consulted_on <= on)
        .order_by(RegisterConsultation.consulted_on, RegisterConsultation.id)
    )
    return {row.code: row for row in rows}


def looks(session: Session, on: date) -> list[Look]:
    """Return the last look into each register up to day `on`, for the rules."""
    return [Look(code, row.consulted_on) for code, row in last_consultations(session, on).items()]


def consultations(session: Session, *, limit: int = 100) -> Sequence[RegisterConsultation]:
    """Return the latest looks into registers, the last first."""
    return session.scalars(
        select(RegisterConsultation)
        .order_by(RegisterConsultation.consulted_on.desc(), RegisterConsultation.id.desc())
        .limit(limit)
    ).all()


# --- Terms --------------------------------------------------------------------------------------------


def set_rules(session: Session) -> Sequence[ConductRule]:
    """Return every rule of terms that the office set, in the order in which it was said."""
    return session.scalars(select(ConductRule).order_by(ConductRule.id)).all()


def term_rules(session: Session) -> list[TermRule]:
    """Return the rules of terms that the office set, in the order in which they were said."""
    return [
        TermRule(row.code, row.months, row.basis, row.valid_from, row.is_confirmed)
        for row in set_rules(session)
    ]


def ends_by_time(rules: Iterable[TermRule], row: ConductRecord) -> date | None:
    """Return the first day on which a record no longer counts by time, by its own end or by the rule."""
    return first_day_without(rules, row.code, row.effective_on, row.expires_on)


def standing_of(rules: Iterable[TermRule], row: ConductRecord, on: date) -> Standing:
    """Return how a record stands on day `on`."""
    return standing_on(row.effective_on, ends_by_time(rules, row), row.withdrawn_on, on)


def _ended_by_time(rules: Iterable[TermRule], on: date) -> ColumnElement[bool]:
    """Return which records are over on day `on` by their own end or by a rule: `first_day_without` in SQL."""
    row = ConductRecord
    by_rule = [
        and_(
            row.code == rule.code,
            row.effective_on >= first,
            *([] if until is None else [row.effective_on < until]),
            row.effective_on < earliest_counting(rule.months or 0, on),
        )
        for rule, first, until in spans(rules)
    ]
    own = and_(row.expires_on.is_not(None), row.expires_on <= on)
    return or_(own, and_(row.expires_on.is_(None), or_(false(), *by_rule)))


def counting_on(rules: Iterable[TermRule], on: date) -> ColumnElement[bool]:
    """Return which records keep their firm out on day `on`: the same as the rule `counts_on`, in SQL."""
    row = ConductRecord
    return and_(
        row.effective_on <= on,
        or_(row.withdrawn_on.is_(None), row.withdrawn_on > on),
        not_(_ended_by_time(rules, on)),
    )


# --- The list -----------------------------------------------------------------------------------------


def records_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return which records the actor may read, as a condition on ConductRecord."""
    return of_visible_enterprises(actor, Thing.CONDUCT_RECORD, ConductRecord.enterprise_id)


@dataclass(frozen=True, slots=True)
class RecordFilter:
    """What the register is narrowed to; empty words narrow nothing. `on` is the day that is asked about."""

    on: date
    query: str = ""  # of the firm, as in the list of firms
    code: ConductCode | None = None
    counting: bool | None = True  # True: on that day in force; False: not; None: all


def _conditions(
    session: Session, visible: ColumnElement[bool], wanted: RecordFilter
) -> list[ColumnElement[bool]]:
    where = [visible]
    if wanted.query:
        match = firms_found(session, wanted.query)
        firms = select(Enterprise.id).where(Enterprise.id < 0 if match is None else match)
        where.append(ConductRecord.enterprise_id.in_(firms))
    if wanted.code is not None:
        where.append(ConductRecord.code == wanted.code)
    if wanted.counting is not None:
        counting = counting_on(term_rules(session), wanted.on)
        where.append(counting if wanted.counting else not_(counting))
    return where


def register_page(
    session: Session,
    visible: ColumnElement[bool],
    wanted: RecordFilter,
    *,
    cursor: str | None,
    size: int = 50,
) -> Page[ConductRecord]:
    """Return one page of the register, the latest first.

    Raises:
        BadInput: the cursor belongs to another list.
    """
    place = decode_cursor(cursor, order="effective", types=(date,)) if cursor else None
    where = _conditions(session, visible, wanted)
    statement = keyset(
        select(ConductRecord).where(*where).options(joinedload(ConductRecord.enterprise)),
        ConductRecord.effective_on,
        ConductRecord.id,
        place,
        ascending=False,
        size=size,
    )
    return page_of(
        session.scalars(statement).all(),
        size=size,
        cursor=place,
        place=lambda row: ((row.effective_on,), row.id),
        order="effective",
        total=session.scalar(select(func.count()).select_from(ConductRecord).where(*where)),
    )


def register_rows(
    session: Session, visible: ColumnElement[bool], wanted: RecordFilter, *, most: int
) -> Sequence[ConductRecord]:
    """Return the records of the same list, the latest first, at most so many."""
    return session.scalars(
        select(ConductRecord)
        .where(*_conditions(session, visible, wanted))
        .options(joinedload(ConductRecord.enterprise))
        .order_by(ConductRecord.effective_on.desc(), ConductRecord.id.desc())
        .limit(most)
    ).all()


def record_by_id(session: Session, visible: ColumnElement[bool], record_id: int) -> ConductRecord:
    """Return one record.

    Raises:
        NotFound: there is none, or not for this actor.
    """
    found = session.scalar(select(ConductRecord).where(ConductRecord.id == record_id, visible))
    if found is None:
        raise NotFound(_("没有这条记录，或您无权查看。"))
    return found
