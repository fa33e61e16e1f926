"""Keeping the register of conduct. Callers own the transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.conduct.models import ConductRecord, ConductRule, RegisterConsultation
from ipfin.conduct.rules import ConductCode, EndKind
from ipfin.conduct.terms import LONGEST_MONTHS
from ipfin.documents.models import Document, DocumentKind
from ipfin.documents.proofs import Proof
from ipfin.documents.service import issue_document
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import BadInput, Conflict
from ipfin.kernel.reasons import checked_reason
from ipfin.kernel.text import Text, _
from ipfin.registry.models import Enterprise

LONGEST_REASON: Final = 300


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


def withdraw_conduct(
    session: Session,
    actor: Actor,
    entry: ConductRecord,
    *,
    on: date,
    reason: str,
    kind: EndKind = EndKind.REMOVED,
) -> None:
    """End a record from day `on`: its authority lifted it, it was repaired, or it was wrong.

    Raises:
        BadInput: without a reason, or with one that is too long.
    """
    said = checked_reason(reason, longest=LONGEST_REASON)
    entry.withdrawn_on = on
    entry.withdrawn_reason = said
    entry.ended_as = kind
    entry.ended_by = actor.name
    record(
        session,
        actor,
        "conduct.record.withdrawn",
        f"enterprise:{entry.enterprise_id}",
        code=entry.code.value,
        reason=said,
        kind=kind.value,
        on=on,
    )


# --- By hand ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HandRecord:
    """What a person enters of a record. `last_day` is the last day on which it counts, None for no end."""

    code: ConductCode
    source: str
    effective_on: date
    last_day: date | None
    reference: str
    evidence: str


def enter_by_hand(
    session: Session,
    actor: Actor,
    enterprise: Enterprise,
    said: HandRecord,
    proof: Proof | None,
    *,
    today: date,
    directory: Path,
) -> ConductRecord:
    """Enter a record that no list brings, with the document that proves it.

    Raises:
        BadInput: no source, no document, a day that is still to come or out of order.
        Conflict: the same record stands already.
    """
    if proof is None:
        raise BadInput(_("请上传凭据：没有凭据的记录不得用于排除企业。"), field="proof")
    if said.effective_on > today:
        raise BadInput(_("列入日期不能晚于今天。"), field="effective_on")
    _refuse_second(session, enterprise, said)
    entry = record_conduct(
        session,
        actor,
        enterprise,
        said.code,
        source=said.source,
        effective_on=said.effective_on,
        expires_on=said.last_day + timedelta(days=1) if said.last_day else None,
        evidence=said.evidence,
        reference=said.reference.strip(),
        as_of=today,
    )
    entry.evidence_id = _kept(session, actor, entry, proof, _("排除情形凭据"), directory).id
    session.flush()
    return entry


def _refuse_second(session: Session, enterprise: Enterprise, said: HandRecord) -> None:
    twin = session.scalar(
        select(ConductRecord.id).where(
            ConductRecord.enterprise_id == enterprise.id,
            ConductRecord.code == said.code,
            ConductRecord.effective_on == said.effective_on,
            ConductRecord.reference == said.reference.strip(),
        )
    )
    if twin is not None:
        raise Conflict(_("这家企业已有同一情形、同一列入日期、同一文号的记录。"))


def end_by_hand(
    session: Session,
    actor: Actor,
    entry: ConductRecord,
    kind: EndKind,
    *,
    on: date,
    reason: str,
    proof: Proof | None,
    today: date,
    directory: Path,
) -> ConductRecord:
    """End a record: lifted by its authority, repaired (with the proof of it), or entered by mistake.

    Args:
        on: the first day on which it no longer counts.

    Raises:
        BadInput: no reason, a repair without proof, a day before the record or still to come.
        Conflict: it was ended before.
    """
    wanted = select(ConductRecord).where(ConductRecord.id == entry.id).with_for_update(of=ConductRecord)
    found = session.scalars(wanted.execution_options(populate_existing=True)).one()
    if found.withdrawn_on is not None:
        raise Conflict(_("该记录已于%(day)s解除。", day=found.withdrawn_on.isoformat()))
    if not found.effective_on <= on <= today:
        raise BadInput(
            _("解除日期须在列入日期%(day)s之后、今天之前（含）。", day=found.effective_on.isoformat()),
            field="on",
        )
    if kind is EndKind.REPAIRED and proof is None:
        raise BadInput(_("请上传信用修复的证明。"), field="proof")
    withdraw_conduct(session, actor, found, on=on, reason=reason, kind=kind)
    if proof is not None:
        found.proof_id = _kept(session, actor, found, proof, _("解除排除情形的证明"), directory).id
    session.flush()
    return found


def _kept(
    session: Session, actor: Actor, entry: ConductRecord, proof: Proof, title: Text, directory: Path
) -> Document:
    return issue_document(
        session,
        actor,
        kind=DocumentKind.PROOF,
        title=str(title),
        filename=proof.filename,
        content=proof.content,
        media_type=proof.media_type,
        subject=f"conduct:{entry.id}",
        directory=directory,
    )


def set_rule(
    session: Session,
    actor: Actor,
    code: ConductCode,
    *,
    months: int | None,
    basis: str,
    valid_from: date,
    is_confirmed: bool,
) -> ConductRule:
    """Say how long records of `code` count that tell no end, from the records of `valid_from` on.

    Earlier rules stay, so that every record keeps the term that held when it took effect.

    Args:
        months: None for records that stand until their authority lifts them.

    Raises:
        BadInput: no basis, or a term outside the bounds.
    """
    said = checked_reason(basis, field="basis", longest=LONGEST_REASON)
    if months is not None and not 1 <= months <= LONGEST_MONTHS:
        raise BadInput(_("期限须为1至%(most)s个月。", most=LONGEST_MONTHS), field="months")
    rule = ConductRule(
        code=code,
        months=months,
        basis=said,
        is_confirmed=is_confirmed,
        valid_from=valid_from,
        set_by_user_id=actor.user_id,
        set_by=actor.name,
        set_at=now_utc(),
    )
    session.add(rule)
    session.flush()
    record(
        session,
        actor,
        "conduct.rule.set",
        f"conduct-rule:{code.value}",
        code=code.value,
        term=_("长期，直至移出") if months is None else _("%(months)s个月", months=months),
        valid_from=valid_from,
        basis=said,
    )
    return rule


# --- Lists --------------------------------------------------------------------------------------------


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
