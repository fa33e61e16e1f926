"""`ipfin match`: pairs are found and told, and nothing is merged."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ipfin.cli import main
from ipfin.config import settings_from_environment
from tests.lists import row, write_list


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("IPFIN_INSTANCE_DIR", str(tmp_path / "instance"))
    monkeypatch.setenv("IPFIN_DATABASE_URL", f"sqlite:///{tmp_path / 'instance' / 'ipfin.db'}")
    settings_from_environment.cache_clear()
    yield
    settings_from_environment.cache_clear()


@pytest.fixture
def taken_in(tmp_path: Path) -> None:
    firms = ("安阳红旗渠机械有限公司", "安阳红旗渠机械有限责任公司", "林州恒力铸造有限公司")
    path = write_list(tmp_path / "list.xlsx", [row(n, firm=firm) for n, firm in enumerate(firms, 1)])
    assert run("db", "upgrade").exit_code == 0
    assert run("intake", str(path), "--as-of", "2026-03-05").exit_code == 0


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), catch_exceptions=False)


@pytest.mark.usefixtures("taken_in")
@pytest.mark.parametrize("scope", [(), ("--batch", "1")])
def test_pairs_are_counted_for_machines(tmp_path: Path, scope: tuple[str, ...]) -> None:
    for found, refreshed in ((1, 0), (0, 1)):
        result = run("match", "find", *scope, "--json", str(tmp_path / "found.json"))
        assert result.exit_code == 0, result.output
        told = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))
        assert (told["firms"], told["found"], told["refreshed"], told["crowded"]) == (3, found, refreshed, 0)


@pytest.mark.usefixtures("taken_in")
def test_a_short_name_leads_to_its_firms(tmp_path: Path) -> None:
    result = run("match", "short", "恒力铸造", "--json", str(tmp_path / "found.json"))
    assert result.exit_code == 0
    told = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))
    assert told["matches"][0]["name"] == "林州恒力铸造有限公司"
