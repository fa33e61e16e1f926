"""Jobs: asked for once, handed over after the commit, run once, and told the truth about."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from ipfin.audit.models import AuditEntry
from ipfin.audit.service import verify
from ipfin.db import UnitOfWork, begin_writing
from ipfin.jobs.dispatch import set_dispatch
from ipfin.jobs.kinds import MOST_ATTEMPTS, STALE_AFTER, ClaimLost, JobCall, JobKinds, Report
from ipfin.jobs.models import Job, JobState
from ipfin.jobs.queries import counts_by_state, job_by_key, job_status, recent_jobs
from ipfin.jobs.service import enqueue, want_cancel
from ipfin.jobs.service.running import run_job, sweep
from ipfin.kernel.actor import SYSTEM, Actor, Role
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import Conflict, InvalidTransition, NotFound
from ipfin.kernel.text import _
from tests.factories import Make

KIND = "whitelist.run_scores"


@pytest.fixture
def work(engine: Engine) -> UnitOfWork:
    @contextmanager
    def unit_of_work() -> Iterator[Session]:
        with Session(engine) as session:
            begin_writing(session)
            yield session
            session.commit()

    return unit_of_work


@pytest.fixture
def dispatched() -> Iterator[list[int]]:
    """The ids that were handed to the queue."""
    ids: list[int] = []
    set_dispatch(ids.append)
    yield ids
    set_dispatch(None)


def ask(work: UnitOfWork, key: str = "k", actor: Actor = SYSTEM, **arguments: Any) -> int:
    with work() as session:
        return enqueue(session, actor, KIND, key, **arguments).id


def kinds_of(function: Callable[..., Any]) -> JobKinds:
    kinds = JobKinds()
    kinds.register(KIND)(function)
    return kinds


def status(work: UnitOfWork, job_id: int = 1):
    with work() as session:
        return job_status(session, job_id)


def actions(work: UnitOfWork) -> list[str]:
    with work() as session:
        assert verify(session).is_sound
        return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


# --- Asking -----------------------------------------------------------------------------------------


def test_a_job_is_handed_over_after_the_commit_and_not_before(
    work: UnitOfWork, dispatched: list[int]
) -> None:
    with work() as session:
        job = enqueue(session, SYSTEM, KIND, "k")
        with session.begin_nested():
            pass
        assert dispatched == []
        job_id = job.id
    assert dispatched == [job_id]


def test_a_job_of_a_transaction_that_was_rolled_back_is_never_handed_over(
    work: UnitOfWork, dispatched: list[int], engine: Engine
) -> None:
    with Session(engine) as session:
        begin_writing(session)
        enqueue(session, SYSTEM, KIND, "k")
        session.rollback()
        begin_writing(session)
        session.commit()
    assert dispatched == []
    with work() as session:
        assert session.scalar(select(func.count()).select_from(Job)) == 0


def test_asking_twice_gives_the_same_job_and_hands_it_over_once(
    work: UnitOfWork, dispatched: list[int]
) -> None:
    assert ask(work) == ask(work)
    assert dispatched == [1]
    assert actions(work) == ["jobs.queued"]


def test_twenty_who_ask_at_once_get_one_job(work: UnitOfWork, dispatched: list[int]) -> None:
    start, got, failures = threading.Barrier(20), [], []

    def click() -> None:
        try:
            start.wait()
            got.append(ask(work))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=click) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(set(got)) == 1
    assert dispatched == got[:1]


@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.RUNNING, JobState.DONE])
def test_a_job_that_waits_runs_or_is_done_stays_as_it_is(
    session: Session, make: Make, state: JobState
) -> None:
    job = make.job(kind=KIND, key="k", state=state, attempts=2)
    assert enqueue(session, SYSTEM, KIND, "k", more=1) is job
    assert (job.state, job.attempts, job.arguments) == (state, 2, {})


@pytest.mark.parametrize("state", [JobState.FAILED, JobState.CANCELLED])
def test_a_job_that_failed_or_was_cancelled_starts_anew(
    session: Session, make: Make, state: JobState
) -> None:
    job = make.job(kind=KIND, key="k", state=state, attempts=3, is_cancel_wanted=True, done_units=5)
    again = enqueue(session, SYSTEM, KIND, "k", more=1)
    session.refresh(job)
    assert again is job
    assert (job.state, job.attempts, job.is_cancel_wanted, job.done_units) == (JobState.QUEUED, 0, False, 0)
    assert (job.arguments, job.asked_by) == ({"more": 1}, "系统")


def test_an_unknown_kind_is_refused(session: Session) -> None:
    with pytest.raises(ValueError, match="unknown job kind"):
        enqueue(session, SYSTEM, "no.such", "k")
    with pytest.raises(ValueError, match="unknown job kind"):
        JobKinds().register("no.such")


def test_a_queue_that_is_down_does_not_undo_what_was_committed(work: UnitOfWork) -> None:
    def refuse(_job_id: int) -> None:
        raise ConnectionError("queue is down")

    set_dispatch(refuse)
    try:
        job_id = ask(work)
    finally:
        set_dispatch(None)
    assert status(work, job_id).state is JobState.QUEUED
    with work() as session:
        assert sweep(session, now_utc()) == [job_id], "the sweep finds it"


# --- Running ----------------------------------------------------------------------------------------


def test_a_job_runs_for_who_asked_with_what_was_asked(work: UnitOfWork) -> None:
    with work() as session:
        actor = Make(session).actor(Role.CITY_OFFICER)
    job_id = ask(work, actor=actor, batch_id=7)
    calls: list[JobCall] = []

    def function(work: UnitOfWork, call: JobCall, report: Report) -> dict[str, Any]:
        calls.append(call)
        report(1, 4, _("第一步"))
        assert status(work).percent == 25
        assert status(work).message == "第一步"
        assert status(work).state is JobState.RUNNING
        report(4, 4, _("完成"))
        return {"rows": 3}

    run_job(work, kinds_of(function), job_id)
    assert calls == [JobCall(job_id, KIND, {"batch_id": 7}, actor)]
    ended = status(work, job_id)
    assert (ended.state, ended.percent, ended.result, ended.message) == (
        JobState.DONE,
        100,
        {"rows": 3},
        "完成",
    )
    assert ended.is_over
    assert actions(work) == ["jobs.queued", "jobs.finished"]


def test_a_job_ends_in_the_transaction_of_its_effect(work: UnitOfWork) -> None:
    job_id = ask(work)

    def function(work: UnitOfWork, call: JobCall, report: Report) -> None:
        with work() as session:
            Make(session).region("410599")
            report.finish(session, made=1)
            assert session.get_one(Job, job_id, populate_existing=True).state is JobState.DONE

    run_job(work, kinds_of(function), job_id)
    assert status(work).result == {"made": 1}
    assert actions(work) == ["jobs.queued", "jobs.finished"], "and only once"


@pytest.mark.parametrize("state", [s for s in JobState if s is not JobState.QUEUED])
def test_only_a_job_that_waits_is_run(work: UnitOfWork, state: JobState) -> None:
    with work() as session:
        job_id = Make(session).job(kind=KIND, state=state, heartbeat_at=now_utc()).id
    run_job(work, kinds_of(lambda *_: pytest.fail("was run")), job_id)
    run_job(work, kinds_of(lambda *_: pytest.fail("was run")), 999)
    assert status(work, job_id).state is state


def test_a_refusal_ends_a_job_with_its_sentence(work: UnitOfWork) -> None:
    job_id = ask(work)

    def function(*_args: Any) -> None:
        raise Conflict(_("批次%(number)s已写入。", number=3))

    run_job(work, kinds_of(function), job_id)
    ended = status(work)
    assert (ended.state, ended.message) == (JobState.FAILED, "批次3已写入。")
    assert ended.message is not None
    assert ended.message.params == {"number": 3}
    assert actions(work) == ["jobs.queued", "jobs.failed"]


def test_an_error_of_ours_ends_a_job_without_its_secrets(work: UnitOfWork) -> None:
    job_id = ask(work)

    def function(*_args: Any) -> None:
        raise RuntimeError("password=hunter2")

    run_job(work, kinds_of(function), job_id)
    ended = status(work)
    assert ended.state is JobState.FAILED
    assert ended.message == f"程序内部错误，编号job:{job_id}。"


def test_a_kind_that_this_process_cannot_do_fails_in_words(work: UnitOfWork) -> None:
    job_id = ask(work)
    run_job(work, JobKinds(), job_id)
    assert status(work).message == "本版本不能执行后台任务“企业评分”。"


def test_a_busy_database_is_tried_again_three_times_in_all(work: UnitOfWork) -> None:
    job_id = ask(work)

    def function(*_args: Any) -> None:
        raise OperationalError("select 1", {}, Exception("database is locked"))

    for attempt in range(1, MOST_ATTEMPTS):
        run_job(work, kinds_of(function), job_id)
        assert (status(work).state, status(work).attempts) == (JobState.QUEUED, attempt)
    run_job(work, kinds_of(function), job_id)
    assert status(work).state is JobState.FAILED


def test_a_report_that_meets_a_busy_database_is_left_out(work: UnitOfWork) -> None:
    job_id = ask(work)

    @contextmanager
    def busy() -> Iterator[Session]:
        raise OperationalError("begin", {}, Exception("database is locked"))
        yield

    def function(work: UnitOfWork, call: JobCall, report: Report) -> None:
        report(1, 2, _("写入中"))

    run_job(work, kinds_of(function), job_id, quick=busy)
    assert status(work).state is JobState.DONE


# --- Cancelling -------------------------------------------------------------------------------------


def test_a_waiting_job_is_cancelled_at_once(work: UnitOfWork) -> None:
    job_id = ask(work)
    with work() as session:
        want_cancel(session, session.get_one(Job, job_id))
    run_job(work, kinds_of(lambda *_: pytest.fail("was run")), job_id)
    assert status(work).state is JobState.CANCELLED


def test_a_running_job_is_cancelled_at_its_next_report(work: UnitOfWork) -> None:
    job_id = ask(work)
    reached = []

    def function(work: UnitOfWork, call: JobCall, report: Report) -> None:
        report(1, 1, _("一"))
        with work() as session:
            want_cancel(session, session.get_one(Job, job_id))
        report(1, 1, _("二"))
        reached.append("end")

    run_job(work, kinds_of(function), job_id)
    assert reached == []
    assert status(work).state is JobState.CANCELLED


@pytest.mark.parametrize("state", [JobState.DONE, JobState.FAILED, JobState.CANCELLED])
def test_what_is_over_cannot_be_cancelled(session: Session, make: Make, state: JobState) -> None:
    with pytest.raises(InvalidTransition):
        want_cancel(session, make.job(state=state))


# --- Dead workers -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("silent", "again"), [(STALE_AFTER - timedelta(microseconds=1), False), (STALE_AFTER, True)]
)
def test_a_job_whose_worker_is_silent_is_given_to_another(
    session: Session, make: Make, silent: timedelta, again: bool
) -> None:
    now = now_utc()
    job = make.job(state=JobState.RUNNING, attempts=1, heartbeat_at=now - silent)
    assert sweep(session, now) == ([job.id] if again else [])
    session.refresh(job)
    assert job.state is (JobState.QUEUED if again else JobState.RUNNING)


@pytest.mark.parametrize(("attempts", "state"), [(2, JobState.QUEUED), (3, JobState.FAILED)])
def test_a_job_that_killed_three_workers_fails(
    session: Session, make: Make, attempts: int, state: JobState
) -> None:
    now = now_utc()
    job = make.job(kind=KIND, state=JobState.RUNNING, attempts=attempts, heartbeat_at=now - STALE_AFTER)
    sweep(session, now)
    session.refresh(job)
    assert job.state is state
    entries = session.scalars(select(AuditEntry.action)).all()
    assert entries == (["jobs.failed"] if state is JobState.FAILED else [])


def test_a_worker_that_was_given_up_can_no_longer_write(work: UnitOfWork) -> None:
    job_id = ask(work)

    def second(work: UnitOfWork, call: JobCall, report: Report) -> None:
        with work() as session:
            Make(session).region("410502")
            report.finish(session)

    def first(work: UnitOfWork, call: JobCall, report: Report) -> None:
        with work() as session:  # somebody takes this worker for dead
            sweep(session, now_utc() + STALE_AFTER)
        run_job(work, kinds_of(second), job_id)
        with pytest.raises(ClaimLost):
            report(1, 1, _("醒来"))
        with work() as session:
            Make(session).region("410501")
            report.finish(session)

    run_job(work, kinds_of(first), job_id)
    with work() as session:
        assert session.scalars(text("SELECT code FROM region")).all() == ["410502"]
    assert (status(work).state, status(work).attempts) == (JobState.DONE, 2)
    assert actions(work) == ["jobs.queued", "jobs.finished"]


def test_four_workers_run_each_of_forty_jobs_once(work: UnitOfWork) -> None:
    ids = [ask(work, f"k{number}") for number in range(40)]
    ran: list[int] = []
    kinds = kinds_of(lambda _work, call, _report: ran.append(call.job_id))
    start = threading.Barrier(4)

    def worker() -> None:
        start.wait()
        for job_id in ids:
            run_job(work, kinds, job_id)

    threads = [threading.Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(ran) == Counter(ids)


# --- Reading ----------------------------------------------------------------------------------------


def test_the_last_jobs_are_listed_by_person_and_state(session: Session, make: Make) -> None:
    mine, failed = make.job(asked_by_user_id=7), make.job(asked_by_user_id=7, state=JobState.FAILED)
    other = make.job(asked_by_user_id=8)
    assert [job.id for job in recent_jobs(session)] == [other.id, failed.id, mine.id]
    assert [job.id for job in recent_jobs(session, asked_by_user_id=7)] == [failed.id, mine.id]
    assert [job.id for job in recent_jobs(session, state=JobState.FAILED)] == [failed.id]
    assert counts_by_state(session) == dict.fromkeys(JobState, 0) | {JobState.QUEUED: 2, JobState.FAILED: 1}


def test_a_job_is_found_by_its_key(session: Session, make: Make) -> None:
    job = make.job(key="batch:7:commit")
    found = job_by_key(session, "batch:7:commit")
    assert found is not None
    assert (found.id, found.percent, found.is_over) == (job.id, None, False)
    assert job_by_key(session, "batch:8:commit") is None
    with pytest.raises(NotFound):
        job_status(session, job.id + 1)
