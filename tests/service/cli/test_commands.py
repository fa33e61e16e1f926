"""Commands are thin, speak in words, and tell machines the same in JSON."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from click.testing import CliRunner, Result

from ipfin.cli import main
from ipfin.config import settings_from_environment
from ipfin.kernel.clock import now_utc
from tests.lists import number, row, write_list

# What each list's SOURCE.md says: rows, Chinese documents, and the pledged ones where it counts them.
REAL_LISTS = [
    (
        "patents_patsnap_sme/中之信2020-2022_dev.xlsx",
        6836,
        {"valid": 5821, "pending": 841, "lapsed": 174},
        45,
    ),
    ("patents_incopat/通用_dev.xlsx", 5040, None, None),
    ("patents_patentics/20220507--CNAPP-TI=虚拟现实.csv", 7805, None, None),
    ("patents_min_columns/专利信息_dev.xlsx", 3416, None, None),
]


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IPFIN_INSTANCE_DIR", str(tmp_path / "instance"))
    monkeypatch.setenv("IPFIN_DATABASE_URL", f"sqlite:///{tmp_path / 'instance' / 'ipfin.db'}")
    settings_from_environment.cache_clear()
    yield
    settings_from_environment.cache_clear()


def run(*arguments: str) -> Result:
    """Run one command as a person would."""
    return CliRunner().invoke(main, list(arguments), catch_exceptions=False)


def told(path: Path) -> dict[str, Any]:
    """Return what a command wrote for machines."""
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def test_every_command_has_help() -> None:
    for name in main.list_commands(None):  # type: ignore[arg-type]
        result = run(name, "--help")
        assert result.exit_code == 0
        assert "Usage" in result.output


def test_a_dry_run_writes_nothing_and_tells_every_row(tmp_path: Path) -> None:
    wrong = number(3)[:-1] + ("1" if number(3)[-1] != "1" else "2")
    path = write_list(
        tmp_path / "list.xlsx", [row(1), row(2, events="授权 | 质押"), row(3, application=wrong), row(1)]
    )

    result = run(
        "intake", str(path), "--dry-run", "--as-of", "2026-03-05", "--json", str(tmp_path / "out.json")
    )

    assert result.exit_code == 0
    report = told(tmp_path / "out.json")
    assert report["rows_read"] == 4
    assert report["outcomes"] == {"new": 2, "changed": 0, "unchanged": 1, "refused": 1}
    assert report["reconciles"] is True
    assert (report["summary"]["patents"], report["summary"]["flags"]["pledged"]) == (2, 1)
    (refusal,) = report["refusals"]
    assert (refusal["row"], refusal["field"], refusal["value"]) == (4, "application_number", wrong)
    assert "第4行" in refusal["reason"]
    assert not (tmp_path / "instance" / "ipfin.db").exists()


def test_a_file_that_cannot_be_read_is_refused_in_words(tmp_path: Path) -> None:
    broken = tmp_path / "名单.xlsx"
    broken.write_bytes(b"%PDF-1.7 not a list")

    result = run("intake", str(broken), "--dry-run", "--as-of", "2026-03-05")

    assert result.exit_code == 1
    assert "名单.xlsx" in result.output


def test_a_database_that_was_not_upgraded_is_refused_in_words(tmp_path: Path) -> None:
    path = write_list(tmp_path / "list.xlsx", [row(1)])

    result = run("intake", str(path), "--as-of", "2026-03-05")

    assert result.exit_code == 1
    assert "ipfin db upgrade" in result.output


def test_the_steps_of_the_job_stand_as_commands(tmp_path: Path) -> None:
    path = write_list(
        tmp_path / "list.xlsx", [row(serial, firm=f"安阳样张{serial}有限公司") for serial in range(1, 5)]
    )
    out = tmp_path / "out.json"
    assert run("db", "upgrade").exit_code == 0
    for role, organisation, kind, email in (
        ("city_officer", "样张局", "city_office", "maker@example.org"),
        ("city_officer", "样张局", "city_office", "checker@example.org"),
        ("bank", "样张银行", "bank", "bank@example.org"),
    ):
        made = run(
            *("user", "create", "--role", role, "--organisation", organisation, "--kind", kind),
            *("--name", "样张人", "--email", email, "--password", "Yangzhang-Changlang-77"),
        )
        assert made.exit_code == 0, made.output

    assert run("intake", str(path), "--as-of", "2026-03-05", "--json", str(out)).exit_code == 0
    assert told(out)["outcomes"]["new"] == 4
    assert run("intake", str(path), "--as-of", "2026-03-05", "--json", str(out)).exit_code == 0
    assert told(out)["outcomes"] == {"new": 0, "changed": 0, "unchanged": 4, "refused": 0}
    assert run("score", "run", "--json", str(out)).exit_code == 0
    assert told(out)["grades"]["unrated"] == told(out)["firms"] == 4
    assert run("whitelist", "prepare", "--title", "首批", "--as", "maker@example.org").exit_code == 0
    looked = ("--register", "样张名册", "--covers", "全部企业", "--as", "maker@example.org")
    for code in ("E01", "E02", "E03", "E04"):
        assert run("whitelist", "consulted", code, *looked).exit_code == 0
    assert run("whitelist", "submit", "1", "--as", "maker@example.org").exit_code == 0
    unlooked = run("whitelist", "notice", "1", "--as", "checker@example.org")
    assert (unlooked.exit_code, "E05" in unlooked.output) == (1, True)
    assert run("whitelist", "consulted", "E05", *looked).exit_code == 0
    refused = run("whitelist", "notice", "1", "--as", "maker@example.org")
    assert (refused.exit_code, "另一名工作人员" in refused.output) == (1, True)
    assert run("whitelist", "notice", "1", "--as", "checker@example.org").exit_code == 0
    too_early = run("whitelist", "publish", "1", "--as", "checker@example.org")
    assert (too_early.exit_code, "公示期至" in too_early.output) == (1, True)
    with time_machine.travel(now_utc() + timedelta(days=20)):  # five working days are over, New Year or not
        done = run("whitelist", "publish", "1", "--as", "checker@example.org", "--json", str(out))
    assert done.exit_code == 0, done.output
    assert told(out)["outcomes"] == {"admitted": 0, "reserve": 4, "below_line": 0, "excluded": 0, "held": 0}
    wanted = ("--least", "1", "--fresh-days", "3000", "--to", "bank")
    assert run("directory", "prepare", *wanted, "--as", "maker@example.org").exit_code == 0
    assert run("directory", "submit", "1", "--as", "maker@example.org").exit_code == 0
    assert run("directory", "publish", "1", "--as", "checker@example.org", "--json", str(out)).exit_code == 0
    assert (told(out)["lines"], told(out)["deliveries"], told(out)["reconciles"]) == (4, 1, True)
    assert run("audit", "verify", "--json", str(out)).exit_code == 0
    assert told(out)["is_sound"] is True


def test_the_story_is_told_and_reconciles(tmp_path: Path) -> None:
    rows = [row(serial, firm=f"安阳样张{serial % 5}有限公司") for serial in range(1, 16)]
    path = write_list(tmp_path / "list.xlsx", rows)
    out = tmp_path / "story"

    result = run("story", str(path), "--out", str(out), "--json", str(tmp_path / "out.json"))

    assert result.exit_code == 0, result.output
    story = told(tmp_path / "out.json")
    assert story["reconciles"] is True
    assert [step["key"] for step in story["steps"]][-1] == "audit"
    assert len(list((out / "directory").iterdir())) == 6
    assert {path.suffix for path in (out / "directory").iterdir()} == {".xlsx", ".pdf"}
    assert len(list((out / "agendas").glob("*.pdf"))) == 7


def test_the_story_needs_an_empty_database(tmp_path: Path) -> None:
    path = write_list(tmp_path / "list.xlsx", [row(1)])
    assert run("db", "upgrade").exit_code == 0
    assert run("intake", str(path), "--as-of", "2026-03-05").exit_code == 0

    result = run("story", str(path), "--database", f"sqlite:///{tmp_path / 'instance' / 'ipfin.db'}")

    assert (result.exit_code, "空数据库" in result.output) == (1, True)


@pytest.mark.parametrize(("name", "rows", "validity", "pledged"), REAL_LISTS)
def test_real_lists_need_no_hand_mapping(
    shared_data: Path,
    tmp_path: Path,
    name: str,
    rows: int,
    validity: dict[str, int] | None,
    pledged: int | None,
) -> None:
    result = run(
        *("intake", str(shared_data / name), "--dry-run", "--as-of", "2026-11-01"),
        *("--json", str(tmp_path / "out.json")),
    )

    assert result.exit_code == 0, result.output
    report = told(tmp_path / "out.json")
    assert report["rows_read"] == rows == sum(report["outcomes"].values())
    if validity is not None:
        assert {key: report["summary"]["validity"][key] for key in validity} == validity
        assert report["summary"]["flags"]["pledged"] == pledged


def test_the_day_of_a_list_is_asked_for_and_never_taken_from_the_clock(tmp_path: Path) -> None:
    plain = write_list(tmp_path / "list.xlsx", [row(1)])
    dated = write_list(tmp_path / "名录20260301.xlsx", [row(1)])
    assert "请用 --as-of 写明名单的数据截止日，例如" in run("intake", str(plain), "--dry-run").output
    hinted = run("intake", str(dated), "--dry-run")
    assert (hinted.exit_code, "文件名提示可能是 --as-of 2026-03-01" in hinted.output) == (1, True)
    late = run("intake", str(plain), "--dry-run", "--as-of", "2999-01-01")
    assert (late.exit_code, "至今天之间" in late.output) == (1, True)
