"""Use cases of the cohort reference: count it once, propose a new one, approve it as a second person.

What is approved is what was proposed, to the byte: lists that came in between change nothing of it.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import BadInput, Conflict
from ipfin.kernel.text import _
from ipfin.whitelist.cohorts import count_cohorts
from ipfin.whitelist.models import CohortReference
from ipfin.whitelist.queries.cohorts import alike_patents, patents_of_firms, reference_in_force
from ipfin.whitelist.rebasing import REFERENCE_LIFECYCLE, ReferenceState, require_another_person


def found_reference(session: Session, actor: Actor, *, on: date) -> CohortReference:
    """Return the reference in force; the first time, count one and put it in force.

    Nobody has a score before the first reference, so nobody's score changes by it.
    """
    current = reference_in_force(session)
    if current is not None:
        return current
    reference = _counted(session, actor, on=on)
    reference.state = ReferenceState.APPROVED
    reference.approved_at = reference.proposed_at
    session.add(reference)
    session.flush()
    _record(session, actor, "whitelist.cohorts.founded", reference)
    return reference


def propose_reference(session: Session, actor: Actor, *, on: date, reason: str) -> CohortReference:
    """Count the patents of today and lay the result before a second person.

    Raises:
        BadInput: without a reason.
        Conflict: another proposal waits, there is no reference yet, or nothing would change.
    """
    if not reason.strip():
        raise BadInput(_("请写明更换同类参照的理由。"), field="reason")
    current = reference_in_force(session)
    if current is None:
        raise Conflict(_("还没有同类参照：第一次评分时自动建立。"))
    waiting = session.scalar(
        select(CohortReference.version).where(CohortReference.state == ReferenceState.PROPOSED)
    )
    if waiting is not None:
        raise Conflict(_("同类参照第%(version)s版正在等待复核，请先办结。", version=waiting))
    reference = _counted(session, actor, on=on)
    if reference.sha256 == current.sha256:
        raise Conflict(_("按现有专利重新统计，结果与使用中的同类参照相同，不必更换。"))
    reference.reason = reason.strip()[:300]
    session.add(reference)
    session.flush()
    _record(session, actor, "whitelist.cohorts.proposed", reference, reason=reference.reason)
    return reference


def approve_reference(session: Session, actor: Actor, reference: CohortReference, *, note: str = "") -> None:
    """Put a proposed reference in force, as a second person; scores change with the next run.

    Raises:
        InvalidTransition: it does not wait for approval.
        NotAllowed: the approver is the person who proposed it.
    """
    state = REFERENCE_LIFECYCLE.advance(reference.state, ReferenceState.APPROVED)
    require_another_person(reference.proposed_by_user_id, actor.user_id)
    reference.state = state
    reference.approved_by_user_id = actor.user_id
    reference.approved_by = actor.name
    reference.approved_at = now_utc()
    reference.decision_note = note.strip()[:500]
    session.flush()
    _record(session, actor, "whitelist.cohorts.approved", reference, proposed_by=reference.proposed_by)


def withdraw_reference(session: Session, actor: Actor, reference: CohortReference, *, note: str) -> None:
    """Give a proposed reference up, as the one who proposed it or the one who refuses it.

    Raises:
        BadInput: without a reason.
        InvalidTransition: it does not wait for approval.
    """
    state = REFERENCE_LIFECYCLE.advance(reference.state, ReferenceState.WITHDRAWN)
    if not note.strip():
        raise BadInput(_("请写明不更换的理由。"), field="note")
    reference.state = state
    reference.decision_note = note.strip()[:500]
    session.flush()
    _record(session, actor, "whitelist.cohorts.withdrawn", reference, reason=reference.decision_note[:300])


def _counted(session: Session, actor: Actor, *, on: date) -> CohortReference:
    cohorts = count_cohorts(alike_patents(session))
    return CohortReference(
        version=(session.scalar(select(func.max(CohortReference.version))) or 0) + 1,
        state=ReferenceState.PROPOSED,
        data_as_of=on,
        patents_count=patents_of_firms(session),
        cells_count=len({*cohorts.citations, *cohorts.claims}),
        sha256=cohorts.fingerprint,
        body=cohorts.as_bytes().decode(),
        proposed_by_user_id=actor.user_id,
        proposed_by=actor.name,
        proposed_at=now_utc(),
    )


def _record(session: Session, actor: Actor, code: str, reference: CohortReference, **more: str) -> None:
    record(
        session,
        actor,
        code,
        f"cohort_reference:{reference.id}",
        version=reference.version,
        patents=reference.patents_count,
        sha256=reference.sha256,
        **more,
    )
