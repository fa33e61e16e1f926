"""A column of numbers says of every cell what the rule says of that cell alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipfin.kernel.errors import BadInput
from ipfin.kernel.identifiers import (
    ApplicationNumber,
    PublicationNumber,
    application_check_digit,
    parse_application_number,
    parse_publication_number,
)
from ipfin.kernel.number_columns import Told, application_column, publication_column

DIGITS = st.text("0123456789", min_size=12, max_size=12)
NOISE = st.text("CNZL.-X1290AB１・ \n\x00é", max_size=17)


def _alone(rule: Callable[[str], Told]) -> Callable[[str], Told]:
    def told(text: str) -> Told:
        try:
            return rule(text)
        except BadInput:
            return None

    return told


@st.composite
def applications(draw: st.DrawFn) -> str:
    digits = draw(DIGITS | st.from_regex(r"(19|20)[0-9]{2}[12389][0-9]{7}", fullmatch=True))
    check = draw(st.sampled_from([application_check_digit(digits), "1", "X", "Z", ""]))
    return (
        draw(st.sampled_from(["CN", "CN", "ZL", "", "cn"]))
        + digits
        + draw(st.sampled_from([".", ""]))
        + check
    )


PUBLICATIONS = st.from_regex(r"(CN|US|cn)?[0-9]{7,9}([ABCUYSDZ][0-9]?)?", fullmatch=True) | st.from_regex(
    r"CN[1-3]([0-9]{6}|[0-9]{8})[ABCUYSD][0-9]?", fullmatch=True
)


@settings(max_examples=60, deadline=None)
@given(st.lists(applications() | NOISE, min_size=1, max_size=30))
def test_a_column_of_application_numbers_says_what_the_rule_says_of_each(texts: list[str]) -> None:
    column = application_column(texts, len(texts), _alone(parse_application_number))
    for place, text in enumerate(texts):
        number = _alone(parse_application_number)(text)
        parts = (
            (number.canonical, number.year, number.kind, number.is_pct)
            if isinstance(number, ApplicationNumber)
            else (None, None, None, False)
        )
        found = column.canonical[place], column.years[place], column.kinds[place], column.is_pct[place]
        assert found == parts, text
        is_right = isinstance(number, ApplicationNumber) and number.check.value == "right"
        assert column.odd.get(place, number) == number
        assert is_right or place in column.odd, "whatever does not check is left to the caller"


@settings(max_examples=60, deadline=None)
@given(st.lists(PUBLICATIONS | NOISE, min_size=1, max_size=30))
def test_a_column_of_publication_numbers_says_what_the_rule_says_of_each(texts: list[str]) -> None:
    column = publication_column(texts, len(texts), _alone(parse_publication_number))
    for place, text in enumerate(texts):
        number = _alone(parse_publication_number)(text)
        parts = (
            (number.canonical, number.root, number.patent_kind, number.is_grant)
            if isinstance(number, PublicationNumber)
            else (None, None, None, None)
        )
        found = column.canonical[place], column.roots[place], column.kinds[place], column.is_grant[place]
        assert found == parts, text
        assert column.odd.get(place, number) == number


@pytest.mark.parametrize("count", [1, 300])
def test_one_wrong_check_digit_among_many_is_the_only_one_left_to_the_caller(count: int) -> None:
    digits = [f"2019{kind}{serial:07d}" for serial, kind in zip(range(count), "123" * count, strict=False)]
    texts = [f"CN{each}.{application_check_digit(each)}" for each in digits]
    wrong = texts[-1][:-1] + ("1" if texts[-1][-1] != "1" else "2")
    column = application_column([*texts, wrong], count + 1, parse_application_number)
    assert set(column.odd) == {count}


def test_a_list_without_the_column_has_no_numbers() -> None:
    assert application_column(None, 2, parse_application_number).odd == {0: None, 1: None}
    assert publication_column(None, 2, parse_publication_number).canonical == [None, None]
