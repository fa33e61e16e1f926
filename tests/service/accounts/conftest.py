"""Settings with a secret, and the few steps that the tests of this folder take again and again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.accounts import hashing, totp
from ipfin.accounts.models import User
from ipfin.accounts.service import SignInResult, install_second_factor, sign_in
from ipfin.audit.models import AuditEntry
from ipfin.config import Environment, PasswordProfile, Settings
from ipfin.kernel.actor import SYSTEM
from tests.factories import NOW, PASSWORD

SEED = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


def settings_with(**overrides: object) -> Settings:
    return Settings(
        env=Environment.TEST, secret_key=SecretStr("a-secret-of-the-tests-only-0123456789"), **overrides
    )


@pytest.fixture(autouse=True)
def _hashes_cost_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash with the factory's parameters: these tests sign in hundreds of times."""
    monkeypatch.setattr(hashing, "MEMORY_KIB", 8)
    monkeypatch.setattr(hashing, "PASSES", 1)


@pytest.fixture
def settings() -> Settings:
    return settings_with()


@pytest.fixture
def mlps() -> Settings:
    return settings_with(password_profile=PasswordProfile.MLPS)


@pytest.fixture
def enrol(session: Session, settings: Settings) -> Callable[[User], User]:
    """Give a user an authenticator with the known seed."""

    def enrolled(user: User) -> User:
        install_second_factor(session, SYSTEM, user, SEED, settings=settings)
        return user

    return enrolled


@pytest.fixture
def enter(session: Session, settings: Settings) -> Callable[..., SignInResult]:
    """Try to sign in."""

    def tried(
        email: str,
        password: str = PASSWORD,
        *,
        at: datetime = NOW,
        address: str = "198.51.100.7",
        **more: str,
    ) -> SignInResult:
        return sign_in(session, email, password, address, "a browser", at, settings=settings, **more)

    return tried


@pytest.fixture
def recorded(session: Session) -> Callable[[], list[str]]:
    """Return the codes of the audit log, in order."""

    def codes() -> list[str]:
        return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))

    return codes


def code_of(at: datetime = NOW) -> str:
    return totp.code_at(SEED, totp.step_of(at))
