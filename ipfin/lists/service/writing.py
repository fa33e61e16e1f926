"""Writing what a list says of firms, and taking it back: enterprises, dated facts, the rows' own story.

Every row that did something is kept as an `ImportRow` with old and new values; what an undo needs beside
them stands in `before` under keys that begin with an underscore and is never shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.bulk import in_chunks, insert_rows, take_ids
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import now_utc
from ipfin.kernel.public_id import new_public_id
from ipfin.kernel.text import Text, _
from ipfin.lists.plan import Contested, FactWrite, ListPlan, Step
from ipfin.registry.intake import Progress
from ipfin.registry.lifecycle import BatchState, RowOutcome
from ipfin.registry.models import (
    BETWEEN_NAMES,
    Applicant,
    Enterprise,
    EnterpriseFact,
    FactKind,
    FactSource,
    ImportBatch,
    ImportRow,
    SourceConflict,
)
from ipfin.registry.ownership import CONTESTED, ConflictState
from ipfin.registry.search import pinyin_key, search_text
from ipfin.registry.service import contesting, holders, portfolio
from ipfin.registry.service.changes import note_changed
from ipfin.registry.service.holders import Dependents

Story = tuple[Step, int, dict[str, Any]]
"""A row, its firm, and what only an undo needs."""

MOST_TOLD: Final = 5  # later lists that are named
COLUMNS: Final = "_columns"
FACTS: Final = "_facts"
_NEW: Final = (
    "name", "name_key", "credit_code", "credit_code_checks", "region_code", "locality", "address",
    "industry_code", "established_on",
)  # fmt: skip
_ABSENT: Final = {"locality": "", "address": "", "industry_code": ""}
_COUNTS: Final = (
    "patent_count", "granted_count", "valid_count", "valid_invention_count", "valid_utility_count",
    "valid_design_count", "pledged_count", "pending_count", "unknown_count",
)  # fmt: skip
_FACT_COLUMNS: Final = ("number", "word", "expires_on", "evidence", "batch_id", "recorded_by", "recorded_at")


def write_firms(session: Session, actor: Actor, batch: ImportBatch, plan: ListPlan, report: Progress) -> None:
    """Write everything that `plan` says of firms, in the caller's transaction."""
    total = len(plan.steps)
    report(0, total, _("正在登记企业"))
    new = [step for step in plan.steps if step.outcome is RowOutcome.NEW and step.subject_id is None]
    known = [step for step in plan.steps if step.subject_id is not None and (step.columns or step.facts)]
    ids = _insert_firms(session, batch, new)
    stories: list[Story] = [(step, firm_id, {}) for step, firm_id in zip(new, ids, strict=True)]
    stories += [(step, step.subject_id or 0, _update_firm(session, actor, batch, step)) for step in known]
    report(total // 2, total, _("正在登记企业事实"))
    for step, _firm_id, private in stories:
        private |= _replace_facts(session, actor, batch, step.facts)
    insert_facts(
        session, actor, batch, [(firm_id, fact) for step, firm_id, _p in stories for fact in step.facts]
    )
    keep_rows(session, batch, [(step, firm_id, private) for step, firm_id, private in stories])
    note_contests(session, batch, plan.steps)
    note_day(session, [step.subject_id for step in plan.steps if step.subject_id], batch.as_of)
    note_changed(session, [firm_id for _step, firm_id, _private in stories])
    for step, firm_id, _private in stories:
        if step.subject_id and ({"name", "credit_code"} & set(step.columns) or _tells_names(step)):
            portfolio.write_search_text(session.get_one(Enterprise, firm_id))
    session.flush()


def _tells_names(step: Step) -> bool:
    return any(fact.kind == FactKind.FORMER_NAMES for fact in step.facts)


def _insert_firms(session: Session, batch: ImportBatch, steps: Sequence[Step]) -> list[int]:
    ids = take_ids(session, Enterprise, len(steps))
    now = now_utc()
    columns = ("id", "public_id", *_NEW, "search_text", "pinyin_key", "as_of", "first_batch_id", "created_at",
               "is_synthetic", *_COUNTS)  # fmt: skip
    rows = (
        (
            firm_id,
            new_public_id(),
            *(step.columns.get(name, _ABSENT.get(name)) for name in _NEW),
            search_text(step.columns["name"], step.columns["credit_code"], _former(step)),
            pinyin_key(step.columns["name"]),
            batch.as_of,
            batch.id,
            now,
            False,
            *(0 for _count in _COUNTS),
        )
        for firm_id, step in zip(ids, steps, strict=True)
    )
    insert_rows(session, Enterprise, columns, rows)
    return ids


def _former(step: Step) -> tuple[str, ...]:
    told = (fact.word for fact in step.facts if fact.kind == FactKind.FORMER_NAMES)
    return tuple(name for word in told for name in word.split(BETWEEN_NAMES))


def _update_firm(session: Session, actor: Actor, batch: ImportBatch, step: Step) -> dict[str, Any]:
    """Change an enterprise; return the old values, for the undo."""
    if not step.columns:
        return {}
    firm = session.get_one(Enterprise, step.subject_id)
    old = {name: getattr(firm, name) for name in step.columns}
    for name, value in step.columns.items():
        setattr(firm, name, value)
    session.flush()
    if {"name", "credit_code"} & set(step.columns):
        record(
            session,
            actor,
            "registry.enterprise.listed",
            f"enterprise:{firm.id}",
            name=firm.name,
            batch=batch.id,
            before=old.get("name", firm.name),
            credit_code=firm.credit_code or "",
        )
    return {COLUMNS: portfolio.as_json(old)}


def insert_facts(
    session: Session, actor: Actor, batch: ImportBatch, facts: Iterable[tuple[int, FactWrite]]
) -> None:
    """Insert the facts that replace none."""
    fresh = [(firm_id, fact) for firm_id, fact in facts if fact.replaces is None]
    now = now_utc()
    ids = take_ids(session, EnterpriseFact, len(fresh))
    insert_rows(
        session,
        EnterpriseFact,
        ("id", "enterprise_id", "kind", "as_of", "source", *_FACT_COLUMNS),
        (
            (fact_id, firm_id, fact.kind, fact.as_of, FactSource.LIST, _plain(fact.number), fact.word,
             fact.expires_on, fact.evidence[:300], batch.id, actor.name, now)
            for fact_id, (firm_id, fact) in zip(ids, fresh, strict=True)
        ),
    )  # fmt: skip


def _plain(number: Decimal | None) -> str | None:
    return None if number is None else str(number)


def _replace_facts(
    session: Session, actor: Actor, batch: ImportBatch, facts: Sequence[FactWrite]
) -> dict[str, Any]:
    """Change the facts of the same day; return what they said, for the undo."""
    kept = []
    for write in facts:
        if write.replaces is None:
            continue
        fact = session.get_one(EnterpriseFact, write.replaces)
        kept.append(
            {
                "id": fact.id,
                "word": fact.word,
                "number": _plain(fact.number),
                "evidence": fact.evidence,
                "expires_on": fact.expires_on.isoformat() if fact.expires_on else None,
                "batch_id": fact.batch_id,
            }
        )
        fact.word, fact.number, fact.expires_on = write.word, write.number, write.expires_on
        fact.evidence, fact.batch_id = write.evidence[:300], batch.id
        fact.recorded_by, fact.recorded_at = actor.name, now_utc()
    session.flush()
    return {FACTS: kept} if kept else {}


def keep_rows(
    session: Session, batch: ImportBatch, stories: Iterable[tuple[Step, int | None, Mapping[str, Any]]]
) -> None:
    """Keep what rows did: `(step, firm, what only an undo needs)`."""
    rows = [
        {
            "batch_id": batch.id,
            "row_number": step.row,
            "outcome": step.outcome,
            "enterprise_id": firm_id,
            "field": "",
            "code": "",
            "value": "",
            "before": {**step.before, **private},
            "after": dict(step.after),
        }
        for step, firm_id, private in stories
    ]
    if rows:
        session.execute(insert(ImportRow), rows)


def note_contests(session: Session, batch: ImportBatch, steps: Sequence[Step]) -> None:
    """Put what the list says otherwise than a person settled into the queue, once for each value."""
    rows = []
    for step in steps:
        for contest in step.contests:
            if contest.code != CONTESTED or _waits_already(session, step.subject_id or 0, contest):
                continue
            told = {"source": batch.source, "as_of": batch.as_of.isoformat(), "evidence": "", **contest.told}
            rows.append(
                {
                    "enterprise_id": step.subject_id,
                    "field": contest.field,
                    "state": ConflictState.OPEN,
                    "held": dict(contest.held),
                    "told": told,
                    "is_settled": True,
                    "takes_effect": False,
                    "batch_id": batch.id,
                    "row_number": step.row,
                    "found_at": now_utc(),
                    "decided_by": "",
                    "reason": "",
                }
            )
    if rows:
        session.execute(insert(SourceConflict), rows)


def _waits_already(session: Session, firm_id: int, contest: Contested) -> bool:
    rows = session.scalars(
        select(SourceConflict.told).where(
            SourceConflict.enterprise_id == firm_id,
            SourceConflict.field == contest.field,
            SourceConflict.state == ConflictState.OPEN,
        )
    )
    return any(told["value"] == contest.told["value"] for told in rows)


def note_day(session: Session, ids: Iterable[int], as_of: date) -> None:
    """Move the day of every enterprise that the list speaks of forward to the list's day."""
    for chunk in in_chunks(sorted(set(ids))):
        session.execute(
            update(Enterprise)
            .where(Enterprise.id.in_(chunk), or_(Enterprise.as_of.is_(None), Enterprise.as_of < as_of))
            .values(as_of=as_of)
            .execution_options(synchronize_session=False)
        )


# --- Taking back ------------------------------------------------------------------------------------


def undo_firms(session: Session, actor: Actor, batch: ImportBatch, dependents: Sequence[Dependents]) -> None:
    """Take back what a batch wrote of firms: its facts and firms go, changed ones get their values back.

    Raises:
        Conflict: another record depends on one of its firms; the sentence says which.
    """
    rows = session.scalars(
        select(ImportRow).where(ImportRow.batch_id == batch.id, ImportRow.outcome != RowOutcome.REFUSED)
    ).all()
    renamed = [
        row.enterprise_id for row in rows if row.before and COLUMNS in row.before and row.enterprise_id
    ]
    for row in rows:
        _restore(session, row)
    contesting.forget(session, batch)
    note_changed(session, {row.enterprise_id for row in rows if row.enterprise_id is not None})
    session.execute(delete(EnterpriseFact).where(EnterpriseFact.batch_id == batch.id))
    session.expire_all()
    for firm_id in renamed:
        portfolio.write_search_text(session.get_one(Enterprise, firm_id))
    holders.drop_orphans(session, batch, dependents)


def firms_built_on(session: Session, batch: ImportBatch) -> list[Text]:
    """Say which later lists of the same kind wrote of the same firms, and which new firm holds patents."""
    return later_lists(session, batch) + contesting.obstacles(session, batch) + _holders(session, batch)


def later_lists(session: Session, batch: ImportBatch) -> list[Text]:
    """Return a sentence for each later list of the same kind that wrote of the same firms."""
    touched = select(ImportRow.enterprise_id).where(
        ImportRow.batch_id == batch.id, ImportRow.enterprise_id.is_not(None)
    )
    later = session.execute(
        select(ImportBatch.id, ImportBatch.filename)
        .distinct()
        .join(ImportRow, ImportRow.batch_id == ImportBatch.id)
        .where(
            ImportBatch.id != batch.id,
            ImportBatch.kind == batch.kind,
            ImportBatch.state == BatchState.COMMITTED,
            ImportBatch.committed_at >= batch.committed_at,
            ImportRow.enterprise_id.in_(touched),
        )
        .order_by(ImportBatch.id.desc())
        .limit(MOST_TOLD)
    )
    return [changed_on_top(other, filename) for other, filename in later]


def changed_on_top(later: int, filename: str) -> Text:
    """Return the sentence that names a later list."""
    return _(
        "批次%(later)s（%(filename)s）在本批次之上做过变更，请先撤销该批次。", later=later, filename=filename
    )


def _holders(session: Session, batch: ImportBatch) -> list[Text]:
    firm = session.scalars(
        select(Enterprise)
        .join(Applicant, Applicant.enterprise_id == Enterprise.id)
        .where(Enterprise.first_batch_id == batch.id)
        .order_by(Enterprise.id)
        .limit(1)
    ).first()
    if firm is None:
        return []
    return [_("本批次登记的企业“%(name)s”已有专利归入，请先撤销带来这些专利的批次。", name=firm.name)]


def _restore(session: Session, row: ImportRow) -> None:
    before = row.before or {}
    if COLUMNS in before and row.enterprise_id is not None:
        values = portfolio.from_json(before[COLUMNS])
        session.execute(update(Enterprise).where(Enterprise.id == row.enterprise_id).values(**values))
    for kept in before.get(FACTS, ()):
        session.execute(
            update(EnterpriseFact)
            .where(EnterpriseFact.id == kept["id"])
            .values(
                word=kept["word"],
                number=None if kept["number"] is None else Decimal(kept["number"]),
                evidence=kept["evidence"],
                expires_on=date.fromisoformat(kept["expires_on"]) if kept["expires_on"] else None,
                batch_id=kept["batch_id"],
            )
        )
