"""Money: reading amounts, rounding once, splitting without loss, showing."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipfin.kernel.errors import BadInput
from ipfin.kernel.money import (
    LARGEST,
    Fen,
    fen_from_wan_yuan,
    fen_from_yuan,
    format_wan_yuan,
    format_wan_yuan_figure,
    round_half_up_to_fen,
    split_fen,
    wan_yuan,
    yuan,
)

amounts = st.integers(-(2**63) + 1, 2**63 - 1).map(Fen)
shares = st.lists(
    st.one_of(st.integers(0, 10**6), st.decimals(0, 1000, places=4)), min_size=1, max_size=12
).filter(any)


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("0", 0),
        ("-0", 0),
        ("1", 100),
        ("0.01", 1),
        ("1234.56", 123456),
        ("1,234.56", 123456),
        ("１，２３４．５６", 123456),
        (" 1 234.5 ", 123450),
        ("-1,234,567.89", -123456789),
        ("+3", 300),
        ("5711.1900", 571119),
        ("92233720368547758.07", LARGEST),
    ],
)
def test_an_amount_in_yuan_is_read_as_fen(text: str, fen: int) -> None:
    assert fen_from_yuan(text) == fen


@pytest.mark.parametrize(
    ("amount", "fen"),
    [("30", 30_000_000), ("5,711.19", 5_711_190_000), (Decimal("0.000001"), 1), (500, 500_000_000)],
)
def test_an_amount_in_wan_yuan_is_read_as_fen(amount: Decimal | str | int, fen: int) -> None:
    assert fen_from_wan_yuan(amount) == fen


@pytest.mark.parametrize(
    "text",
    ["", " ", "-", "1,23", "12,34.5", "1e5", "1_000", "NaN", "Infinity", "30万元", "0x1", ".", "1.", "٣"],
)
def test_text_that_is_no_plain_amount_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="不是金额"):
        fen_from_yuan(text)


@pytest.mark.parametrize("amount", ["0.001", Decimal("1.000000000000000000000000000000000000001")])
def test_an_amount_finer_than_a_fen_is_refused_and_not_rounded(amount: Decimal | str) -> None:
    with pytest.raises(BadInput, match="精确到分"):
        fen_from_yuan(amount)
    with pytest.raises(BadInput, match="精确到分"):
        fen_from_wan_yuan("0.0000001")


@pytest.mark.parametrize(
    "amount", ["92233720368547758.08", "9" * 25, Decimal("1e100000"), Decimal("NaN"), Decimal("-Infinity")]
)
def test_an_amount_that_no_column_holds_is_refused(amount: Decimal | str) -> None:
    with pytest.raises(BadInput, match="超出"):
        fen_from_yuan(amount)


@pytest.mark.parametrize("value", [1.0, True, None])
@pytest.mark.parametrize(
    "use",
    [
        fen_from_yuan,
        fen_from_wan_yuan,
        round_half_up_to_fen,
        lambda value: split_fen(value, [1]),
        lambda value: split_fen(Fen(1), [1, value]),
    ],
)
def test_floats_and_other_types_are_a_fault_of_the_program(use: Callable[[Any], Any], value: object) -> None:
    with pytest.raises(TypeError):
        use(value)


@pytest.mark.parametrize(
    ("exact", "fen"),
    [
        (Decimal("0.4999"), 0),
        (Decimal("0.5"), 1),
        (Decimal("1.5"), 2),
        (Decimal("2.5"), 3),
        (Decimal("-0.5"), -1),
        (Decimal("-0.4999"), 0),
        (Decimal("-2.5"), -3),
        (Fraction(1, 2), 1),
        (Fraction(10**30 - 1, 2 * 10**30), 0),
        (7, 7),
    ],
)
def test_a_formula_is_rounded_half_up_by_size(exact: Decimal | Fraction | int, fen: int) -> None:
    assert round_half_up_to_fen(exact) == fen


@pytest.mark.parametrize("value", ["NaN", "Infinity"])
def test_a_formula_without_a_finite_result_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="finite"):
        round_half_up_to_fen(Decimal(value))


def test_yuan_and_wan_yuan_are_exact() -> None:
    assert str(yuan(Fen(123456))) == "1234.56"
    assert str(yuan(Fen(0))) == "0.00"
    assert str(wan_yuan(Fen(123456789))) == "123.456789"


@given(amounts)
def test_an_amount_survives_both_units(fen: Fen) -> None:
    assert fen_from_yuan(yuan(fen)) == fen
    assert fen_from_yuan(f"{yuan(fen):,}") == fen
    assert fen_from_wan_yuan(wan_yuan(fen)) == fen


@pytest.mark.parametrize(
    ("fen", "shown"),
    [
        (0, "0.00万元"),
        (-1, "0.00万元"),
        (4_999, "0.00万元"),
        (5_000, "0.01万元"),
        (1_234_560_000, "1,234.56万元"),
        (-1_234_565_000, "-1,234.57万元"),
        (9_999_994_999, "9,999.99万元"),
        (9_999_995_000, "1.00亿元"),
        (10_000_000_000, "1.00亿元"),
        (-12_345_000_000_000, "-1,234.50亿元"),
    ],
)
def test_the_screen_shows_wan_yuan_and_from_one_hundred_million_yi_yuan(fen: int, shown: str) -> None:
    assert format_wan_yuan(Fen(fen)) == shown


def test_a_column_headed_wan_yuan_keeps_its_unit_at_any_size() -> None:
    assert format_wan_yuan_figure(Fen(12_345_600_000)) == "12,345.60"
    assert format_wan_yuan_figure(Fen(-1)) == "0.00"


def test_the_shown_amount_can_be_said_in_another_language() -> None:
    assert format_wan_yuan(Fen(10_000_000)).template == "%(amount)s万元"


def test_the_odd_fen_goes_to_the_largest_remainder() -> None:
    # 100 split 1:2:3 is 16.67, 33.33, 50: the odd one goes to the first.
    assert split_fen(Fen(100), [1, 2, 3]) == (17, 33, 50)


def test_equal_remainders_favour_the_lower_index() -> None:
    assert split_fen(Fen(2), [1, 1, 1]) == (1, 1, 0)
    assert split_fen(Fen(100), [Decimal("0.5"), Decimal("0.25"), Decimal("0.25")]) == (50, 25, 25)


def test_a_zero_share_gets_nothing() -> None:
    assert split_fen(Fen(100), [0, 1, 1, 1]) == (0, 34, 33, 33)


@pytest.mark.parametrize("bad", [[], [0], [0, Decimal(0)], [1, -1], [Decimal("NaN")], [Decimal("Infinity")]])
def test_shares_that_give_no_proportion_are_refused(bad: list[Decimal | int]) -> None:
    with pytest.raises(BadInput, match="分摊比例"):
        split_fen(Fen(100), bad)


@given(amounts, shares)
def test_the_parts_add_up_and_differ_from_exact_by_less_than_a_fen(
    total: Fen, proportions: list[Decimal | int]
) -> None:
    parts = split_fen(total, proportions)
    assert sum(parts) == total
    whole = sum(map(Fraction, proportions))
    for part, share in zip(parts, proportions, strict=True):
        assert abs(part - total * Fraction(share) / whole) < 1


@given(amounts, shares)
def test_a_reversal_cancels_part_by_part(total: Fen, proportions: list[Decimal | int]) -> None:
    back = split_fen(Fen(-total), proportions)
    assert tuple(-part for part in back) == split_fen(total, proportions)


@pytest.mark.parametrize("amount", ["1e400000000", "-1e400000000", "1e-400000000", "-1e-400000000", "1e-61"])
def test_an_exponent_that_no_amount_has_is_refused_at_once(amount: str) -> None:
    for convert in (fen_from_yuan, fen_from_wan_yuan):
        with pytest.raises(BadInput, match="超出"):
            convert(Decimal(amount))
