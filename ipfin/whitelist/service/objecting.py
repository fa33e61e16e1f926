"""Objections to a round under public notice: filed by anybody, answered by the office.

Every act is recorded without what was said and by whom: an audit entry can never be deleted, so no name
and no contact of a person may stand in it.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ipfin.accounts.service import house_of
from ipfin.audit.service import record
from ipfin.config import Settings
from ipfin.documents.models import Document, DocumentKind
from ipfin.documents.proofs import Proof
from ipfin.documents.service import issue_document
from ipfin.kernel.actor import Actor, Role
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import Conflict, NotFound
from ipfin.kernel.public_id import new_public_id
from ipfin.kernel.reasons import checked_reason
from ipfin.kernel.text import _
from ipfin.notices.service import tell_role
from ipfin.reference import work_calendar
from ipfin.whitelist.admission import EntryOutcome, RoundState
from ipfin.whitelist.models import RoundEntry, RoundObjection, WhitelistRound
from ipfin.whitelist.notice import (
    OBJECTION_LIFECYCLE,
    ObjectionState,
    ObjectionWords,
    answer_due,
)

CONTACT: Final = "round objection contact"  # what the key is derived for
LONGEST_ANSWER: Final = 1000  # what the column keeps
MOST_OPEN: Final = 500  # of one round: beyond that somebody floods the office


def file_objection(
    session: Session,
    actor: Actor,
    round_: WhitelistRound,
    said: ObjectionWords,
    *,
    enterprise_id: int | None,
    evidence: Proof | None,
    on: date,
    directory: Path,
    settings: Settings | None = None,
) -> RoundObjection:
    """File an objection to a notice, against one of the named firms or the whole list.

    Raises:
        BadInput: see `ObjectionWords.checked`.
        NotFound: the round is not under notice, or does not name the firm.
        Conflict: the notice is over, or far too many objections wait.
    """
    tidy = said.checked()
    notice = round_.notice
    if round_.state is not RoundState.NOTICED or notice is None:
        raise NotFound(_("没有正在公示的这一批次。"))
    if not notice.takes_objections(on):
        raise Conflict(_("公示期已于%(last)s结束，不再受理异议。", last=notice.last_day.isoformat()))
    if enterprise_id is not None and not _is_named(session, round_, enterprise_id):
        raise NotFound(_("本次公示没有这家企业。"))
    _refuse_flood(session, round_)
    objection = RoundObjection(
        public_id=new_public_id(),
        round_id=round_.id,
        enterprise_id=enterprise_id,
        name=tidy.name,
        contact_sealed=house_of(settings).sealer.seal(tidy.contact, CONTACT),
        reason=tidy.reason,
        state=ObjectionState.OPEN,
        filed_on=on,
        filed_at=now_utc(),
        due_on=answer_due(on, work_calendar(session)),
    )
    session.add(objection)
    session.flush()
    if evidence is not None:
        objection.evidence_id = _kept(session, actor, objection, evidence, directory).id
        session.flush()
    record(
        session,
        actor,
        "whitelist.objection.filed",
        f"round:{round_.id}",
        number=round_.number,
        objection=objection.public_id,
    )
    _tell_office(session, round_, objection)
    return objection


def _is_named(session: Session, round_: WhitelistRound, enterprise_id: int) -> bool:
    return (
        session.scalar(
            select(RoundEntry.id).where(
                RoundEntry.round_id == round_.id,
                RoundEntry.enterprise_id == enterprise_id,
                RoundEntry.outcome == EntryOutcome.ADMITTED,
            )
        )
        is not None
    )


def _refuse_flood(session: Session, round_: WhitelistRound) -> None:
    waiting = session.scalar(
        select(func.count())
        .select_from(RoundObjection)
        .where(RoundObjection.round_id == round_.id, RoundObjection.state == ObjectionState.OPEN)
    )
    if (waiting or 0) >= MOST_OPEN:
        raise Conflict(_("待答复的异议过多，请改用电话或信函向发布单位反映。"))


def _kept(
    session: Session, actor: Actor, objection: RoundObjection, evidence: Proof, directory: Path
) -> Document:
    return issue_document(
        session,
        actor,
        kind=DocumentKind.PROOF,
        title=str(_("异议证明材料")),
        filename=evidence.filename,
        content=evidence.content,
        media_type=evidence.media_type,
        subject=f"objection:{objection.id}",
        directory=directory,
    )


def _tell_office(session: Session, round_: WhitelistRound, objection: RoundObjection) -> None:
    tell_role(
        session,
        [Role.CITY_OFFICER],
        f"objection:{objection.public_id}",
        _("白名单第%(number)s批公示收到异议", number=round_.number),
        _("请在%(day)s前答复；答复前不能发布。", day=objection.due_on.isoformat()),
        f"/office/objections/{objection.public_id}",
    )


def answer_objection(
    session: Session, actor: Actor, objection: RoundObjection, *, is_upheld: bool, answer: str
) -> None:
    """Answer an objection: it is right or it is not, with the reason that its author is told.

    Raises:
        BadInput: without words, or with more than are kept.
        InvalidTransition: it was answered already.
    """
    said = checked_reason(answer, field="answer", longest=LONGEST_ANSWER)
    wanted = select(RoundObjection).where(RoundObjection.id == objection.id).with_for_update()
    found = session.scalars(wanted.execution_options(populate_existing=True)).one()
    target = ObjectionState.UPHELD if is_upheld else ObjectionState.DISMISSED
    found.state = OBJECTION_LIFECYCLE.advance(found.state, target)
    found.answer = said
    found.answered_by_user_id, found.answered_by, found.answered_at = actor.user_id, actor.name, now_utc()
    session.flush()
    record(
        session,
        actor,
        f"whitelist.objection.{target.value}",
        f"round:{found.round_id}",
        number=found.round.number,
        objection=found.public_id,
    )


def reseal_objections(session: Session, *, settings: Settings | None = None) -> int:
    """Bring every author's contact under the present key; return how many rows changed."""
    sealer = house_of(settings).sealer
    count = 0
    for row in session.scalars(select(RoundObjection)):
        sealed = sealer.reseal(row.contact_sealed, CONTACT)
        count += sealed != row.contact_sealed
        row.contact_sealed = sealed
    session.flush()
    return count


def reveal_contact(
    session: Session, actor: Actor, objection: RoundObjection, *, settings: Settings | None = None
) -> str:
    """Return how the author is reached, and note who looked.

    Raises:
        CannotOpen: the key is not here.
    """
    contact = house_of(settings).sealer.open_sealed(objection.contact_sealed, CONTACT)
    record(
        session,
        actor,
        "whitelist.objection.revealed",
        f"round:{objection.round_id}",
        number=objection.round.number,
        objection=objection.public_id,
    )
    return contact
