"""The kinds of jobs: which function does which, with its arguments and what it leaves as result.

Decides what is read, done and told of a job, and in which transaction; what happens in it is decided in
the domains. A function that is not named in `ipfin.jobs.kinds.KINDS` by `job_kind` is no job.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from ipfin.accounts.policy import Permission
from ipfin.audit.service import note_verification, verify_with_heads
from ipfin.db import UnitOfWork
from ipfin.jobs.kinds import JobCall, Report, job_kind
from ipfin.jobs.service import enqueue
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.errors import DomainError, NotFound
from ipfin.kernel.text import Text, _
from ipfin.lists import service as lists
from ipfin.registry.intake import read_list
from ipfin.registry.lifecycle import BatchState
from ipfin.registry.models import ImportBatch
from ipfin.registry.service.batches import note_failure
from ipfin.registry.service.matching import find_candidates
from ipfin.reports.service.copies import Copy, FirmExport, issue_copy, make_firm_copy, tell_copy_is_ready
from ipfin.reports.service.publishing import publish_with_files
from ipfin.reports.service.row_reports import make_row_report
from ipfin.reports.service.scheduling import prepare_due
from ipfin.whitelist.queries.cards import draft_by_id
from ipfin.whitelist.scorecard import Scenario
from ipfin.whitelist.scoring import Grade
from ipfin.whitelist.service import examine_run, run_scores
from ipfin.whitelist.service.rescoring import rescore_changed
from ipfin.whitelist.service.simulating import simulate_draft
from ipfin.worker.database import place, reading_on


@job_kind("registry.commit_batch")
def write_batch(work: UnitOfWork, call: JobCall, report: Report) -> None:
    """Write a checked list (argument `batch_id`); what is refused stands on the batch, too."""
    batch_id = int(call.arguments["batch_id"])
    try:
        _write_batch(work, call, report, batch_id)
    except DomainError as refusal:
        reason = (
            refusal.message if isinstance(refusal.message, Text) else _("%(words)s", words=refusal.message)
        )
        with work() as session:
            batch = _batch(session, batch_id)
            if batch.state is BatchState.QUEUED:
                note_failure(session, call.actor, batch, reason)
        raise


def _write_batch(work: UnitOfWork, call: JobCall, report: Report, batch_id: int) -> None:
    with work() as session:
        batch = _batch(session, batch_id)
        path, filename = place().settings.uploads_dir / batch.stored_name, batch.filename
    report(0, 1, _("正在读取文件"))
    table = read_list(path, filename)
    with work() as session:
        batch = _batch(session, batch_id)
        report(0, 1, _("正在与库中数据比对"))
        # The columns that were checked: the same header may have been confirmed otherwise since.
        found = lists.plan_list(
            session, table, batch.kind, lists.columns_of(batch), as_of=batch.as_of, source=batch.source
        )
        lists.commit_list(session, call.actor, batch, found, report=report)
        if lists.brings_names(batch.kind):
            enqueue(
                session, call.actor, "registry.find_matches", f"batch:{batch_id}:match", batch_id=batch_id
            )
        report.finish(session, batch_id=batch_id)


def _batch(session: Session, batch_id: int) -> ImportBatch:
    batch = session.get(ImportBatch, batch_id)
    if batch is None:
        raise NotFound(_("没有这个导入批次。"))
    return batch


@job_kind("registry.find_matches")
def find_matches(work: UnitOfWork, call: JobCall, report: Report) -> None:
    """Look for pairs of enterprises that may be one, all or those that a batch brought (`batch_id`)."""
    with work() as session:
        batch_id = call.arguments.get("batch_id")
        found = find_candidates(session, call.actor, batch_id=batch_id, report=report)
        report.finish(session, compared=found.compared, found=found.found)


@job_kind("registry.report_rows")
def report_rows(work: UnitOfWork, call: JobCall, report: Report) -> None:
    """Make the report of a batch, row by row (arguments `batch_id`, `locale`); tell who asked."""
    here, wanted = place(), call.arguments
    with reading_on(here.engine)() as session:
        copy = make_row_report(
            session,
            call.actor,
            int(wanted["batch_id"]),
            settings=here.settings,
            locale=str(wanted["locale"]),
            report=report,
        )
    _hand_out(work, call, report, copy)


@job_kind("whitelist.run_scores")
def score_all(work: UnitOfWork, call: JobCall, report: Report) -> None:
    """Score all firms on today's data for a use (`scenario`); how robust that is, is examined next.

    With `changed`, only the firms that changed since today's last run for the whitelist.
    """
    scenario = Scenario(call.arguments.get("scenario", Scenario.WHITELIST))
    on, scheduler = today_in_china(), place().settings.dask_scheduler
    with work() as session:
        if call.arguments.get("changed"):
            scored = rescore_changed(session, call.actor, on=on, report=report, scheduler=scheduler)
        else:
            scored = run_scores(
                session, call.actor, on=on, scenario=scenario, report=report, scheduler=scheduler
            )
        enqueue(session, call.actor, "whitelist.robustness", f"robustness:{scored.id}", run_id=scored.id)
        report.finish(session, run_id=scored.id)


@job_kind("whitelist.robustness")
def examine_scores(work: UnitOfWork, call: JobCall, report: Report) -> None:
    """Examine a score run (argument `run_id`) under other weights."""
    with work() as session:
        found = examine_run(session, call.actor, int(call.arguments["run_id"]), report=report)
        report.finish(session, run_id=found.run_id)


@job_kind("whitelist.simulate_card")
def simulate_card(work: UnitOfWork, call: JobCall, report: Report) -> None:
    """Try a draft of a scorecard (`draft_id`) on the last run, with a line (`minimum_grade`)."""
    wanted = call.arguments
    with work() as session:
        tried = simulate_draft(
            session,
            call.actor,
            draft_by_id(session, int(wanted["draft_id"])),
            line=Grade(str(wanted["minimum_grade"])),
            on=today_in_china(),
            report=report,
        )
        report.finish(session, simulation_id=tried.id)


@job_kind("reports.publish_issue")
def publish_issue(work: UnitOfWork, call: JobCall, report: Report) -> None:
    """Make the files of an issue (argument `number`) and publish it."""
    number = int(call.arguments["number"])
    publish_with_files(
        work,
        call.actor,
        number,
        settings=place().settings,
        on=today_in_china(),
        report=report,
        finish=lambda session, sent: report.finish(session, number=number, deliveries=sent),
    )


@job_kind("reports.prepare_issue")
def prepare_issue(work: UnitOfWork, call: JobCall, report: Report) -> None:
    """Prepare the draft of a period (argument `period`) that the schedule asks for."""
    with work() as session:
        issue = prepare_due(session, str(call.arguments["period"]), on=today_in_china())
        report.finish(session, number=issue.number if issue else None)


@job_kind("documents.export")
def copy_firms(work: UnitOfWork, call: JobCall, report: Report) -> None:
    """Make a copy of a filtered list (`FirmExport.as_arguments`, `permission`, `locale`); tell who asked."""
    here, wanted = place(), call.arguments
    report(0, 1, _("正在制作文件"))
    with reading_on(here.engine)() as session:
        copy = make_firm_copy(
            session,
            call.actor,
            FirmExport.from_arguments(wanted),
            permission=Permission[wanted["permission"]],
            settings=here.settings,
            on=today_in_china(),
            locale=str(wanted["locale"]),
        )
    _hand_out(work, call, report, copy)


def _hand_out(work: UnitOfWork, call: JobCall, report: Report, copy: Copy) -> None:
    """Issue a finished copy, tell who asked for it, and end the job."""
    with work() as session:
        document = issue_copy(session, call.actor, copy, settings=place().settings)
        tell_copy_is_ready(session, call.actor, document)
        report.finish(session, code=document.verify_code, rows=copy.rows)


@job_kind("audit.verify")
def verify_audit_log(work: UnitOfWork, call: JobCall, report: Report) -> None:
    """Read the whole audit log, and note in it what was found."""
    with reading_on(place().engine)() as session:
        found = verify_with_heads(session, place().settings.audit_heads_dir)
    with work() as session:
        note_verification(session, call.actor, found)
        report.finish(session, rows=found.rows, findings=len(found.findings))
