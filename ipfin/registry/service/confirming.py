"""A newer list that says the same moves the day of a patent forward, so that no older one speaks again.

Decides what of that is kept on the batch, for its undo: the days as they were, and whose they were.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from ipfin.bulk import in_chunks
from ipfin.registry.intake import Plan
from ipfin.registry.lifecycle import RowOutcome
from ipfin.registry.models import ImportBatch, Patent
from ipfin.registry.service import portfolio


def confirm(session: Session, batch: ImportBatch, plan: Plan) -> None:
    """Move the days of unchanged patents to the day of the batch; keep on it what they were."""
    groups: dict[tuple[tuple[str, Any], ...], list[int]] = {}
    for one in plan.same:
        if one.days:
            groups.setdefault(tuple(one.days.items()), []).append(one.id)
    for step in plan.differing.values():
        if step.before and step.patent_id and step.outcome is RowOutcome.UNCHANGED:
            groups.setdefault(tuple(step.before.items()), []).append(step.patent_id)
    kept = []
    for days, ids in groups.items():
        for chunk in in_chunks(ids):
            moved = {name: _moved(batch, name) for name, _day in days}
            session.execute(update(Patent).where(Patent.id.in_(chunk)).values(**moved))
        kept.append({"before": portfolio.as_json(dict(days)), "patents": _runs(sorted(ids))})
    batch.summary = {**batch.summary, "confirmed": kept}


def _moved(batch: ImportBatch, name: str) -> Any:
    return batch.id if name == "holders_batch_id" else batch.as_of


def unconfirm(session: Session, batch: ImportBatch) -> None:
    """Give the days back that a batch moved; one that a later list moved on stays."""
    for group in batch.summary.get("confirmed", ()):
        before = portfolio.from_json(group["before"])
        ids = [number for first, last in group["patents"] for number in range(first, last + 1)]
        for chunk in in_chunks(ids):
            for name, day in before.items():
                column = getattr(Patent, name)
                session.execute(
                    update(Patent)
                    .where(Patent.id.in_(chunk), column == _moved(batch, name))
                    .values({name: day})
                )


def _runs(ids: Sequence[int]) -> list[list[int]]:
    """Return ascending ids as first and last of each unbroken run: a list's patents stand together."""

    def runs() -> Iterator[list[int]]:
        first = last = ids[0]
        for number in ids[1:]:
            if number != last + 1:
                yield [first, last]
                first = number
            last = number
        yield [first, last]

    return list(runs())
