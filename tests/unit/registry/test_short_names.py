"""Which full name a short one stands for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipfin.registry.resolution.divisions import divisions_of
from ipfin.registry.resolution.short_names import ShortNames, short_text

NAMES = (
    "河南华联瓷业股份有限公司",
    "安阳红旗渠机械股份有限公司",
    "安阳红旗机械有限公司",
    "林州重型装备集团股份有限公司",
    "样例环保科技股份有限公司",
    "华瓷科技有限公司",
)
FOUND = ShortNames(NAMES, divisions_of(["林州市"]))


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("红旗渠", NAMES[1]),
        ("安阳红旗", NAMES[2]),
        ("林州重装", NAMES[3]),
        ("*ST林重", NAMES[3]),
        ("样例科技", NAMES[4]),
        ("华联瓷业", NAMES[0]),
    ],
)
def test_characters_in_their_order_lead_to_the_full_name(short: str, full: str) -> None:
    assert FOUND.matches(short)[0].name == full


@pytest.mark.parametrize(
    ("short", "text"),
    [("*ST林重", "林重"), ("ＳＴ 林重", "林重"), ("林重-U", "林重"), ("林重A", "林重"), ("ST", "st")],
)
def test_marks_of_an_exchange_are_no_part_of_the_name(short: str, text: str) -> None:
    assert short_text(short) == text


def test_nothing_in_common_is_no_proposal() -> None:
    assert FOUND.matches("银杏") == []


@given(st.sampled_from(NAMES))
def test_a_full_name_stands_for_itself(name: str) -> None:
    assert FOUND.matches(name)[0].name == name


@given(st.text(max_size=12))
def test_whatever_is_asked_the_proposals_are_ordered(short: str) -> None:
    scores = [match.score for match in FOUND.matches(short)]
    assert scores == sorted(scores, reverse=True)
