"""Wishes in a plain file become pairs when both sides share them, and nothing else does."""

from __future__ import annotations

from typing import Any

import pytest

from ipfin.events.plain_file import book_as_json, without_wishes
from ipfin.kernel.errors import BadInput


def wish(by: str, bank: object, firm: object, strength: object) -> dict[str, object]:
    return {"by": by, "bank": bank, "firm": firm, "strength": strength}


def read(*wishes: object, **more: Any) -> Any:
    return without_wishes({"slots": 2, "tables": 1, "wishes": list(wishes), **more})


def test_a_file_without_wishes_is_left_alone() -> None:
    given = {"slots": 2, "pairs": []}
    assert without_wishes(given).given is given
    assert without_wishes(given).book is None
    assert without_wishes([1]).given == [1], "what it is instead is refused by whoever reads the rest"


def test_two_yeses_become_a_pair_and_one_does_not() -> None:
    plain = read(
        *(wish(by, "A", 1, 2) for by in ("bank", "firm")),
        wish("firm", "A", 2, 3),
        wish("bank", "B", 1, 3),
        wish("firm", "B", 1, 0),
        pairs=[{"bank": "A", "firm": 3, "value": 7}],
    )
    assert plain.given == {
        "slots": 2,
        "tables": 1,
        "pairs": [{"bank": "A", "firm": 3, "value": 7}, {"bank": "A", "firm": "1", "value": 60}],
    }
    assert book_as_json(plain.book) == {"mutual": 1, "one_sided": 1, "refused": 1}


def test_a_bank_and_a_firm_may_share_an_id() -> None:
    plain = read(*(wish(by, "1", "1", 1) for by in ("bank", "firm")))
    assert plain.given["pairs"] == [{"bank": "1", "firm": "1", "value": 40}]


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        ({}, "应为列表"),
        ([wish("bank", "A", "1", 4)], "0（不见）到3"),
        ([wish("bank", "A", "1", True)], "wishes第1行的“strength”应为0到3的整数"),
        ([wish("office", "A", "1", 1)], "wishes第1行的“by”应为bank或firm"),
        ([wish("bank", "", "1", 1)], "wishes第1行的“bank”应为非空"),
        ([wish("bank", "A", 1.5, 1)], "wishes第1行的“firm”应为非空"),
        ([{"by": "bank", "bank": "A", "firm": "1"}], "wishes第1行应正好有"),
        ([wish("bank", "A", "1", 1), wish("bank", "A", 1, 2)], "wishes第2行：同一方"),
    ],
)
def test_what_is_no_wish_is_refused_by_its_row(wishes: object, words: str) -> None:
    with pytest.raises(BadInput) as refused:
        without_wishes({"wishes": wishes})
    assert words in str(refused.value)


def test_a_refused_pair_cannot_be_listed_all_the_same() -> None:
    with pytest.raises(BadInput, match="有一方不见，不能另列"):
        read(wish("firm", "A", 1, 0), pairs=[{"bank": "A", "firm": "1", "value": 5}])
