"""Typed settings from the environment (`IPFIN_*`). Refuses to start in production on a weak secret.

Decides what can be configured and what is safe to start with; what the settings do is decided where
they are read.
"""

from __future__ import annotations

import os
import secrets
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
INSTANCE = ROOT / "instance"

MINIMUM_SECRET_LENGTH = 32
# Secrets that stand in tutorials and examples: whoever copies one has none.
KNOWN_SECRETS = frozenset(
    {"dev", "secret", "changeme", "change-me", "development", "password", "test", "mysecret", "ipfin"}
)


class Environment(StrEnum):
    """Where the product runs."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"
    TEST = "test"


class PasswordProfile(StrEnum):
    """Which password rules hold (reliability.md §0.2: the two standards contradict each other)."""

    DEFAULT = "default"  # ASVS 5.0
    MLPS = "mlps"  # 等保 2.0


class JobQueue(StrEnum):
    """What carries background jobs between the web and the worker."""

    SQLITE = "sqlite"
    POSTGRES = "postgres"
    REDIS = "redis"


class Settings(BaseSettings):
    """All settings of one installation."""

    model_config = SettingsConfigDict(env_prefix="IPFIN_", extra="forbid", frozen=True)

    env: Environment = Environment.DEVELOPMENT
    secret_key: SecretStr = SecretStr("")
    retired_secret_keys: tuple[SecretStr, ...] = ()  # still open what they sealed; newest first
    database_url: str = f"sqlite:///{INSTANCE / 'ipfin.db'}"
    instance_dir: Path = INSTANCE
    font_cache_dir: Path = INSTANCE / "fonts"  # filled once, for all documents; by default in instance_dir
    city_name: str = "安阳市"
    city_region_code: str = "410500"
    office_name: str = "安阳市知识产权局"
    office_phone: str = ""
    public_url: str = "http://127.0.0.1:8000"
    trusted_hosts: tuple[str, ...] = ("127.0.0.1", "localhost")
    behind_proxy: bool = False
    password_profile: PasswordProfile = PasswordProfile.DEFAULT
    totp_required: bool = True  # for office, bank, insurer, guarantor, auditor, admin
    session_idle_minutes: int = Field(default=30, ge=5, le=24 * 60)
    session_absolute_hours: int = Field(default=12, ge=1, le=72)
    job_queue: JobQueue = JobQueue.SQLITE
    job_queue_url: str = ""
    job_immediate: bool = False
    dask_scheduler: str = ""  # "tcp://10.0.0.5:8786": scores on that cluster; empty: in this process
    mail_server: str = ""
    mail_port: int = 25
    mail_username: str = ""
    mail_password: SecretStr = SecretStr("")
    mail_use_tls: bool = True
    mail_sender: str = "ipfin@localhost"
    rate_limit_storage: str = "memory://"
    max_upload_mb: int = Field(default=64, ge=1, le=512)
    register_consultation_days: int = Field(default=30, ge=1, le=366)
    notice_working_days: int = Field(default=5, ge=1, le=60)
    # Registers that a city may not have yet; the others cannot be configured away.
    gates_not_applicable: tuple[Literal["E06", "E07"], ...] = ("E06", "E07")

    @model_validator(mode="before")
    @classmethod
    def _own_secret(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Outside production use this installation's own secret, so that a command typed by hand and
        the server read what the other sealed."""
        is_production = values.get("env") == Environment.PRODUCTION
        if is_production or values.get("secret_key"):
            return values
        folder = Path(values.get("instance_dir", INSTANCE))
        return {**values, "secret_key": SecretStr(_kept_secret(folder / "secret_key"))}

    @model_validator(mode="before")
    @classmethod
    def _fonts_beside_the_rest(cls, values: dict[str, Any]) -> dict[str, Any]:
        """An installation that keeps its files elsewhere writes nothing into the program's folder."""
        return {"font_cache_dir": Path(values.get("instance_dir", INSTANCE)) / "fonts", **values}

    @model_validator(mode="after")
    def _refuse_weak_secret(self) -> Self:
        if self.env is not Environment.PRODUCTION:
            return self
        secret = self.secret_key.get_secret_value()
        if len(secret) < MINIMUM_SECRET_LENGTH or secret.lower() in KNOWN_SECRETS or len(set(secret)) < 8:
            raise ValueError(
                "IPFIN_SECRET_KEY 缺失、过短或为公开示例值：生产环境须设置不少于"
                f"{MINIMUM_SECRET_LENGTH}个字符的随机密钥，可用 python3 -c "
                "'import secrets; print(secrets.token_urlsafe(48))' 生成。"
            )
        return self

    @property
    def uploads_dir(self) -> Path:
        """Where uploaded files lie, under generated names."""
        return self.instance_dir / "uploads"

    @property
    def audit_heads_dir(self) -> Path:
        """Where the ends of the audit chain are written down, a file a day, to be copied elsewhere."""
        return self.instance_dir / "audit-heads"

    @property
    def issued_dir(self) -> Path:
        """Where issued documents lie, under generated names."""
        return self.instance_dir / "issued"


def _kept_secret(file: Path) -> str:
    """Return the secret in `file`, made at random on the first call and readable by its owner only."""
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as fresh:
            fresh.write(secrets.token_urlsafe(48) + "\n")
    except FileExistsError:
        pass
    return file.read_text().strip()


@lru_cache(maxsize=1)
def settings_from_environment() -> Settings:
    """Read the settings of this process once.

    Raises:
        pydantic.ValidationError: a setting is wrong, or production has no strong secret.
    """
    return Settings()
