"""Numbered directory issues and their deliveries, as rows. An issue's lines are frozen when it is made."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ipfin.db import Base, words
from ipfin.documents.models import Document
from ipfin.reports.directory import IssueState, LeftReason, LineChange
from ipfin.reports.schedule import Frequency
from ipfin.reports.tiers import FieldTier


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
    scope: Mapped[dict[str, Any]] = mapped_column(default=dict)  # IssueScope.as_json, frozen
    recipients: Mapped[dict[str, Any]] = mapped_column(default=dict)  # RecipientChoice.as_json, frozen
    compared_with: Mapped[int | None]  # number of the issue that it was compared with
    # The period that the schedule prepared it for; None when a person did.
    period: Mapped[str | None] = mapped_column(String(10), index=True, unique=True)
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
    before: Mapped[dict[str, Any] | None]  # changed facts only, old values
    left_reason: Mapped[LeftReason | None] = mapped_column(words(LeftReason))


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
    reminded_at: Mapped[datetime | None]  # told once that the receipt is overdue
    tier: Mapped[FieldTier] = mapped_column(words(FieldTier), default=FieldTier.GRADED)
    # The firms whose declared data stand in this copy, by consent in force when it was made.
    consented_ids: Mapped[list[Any]] = mapped_column(default=list)
    issue: Mapped[DirectoryIssue] = relationship()
    sheet_document: Mapped[Document] = relationship(foreign_keys=[sheet_document_id])
    listing_document: Mapped[Document] = relationship(foreign_keys=[listing_document_id])
    letter_document: Mapped[Document] = relationship(foreign_keys=[letter_document_id])


class DirectorySchedule(Base):
    """When the directory is prepared by itself, and how (自动编制设置): one row, or none."""

    __tablename__ = "directory_schedule"
    __table_args__ = (
        CheckConstraint("id = 1", name="one_row"),
        CheckConstraint("day BETWEEN 1 AND 28", name="day_of_every_month"),
        CheckConstraint("remind_after_days BETWEEN 0 AND 60", name="remind_range"),
    )
    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    frequency: Mapped[Frequency] = mapped_column(words(Frequency))
    day: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    scope: Mapped[dict[str, Any]]
    recipients: Mapped[dict[str, Any]]
    # Working days after the delivery; 0: nobody is reminded.
    remind_after_days: Mapped[int]
    since: Mapped[date]
    last_period: Mapped[str] = mapped_column(String(10), default="")  # dealt with, made or not
    updated_by: Mapped[str] = mapped_column(String(200))
    updated_at: Mapped[datetime]
    lock_version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": lock_version}
