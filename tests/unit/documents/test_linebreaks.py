"""Where titles, names and cells are broken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipfin.documents.linebreaks import balanced, wrapped

EVEN = dict.fromkeys(range(0x30000), 1.0)
WORDS = st.text(st.sampled_from("安阳市企业名录（2026年）、。的有限公司ABC-12 "), max_size=60)


@pytest.mark.parametrize(
    ("text", "widest", "lines"),
    [
        ("关于提供名录的函", 19, ["关于提供名录的函"]),
        (
            "关于提供安阳市专利企业名录（2026年第三季度）的函",
            19,
            ["关于提供安阳市专利企业名录", "（2026年第三季度）的函"],
        ),
        ("安阳市某某机械制造有限公司", 10, ["安阳市某某机械制造", "有限公司"]),
        ("林州某某铸业股份有限公司", 10, ["林州某某铸业", "股份有限公司"]),
        ("2026年度", 2.5, ["2026", "年度"]),
    ],
)
def test_a_title_is_broken_where_its_sense_allows(text: str, widest: float, lines: list[str]) -> None:
    assert balanced(text, widest) == lines


@given(WORDS, st.floats(2, 30))
def test_broken_titles_lose_nothing_and_fit(text: str, widest: float) -> None:
    lines = balanced(text, widest)

    assert "".join(lines) == text
    assert all(sum(0.55 if ord(c) < 0x2000 else 1 for c in line) <= widest + 1e-9 for line in lines)


def test_a_line_too_narrow_for_two_characters_is_refused() -> None:
    with pytest.raises(ValueError, match="two characters"):
        balanced("安阳", 1.9)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("四个字吗", ["四个字吗"]),
        ("五个字吗？", ["五个字", "吗？"]),
        ("说（好）了吗", ["说（好）", "了吗"]),
        ("共AB12件好", ["共", "AB12", "件好"]),
        ("价（AB12）", ["价", "（AB1", "2）"]),
        ("ABCDEFGH", ["ABCD", "EFGH"]),
        ("第一\n第二行字", ["第一", "第二行字"]),
        ("ab cd ef", ["ab", "cd", "ef"]),
        ("甲乙丙丁戊", ["甲乙丙丁", "戊"]),
    ],
)
def test_a_cell_is_filled_line_by_line_by_the_rules_of_punctuation(text: str, lines: list[str]) -> None:
    assert wrapped(text, 4, EVEN) == lines


@given(WORDS, st.integers(1, 20))
def test_wrapped_cells_lose_nothing_but_blanks_at_breaks_and_fit(text: str, room: int) -> None:
    lines = wrapped(text, room, EVEN)

    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(len(line) <= room for line in lines)


def test_the_widths_of_the_characters_decide() -> None:
    assert wrapped("iiiiWW", 4, {ord("i"): 1.0, ord("W"): 2.0}) == ["iiii", "WW"]
