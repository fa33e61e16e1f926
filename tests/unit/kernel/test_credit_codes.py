"""Credit codes: spelling, check character, region, against the standard's example and python-stdnum."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from ipfin.kernel.errors import BadInput
from ipfin.kernel.identifiers import (
    CREDIT_CODE_ALPHABET,
    credit_code_with_check,
    format_credit_code,
    parse_credit_code,
)

REGISTER = Path(__file__).parents[3] / "../shared/data/registry_henan/安阳_dev.csv"
STANDARD_EXAMPLE = "91350100M000100Y43"  # GB 32100-2015

first17 = st.builds(
    lambda head, region, body: head + region + body,
    st.text(CREDIT_CODE_ALPHABET, min_size=2, max_size=2),
    st.text("0123456789", min_size=6, max_size=6),
    st.text(CREDIT_CODE_ALPHABET, min_size=9, max_size=9),
)


def test_the_example_of_the_standard_is_right() -> None:
    code = parse_credit_code(STANDARD_EXAMPLE)
    assert (code.value, code.check_is_right, code.region_code) == (STANDARD_EXAMPLE, True, "350100")


def test_a_genuine_code_with_a_wrong_check_character_is_read_and_marked() -> None:
    code = parse_credit_code("91350211M0000XUF46")
    assert code.value == "91350211M0000XUF46"
    assert not code.check_is_right


@pytest.mark.parametrize(
    "spelling",
    [
        " 91350100m000100y43\n",
        "91 350100 M000100Y4 3",
        "９１３５０１００Ｍ０００１００Ｙ４３",
        "\ufeff91350100M000100Y43\u200b",
        "'91350100M000100Y43",
        "91350100\u3000M000100Y43",
    ],
)
def test_width_case_and_spacing_do_not_matter(spelling: str) -> None:
    assert parse_credit_code(spelling).value == STANDARD_EXAMPLE


@pytest.mark.parametrize("length", [0, 9, 15, 17, 19])
def test_a_code_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(BadInput, match=f"应为18位，现有{length}位"):
        parse_credit_code((STANDARD_EXAMPLE + "0")[:length])


@pytest.mark.parametrize("letter", "IOSVZ")
def test_letters_that_look_like_digits_are_refused_and_not_guessed(letter: str) -> None:
    with pytest.raises(BadInput, match=f"不使用的字符“{letter}”"):
        parse_credit_code(f"91350100M00010{letter}Y43")


def test_a_region_that_is_not_six_digits_is_refused() -> None:
    with pytest.raises(BadInput, match="行政区划"):
        parse_credit_code("9135A100M000100Y43")


def test_a_refusal_does_not_repeat_a_whole_paragraph() -> None:
    with pytest.raises(BadInput) as refusal:
        parse_credit_code("安" * 5000)
    assert len(refusal.value.message) < 120


def test_a_code_that_begins_with_a_letter_is_read() -> None:
    assert parse_credit_code(credit_code_with_check("N2410502MF0000000")).region_code == "410502"


@pytest.mark.parametrize("base", ["", "91350100M000100Y", "91350100M000100Y43", "91350100M000100I4"])
def test_what_cannot_begin_a_code_gets_no_check_character(base: str) -> None:
    with pytest.raises(BadInput):
        credit_code_with_check(base)


def test_the_screen_shows_groups_of_2_6_9_1() -> None:
    assert format_credit_code(STANDARD_EXAMPLE) == "91 350100 M000100Y4 3"


@given(first17)
def test_a_made_code_is_right_and_survives_printing(base: str) -> None:
    value = credit_code_with_check(base)
    assert parse_credit_code(value).check_is_right
    assert parse_credit_code(format_credit_code(value)) == parse_credit_code(value)


@given(first17, st.integers(0, 17), st.sampled_from(CREDIT_CODE_ALPHABET))
def test_one_changed_character_is_noticed(base: str, place: int, other: str) -> None:
    value = credit_code_with_check(base)
    changed = value[:place] + other + value[place + 1 :]
    try:
        noticed = not parse_credit_code(changed).check_is_right
    except BadInput:
        noticed = True
    assert noticed is (changed != value)


@given(first17.filter(lambda base: base[:2].isdigit()), st.sampled_from(CREDIT_CODE_ALPHABET))
def test_python_stdnum_agrees(base: str, check: str) -> None:
    assert credit_code_with_check(base)[17] == uscc.calc_check_digit(base)
    assert parse_credit_code(base + check).check_is_right is uscc.is_valid(base + check)


@pytest.mark.skipif(not REGISTER.is_file(), reason="the shared extract of a register is not here")
def test_the_codes_of_a_real_register_are_right() -> None:
    with REGISTER.open(encoding="utf-8", newline="") as lines:
        codes = [parse_credit_code(row["统一社会信用代码"]) for row in csv.DictReader(lines)]
    assert len(codes) > 4000
    assert all(code.check_is_right for code in codes)
