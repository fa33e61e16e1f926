"""What the office does: ask the source, ask the firm, accept, refuse. Accepting writes what was asked for.

A correction is written with the request as its source: a dated fact names it as evidence, and the request
keeps what it replaced. No list overwrites it: a later one that says otherwise waits for a decision
(`registry.service.settling`).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.accounts.policy import P, require
from ipfin.corrections.items import FACT_ITEMS, FIRM_ITEMS, ITEM_LABELS, REGISTER_ITEMS, Item
from ipfin.corrections.models import CorrectionRequest
from ipfin.corrections.rules import LONGEST_REASON, RequestState
from ipfin.corrections.service.filing import ground_now
from ipfin.corrections.service.moving import keep_act, locked, move, note_answers, tell_firm
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import Conflict
from ipfin.kernel.identifiers import parse_credit_code
from ipfin.kernel.reasons import checked_reason
from ipfin.kernel.text import Text, _
from ipfin.reference import work_calendar
from ipfin.registry.applicants import ApplicantKind, name_key
from ipfin.registry.models import Applicant, Enterprise, FactKind, FactSource, Patent, PatentApplicant
from ipfin.registry.pledge_grounds import PledgeFlag
from ipfin.registry.service import note_changed, record_fact, write_search_text
from ipfin.registry.service.settling import change_holders, settle
from ipfin.whitelist.patent_flags import RECORDABLE, FlagState
from ipfin.whitelist.service.patent_flags import clear_by_request

_WORDS = frozenset(
    {
        Item.TITLE,
        Item.TAX_CREDIT,
        Item.PLEDGE_HISTORY,
        Item.LEGAL_FORM,
        Item.OPERATING_STATUS,
        Item.FORMER_NAMES,
    }
)  # facts that are words


def refer(session: Session, actor: Actor, request: CorrectionRequest, *, reason: str) -> None:
    """Ask the source of the fact: the answer is due after seven working days instead of three.

    Raises:
        NotAllowed: the actor handles no requests.
        BadInput: without saying whom was asked and why.
        InvalidTransition: it was referred before, waits for the firm, or is closed.
    """
    require(actor, P.OFFICE_CORRECTIONS_WRITE)
    said, request = checked_reason(reason, longest=LONGEST_REASON), locked(session, request)
    move(request, request.progress.referred(work_calendar(session)))
    keep_act(session, actor, request, "referred", said)
    tell_firm(
        session,
        request,
        "referred",
        _("“%(item)s”的更正申请已转来源单位核实", item=ITEM_LABELS[request.item]),
        _("将在%(day)s前答复。", day=request.due_on.isoformat()),
    )


def ask_for_more(
    session: Session, actor: Actor, request: CorrectionRequest, *, reason: str, on: date
) -> None:
    """Ask the firm for more; the clock stands still until it answers.

    Raises:
        NotAllowed: the actor handles no requests.
        BadInput: without saying what is missing.
        InvalidTransition: the firm was asked already, or it is closed.
    """
    require(actor, P.OFFICE_CORRECTIONS_WRITE)
    said, request = checked_reason(reason, longest=LONGEST_REASON), locked(session, request)
    move(request, request.progress.asked(on))
    keep_act(session, actor, request, "asked", said)
    subject = _("“%(item)s”的更正申请需要补充材料", item=ITEM_LABELS[request.item])
    tell_firm(session, request, "asked", subject, _("需要补充：%(what)s", what=said))


def refuse(session: Session, actor: Actor, request: CorrectionRequest, *, reason: str) -> None:
    """Refuse a request; nothing is written, and the flag goes.

    Raises:
        NotAllowed: the actor handles no requests.
        BadInput: without a reason.
        InvalidTransition: it is closed.
    """
    require(actor, P.OFFICE_CORRECTIONS_WRITE)
    said, request = checked_reason(reason, longest=LONGEST_REASON), locked(session, request)
    _close(session, actor, request, RequestState.REFUSED, said)
    note_answers(session, request, None)
    subject = _("“%(item)s”不予更正", item=ITEM_LABELS[request.item])
    tell_firm(session, request, "refused", subject, _("理由：%(why)s", why=said))


def accept(session: Session, actor: Actor, request: CorrectionRequest, *, reason: str, on: date) -> None:
    """Accept a request and write what it asks for.

    Raises:
        NotAllowed: the actor handles no requests.
        BadInput: without saying what was verified.
        Conflict: what is asked for cannot be written (another firm has the name or code, no such patent).
        InvalidTransition: the firm is still asked for more, or it is closed.
    """
    require(actor, P.OFFICE_CORRECTIONS_WRITE)
    said, request = checked_reason(reason, longest=LONGEST_REASON), locked(session, request)
    progress = request.progress.closed(RequestState.ACCEPTED)  # refuses before anything is written
    request.applied = _apply(session, actor, request, on)
    _close(session, actor, request, progress.state, said)
    subject = _("“%(item)s”已更正", item=ITEM_LABELS[request.item])
    tell_firm(session, request, "accepted", subject, _("核实结果：%(what)s", what=said))


def _close(
    session: Session, actor: Actor, request: CorrectionRequest, state: RequestState, conclusion: str
) -> None:
    move(request, request.progress.closed(state))
    request.conclusion = conclusion
    request.decided_by_user_id, request.decided_by = actor.user_id, actor.name
    request.decided_at = now_utc()
    keep_act(session, actor, request, state.value, conclusion)


# --- Writing ------------------------------------------------------------------------------------------


def _apply(session: Session, actor: Actor, request: CorrectionRequest, on: date) -> dict[str, Any] | None:
    """Write what is asked for; return what was written and what it replaced, None where nothing was."""
    firm = request.enterprise
    if request.item in FACT_ITEMS:
        return _fact(session, actor, request, on)
    if request.item in FIRM_ITEMS:
        written = _firm(session, firm, request.item, request.wanted)
        settle(session, actor, request.item.value, on=on, evidence=_evidence(request), enterprise_id=firm.id)
        return written
    if request.item is Item.PATENT_NOT_OURS:
        return _take_out(session, actor, request, _patent(session, request.patent), on)
    if request.item is Item.PATENT_MISSING:
        return _put_in(session, actor, request, _patent(session, request.patent), on)
    if request.item is Item.PATENT_FLAG:
        return _clear(session, actor, request, on)
    return None


def _clear(session: Session, actor: Actor, request: CorrectionRequest, on: date) -> dict[str, Any] | None:
    """Record that a refusal ground is not there; state and pledge are corrected in their lists first."""
    ground = PledgeFlag(request.ground)
    if ground in RECORDABLE:
        patent = _patent(session, request.patent)
        row = clear_by_request(session, actor, patent, ground, request=request.public_id, on=on)
        return {"flag": row.id, "code": ground.value}
    if ground_now(session, request.patent, ground, on).state is FlagState.SHOWN:
        raise Conflict(_("专利状态和质押以名单为准：请先导入更正后的专利名单或质押登记名单，再在此结案。"))
    return None


def _fact(session: Session, actor: Actor, request: CorrectionRequest, on: date) -> dict[str, Any]:
    number, word = _kept(request.item, request.wanted)
    # Where nothing stood, nothing was corrected: the firm declared it, and the office verified the proof.
    is_new = not request.contests
    fact = record_fact(
        session,
        actor,
        request.enterprise,
        FactKind(request.item.value),
        as_of=on,
        source=FactSource.DECLARED if is_new else FactSource.CORRECTION,
        number=number,
        word=word,
        evidence=_evidence(request),
    )
    if request.item in REGISTER_ITEMS:
        settle(
            session,
            actor,
            request.item.value,
            on=on,
            evidence=_evidence(request),
            enterprise_id=request.enterprise_id,
        )
    if request.item is Item.FORMER_NAMES:  # whoever searches for one finds the firm
        write_search_text(request.enterprise)
    return {"fact": fact.id, "before": request.stood, "after": request.wanted}


def _kept(item: Item, wanted: str) -> tuple[Decimal | None, str]:
    """Return number and word of the fact that a wanted value becomes."""
    if item is Item.REGISTERED_CAPITAL:
        amount, _space, currency = wanted.partition(" ")
        return Decimal(amount), currency
    return (None, wanted) if item in _WORDS else (Decimal(wanted), "")


def _firm(session: Session, firm: Enterprise, item: Item, wanted: str) -> dict[str, Any]:
    before = getattr(firm, item.value)
    if item is Item.NAME:
        _refuse_taken(session, firm, Enterprise.name_key == name_key(wanted))
        firm.name, firm.name_key = wanted, name_key(wanted)
    elif item is Item.CREDIT_CODE:
        _refuse_taken(session, firm, Enterprise.credit_code == wanted)
        firm.credit_code, firm.credit_code_checks = wanted, parse_credit_code(wanted).check_is_right
    elif item is Item.ESTABLISHED:
        firm.established_on = date.fromisoformat(wanted)
    elif item is Item.INDUSTRY:
        firm.industry_code = wanted
    else:
        firm.address = wanted
    write_search_text(firm)
    note_changed(session, [firm.id])
    return {"field": item.value, "before": None if before is None else str(before), "after": wanted}


def _refuse_taken(session: Session, firm: Enterprise, condition: Any) -> None:
    other = session.scalar(select(Enterprise.name).where(condition, Enterprise.id != firm.id))
    if other is not None:
        raise Conflict(_("%(name)s已用这一名称或代码，请先在“归并”中处理。", name=other))


def _patent(session: Session, number: str) -> Patent:
    found = session.scalar(select(Patent).where(Patent.application_number == number))
    if found is None:
        raise Conflict(_("平台还没有专利%(number)s，请先导入含该专利的名单。", number=number))
    return found


def _take_out(
    session: Session, actor: Actor, request: CorrectionRequest, patent: Patent, on: date
) -> dict[str, Any]:
    holding = _holding(session, patent)
    taken = [
        {"applicant": applicant, "position": place}
        for place, (applicant, firm_id) in enumerate(holding)
        if firm_id == request.enterprise_id
    ]
    if not taken:
        raise Conflict(_("专利%(number)s已不在本企业名下。", number=request.patent))
    left = [applicant for applicant, firm_id in holding if firm_id != request.enterprise_id]
    change_holders(session, actor, patent, left, on=on, evidence=_evidence(request))
    return {"patent": patent.id, "taken_out": taken}


def _put_in(
    session: Session, actor: Actor, request: CorrectionRequest, patent: Patent, on: date
) -> dict[str, Any]:
    firm = request.enterprise
    own = session.scalars(
        select(Applicant).where(Applicant.enterprise_id == firm.id).order_by(Applicant.id)
    ).first()
    if own is None:
        own = Applicant(
            name=firm.name, name_key=name_key(firm.name), kind=ApplicantKind.COMPANY, enterprise=firm
        )
        session.add(own)
        session.flush()
    put_in = {"applicant": own.id, "position": 0}
    holding = [applicant for applicant, _firm_id in _holding(session, patent)]
    put_in["position"] = len(holding)
    change_holders(session, actor, patent, [*holding, own.id], on=on, evidence=_evidence(request))
    return {"patent": patent.id, "put_in": put_in}


def _holding(session: Session, patent: Patent) -> list[tuple[int, int | None]]:
    """Return the applicants that hold a patent, in order, with the firm that each is taken for."""
    rows = session.execute(
        select(Applicant.id, Applicant.enterprise_id)
        .join(PatentApplicant, PatentApplicant.applicant_id == Applicant.id)
        .where(PatentApplicant.patent_id == patent.id)
        .order_by(PatentApplicant.position)
    )
    return [(applicant, firm_id) for applicant, firm_id in rows]


def _evidence(request: CorrectionRequest) -> Text:
    return _("更正申请%(id)s", id=request.public_id)
