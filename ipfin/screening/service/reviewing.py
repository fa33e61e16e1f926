"""What a reviewer does: declare, save, submit, abstain. Callers own the transaction.

Every save says which version of the review it was made on. An older one overwrites nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.accounts.policy import P, require
from ipfin.audit.service import record
from ipfin.kernel.actor import Actor, Role
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import BadInput, InvalidTransition, NotAllowed
from ipfin.kernel.reasons import checked_reason
from ipfin.kernel.text import _
from ipfin.notices.service import tell_role
from ipfin.screening.models import ConflictDeclaration, ScreeningMark, ScreeningTask
from ipfin.screening.phases import LONGEST_WORDS, TASKS, WRITABLE, TaskState
from ipfin.screening.queries import hits, newest_fact_id
from ipfin.screening.review import NO_MARK, Mark, StaleReview, checked_draft, missing_of


def declare(
    session: Session, actor: Actor, task: ScreeningTask, *, has_conflict: bool, ground: str, on: date
) -> None:
    """Declare whether anything ties the reviewer to the firm; only "nothing" opens the dossier.

    A conflict found later is declared the same way and closes it again.

    Raises:
        NotAllowed: the task is somebody else's.
        BadInput: a conflict without its ground, or "nothing" against a known tie.
        InvalidTransition: the task is submitted or closed, or the declaration is made.
    """
    task = _own(session, actor, task)
    said = checked_reason(ground, field="ground", longest=LONGEST_WORDS) if has_conflict else ""
    target = TaskState.CONFLICTED if has_conflict else TaskState.OPEN
    if not has_conflict:
        if task.state is not TaskState.ASSIGNED:
            raise InvalidTransition(_("这项任务已申报过利益冲突情况。"))
        for hit in hits(session, [task.reviewer], [task.enterprise_id], on):
            raise BadInput(
                _("%(tie)s请选择回避；登记有误的，请联系市局更正登记。", tie=hit.sentence),
                field="has_conflict",
            )
    task.state = TASKS.advance(task.state, target)
    task.seen_fact_id = newest_fact_id(session, task.enterprise_id)
    session.add(
        ConflictDeclaration(
            task_id=task.id,
            has_conflict=has_conflict,
            ground=said,
            declared_by_user_id=task.reviewer_user_id,
            declared_at=now_utc(),
        )
    )
    session.flush()
    if has_conflict:
        _tell_office(session, task, "conflict", actor)
    answer = _("有，回避") if has_conflict else _("无")
    _note(session, actor, task, "declared", answer=answer)


def save_review(
    session: Session, actor: Actor, task: ScreeningTask, draft: Mapping[int, Mark], *, version: int
) -> None:
    """Save a review as far as it is written.

    Args:
        draft: marks by criterion; a criterion that is not named keeps what it has.
        version: the `lock_version` that the reviewer's page was made of.

    Raises:
        NotAllowed: the task is somebody else's.
        InvalidTransition: it takes no review.
        BadInput: a score off its scale, or a reason that is too long.
        StaleReview: it was saved elsewhere since.
    """
    _write(session, _own(session, actor, task), draft, version)


def submit_review(
    session: Session, actor: Actor, task: ScreeningTask, draft: Mapping[int, Mark], *, version: int
) -> None:
    """Save a review and hand it in.

    Raises:
        BadInput: a criterion without score or with too short a reason; see also `save_review`.
        NotAllowed, InvalidTransition, StaleReview: as `save_review`.
    """
    task = _own(session, actor, task)
    _write(session, task, draft, version)
    missing = missing_of(task.screening.judged, task.marks)
    if missing:
        field, sentence = missing[0]
        raise BadInput(sentence, field=field)
    task.state = TASKS.advance(task.state, TaskState.SUBMITTED)
    task.submitted_at = now_utc()
    session.flush()
    _note(session, actor, task, "submitted")


def abstain(session: Session, actor: Actor, task: ScreeningTask, *, reason: str, version: int) -> None:
    """Give no review of this firm, with a reason that the office reads.

    Raises:
        NotAllowed: the task is somebody else's.
        BadInput: no reason.
        StaleReview: it was saved elsewhere since.
        InvalidTransition: it takes no review.
    """
    task = _own(session, actor, task)
    said = checked_reason(reason, longest=LONGEST_WORDS)
    _require_fresh(task, version)
    task.state, task.reason = TASKS.advance(task.state, TaskState.ABSTAINED), said
    session.flush()
    _tell_office(session, task, "abstained", actor)
    _note(session, actor, task, "abstained", reason=said)


def _write(session: Session, task: ScreeningTask, draft: Mapping[int, Mark], version: int) -> None:
    if task.state not in WRITABLE:
        raise InvalidTransition(_("这项任务现在不能填写评审意见。"))
    _require_fresh(task, version)
    kept = {row.criterion_id: row for row in task.kept}
    for one in task.screening.judged:
        wanted = draft.get(one.id)
        if wanted is None:
            continue
        mark = checked_draft(one, wanted)
        row = kept.get(one.id)
        if row is not None:
            row.score, row.reason = mark.score, mark.reason
        elif mark != NO_MARK:
            task.kept.append(ScreeningMark(criterion_id=one.id, score=mark.score, reason=mark.reason))
    task.saved_at = now_utc()  # moves the version, whatever else changed
    session.flush()


def _require_fresh(task: ScreeningTask, version: int) -> None:
    if version != task.lock_version:
        raise StaleReview(_("这份评审已在别处保存过，请对照两份内容后选择保留哪一份。"))


def _own(session: Session, actor: Actor, task: ScreeningTask) -> ScreeningTask:
    """Return the task as it stands under the lock."""
    require(actor, P.AGENCY_SCREENING_WRITE)
    wanted = select(ScreeningTask).where(ScreeningTask.id == task.id).with_for_update()
    found = session.scalars(wanted.execution_options(populate_existing=True)).one()
    if found.reviewer_user_id != actor.user_id:
        raise NotAllowed(_("只能办理分配给本人的评审任务。"))
    session.refresh(found, ["kept"])
    return found


def _note(session: Session, actor: Actor, task: ScreeningTask, action: str, **detail: Any) -> None:
    record(
        session,
        actor,
        f"screening.review.{action}",
        f"screening:{task.screening_id}",
        task=task.id,
        number=task.screening.round.number,
        **detail,
    )


def _tell_office(session: Session, task: ScreeningTask, what: str, actor: Actor) -> None:
    number = task.screening.round.number
    tell_role(
        session,
        [Role.CITY_OFFICER],
        f"screening:{task.id}:{what}",
        _("白名单第%(number)s批的一项评审任务需重新分配", number=number),
        _("%(person)s（%(house)s）已回避或弃权。", person=actor.name, house=actor.organisation_name),
        f"/office/screening/{number}",
    )
