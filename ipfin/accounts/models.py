"""Organisations, users, sessions and invitations, as rows.

Decides what is kept and what can never be inconsistent; who may do what is decided in `policy`, how a
password is checked in `passwords`, how a session lives in `service`.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ipfin.db import Base, words
from ipfin.kernel.actor import Role


class OrganisationKind(StrEnum):
    """What an organisation (机构) is."""

    CITY_OFFICE = "city_office"  # 市知识产权局
    COUNTY_OFFICE = "county_office"  # 县（市、区）局
    BANK = "bank"  # 银行
    INSURER = "insurer"  # 保险公司
    GUARANTOR = "guarantor"  # 担保公司
    AGENCY = "agency"  # 专业服务机构
    ENTERPRISE = "enterprise"  # 企业
    AUDITOR = "auditor"  # 审计、纪检
    OPERATOR = "operator"  # 平台运维


class Organisation(Base):
    """A body whose people use the platform. A branch has its bank as parent."""

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint("(kind = 'enterprise') = (enterprise_id IS NOT NULL)", name="enterprise_is_linked"),
        CheckConstraint("kind <> 'county_office' OR region_code IS NOT NULL", name="county_has_region"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[OrganisationKind] = mapped_column(words(OrganisationKind), index=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    short_name: Mapped[str] = mapped_column(String(60), default="")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    region_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"))
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("enterprise.id"), unique=True)
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    parent: Mapped[Organisation | None] = relationship(remote_side="Organisation.id")


class User(Base):
    """A person with one role in one organisation (用户). Never deleted, only switched off."""

    __tablename__ = "user_account"
    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    role: Mapped[Role] = mapped_column(words(Role))
    name: Mapped[str] = mapped_column(String(60))
    email: Mapped[str] = mapped_column(String(254), unique=True)  # lower case; the account's name
    phone_sealed: Mapped[str] = mapped_column(String(300), default="")  # encrypted, see accounts.sealing
    password_hash: Mapped[str] = mapped_column(String(200), default="")
    password_changed_at: Mapped[datetime | None]
    totp_sealed: Mapped[str] = mapped_column(String(300), default="")  # encrypted second-factor seed
    totp_last_step: Mapped[int] = mapped_column(default=0)  # each code counts once
    is_active: Mapped[bool] = mapped_column(default=True)
    locale: Mapped[str] = mapped_column(String(10), default="")
    created_at: Mapped[datetime]
    last_login_at: Mapped[datetime | None]
    organisation: Mapped[Organisation] = relationship()

    @property
    def has_second_factor(self) -> bool:
        """Whether the person enrolled an authenticator."""
        return bool(self.totp_sealed)


class PasswordRecord(Base):
    """A password that was used before (profile `mlps` refuses the last ones)."""

    __tablename__ = "password_record"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]


class RecoveryCode(Base):
    """A one-time way in for somebody who lost the authenticator; kept as a hash."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("user_id", "code_hash"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None]


class UserSession(Base):
    """A signed-in browser. The cookie holds a random token, the row its hash: logout really ends it."""

    __tablename__ = "user_session"
    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    second_factor_at: Mapped[datetime | None]  # until set, only the second step may be reached
    ended_at: Mapped[datetime | None]
    address: Mapped[str] = mapped_column(String(64), default="")
    user_agent: Mapped[str] = mapped_column(String(200), default="")
    user: Mapped[User] = relationship()


class SignInFailures(Base):
    """Failed sign-ins of one account name, known or not (so that locking tells nobody who exists)."""

    __tablename__ = "sign_in_failures"
    account_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)
    window_started_at: Mapped[datetime]
    locked_until: Mapped[datetime | None]


class Invitation(Base):
    """A link by mail with which a person makes an account (邀请). Only the token's hash is kept."""

    __tablename__ = "invitation"
    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    email: Mapped[str] = mapped_column(String(254), index=True)
    name: Mapped[str] = mapped_column(String(60))
    role: Mapped[Role] = mapped_column(words(Role))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    invited_by: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    organisation: Mapped[Organisation] = relationship()
