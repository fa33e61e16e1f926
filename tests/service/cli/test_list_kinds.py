"""`ipfin intake` takes lists of every kind: recognised, named by `--kind`, completed by `--tell`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ipfin.cli import main
from ipfin.config import settings_from_environment
from tests.factories import credit_code
from tests.lists import write_list

FIRM = "安阳样张机械有限公司"


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IPFIN_INSTANCE_DIR", str(tmp_path / "instance"))
    monkeypatch.setenv("IPFIN_DATABASE_URL", f"sqlite:///{tmp_path / 'instance' / 'ipfin.db'}")
    settings_from_environment.cache_clear()
    yield
    settings_from_environment.cache_clear()


def intake(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["intake", *arguments], catch_exceptions=False)


def test_a_register_and_then_its_titles_go_in_by_command(tmp_path: Path) -> None:
    assert CliRunner().invoke(main, ["db", "upgrade"]).exit_code == 0
    header = ("企业名称", "统一社会信用代码", "企业类型", "成立日期")
    register = write_list(
        tmp_path / "r.xlsx", [[FIRM, credit_code(901), "有限责任公司", "2015-06-03"]], header
    )
    out = tmp_path / "out.json"
    first = intake(str(register), "--as-of", "2026-03-05", "--json", str(out))
    assert first.exit_code == 0, first.output
    assert "工商登记名单" in first.output
    assert json.loads(out.read_text())["outcomes"] == {"new": 1, "changed": 0, "unchanged": 0, "refused": 0}
    again = intake(str(register), "--as-of", "2026-03-05", "--dry-run", "--json", str(out))
    assert again.exit_code == 0
    report = json.loads(out.read_text())
    assert (report["kind"], report["outcomes"]["unchanged"], report["dry_run"]) == ("register", 1, True)

    titles = write_list(tmp_path / "t.xlsx", [[FIRM, "1"], ["安阳没有有限公司", "2"]], ("企业名称", "备注"))
    unsure = intake(str(titles), "--dry-run", "--as-of", "2026-03-05")
    assert unsure.exit_code != 0
    told = intake(
        str(titles),
        "--kind",
        "qualifications",
        "--tell",
        "title=high_tech",
        "--json",
        str(out),
        "--as-of",
        "2026-03-05",
    )
    assert told.exit_code == 0, told.output
    assert "不在企业库中" in told.output
    assert json.loads(out.read_text())["outcomes"] == {"new": 1, "changed": 0, "unchanged": 0, "refused": 1}
