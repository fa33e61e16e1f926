"""What a person recorded, with a document, of the refusal grounds of single patents, as rows."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ipfin.db import Base, words
from ipfin.registry.pledge_grounds import FlagEnd, FlagWord, PledgeFlag

if TYPE_CHECKING:
    from ipfin.registry.models import Patent


class PatentFlag(Base):
    """A dated record that a refusal ground of a pledge is there, or was found not to be (质押登记情形).

    It rests on a document of its own or on the firm's request for correction that it names.
    """

    __tablename__ = "patent_flag"
    __table_args__ = (
        CheckConstraint("expires_on IS NULL OR expires_on > effective_on", name="expires_later"),
        CheckConstraint("withdrawn_on IS NULL OR withdrawn_on >= effective_on", name="ends_later"),
        CheckConstraint("(withdrawn_on IS NULL) = (ended_as IS NULL)", name="ended_with_a_reason"),
        CheckConstraint("source <> ''", name="has_a_source"),
        Index("ix_patent_flag_patent", "patent_id", "code"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    patent_id: Mapped[int] = mapped_column(ForeignKey("patent.id"))
    code: Mapped[PledgeFlag] = mapped_column(words(PledgeFlag))
    word: Mapped[FlagWord] = mapped_column(words(FlagWord))
    source: Mapped[str] = mapped_column(String(200))
    reference: Mapped[str] = mapped_column(String(120), default="")
    evidence: Mapped[str] = mapped_column(String(300), default="")
    effective_on: Mapped[date]
    expires_on: Mapped[date | None]  # first day on which it no longer counts
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    request: Mapped[str] = mapped_column(String(24), default="")  # the firm's request that brought it
    withdrawn_on: Mapped[date | None]
    ended_as: Mapped[FlagEnd | None] = mapped_column(words(FlagEnd))
    withdrawn_reason: Mapped[str] = mapped_column(String(300), default="")
    ended_by: Mapped[str] = mapped_column(String(200), default="")
    proof_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))  # of what ended it
    recorded_by_user_id: Mapped[int | None]
    recorded_by: Mapped[str] = mapped_column(String(200))
    recorded_at: Mapped[datetime]
    patent: Mapped[Patent] = relationship()
