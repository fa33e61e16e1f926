"""`ipfin score explain`: the whole sheet in numbers, without a database; bad files in words and exit 2."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ipfin.cli import main
from ipfin.whitelist.scheme import DEFAULT_CARD

GOLDEN = Path(__file__).parents[2] / "golden" / "score"
FIRM_A = GOLDEN / "firm_a.facts.json"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["score", *arguments], catch_exceptions=False)


def test_firm_a_is_the_golden_sheet_to_the_byte(tmp_path: Path) -> None:
    out = tmp_path / "new" / "sheet.json"
    done = run("explain", "--facts", str(FIRM_A), "--on", "2026-03-05", "--json", str(out))
    assert done.exit_code == 0
    assert out.read_text("utf-8") == (GOLDEN / "firm_a.sheet.json").read_text("utf-8")
    sheet = json.loads(out.read_text("utf-8"))
    assert (sheet["graded_score"], sheet["score"], sheet["grade"]) == (69.6825, 69.6825, "B")
    assert [reason["code"] for reason in sheet["reasons"]] == ["M2", "C4", "M3", "T1"]
    assert abs(sum(sheet["contributions"].values()) - 69.6825) < 1e-9
    for words in ("69.6825", "B级", "许可与转让得0分（满分100，权重4），少得4分。"):
        assert words in done.output


def test_the_card_may_be_given(tmp_path: Path) -> None:
    out = tmp_path / "sheet.json"
    run(
        "explain",
        "--facts",
        str(FIRM_A),
        "--card",
        str(DEFAULT_CARD),
        "--on",
        "2026-03-05",
        "--json",
        str(out),
    )
    assert out.read_text("utf-8") == (GOLDEN / "firm_a.sheet.json").read_text("utf-8")


@pytest.mark.parametrize(
    ("facts", "card", "said"),
    [
        (b'{"L1": 5, "L1": 6}', None, "写了两次"),
        (b"\xff\xfe", None, "不是UTF-8"),
        (None, None, "读不出来"),
        (b"{}", b"id = 3", "评分卡"),
        (b"{}", b"id = [", "不是有效的TOML"),
        (b"{}", "absent", "读不出来"),
    ],
)
def test_bad_files_are_refused_in_words_with_exit_2(tmp_path: Path, facts, card, said) -> None:
    given = tmp_path / "facts.json"
    if facts is not None:
        given.write_bytes(facts)
    arguments = ["explain", "--facts", str(given), "--json", str(tmp_path / "out.json")]
    if card is not None:
        if isinstance(card, bytes):
            (tmp_path / "card.toml").write_bytes(card)
        arguments += ["--card", str(tmp_path / "card.toml")]
    done = run(*arguments)
    assert done.exit_code == 2
    assert said in done.stderr
    assert not (tmp_path / "out.json").exists()


def test_a_result_that_cannot_be_written_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = run("explain", "--facts", str(FIRM_A), "--json", str(tmp_path / "file" / "out.json"))
    assert (done.exit_code, "写不进去" in done.stderr) == (2, True)


def test_explaining_needs_neither_a_database_nor_a_numeric_library() -> None:
    program = (
        "import sys; from click.testing import CliRunner; from ipfin.cli import main\n"
        f"done = CliRunner().invoke(main, ['score', 'explain', '--facts', {str(FIRM_A)!r}])\n"
        "assert done.exit_code == 0, done.output\n"
        "print(*sorted({'numpy', 'pandas', 'scipy', 'sqlalchemy', 'flask'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_firm_a_s_grade_holds_in_97_of_100_weightings(tmp_path: Path) -> None:
    out = tmp_path / "robust.json"
    done = run("robustness", "--facts", str(FIRM_A), "--json", str(out))
    assert done.exit_code == 0
    told = json.loads(out.read_text("utf-8"))
    assert told["grade"] == "B"
    assert told["grade_holds"] == pytest.approx(0.9667, abs=0.0072)  # four standard errors
    assert told["grade_holds_error"] == pytest.approx(0.0018, abs=0.0005)
    assert sum(told["grade_probabilities"].values()) == pytest.approx(1)
    assert (told["mean"], told["standard_deviation"]) == (69.6825, 3.143041)
    assert told["without_block"]["market"] == {"score": 76.36, "grade": "A"}
    assert (told["seed"], told["draws"], told["kappa"]) == (20261122, 10_000, 50)
    assert len(told["config_sha256"]) == len(told["inputs_hash"]) == 64


def test_a_list_of_firms_is_told_with_ranks_and_edges(tmp_path: Path) -> None:
    facts = json.loads(FIRM_A.read_text("utf-8"))
    given, out = tmp_path / "firms.json", tmp_path / "robust.json"
    firms = {"甲": facts, "乙": facts | {"M2": 1}, "丙": {"values": {"L1": 3}}}
    given.write_text(json.dumps({"firms": firms}), "utf-8")
    arguments = ["robustness", "--facts", str(given), "--cut", "1", "--draws", "200", "--json", str(out)]
    assert run(*arguments).exit_code == 0
    told = json.loads(out.read_text("utf-8"))
    one, two, unrated = told["firms"]
    assert [one["name"], two["name"], unrated["name"]] == ["甲", "乙", "丙"]
    assert (one["in_list"], two["in_list"], two["rank_acceptability"]) == (0, 1, [1, 0])
    assert (unrated["grade_holds"], unrated["in_list"], unrated["is_edge"]) == (None, None, False)
    assert unrated["grade_range"] == ["D", "A"]
    assert (told["cut"], told["rated"], told["edge_firms"]) == (1, 2, 0)
    assert one["inputs_hash"] != two["inputs_hash"]


@pytest.mark.parametrize("firms", ["{}", "[]", "3", '[{"L1": "x"}]'])
def test_a_list_that_is_none_is_refused_in_words_with_exit_2(tmp_path: Path, firms: str) -> None:
    given = tmp_path / "firms.json"
    given.write_text(f'{{"firms": {firms}}}', "utf-8")
    done = run("robustness", "--facts", str(given))
    assert (done.exit_code, done.stderr.strip()[-1]) == (2, "。")
