"""Recording refusal grounds of single patents with a document, and ending such records.

Callers own the transaction. The firms that hold the patent are marked as changed: their score counts grounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.documents.models import Document, DocumentKind
from ipfin.documents.proofs import Proof
from ipfin.documents.service import issue_document
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import BadInput, Conflict
from ipfin.kernel.reasons import checked_reason
from ipfin.kernel.text import Text, _
from ipfin.registry.models import Applicant, Patent, PatentApplicant, PatentFlag
from ipfin.registry.pledge_grounds import WORD_LABELS, FlagEnd, FlagWord, PledgeFlag
from ipfin.registry.service import note_changed
from ipfin.whitelist.patent_flags import RECORDABLE

LONGEST_REASON: Final = 300


@dataclass(frozen=True, slots=True)
class FlagSaid:
    """What a person enters of a ground. `last_day` is the last day on which it counts, None for no end."""

    code: PledgeFlag
    word: FlagWord
    source: str
    effective_on: date
    last_day: date | None
    reference: str
    evidence: str


def record_flag(
    session: Session,
    actor: Actor,
    patent: Patent,
    said: FlagSaid,
    proof: Proof | None,
    *,
    today: date,
    directory: Path,
) -> PatentFlag:
    """Record that a ground is there, or was looked into and is not, with the document that proves it.

    Raises:
        BadInput: no source, no document, a ground that comes with lists, a day to come or out of order.
        Conflict: the same record stands already.
    """
    if said.code not in RECORDABLE:
        raise BadInput(_("这一情形来自专利名单、质押登记名单或债务期限，不在这里登记。"), field="code")
    if not said.source.strip():
        raise BadInput(_("请填写来源：没有来源的情形不得登记。"), field="source")
    if proof is None:
        raise BadInput(_("请上传凭据：没有凭据的情形不得登记。"), field="proof")
    if said.effective_on > today:
        raise BadInput(_("日期不能晚于今天。"), field="effective_on")
    if said.last_day is not None and said.last_day < said.effective_on:
        raise BadInput(_("到期日须晚于生效日。"), field="last_day")
    _refuse_second(session, patent, said)
    row = _added(session, actor, patent, said)
    row.evidence_id = _kept(session, actor, row, proof, _("质押登记情形凭据"), directory).id
    session.flush()
    return row


def clear_by_request(
    session: Session, actor: Actor, patent: Patent, code: PledgeFlag, *, request: str, on: date
) -> PatentFlag:
    """Record that a ground is not there, as a firm proved with its request for correction."""
    said = FlagSaid(code, FlagWord.NOT_THERE, str(_("更正申请%(id)s", id=request)), on, None, "", "")
    row = _added(session, actor, patent, said)
    row.request = request
    session.flush()
    return row


def end_flag(
    session: Session,
    actor: Actor,
    row: PatentFlag,
    kind: FlagEnd,
    *,
    on: date,
    reason: str,
    proof: Proof | None,
    today: date,
    directory: Path,
) -> PatentFlag:
    """End a record: the ground is gone, was repaired (with the proof of it), or was entered by mistake.

    Args:
        on: the first day on which it no longer counts.

    Raises:
        BadInput: no reason, a repair without proof, a day before the record or still to come.
        Conflict: it was ended before.
    """
    wanted = select(PatentFlag).where(PatentFlag.id == row.id).with_for_update(of=PatentFlag)
    found = session.scalars(wanted.execution_options(populate_existing=True)).one()
    if found.withdrawn_on is not None:
        raise Conflict(_("该记录已于%(day)s解除。", day=found.withdrawn_on.isoformat()))
    if not found.effective_on <= on <= today:
        raise BadInput(
            _("解除日期须在登记的生效日%(day)s之后、今天之前（含）。", day=found.effective_on.isoformat()),
            field="on",
        )
    if kind is FlagEnd.REPAIRED and proof is None:
        raise BadInput(_("请上传补救的证明。"), field="proof")
    said = checked_reason(reason, longest=LONGEST_REASON)
    found.withdrawn_on, found.ended_as, found.withdrawn_reason = on, kind, said
    found.ended_by = actor.name
    if proof is not None:
        found.proof_id = _kept(session, actor, found, proof, _("解除质押登记情形的证明"), directory).id
    session.flush()
    _mark(session, found.patent_id)
    record(
        session,
        actor,
        "whitelist.flag.ended",
        f"patent:{found.patent_id}",
        number=_number(found.patent),
        code=found.code.value,
        reason=said,
        on=on,
    )
    return found


def _added(session: Session, actor: Actor, patent: Patent, said: FlagSaid) -> PatentFlag:
    row = PatentFlag(
        patent_id=patent.id,
        code=said.code,
        word=said.word,
        source=said.source.strip()[:200],
        reference=said.reference.strip()[:120],
        evidence=said.evidence.strip()[:300],
        effective_on=said.effective_on,
        expires_on=said.last_day + timedelta(days=1) if said.last_day else None,
        recorded_by_user_id=actor.user_id,
        recorded_by=actor.name,
        recorded_at=now_utc(),
    )
    session.add(row)
    session.flush()
    _mark(session, patent.id)
    record(
        session,
        actor,
        "whitelist.flag.recorded",
        f"patent:{patent.id}",
        number=_number(patent),
        code=said.code.value,
        word=WORD_LABELS[said.word],
        source=row.source,
        on=said.effective_on,
    )
    return row


def _refuse_second(session: Session, patent: Patent, said: FlagSaid) -> None:
    twin = session.scalar(
        select(PatentFlag.id).where(
            PatentFlag.patent_id == patent.id,
            PatentFlag.code == said.code,
            PatentFlag.word == said.word,
            PatentFlag.effective_on == said.effective_on,
            PatentFlag.reference == said.reference.strip(),
            PatentFlag.withdrawn_on.is_(None),
        )
    )
    if twin is not None:
        raise Conflict(_("这件专利已有同一情形、同一结论、同一日期、同一文号的记录。"))


def _mark(session: Session, patent_id: int) -> None:
    firms = session.scalars(
        select(Applicant.enterprise_id)
        .join(PatentApplicant, PatentApplicant.applicant_id == Applicant.id)
        .where(PatentApplicant.patent_id == patent_id, Applicant.enterprise_id.is_not(None))
    )
    note_changed(session, [firm for firm in firms if firm is not None])


def _number(patent: Patent) -> str:
    return patent.application_number or patent.publication_root or ""


def _kept(
    session: Session, actor: Actor, row: PatentFlag, proof: Proof, title: Text, directory: Path
) -> Document:
    return issue_document(
        session,
        actor,
        kind=DocumentKind.PROOF,
        title=str(title),
        filename=proof.filename,
        content=proof.content,
        media_type=proof.media_type,
        subject=f"patent-flag:{row.id}",
        directory=directory,
    )
