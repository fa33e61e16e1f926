"""Firms that an institution proposed for the whitelist, until a round takes them as candidates."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ipfin.db import Base
from ipfin.registry.models import Enterprise


class CandidateProposal(Base):
    """A firm that an institution proposed and the office confirmed (机构推荐候选).

    `round_id` is the round that has it among its candidates; None while it waits for the next one. The
    institution stands by its name of that day.
    """

    __tablename__ = "candidate_proposal"
    __table_args__ = (Index("ix_candidate_proposal_waiting", "round_id", "enterprise_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    organisation_name: Mapped[str] = mapped_column(String(200))
    round_id: Mapped[int | None] = mapped_column(ForeignKey("whitelist_round.id"))
    confirmed_on: Mapped[date]
    confirmed_by_user_id: Mapped[int | None]
    confirmed_by: Mapped[str] = mapped_column(String(200))
    confirmed_at: Mapped[datetime]
    enterprise: Mapped[Enterprise] = relationship()
