"""Rows of a business-register list are read, kept apart or refused in words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipfin.kernel.errors import BadInput
from ipfin.lists.amounts import Capital, parse_capital
from ipfin.lists.cells import Cells
from ipfin.lists.columns import propose_columns
from ipfin.lists.register.fields import SHAPE
from ipfin.lists.register.rows import ListedFirm, parse_industry, read_firms
from tests.factories import credit_code
from tests.lists import table_of

HEADER = ("企业名称", "统一社会信用代码", "曾用名", "企业类型", "成立日期", "注册资本", "经营状态", "区县")
DAY = date(2026, 3, 5)


def row(
    name: str = "安阳样张机械有限公司",
    code: str = credit_code(1),
    former: str = "",
    form: str = "",
    day: str = "",
) -> list[str]:
    return [name, code, former, form, day, "500万元人民币", "存续", "文峰区"]


def read(*rows: list[str]) -> tuple[list[ListedFirm], Cells]:
    table = table_of(HEADER, rows)
    cells = Cells(table, propose_columns(table, SHAPE))
    return read_firms(cells, DAY), cells


@pytest.mark.parametrize(
    ("text", "fen", "currency"),
    [
        ("30(万元)", 30 * 10**6, "CNY"),
        ("5,711.1900(万元)", 57_111_900_00, "CNY"),
        ("500万元人民币", 500 * 10**6, "CNY"),
        ("500万人民币", 500 * 10**6, "CNY"),
        ("500(万人民币元)", 500 * 10**6, "CNY"),
        ("500万人民币元", 500 * 10**6, "CNY"),
        ("500(万)", 500 * 10**6, "CNY"),
        ("500万元", 500 * 10**6, "CNY"),
        ("12(万美元)", 12 * 10**6, "USD"),
        ("12(万香港元)", 12 * 10**6, "HKD"),
        ("12(万欧元)", 12 * 10**6, "EUR"),
        ("３００万元", 300 * 10**6, "CNY"),
        ("1亿元", 10**10, "CNY"),
        ("5000000元", 500 * 10**6, "CNY"),
    ],
)
def test_capital_is_read_in_every_form_that_the_register_writes(text: str, fen: int, currency: str) -> None:
    assert parse_capital(text) == Capital(Decimal(fen), currency)


@pytest.mark.parametrize("text", ["万人民币", "很多", "500", "500万比特币", "9" * 20 + "万元"])
def test_capital_without_amount_unit_or_known_currency_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        parse_capital(text)


@pytest.mark.parametrize("text", ["", "N/A", "-"])
def test_no_capital_is_unknown_and_not_nothing(text: str) -> None:
    assert parse_capital(text) is None


def test_a_bare_number_takes_the_unit_of_its_header() -> None:
    assert parse_capital("500", unit="万") == Capital(Decimal(500 * 10**6), "CNY")
    assert parse_capital("500", unit="元") == Capital(Decimal(500 * 100), "CNY")


@pytest.mark.parametrize(("text", "code"), [("C3484", "C3484"), ("34", "34"), ("通用设备制造业", "34")])
def test_an_industry_is_read_by_code_or_by_the_name_of_its_division(text: str, code: str) -> None:
    assert parse_industry(text) == code


def test_a_branch_is_kept_apart_because_it_is_no_legal_person() -> None:
    firms, cells = read(
        row("安阳样张有限公司文峰分公司"), row("安阳二号厂", credit_code(2), form="集体分支机构(非法人)")
    )
    assert firms == []
    assert [refusal.code for refusal in cells.refusals()] == ["branch", "branch"]


def test_the_type_of_the_register_outweighs_a_name_that_sounds_like_a_branch() -> None:
    firms, _cells = read(row("安阳样张集团样例厂", form="有限责任公司"))
    assert len(firms) == 1


def test_a_wrong_check_digit_is_told_and_does_not_stop_the_row() -> None:
    right = credit_code(1)
    wrong = right[:-1] + ("0" if right[-1] != "0" else "1")
    firms, cells = read(row(code=wrong))
    assert [firm.code_checks for firm in firms] == [False]
    assert "校验位" in cells.doubts[0].message


def test_a_malformed_code_stops_the_row_in_words() -> None:
    firms, cells = read(row(code="12345"), row("安阳二号有限公司", credit_code(2)))
    assert [firm.row for firm in firms] == [3]
    assert "第2行" in cells.refusals()[0].message


def test_one_code_with_two_names_stops_both_rows() -> None:
    firms, cells = read(row("安阳一号有限公司"), row("安阳二号有限公司"))
    assert firms == []
    assert {refusal.code for refusal in cells.refusals()} == {"code_of_two_names"}


def test_one_name_with_two_codes_stops_both_rows() -> None:
    firms, cells = read(row(), row(code=credit_code(2)))
    assert firms == []
    assert {refusal.code for refusal in cells.refusals()} == {"name_of_two_codes"}


def test_a_repeated_row_counts_once_and_one_with_a_code_leads() -> None:
    firms, cells = read(row(code=""), row(), row())
    assert [(firm.row, firm.repeated) for firm in firms] == [(3, (2, 4))]
    assert [doubt.code for doubt in cells.doubts] == ["repeated_differs"]


@pytest.mark.parametrize(("day", "known"), [("2026-03-05", date(2026, 3, 5)), ("2026-03-06", None)])
def test_a_founding_day_after_the_list_s_own_day_is_not_taken(day: str, known: date | None) -> None:
    firms, cells = read(row(day=day))
    assert firms[0].established_on == known
    assert bool(cells.doubts) is (known is None)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=20)), min_size=1, max_size=6))
def test_every_row_is_taken_repeated_or_refused(cells_of: list[tuple[str, str]]) -> None:
    firms, cells = read(*[row(name, code) for name, code in cells_of])
    taken = sum(1 + len(firm.repeated) for firm in firms)
    assert taken + len(cells.refusals()) == len(cells_of)
