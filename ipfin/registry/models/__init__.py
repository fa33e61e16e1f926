"""Enterprises, patents, applicants and the lists they come from, as rows.

Decides what is kept of each and what can never be inconsistent (constraints); how a list is read and
what a status means is decided in the pure modules beside this one.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    Numeric,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ipfin.db import Base, words
from ipfin.kernel.identifiers import PatentKind
from ipfin.registry.applicants import ApplicantKind
from ipfin.registry.fact_kinds import BETWEEN_NAMES as BETWEEN_NAMES
from ipfin.registry.fact_kinds import FACT_KIND_LABELS as FACT_KIND_LABELS
from ipfin.registry.fact_kinds import FactKind as FactKind
from ipfin.registry.fact_kinds import FactSource as FactSource
from ipfin.registry.lifecycle import BatchState, RowOutcome
from ipfin.registry.list_kinds import ListKind
from ipfin.registry.models.changes import EnterpriseChange as EnterpriseChange
from ipfin.registry.models.flags import PatentFlag as PatentFlag
from ipfin.registry.models.merging import EnterpriseMerge as EnterpriseMerge
from ipfin.registry.models.merging import MatchCandidate as MatchCandidate
from ipfin.registry.models.merging import MatchKey as MatchKey
from ipfin.registry.models.ownership import PastHolding as PastHolding
from ipfin.registry.models.ownership import SettledFact as SettledFact
from ipfin.registry.models.ownership import SourceConflict as SourceConflict
from ipfin.registry.models.pledges import PatentPledge as PatentPledge
from ipfin.registry.statuses import LegalStatus, Validity


class Region(Base):
    """A division of GB/T 2260 (行政区划) or a local zone; a tree."""

    __tablename__ = "region"
    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"), index=True)


class Workday(Base):
    """A day whose working state differs from plain Monday to Friday (节假日与调休)."""

    __tablename__ = "workday"
    day: Mapped[date] = mapped_column(primary_key=True)
    is_working: Mapped[bool]
    source: Mapped[str] = mapped_column(String(120))


class HeaderMapping(Base):
    """A column mapping that a person confirmed for one header; found again by its fingerprint."""

    __tablename__ = "header_mapping"
    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True)
    mapping: Mapped[dict[str, Any]]
    confirmed_by: Mapped[str] = mapped_column(String(200))
    confirmed_at: Mapped[datetime]

    @property
    def kind(self) -> ListKind:
        """What kind of list it was confirmed for."""
        return ListKind(self.mapping.get("kind", ListKind.PATENTS))


class ImportBatch(Base):
    """One list handed in (导入批次): what it was, how it was read, what became of its rows."""

    __tablename__ = "import_batch"
    __table_args__ = (
        CheckConstraint(
            "rows_read = rows_new + rows_changed + rows_unchanged + rows_refused", name="rows_reconcile"
        ),
        CheckConstraint("rows_repeated <= rows_unchanged", name="repeated_are_unchanged"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[BatchState] = mapped_column(words(BatchState), index=True)
    filename: Mapped[str] = mapped_column(String(255))  # as the person named it; never a path
    stored_name: Mapped[str] = mapped_column(String(80))  # generated; where the bytes lie
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size_bytes: Mapped[int]
    sheet: Mapped[str] = mapped_column(String(120), default="")
    header_row: Mapped[int] = mapped_column(default=0)  # as Excel counts, from 1
    header_fingerprint: Mapped[str] = mapped_column(String(64), default="")
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)
    as_of: Mapped[date]  # the day that the list speaks of (数据截止日)
    source: Mapped[str] = mapped_column(String(120), default="")  # who gave the list
    summary: Mapped[dict[str, Any]] = mapped_column(default=dict)  # counts by layer, notes, warnings
    rows_read: Mapped[int] = mapped_column(default=0)
    rows_new: Mapped[int] = mapped_column(default=0)
    rows_changed: Mapped[int] = mapped_column(default=0)
    rows_unchanged: Mapped[int] = mapped_column(default=0)
    rows_refused: Mapped[int] = mapped_column(default=0)
    # Rows that repeat a patent of the same file; a part of rows_unchanged.
    rows_repeated: Mapped[int] = mapped_column(default=0)
    uploaded_by_user_id: Mapped[int | None]
    uploaded_by: Mapped[str] = mapped_column(String(200))
    uploaded_at: Mapped[datetime]
    committed_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    failure: Mapped[dict[str, Any] | None]
    kind: Mapped[ListKind] = mapped_column(
        words(ListKind), default=ListKind.PATENTS, server_default="patents"
    )

    @property
    def check_mark(self) -> str:
        """What tells one dry run of the batch from another: its columns and its day, and what it found."""
        found = [self.rows_read, self.rows_new, self.rows_changed, self.rows_unchanged, self.rows_refused]
        told = json.dumps([self.mapping, str(self.as_of), found], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:16]


class ImportRow(Base):
    """What one row of a list did, where it did something (行记录): new, changed or refused."""

    __tablename__ = "import_row"
    __table_args__ = (Index("ix_import_row_batch_outcome", "batch_id", "outcome", "row_number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id"))
    row_number: Mapped[int]  # as Excel counts, from 1
    outcome: Mapped[RowOutcome] = mapped_column(words(RowOutcome))
    patent_id: Mapped[int | None] = mapped_column(ForeignKey("patent.id"), index=True)
    field: Mapped[str] = mapped_column(String(40), default="")
    code: Mapped[str] = mapped_column(String(60), default="")
    value: Mapped[str] = mapped_column(String(200), default="")
    message: Mapped[dict[str, Any] | None]  # Text.as_json
    before: Mapped[dict[str, Any] | None]  # changed columns only, old values
    after: Mapped[dict[str, Any] | None]  # changed columns only, new values
    # The firm that a row of another kind of list speaks of.
    enterprise_id: Mapped[int | None] = mapped_column(
        ForeignKey("enterprise.id", ondelete="SET NULL"), index=True
    )


class Enterprise(Base):
    """A legal person (企业) with its portfolio counted.

    The counts are kept by `registry.service` whenever a list changes the portfolio, so that lists and
    facets need no join.
    """

    __tablename__ = "enterprise"
    __table_args__ = (
        CheckConstraint("valid_count >= valid_invention_count", name="inventions_within_valid"),
        CheckConstraint("valid_count >= pledged_count", name="pledged_within_valid"),
        CheckConstraint("granted_count >= valid_count", name="valid_within_granted"),
        CheckConstraint("length(public_id) >= 10", name="public_id_length"),
        # One index for each order of the lists, alone and below a division; the first one also holds what
        # the facets count, so that they read no row.
        Index(
            "ix_enterprise_region_valid",
            *("region_code", "valid_count", "id"),
            *("valid_invention_count", "pledged_count", "pending_count"),
        ),
        Index("ix_enterprise_valid", "valid_count", "id"),
        Index("ix_enterprise_region_inventions", "region_code", "valid_invention_count", "id"),
        Index("ix_enterprise_inventions", "valid_invention_count", "id"),
        Index("ix_enterprise_region_pledged", "region_code", "pledged_count", "id"),
        Index("ix_enterprise_pledged", "pledged_count", "id"),
        Index("ix_enterprise_region_name", "region_code", "pinyin_key", "id"),
        Index("ix_enterprise_name", "pinyin_key", "id"),
        Index("ix_enterprise_region", "region_code", "id"),
        Index("ix_enterprise_as_of", "as_of"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True)  # random, stands in addresses
    name: Mapped[str] = mapped_column(String(200))
    name_key: Mapped[str] = mapped_column(String(200), unique=True)  # normalised full name
    credit_code: Mapped[str | None] = mapped_column(String(18), unique=True)  # 统一社会信用代码
    credit_code_checks: Mapped[bool | None]  # genuine codes that fail the check exist: warn only
    region_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"))
    locality: Mapped[str] = mapped_column(String(120), default="")  # as the list says it
    address: Mapped[str] = mapped_column(String(300), default="")
    industry_code: Mapped[str] = mapped_column(String(12), default="")  # GB/T 4754
    established_on: Mapped[date | None]
    is_synthetic: Mapped[bool] = mapped_column(default=False)  # demonstration data
    search_text: Mapped[str] = mapped_column(LongText, default="")  # spaced characters, see search
    pinyin_key: Mapped[str] = mapped_column(String(400), default="")  # for sorting
    patent_count: Mapped[int] = mapped_column(default=0)
    granted_count: Mapped[int] = mapped_column(default=0)
    valid_count: Mapped[int] = mapped_column(default=0)
    valid_invention_count: Mapped[int] = mapped_column(default=0)
    valid_utility_count: Mapped[int] = mapped_column(default=0)
    valid_design_count: Mapped[int] = mapped_column(default=0)
    pledged_count: Mapped[int] = mapped_column(default=0)  # valid and pledged now
    pending_count: Mapped[int] = mapped_column(default=0)
    unknown_count: Mapped[int] = mapped_column(default=0)  # no list told whether they are in force
    as_of: Mapped[date | None]  # the latest list that spoke of the firm
    first_batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"))
    created_at: Mapped[datetime]
    applicants: Mapped[list[Applicant]] = relationship(back_populates="enterprise")


class Applicant(Base):
    """A name that stands on patents (申请人), and the legal person it is taken for.

    The link is an edge that can be undone: the name stays, only `enterprise_id` moves.
    """

    __tablename__ = "applicant"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(300))
    name_key: Mapped[str] = mapped_column(String(300), unique=True)
    kind: Mapped[ApplicantKind] = mapped_column(words(ApplicantKind), index=True)
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("enterprise.id"), index=True)
    enterprise: Mapped[Enterprise | None] = relationship(back_populates="applicants")


class Patent(Base):
    """One patent or application of the Chinese office (专利), with its present state.

    Status is kept in three layers: validity, legal status, encumbrances. `授权 | 质押` is valid and
    encumbered. Status, burdens and holders each have the day of the list that told them last.
    """

    __tablename__ = "patent"
    __table_args__ = (
        CheckConstraint(
            "application_number IS NOT NULL OR publication_root IS NOT NULL", name="has_a_number"
        ),
        CheckConstraint("claims_count IS NULL OR claims_count >= 0", name="claims_not_negative"),
        Index("ix_patent_validity_kind", "validity", "kind"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    application_number: Mapped[str | None] = mapped_column(String(20), unique=True)  # 201710911092.2
    publication_root: Mapped[str | None] = mapped_column(String(20), unique=True)  # CN110298449
    publication_number: Mapped[str] = mapped_column(String(24), default="")  # the latest document
    title: Mapped[str] = mapped_column(String(500), default="")
    kind: Mapped[PatentKind | None] = mapped_column(words(PatentKind))
    filed_on: Mapped[date | None]
    filing_year: Mapped[int | None]
    published_on: Mapped[date | None]
    granted_on: Mapped[date | None]
    expires_on: Mapped[date | None]  # day after the last day of the term
    was_granted: Mapped[bool] = mapped_column(default=False)
    validity: Mapped[Validity] = mapped_column(words(Validity))
    legal_status: Mapped[LegalStatus] = mapped_column(words(LegalStatus))
    # statuses.Flag values, sorted, spaced: what lists tell and what pledge registrations add or take off
    flags: Mapped[str] = mapped_column(String(200), default="")
    # Whether the source lists legal events at all: without it, no flag does not mean no burden.
    tells_flags: Mapped[bool] = mapped_column(default=False)
    is_pledged: Mapped[bool] = mapped_column(default=False)  # 质押; one of the flags, counted often
    ipc_main: Mapped[str] = mapped_column(String(40), default="")
    ipc_subclasses: Mapped[str] = mapped_column(String(400), default="")  # "G06F G06N"
    claims_count: Mapped[int | None]
    cited_by_count: Mapped[int | None]
    cites_count: Mapped[int | None]
    family_count: Mapped[int | None]
    industry_codes: Mapped[str] = mapped_column(String(400), default="")
    strategic_industry: Mapped[str] = mapped_column(String(400), default="")
    vendor_group: Mapped[str] = mapped_column(String(400), default="")  # shown, never merged on
    listed_status: Mapped[str] = mapped_column(String(400), default="")  # the list's own words
    as_of: Mapped[date]
    source: Mapped[str] = mapped_column(String(120), default="")
    first_batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id"))
    last_batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id"), index=True)
    # The day of the list that told the status; older than as_of when a later list had no such column.
    status_as_of: Mapped[date | None]
    # The flags that lists tell, without what registrations add, and the day of the list that told them last.
    listed_flags: Mapped[str] = mapped_column(String(200), default="", server_default="")
    flags_as_of: Mapped[date | None]
    # Who told the holders last, and of which day; no list where a person settled them.
    holders_as_of: Mapped[date | None]
    holders_batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"))
    # What stands in the compared columns (`row_digests`); the database forgets it when one of them changes.
    told_digest: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    holders: Mapped[list[PatentApplicant]] = relationship(
        back_populates="patent", order_by="PatentApplicant.position"
    )


class PatentApplicant(Base):
    """An applicant or owner of a patent, in the order of the list (co-ownership is kept)."""

    __tablename__ = "patent_applicant"
    patent_id: Mapped[int] = mapped_column(ForeignKey("patent.id", ondelete="CASCADE"), primary_key=True)
    applicant_id: Mapped[int] = mapped_column(ForeignKey("applicant.id"), primary_key=True, index=True)
    position: Mapped[int]
    since: Mapped[date | None]  # day of the first list that names it; None where nobody kept it
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"))  # that list
    evidence: Mapped[str] = mapped_column(String(300), default="", server_default="")  # else what began it
    patent: Mapped[Patent] = relationship(back_populates="holders")
    applicant: Mapped[Applicant] = relationship()
    batch: Mapped[ImportBatch | None] = relationship()


_TITLE = text("kind = 'title'")
_NO_TITLE = text("kind <> 'title'")


class EnterpriseFact(Base):
    """A dated fact of an enterprise with its source; a newer one supersedes, none is overwritten."""

    __tablename__ = "enterprise_fact"
    __table_args__ = (
        # A firm holds several titles at once; of every other kind a source says one thing on a day.
        Index(
            "uq_enterprise_fact_one",
            "enterprise_id",
            "kind",
            "as_of",
            "source",
            unique=True,
            sqlite_where=_NO_TITLE,
            postgresql_where=_NO_TITLE,
        ),
        Index(
            "uq_enterprise_fact_title",
            "enterprise_id",
            "word",
            "as_of",
            "source",
            unique=True,
            sqlite_where=_TITLE,
            postgresql_where=_TITLE,
        ),
        CheckConstraint("number IS NOT NULL OR word <> ''", name="has_a_value"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"), index=True)
    kind: Mapped[FactKind] = mapped_column(words(FactKind))
    number: Mapped[Decimal | None] = mapped_column(Numeric(18, 4, asdecimal=True))
    word: Mapped[str] = mapped_column(String(200), default="")
    as_of: Mapped[date]
    expires_on: Mapped[date | None]
    source: Mapped[FactSource] = mapped_column(words(FactSource))
    evidence: Mapped[str] = mapped_column(String(300), default="")
    recorded_by: Mapped[str] = mapped_column(String(200))
    recorded_at: Mapped[datetime]
    # The list that told it; None for facts that came otherwise.
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)


class EnterpriseTag(Base):
    """A label that the office gave an enterprise for its own work (标签); no institution sees it."""

    __tablename__ = "enterprise_tag"
    __table_args__ = (UniqueConstraint("enterprise_id", "name"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    name: Mapped[str] = mapped_column(String(20), index=True)
    set_by: Mapped[str] = mapped_column(String(200))
    set_at: Mapped[datetime]
