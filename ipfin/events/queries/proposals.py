"""What the office proposed and fixed, with what both sides said of it.

A side is told that it was asked, what it answered and whether the other wishes to meet it; never more. Both
answers together are read for the office only.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager

from ipfin.events.lifecycle import RegistrationState, Side
from ipfin.events.models import FixedMeeting, MeetingProposal, Registration, Wish
from ipfin.events.proposals import Answer, answer_of
from ipfin.kernel.errors import NotFound
from ipfin.kernel.text import _


@dataclass(frozen=True, slots=True)
class ProposalLine:
    """A standing proposal and both answers, for the office."""

    proposal: MeetingProposal
    by_enterprise: Answer
    by_institution: Answer

    @property
    def is_agreed(self) -> bool:
        """Whether both sides accepted: the pair may meet."""
        return self.by_enterprise is self.by_institution is Answer.ACCEPTED

    @property
    def is_refused(self) -> bool:
        """Whether a side declined: the pair never meets."""
        return Answer.DECLINED in (self.by_enterprise, self.by_institution)


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposal as one side sees it: the other, its own answer, and whether the other asks for it."""

    proposal: MeetingProposal
    other: Registration
    answer: Answer
    asks: bool


def proposals_of(session: Session, event_id: int, visible: ColumnElement[bool]) -> list[ProposalLine]:
    """Return an event's standing proposals between confirmed participants, the latest first.

    Args:
        visible: which firms' registrations the reader may see.
    """
    firm, house = aliased(Registration), aliased(Registration)
    by_firm, by_house = aliased(Wish), aliased(Wish)
    mine = select(Registration.id).where(Registration.event_id == event_id, visible)
    rows = session.execute(
        select(MeetingProposal, by_firm.strength, by_house.strength)
        .join(firm, MeetingProposal.enterprise_registration.of_type(firm))
        .join(house, MeetingProposal.institution_registration.of_type(house))
        .outerjoin(by_firm, _said(by_firm, firm, house))
        .outerjoin(by_house, _said(by_house, house, firm))
        .options(
            contains_eager(MeetingProposal.enterprise_registration.of_type(firm)),
            contains_eager(MeetingProposal.institution_registration.of_type(house)),
        )
        .where(
            MeetingProposal.event_id == event_id,
            MeetingProposal.withdrawn_at.is_(None),
            firm.state == RegistrationState.CONFIRMED,
            house.state == RegistrationState.CONFIRMED,
            firm.id.in_(mine),
        )
        .order_by(MeetingProposal.id.desc())
    )
    return [ProposalLine(row, answer_of(a), answer_of(b)) for row, a, b in rows]


def _said(wish: type[Wish], wisher: type[Registration], wished: type[Registration]) -> ColumnElement[bool]:
    return and_(wish.from_registration_id == wisher.id, wish.to_registration_id == wished.id)


def proposals_to(session: Session, registration: Registration) -> list[Proposed]:
    """Return what the office proposes to a confirmed participant, the oldest first."""
    if registration.state is not RegistrationState.CONFIRMED:
        return []
    own, far = _columns(registration.side)
    other, said, heard = aliased(Registration), aliased(Wish), aliased(Wish)
    rows = session.execute(
        select(MeetingProposal, other, said.strength, heard.strength)
        .join(other, other.id == far)
        .outerjoin(
            said, and_(said.from_registration_id == registration.id, said.to_registration_id == other.id)
        )
        .outerjoin(
            heard, and_(heard.from_registration_id == other.id, heard.to_registration_id == registration.id)
        )
        .where(
            own == registration.id,
            MeetingProposal.withdrawn_at.is_(None),
            other.state == RegistrationState.CONFIRMED,
        )
        .order_by(MeetingProposal.id)
    )
    return [Proposed(row, far_side, answer_of(mine), bool(theirs)) for row, far_side, mine, theirs in rows]


def _columns(side: Side) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """Return the columns of one's own registration and of the other's."""
    firm, house = MeetingProposal.enterprise_registration_id, MeetingProposal.institution_registration_id
    return (firm, house) if side is Side.ENTERPRISE else (house, firm)  # type: ignore[return-value]


def proposal_by_id(session: Session, event_id: int, proposal_id: int) -> MeetingProposal:
    """Return a standing proposal of an event.

    Raises:
        NotFound: there is none.
    """
    found = session.scalar(
        select(MeetingProposal).where(
            MeetingProposal.id == proposal_id,
            MeetingProposal.event_id == event_id,
            MeetingProposal.withdrawn_at.is_(None),
        )
    )
    if found is None:
        raise NotFound(_("没有这项提议，或已撤回。"))
    return found


def standing_proposals(session: Session, event_id: int) -> set[tuple[int, int]]:
    """Return (institution, enterprise) of every standing proposal of an event."""
    rows = session.execute(
        select(MeetingProposal.institution_registration_id, MeetingProposal.enterprise_registration_id).where(
            MeetingProposal.event_id == event_id, MeetingProposal.withdrawn_at.is_(None)
        )
    )
    return {(house, firm) for house, firm in rows}


def fixed_meetings_of(session: Session, event_id: int) -> Sequence[FixedMeeting]:
    """Return the fixed meetings of an event between confirmed participants, by slot."""
    firm, house = aliased(Registration), aliased(Registration)
    return session.scalars(
        select(FixedMeeting)
        .join(firm, FixedMeeting.enterprise_registration.of_type(firm))
        .join(house, FixedMeeting.institution_registration.of_type(house))
        .options(
            contains_eager(FixedMeeting.enterprise_registration.of_type(firm)),
            contains_eager(FixedMeeting.institution_registration.of_type(house)),
        )
        .where(
            FixedMeeting.event_id == event_id,
            firm.state == RegistrationState.CONFIRMED,
            house.state == RegistrationState.CONFIRMED,
        )
        .order_by(FixedMeeting.slot.asc().nulls_last(), FixedMeeting.id)
    ).all()


def fixed_meeting_by_id(session: Session, event_id: int, fixed_id: int) -> FixedMeeting:
    """Return a fixed meeting of an event.

    Raises:
        NotFound: there is none.
    """
    found = session.scalar(
        select(FixedMeeting).where(FixedMeeting.id == fixed_id, FixedMeeting.event_id == event_id)
    )
    if found is None:
        raise NotFound(_("没有这项指定洽谈。"))
    return found


def words_between(session: Session, firm_id: int, house_id: int) -> tuple[int | None, int | None]:
    """Return what a firm and an institution (registrations) said of each other; None for nothing."""
    both: Collection[int] = (firm_id, house_id)
    rows = session.execute(
        select(Wish.from_registration_id, Wish.strength).where(
            or_(
                and_(Wish.from_registration_id == firm_id, Wish.to_registration_id == house_id),
                and_(Wish.from_registration_id == house_id, Wish.to_registration_id == firm_id),
            )
        )
    )
    said = {wisher: strength for wisher, strength in rows if wisher in both}
    return said.get(firm_id), said.get(house_id)
