"""Keeping the register of ties between agencies and firms. Callers own the transaction."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from ipfin.accounts.models import Organisation, OrganisationKind, User
from ipfin.accounts.policy import P, require
from ipfin.audit.service import record
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import BadInput, Conflict
from ipfin.kernel.reasons import checked_reason
from ipfin.kernel.text import _
from ipfin.registry.models import Enterprise
from ipfin.screening.assigning import TIE_LABELS, TieKind
from ipfin.screening.models import ReviewerTie


def record_tie(
    session: Session,
    actor: Actor,
    organisation: Organisation,
    enterprise: Enterprise,
    kind: TieKind,
    *,
    source: str,
    since: date,
    until: date | None = None,
    user: User | None = None,
) -> ReviewerTie:
    """Write down what ties an agency, or one of its people, to a firm.

    Raises:
        BadInput: no agency, a person of another one, no source, or an end before the beginning.
    """
    require(actor, P.OFFICE_SCREENING_WRITE)
    if organisation.kind is not OrganisationKind.AGENCY:
        raise BadInput(_("请选择专业服务机构。"), field="organisation")
    if user is not None and user.organisation_id != organisation.id:
        raise BadInput(_("该人员不属于所选机构。"), field="user")
    if until is not None and until <= since:
        raise BadInput(_("结束日期须晚于开始日期。"), field="until")
    tie = ReviewerTie(
        organisation=organisation,
        user=user,
        enterprise=enterprise,
        kind=kind,
        source=checked_reason(source, field="source", longest=300),
        since=since,
        until=until,
        recorded_by=actor.name,
        recorded_at=now_utc(),
    )
    session.add(tie)
    session.flush()
    _note(session, actor, tie, "recorded")
    return tie


def end_tie(session: Session, actor: Actor, tie: ReviewerTie, *, on: date) -> None:
    """Say that a tie does not hold from day `on`.

    Raises:
        Conflict: it has an end already, or begins on that day or later.
    """
    require(actor, P.OFFICE_SCREENING_WRITE)
    if tie.until is not None and tie.until <= on:
        raise Conflict(_("这条关系已经结束。"))
    if tie.since >= on:
        raise Conflict(_("关系从%(day)s起算，次日起才能结束。", day=tie.since.isoformat()))
    tie.until = on
    session.flush()
    _note(session, actor, tie, "ended")


def _note(session: Session, actor: Actor, tie: ReviewerTie, action: str) -> None:
    record(
        session,
        actor,
        f"screening.tie.{action}",
        f"enterprise:{tie.enterprise_id}",
        name=tie.enterprise.name,
        house=tie.organisation.name,
        kind=TIE_LABELS[tie.kind],
    )
