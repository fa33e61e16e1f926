"""The office's workbench: what waits for me, what comes, how the registry stands."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from ipfin.accounts.policy import P, may
from ipfin.accounts.queries.scope import batches_visible_to, enterprises_visible_to
from ipfin.corrections.queries import requests_visible_to, unanswered
from ipfin.events.queries import coming_events, events_visible_to
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import now_utc, today_in_china
from ipfin.kernel.text import Text
from ipfin.kernel.text import _ as sentence
from ipfin.liaison.models import EnterpriseVisit
from ipfin.liaison.queries import due_visits, visits_visible_to
from ipfin.liaison.visits import FollowUp, follow_up_of
from ipfin.pushes.queries import waiting_firms
from ipfin.registry.lifecycle import BatchState, MatchState
from ipfin.registry.models import ImportBatch
from ipfin.registry.queries import latest_as_of, registry_totals
from ipfin.registry.queries.batches import unwritten_batches
from ipfin.registry.queries.matching import candidate_counts
from ipfin.reports.directory import IssueState
from ipfin.reports.models import DirectoryIssue
from ipfin.reports.queries import open_issue
from ipfin.web.access import open_to
from ipfin.web.database import current_session
from ipfin.web.signing_in import actor
from ipfin.whitelist.admission import RoundState
from ipfin.whitelist.models import WhitelistRound
from ipfin.whitelist.queries import latest_run, objections, open_round, run_counts
from ipfin.whitelist.queries.gate_tasks import gate_tasks, gate_tasks_visible_to

bp = Blueprint("office_home", __name__, url_prefix="/office")


@bp.route("/")
@open_to(P.OFFICE_WORKBENCH_READ)
def index() -> ResponseReturnValue:
    """Show the person's tasks, the coming events and the figures."""
    session, who = current_session(), actor()
    visible = enterprises_visible_to(who)
    round_, issue, run = open_round(session), open_issue(session), latest_run(session)
    tasks = [
        *([_round_task(round_, who)] if round_ else []),
        *([_issue_task(issue, who)] if issue else []),
        *_correction_tasks(session, who),
        _match_task(session, who),
        *_visit_tasks(session, who),
        *_objection_tasks(session, who),
        *_push_tasks(session, who),
        *_gate_tasks(session, who),
        *(_batch_task(batch) for batch in unwritten_batches(session, batches_visible_to(who))),
    ]
    return render_template(
        "office/home/index.html",
        tasks=[task for task in tasks if task is not None],
        totals=registry_totals(session, visible),
        as_of=latest_as_of(session, visible),
        run=run,
        scored=sum(run_counts(session, who, [run])[run.id].values()) if run else 0,
        events=coming_events(session, events_visible_to(who), now=now_utc()),
        may_import=may(who, P.OFFICE_IMPORT_WRITE),
    )


Task = tuple[Text, str, str]  # what, its tone ("warn": waits for this very person), where


def _objection_tasks(session: Session, who: Actor) -> list[Task]:
    """Name the objections that wait: until they are answered nothing is published."""
    if not may(who, P.OFFICE_OBJECTIONS_WRITE):
        return []
    waiting = objections(session, is_open=True)
    if not waiting:
        return []
    said = sentence(
        "%(count)s件公示异议待答复，最早%(day)s到期", count=len(waiting), day=waiting[0].due_on.isoformat()
    )
    return [(said, "warn", url_for("office_objections.index"))]


def _gate_tasks(session: Session, who: Actor) -> list[Task]:
    """Name what changes of the register ask for, with the day until which it is in time."""
    if not may(who, P.OFFICE_CONDUCT_WRITE):
        return []
    waiting = gate_tasks(session, gate_tasks_visible_to(who), is_open=True)
    if not waiting:
        return []
    said = sentence(
        "%(count)s项名册待办，最早%(day)s到期", count=len(waiting), day=waiting[0].due_on.isoformat()
    )
    return [(said, "warn", url_for("office_gate_tasks.index"))]


def _push_tasks(session: Session, who: Actor) -> list[Task]:
    """Name the firms that institutions pushed and nobody decided on yet."""
    waiting = waiting_firms(session) if may(who, P.OFFICE_PUSHES_WRITE) else 0
    if not waiting:
        return []
    said = sentence("金融机构推送的%(count)s家企业待确认", count=waiting)
    return [(said, "warn", url_for("office_pushes.index"))]


def _round_task(round_: WhitelistRound, who: Actor) -> Task | None:
    where = url_for("office_rounds.show", number=round_.number)
    if round_.state is RoundState.DRAFT:
        if not may(who, P.OFFICE_ROUNDS_PREPARE):
            return None
        return sentence("白名单第%(number)s批已编制，待提交复核", number=round_.number), "info", where
    if round_.notice is not None and not round_.notice.is_over(today_in_china()):
        last = round_.notice.last_day.isoformat()
        return sentence("白名单第%(number)s批公示至%(last)s", number=round_.number, last=last), "quiet", where
    if round_.submitted_by_user_id == who.user_id or not may(who, P.OFFICE_ROUNDS_APPROVE):
        return sentence("白名单第%(number)s批等待另一名工作人员复核", number=round_.number), "quiet", where
    return sentence("白名单第%(number)s批待您复核发布", number=round_.number), "warn", where


def _issue_task(issue: DirectoryIssue, who: Actor) -> Task | None:
    where = url_for("office_issues.show", number=issue.number)
    if issue.state is IssueState.DRAFT:
        if not may(who, P.OFFICE_ISSUES_PREPARE):
            return None
        return sentence("名录第%(number)s期已编制，待提交复核", number=issue.number), "info", where
    if issue.submitted_by_user_id == who.user_id or not may(who, P.OFFICE_ISSUES_APPROVE):
        return sentence("名录第%(number)s期等待另一名工作人员复核", number=issue.number), "quiet", where
    return sentence("名录第%(number)s期待您复核发布", number=issue.number), "warn", where


def _match_task(session: Session, who: Actor) -> Task | None:
    if not may(who, P.OFFICE_MATCH_WRITE):
        return None
    pairs = candidate_counts(session, enterprises_visible_to(who))[MatchState.OPEN]
    told = sentence("%(count)s对企业可能是同一家，待确认", count=pairs)
    return (told, "info", url_for("office_matching.index")) if pairs else None


def _batch_task(batch: ImportBatch) -> Task:
    page = "columns" if batch.state is BatchState.UPLOADED else "show"
    where = url_for(f"office_imports.{page}", batch_id=batch.id)
    if batch.state is BatchState.FAILED:
        return sentence("名单%(file)s写入失败，请查看原因", file=batch.filename), "warn", where
    if batch.state is BatchState.CHECKED:
        return sentence("名单%(file)s已预检，待写入", file=batch.filename), "info", where
    return sentence("名单%(file)s已上传，待核对各列", file=batch.filename), "info", where


def _correction_tasks(session: Session, who: Actor) -> list[Task]:
    """Return how much that firms contest waits for an answer, and the earliest day."""
    count, first = unanswered(session, requests_visible_to(who))
    if first is None:
        return []
    is_late = first < today_in_china()
    said = {"count": count, "day": first.isoformat()}
    what = (
        sentence("%(count)s项更正申请待答复，最早一项已于%(day)s到期", **said)
        if is_late
        else sentence("%(count)s项更正申请待答复，最早一项%(day)s到期", **said)
    )
    tone = "warn" if is_late and may(who, P.OFFICE_CORRECTIONS_WRITE) else "info"
    return [(what, tone, url_for("office_corrections.index"))]


def _visit_tasks(session: Session, who: Actor) -> list[Task]:
    """Return what visits left to do: late, or due within two weeks; of many, the most urgent."""
    on = today_in_china()
    visits, total = due_visits(session, visits_visible_to(who), on=on)
    tasks = [_visit_task(visit, on) for visit in visits]
    if total > len(visits):
        left = sentence("还有%(count)s项走访跟进事项", count=total - len(visits))
        tasks.append((left, "info", url_for("office_visits.index", state=FollowUp.OPEN.value)))
    return tasks


def _visit_task(visit: EnterpriseVisit, on: date) -> Task:
    firm, due = visit.enterprise, visit.follow_up_due
    where = url_for("office_visits.show", public_id=firm.public_id, visit_id=visit.id)
    told = {"name": firm.name, "what": visit.follow_up, "day": due.isoformat() if due else ""}
    if follow_up_of(due, visit.done_on, on) is FollowUp.LATE:
        return sentence("%(name)s的跟进事项已逾期（%(day)s）：%(what)s", **told), "warn", where
    return sentence("%(name)s的跟进事项%(day)s到期：%(what)s", **told), "info", where
