"""Consents, what was done to them, who used them, and where their recipients are reached, as rows.

Decides what is kept and what can never be inconsistent: one standing consent for each recipient, purpose,
set and firm. Acts and uses are only added, never changed; a consent keeps what the firm was told.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ipfin.accounts.models import Organisation
from ipfin.consent.purposes import FieldSet, Purpose
from ipfin.consent.rules import ConsentState, Standing, Terms
from ipfin.db import Base, words
from ipfin.registry.models import Enterprise

_STANDS = text("state IN ('given', 'narrowed')")


class UseKind(StrEnum):
    """How consented data was used (使用方式)."""

    VIEW = "view"  # 查看
    DOWNLOAD = "download"  # 下载


class Consent(Base):
    """A firm's consent (授权): one recipient, one purpose, one set of fields, until a day.

    `statement` is what the firm was told, sentence by sentence, and `statement_sha256` its digest; neither
    ever changes. `until` is the first day without the consent.
    """

    __tablename__ = "consent"
    __table_args__ = (
        CheckConstraint("until > starts_on", name="ends_after_it_starts"),
        CheckConstraint("(state IN ('given', 'narrowed')) = (ended_at IS NULL)", name="ended_with_its_time"),
        Index(
            "uq_consent_standing",
            "organisation_id",
            "purpose",
            "field_set",
            "enterprise_id",
            unique=True,
            sqlite_where=_STANDS,
            postgresql_where=_STANDS,
        ),
        Index("ix_consent_enterprise_id", "enterprise_id", "id"),
        Index("ix_consent_organisation_id", "organisation_id", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True)  # random, stands in addresses
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    recipient_name: Mapped[str] = mapped_column(String(200))  # as the firm was told
    purpose: Mapped[Purpose] = mapped_column(words(Purpose))
    field_set: Mapped[FieldSet] = mapped_column(words(FieldSet))
    starts_on: Mapped[date]
    until: Mapped[date]
    state: Mapped[ConsentState] = mapped_column(words(ConsentState))
    statement: Mapped[list[Any]]  # Text.as_json of each sentence
    statement_sha256: Mapped[str] = mapped_column(String(64))
    wording: Mapped[str] = mapped_column(String(20))  # version of the words
    given_by_user_id: Mapped[int | None]
    given_by: Mapped[str] = mapped_column(String(200))
    given_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]  # withdrawn or replaced
    enterprise: Mapped[Enterprise] = relationship()
    organisation: Mapped[Organisation] = relationship()

    @property
    def terms(self) -> Terms:
        """What of the consent moves."""
        return Terms(self.state, self.starts_on, self.until)

    def standing(self, on: date) -> Standing:
        """Return what the consent is on day `on`."""
        return self.terms.standing(on)


class ConsentAct(Base):
    """Something that was done to a consent (授权变更记录): only added."""

    __tablename__ = "consent_act"
    id: Mapped[int] = mapped_column(primary_key=True)
    consent_id: Mapped[int] = mapped_column(ForeignKey("consent.id"), index=True)
    state: Mapped[ConsentState] = mapped_column(words(ConsentState))  # the state it led to
    until_before: Mapped[date | None]
    until_after: Mapped[date]
    by_user_id: Mapped[int | None]
    by: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]


class ConsentUse(Base):
    """Consented data that somebody saw or took (授权数据使用记录): only added, shown to the firm."""

    __tablename__ = "consent_use"
    __table_args__ = (
        Index("ix_consent_use_enterprise_id", "enterprise_id", "id"),
        Index("ix_consent_use_organisation_id", "organisation_id", "id"),
        Index("ix_consent_use_code", "code"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    organisation_name: Mapped[str] = mapped_column(String(200))
    user_id: Mapped[int | None]
    person: Mapped[str] = mapped_column(String(200))
    kind: Mapped[UseKind] = mapped_column(words(UseKind))
    purpose: Mapped[Purpose] = mapped_column(words(Purpose))
    field_sets: Mapped[str] = mapped_column(String(200))  # FieldSet values, sorted, spaced
    what: Mapped[str] = mapped_column(String(300), default="")  # title of the copy, empty for a page
    code: Mapped[str] = mapped_column(String(24), default="")  # verification code of the copy
    at: Mapped[datetime]

    @property
    def sets(self) -> tuple[FieldSet, ...]:
        """What was opened to the reader."""
        return tuple(map(FieldSet, self.field_sets.split()))


class ConsentRecipient(Base):
    """Where an institution is reached about personal data (个人信息保护联系方式), told before consent."""

    __tablename__ = "consent_recipient"
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    contact: Mapped[str] = mapped_column(String(200))
    updated_by: Mapped[str] = mapped_column(String(200))
    updated_at: Mapped[datetime]
