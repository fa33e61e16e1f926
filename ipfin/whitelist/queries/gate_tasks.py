"""Reading what the register of conduct asks the office to do."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload

from ipfin.accounts.queries import of_visible_enterprises
from ipfin.accounts.scopes import Thing
from ipfin.kernel.actor import Actor
from ipfin.kernel.errors import NotFound
from ipfin.kernel.text import _
from ipfin.whitelist.models import GateTask

MOST = 200


def gate_tasks_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return which tasks the actor may see: those of the firms whose records he reads."""
    return of_visible_enterprises(actor, Thing.CONDUCT_RECORD, GateTask.enterprise_id)


def gate_tasks(session: Session, visible: ColumnElement[bool], *, is_open: bool) -> Sequence[GateTask]:
    """Return the open tasks, the most urgent first, or the last closed ones."""
    statement = select(GateTask).where(visible).options(joinedload(GateTask.enterprise)).limit(MOST)
    if is_open:
        statement = statement.where(GateTask.closed_on.is_(None)).order_by(GateTask.due_on, GateTask.id)
    else:
        statement = statement.where(GateTask.closed_on.is_not(None)).order_by(
            GateTask.closed_on.desc(), GateTask.id.desc()
        )
    return session.scalars(statement).all()


def open_gate_tasks(session: Session, visible: ColumnElement[bool]) -> int:
    """Return how many tasks wait."""
    waiting = select(func.count()).select_from(GateTask).where(GateTask.closed_on.is_(None), visible)
    return session.scalar(waiting) or 0


def gate_task_by_id(session: Session, visible: ColumnElement[bool], task_id: int) -> GateTask:
    """Return a task.

    Raises:
        NotFound: there is none, or not for this actor.
    """
    found = session.scalar(select(GateTask).where(GateTask.id == task_id, visible))
    if found is None:
        raise NotFound(_("没有这项待办，或您无权查看。"))
    return found
