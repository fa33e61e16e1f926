"""The check of the card on lists: no pledge reaches a score, and the figures of the paper come out again."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from ipfin.cli import main
from ipfin.registry.headers import propose_mapping
from ipfin.registry.listed import ListReading
from ipfin.registry.listing import interpret
from ipfin.whitelist.outcome_check import FEWEST, check_as_numbers, check_list, checked_firms
from ipfin.whitelist.scheme import default_card
from tests.architecture.sources import ROOT
from tests.unit.registry.list_tables import table_of

ON = date(2022, 12, 31)
PAPER = ROOT / "docs" / "outcome-check.md"
LIST = "patents_patsnap_sme/中之信2020-2022_dev.xlsx"
FIRMS = 12


def reading_of(pledged: list[bool], *, words: str = "授权", validity: str = "有效") -> ListReading:
    """Return a list of 24 patents of twelve firms; `pledged` tells of each patent whether it is pledged."""
    places = range(2 * FIRMS)
    columns = {
        "公开公告号": [
            f"CN{110_000_000 + place}B" if place % 3 else f"CN{210_000_000 + place}U" for place in places
        ],
        "专利类型": ["发明专利" if place % 3 else "实用新型" for place in places],
        "当前申请专利权人": [f"某市{place % FIRMS:02}号机械有限公司" for place in places],
        "IPC分类号": [("G06F", "H04N", "B23K")[place % 3] for place in places],
        "权利要求数量": [str(3 + place % 7) for place in places],
        "被引用专利数量": [str(place % 4) for place in places],
        "申请年": [str(2016 + place % 6) for place in places],
        "简单法律状态": [validity if place % 5 else "失效" for place in places],
        "法律状态事件": [f"{words} | 质押" if mark else words for mark in pledged],
    }
    table = table_of(columns)
    return interpret(table, propose_mapping(table), as_of=ON)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.booleans(), min_size=2 * FIRMS, max_size=2 * FIRMS))
def test_turning_the_marks_of_pledges_around_changes_no_sheet(pledged: list[bool]) -> None:
    card = default_card()
    ones = checked_firms(reading_of(pledged), card, ON)
    others = checked_firms(reading_of([not mark for mark in pledged]), card, ON)
    assert [firm.sheet for firm in ones] == [firm.sheet for firm in others]
    assert [firm.has_pledged for firm in ones] == [
        any(pledged[place] for place in (firm, firm + FIRMS)) for firm in range(FIRMS)
    ]


def test_a_burden_that_is_no_pledge_still_counts() -> None:
    card, clean = default_card(), [False] * (2 * FIRMS)
    free = checked_firms(reading_of(clean), card, ON)
    frozen = checked_firms(reading_of(clean, words="授权 | 保全"), card, ON)
    assert [firm.sheet.score for firm in free] != [firm.sheet.score for firm in frozen]


@pytest.mark.parametrize(("positives", "is_told"), [(FEWEST - 1, False), (FEWEST, True)])
def test_below_five_firms_no_figure_is_told(positives: int, is_told: bool) -> None:
    reading = reading_of([place < positives for place in range(2 * FIRMS)])
    group = check_list(reading, default_card(), ON).everybody
    assert (group.firms, group.positives) == (FIRMS, positives)
    assert all((auc is not None) == is_told for auc in (*group.aucs.values(), group.gain))


def test_persons_and_public_bodies_are_no_firms() -> None:
    names = ["王小明", "某某大学", "某市机械有限公司 | 某某研究所", "某市机械有限公司"]
    table = table_of(
        {
            "公开公告号": [f"CN{110_000_000 + place}B" for place in range(4)],
            "当前申请专利权人": names,
            "简单法律状态": ["有效"] * 4,
            "法律状态事件": ["质押"] * 4,
        }
    )
    reading = interpret(table, propose_mapping(table), as_of=ON)
    firms = checked_firms(reading, default_card(), ON)
    assert [(firm.patents, firm.has_pledged) for firm in firms] == [(2, True)]


def test_nothing_that_is_told_names_a_firm() -> None:
    told = check_as_numbers(check_list(reading_of([True] * (2 * FIRMS)), default_card(), ON))
    assert "机械" not in json.dumps(told, ensure_ascii=False, default=str)


def test_a_list_that_is_none_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("甲,乙\n1,2\n", encoding="utf-8")
    done = CliRunner().invoke(main, ["outcome", "check", str(tmp_path / "list.csv"), "--as-of", "2022-12-31"])
    assert done.exit_code == 2
    assert "list.csv" in done.stderr


def test_the_figures_of_the_paper_come_out_of_the_real_list(shared_data: Path, tmp_path: Path) -> None:
    out = tmp_path / "check.json"
    done = CliRunner().invoke(
        main,
        ["outcome", "check", str(shared_data / LIST), "--as-of", ON.isoformat(), "--json", str(out)],
        catch_exceptions=False,
    )
    assert done.exit_code == 0
    (found,) = json.loads(out.read_text("utf-8"))["lists"]
    paper = PAPER.read_text("utf-8")
    for key, heading in (("all_companies", "All companies"), ("with_a_valid_patent", "in force")):
        group = found[key]
        assert f"{heading} ({group['firms']}, of them {group['positives']} with a pledge)" in paper
        assert [row for row in rows_of(group) if row not in paper] == []
    assert found["coverage"] == {"lowest": 0.55, "median": 0.55, "highest": 0.55}
    assert found["grades"]["unrated"] == found["all_companies"]["firms"]
    assert f"{found['pledged_patents']} patents are" in paper


def rows_of(group: dict) -> list[str]:
    """Return the lines of the paper's table that these figures make."""
    figures = {
        "score over what is known": group["auc"]["score"],
        "graded score": group["auc"]["graded_score"],
        "number of patents": group["auc"]["patents"],
        "number of patents in force": group["auc"]["valid_patents"],
        "score, among firms of like size": group["auc_within_size"],
        "score less number of patents": group["gain_over_patents"],
    }
    return [
        f"| {name} | {auc['value']:.3f} | {auc['low']:.3f} – {auc['high']:.3f} | {auc['pairs']:,} |"
        for name, auc in figures.items()
    ]
