"""Objections to public notices, and what they hold against a publication."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from ipfin.kernel.errors import NotFound
from ipfin.kernel.text import _
from ipfin.registry.models import Enterprise
from ipfin.whitelist.admission import EntryOutcome, RoundState
from ipfin.whitelist.models import RoundEntry, RoundObjection, WhitelistRound
from ipfin.whitelist.notice import ObjectionState
from ipfin.whitelist.publication import NoticeCase


def notice_case(session: Session, round_: WhitelistRound) -> NoticeCase:
    """Return what became of a round's notice, for the guard."""
    return NoticeCase(
        notice=round_.notice,
        open_objections=_count(session, round_.id, ObjectionState.OPEN, of_all=False),
        upheld_against_all=_count(session, round_.id, ObjectionState.UPHELD, of_all=True),
    )


def _count(session: Session, round_id: int, state: ObjectionState, *, of_all: bool) -> int:
    statement = (
        select(func.count())
        .select_from(RoundObjection)
        .where(RoundObjection.round_id == round_id, RoundObjection.state == state)
    )
    if of_all:
        statement = statement.where(RoundObjection.enterprise_id.is_(None))
    return session.scalar(statement) or 0


def objected_firms(session: Session, round_id: int) -> frozenset[int]:
    """Return the firms against which an objection was found right."""
    rows = session.scalars(
        select(RoundObjection.enterprise_id).where(
            RoundObjection.round_id == round_id,
            RoundObjection.state == ObjectionState.UPHELD,
            RoundObjection.enterprise_id.is_not(None),
        )
    )
    return frozenset(row for row in rows if row is not None)


def rounds_under_notice(session: Session) -> Sequence[WhitelistRound]:
    """Return the rounds that everybody may read and object to, the latest first."""
    return session.scalars(
        select(WhitelistRound)
        .where(WhitelistRound.state == RoundState.NOTICED)
        .order_by(WhitelistRound.number.desc())
    ).all()


def named_firms(session: Session, round_id: int) -> Sequence[Enterprise]:
    """Return the firms that a notice names, by name."""
    return session.scalars(
        select(Enterprise)
        .join(RoundEntry, RoundEntry.enterprise_id == Enterprise.id)
        .where(RoundEntry.round_id == round_id, RoundEntry.outcome == EntryOutcome.ADMITTED)
        .order_by(Enterprise.pinyin_key, Enterprise.id)
    ).all()


def objections(session: Session, *, is_open: bool, limit: int = 200) -> Sequence[RoundObjection]:
    """Return the objections that wait, the most urgent first, or the answered ones, the last first."""
    statement = select(RoundObjection).options(
        joinedload(RoundObjection.round), joinedload(RoundObjection.enterprise)
    )
    if is_open:
        statement = statement.where(RoundObjection.state == ObjectionState.OPEN)
        statement = statement.order_by(RoundObjection.due_on, RoundObjection.id)
    else:
        statement = statement.where(RoundObjection.state != ObjectionState.OPEN)
        statement = statement.order_by(RoundObjection.answered_at.desc(), RoundObjection.id.desc())
    return session.scalars(statement.limit(limit)).all()


def objection_by_public_id(session: Session, public_id: str) -> RoundObjection:
    """Return an objection.

    Raises:
        NotFound: there is none with this id.
    """
    found = session.scalar(select(RoundObjection).where(RoundObjection.public_id == public_id))
    if found is None:
        raise NotFound(_("没有这件异议，请核对回执号。"))
    return found
