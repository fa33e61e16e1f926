"""Following the register of conduct: tasks arise when exclusions come in or end, and a person closes them.

Who changes records says which (`follow_records`); what time alone changes, and what the business register
says, is found once a day (`follow_the_day`). The same record asks for the same thing once.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Final

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.bulk import in_chunks
from ipfin.conduct.models import ConductRecord
from ipfin.conduct.queries import counting_on, ends_by_time, term_rules
from ipfin.conduct.rules import ConductCode, counts_on
from ipfin.conduct.terms import TermRule
from ipfin.kernel.actor import SYSTEM, Actor, Role
from ipfin.kernel.clock import CHINA, in_china, now_utc
from ipfin.kernel.errors import Conflict
from ipfin.kernel.reasons import checked_reason
from ipfin.kernel.text import _
from ipfin.notices.service import tell_role
from ipfin.reference import work_calendar
from ipfin.registry.models import EnterpriseFact, FactKind
from ipfin.whitelist.gate_tasks import (
    KIND_LABELS,
    StatusWord,
    TaskKind,
    TaskOutcome,
    came_back,
    due_day,
    outcome_of_lift,
)
from ipfin.whitelist.gates import STRUCK_OFF
from ipfin.whitelist.models import Admission, GateTask
from ipfin.whitelist.queries import current_admission, firm_facts, in_force
from ipfin.whitelist.queries.facts import conduct_facts, gates_of
from ipfin.whitelist.service.removing import end_admission

LOOK_BACK: Final = timedelta(days=7)
"""How far back a daily look finds records that ended by time: more than the longest time without a worker."""
LONGEST_NOTE: Final = 300


def follow_records(session: Session, actor: Actor, rows: Iterable[ConductRecord], *, on: date) -> int:
    """Open what these records, just entered or ended, ask for on day `on`.

    Returns:
        How many tasks are new.
    """
    rules = term_rules(session)
    return sum(_follow(session, actor, rules, row, on) for row in rows)


def follow_the_day(session: Session, *, on: date) -> int:
    """Open what time and the business register ask for on day `on`; asking again opens nothing twice."""
    rules = term_rules(session)
    admitted = select(Admission.enterprise_id).where(in_force(on))
    against = session.scalars(
        select(ConductRecord).where(counting_on(rules, on), ConductRecord.enterprise_id.in_(admitted))
    ).all()
    counted = session.scalars(
        select(ConductRecord).where(counting_on(rules, on - LOOK_BACK), ~counting_on(rules, on))
    ).all()
    opened = sum(_follow(session, SYSTEM, rules, row, on) for row in (*against, *counted))
    firms = list(session.scalars(admitted))
    for firm, facts in conduct_facts(session, firms, on).items():
        for fact in facts:
            if fact.record_id is None:
                cause = _status_cause(firm, fact.effective_on)
                opened += _open(session, SYSTEM, TaskKind.REMOVE, firm, fact.code, cause, on)
    return opened + _follow_returns(session, on)


def _status_cause(enterprise_id: int, as_of: date) -> str:
    return f"status:{enterprise_id}:{as_of.isoformat()}"


def _follow_returns(session: Session, on: date) -> int:
    """Open a lift for each firm that is in operation again by the register, and close its removal."""
    opened = 0
    for firm, said in _words_of_returning(session, on).items():
        back = came_back(said)
        if back is None or in_china(back[1].heard_at).date() < on - LOOK_BACK:
            continue
        cause = _status_cause(firm, back[0].as_of)
        _drop_removal(session, SYSTEM, cause, on)
        opened += _open(session, SYSTEM, TaskKind.LIFT, firm, ConductCode.E04, cause, on)
    return opened


def _words_of_returning(session: Session, on: date) -> dict[int, list[StatusWord]]:
    """Return what the register said of firms that were struck off once and of which it was heard lately."""
    fact = EnterpriseFact
    is_status = fact.kind == FactKind.OPERATING_STATUS
    since = datetime.combine(on - LOOK_BACK, time.min, CHINA)
    heard = select(fact.enterprise_id).where(is_status, fact.recorded_at >= since)
    struck = select(fact.enterprise_id).where(is_status, or_(*(fact.word.contains(w) for w in STRUCK_OFF)))
    rows = session.scalars(
        select(fact)
        .where(is_status, fact.as_of <= on, fact.enterprise_id.in_(heard), fact.enterprise_id.in_(struck))
        .order_by(fact.as_of, fact.id)
    )
    found: dict[int, list[StatusWord]] = {}
    for row in rows:
        found.setdefault(row.enterprise_id, []).append(StatusWord(row.as_of, row.word, row.recorded_at))
    return found


def _follow(session: Session, actor: Actor, rules: list[TermRule], row: ConductRecord, on: date) -> int:
    end, cause = ends_by_time(rules, row), f"record:{row.id}"
    if counts_on(row.effective_on, end, row.withdrawn_on, on):
        if current_admission(session, row.enterprise_id, on) is None:
            return 0
        return _open(session, actor, TaskKind.REMOVE, row.enterprise_id, row.code, cause, on)
    _drop_removal(session, actor, cause, on)
    told_on = in_china(row.recorded_at).date()
    if row.effective_on > on or not counts_on(row.effective_on, end, row.withdrawn_on, told_on):
        return 0  # it never kept anybody out here
    return _open(session, actor, TaskKind.LIFT, row.enterprise_id, row.code, cause, on)


def _open(
    session: Session,
    actor: Actor,
    kind: TaskKind,
    enterprise_id: int,
    code: ConductCode,
    cause: str,
    on: date,
) -> int:
    known = session.scalar(select(GateTask.id).where(GateTask.kind == kind, GateTask.cause == cause))
    if known is not None:
        return 0
    task = GateTask(
        enterprise_id=enterprise_id,
        kind=kind,
        cause=cause,
        code=code,
        arose_on=on,
        due_on=due_day(on, work_calendar(session)),
        opened_at=now_utc(),
    )
    session.add(task)
    session.flush()
    said = {"name": task.enterprise.name, "code": code.value}
    record(
        session,
        actor,
        "whitelist.task.opened",
        f"enterprise:{enterprise_id}",
        what=KIND_LABELS[kind],
        due_on=task.due_on,
        **said,
    )
    tell_role(
        session,
        [Role.CITY_OFFICER],
        f"gate-task:{task.id}",
        _("%(name)s：%(what)s", name=said["name"], what=KIND_LABELS[kind]),
        _("%(code)s，请在%(day)s前（含当日）办理。", code=code.value, day=task.due_on.isoformat()),
        f"/office/gate-tasks/{task.id}",
    )
    return 1


def forget_records(session: Session, record_ids: Iterable[int]) -> None:
    """Drop what records asked for that are taken back with their list: their numbers may be given again."""
    for chunk in in_chunks(sorted(record_ids)):
        causes = [f"record:{number}" for number in chunk]
        session.execute(delete(GateTask).where(GateTask.cause.in_(causes)))


def _drop_removal(session: Session, actor: Actor, cause: str, on: date) -> None:
    """Close the removal that a record asked for, now that it no longer counts."""
    task = session.scalar(
        select(GateTask).where(
            GateTask.kind == TaskKind.REMOVE, GateTask.cause == cause, GateTask.closed_on.is_(None)
        )
    )
    if task is not None:
        _close(session, actor, task, TaskOutcome.OVER, "", on)


def confirm_lift(session: Session, actor: Actor, task: GateTask, *, note: str, on: date) -> TaskOutcome:
    """Look at a firm whose exclusion ended: it may be a candidate again, or others still keep it out.

    Raises:
        BadInput: without a note.
        Conflict: it was closed before, or is no such task.
    """
    found = _locked(session, task, TaskKind.LIFT)
    said = checked_reason(note, longest=LONGEST_NOTE)
    firm = found.enterprise_id
    gates = gates_of(session, firm_facts(session, [firm], on), on)[firm]
    outcome = outcome_of_lift(any(block.code in set(ConductCode) for block in gates.blocks))
    _close(session, actor, found, outcome, said, on)
    return outcome


def decide_removal(
    session: Session, actor: Actor, task: GateTask, *, is_removed: bool, reason: str, on: date
) -> TaskOutcome:
    """Take a firm off the whitelist from day `on`, or keep it with a reason.

    A firm that is no longer on it closes the task as over.

    Raises:
        BadInput: without a reason.
        Conflict: it was closed before, or is no such task.
    """
    found = _locked(session, task, TaskKind.REMOVE)
    said = checked_reason(reason, longest=LONGEST_NOTE)
    admission = current_admission(session, found.enterprise_id, on)
    if admission is None:
        outcome = TaskOutcome.OVER
    elif is_removed:
        end_admission(session, actor, admission, on=on, reason=said)
        outcome = TaskOutcome.REMOVED
    else:
        outcome = TaskOutcome.KEPT
    _close(session, actor, found, outcome, said, on)
    return outcome


def _locked(session: Session, task: GateTask, kind: TaskKind) -> GateTask:
    wanted = select(GateTask).where(GateTask.id == task.id).with_for_update(of=GateTask)
    found = session.scalars(wanted.execution_options(populate_existing=True)).one()
    if found.kind is not kind or found.closed_on is not None:
        raise Conflict(_("这项待办已经办结，或不属于这一类。"))
    return found


def _close(session: Session, actor: Actor, task: GateTask, outcome: TaskOutcome, note: str, on: date) -> None:
    task.outcome, task.closed_on, task.note = outcome, on, note
    task.closed_by_user_id, task.closed_by = actor.user_id, actor.name
    session.flush()
    record(
        session,
        actor,
        "whitelist.task.closed",
        f"enterprise:{task.enterprise_id}",
        name=task.enterprise.name,
        code=task.code.value,
        outcome=outcome.value,
        note=note or "—",
    )
