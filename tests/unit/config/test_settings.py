"""Production does not start on a secret that somebody else knows."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from ipfin.config import MINIMUM_SECRET_LENGTH, Settings


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "dev",
        "changeme",
        "password",
        "a" * 64,
        "0123456" * 8,
        "x9K2-mQ7z_Lw4Tn8vB3cR6yH1pD5sG0"[: MINIMUM_SECRET_LENGTH - 1],
    ],
)
def test_production_refuses_a_missing_short_or_known_secret(secret: str, tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="IPFIN_SECRET_KEY"):
        Settings(env="production", secret_key=secret, instance_dir=tmp_path)


def test_production_takes_a_long_random_secret(tmp_path: Path) -> None:
    secret = "x9K2-mQ7z_Lw4Tn8vB3cR6yH1pD5sG0f"
    assert len(secret) == MINIMUM_SECRET_LENGTH

    assert (
        Settings(env="production", secret_key=secret, instance_dir=tmp_path).secret_key.get_secret_value()
        == secret
    )


def test_elsewhere_an_installation_keeps_its_own_secret(tmp_path: Path) -> None:
    first = Settings(env="development", instance_dir=tmp_path)
    second = Settings(env="development", instance_dir=tmp_path)

    assert first.secret_key == second.secret_key
    assert len(first.secret_key.get_secret_value()) >= MINIMUM_SECRET_LENGTH
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_an_unknown_setting_is_refused() -> None:
    with pytest.raises(ValidationError, match="colour"):
        Settings(colour="red")


def test_fonts_lie_beside_the_other_files_unless_told_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("IPFIN_FONT_CACHE_DIR", raising=False)
    assert Settings(env="test", instance_dir=tmp_path).font_cache_dir == tmp_path / "fonts"
    assert Settings(env="test", instance_dir=tmp_path, font_cache_dir=tmp_path).font_cache_dir == tmp_path
