"""The evidence of a stored score sheet, gathered from the rows that it was computed from.

Rows of today are read as of the sheet's day, and their digest is compared with the one on the sheet: the
evidence says by itself whether it is what the score rests on. Whoever asks may see the sheet whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ipfin.corrections.items import Item
from ipfin.corrections.models import CorrectionRequest
from ipfin.corrections.rules import RequestState
from ipfin.kernel.clock import in_china
from ipfin.registry.models import Enterprise, EnterpriseFact, FactKind, FactSource, ImportBatch, Patent
from ipfin.registry.queries import facts_of, held_by
from ipfin.reports.service.said_facts import SOURCE_LABELS, fact_value
from ipfin.whitelist.cohorts import Cohorts
from ipfin.whitelist.evidence import Evidence, FactTold, ListTold, SheetEvidence, narrowed_to, patents_used
from ipfin.whitelist.facts import FirmFacts, PatentFacts
from ipfin.whitelist.models import CohortReference, ScoreSheet
from ipfin.whitelist.portfolio import FirmView
from ipfin.whitelist.queries import firm_facts
from ipfin.whitelist.queries.facts import facts_holding
from ipfin.whitelist.scoring import ScoreSheet as Sheet
from ipfin.whitelist.scoring import inputs_digest

KIND_OF: Final[Mapping[str, FactKind]] = {
    "M1": FactKind.PRODUCT_FILINGS,
    "M2": FactKind.LICENCES_OUT,
    "M3": FactKind.FOREIGN_JURISDICTIONS,
    "M4": FactKind.TITLE,
    "M5": FactKind.RD_SHARE_BP,
    "C2": FactKind.TAX_CREDIT,
    "C3": FactKind.REVENUE_GROWTH_BP,
    "C4": FactKind.PLEDGE_HISTORY,
}
"""The recorded fact that an indicator reads."""


def evidence_of(session: Session, sheet: ScoreSheet) -> SheetEvidence:
    """Return what every indicator of `sheet` rests on."""
    on, firm = sheet.run.data_as_of, sheet.enterprise
    known = firm_facts(session, [firm.id], on)[firm.id]
    found = _of_patents(session, firm.id, known, on)
    found |= _of_facts(session, firm.id, on)
    found["C1"] = Evidence("C1", facts=_of_establishment(session, firm, on))
    return SheetEvidence(found, _is_current(session, sheet, known))


def _is_current(session: Session, sheet: ScoreSheet, known: FirmFacts) -> bool:
    """Whether today's rows, read as of the sheet's day, are what the sheet was computed from."""
    reference = session.get(CohortReference, sheet.run.cohort_reference_id or 0)
    inputs = {
        "facts": known.as_inputs(),
        "on": sheet.run.data_as_of,
        "cohorts": reference.sha256 if reference else "",
    }
    return inputs_digest(inputs) == Sheet.from_json(sheet.body).inputs_hash


# --- Patents -----------------------------------------------------------------------------------------


def _of_patents(session: Session, firm_id: int, known: FirmFacts, on: date) -> dict[str, Evidence]:
    told = _told_by(session, firm_id)
    used = patents_used(FirmView(known, on, Cohorts({}, {})))
    return {
        code: Evidence(
            code,
            used=len(patents),
            narrowed=narrowed_to(code, patents) if patents else None,
            lists=_lists(patents, told),
        )
        for code, patents in used.items()
    }


def _told_by(session: Session, firm_id: int) -> dict[str, tuple[str, date]]:
    """Return for each patent of the firm who gave the list that told it last, and of which day."""
    number = func.coalesce(Patent.application_number, Patent.publication_root)
    rows = session.execute(
        select(number, ImportBatch.source, ImportBatch.as_of)
        .join(ImportBatch, ImportBatch.id == Patent.last_batch_id)
        .where(Patent.id.in_(held_by(firm_id)))
    )
    return {said: (source, as_of) for said, source, as_of in rows}


def _lists(patents: Sequence[PatentFacts], told: Mapping[str, tuple[str, date]]) -> tuple[ListTold, ...]:
    counted = Counter(told[patent.number] for patent in patents if patent.number in told)
    latest_first = sorted(counted.items(), key=lambda pair: (-pair[0][1].toordinal(), pair[0][0]))
    return tuple(ListTold(source, as_of, count) for (source, as_of), count in latest_first)


# --- Recorded facts ----------------------------------------------------------------------------------


def _of_facts(session: Session, firm_id: int, on: date) -> dict[str, Evidence]:
    every: dict[FactKind, list[EnterpriseFact]] = {}
    for fact in facts_of(session, firm_id):
        every.setdefault(fact.kind, []).append(fact)
    holding = facts_holding(session, [firm_id], on).get(firm_id, {})
    found = {}
    for code, kind in KIND_OF.items():
        holds = holding.get(kind, [])
        counts = holds if kind is FactKind.TITLE else holds[:1]
        ids = {fact.id for fact in counts}
        rest = [fact for fact in every.get(kind, []) if fact.id not in ids]
        found[code] = Evidence(
            code,
            facts=_told(counts),
            superseded=_told([fact for fact in rest if fact.as_of <= on]),
            later=_told([fact for fact in rest if fact.as_of > on]),
        )
    return found


def _told(facts: Sequence[EnterpriseFact]) -> tuple[FactTold, ...]:
    return tuple(
        FactTold(
            fact_value(fact),
            SOURCE_LABELS[fact.source],
            fact.as_of,
            in_china(fact.recorded_at).date(),
            fact.evidence,
        )
        for fact in facts
    )


def _of_establishment(session: Session, firm: Enterprise, on: date) -> tuple[FactTold, ...]:
    """Return who told the day of establishment: an accepted correction, else the list the firm came with."""
    if firm.established_on is None:
        return ()
    corrected = session.scalars(
        select(CorrectionRequest)
        .where(
            CorrectionRequest.enterprise_id == firm.id,
            CorrectionRequest.item == Item.ESTABLISHED,
            CorrectionRequest.state == RequestState.ACCEPTED,
        )
        .order_by(CorrectionRequest.id.desc())
        .limit(1)
    ).first()
    value = firm.established_on.isoformat()
    if corrected is not None and corrected.decided_at is not None:
        decided = in_china(corrected.decided_at).date()
        label = SOURCE_LABELS[FactSource.CORRECTION]
        return (FactTold(value, label, corrected.filed_on, decided, corrected.public_id),)
    batch = session.get(ImportBatch, firm.first_batch_id) if firm.first_batch_id else None
    recorded = in_china(batch.uploaded_at).date() if batch else (firm.as_of or on)
    source = batch.source if batch else ""
    return (FactTold(value, SOURCE_LABELS[FactSource.LIST], firm.as_of or on, recorded, source),)
