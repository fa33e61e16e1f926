"""Numbered directory issues and their deliveries, as rows. An issue's lines are frozen when it is made."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ipfin.db import Base, words
from ipfin.documents.models import Document
from ipfin.reports.directory import IssueState, LineChange


class DirectoryIssue(Base):
    """One issue of the directory of firms with granted patents (授权专利企业名录第 n 期)."""

    __tablename__ = "directory_issue"
    __table_args__ = (
        CheckConstraint(
            "approved_by_user_id IS NULL OR approved_by_user_id <> submitted_by_user_id", name="two_persons"
        ),
        CheckConstraint("lines_count >= 0", name="lines_not_negative"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    title: Mapped[str] = mapped_column(String(200))
    state: Mapped[IssueState] = mapped_column(words(IssueState))
    as_of: Mapped[date]
    lines_count: Mapped[int]
    patents_count: Mapped[int]  # valid patents listed, the sum over the lines
    admitted_count: Mapped[int]
    # Firms left out only because no list told whether their patents are in force.
    unverified_count: Mapped[int] = mapped_column(default=0)
    content_sha256: Mapped[str] = mapped_column(String(64))
    prepared_by: Mapped[str] = mapped_column(String(200))
    submitted_by_user_id: Mapped[int | None]
    submitted_by: Mapped[str] = mapped_column(String(200), default="")
    approved_by_user_id: Mapped[int | None]
    approved_by: Mapped[str] = mapped_column(String(200), default="")
    published_at: Mapped[datetime | None]
    recalled_at: Mapped[datetime | None]
    recall_reason: Mapped[str] = mapped_column(String(300), default="")
    is_synthetic: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    lock_version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": lock_version}


class DirectoryLine(Base):
    """One firm in one issue, as it stood then; a firm that left keeps its last line."""

    __tablename__ = "directory_line"
    __table_args__ = (
        UniqueConstraint("issue_id", "enterprise_id"),
        Index("ix_directory_line_order", "issue_id", "position"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("directory_issue.id"))
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"), index=True)
    position: Mapped[int]  # 0 for a firm that left
    change: Mapped[LineChange] = mapped_column(words(LineChange))
    facts: Mapped[dict[str, Any]]


class DirectoryDelivery(Base):
    """An issue handed to one institution (名录送达): its files and its receipt."""

    __tablename__ = "directory_delivery"
    __table_args__ = (UniqueConstraint("issue_id", "organisation_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("directory_issue.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    sheet_document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    listing_document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    letter_document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    delivered_at: Mapped[datetime]
    received_at: Mapped[datetime | None]
    received_by: Mapped[str] = mapped_column(String(200), default="")
    issue: Mapped[DirectoryIssue] = relationship()
    sheet_document: Mapped[Document] = relationship(foreign_keys=[sheet_document_id])
    listing_document: Mapped[Document] = relationship(foreign_keys=[listing_document_id])
    letter_document: Mapped[Document] = relationship(foreign_keys=[letter_document_id])
