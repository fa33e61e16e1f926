"""What no export of ours may carry."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipfin.documents.safety import begins_like_formula, clean_text, csv_field, file_name


@pytest.mark.parametrize(
    "text", ["=1+1", "+86 372", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", " =1", "\u3000-1"]
)
def test_a_text_that_a_spreadsheet_would_compute_is_recognised(text: str) -> None:
    assert begins_like_formula(text)
    assert csv_field(text).startswith("'")


@pytest.mark.parametrize("text", ["", "安阳=钢铁", "1-2", "（集团）", "a@b.cn", "'=1"])
def test_a_sign_inside_a_text_is_no_formula(text: str) -> None:
    assert not begins_like_formula(text)
    assert csv_field(text) == text


@given(st.text(st.characters()))
def test_cleaned_text_can_stand_in_an_xml_document(text: str) -> None:
    cleaned = clean_text(text)

    assert all(c in "\t\n\r\x85" or c >= " " for c in cleaned)
    assert not any("\ud800" <= c <= "\udfff" or c in "\x00\x0b\x7f\ufffe\uffff" for c in cleaned)
    assert clean_text(cleaned) == cleaned


def test_ordinary_text_is_not_touched_by_cleaning() -> None:
    text = "  祎堃㼆䶮\U0002cb38\U000210c1 ①（有限）\t公司\r\n第二行 "
    assert clean_text(text) == text


def test_a_file_name_joins_its_parts_and_writes_dates_without_hyphens() -> None:
    name = file_name("安阳专利企业名录", "2026Q3", "某某银行", date(2026, 11, 22), suffix=".xlsx")
    assert name == "安阳专利企业名录_2026Q3_某某银行_20261122.xlsx"


def test_an_instant_in_a_file_name_shows_the_minute() -> None:
    assert file_name("x", datetime(2026, 1, 2, 3, 4, tzinfo=UTC), suffix=".csv") == "x_20260102-0304.csv"


@pytest.mark.parametrize(
    "part", ["../../etc/passwd", "a\\b:c", 'x"y|z?', "a\u202egnp.x", "\x00\x1f", "..", "  "]
)
def test_a_file_name_holds_nothing_that_leads_elsewhere(part: str) -> None:
    name = file_name(part, "名录", suffix=".pdf")
    assert not set(name) & set('/\\:*?"<>|\x00\x1f\u202e')
    assert not name.startswith((".", " ", "-"))
    assert name.endswith("名录.pdf")


def test_a_file_name_of_nothing_is_still_a_name() -> None:
    assert file_name("..", " ", suffix=".pdf") == "file.pdf"


def test_a_long_file_name_is_cut_at_a_whole_character_and_keeps_its_ending() -> None:
    name = file_name("安" * 300, suffix=".xlsx")
    assert name.endswith("安.xlsx")
    assert len(name.encode()) <= 200
