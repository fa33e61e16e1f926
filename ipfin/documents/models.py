"""Issued documents as rows: what left the house, for whom, and the code by which it is verified."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from ipfin.db import Base, words


class DocumentKind(StrEnum):
    """What an issued document (文档) is."""

    DIRECTORY_SHEET = "directory_sheet"  # 名录表格
    DIRECTORY_LISTING = "directory_listing"  # 名录 PDF
    COVER_LETTER = "cover_letter"  # 函
    EXPORT_SHEET = "export_sheet"  # 筛选结果表格
    EXPORT_LISTING = "export_listing"  # 筛选结果 PDF
    AGENDA = "agenda"  # 会谈日程
    EVENT_PACK = "event_pack"  # 会务包
    SCORE_SHEET = "score_sheet"  # 评分说明
    ENTERPRISE_PROFILE = "enterprise_profile"  # 企业简介
    ERROR_SHEET = "error_sheet"  # 错误行
    AUTHORISATION = "authorisation"  # 数据授权书
    MODEL_BOOK = "model_book"  # 评分模型说明书
    PROOF = "proof"  # 企业证明材料
    EVENT_REPORT = "event_report"  # 活动成果报告
    EVENT_MINUTES = "event_minutes"  # 会议纪要
    EVENT_MATERIAL = "event_material"  # 会议资料
    CERTIFICATE = "certificate"  # 培训证书
    TIMETABLE_PROOF = "timetable_proof"  # 排期证明


class Document(Base):
    """One file that was issued. The bytes lie under a generated name; the row says what they are."""

    __tablename__ = "document"
    id: Mapped[int] = mapped_column(primary_key=True)
    verify_code: Mapped[str] = mapped_column(String(24), unique=True)  # random; printed on the document
    kind: Mapped[DocumentKind] = mapped_column(words(DocumentKind))
    title: Mapped[str] = mapped_column(String(300))
    filename: Mapped[str] = mapped_column(String(200))  # as the person saves it
    media_type: Mapped[str] = mapped_column(String(100))
    stored_name: Mapped[str] = mapped_column(String(80))
    sha256: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int]
    subject: Mapped[str] = mapped_column(String(120), index=True)  # "issue:3"
    organisation_id: Mapped[int | None] = mapped_column(index=True)  # for whom; None: the office's own
    issued_to: Mapped[str] = mapped_column(String(200), default="")
    issued_by: Mapped[str] = mapped_column(String(200))
    issued_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    purpose: Mapped[str] = mapped_column(String(120), default="")
    row_count: Mapped[int | None]
    is_synthetic: Mapped[bool] = mapped_column(default=False)
