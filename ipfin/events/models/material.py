"""Files that belong to an event, as rows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ipfin.db import Base, words
from ipfin.documents.models import Document
from ipfin.events.materials import Audience


class EventMaterial(Base):
    """A file of an event (会议资料) and who may take it. One that was removed keeps its row."""

    __tablename__ = "event_material"
    __table_args__ = (
        CheckConstraint("(removed_at IS NULL) = (removed_by = '')", name="removed_by_somebody"),
        Index("ix_event_material_event", "event_id", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), unique=True)
    title: Mapped[str] = mapped_column(String(120))
    audience: Mapped[Audience] = mapped_column(words(Audience))
    added_by: Mapped[str] = mapped_column(String(200))
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    removed_by: Mapped[str] = mapped_column(String(200), default="")
    lock_version: Mapped[int] = mapped_column(default=1)
    document: Mapped[Document] = relationship()
    __mapper_args__ = {"version_id_col": lock_version}
