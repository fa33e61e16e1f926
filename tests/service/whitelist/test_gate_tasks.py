"""Exclusions that come in or end ask the office for something, once, and a person closes it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.conduct.rules import ConductCode
from ipfin.kernel.actor import SYSTEM
from ipfin.kernel.clock import CHINA
from ipfin.kernel.errors import BadInput, Conflict
from ipfin.notices.models import Notice
from ipfin.registry.models import FactKind
from ipfin.whitelist.gate_tasks import TaskKind, TaskOutcome
from ipfin.whitelist.models import GateTask
from ipfin.whitelist.queries import current_admission
from ipfin.whitelist.service.gate_tasks import (
    confirm_lift,
    decide_removal,
    follow_records,
    follow_the_day,
    forget_records,
)
from tests.factories import TODAY, Make

SINCE = date(2026, 1, 5)
TOLD = datetime(2026, 1, 6, 9, tzinfo=CHINA)


def tasks(session: Session) -> list[tuple[TaskKind, TaskOutcome | None]]:
    session.flush()
    return [(row.kind, row.outcome) for row in session.scalars(select(GateTask).order_by(GateTask.id))]


def only(session: Session) -> GateTask:
    return session.scalars(select(GateTask)).one()


def record(make: Make, firm=None, **changes):
    said = {"code": ConductCode.E05, "effective_on": SINCE, "expires_on": None, "recorded_at": TOLD}
    return make.conduct_record(firm or make.enterprise(), **said | changes)


def test_a_record_that_ended_asks_once_and_is_closed_as_restored(session, make: Make) -> None:
    make.officer()
    row = record(make, withdrawn_on=TODAY)
    assert follow_records(session, SYSTEM, [row], on=TODAY) == 1
    assert follow_records(session, SYSTEM, [row], on=TODAY) == 0
    task = only(session)
    assert (task.kind, task.due_on) == (TaskKind.LIFT, TODAY + timedelta(days=1))
    assert session.scalars(select(Notice).where(Notice.link == f"/office/gate-tasks/{task.id}")).first()
    with pytest.raises(BadInput):
        confirm_lift(session, SYSTEM, task, note=" ", on=TODAY)
    assert confirm_lift(session, SYSTEM, task, note="已核实", on=TODAY) is TaskOutcome.RESTORED
    with pytest.raises(Conflict):
        confirm_lift(session, SYSTEM, task, note="已核实", on=TODAY)


def test_a_firm_that_another_record_keeps_out_is_not_restored(session, make: Make) -> None:
    row = record(make, withdrawn_on=TODAY)
    record(make, row.enterprise, code=ConductCode.E02)
    follow_records(session, SYSTEM, [row], on=TODAY)
    assert confirm_lift(session, SYSTEM, only(session), note="已核实", on=TODAY) is TaskOutcome.STILL_OUT


def test_a_record_that_never_kept_anybody_out_asks_for_nothing(session, make: Make) -> None:
    rows = [record(make, withdrawn_on=SINCE), record(make, expires_on=SINCE + timedelta(days=1))]
    assert follow_records(session, SYSTEM, rows, on=TODAY) == 0


def test_an_exclusion_of_an_admitted_firm_asks_for_its_removal_and_ends_the_admission(
    session, make: Make
) -> None:
    admission = make.admission()
    row = record(make, admission.enterprise)
    other = record(make)
    assert follow_records(session, SYSTEM, [row, other], on=TODAY) == 1
    with pytest.raises(Conflict):
        confirm_lift(session, SYSTEM, only(session), note="已核实", on=TODAY)
    done = decide_removal(session, SYSTEM, only(session), is_removed=True, reason="非正常申请", on=TODAY)
    assert done is TaskOutcome.REMOVED
    assert current_admission(session, admission.enterprise_id, TODAY) is None


def test_a_firm_may_be_kept_with_a_reason_and_one_that_left_is_over(session, make: Make) -> None:
    for is_there, expected in ((True, TaskOutcome.KEPT), (False, TaskOutcome.OVER)):
        admission = make.admission()
        follow_records(session, SYSTEM, [record(make, admission.enterprise)], on=TODAY)
        if not is_there:
            admission.ended_on = TODAY
        task = session.scalars(select(GateTask).where(GateTask.closed_on.is_(None))).one()
        assert (
            decide_removal(session, SYSTEM, task, is_removed=False, reason="正在核查", on=TODAY) is expected
        )


def test_a_removal_falls_away_when_its_record_is_lifted_first(session, make: Make) -> None:
    row = record(make, make.admission().enterprise)
    follow_records(session, SYSTEM, [row], on=TODAY)
    row.withdrawn_on = TODAY
    follow_records(session, SYSTEM, [row], on=TODAY)
    assert tasks(session) == [(TaskKind.REMOVE, TaskOutcome.OVER), (TaskKind.LIFT, None)]


def test_the_daily_look_finds_what_time_and_the_business_register_change(session, make: Make) -> None:
    record(make, expires_on=TODAY)  # yesterday it still counted
    record(make, expires_on=TODAY + timedelta(days=1))
    record(make, make.admission().enterprise)
    struck = make.admission().enterprise
    make.fact(struck, kind=FactKind.OPERATING_STATUS, word="吊销，未注销", number=None, as_of=SINCE)
    assert follow_the_day(session, on=TODAY) == 3
    assert follow_the_day(session, on=TODAY) == 0
    kinds = sorted(kind for kind, _outcome in tasks(session))
    assert kinds == [TaskKind.LIFT, TaskKind.REMOVE, TaskKind.REMOVE]


def said_of(make: Make, firm, word: str, day: date, heard: datetime) -> None:
    kind = FactKind.OPERATING_STATUS
    make.fact(firm, kind=kind, word=word, number=None, as_of=day, recorded_at=heard)


def test_a_firm_in_operation_again_is_to_be_let_back_in_once(session, make: Make) -> None:
    firm = make.admission().enterprise
    said_of(make, firm, "吊销，未注销", SINCE, TOLD)
    assert follow_the_day(session, on=TODAY) == 1
    back = datetime.combine(TODAY, datetime.min.time(), CHINA)
    said_of(make, firm, "存续", TODAY, back)
    assert follow_the_day(session, on=TODAY) == 1
    assert follow_the_day(session, on=TODAY) == 0
    assert tasks(session) == [(TaskKind.REMOVE, TaskOutcome.OVER), (TaskKind.LIFT, None)]
    lift = session.scalars(select(GateTask).where(GateTask.kind == TaskKind.LIFT)).one()
    assert confirm_lift(session, SYSTEM, lift, note="已核对登记状态", on=TODAY) is TaskOutcome.RESTORED


def test_a_word_heard_together_with_its_end_or_long_ago_asks_for_nothing(session, make: Make) -> None:
    together, ago, still = make.enterprise(), make.enterprise(), make.enterprise()
    for firm, heard in ((together, TOLD), (ago, TOLD + timedelta(days=1))):
        said_of(make, firm, "注销", SINCE, TOLD)
        said_of(make, firm, "存续", SINCE + timedelta(days=1), heard)
    said_of(make, still, "存续", SINCE, TOLD)
    said_of(make, still, "清算", TODAY, TOLD + timedelta(days=58))
    assert follow_the_day(session, on=TODAY) == 0


def test_what_a_record_asked_for_goes_with_it(session, make: Make) -> None:
    row = record(make, withdrawn_on=TODAY)
    follow_records(session, SYSTEM, [row], on=TODAY)
    forget_records(session, [row.id])
    assert tasks(session) == []
