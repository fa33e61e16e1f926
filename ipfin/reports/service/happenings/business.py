"""What was done with a firm: scored, admitted, listed, met, visited, written down, merged, issued papers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from ipfin.accounts.queries import of_visible_organisations
from ipfin.accounts.scopes import Thing
from ipfin.audit.models import AuditEntry
from ipfin.audit.queries import latest_acts
from ipfin.documents.models import Document
from ipfin.events.lifecycle import REGISTRATION_LABELS
from ipfin.events.models import Event, Registration
from ipfin.kernel.text import Text, _
from ipfin.liaison.models import EnterpriseVisit
from ipfin.liaison.queries import visits_visible_to
from ipfin.reports.directory import CHANGE_LABELS, IssueState
from ipfin.reports.models import DirectoryIssue, DirectoryLine
from ipfin.reports.service.happenings.reaching import Whose, latest, on_day, quoted, within
from ipfin.reports.timeline import Happening, Kind, Reach, beginning_of
from ipfin.whitelist.admission import last_day
from ipfin.whitelist.models import Admission, ScoreRun, ScoreSheet, WhitelistRound
from ipfin.whitelist.queries.runs import made_for
from ipfin.whitelist.scorecard import Scenario
from ipfin.whitelist.scoring import GRADE_LABELS

# --- Whitelist and directory ------------------------------------------------------------------------


def scores(of: Whose, reach: Reach) -> list[Happening]:
    """Return its scores for the whitelist, one for each run."""
    at, row_id = ScoreRun.run_at, ScoreSheet.id
    statement = (
        select(row_id, at, ScoreSheet.grade, ScoreSheet.graded_e4, ScoreRun.id, ScoreRun.run_by)
        .join(ScoreRun, ScoreRun.id == ScoreSheet.run_id)
        .where(ScoreSheet.enterprise_id.in_(of.ids), made_for(Scenario.WHITELIST), within(reach, at, row_id))
    )
    return [
        Happening(
            when,
            sheet_id,
            Kind.SCORE,
            _("第%(number)s次评分：%(grade)s，评级用分%(points)s", number=run_id,
              grade=GRADE_LABELS[grade], points=f"{points // 100 / 100:.2f}"),
            who,
        )
        for sheet_id, when, grade, points, run_id, who in of.session.execute(
            latest(statement, at, row_id, reach)
        )
    ]  # fmt: skip


def admissions(of: Whose, reach: Reach) -> list[Happening]:
    """Return its admissions to the whitelist."""
    at, row_id = Admission.valid_from, Admission.id
    statement = (
        select(Admission, WhitelistRound.number)
        .join(WhitelistRound, WhitelistRound.id == Admission.round_id)
        .where(Admission.enterprise_id.in_(of.ids), on_day(reach, at, row_id))
    )
    return [
        Happening(
            beginning_of(row.valid_from),
            row.id,
            Kind.WHITELIST,
            _("白名单第%(number)s批入选，%(grade)s，有效期至%(day)s", number=number,
              grade=GRADE_LABELS[row.grade], day=last_day(row.valid_until).isoformat()),
            is_day=True,
        )
        for row, number in of.session.execute(latest(statement, at, row_id, reach))
    ]  # fmt: skip


def removals(of: Whose, reach: Reach) -> list[Happening]:
    """Return the ends of its admissions."""
    at, row_id = Admission.ended_on, Admission.id
    statement = select(Admission).where(
        Admission.enterprise_id.in_(of.ids), at.is_not(None), on_day(reach, at, row_id)
    )
    return [
        Happening(
            beginning_of(row.ended_on),
            row.id,
            Kind.WHITELIST,
            _("白名单资格终止：%(reason)s", reason=row.ended_reason or "—"),
            is_day=True,
        )
        for row in of.session.scalars(latest(statement, at, row_id, reach))
        if row.ended_on is not None
    ]


def issues(of: Whose, reach: Reach) -> list[Happening]:
    """Return the published issues of the directory that it stands in or left."""
    at, row_id = DirectoryIssue.published_at, DirectoryLine.id
    published = DirectoryIssue.state.in_((IssueState.PUBLISHED, IssueState.RECALLED))
    statement = (
        select(row_id, at, DirectoryIssue.number, DirectoryLine.change, DirectoryIssue.state)
        .join(DirectoryIssue, DirectoryIssue.id == DirectoryLine.issue_id)
        .where(DirectoryLine.enterprise_id.in_(of.ids), published, within(reach, at, row_id))
    )
    return [
        Happening(when, line_id, Kind.DIRECTORY, _issue(number, CHANGE_LABELS[change], state))
        for line_id, when, number, change, state in of.session.execute(latest(statement, at, row_id, reach))
        if when is not None
    ]


def _issue(number: int, change: Text, state: IssueState) -> Text:
    if state is IssueState.RECALLED:
        return _("名录第%(number)s期（已召回）：%(change)s", number=number, change=change)
    return _("名录第%(number)s期：%(change)s", number=number, change=change)


# --- Events, visits, papers, the log ----------------------------------------------------------------


def registrations(of: Whose, reach: Reach) -> list[Happening]:
    """Return its registrations for events."""
    at, row_id = Registration.registered_at, Registration.id
    statement = (
        select(row_id, at, Event.title, Registration.state, Registration.registered_by)
        .join(Event, Event.id == Registration.event_id)
        .where(Registration.enterprise_id.in_(of.ids), within(reach, at, row_id))
    )
    return [
        Happening(
            when,
            number,
            Kind.EVENT,
            _("报名活动“%(title)s”（%(state)s）", title=title, state=REGISTRATION_LABELS[state]),
            who,
        )
        for number, when, title, state, who in of.session.execute(latest(statement, at, row_id, reach))
    ]


def visits(of: Whose, reach: Reach) -> list[Happening]:
    """Return the visits of the office."""
    at, row_id = EnterpriseVisit.visited_on, EnterpriseVisit.id
    return [
        Happening(
            beginning_of(row.visited_on),
            row.id,
            Kind.VISIT,
            _("走访：%(topics)s", topics=quoted(row.topics)),
            row.officers,
            is_day=True,
        )
        for row in _visit_rows(of, reach, at, row_id)
    ]


def follow_ups(of: Whose, reach: Reach) -> list[Happening]:
    """Return what was done after visits."""
    at, row_id = EnterpriseVisit.done_on, EnterpriseVisit.id
    return [
        Happening(
            beginning_of(row.done_on),
            row.id,
            Kind.VISIT,
            _("完成跟进：%(what)s", what=quoted(row.follow_up)),
            row.done_by,
            is_day=True,
        )
        for row in _visit_rows(of, reach, at, row_id)
        if row.done_on is not None
    ]


def _visit_rows(of: Whose, reach: Reach, at: Any, row_id: Any) -> Sequence[EnterpriseVisit]:
    statement = select(EnterpriseVisit).where(
        EnterpriseVisit.enterprise_id.in_(of.ids),
        EnterpriseVisit.voided_at.is_(None),
        at.is_not(None),
        visits_visible_to(of.actor),
        on_day(reach, at, row_id),
    )
    return of.session.scalars(latest(statement, at, row_id, reach)).all()


def papers(of: Whose, reach: Reach) -> list[Happening]:
    """Return the documents about it that the actor may know of."""
    at, row_id = Document.issued_at, Document.id
    seen = of_visible_organisations(of.actor, Thing.DOCUMENT, Document.organisation_id)
    statement = select(Document).where(Document.subject.in_(of.subjects), seen, within(reach, at, row_id))
    return [
        Happening(
            row.issued_at,
            row.id,
            Kind.DOCUMENT,
            _("出具《%(title)s》，供%(who)s使用", title=row.title, who=row.issued_to or "—"),
            row.issued_by,
        )
        for row in of.session.scalars(latest(statement, at, row_id, reach))
    ]


def records(of: Whose, reach: Reach) -> list[Happening]:
    """Return what was written down of it: facts, tags, conduct, outcomes, contacts (never what they are)."""
    kinds = or_(
        AuditEntry.action.startswith("registry.fact."),
        AuditEntry.action.startswith("registry.tag."),
        AuditEntry.action.startswith("conduct."),
        AuditEntry.action.startswith("outcomes."),
        AuditEntry.action.startswith("liaison.contact."),
        AuditEntry.action.in_(("liaison.visit.voided", "events.registration.revealed")),
    )
    return _acts(of, reach, Kind.RECORD, AuditEntry.subject.in_(of.subjects), kinds)


def consents(of: Whose, reach: Reach) -> list[Happening]:
    """Return what the firm opened to whom, narrowed and withdrew, as it was told."""
    own = AuditEntry.subject.in_(of.subjects)
    return _acts(of, reach, Kind.CONSENT, own, AuditEntry.action.startswith("consent."))


def corrections(of: Whose, reach: Reach) -> list[Happening]:
    """Return the firm's requests for correction, and what became of them."""
    own = AuditEntry.subject.in_(of.subjects)
    return _acts(of, reach, Kind.CORRECTION, own, AuditEntry.action.startswith("corrections.request."))


def merges(of: Whose, reach: Reach) -> list[Happening]:
    """Return decisions on pairs; each stands on the timelines of both firms, so only the firm's own count."""
    own = AuditEntry.subject == f"enterprise:{of.id}"
    return _acts(of, reach, Kind.MERGE, own, AuditEntry.action.startswith("registry.match."))


def _acts(of: Whose, reach: Reach, kind: Kind, *where: ColumnElement[bool]) -> list[Happening]:
    in_reach = within(reach, AuditEntry.at, AuditEntry.id)
    acts = latest_acts(of.session, *where, in_reach, most=reach.limit, oldest_first=reach.later)
    return [Happening(act.at, act.id, kind, act.sentence, act.actor_name) for act in acts]
