"""What the office may demand of a timetable, and what of it the planner is given."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ipfin.events.demands import Leasts, Order, check_least, check_order, precedences
from ipfin.events.details import check_details
from ipfin.events.timetable.problem import Precedence
from ipfin.kernel.errors import BadInput, Conflict, DomainError
from tests.unit.events.test_event_details import MATCHMAKING

A, B, C, D = (9, 1), (9, 2), (8, 1), (8, 2)  # institution, firm
NAMES = {1: "甲厂", 2: "乙厂", 8: "一行", 9: "二行"}


@pytest.mark.parametrize(
    ("least", "most", "places", "words"),
    [
        (-1, None, 5, "不能为负数"),
        (0, 0, 0, ""),
        (3, 3, 3, ""),
        (4, 3, 9, "最多3场，最低场次不能是4场"),
        (4, None, 4, ""),
        (5, None, 4, "只够4场，最低场次不能是5场"),
    ],
)
def test_a_least_number_is_within_the_most_and_within_the_room(
    least: int, most: int | None, places: int, words: str
) -> None:
    if not words:
        check_least(least, most=most, places=places, name="甲厂")
        return
    with pytest.raises(BadInput, match=words) as refused:
        check_least(least, most=most, places=places, name="甲厂")
    assert refused.value.field == "least"


def test_what_is_asked_of_everybody_reaches_as_far_as_both_sides_agreed() -> None:
    leasts = Leasts(3, 5, {7: 4, 8: 0})
    assert leasts.of(1, is_firm=True, agreed=9, most=4) == 3
    assert leasts.of(1, is_firm=True, agreed=2, most=4) == 2
    assert leasts.of(1, is_firm=False, agreed=9, most=None) == 5
    assert leasts.of(1, is_firm=False, agreed=9, most=4) == 4
    assert leasts.of(7, is_firm=True, agreed=0, most=9) == 4, "asked by name: what is wanting is told"
    assert leasts.of(7, is_firm=True, agreed=9, most=3) == 3, "the most was lowered since"
    assert leasts.of(8, is_firm=False, agreed=9, most=None) == 0, "an exception"


@pytest.mark.parametrize(
    ("order", "others", "slots", "error", "words"),
    [
        (Order(A, B), [], 2, None, ""),
        (Order(A, B), [], 1, Conflict, "依次先后进行，而本场只有1个"),
        (Order(A, A), [], 9, BadInput, "不同的两场"),
        (Order(A, B), [Order(A, B)], 9, Conflict, "已经有了"),
        (Order(B, A), [Order(A, B)], 9, Conflict, "成了环：“甲厂”与“二行”、“乙厂”与“二行”|成了环：“乙厂”"),
        (Order(C, A), [Order(A, B), Order(B, C)], 9, Conflict, "成了环"),
        (Order(C, D), [Order(A, B), Order(B, C)], 4, None, ""),
        (Order(C, D), [Order(A, B), Order(B, C)], 3, Conflict, "有4场洽谈要依次先后进行"),
        (Order(A, C), [Order(A, B), Order(B, C)], 3, None, ""),
        (Order(B, D), [Order(A, C), Order(A, D)], 2, None, ""),
    ],
)
def test_an_order_closes_no_circle_and_fits_the_day(
    order: Order, others: list[Order], slots: int, error: type[DomainError] | None, words: str
) -> None:
    if error is None:
        check_order(order, others, NAMES, slots)
        return
    with pytest.raises(error, match=words):
        check_order(order, others, NAMES, slots)


def test_orders_of_pairs_that_are_not_planned_are_left_out() -> None:
    planned = {("9", "1"), ("9", "2")}
    found = precedences([Order(A, B), Order(A, C), Order(D, B)], planned)
    assert found == (Precedence(("9", "1"), ("9", "2")),)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"meetings_per_enterprise": 3, "least_per_enterprise": 3}, None),
        ({"meetings_per_enterprise": 3, "least_per_enterprise": 4}, "least_per_enterprise"),
        ({"slot_count": 4, "breaks": [1], "least_per_enterprise": 3}, None),
        ({"slot_count": 4, "breaks": [1, 2], "least_per_enterprise": 3}, "least_per_enterprise"),
        ({"meetings_per_institution": 5, "least_per_institution": 5}, None),
        ({"meetings_per_institution": 5, "least_per_institution": 6}, "least_per_institution"),
        ({"slot_count": 4, "desks_per_institution": 2, "least_per_institution": 8}, None),
        ({"slot_count": 4, "desks_per_institution": 2, "least_per_institution": 9}, "least_per_institution"),
        ({"slot_count": 4, "desk_count": 1, "least_per_institution": 5}, "least_per_institution"),
        ({"least_per_enterprise": -1}, "least_per_enterprise"),
    ],
)
def test_an_event_asks_of_everybody_what_its_day_has_room_for(
    changes: dict[str, object], field: str | None
) -> None:
    details = replace(MATCHMAKING, **changes)  # type: ignore[arg-type]
    if field is None:
        check_details(details)
        return
    with pytest.raises(BadInput) as refused:
        check_details(details)
    assert refused.value.field == field
