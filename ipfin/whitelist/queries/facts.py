"""How rows become the facts that a scorecard reads; what a fact is worth is decided in `indicators`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from ipfin.bulk import in_chunks
from ipfin.conduct.queries import ends_by_time, records_of, term_rules
from ipfin.conduct.rules import ConductCode
from ipfin.registry.models import (
    Applicant,
    Enterprise,
    EnterpriseFact,
    FactKind,
    FactSource,
    ImportBatch,
    Patent,
    PatentApplicant,
    PatentFlag,
)
from ipfin.registry.statuses import Flag, Validity
from ipfin.whitelist.facts import FirmFacts, HeldTitle, PatentFacts, PledgeHistory, TaxCredit, Title
from ipfin.whitelist.gates import ConductFact, GateResult, check_gates, status_fact
from ipfin.whitelist.queries.declarations import defaulted_codes
from ipfin.whitelist.queries.patent_flags import Grounds, grounds_on

_NONE: Grounds = (frozenset(), frozenset())


def firms_to_score(session: Session, condition: ColumnElement[bool] | None = None) -> Sequence[int]:
    """Return the ids of the firms that hold a patent or application; the gates say which of them pass."""
    statement = select(Enterprise.id).where(Enterprise.patent_count > 0).order_by(Enterprise.id)
    if condition is not None:
        statement = statement.where(condition)
    return session.scalars(statement).all()


def patent_facts(
    session: Session, enterprise_ids: Collection[int], on: date
) -> dict[int, tuple[PatentFacts, ...]]:
    """Return the distinct patents of each firm by their ids, with what is recorded of them on day `on`."""
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
    recorded = _recorded(session, on)
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
            by_firm.setdefault(int(firm or 0), []).append(_patent_facts(row, recorded))
        found.update({firm: tuple(patents) for firm, patents in by_firm.items()})
    return found


def _recorded(session: Session, on: date) -> dict[int, Grounds]:
    # Few patents have a record: one look at all of them, none where nobody recorded anything.
    rows = session.execute(
        select(Patent.id, Patent.flags_as_of).where(Patent.id.in_(select(PatentFlag.patent_id)))
    )
    flags_on: dict[int, date | None] = dict(rows.all())
    return grounds_on(session, flags_on, on)


def _patent_facts(row: Sequence[Any], recorded: Mapping[int, Grounds]) -> PatentFacts:
    patent_id, number, root, kind, validity, filed_on, year, granted_on, granted, expires_on, ipc, *rest = row
    claims, cited_by, flags, tells_flags = rest
    shown, cleared = recorded.get(patent_id, _NONE)
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
        shown_grounds=shown,
        cleared_grounds=cleared,
    )


def firm_facts(session: Session, enterprise_ids: Collection[int], on: date) -> dict[int, FirmFacts]:
    """Return all that is known of each firm on day `on`."""
    patents = patent_facts(session, enterprise_ids, on)
    telling = _firms_with_lapsed_listed(session, enterprise_ids)
    declared = facts_holding(session, enterprise_ids, on)
    asked = defaulted_codes(session, enterprise_ids, on)
    found: dict[int, FirmFacts] = {}
    for chunk in in_chunks(sorted(enterprise_ids)):
        rows = session.execute(
            select(Enterprise.id, Enterprise.established_on).where(Enterprise.id.in_(chunk))
        )
        for firm, established_on in rows:
            found[firm] = _firm_facts(
                patents.get(firm, ()),
                established_on,
                declared.get(firm, {}),
                lapsed_listed=firm in telling,
                asked=asked.get(firm, frozenset()),
            )
    return found


def _firms_with_lapsed_listed(session: Session, enterprise_ids: Collection[int]) -> set[int]:
    """Return the firms of which a list names lapsed patents: theirs, or others beside theirs.

    The lists of a firm are those that its patents came with first and last. What a list names was counted
    when it came in, so that no other list changes the answer.
    """
    telling = _lists_with_lapsed(session)
    found: set[int] = set()
    for chunk in in_chunks(sorted(enterprise_ids)):
        rows = session.execute(
            select(Applicant.enterprise_id, Patent.first_batch_id, Patent.last_batch_id, Patent.validity)
            .join(PatentApplicant, PatentApplicant.applicant_id == Applicant.id)
            .join(Patent, Patent.id == PatentApplicant.patent_id)
            .where(Applicant.enterprise_id.in_(chunk))
            .distinct()
        )
        for firm, first, last, validity in rows:
            if validity is Validity.LAPSED or first in telling or last in telling:
                found.add(int(firm or 0))
    return found


def _lists_with_lapsed(session: Session) -> frozenset[int]:
    named = ImportBatch.summary[("validity", Validity.LAPSED.value)].as_integer()
    return frozenset(session.scalars(select(ImportBatch.id).where(named > 0)))


def facts_holding(
    session: Session, enterprise_ids: Collection[int], on: date
) -> dict[int, dict[FactKind, list[EnterpriseFact]]]:
    """Return for each firm and kind the facts that hold on day `on`, the latest first.

    Of one title only the latest word of a source counts: it supersedes what the source said before.
    """
    found: dict[int, dict[FactKind, list[EnterpriseFact]]] = {}
    told: set[tuple[int, str, FactSource]] = set()
    for chunk in in_chunks(sorted(enterprise_ids)):
        rows = session.scalars(
            select(EnterpriseFact)
            .where(EnterpriseFact.enterprise_id.in_(chunk), EnterpriseFact.as_of <= on)
            .order_by(EnterpriseFact.as_of.desc(), EnterpriseFact.id.desc())
        )
        for row in rows:
            title = (row.enterprise_id, row.word, row.source)
            is_superseded = row.kind is FactKind.TITLE and title in told
            if row.kind is FactKind.TITLE:
                told.add(title)
            if not is_superseded and (row.expires_on is None or row.expires_on > on):
                found.setdefault(row.enterprise_id, {}).setdefault(row.kind, []).append(row)
    return found


def _firm_facts(
    patents: tuple[PatentFacts, ...],
    established_on: date | None,
    facts: Mapping[FactKind, list[EnterpriseFact]],
    *,
    lapsed_listed: bool,
    asked: frozenset[str],
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
        asked=asked,
        lapsed_listed=lapsed_listed,
    )


NO_TITLE = "none"
"""The word of a title fact by which a firm said that it has none."""


def _held_titles(facts: Sequence[EnterpriseFact]) -> tuple[HeldTitle, ...]:
    return tuple(HeldTitle(Title(fact.word), fact.expires_on) for fact in facts if fact.word != NO_TITLE)


def gates_of(
    session: Session,
    facts: Mapping[int, FirmFacts],
    on: date,
    *,
    consulted: frozenset[ConductCode] = frozenset(),
) -> dict[int, GateResult]:
    """Return for each firm what keeps it out on day `on`, the registers `consulted` having been read."""
    against = conduct_facts(session, list(facts), on)
    return {
        firm: check_gates(against.get(firm, ()), known.patents, on, consulted=consulted)
        for firm, known in facts.items()
    }


def conduct_facts(
    session: Session, enterprise_ids: Collection[int], on: date
) -> dict[int, list[ConductFact]]:
    """Return every recorded reason against each firm, and what the business register says against it.

    A record without an end of its own has that of the rule of terms. Of the business register its latest
    word up to day `on` counts.
    """
    rules = term_rules(session)
    found = {
        firm: [
            ConductFact(
                code=row.code,
                source=row.source,
                effective_on=row.effective_on,
                evidence=row.evidence,
                expires_on=ends_by_time(rules, row),
                withdrawn_on=row.withdrawn_on,
                record_id=row.id,
            )
            for row in rows
        ]
        for firm, rows in records_of(session, enterprise_ids).items()
    }
    for firm, status in _latest_status(session, enterprise_ids, on).items():
        fact = status_fact(status.word, status.as_of)
        if fact is not None:
            found.setdefault(firm, []).append(fact)
    return found


def _latest_status(session: Session, enterprise_ids: Collection[int], on: date) -> dict[int, EnterpriseFact]:
    found: dict[int, EnterpriseFact] = {}
    for chunk in in_chunks(sorted(enterprise_ids)):
        rows = session.scalars(
            select(EnterpriseFact)
            .where(
                EnterpriseFact.enterprise_id.in_(chunk),
                EnterpriseFact.kind == FactKind.OPERATING_STATUS,
                EnterpriseFact.as_of <= on,
            )
            .order_by(EnterpriseFact.as_of, EnterpriseFact.id)
        )
        found.update({row.enterprise_id: row for row in rows})
    return found
