"""`ipfin reseal`: a retired key can be forgotten afterwards, and nothing sealed was left out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin import schema
from ipfin.accounts.sealing import Sealer
from ipfin.audit.models import AuditEntry
from ipfin.cli import main
from ipfin.cli.reseal import PLACES
from ipfin.config import settings_from_environment
from ipfin.db import begin_writing, make_engine
from tests.factories import Make

OLD, NEW = "old secret of thirty-two letters!", "new secret of thirty-two letters!"


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    url = f"sqlite:///{tmp_path / 'instance' / 'ipfin.db'}"
    monkeypatch.setenv("IPFIN_INSTANCE_DIR", str(tmp_path / "instance"))
    monkeypatch.setenv("IPFIN_DATABASE_URL", url)
    monkeypatch.setenv("IPFIN_SECRET_KEY", NEW)
    monkeypatch.setenv("IPFIN_RETIRED_SECRET_KEYS", json.dumps([OLD]))
    settings_from_environment.cache_clear()
    yield url
    settings_from_environment.cache_clear()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), catch_exceptions=False)


def sealed_values(url: str) -> dict[str, list[str]]:
    """Return every sealed value by table and column."""
    found = {}
    with Session(make_engine(url)) as session:
        for table in schema.all_tables().sorted_tables:
            for column in table.columns:
                if column.name.endswith("_sealed"):
                    found[str(column)] = [value for value in session.scalars(select(column)) if value]
    return found


def fill(url: str) -> None:
    """Save a row in each place that keeps something sealed, under the old key."""
    old = Sealer(OLD)
    with Session(make_engine(url)) as session:
        begin_writing(session)
        make = Make(session)
        make.officer(phone_sealed=old.seal("13800000000", "phone"), totp_sealed=old.seal("SEED", "totp"))
        row = make.registration(contact_sealed=old.seal("13800000001", "registration contact"))
        make.check_in_code(row, token_sealed=old.seal("aZ09bY18cX27dW36", "check-in token"))
        make.contact(
            phone_sealed=old.seal("13800000002", "enterprise contact phone"),
            mail_sealed=old.seal("a@example.com", "enterprise contact mail"),
        )
        make.objection(contact_sealed=old.seal("13800000003", "round objection contact"))
        session.commit()


def test_everything_sealed_comes_under_the_present_key(url: str, tmp_path: Path) -> None:
    assert run("db", "upgrade").exit_code == 0
    fill(url)
    assert all(sealed_values(url).values()), "a sealed column without a row: fill it here and reseal it"
    for told in (
        dict.fromkeys(PLACES, 1),
        dict.fromkeys(PLACES, 0),
    ):
        result = run("reseal", "--json", str(tmp_path / "done.json"))
        assert result.exit_code == 0, result.output
        assert json.loads((tmp_path / "done.json").read_text(encoding="utf-8")) == told
    alone = Sealer(NEW)
    for where, values in sealed_values(url).items():
        assert not any(alone.needs_resealing(value) for value in values), where
    with Session(make_engine(url)) as session:
        resealed = select(AuditEntry).where(AuditEntry.action == "accounts.keys.resealed")
        acts = session.scalars(resealed.order_by(AuditEntry.id)).all()
        assert [json.loads(entry.detail)["rows"] for entry in acts] == [len(PLACES), 0]


def test_a_value_under_a_forgotten_key_changes_nothing_at_all(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("db", "upgrade").exit_code == 0
    fill(url)
    before = sealed_values(url)
    monkeypatch.setenv("IPFIN_RETIRED_SECRET_KEYS", "[]")
    settings_from_environment.cache_clear()
    refused = run("reseal")
    assert refused.exit_code == 1
    assert "无法解密" in refused.output
    assert sealed_values(url) == before
