"""What a reviewer reads: his own tasks, and a dossier once he declared that nothing ties him to the firm.

The firm's name, too, comes out of a query that asks for the declaration: a page cannot forget to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, null, select
from sqlalchemy.orm import Session, joinedload, selectinload

from ipfin.accounts.queries import of_visible_users
from ipfin.accounts.scopes import ScoreDetail, Thing
from ipfin.consent.levels import Level, field_named
from ipfin.kernel.actor import Actor
from ipfin.kernel.errors import NotAllowed, NotFound
from ipfin.kernel.text import _
from ipfin.registry.models import Enterprise, EnterpriseFact
from ipfin.registry.queries import facts_of
from ipfin.screening.models import ConflictDeclaration, Screening, ScreeningMark, ScreeningTask
from ipfin.screening.phases import READABLE, TO_DO, Phase, TaskState, Urgency, reads_others, urgency
from ipfin.screening.review import Criterion, Mark, missing_of, points
from ipfin.whitelist.models import ScoreSheet, WhitelistRound
from ipfin.whitelist.queries import explained
from ipfin.whitelist.score_view import ScoreView


def tasks_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return which tasks the actor may see: a reviewer his own, the city and the auditor all."""
    return of_visible_users(actor, Thing.SCREENING_TASK, ScreeningTask.reviewer_user_id)


def is_cleared() -> ColumnElement[bool]:
    """Return whether the reviewer of a task declared that he has no conflict, and none since."""
    said = select(1).where(ConflictDeclaration.task_id == ScreeningTask.id).correlate(ScreeningTask)
    return and_(
        ScreeningTask.state.in_(sorted(READABLE)),
        exists(said.where(~ConflictDeclaration.has_conflict)),
        ~exists(said.where(ConflictDeclaration.has_conflict)),
    )


def task_by_public_id(session: Session, actor: Actor, public_id: str) -> ScreeningTask:
    """Return a task.

    Raises:
        NotFound: there is none, or not for this actor.
    """
    found = session.scalar(
        select(ScreeningTask)
        .where(ScreeningTask.public_id == public_id, tasks_visible_to(actor))
        .options(joinedload(ScreeningTask.screening).joinedload(Screening.round))
    )
    if found is None:
        raise NotFound(_("没有这项评审任务，或您无权查看。"))
    return found


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One task in a reviewer's list. `firm` is None until he declared that nothing ties him to it.

    `done` of `parts` criteria are scored with a reason; `points` are of a whole review, 0 to 100.
    """

    number: int
    public_id: str
    round_title: str
    round_number: int
    phase: Phase
    firm: str | None
    is_sample: bool
    is_synthetic: bool
    state: TaskState
    urgency: Urgency
    due_on: date
    done: int
    parts: int
    points: Decimal | None
    reason: str
    submitted_at: datetime | None


def tasks_of(session: Session, actor: Actor, on: date, *, to_do: bool) -> list[TaskLine]:
    """Return the actor's own tasks: what waits, by due day, or what is behind him, the latest first."""
    name: Any = case((is_cleared(), Enterprise.name), else_=null())
    waiting = ScreeningTask.state.in_(sorted(TO_DO))
    rows = session.execute(
        select(ScreeningTask, name, Enterprise.is_synthetic)
        .join(Enterprise, Enterprise.id == ScreeningTask.enterprise_id)
        .where(ScreeningTask.reviewer_user_id == actor.user_id, tasks_visible_to(actor))
        .where(waiting if to_do else ~waiting)
        .options(
            selectinload(ScreeningTask.kept),
            joinedload(ScreeningTask.screening).joinedload(Screening.round),
            joinedload(ScreeningTask.screening).selectinload(Screening.criteria),
        )
        .order_by(*([ScreeningTask.due_on, ScreeningTask.id] if to_do else [ScreeningTask.id.desc()]))
    ).all()
    return [_line(task, firm, synthetic, on) for task, firm, synthetic in rows]


def next_task(session: Session, actor: Actor, after: ScreeningTask) -> str | None:
    """Return the address word of the task that the reviewer has to do next, other than `after`."""
    return session.scalar(
        select(ScreeningTask.public_id)
        .where(ScreeningTask.reviewer_user_id == actor.user_id, tasks_visible_to(actor))
        .where(ScreeningTask.state.in_(sorted(TO_DO)), ScreeningTask.id != after.id)
        .order_by(ScreeningTask.due_on, ScreeningTask.id)
        .limit(1)
    )


def is_declared(session: Session, task: ScreeningTask) -> bool:
    """Whether the reviewer declared anything on this task."""
    asked = select(ConflictDeclaration.id).where(ConflictDeclaration.task_id == task.id).limit(1)
    return session.scalar(asked) is not None


def firm_to_declare_on(session: Session, actor: Actor, task: ScreeningTask) -> tuple[str, str]:
    """Return name and credit code of the firm on which the actor must declare: nothing else of it.

    Raises:
        NotFound: the declaration is made, or the task is not his or is closed.
    """
    found = session.execute(
        select(Enterprise.name, Enterprise.credit_code)
        .join(ScreeningTask, ScreeningTask.enterprise_id == Enterprise.id)
        .where(ScreeningTask.id == task.id, ScreeningTask.reviewer_user_id == actor.user_id)
        .where(ScreeningTask.state == TaskState.ASSIGNED)
    ).one_or_none()
    if found is None:
        raise NotFound(_("这项任务没有待申报的利益冲突。"))
    return found[0], found[1] or ""


@dataclass(frozen=True, slots=True)
class Dossier:
    """What a reviewer may read of a firm: its score explained, its facts with sources. No contacts.

    Nothing of level L3 or L4 either: no consent opens declared finances to an agency.
    `newer` are the facts that came after he opened it.
    """

    name: str
    credit_code: str
    locality: str
    is_synthetic: bool
    view: ScoreView | None
    facts: Sequence[EnterpriseFact]
    newer: Sequence[EnterpriseFact]


def dossier_of(session: Session, actor: Actor, task: ScreeningTask) -> Dossier:
    """Return the dossier of the task's firm for its own reviewer.

    Raises:
        NotAllowed: he has not declared, declared a conflict, or the task is taken back.
    """
    firm = session.scalar(
        select(Enterprise)
        .join(ScreeningTask, ScreeningTask.enterprise_id == Enterprise.id)
        .where(ScreeningTask.id == task.id, ScreeningTask.reviewer_user_id == actor.user_id, is_cleared())
    )
    if firm is None:
        raise NotAllowed(_("申报无利益冲突后才能查看评审资料；已回避、弃权或收回的任务不再显示资料。"))
    sheet = session.scalar(
        select(ScoreSheet)
        .join(WhitelistRound, WhitelistRound.run_id == ScoreSheet.run_id)
        .where(WhitelistRound.id == task.screening.round_id, ScoreSheet.enterprise_id == firm.id)
        .options(joinedload(ScoreSheet.run))
    )
    facts = [fact for fact in facts_of(session, firm.id) if _is_shared(fact)]
    return Dossier(
        name=firm.name,
        credit_code=firm.credit_code or "",
        locality=firm.locality,
        is_synthetic=firm.is_synthetic,
        view=explained(sheet, ScoreDetail.SCREENING, on=sheet.run.data_as_of) if sheet else None,
        facts=facts,
        newer=[fact for fact in facts if fact.id > task.seen_fact_id],
    )


def _is_shared(fact: EnterpriseFact) -> bool:
    return field_named(f"fact.{fact.kind.value}").level in (Level.L1, Level.L2)


def newest_fact_id(session: Session, enterprise_id: int) -> int:
    """Return the newest fact of a firm, 0 without any."""
    asked = select(func.max(EnterpriseFact.id)).where(EnterpriseFact.enterprise_id == enterprise_id)
    return session.scalar(asked) or 0


@dataclass(frozen=True, slots=True)
class OtherReview:
    """Somebody else's review of the same firm, without his name: only a number."""

    number: int
    marks: dict[int, Mark]
    points: Decimal | None


def others_of(session: Session, task: ScreeningTask) -> list[OtherReview]:
    """Return the other submitted reviews of the firm; none before the review has ended."""
    if not reads_others(task.screening.phase, task.state):
        return []
    rows = session.scalars(
        select(ScreeningTask)
        .where(
            ScreeningTask.screening_id == task.screening_id,
            ScreeningTask.enterprise_id == task.enterprise_id,
            ScreeningTask.id != task.id,
            ScreeningTask.state == TaskState.SUBMITTED,
        )
        .options(selectinload(ScreeningTask.kept))
        .order_by(ScreeningTask.id)
    ).all()
    criteria = task.screening.judged
    return [
        OtherReview(number, row.marks, points(criteria, row.marks))
        for number, row in enumerate(rows, start=1)
    ]


@dataclass(frozen=True, slots=True)
class SampleStrip:
    """One criterion of a calibration sample: my score, and those of all who submitted, mine included."""

    criterion: Criterion
    mine: int
    all: tuple[int, ...]

    @property
    def median(self) -> Decimal:
        """The middle of the group's scores."""
        ordered = sorted(self.all)
        middle = len(ordered) // 2
        if len(ordered) % 2:
            return Decimal(ordered[middle])
        return Decimal(ordered[middle - 1] + ordered[middle]) / 2


def sample_strips(session: Session, actor: Actor) -> dict[str, list[SampleStrip]]:
    """Return, for each calibration sample that the actor submitted, the strip of every criterion.

    Keyed by the task's address word; a sample that he has not submitted tells nothing of the others.
    """
    own = session.scalars(
        select(ScreeningTask)
        .where(ScreeningTask.is_sample, ScreeningTask.reviewer_user_id == actor.user_id)
        .where(tasks_visible_to(actor), ScreeningTask.state == TaskState.SUBMITTED)
        .order_by(ScreeningTask.id)
    ).all()
    return {task.public_id: _strips(session, task) for task in own}


def _strips(session: Session, task: ScreeningTask) -> list[SampleStrip]:
    rows = session.execute(
        select(ScreeningMark.criterion_id, ScreeningMark.score, ScreeningMark.task_id)
        .join(ScreeningTask, ScreeningTask.id == ScreeningMark.task_id)
        .where(
            ScreeningTask.screening_id == task.screening_id,
            ScreeningTask.enterprise_id == task.enterprise_id,
            ScreeningTask.is_sample,
            ScreeningTask.state == TaskState.SUBMITTED,
            ScreeningMark.score.is_not(None),
        )
    ).all()
    scored = [(criterion, score, by) for criterion, score, by in rows if score is not None]
    return [
        SampleStrip(
            one,
            next(score for criterion, score, by in scored if criterion == one.id and by == task.id),
            tuple(sorted(score for criterion, score, _by in scored if criterion == one.id)),
        )
        for one in task.screening.judged
    ]


def _line(task: ScreeningTask, firm: str | None, is_synthetic: bool, on: date) -> TaskLine:
    criteria, marks = task.screening.judged, task.marks
    return TaskLine(
        number=task.id,
        public_id=task.public_id,
        round_title=task.screening.round.title,
        round_number=task.screening.round.number,
        phase=task.screening.phase,
        firm=firm,
        is_sample=task.is_sample,
        is_synthetic=is_synthetic,
        state=task.state,
        urgency=urgency(task.state, task.due_on, on),
        due_on=task.due_on,
        done=sum(not missing_of([one], marks) for one in criteria),
        parts=len(criteria),
        points=points(criteria, marks),
        reason=task.reason,
        submitted_at=task.submitted_at,
    )
