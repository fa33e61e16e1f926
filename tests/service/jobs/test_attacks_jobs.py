"""Acting through jobs: in the name of somebody who may not act any more."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from ipfin.audit.models import AuditEntry
from ipfin.db import UnitOfWork
from ipfin.jobs.kinds import JobKinds
from ipfin.jobs.models import Job, JobState
from ipfin.jobs.queries import job_status
from ipfin.jobs.service import enqueue, retry
from ipfin.jobs.service.running import run_job
from ipfin.kernel.actor import Role
from ipfin.worker.database import unit_of_work_on
from tests.factories import Make

KIND = "reports.publish_issue"


@pytest.fixture
def work(engine: Any) -> UnitOfWork:
    return unit_of_work_on(engine)


def recording() -> tuple[JobKinds, list[str]]:
    kinds, acted = JobKinds(), []
    kinds.register(KIND)(lambda work, call, report: acted.append(call.actor.name))
    return kinds, acted


@pytest.mark.parametrize("gone", ["user", "organisation"])
def test_a_job_of_somebody_who_was_disabled_does_nothing(work: UnitOfWork, gone: str) -> None:
    with work() as session:
        make = Make(session)
        officer = make.officer()
        job_id = enqueue(session, make.actor(officer), KIND, "k", number=1).id
        (officer if gone == "user" else officer.organisation).is_active = False
    kinds, acted = recording()
    run_job(work, kinds, job_id)
    assert acted == []
    with work() as session:
        ended = job_status(session, job_id)
        assert ended.state is JobState.FAILED
        assert ended.message is not None
        assert "已停用" in ended.message
        assert session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()[-1] == "jobs.failed"


def test_an_administrator_publishes_nothing_through_somebody_who_left(work: UnitOfWork) -> None:
    with work() as session:
        make = Make(session)
        officer = make.officer()
        job_id = make.job(kind=KIND, state=JobState.FAILED, asked_by_user_id=officer.id).id
        officer.is_active = False
        retry(session, make.actor(Role.ADMIN), job_id)
    kinds, acted = recording()
    run_job(work, kinds, job_id)
    assert acted == []
    with work() as session:
        assert session.get_one(Job, job_id).state is JobState.FAILED


def test_a_job_of_somebody_in_office_runs(work: UnitOfWork) -> None:
    with work() as session:
        make = Make(session)
        officer = make.officer()
        job_id = enqueue(session, make.actor(officer), KIND, "k", number=1).id
    kinds, acted = recording()
    run_job(work, kinds, job_id)
    assert acted == [officer.name]
