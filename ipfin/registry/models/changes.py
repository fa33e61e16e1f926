"""Marks of firms about which something changed that figures are computed from."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from ipfin.db import Base


class EnterpriseChange(Base):
    """Something changed of a firm since it was scored (变动标记); the run that sees the mark takes it off.

    A firm may have many marks: writers never wait for one another.
    """

    __tablename__ = "enterprise_change"
    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id", ondelete="CASCADE"), index=True)
