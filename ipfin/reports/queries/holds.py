"""What of the directory and of everything above the registry binds a firm: for undoing, for merging."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, Final

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from ipfin.accounts.models import Organisation
from ipfin.bulk import in_chunks
from ipfin.conduct.models import ConductRecord
from ipfin.consent.models import Consent
from ipfin.consent.rules import STANDING
from ipfin.corrections.models import CorrectionRequest
from ipfin.corrections.rules import OPEN
from ipfin.events.lifecycle import LIVING, EventState
from ipfin.events.models import Event, EventInvitation, Registration, TrainingRecord
from ipfin.kernel.text import Text, _
from ipfin.liaison.models import EnterpriseContact, EnterpriseVisit
from ipfin.outcomes.models import FinancingOutcome
from ipfin.pushes.models import PushLine
from ipfin.registry.models import Enterprise, EnterpriseTag, SettledFact
from ipfin.registry.resolution.survivor import Hold, HoldKind
from ipfin.reports.directory import IssueState
from ipfin.reports.models import DirectoryIssue, DirectoryLine
from ipfin.screening.models import ReviewerTie, Screening, ScreeningTask
from ipfin.screening.phases import Phase
from ipfin.whitelist.admission import ROUND_LIFECYCLE
from ipfin.whitelist.models import (
    Admission,
    CandidateProposal,
    DeclarationRequest,
    GateTask,
    RoundEntry,
    WhitelistRound,
)
from ipfin.whitelist.queries import dependents as scored


def dependents(session: Session, enterprise_ids: Collection[int]) -> list[Text]:
    """Say what the house wrote of these enterprises, so that an undo can be refused in words."""
    for chunk in in_chunks(enterprise_ids):
        found = session.execute(
            select(Enterprise.name, DirectoryIssue.number)
            .join(DirectoryLine, DirectoryLine.enterprise_id == Enterprise.id)
            .join(DirectoryIssue, DirectoryIssue.id == DirectoryLine.issue_id)
            .where(Enterprise.id.in_(chunk))
            .limit(1)
        ).first()
        if found:
            return [
                _("%(firm)s等企业已列入名录第%(number)s期，本批次不能撤销。", firm=found[0], number=found[1])
            ]
        reasons = [reason for model, say in _WRITTEN for reason in _written(session, model, say, chunk)]
        if reasons:
            return reasons
    return []


_WRITTEN: Final[tuple[tuple[Any, Callable[[str], Text]], ...]] = (
    (Organisation, lambda firm: _("%(firm)s等企业已有平台账户，本批次不能撤销。", firm=firm)),
    (Consent, lambda firm: _("%(firm)s等企业已有授权记录，本批次不能撤销。", firm=firm)),
    (DeclarationRequest, lambda firm: _("%(firm)s等企业有申报要求，本批次不能撤销。", firm=firm)),
    (CorrectionRequest, lambda firm: _("%(firm)s等企业已有更正申请，本批次不能撤销。", firm=firm)),
    (SettledFact, lambda firm: _("%(firm)s等企业有人工核准的事实，本批次不能撤销。", firm=firm)),
    (Registration, lambda firm: _("%(firm)s等企业已报名活动，本批次不能撤销。", firm=firm)),
    (EventInvitation, lambda firm: _("%(firm)s等企业已受邀参加活动，本批次不能撤销。", firm=firm)),
    (TrainingRecord, lambda firm: _("%(firm)s等企业已有培训记录，本批次不能撤销。", firm=firm)),
    (EnterpriseVisit, lambda firm: _("%(firm)s等企业已有走访记录，本批次不能撤销。", firm=firm)),
    (EnterpriseContact, lambda firm: _("%(firm)s等企业已登记联系人，本批次不能撤销。", firm=firm)),
    (FinancingOutcome, lambda firm: _("%(firm)s等企业已登记融资结果，本批次不能撤销。", firm=firm)),
    (ScreeningTask, lambda firm: _("%(firm)s等企业已分配机构评审，本批次不能撤销。", firm=firm)),
    (ReviewerTie, lambda firm: _("%(firm)s等企业已登记机构利益关系，本批次不能撤销。", firm=firm)),
    (PushLine, lambda firm: _("%(firm)s等企业已有机构推送，本批次不能撤销。", firm=firm)),
    (CandidateProposal, lambda firm: _("%(firm)s等企业已列为推荐候选，本批次不能撤销。", firm=firm)),
    (GateTask, lambda firm: _("%(firm)s等企业有名册待办，本批次不能撤销。", firm=firm)),
    (EnterpriseTag, lambda firm: _("%(firm)s等企业已加标签，请先取消标签再撤销本批次。", firm=firm)),
)
"""What points at a firm and is nobody's to delete by the way; facts and records are asked for in `lists`."""


def _written(session: Session, model: Any, say: Callable[[str], Text], ids: Collection[int]) -> list[Text]:
    firm = session.scalar(
        select(Enterprise.name)
        .join(model, model.enterprise_id == Enterprise.id)
        .where(Enterprise.id.in_(ids))
        .order_by(Enterprise.id)
        .limit(1)
    )
    return [say(firm)] if firm else []


DEPENDENTS: Final = (dependents, scored)
"""All that stands above the registry and can refuse the undo of a batch; the edge hands it down."""


def merge_holds(session: Session, enterprise_ids: Collection[int]) -> dict[int, list[Hold]]:
    """Return what above the registry binds each of a few enterprises when two are to be merged.

    Rounds, screenings, issues and corrections under way bind both; an admission in force, an account, a
    conduct record in force, a standing consent and a place at a coming event have one holder; a published
    line and a former consent are only shown. Labels, contacts, visits, outcomes, ties to agencies, training
    records, invitations and places at events that are over bind nothing: they follow (the edge hands their
    tables to the merge).
    """
    ids = list(enterprise_ids)
    found: dict[int, list[Hold]] = {}
    for kind, what, statement, column, sentence in (*_selected(), *_known_to_the_house(), *_shown_outside()):
        seen: set[int] = set()
        for enterprise_id, word in session.execute(statement.where(column.in_(ids)).order_by(column)):
            if enterprise_id not in seen:
                seen.add(enterprise_id)
                found.setdefault(enterprise_id, []).append(Hold(kind, what, sentence(word)))
    return found


_HoldRow = tuple[HoldKind, str, Any, Any, Callable[[Any], Text]]
"""How it binds, its name, the query of (firm, word of the sentence), that query's firm, the sentence."""


def _selected() -> tuple[_HoldRow, ...]:
    """Return what binds a firm that the office is selecting, or has selected."""
    entries = (
        select(RoundEntry.enterprise_id, WhitelistRound.number)
        .join(WhitelistRound, WhitelistRound.id == RoundEntry.round_id)
        .where(WhitelistRound.state.in_(ROUND_LIFECYCLE.open_states))
    )
    screened = (
        select(ScreeningTask.enterprise_id, WhitelistRound.number)
        .join(Screening, Screening.id == ScreeningTask.screening_id)
        .join(WhitelistRound, WhitelistRound.id == Screening.round_id)
        .where(Screening.phase != Phase.FINAL)
    )
    under_way = _lines().where(DirectoryIssue.state.in_((IssueState.DRAFT, IssueState.SUBMITTED)))
    admissions = select(Admission.enterprise_id, Enterprise.name).where(Admission.ended_on.is_(None))
    return (
        (HoldKind.OPEN, "round", entries, RoundEntry.enterprise_id,
         lambda number: _("白名单第%(number)s批正在办理，", number=number)),
        (HoldKind.OPEN, "screening", screened, ScreeningTask.enterprise_id,
         lambda number: _("白名单第%(number)s批的机构筛查正在办理，", number=number)),
        (HoldKind.OPEN, "issue", under_way, DirectoryLine.enterprise_id,
         lambda number: _("名录第%(number)s期正在办理，", number=number)),
        (HoldKind.SINGLE, "admission", _with_name(admissions, Admission), Admission.enterprise_id,
         lambda name: _("%(name)s在白名单内。", name=name)),
    )  # fmt: skip


def _known_to_the_house() -> tuple[_HoldRow, ...]:
    """Return what binds a firm by what it has or is said to have with the house itself."""
    accounts = select(Organisation.enterprise_id, Enterprise.name).where(Organisation.is_active)
    conduct = select(ConductRecord.enterprise_id, Enterprise.name).where(ConductRecord.withdrawn_on.is_(None))
    corrections = select(CorrectionRequest.enterprise_id, Enterprise.name).where(
        CorrectionRequest.state.in_(sorted(OPEN))
    )
    asked = select(DeclarationRequest.enterprise_id, Enterprise.name).where(
        DeclarationRequest.withdrawn_on.is_(None)
    )
    return (
        (HoldKind.SINGLE, "account", _with_name(accounts, Organisation), Organisation.enterprise_id,
         lambda name: _("%(name)s有平台账户。", name=name)),
        (HoldKind.SINGLE, "conduct", _with_name(conduct, ConductRecord), ConductRecord.enterprise_id,
         lambda name: _("%(name)s有负面记录。", name=name)),
        (HoldKind.OPEN, "declaration", _with_name(asked, DeclarationRequest),
         DeclarationRequest.enterprise_id, lambda name: _("%(name)s有未取消的申报要求，", name=name)),
        (HoldKind.OPEN, "correction", _with_name(corrections, CorrectionRequest),
         CorrectionRequest.enterprise_id, lambda name: _("%(name)s的更正申请正在办理，", name=name)),
    )  # fmt: skip


def _shown_outside() -> tuple[_HoldRow, ...]:
    """Return what binds a firm by what institutions see of it, or by where they meet it."""
    given, stands = select(Consent.enterprise_id, Consent.recipient_name), Consent.state.in_(sorted(STANDING))
    places = (
        select(Registration.enterprise_id, Event.title)
        .join(Event, Event.id == Registration.event_id)
        .where(Registration.state.in_(sorted(LIVING)))
        .where(Event.state.not_in((EventState.FINISHED, EventState.CANCELLED)))
    )
    published = _lines().where(DirectoryIssue.state == IssueState.PUBLISHED)
    return (
        (HoldKind.SINGLE, "consent", given.where(stands), Consent.enterprise_id,
         lambda name: _("已授权%(name)s查看数据。", name=name)),
        (HoldKind.SHOWN, "former_consent", given.where(~stands), Consent.enterprise_id,
         lambda name: _("曾授权%(name)s查看数据。", name=name)),
        (HoldKind.SINGLE, "event", places, Registration.enterprise_id,
         lambda title: _("已报名活动“%(title)s”。", title=title)),
        (HoldKind.SHOWN, "directory", published, DirectoryLine.enterprise_id,
         lambda number: _("已列入名录第%(number)s期。", number=number)),
    )  # fmt: skip


def _lines() -> Select[int, int]:
    return select(DirectoryLine.enterprise_id, DirectoryIssue.number).join(
        DirectoryIssue, DirectoryIssue.id == DirectoryLine.issue_id
    )


def _with_name(statement: Any, model: Any) -> Any:
    return statement.join(Enterprise, Enterprise.id == model.enterprise_id)
