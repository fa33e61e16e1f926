"""What an enterprise's portfolio adds up to, its search text and its dated facts.

The counts stand on the enterprise so that lists and facets need no join; they are computed from the
patents again whenever a list touched them, never adjusted by guess.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from sqlalchemy import Subquery, and_, case, func, or_, select, update
from sqlalchemy.orm import Session, aliased, object_session

from ipfin.audit.service import record
from ipfin.bulk import among, in_chunks, refresh_statistics
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import now_utc, today_in_china
from ipfin.kernel.identifiers import PatentKind
from ipfin.registry.fact_columns import DAYS
from ipfin.registry.intake import Plan
from ipfin.registry.models import (
    BETWEEN_NAMES,
    FACT_KIND_LABELS,
    Applicant,
    Enterprise,
    EnterpriseFact,
    EnterpriseMerge,
    FactKind,
    FactSource,
    ImportRow,
    Patent,
    PatentApplicant,
)
from ipfin.registry.portfolio_counts import COUNTED
from ipfin.registry.queries import in_force_on
from ipfin.registry.search import pinyin_key, search_text
from ipfin.registry.service.changes import note_changed
from ipfin.registry.statuses import LegalStatus, Validity

# The tables in which a list writes or deletes many rows.
_WRITTEN = (Applicant, Enterprise, EnterpriseFact, ImportRow, Patent, PatentApplicant)


def _counts(on: date) -> list[Any]:
    """Return what is counted, in the order of `COUNTED`; the same rule as `portfolio_counts`."""
    valid = in_force_on(on)
    ones = (
        or_(Patent.was_granted, valid),
        valid,
        and_(valid, Patent.kind == PatentKind.INVENTION),
        and_(valid, Patent.kind == PatentKind.UTILITY_MODEL),
        and_(valid, Patent.kind == PatentKind.DESIGN),
        and_(valid, Patent.is_pledged),
        Patent.validity == Validity.PENDING,
        Patent.validity == Validity.UNKNOWN,
    )
    return [func.count(Patent.id), *(func.sum(case((one, 1), else_=0)) for one in ones)]


def holders_of(session: Session, patent_ids: Sequence[int]) -> set[int]:
    """Return the ids of the enterprises that hold one of these patents."""
    found: set[int] = set()
    for chunk in in_chunks(patent_ids):
        rows = session.scalars(
            select(Applicant.enterprise_id)
            .join(PatentApplicant, PatentApplicant.applicant_id == Applicant.id)
            .where(PatentApplicant.patent_id.in_(chunk), Applicant.enterprise_id.is_not(None))
            .distinct()
        )
        found.update(value for value in rows if value is not None)
    return found


def refresh_plans(session: Session) -> None:
    """Let the planner of queries know what a list wrote or took back; whoever writes one ends with this."""
    refresh_statistics(session.connection(), *_WRITTEN)


def recount(session: Session, enterprise_ids: Collection[int], *, on: date | None = None) -> None:
    """Count the portfolios of these enterprises again, and mark them as changed.

    A patent held under two names counts once.

    Args:
        on: the day on which a patent must be in force to count as valid; today by default.
    """
    note_changed(session, enterprise_ids)
    _recount(session, enterprise_ids, on)


def _recount(session: Session, enterprise_ids: Collection[int], on: date | None) -> None:
    if not enterprise_ids:
        return
    session.flush()
    counted = _counted(session, enterprise_ids, on or today_in_china())
    is_other = or_(*(getattr(Enterprise, name) != counted.c[name] for name in COUNTED))
    session.execute(
        update(Enterprise)
        .where(Enterprise.id == counted.c.id, among(session, Enterprise.id, enterprise_ids), is_other)
        .values({name: counted.c[name] for name in COUNTED})
        .execution_options(synchronize_session=False)
    )
    session.expire_all()


def _counted(session: Session, enterprise_ids: Collection[int], on: date) -> Subquery:
    """Return the counts of these enterprises, 0 for one that holds nothing any more."""
    held = (
        select(Applicant.enterprise_id, PatentApplicant.patent_id)
        .join(PatentApplicant, PatentApplicant.applicant_id == Applicant.id)
        .where(among(session, Applicant.enterprise_id, enterprise_ids))
        .distinct()
        .subquery()
    )
    firm = aliased(Enterprise)
    counts = (count.label(name) for name, count in zip(COUNTED, _counts(on), strict=True))
    return (
        select(firm.id, *counts)
        .outerjoin(held, held.c.enterprise_id == firm.id)
        .outerjoin(Patent, Patent.id == held.c.patent_id)
        .where(among(session, firm.id, enterprise_ids))
        .group_by(firm.id)
        .subquery()
    )


def recount_expired(session: Session, *, on: date) -> None:
    """Count the portfolios again of firms that hold a patent whose term is over by day `on`.

    Terms end by themselves, without a list that says so; whoever lists valid patents calls this first.
    """
    over = and_(Patent.validity == Validity.VALID, Patent.expires_on <= on)
    ids = session.scalars(
        select(Applicant.enterprise_id)
        .join(PatentApplicant, PatentApplicant.applicant_id == Applicant.id)
        .join(Patent, Patent.id == PatentApplicant.patent_id)
        .where(over, Applicant.enterprise_id.is_not(None))
        .distinct()
    ).all()
    _recount(session, {value for value in ids if value is not None}, on)


def note_as_of(session: Session, plan: Plan, as_of: date) -> None:
    """Move the day of every enterprise that the list speaks of forward to the list's day."""
    is_older = or_(Enterprise.as_of.is_(None), Enterprise.as_of < as_of)
    if session.scalar(select(Enterprise.id).where(is_older).limit(1)) is None:
        return
    keys = {owner.key for owners in plan.owners for owner in owners}
    named = select(Applicant.enterprise_id).where(among(session, Applicant.name_key, keys))
    session.execute(
        update(Enterprise)
        .where(Enterprise.id.in_(named), is_older)
        .values(as_of=as_of)
        .execution_options(synchronize_session=False)
    )


def write_search_text(enterprise: Enterprise) -> None:
    """Write what the search index holds of an enterprise, after its name, code or merges changed.

    Whoever searches for a former name, or the name of a firm that was merged into it, finds this one.
    """
    session = object_session(enterprise)
    names: list[str] = []
    if session is not None:
        merged = session.scalars(
            select(Enterprise.name)
            .join(EnterpriseMerge, EnterpriseMerge.from_id == Enterprise.id)
            .where(EnterpriseMerge.into_id == enterprise.id, EnterpriseMerge.undone_at.is_(None))
            .order_by(Enterprise.name)
        ).all()
        told = session.scalars(
            select(EnterpriseFact.word).where(
                EnterpriseFact.enterprise_id == enterprise.id, EnterpriseFact.kind == FactKind.FORMER_NAMES
            )
        ).all()
        names = [*merged, *(name for word in told for name in word.split(BETWEEN_NAMES))]
    known = tuple(dict.fromkeys(name for name in names if name != enterprise.name))
    enterprise.search_text = search_text(enterprise.name, enterprise.credit_code, known)
    enterprise.pinyin_key = pinyin_key(enterprise.name)


def record_fact(
    session: Session,
    actor: Actor,
    enterprise: Enterprise,
    kind: FactKind,
    *,
    as_of: date,
    source: FactSource,
    number: Decimal | None = None,
    word: str = "",
    expires_on: date | None = None,
    evidence: str = "",
) -> EnterpriseFact:
    """Record a dated fact; one of the same kind, day and source is replaced by it (of titles: the same one).

    Args:
        number: the figure, in the unit that the kind names; None for facts that are words.
        expires_on: the first day on which the fact no longer holds.
    """
    fact = session.scalar(
        select(EnterpriseFact).where(
            EnterpriseFact.enterprise_id == enterprise.id,
            EnterpriseFact.kind == kind,
            EnterpriseFact.as_of == as_of,
            EnterpriseFact.source == source,
            or_(EnterpriseFact.kind != FactKind.TITLE, EnterpriseFact.word == word),
        )
    )
    if fact is None:
        fact = EnterpriseFact(enterprise_id=enterprise.id, kind=kind, as_of=as_of, source=source)
        session.add(fact)
    fact.number, fact.word, fact.expires_on, fact.evidence = number, word, expires_on, evidence[:300]
    fact.recorded_by, fact.recorded_at = actor.name, now_utc()
    note_changed(session, [enterprise.id])
    record(
        session,
        actor,
        "registry.fact.recorded",
        f"enterprise:{enterprise.id}",
        name=enterprise.name,
        kind=FACT_KIND_LABELS[kind],
        as_of=as_of,
        source=source.value,
    )
    return fact


_DAYS = frozenset({"filed_on", "published_on", "granted_on", "expires_on", "as_of", "established_on", *DAYS})
_ENUMS: Mapping[str, type[Enum]] = {"kind": PatentKind, "validity": Validity, "legal_status": LegalStatus}


def as_json(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return column values in a form that JSON holds and `from_json` reads back."""
    kept: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, date):
            kept[name] = value.isoformat()
        elif isinstance(value, Enum):
            kept[name] = value.value
        else:
            kept[name] = list(value) if isinstance(value, tuple) else value
    return kept


def from_json(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return the column values that `as_json` kept."""
    values: dict[str, Any] = {}
    for name, value in kept.items():
        if value is None:
            values[name] = None
        elif name in _DAYS:
            values[name] = date.fromisoformat(value)
        elif name in _ENUMS:
            values[name] = _ENUMS[name](value)
        else:
            values[name] = value
    return values
