"""What the firm does: file, supplement, withdraw. A request without proof is none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.corrections.items import FACT_ITEMS, ITEM_LABELS, PATENT_ITEMS, Item, wanted_ground, wanted_value
from ipfin.corrections.models import CorrectionProof, CorrectionRequest
from ipfin.corrections.rules import LONGEST_REASON, OPEN, RequestState, filed
from ipfin.corrections.service.moving import keep_act, locked, move, note_answers, tell_office
from ipfin.documents.models import DocumentKind
from ipfin.documents.proofs import Proof
from ipfin.documents.service import issue_document
from ipfin.kernel.actor import Actor, Role
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import BadInput, Conflict, NotAllowed
from ipfin.kernel.identifiers import parse_application_number
from ipfin.kernel.public_id import new_public_id
from ipfin.kernel.reasons import checked_reason
from ipfin.kernel.text import _
from ipfin.reference import work_calendar
from ipfin.registry.models import Enterprise, Patent
from ipfin.registry.pledge_grounds import PledgeFlag
from ipfin.registry.queries import facts_of, held_by
from ipfin.whitelist.gates import PLEDGE_FLAG_LABELS
from ipfin.whitelist.patent_flags import FlagStanding, FlagState
from ipfin.whitelist.queries.patent_flags import standings_of

MOST_PROOFS = 5


def file_request(
    session: Session,
    actor: Actor,
    enterprise: Enterprise,
    item: Item,
    *,
    wanted: str,
    reason: str,
    proofs: Sequence[Proof],
    directory: Path,
    on: date,
    patent: str = "",
    ground: str = "",
) -> CorrectionRequest:
    """File a request; what it contests is shown as contested from now on.

    Args:
        patent: the application number, for items about a patent.
        ground: the code of the refusal ground, for requests about one.
        directory: where documents lie.

    Raises:
        NotAllowed: the actor does not belong to the firm.
        BadInput: a value, the reason or the proof is missing or cannot be read.
        Conflict: the firm has an open request about the same.
    """
    _require_own(actor, enterprise.id)
    number = _own_number(session, enterprise, item, patent) if item in PATENT_ITEMS else ""
    about = wanted_ground(ground).value if item is Item.PATENT_FLAG else ""
    named = about or ("" if item is Item.PATENT_STATUS else number)
    value = wanted_value(item, named or wanted)
    said = checked_reason(reason, longest=LONGEST_REASON)
    _require_proofs(proofs, needed=True)
    _refuse_second(session, enterprise, item, number, about)
    progress = filed(on, work_calendar(session))
    request = CorrectionRequest(
        public_id=new_public_id(),
        enterprise_id=enterprise.id,
        item=item,
        patent=number,
        ground=about,
        stood=_stood(session, enterprise, item, number, about, on)[:300],
        wanted=value,
        reason=said,
        state=progress.state,
        filed_on=progress.filed_on,
        due_on=progress.due_on,
        filed_by_user_id=actor.user_id,
        filed_by=actor.name,
        filed_at=now_utc(),
    )
    session.add(request)
    session.flush()
    _keep_proofs(session, actor, request, proofs, directory)
    keep_act(session, actor, request, "filed", said)
    note_answers(session, request, on)
    subject = _("%(firm)s申请更正“%(item)s”", firm=enterprise.name, item=ITEM_LABELS[item])
    tell_office(session, request, "filed", subject)
    return request


def supplement(
    session: Session,
    actor: Actor,
    request: CorrectionRequest,
    *,
    note: str,
    proofs: Sequence[Proof],
    directory: Path,
    on: date,
) -> None:
    """Answer what the office asked for; the clock goes on.

    Raises:
        NotAllowed: the actor does not belong to the firm.
        BadInput: neither words nor proofs, or too many of them.
        InvalidTransition: nothing was asked.
    """
    _require_own(actor, request.enterprise_id)
    said = checked_reason(note, field="note", longest=LONGEST_REASON)
    _require_proofs(proofs, needed=False)
    request = locked(session, request)
    move(request, request.progress.supplemented(on, work_calendar(session)))
    _keep_proofs(session, actor, request, proofs, directory)
    keep_act(session, actor, request, "supplemented", said)
    subject = _(
        "%(firm)s已就“%(item)s”的更正申请补充材料",
        firm=request.enterprise.name,
        item=ITEM_LABELS[request.item],
    )
    tell_office(session, request, "supplemented", subject)


def withdraw(session: Session, actor: Actor, request: CorrectionRequest) -> None:
    """Take a request back; the flag goes.

    Raises:
        NotAllowed: the actor does not belong to the firm.
        InvalidTransition: it is closed.
    """
    _require_own(actor, request.enterprise_id)
    request = locked(session, request)
    move(request, request.progress.closed(RequestState.WITHDRAWN))
    note_answers(session, request, None)
    keep_act(session, actor, request, "withdrawn")


def value_now(session: Session, enterprise: Enterprise, item: Item, patent: str) -> str:
    """Return what stands there now, as it is kept; empty where nothing stands there."""
    if item in FACT_ITEMS:
        facts = [fact for fact in facts_of(session, enterprise.id) if fact.kind.value == item.value]
        if facts and item is Item.REGISTERED_CAPITAL:
            return f"{facts[0].number} {facts[0].word}"
        return "" if not facts else str(facts[0].number if facts[0].number is not None else facts[0].word)
    if item in PATENT_ITEMS:
        row = session.scalar(select(Patent).where(Patent.application_number == patent))
        return f"{patent} {row.title}" if row else patent
    value = getattr(enterprise, item.value, None)
    return "" if value is None else str(value)


def _stood(session: Session, enterprise: Enterprise, item: Item, patent: str, ground: str, on: date) -> str:
    """Return what is contested; of a ground that nobody found there, nothing is."""
    if not ground:
        return value_now(session, enterprise, item, patent)
    found = ground_now(session, patent, PledgeFlag(ground), on)
    return str(PLEDGE_FLAG_LABELS[found.code]) if found.state is FlagState.SHOWN else ""


def ground_now(session: Session, patent: str, ground: PledgeFlag, on: date) -> FlagStanding:
    """Return how a refusal ground of a patent stands on day `on`.

    Raises:
        NoResultFound: there is no such patent; a request about it could not be filed.
    """
    row = session.scalars(select(Patent).where(Patent.application_number == patent)).one()
    return next(each for each in standings_of(session, row, on) if each.code is ground)


def _require_own(actor: Actor, enterprise_id: int) -> None:
    if actor.role is not Role.ENTERPRISE or actor.enterprise_id != enterprise_id:
        raise NotAllowed(_("更正只能由企业自己的账号申请。"))


def _own_number(session: Session, enterprise: Enterprise, item: Item, patent: str) -> str:
    try:
        number = parse_application_number(patent).canonical
    except BadInput as error:
        raise BadInput(error.message, field="patent") from error
    holds = session.scalar(
        select(Patent.id).where(Patent.application_number == number, Patent.id.in_(held_by(enterprise.id)))
    )
    if item is Item.PATENT_MISSING and holds is not None:
        raise BadInput(_("这件专利已在本企业名下。"), field="patent")
    if item is not Item.PATENT_MISSING and holds is None:
        raise BadInput(_("本企业名下没有这件专利，请核对申请号。"), field="patent")
    return number


def _require_proofs(proofs: Sequence[Proof], *, needed: bool) -> None:
    if needed and not proofs:
        raise BadInput(_("请上传证明材料。"), field="proofs")
    if len(proofs) > MOST_PROOFS:
        raise BadInput(_("一次最多上传%(most)s份材料。", most=MOST_PROOFS), field="proofs")


def _refuse_second(session: Session, enterprise: Enterprise, item: Item, patent: str, ground: str) -> None:
    there = session.scalar(
        select(CorrectionRequest.id).where(
            CorrectionRequest.enterprise_id == enterprise.id,
            CorrectionRequest.item == item,
            CorrectionRequest.patent == patent,
            CorrectionRequest.ground == ground,
            CorrectionRequest.state.in_(sorted(OPEN)),
        )
    )
    if there is not None:
        raise Conflict(_("这一事项已有正在办理的申请，请在原申请中补充。"), field="item")


def _keep_proofs(
    session: Session, actor: Actor, request: CorrectionRequest, proofs: Sequence[Proof], directory: Path
) -> None:
    for proof in proofs:
        document = issue_document(
            session,
            actor,
            kind=DocumentKind.PROOF,
            title=_("更正申请证明材料"),
            filename=proof.filename,
            content=proof.content,
            media_type=proof.media_type,
            subject=f"correction:{request.id}",
            directory=directory,
            organisation_id=actor.organisation_id,
            issued_to=actor.organisation_name,
        )
        session.add(CorrectionProof(request_id=request.id, document_id=document.id))
    session.flush()
