"""How cells are read: text, days, counts, lists."""

from __future__ import annotations

import time
import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipfin.kernel.errors import BadInput
from ipfin.registry import values

DAY = date(2022, 7, 5)


@pytest.mark.parametrize(
    "text",
    [
        "20220705",
        "2022-07-05",
        "2022-7-5",
        "2022.07.05",
        "2022/07/05",
        "2022年7月5日",
        "2022年07月05日",
        "2022-07-05 00:00:00",
        "2022-07-05T08:30:00+08:00",
        " ２０２２－０７－０５ ",
        "'20220705",
        "44747",
        "44747.5",
    ],
)
def test_a_day_is_read_in_every_spelling(text: str) -> None:
    assert values.parse_date(text) == DAY


@pytest.mark.parametrize("text", ["", "-", "N/A", "0", "0--", "0000-00-00", "无", " ", "#N/A"])
def test_no_day_is_none(text: str) -> None:
    assert values.parse_date(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "2022",
        "2022-13-01",
        "2022-02-30",
        "20221301",
        "20220230",
        "昨天",
        "2022-07",
        "1234",
        "99999",
        "05/07/22",
    ],
)
def test_what_is_no_day_is_refused_with_the_text_and_the_remedy(text: str) -> None:
    with pytest.raises(BadInput, match="不是有效日期") as refusal:
        values.parse_date(text)
    assert text in refusal.value.message


@given(st.dates(date(1985, 4, 1), date(2100, 1, 1)))
def test_all_spellings_of_a_day_agree(day: date) -> None:
    spellings = [
        day.strftime("%Y%m%d"),
        day.isoformat(),
        day.strftime("%Y.%m.%d"),
        day.strftime("%Y/%m/%d"),
        f"{day.year}年{day.month}月{day.day}日",
        str((day - date(1899, 12, 30)).days),
    ]
    assert {values.parse_date(text) for text in spellings} == {day}


@pytest.mark.parametrize(
    ("text", "year"), [("2020", 2020), ("2020年", 2020), ("2020-05-01", 2020), ("-", None)]
)
def test_a_year_is_read_alone_or_out_of_a_day(text: str, year: int | None) -> None:
    assert values.parse_year(text) == year


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("0", 0),
        ("12", 12),
        ("10.0", 10),
        ("1,234", 1234),
        ("12 项", 12),
        ("１２", 12),
        ("-", None),
        ("", None),
    ],
)
def test_a_count_is_read_in_every_spelling(text: str, count: int | None) -> None:
    assert values.parse_count(text) == count


@pytest.mark.parametrize("text", ["-3", "2.5", "1,23", "many", "10000001", "9" * 5000, "1e5"])
def test_what_is_no_count_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        values.parse_count(text)


@given(st.integers(0, 10_000_000))
def test_a_count_with_commas_or_a_point_is_the_same(number: int) -> None:
    assert values.parse_count(f"{number:,}") == values.parse_count(f"{number}.0") == number


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("A; B；C | D", ("A", "B", "C", "D")),
        ("A\r\nB\nA", ("A", "B")),
        ("-", ()),
        ("一、二", ("一、二",)),
    ],
)
def test_items_are_parted_each_once(text: str, items: tuple[str, ...]) -> None:
    assert values.parse_items(text) == items


def test_industries_are_parted_after_their_brackets_only() -> None:
    text = "1.1 (下一代信息网络产业),8.4 (数字创意,与融合服务)"
    assert values.parse_industries(text) == ("1.1 (下一代信息网络产业)", "8.4 (数字创意,与融合服务)")


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("H04N  5/225 | G06T 19/00", ("H04N5/225", "G06T19/00")),
        ("G06F 16/583|G06F 16/583", ("G06F16/583",)),
        ("G02B", ("G02B",)),
        ("H04W 64/00 为了网络管理的目的", ("H04W64/00",)),
        ("ｇ０６ｆ１７／３０", ("G06F17/30",)),
        ("14-02(10)", ()),
        ("", ()),
    ],
)
def test_ipc_symbols_are_spelled_in_one_way(text: str, symbols: tuple[str, ...]) -> None:
    assert values.parse_ipc(text) == symbols


@pytest.mark.parametrize(
    ("text", "answer"), [("是", True), ("Y", True), ("否", False), ("0", False), ("-", False)]
)
def test_yes_is_anything_but_no_and_nothing(text: str, answer: bool) -> None:
    assert values.parse_yes(text) is answer


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("H<sub>2</sub>O 的&lt;b&gt;制备&lt;/b&gt;", "H2O 的制备"),
        ("<script>alert(1)</script>磨床", "alert(1)磨床"),
        ("a < b 且 c > d", "a < b 且 c > d"),
        ("到incoPat中查看\r\nCN1", "到incoPat中查看 CN1"),
        ("磨\x08床\x00\u200b\u202e", "磨床"),
        ("磨\x0b床", "磨 床"),
        ("（复古）①", "（复古）①"),
        ("--", ""),
    ],
)
def test_text_for_people_keeps_its_widths_and_loses_tags_and_marks(text: str, clean: str) -> None:
    assert values.clean_text(text) == clean


@given(st.text())
def test_clean_text_holds_nothing_that_a_workbook_cannot(text: str) -> None:
    clean = values.clean_text(text)
    assert not [char for char in clean if unicodedata.category(char) in ("Cc", "Cs")]
    assert clean == clean.strip()
    assert "\n" not in clean


@given(st.text())
def test_clean_codes_are_clean(text: str) -> None:
    code = values.clean_code(text)
    assert values.clean_code(code) == code or "&" in text or "<" in code


@given(st.lists(st.sampled_from(["2022-07-05", "x", "", "44747"]), max_size=30))
def test_a_column_is_read_as_its_values_are_one_by_one(column: list[str]) -> None:
    read, refused = values.read_column(column, values.parse_date)
    assert read == [None if text in ("x", "") else DAY for text in column]
    assert set(refused) == {"x"} & set(column)


@pytest.mark.parametrize(
    "rule",
    [values.clean_text, values.clean_code, values.parse_items, values.parse_codes, values.parse_industries,
     values.parse_ipc, values.shown, values.parse_yes],
)  # fmt: skip
@pytest.mark.parametrize("unit", [" ", "<", "<a ", "&", "(", "H04N ", "，)", "\u3000x"])
def test_no_cell_is_so_made_that_reading_it_takes_long(rule: object, unit: str) -> None:
    text = (unit * 32_767)[:32_767]
    began = time.process_time()
    rule(text)  # type: ignore[operator]
    assert time.process_time() - began < 0.5
