"""Where a table begins: one header row, two, or none, below banners."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipfin.registry.reading.heading import find_heading, unique_names

DATA = ("CN201710911092.2", "一种轧辊磨床", "安阳示例机械有限公司", "2017-09-29")


def unnamed(place: int) -> str:
    return f"第{place + 1}列"


def test_known_names_make_a_header_wherever_they_stand() -> None:
    rows = [
        ("2026年专利名录", "", "", ""),
        ("填报单位：示例", "", "", ""),
        ("申请号", "标题", "申请人", "申请日"),
        DATA,
    ]
    heading = find_heading(rows)
    assert heading is not None
    assert (heading.names, heading.last, heading.known) == (("申请号", "标题", "申请人", "申请日"), 2, 4)


def test_unknown_names_above_values_are_a_header() -> None:
    heading = find_heading([("甲列", "乙列"), ("某某", "2022-07-15")])
    assert heading is not None
    assert heading.names == ("甲列", "乙列")


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [("", ""), ("", "")],
        [DATA, DATA],
        [("只有一列",), ("值",)],
        [("同名", "同名"), ("1", "2")],
        [("甲列", "乙列"), ("丙", "丁")],
    ],
    ids=["nothing", "blank", "data only", "one column", "equal words", "words over words"],
)
def test_without_a_header_there_is_none(rows: list[tuple[str, ...]]) -> None:
    assert find_heading(rows) is None


def test_a_group_over_columns_is_joined_to_their_names() -> None:
    rows = [("序号", "基本信息", "", "权利人", ""), ("", "申请号", "申请日", "名称甲", "区县"), ("1", *DATA)]
    heading = find_heading(rows)
    assert heading is not None
    assert heading.names == ("序号", "申请号", "申请日", "权利人 / 名称甲", "区县")
    assert (heading.first, heading.last) == (0, 1)


def test_names_under_a_merged_cell_are_joined_to_it() -> None:
    rows = [
        ("申请号", "标题", "申请日", "联系方式", ""),
        ("", "", "", "座机号", "传真号"),
        (*DATA[:2], DATA[3], "1", "2"),
    ]
    heading = find_heading(rows)
    assert heading is not None
    assert heading.names == ("申请号", "标题", "申请日", "联系方式 / 座机号", "联系方式 / 传真号")
    assert heading.last == 1


def test_a_first_row_of_data_with_blanks_is_not_a_second_header_row() -> None:
    rows = [("申请号", "标题", "申请人", "申请日"), ("", "一种轧辊磨床", "", "2017-09-29"), DATA]
    heading = find_heading(rows)
    assert heading is not None
    assert heading.last == 0


cells = st.text(max_size=12)


@given(st.lists(st.lists(cells, max_size=6), max_size=12))
def test_whatever_stands_in_the_first_rows_a_header_is_inside_them(rows: list[list[str]]) -> None:
    heading = find_heading(rows)
    if heading is not None:
        assert 0 <= heading.first <= heading.last < len(rows)
        assert any(heading.names)


@given(
    st.lists(st.sampled_from(["申请日", "申请日（2）", "申请日（3）", "", "甲"]), max_size=12),
    st.integers(0, 12),
)
def test_names_are_unique_and_as_many_as_columns(names: list[str], width: int) -> None:
    unique = unique_names(names, width, unnamed)
    assert len(unique) == width
    assert len(set(unique)) == width
