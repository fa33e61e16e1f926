"""What the office does: open, assign, return, take back, end a phase. Callers own the transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ipfin.accounts.models import User
from ipfin.accounts.policy import P, require
from ipfin.audit.service import record
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import BadInput, Conflict, InvalidTransition
from ipfin.kernel.public_id import new_public_id
from ipfin.kernel.reasons import checked_reason
from ipfin.kernel.text import _
from ipfin.notices.service import tell
from ipfin.screening.assigning import Plan, Reviewer, plan
from ipfin.screening.models import Screening, ScreeningCriterion, ScreeningTask
from ipfin.screening.phases import COUNTING, LONGEST_WORDS, PHASES, TASKS, TO_DO, Phase, TaskState
from ipfin.screening.queries import hits, result_of, reviewers, tasks_of_screening
from ipfin.screening.review import Criterion, checked_criteria
from ipfin.whitelist.admission import ROUND_LIFECYCLE, EntryOutcome
from ipfin.whitelist.models import RoundEntry, ScoreSheet, WhitelistRound

MOST_FIRMS = 500  # of one assignment: it is made while the page waits


def open_screening(
    session: Session,
    actor: Actor,
    round_: WhitelistRound,
    criteria: Sequence[Criterion],
    *,
    due_on: date,
    spread_limit: int,
    on: date,
) -> Screening:
    """Begin the screening of a round.

    Raises:
        BadInput: criteria that cannot be, a due day that is past, a limit below one point.
        Conflict: the round is screened already, or decided.
    """
    require(actor, P.OFFICE_SCREENING_WRITE)
    judged = checked_criteria(criteria)
    if due_on < on:
        raise BadInput(_("截止日期不能早于今天。"), field="due_on")
    if not 1 <= spread_limit <= 4:
        raise BadInput(_("分差提示线须在1至4分之间。"), field="spread_limit")
    if round_.state not in ROUND_LIFECYCLE.open_states:
        raise Conflict(_("这个批次已有结论，不能再发起筛查。"), field="round")
    if session.scalar(select(Screening.id).where(Screening.round_id == round_.id)) is not None:
        raise Conflict(_("这个批次已发起筛查。"), field="round")
    screening = Screening(
        round=round_,
        phase=Phase.REVIEW,
        due_on=due_on,
        spread_limit=spread_limit,
        opened_by=actor.name,
        opened_at=now_utc(),
        criteria=[
            ScreeningCriterion(
                position=place,
                title=str(one.title),
                guidance=str(one.guidance),
                scale=one.scale,
                reason_least=one.reason_least,
            )
            for place, one in enumerate(judged, start=1)
        ],
    )
    session.add(screening)
    session.flush()
    _note(session, actor, screening, "opened")
    return screening


@dataclass(frozen=True, slots=True)
class Assigned:
    """What an assignment did; `short` are the names of firms for which fewer than two people may review."""

    tasks: int
    firms: int
    short: tuple[str, ...]


def assign(
    session: Session,
    actor: Actor,
    screening: Screening,
    *,
    outcomes: Collection[EntryOutcome],
    user_ids: Collection[int],
    per_firm: int,
    on: date,
    most: int = MOST_FIRMS,
) -> Assigned:
    """Give every candidate with one of `outcomes` its reviewers; those that have some are filled up.

    Nobody is given a firm that he is known to be tied to, or on which he declared a conflict, abstained or
    was taken off before.

    Args:
        most: how many candidates, the best first; the others are left.

    Raises:
        BadInput: nobody was chosen, fewer than two a firm, or more than 500 firms.
        InvalidTransition: the review has ended.
    """
    screening = _locked(session, actor, screening, Phase.REVIEW)
    people = [user for user in reviewers(session) if user.id in set(user_ids)]
    if not people:
        raise BadInput(_("请选择评审人。"), field="people")
    if not 1 <= most <= MOST_FIRMS:
        raise BadInput(_("一次分配1至%(most)s家企业。", most=MOST_FIRMS), field="most")
    firms = _candidates(session, screening, outcomes, most)
    found = _planned(session, screening, people, list(firms), per_firm, on)
    for firm, reviewer in found.pairs:
        session.add(_task(actor, screening, firm, reviewer))
    session.flush()
    _hand_samples(session, actor, screening, on)
    told = {reviewer.user_id for _firm, reviewer in found.pairs}
    _tell(session, screening, [user for user in people if user.id in told], len(found.pairs))
    given = len({firm for firm, _reviewer in found.pairs})
    _note(session, actor, screening, "assigned", tasks=len(found.pairs), firms=given)
    return Assigned(len(found.pairs), given, tuple(firms[firm] for firm in found.short))


def add_sample(session: Session, actor: Actor, screening: Screening, enterprise_id: int, *, on: date) -> int:
    """Let every reviewer of the screening mark one firm as a calibration sample; return how many tasks.

    Raises:
        BadInput: the firm was not scored in the round's run, or reviewers work on it as a candidate.
        InvalidTransition: the review has ended.
    """
    screening = _locked(session, actor, screening, Phase.REVIEW)
    scored = select(ScoreSheet.id).where(
        ScoreSheet.run_id == screening.round.run_id, ScoreSheet.enterprise_id == enterprise_id
    )
    if session.scalar(scored) is None:
        raise BadInput(_("校准样本须是本次评分中的企业。"), field="firm")
    tasks = tasks_of_screening(session, screening.id, samples=None)
    if any(task.enterprise_id == enterprise_id for task in tasks):
        raise BadInput(_("该企业已在评审或已是样本，请另选一家。"), field="firm")
    if not tasks:
        raise BadInput(_("请先分配评审任务，再设校准样本。"), field="firm")
    made = _hand_samples(session, actor, screening, on, also=enterprise_id)
    _note(session, actor, screening, "sampled", tasks=made)
    return made


def return_review(
    session: Session, actor: Actor, task: ScreeningTask, *, reason: str, due_on: date, on: date
) -> None:
    """Give a submitted review back to be reworked.

    Raises:
        BadInput: no reason, or a due day that is past.
        InvalidTransition: it is not submitted, or the screening is final.
    """
    said = checked_reason(reason, longest=LONGEST_WORDS)
    if due_on < on:
        raise BadInput(_("截止日期不能早于今天。"), field="due_on")
    screening = _locked(session, actor, task.screening, Phase.REVIEW, Phase.DELIBERATION)
    task = _task_locked(session, task)
    task.state, task.reason, task.due_on = TASKS.advance(task.state, TaskState.RETURNED), said, due_on
    session.flush()
    tell(
        session,
        [task.reviewer],
        f"screening:{task.id}:returned:{task.lock_version}",
        _("一份评审被退回修改"),
        _("退回理由：%(reason)s", reason=said),
        f"/rev/task/{task.public_id}",
    )
    _note(session, actor, screening, "returned", reason=said, task=task.id)


def take_back(session: Session, actor: Actor, task: ScreeningTask, *, reason: str) -> None:
    """Take a task back that is not submitted; what was written of it counts for nothing.

    Raises:
        BadInput: no reason.
        InvalidTransition: it is submitted or closed.
    """
    said = checked_reason(reason, longest=LONGEST_WORDS)
    screening = _locked(session, actor, task.screening, Phase.REVIEW, Phase.DELIBERATION)
    task = _task_locked(session, task)
    task.state, task.reason = TASKS.advance(task.state, TaskState.WITHDRAWN), said
    session.flush()
    _note(session, actor, screening, "withdrawn", reason=said, task=task.id)


def move_due_day(session: Session, actor: Actor, screening: Screening, due_on: date, *, on: date) -> None:
    """Give all tasks that are not done another due day.

    Raises:
        BadInput: the day is past.
        InvalidTransition: the screening is final.
    """
    if due_on < on:
        raise BadInput(_("截止日期不能早于今天。"), field="due_on")
    screening = _locked(session, actor, screening, Phase.REVIEW, Phase.DELIBERATION)
    screening.due_on = due_on
    for task in tasks_of_screening(session, screening.id, samples=None):
        if task.state in TO_DO:
            task.due_on = due_on
    session.flush()
    _note(session, actor, screening, "moved", due_on=due_on)


def end_phase(session: Session, actor: Actor, screening: Screening, *, phase: Phase) -> Phase:
    """End the phase that the officer saw, and return the next one.

    Raises:
        Conflict: reviews are outstanding, a firm has fewer than two, or the phase has ended already.
    """
    screening = _locked(session, actor, screening, Phase.REVIEW, Phase.DELIBERATION)
    if screening.phase is not phase:
        raise Conflict(_("阶段已经推进，请核对后再操作。"))
    tasks = tasks_of_screening(session, screening.id)
    found = result_of(screening, tasks)
    waiting = sum(firm.waiting for firm in found.firms.values())
    if waiting:
        raise Conflict(_("还有%(count)s项评审未提交，请催办、收回或改派后再结束本阶段。", count=waiting))
    few = sum(not firm.is_enough for firm in found.firms.values())
    if few or not found.firms:
        raise Conflict(_("还有%(count)s家企业的评审不足两份，请补充分配。", count=few))
    target = Phase.DELIBERATION if phase is Phase.REVIEW else Phase.FINAL
    screening.phase = PHASES.advance(phase, target)
    if target is Phase.FINAL:
        screening.closed_at = now_utc()
    session.flush()
    _note(session, actor, screening, target.value)
    return target


def _candidates(
    session: Session, screening: Screening, outcomes: Iterable[EntryOutcome], most: int
) -> dict[int, str]:
    """Return the best firms of the round with these outcomes, calibration samples left out."""
    sampled = select(ScreeningTask.enterprise_id).where(
        ScreeningTask.screening_id == screening.id, ScreeningTask.is_sample
    )
    rows = session.scalars(
        select(RoundEntry)
        .join(ScoreSheet, ScoreSheet.id == RoundEntry.sheet_id)
        .where(
            RoundEntry.round_id == screening.round_id,
            RoundEntry.outcome.in_(sorted(outcomes)),
            RoundEntry.enterprise_id.not_in(sampled),
        )
        .order_by(ScoreSheet.graded_e4.desc(), RoundEntry.id)
        .limit(most)
    ).all()
    return {row.enterprise_id: row.enterprise.name for row in rows}


def _planned(
    session: Session,
    screening: Screening,
    people: Sequence[User],
    firms: Sequence[int],
    per_firm: int,
    on: date,
) -> Plan:
    tasks = tasks_of_screening(session, screening.id)
    reviewing: dict[int, set[int]] = {}
    for task in tasks:
        if task.state in COUNTING:
            reviewing.setdefault(task.enterprise_id, set()).add(task.reviewer_user_id)
    barred = {(hit.user_id, hit.enterprise_id) for hit in hits(session, people, firms, on)}
    barred |= {(task.reviewer_user_id, task.enterprise_id) for task in tasks if task.state not in COUNTING}
    loads = dict(
        session.execute(
            select(ScreeningTask.reviewer_user_id, func.count())
            .where(ScreeningTask.state.in_(sorted(TO_DO)))
            .group_by(ScreeningTask.reviewer_user_id)
        ).all()
    )
    return plan(
        firms,
        [Reviewer(user.id, user.organisation_id, loads.get(user.id, 0)) for user in people],
        per_firm,
        reviewing=reviewing,
        barred=barred,
    )


def _hand_samples(
    session: Session, actor: Actor, screening: Screening, on: date, *, also: int | None = None
) -> int:
    """Give every reviewer of the screening each sample that he has not got and is not tied to."""
    tasks = tasks_of_screening(session, screening.id, samples=None)
    people = list({task.reviewer_user_id: task.reviewer for task in tasks if not task.is_sample}.values())
    firms = {task.enterprise_id for task in tasks if task.is_sample}
    samples = sorted(firms if also is None else firms | {also})
    have = {(task.reviewer_user_id, task.enterprise_id) for task in tasks if task.is_sample}
    have |= {(hit.user_id, hit.enterprise_id) for hit in hits(session, people, samples, on)}
    made = [
        _task(actor, screening, firm, Reviewer(user.id, user.organisation_id), is_sample=True)
        for firm in samples
        for user in people
        if (user.id, firm) not in have
    ]
    session.add_all(made)
    session.flush()
    return len(made)


def _task(
    actor: Actor, screening: Screening, firm: int, reviewer: Reviewer, *, is_sample: bool = False
) -> ScreeningTask:
    return ScreeningTask(
        public_id=new_public_id(),
        screening_id=screening.id,
        enterprise_id=firm,
        reviewer_user_id=reviewer.user_id,
        organisation_id=reviewer.organisation_id,
        is_sample=is_sample,
        state=TaskState.ASSIGNED,
        due_on=screening.due_on,
        assigned_by=actor.name,
        assigned_at=now_utc(),
    )


def _locked(session: Session, actor: Actor, screening: Screening, *phases: Phase) -> Screening:
    require(actor, P.OFFICE_SCREENING_WRITE)
    wanted = select(Screening).where(Screening.id == screening.id).with_for_update()
    found = session.scalars(wanted.execution_options(populate_existing=True)).one()
    if found.phase not in phases:
        raise InvalidTransition(_("筛查现在的阶段不能这样办理。"))
    return found


def _task_locked(session: Session, task: ScreeningTask) -> ScreeningTask:
    wanted = select(ScreeningTask).where(ScreeningTask.id == task.id).with_for_update()
    return session.scalars(wanted.execution_options(populate_existing=True)).one()


def _tell(session: Session, screening: Screening, people: Sequence[User], tasks: int) -> None:
    tell(
        session,
        people,
        f"screening:{screening.id}:assigned:{now_utc():%Y%m%d%H%M%S%f}",
        _("您有新的评审任务"),
        _("请在%(day)s前完成；打开资料前须先申报利益冲突。", day=screening.due_on.isoformat()),
        "/rev/",
    )


def _note(session: Session, actor: Actor, screening: Screening, action: str, **detail: Any) -> None:
    record(
        session,
        actor,
        f"screening.{action}",
        f"screening:{screening.id}",
        number=screening.round.number,
        **detail,
    )
