"""The programme of an event: in time, within its event, and told in one line each."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ipfin.events.programme import Item, check_item, in_order, require_room, sentences
from ipfin.kernel.errors import BadInput, Conflict
from tests.unit.events.test_event_details import NINE

ENDS = NINE + timedelta(hours=3)
OPENING = Item(NINE, NINE + timedelta(minutes=30), "致辞", "张三", "主会场")
QUARTER = timedelta(minutes=15)


@pytest.mark.parametrize(
    ("overrides", "field"),
    [
        ({}, None),
        ({"ends_at": ENDS}, None),
        ({"title": " "}, "title"),
        ({"ends_at": NINE}, "ends_at"),
        ({"ends_at": ENDS + timedelta(minutes=1)}, "ends_at"),
        ({"starts_at": NINE - timedelta(minutes=1)}, "starts_at"),
    ],
)
def test_an_item_says_what_it_is_and_lies_within_its_event(
    overrides: dict[str, Any], field: str | None
) -> None:
    with nullcontext() if field is None else pytest.raises(BadInput) as refused:
        check_item(replace(OPENING, **overrides), NINE, ENDS)
    assert field is None or refused.value.field == field


@pytest.mark.parametrize(
    ("starts", "ends", "field"),
    [
        (NINE, ENDS, None),
        (NINE + timedelta(minutes=1), ENDS, "starts_at"),
        (NINE, NINE + 2 * QUARTER, None),
        (NINE, NINE + QUARTER, "ends_at"),
    ],
)
def test_an_event_is_not_moved_away_from_its_programme(starts: Any, ends: Any, field: str | None) -> None:
    with nullcontext() if field is None else pytest.raises(Conflict, match="致辞") as refused:
        require_room([OPENING], starts, ends)
    assert field is None or refused.value.field == field


def test_the_programme_is_told_in_time_what_by_whom_and_where() -> None:
    talk = Item(NINE + 2 * QUARTER, NINE + 3 * QUARTER, "政策解读")
    assert in_order([talk, OPENING]) == [OPENING, talk]
    assert sentences([talk, OPENING]) == ["09:00—09:30 致辞 · 张三 · 主会场", "09:30—09:45 政策解读"]


def test_a_programme_of_two_days_says_the_day() -> None:
    second = Item(NINE + timedelta(days=1), NINE + timedelta(days=1, minutes=30), "参观")
    assert sentences([OPENING, second])[1] == "04-17 09:00—09:30 参观"


def test_margins_go_and_what_is_too_long_is_cut() -> None:
    tidy = replace(OPENING, title=" 致辞 ", place="馆" * 121).tidy
    assert (tidy.title, len(tidy.place)) == ("致辞", 120)
