"""A list of financing outcomes compared with those that stand: what is new is entered, nothing is changed.

An outcome is known by firm, kind, day and evidence. What a list leaves out ends nothing. One that was
withdrawn stands no more, so that a list that still tells it enters it again, where somebody sees it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ipfin.bulk import in_chunks
from ipfin.kernel.actor import Actor
from ipfin.kernel.text import Text, _
from ipfin.lists.cells import Cells
from ipfin.lists.columns import Columns
from ipfin.lists.firm_rows import known_of
from ipfin.lists.outcomes.fields import SHAPE
from ipfin.lists.outcomes.rows import ListedOutcome, read_outcomes
from ipfin.lists.plan import ListPlan, Reading, Step
from ipfin.lists.queries import known_firms
from ipfin.lists.service.room import Room
from ipfin.lists.service.writing import keep_rows
from ipfin.outcomes.models import FinancingOutcome
from ipfin.outcomes.rules import KIND_LABELS, OutcomeKind, Statement
from ipfin.outcomes.service import enter_outcome
from ipfin.registry.intake import Progress
from ipfin.registry.lifecycle import RowOutcome
from ipfin.registry.models import Enterprise, ImportBatch
from ipfin.registry.reading import RawTable
from ipfin.registry.service.holders import Dependents

Key = tuple[int, OutcomeKind, date, str]


def plan(session: Session, table: RawTable, columns: Columns, as_of: date) -> ListPlan:
    """Return what the list would do; reads only."""
    cells = Cells(table, columns)
    listed = {outcome.firm.place: outcome for outcome in read_outcomes(cells, as_of)}
    rows = [outcome.firm for outcome in listed.values()]
    known = known_firms(session, {row.credit_code for row in rows}, {row.key for row in rows})
    told: dict[Key, list[ListedOutcome]] = {}
    for row, firm in known_of(cells, rows, known):
        said = listed[row.place].said
        key = (firm.id, said.kind, said.happened_on, said.evidence)
        told.setdefault(key, []).append(listed[row.place])
    standing = _standing(session, {firm_id for firm_id, *_rest in told})
    steps = [_step(key, found, key in standing) for key, found in told.items()]
    steps.sort(key=lambda step: step.row)
    figures = {"firms": len({firm_id for firm_id, *_rest in told})}
    return ListPlan(table, Reading(columns, cells.count, cells.doubts, cells.refusals(), figures), steps)


def _standing(session: Session, firm_ids: Collection[int]) -> set[Key]:
    found: set[Key] = set()
    for chunk in in_chunks(sorted(firm_ids)):
        rows = session.execute(
            select(
                FinancingOutcome.enterprise_id,
                FinancingOutcome.kind,
                FinancingOutcome.happened_on,
                FinancingOutcome.evidence,
            ).where(FinancingOutcome.enterprise_id.in_(chunk), FinancingOutcome.withdrawn_at.is_(None))
        )
        found.update((firm, kind, day, evidence) for firm, kind, day, evidence in rows)
    return found


def _step(key: Key, found: list[ListedOutcome], stands: bool) -> Step:
    lead, *others = found
    repeated = tuple(other.firm.row for other in others)
    if stands:
        return Step(lead.firm.row, RowOutcome.UNCHANGED, key[0], repeated=repeated)
    said = lead.said
    columns: dict[str, Any] = {"said": said}
    after = {
        "name": lead.firm.name,
        "kind": str(KIND_LABELS[said.kind]),
        "happened_on": said.happened_on.isoformat(),
        "source": said.source,
        "evidence": said.evidence,
    }
    return Step(lead.firm.row, RowOutcome.NEW, key[0], columns, (), {}, after, repeated)


# --- Writing and taking back -------------------------------------------------------------------------


def write(session: Session, actor: Actor, batch: ImportBatch, found: ListPlan, report: Progress) -> None:
    """Enter the outcomes of a list, in the caller's transaction."""
    active = [step for step in found.steps if step.outcome is RowOutcome.NEW]
    stories: list[tuple[Step, int | None, dict[str, Any]]] = []
    for done, step in enumerate(active):
        report(done, len(active), _("正在登记融资结果"))
        said: Statement = step.columns["said"]
        firm = session.get_one(Enterprise, step.subject_id)
        enter_outcome(session, actor, firm, said, on=batch.as_of, batch_id=batch.id)
        stories.append((step, step.subject_id, {}))
    keep_rows(session, batch, stories)
    session.flush()


def built_on(_session: Session, _batch: ImportBatch) -> list[Text]:
    """Return nothing: outcomes do not change each other, so a later list rests on none."""
    return []


def undo(session: Session, _actor: Actor, batch: ImportBatch, _dependents: Collection[Dependents]) -> None:
    """Take back what a batch wrote."""
    session.execute(delete(FinancingOutcome).where(FinancingOutcome.batch_id == batch.id))
    session.expire_all()


ROOM = Room(SHAPE, plan, write, built_on, undo)
