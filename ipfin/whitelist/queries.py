"""Reading for the whitelist: facts of firms as the scorecard wants them, sheets, rounds, admissions.

Decides how rows become facts; what a fact is worth is decided in `indicators` and the card.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from ipfin.bulk import in_chunks
from ipfin.conduct.queries import records_of
from ipfin.kernel.errors import NotFound
from ipfin.kernel.paging import Page, decode_cursor, page_of
from ipfin.kernel.text import Text, _
from ipfin.registry.models import Applicant, Enterprise, EnterpriseFact, FactKind, Patent, PatentApplicant
from ipfin.registry.queries import EnterpriseFilter, conditions, keyset
from ipfin.registry.statuses import Flag
from ipfin.whitelist.admission import EntryOutcome, RoundState
from ipfin.whitelist.facts import FirmFacts, HeldTitle, PatentFacts, PledgeHistory, TaxCredit, Title
from ipfin.whitelist.gates import ConductFact, GateResult, check_gates
from ipfin.whitelist.models import (
    Admission,
    RoundEntry,
    ScorecardVersion,
    ScoreRun,
    ScoreSheet,
    WhitelistRound,
)
from ipfin.whitelist.scoring import Grade


def firms_to_score(session: Session, condition: ColumnElement[bool] | None = None) -> Sequence[int]:
    """Return the ids of the firms that hold a patent or application; the gates say which of them pass."""
    statement = select(Enterprise.id).where(Enterprise.patent_count > 0).order_by(Enterprise.id)
    if condition is not None:
        statement = statement.where(condition)
    return session.scalars(statement).all()


def patent_facts(session: Session, enterprise_ids: Collection[int]) -> dict[int, tuple[PatentFacts, ...]]:
    """Return the distinct patents of each firm, in the order of their ids."""
    table = Patent.__table__.c
    columns = (
        table.id,
        table.application_number,
        table.publication_root,
        table.kind,
        table.validity,
        table.filed_on,
        table.filing_year,
        table.granted_on,
        table.was_granted,
        table.expires_on,
        table.ipc_subclasses,
        table.claims_count,
        table.cited_by_count,
        table.flags,
        table.tells_flags,
    )
    found: dict[int, tuple[PatentFacts, ...]] = {}
    for chunk in in_chunks(sorted(enterprise_ids)):
        rows = session.execute(
            select(Applicant.enterprise_id, *columns)
            .join(PatentApplicant, PatentApplicant.applicant_id == Applicant.id)
            .join(Patent, Patent.id == PatentApplicant.patent_id)
            .where(Applicant.enterprise_id.in_(chunk))
            .order_by(Applicant.enterprise_id, table.id)
            .distinct()
        )
        by_firm: dict[int, list[PatentFacts]] = {}
        for firm, *row in rows:
            by_firm.setdefault(int(firm or 0), []).append(_patent_facts(row))
        found.update({firm: tuple(patents) for firm, patents in by_firm.items()})
    return found


def _patent_facts(row: Sequence[Any]) -> PatentFacts:
    _id, number, root, kind, validity, filed_on, year, granted_on, granted, expires_on, ipc, *rest = row
    claims, cited_by, flags, tells_flags = rest
    return PatentFacts(
        number=number or root,
        kind=kind,
        validity=validity,
        filed_on=filed_on,
        filing_year=year,
        granted_on=granted_on,
        was_granted=granted,
        expires_on=expires_on,
        ipc_subclasses=tuple(ipc.split()),
        claims_count=claims,
        cited_by_count=cited_by,
        flags=frozenset(map(Flag, flags.split())),
        tells_flags=tells_flags,
    )


def firm_facts(session: Session, enterprise_ids: Collection[int], on: date) -> dict[int, FirmFacts]:
    """Return all that is known of each firm on day `on`."""
    patents = patent_facts(session, enterprise_ids)
    declared = _declared_facts(session, enterprise_ids, on)
    found: dict[int, FirmFacts] = {}
    for chunk in in_chunks(sorted(enterprise_ids)):
        rows = session.execute(
            select(Enterprise.id, Enterprise.established_on).where(Enterprise.id.in_(chunk))
        )
        for firm, established_on in rows:
            found[firm] = _firm_facts(patents.get(firm, ()), established_on, declared.get(firm, {}))
    return found


def _declared_facts(
    session: Session, enterprise_ids: Collection[int], on: date
) -> dict[int, dict[FactKind, list[EnterpriseFact]]]:
    """Return for each firm and kind the facts that hold on day `on`, the latest first."""
    found: dict[int, dict[FactKind, list[EnterpriseFact]]] = {}
    holds = and_(
        EnterpriseFact.as_of <= on, or_(EnterpriseFact.expires_on.is_(None), EnterpriseFact.expires_on > on)
    )
    for chunk in in_chunks(sorted(enterprise_ids)):
        rows = session.scalars(
            select(EnterpriseFact)
            .where(EnterpriseFact.enterprise_id.in_(chunk), holds)
            .order_by(EnterpriseFact.as_of.desc(), EnterpriseFact.id.desc())
        )
        for row in rows:
            found.setdefault(row.enterprise_id, {}).setdefault(row.kind, []).append(row)
    return found


def _firm_facts(
    patents: tuple[PatentFacts, ...],
    established_on: date | None,
    facts: Mapping[FactKind, list[EnterpriseFact]],
) -> FirmFacts:
    def latest(kind: FactKind) -> EnterpriseFact | None:
        return facts[kind][0] if facts.get(kind) else None

    def whole(kind: FactKind) -> int | None:
        fact = latest(kind)
        return None if fact is None or fact.number is None else int(fact.number)

    def percent(kind: FactKind) -> Decimal | None:
        fact = latest(kind)
        return None if fact is None or fact.number is None else Decimal(fact.number) / 100

    titles = facts.get(FactKind.TITLE)
    tax, pledge = latest(FactKind.TAX_CREDIT), latest(FactKind.PLEDGE_HISTORY)
    return FirmFacts(
        patents=patents,
        established_on=established_on,
        filed_products=whole(FactKind.PRODUCT_FILINGS),
        dealings=whole(FactKind.LICENCES_OUT),
        foreign_jurisdictions=whole(FactKind.FOREIGN_JURISDICTIONS),
        titles=None if titles is None else _held_titles(titles),
        rd_percent=percent(FactKind.RD_SHARE_BP),
        tax_credit=TaxCredit(tax.word) if tax else None,
        revenue_growth_percent=percent(FactKind.REVENUE_GROWTH_BP),
        pledge_history=PledgeHistory(pledge.word) if pledge else None,
    )


NO_TITLE = "none"
"""The word of a title fact by which a firm said that it has none."""


def _held_titles(facts: Sequence[EnterpriseFact]) -> tuple[HeldTitle, ...]:
    return tuple(HeldTitle(Title(fact.word), fact.expires_on) for fact in facts if fact.word != NO_TITLE)


def gates_of(session: Session, facts: Mapping[int, FirmFacts], on: date) -> dict[int, GateResult]:
    """Return for each firm what keeps it out on day `on`."""
    records = records_of(session, list(facts))
    return {
        firm: check_gates(
            [
                ConductFact(
                    code=row.code,
                    source=row.source,
                    effective_on=row.effective_on,
                    evidence=row.evidence,
                    expires_on=row.expires_on,
                    withdrawn_on=row.withdrawn_on,
                )
                for row in records.get(firm, ())
            ],
            known.patents,
            on,
        )
        for firm, known in facts.items()
    }


def active_card(session: Session) -> ScorecardVersion | None:
    """Return the scorecard version that was activated last."""
    return session.scalar(select(ScorecardVersion).order_by(ScorecardVersion.id.desc()).limit(1))


def latest_run(session: Session) -> ScoreRun | None:
    """Return the last score run."""
    return session.scalar(select(ScoreRun).order_by(ScoreRun.id.desc()).limit(1))


def runs_page(session: Session, *, cursor: str | None, size: int = 50) -> Page[ScoreRun]:
    """Return one page of score runs, the latest first."""
    place = decode_cursor(cursor, order="latest", types=(int,)) if cursor else None
    statement = keyset(
        select(ScoreRun).options(joinedload(ScoreRun.card_version)),
        ScoreRun.id,
        ScoreRun.id,
        place,
        ascending=False,
        size=size,
    )
    rows = session.scalars(statement).all()
    return page_of(rows, size=size, cursor=place, place=lambda run: ((run.id,), run.id), order="latest")


def run_by_id(session: Session, run_id: int) -> ScoreRun:
    """Return a score run.

    Raises:
        NotFound: there is none.
    """
    run = session.get(ScoreRun, run_id)
    if run is None:
        raise NotFound(_("没有这个评分批次。"))
    return run


def sheets_page(
    session: Session,
    run_id: int,
    visible: ColumnElement[bool],
    *,
    grade: Grade | None = None,
    cursor: str | None = None,
    size: int = 50,
) -> Page[ScoreSheet]:
    """Return one page of a run's sheets, the best graded score first."""
    where = [ScoreSheet.run_id == run_id, visible]
    if grade is not None:
        where.append(ScoreSheet.grade == grade)
    place = decode_cursor(cursor, order="graded", types=(int,)) if cursor else None
    statement = keyset(
        select(ScoreSheet).join(Enterprise).where(*where).options(joinedload(ScoreSheet.enterprise)),
        ScoreSheet.graded_e4,
        ScoreSheet.id,
        place,
        ascending=False,
        size=size,
    )
    rows = session.scalars(statement).all()
    total = session.scalar(select(func.count()).select_from(ScoreSheet).join(Enterprise).where(*where))
    return page_of(
        rows, size=size, cursor=place, place=lambda s: ((s.graded_e4,), s.id), order="graded", total=total
    )


def latest_sheet(session: Session, enterprise_id: int) -> ScoreSheet | None:
    """Return the firm's sheet of the last run that scored it."""
    return session.scalar(
        select(ScoreSheet)
        .where(ScoreSheet.enterprise_id == enterprise_id)
        .order_by(ScoreSheet.id.desc())
        .limit(1)
    )


def rounds_page(
    session: Session, *, cursor: str | None, published_only: bool = False, size: int = 50
) -> Page[WhitelistRound]:
    """Return one page of rounds, the latest first."""
    place = decode_cursor(cursor, order="number", types=(int,)) if cursor else None
    statement = select(WhitelistRound)
    if published_only:
        statement = statement.where(WhitelistRound.state == RoundState.PUBLISHED)
    statement = keyset(statement, WhitelistRound.number, WhitelistRound.id, place, ascending=False, size=size)
    rows = session.scalars(statement).all()
    return page_of(rows, size=size, cursor=place, place=lambda r: ((r.number,), r.id), order="number")


def round_by_number(session: Session, number: int, *, published_only: bool = False) -> WhitelistRound:
    """Return a round.

    Raises:
        NotFound: there is none, or it is not published and only published ones were asked for.
    """
    found = session.scalar(select(WhitelistRound).where(WhitelistRound.number == number))
    if found is None or (published_only and found.state is not RoundState.PUBLISHED):
        raise NotFound(_("没有这个白名单批次。"))
    return found


def entry_counts(session: Session, round_id: int) -> dict[EntryOutcome, int]:
    """Return how many candidates of a round have each outcome."""
    rows = session.execute(
        select(RoundEntry.outcome, func.count())
        .where(RoundEntry.round_id == round_id)
        .group_by(RoundEntry.outcome)
    )
    return dict.fromkeys(EntryOutcome, 0) | {outcome: count for outcome, count in rows}


def entries_page(
    session: Session,
    round_id: int,
    visible: ColumnElement[bool],
    *,
    outcome: EntryOutcome | None = None,
    cursor: str | None = None,
    size: int = 50,
) -> Page[RoundEntry]:
    """Return one page of a round's candidates, the best graded score first."""
    where = [RoundEntry.round_id == round_id, visible]
    if outcome is not None:
        where.append(RoundEntry.outcome == outcome)
    place = decode_cursor(cursor, order="graded", types=(int,)) if cursor else None
    joined = (
        select(RoundEntry)
        .join(ScoreSheet, ScoreSheet.id == RoundEntry.sheet_id)
        .join(Enterprise, Enterprise.id == RoundEntry.enterprise_id)
        .where(*where)
    )
    statement = keyset(
        joined.options(joinedload(RoundEntry.enterprise), joinedload(RoundEntry.sheet)),
        ScoreSheet.graded_e4,
        RoundEntry.id,
        place,
        ascending=False,
        size=size,
    )
    rows = session.scalars(statement).all()
    total = session.scalar(select(func.count()).select_from(joined.subquery()))
    return page_of(
        rows,
        size=size,
        cursor=place,
        place=lambda e: ((e.sheet.graded_e4,), e.id),
        order="graded",
        total=total,
    )


# --- The whitelist as institutions read it -----------------------------------------------------------


def in_force(on: date) -> ColumnElement[bool]:
    """Return the condition that an admission holds on day `on`."""
    return and_(
        Admission.valid_from <= on,
        Admission.valid_until > on,
        or_(Admission.ended_on.is_(None), Admission.ended_on > on),
    )


@dataclass(frozen=True, slots=True)
class ListedFirm:
    """One row of the institutions' list: the firm and, when it is on the whitelist, its admission."""

    enterprise: Enterprise
    admission: Admission | None


@dataclass(frozen=True, slots=True)
class FirmFilter:
    """What an institution's list is narrowed to; `tier` is "whitelist" or "directory"."""

    firms: EnterpriseFilter
    tier: str = "whitelist"
    grade: str = ""


FIRM_ORDERS: dict[str, tuple[Any, type]] = {
    "score": (Admission.graded_e4, int),
    "valid": (Enterprise.valid_count, int),
    "inventions": (Enterprise.valid_invention_count, int),
    "name": (Enterprise.pinyin_key, str),
}


def _firm_conditions(
    session: Session, visible: ColumnElement[bool], wanted: FirmFilter
) -> list[ColumnElement[bool]]:
    where = [visible, *conditions(session, wanted.firms)]
    if wanted.tier == "whitelist":
        where.append(Admission.id.is_not(None))
    if wanted.grade:
        where.append(Admission.grade == wanted.grade)
    return where


def _firms(on: date, where: Iterable[ColumnElement[bool]], *columns: Any) -> Any:
    return (
        select(*columns)
        .select_from(Enterprise)
        .outerjoin(Admission, and_(Admission.enterprise_id == Enterprise.id, in_force(on)))
        .where(*where)
    )


def firms_page(
    session: Session,
    visible: ColumnElement[bool],
    wanted: FirmFilter,
    *,
    on: date,
    order: str,
    cursor: str | None,
    size: int = 50,
) -> Page[ListedFirm]:
    """Return one page of the firms that an institution may see.

    Raises:
        BadInput: the cursor belongs to another list or order.
    """
    column, kind = FIRM_ORDERS[order]
    if order == "score" and wanted.tier != "whitelist":
        column = func.coalesce(Admission.graded_e4, -1)
    place = decode_cursor(cursor, order=order, types=(kind,)) if cursor else None
    where = _firm_conditions(session, visible, wanted)
    statement = keyset(
        _firms(on, where, Enterprise, Admission),
        column,
        Enterprise.id,
        place,
        ascending=order == "name",
        size=size,
    )
    rows = [ListedFirm(firm, admission) for firm, admission in session.execute(statement)]
    total = session.scalar(_firms(on, where, func.count(Enterprise.id)))

    def key(row: ListedFirm) -> tuple[tuple[Any, ...], int]:
        value = {
            "score": row.admission.graded_e4 if row.admission else -1,
            "valid": row.enterprise.valid_count,
            "inventions": row.enterprise.valid_invention_count,
            "name": row.enterprise.pinyin_key,
        }[order]
        return (value,), row.enterprise.id

    return page_of(rows, size=size, cursor=place, place=key, order=order, total=total)


def all_firms(
    session: Session, visible: ColumnElement[bool], wanted: FirmFilter, *, on: date, order: str
) -> list[ListedFirm]:
    """Return every firm of the list that `firms_page` pages through: what an export holds."""
    column, _kind = FIRM_ORDERS[order]
    if order == "score" and wanted.tier != "whitelist":
        column = func.coalesce(Admission.graded_e4, -1)
    directions = (
        (column.asc(), Enterprise.id.asc()) if order == "name" else (column.desc(), Enterprise.id.desc())
    )
    statement = _firms(on, _firm_conditions(session, visible, wanted), Enterprise, Admission).order_by(
        *directions
    )
    return [ListedFirm(firm, admission) for firm, admission in session.execute(statement)]


def grade_facet(
    session: Session, visible: ColumnElement[bool], wanted: FirmFilter, *, on: date
) -> Sequence[tuple[str, int]]:
    """Return (grade, firms) of the list without its grade filter."""
    open_filter = FirmFilter(wanted.firms, wanted.tier)
    rows = session.execute(
        _firms(
            on, _firm_conditions(session, visible, open_filter), Admission.grade, func.count(Enterprise.id)
        )
        .where(Admission.id.is_not(None))
        .group_by(Admission.grade)
        .order_by(Admission.grade)
    )
    return [(grade.value, count) for grade, count in rows]


def region_facet(
    session: Session, visible: ColumnElement[bool], wanted: FirmFilter, *, on: date
) -> Sequence[tuple[str, int]]:
    """Return (division code, firms) of the list without its division filter."""
    firms = EnterpriseFilter(query=wanted.firms.query, holding=wanted.firms.holding)
    open_filter = FirmFilter(firms, wanted.tier, wanted.grade)
    rows = session.execute(
        _firms(
            on,
            _firm_conditions(session, visible, open_filter),
            Enterprise.region_code,
            func.count(Enterprise.id),
        )
        .where(Enterprise.region_code.is_not(None))
        .group_by(Enterprise.region_code)
        .order_by(Enterprise.region_code)
    )
    return [(code, count) for code, count in rows]


def current_admission(session: Session, enterprise_id: int, on: date) -> Admission | None:
    """Return the firm's admission that holds on day `on`."""
    return session.scalar(select(Admission).where(Admission.enterprise_id == enterprise_id, in_force(on)))


def admissions_of(session: Session, enterprise_id: int) -> Sequence[Admission]:
    """Return every admission that the firm ever had, the latest first."""
    return session.scalars(
        select(Admission).where(Admission.enterprise_id == enterprise_id).order_by(Admission.id.desc())
    ).all()


def admitted_firms(session: Session, round_id: int) -> Sequence[Admission]:
    """Return the admissions that a round made, by name."""
    return session.scalars(
        select(Admission)
        .join(Enterprise)
        .where(Admission.round_id == round_id)
        .options(joinedload(Admission.enterprise))
        .order_by(Enterprise.pinyin_key, Enterprise.id)
    ).all()


def dependents(session: Session, enterprise_ids: Collection[int]) -> list[Text]:
    """Say what of the whitelist depends on these enterprises, so that an undo can be refused in words."""
    for chunk in in_chunks(enterprise_ids):
        firm = session.scalar(
            select(Enterprise.name)
            .join(ScoreSheet, ScoreSheet.enterprise_id == Enterprise.id)
            .where(Enterprise.id.in_(chunk))
            .limit(1)
        )
        if firm:
            return [_("%(firm)s等企业已有评分记录，本批次不能撤销。", firm=firm)]
    return []
