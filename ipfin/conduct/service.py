"""Keeping the register of conduct. Callers own the transaction."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.conduct.models import ConductRecord, RegisterConsultation
from ipfin.conduct.rules import ConductCode
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import _
from ipfin.registry.models import Enterprise


def record_conduct(
    session: Session,
    actor: Actor,
    enterprise: Enterprise,
    code: ConductCode,
    *,
    source: str,
    effective_on: date,
    expires_on: date | None = None,
    evidence: str = "",
    reference: str = "",
    as_of: date | None = None,
    batch_id: int | None = None,
) -> ConductRecord:
    """Record a dated reason that keeps `enterprise` out.

    Args:
        expires_on: first day on which it no longer counts; None when it has no end by itself.
        reference: number of the case, decision or application.
        as_of: the day of the list that tells it.
        batch_id: the import batch of that list.

    Raises:
        BadInput: without a source, or ending before it begins.
    """
    if not source.strip():
        raise BadInput(_("请填写来源：没有来源的记录不得用于排除企业。"), field="source")
    if expires_on is not None and expires_on <= effective_on:
        raise BadInput(_("到期日须晚于生效日。"), field="expires_on")
    entry = ConductRecord(
        enterprise_id=enterprise.id,
        code=code,
        source=source[:200],
        evidence=evidence[:300],
        effective_on=effective_on,
        expires_on=expires_on,
        recorded_by=actor.name,
        recorded_at=now_utc(),
        reference=reference[:120],
        as_of=as_of,
        batch_id=batch_id,
    )
    session.add(entry)
    session.flush()
    record(
        session,
        actor,
        "conduct.record.made",
        f"enterprise:{enterprise.id}",
        name=enterprise.name,
        code=code.value,
        source=source[:200],
        effective_on=effective_on,
    )
    return entry


def withdraw_conduct(session: Session, actor: Actor, entry: ConductRecord, *, on: date, reason: str) -> None:
    """End a record from day `on`: it was wrong, repaired or lifted.

    Raises:
        BadInput: without a reason.
    """
    if not reason.strip():
        raise BadInput(_("请填写撤销理由。"), field="reason")
    entry.withdrawn_on = on
    entry.withdrawn_reason = reason[:300]
    record(
        session,
        actor,
        "conduct.record.withdrawn",
        f"enterprise:{entry.enterprise_id}",
        code=entry.code.value,
        reason=reason[:300],
    )


def note_end(session: Session, actor: Actor, entry: ConductRecord, expires_on: date) -> None:
    """Record that a later list tells another end of a record.

    Args:
        expires_on: first day on which it no longer counts.

    Raises:
        BadInput: it would end before it begins.
    """
    if expires_on <= entry.effective_on:
        raise BadInput(_("到期日须晚于生效日。"), field="expires_on")
    entry.expires_on = expires_on
    record(
        session,
        actor,
        "conduct.record.dated",
        f"enterprise:{entry.enterprise_id}",
        code=entry.code.value,
        expires_on=expires_on,
    )


def log_consultation(
    session: Session, actor: Actor, code: ConductCode, *, register: str, covers: str, on: date, today: date
) -> RegisterConsultation:
    """Record that a register was looked into.

    Args:
        register: what was read: the website, list or letter.
        covers: whom was looked for.
        on: the day on which it was read.

    Raises:
        BadInput: without saying what was read or for whom, or on a day that is still to come.
    """
    if not register.strip():
        raise BadInput(_("请填写查询了哪个名册或网站。"), field="register")
    if not covers.strip():
        raise BadInput(_("请填写查询覆盖了哪些企业。"), field="covers")
    if on > today:
        raise BadInput(_("查询日期不能晚于今天。"), field="consulted_on")
    row = RegisterConsultation(
        code=code,
        register=register.strip()[:200],
        covers=covers.strip()[:300],
        consulted_on=on,
        consulted_by_user_id=actor.user_id,
        consulted_by=actor.name,
        recorded_at=now_utc(),
    )
    session.add(row)
    session.flush()
    record(
        session,
        actor,
        "conduct.register.consulted",
        f"register:{code.value}",
        code=code.value,
        register=row.register,
        on=on,
        covers=row.covers,
    )
    return row
