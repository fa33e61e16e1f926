"""Organisations, users and what hangs on them."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from hashlib import sha256
from typing import Any

from argon2 import PasswordHasher

from ipfin.accounts.models import (
    Invitation,
    Organisation,
    OrganisationKind,
    PasswordRecord,
    RecoveryCode,
    SignInFailures,
    User,
    UserSession,
)
from ipfin.kernel.actor import Actor, Role
from ipfin.notices.models import Notice, OutboxMail
from tests.making.base import NOW
from tests.making.registry import MakeRegistry

PASSWORD = "太行山下-洹河-2026"
"""The password of every user that the factory makes."""

KIND_OF: dict[Role, OrganisationKind] = {
    Role.CITY_OFFICER: OrganisationKind.CITY_OFFICE,
    Role.COUNTY_OFFICER: OrganisationKind.COUNTY_OFFICE,
    Role.BANK: OrganisationKind.BANK,
    Role.INSURER: OrganisationKind.INSURER,
    Role.GUARANTOR: OrganisationKind.GUARANTOR,
    Role.AGENCY: OrganisationKind.AGENCY,
    Role.ENTERPRISE: OrganisationKind.ENTERPRISE,
    Role.AUDITOR: OrganisationKind.AUDITOR,
    Role.ADMIN: OrganisationKind.OPERATOR,
}
_NAMES: dict[OrganisationKind, str] = {
    OrganisationKind.CITY_OFFICE: "样例市知识产权局{}",
    OrganisationKind.COUNTY_OFFICE: "样例县{}市场监督管理局",
    OrganisationKind.BANK: "样例银行第{}支行",
    OrganisationKind.INSURER: "样例保险第{}支公司",
    OrganisationKind.GUARANTOR: "样例融资担保{}公司",
    OrganisationKind.AGENCY: "样例专利代理{}事务所",
    OrganisationKind.AUDITOR: "样例审计组{}",
    OrganisationKind.OPERATOR: "样例平台运维{}",
}


@cache
def cheap_hash(password: str) -> str:
    """Return a real argon2 hash that costs a millisecond instead of fifty."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(password)


class MakePeople(MakeRegistry):
    """Organisations of every kind, users of every role."""

    def organisation(self, kind: OrganisationKind = OrganisationKind.BANK, **overrides: Any) -> Organisation:
        number = self.number()
        defaults: dict[str, Any] = {"kind": kind, "created_at": NOW}
        if kind is OrganisationKind.ENTERPRISE:
            firm = overrides.pop("enterprise", None) or self.enterprise()
            defaults |= {"name": firm.name, "enterprise_id": firm.id}
        else:
            defaults["name"] = _NAMES[kind].format(number)
        if kind is OrganisationKind.COUNTY_OFFICE and "region_code" not in overrides:
            defaults["region_code"] = self.region().code
        return self.save(Organisation, defaults, overrides)

    def user(
        self, role: Role = Role.BANK, *, organisation: Organisation | None = None, **overrides: Any
    ) -> User:
        number = self.number()
        organisation = organisation or self.organisation(KIND_OF[role])
        defaults: dict[str, Any] = {
            "organisation": organisation,
            "role": role,
            "name": f"用户{number}",
            "email": f"user{number}@example.test",
            "password_hash": cheap_hash(overrides.pop("password", PASSWORD)),
            "password_changed_at": NOW,
            "created_at": NOW,
        }
        return self.save(User, defaults, overrides)

    def officer(self, **overrides: Any) -> User:
        return self.user(Role.CITY_OFFICER, **overrides)

    def banker(self, **overrides: Any) -> User:
        return self.user(Role.BANK, **overrides)

    def actor(self, user_or_role: User | Role = Role.CITY_OFFICER) -> Actor:
        """Return the actor that stands for a user, or for a new user of a role."""
        user = user_or_role if isinstance(user_or_role, User) else self.user(user_or_role)
        regions = {user.organisation.region_code} - {None} if user.role is Role.COUNTY_OFFICER else set()
        return Actor(
            user_id=user.id,
            name=user.name,
            role=user.role,
            organisation_id=user.organisation_id,
            organisation_name=user.organisation.name,
            enterprise_id=user.organisation.enterprise_id,
            region_codes=frozenset(code for code in regions if code),
        )

    def invitation(self, **overrides: Any) -> Invitation:
        number = self.number()
        defaults: dict[str, Any] = {
            "token_hash": sha256(f"invitation{number}".encode()).hexdigest(),
            "email": f"invited{number}@example.test",
            "name": f"受邀人{number}",
            "role": Role.BANK,
            "invited_by": "用户",
            "created_at": NOW,
            "expires_at": NOW + timedelta(days=7),
        }
        if "organisation" not in overrides:
            defaults["organisation"] = self.organisation()
        return self.save(Invitation, defaults, overrides)

    def user_session(self, user: User | None = None, **overrides: Any) -> UserSession:
        defaults: dict[str, Any] = {
            "token_hash": sha256(f"session{self.number()}".encode()).hexdigest(),
            "user": user or self.user(),
            "created_at": NOW,
            "last_seen_at": NOW,
            "expires_at": NOW + timedelta(hours=12),
        }
        return self.save(UserSession, defaults, overrides)

    def password_record(self, user: User | None = None, **overrides: Any) -> PasswordRecord:
        user_id = (user or self.user()).id
        defaults = {"user_id": user_id, "password_hash": cheap_hash(PASSWORD), "at": NOW}
        return self.save(PasswordRecord, defaults, overrides)

    def recovery_code(self, user: User | None = None, **overrides: Any) -> RecoveryCode:
        code_hash = sha256(f"code{self.number()}".encode()).hexdigest()
        return self.save(
            RecoveryCode, {"user_id": (user or self.user()).id, "code_hash": code_hash}, overrides
        )

    def sign_in_failures(self, **overrides: Any) -> SignInFailures:
        account_hash = sha256(f"account{self.number()}".encode()).hexdigest()
        defaults = {"account_hash": account_hash, "count": 1, "window_started_at": NOW}
        return self.save(SignInFailures, defaults, overrides)

    def notice(self, user: User | None = None, **overrides: Any) -> Notice:
        number = self.number()
        defaults: dict[str, Any] = {
            "user_id": (user or self.user()).id,
            "event_key": f"sample:{number}",
            "subject": {"template": "样例通知", "params": {}},
            "body": {"template": "第%(number)s条样例通知。", "params": {"number": number}},
            "created_at": NOW,
        }
        return self.save(Notice, defaults, overrides)

    def outbox_mail(self, **overrides: Any) -> OutboxMail:
        number = self.number()
        defaults: dict[str, Any] = {
            "key": f"sample:{number}",
            "recipient": f"user{number}@example.test",
            "subject": "样例邮件",
            "body": "样例正文。\n",
            "created_at": NOW,
        }
        return self.save(OutboxMail, defaults, overrides)
