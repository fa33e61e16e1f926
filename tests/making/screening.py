"""Screenings of rounds, their tasks and marks, declarations and known ties."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from ipfin.accounts.models import OrganisationKind, User
from ipfin.kernel.actor import Role
from ipfin.registry.models import Enterprise
from ipfin.screening.assigning import TieKind
from ipfin.screening.models import (
    ConflictDeclaration,
    ReviewerTie,
    Screening,
    ScreeningCriterion,
    ScreeningMark,
    ScreeningTask,
)
from ipfin.screening.phases import Phase, TaskState
from ipfin.screening.review import Scale
from ipfin.whitelist.admission import RoundState
from ipfin.whitelist.models import RoundEntry
from tests.making.base import NOW, public_id
from tests.making.whitelist import MakeWhitelist

DUE = date(2100, 1, 1)
LONG_ENOUGH = "样例理由写得够长够清楚。"


class MakeScreening(MakeWhitelist):
    """What the office asks of agencies, and what their people hand in."""

    def screening(self, *, scales: Sequence[Scale] = (Scale.ONE_TO_FIVE,) * 2, **overrides: Any) -> Screening:
        """Save a screening in its review, of a draft round, with one criterion for each scale."""
        criteria = [
            ScreeningCriterion(position=place, title=f"样例要点{place}", scale=scale, reason_least=5)
            for place, scale in enumerate(scales, start=1)
        ]
        defaults: dict[str, Any] = {
            "round": overrides.pop("round", None) or self.round(state=RoundState.DRAFT),
            "phase": Phase.REVIEW,
            "due_on": DUE,
            "spread_limit": 2,
            "opened_by": "用户",
            "opened_at": NOW,
            "criteria": criteria,
        }
        return self.save(Screening, defaults, overrides)

    def reviewer(self, **overrides: Any) -> User:
        return self.user(Role.AGENCY, **overrides)

    def screening_task(
        self,
        enterprise: Enterprise | None = None,
        *,
        screening: Screening | None = None,
        reviewer: User | None = None,
        cleared: bool = False,
        **overrides: Any,
    ) -> ScreeningTask:
        """Save a task on a candidate with a sheet; `cleared`: he declared that he has no tie."""
        screening, person = screening or self.screening(), reviewer or self.reviewer()
        firm = enterprise or self.enterprise()
        if not any(sheet.enterprise_id == firm.id for sheet in self._sheets(screening)):
            self.round_entry(firm, round=screening.round)
        defaults: dict[str, Any] = {
            "public_id": public_id("task", self.number()),
            "screening": screening,
            "enterprise": firm,
            "reviewer": person,
            "organisation": person.organisation,
            "state": TaskState.OPEN if cleared else TaskState.ASSIGNED,
            "due_on": screening.due_on,
            "assigned_by": "用户",
            "assigned_at": NOW,
        }
        if overrides.get("state") is TaskState.SUBMITTED:
            defaults["submitted_at"] = NOW
        task = self.save(ScreeningTask, defaults, overrides)
        if cleared:
            self.conflict_declaration(task)
        return task

    def review(
        self, scores: Sequence[int], enterprise: Enterprise | None = None, **overrides: Any
    ) -> ScreeningTask:
        """Save a submitted review with these scores, in the order of the criteria."""
        task = self.screening_task(enterprise, cleared=True, **{"state": TaskState.SUBMITTED, **overrides})
        for row, score in zip(task.screening.criteria, scores, strict=True):
            self.screening_mark(task, criterion_id=row.id, score=score)
        self.session.refresh(task, ["kept"])
        return task

    def screening_mark(self, task: ScreeningTask | None = None, **overrides: Any) -> ScreeningMark:
        about = task or self.screening_task(cleared=True)
        defaults: dict[str, Any] = {
            "task_id": about.id,
            "criterion_id": about.screening.criteria[0].id,
            "score": 3,
            "reason": LONG_ENOUGH,
        }
        return self.save(ScreeningMark, defaults, overrides)

    def conflict_declaration(
        self, task: ScreeningTask | None = None, **overrides: Any
    ) -> ConflictDeclaration:
        about = task or self.screening_task()
        defaults: dict[str, Any] = {
            "task_id": about.id,
            "has_conflict": False,
            "declared_by_user_id": about.reviewer_user_id,
            "declared_at": NOW,
        }
        return self.save(ConflictDeclaration, defaults, overrides)

    def reviewer_tie(self, enterprise: Enterprise | None = None, **overrides: Any) -> ReviewerTie:
        defaults: dict[str, Any] = {
            "organisation": overrides.pop("organisation", None) or self.organisation(OrganisationKind.AGENCY),
            "enterprise": enterprise or self.enterprise(),
            "kind": TieKind.CONTRACT,
            "source": "样例合同",
            "since": date(2025, 1, 1),
            "recorded_by": "用户",
            "recorded_at": NOW,
        }
        return self.save(ReviewerTie, defaults, overrides)

    def _sheets(self, screening: Screening) -> Sequence[Any]:
        return self.session.scalars(select(RoundEntry).where(RoundEntry.round_id == screening.round_id)).all()
