"""What a meeting is worth, and that nobody is placed against his will."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipfin.events.lifecycle import Side
from ipfin.events.wishes import STRENGTH_LABELS, WishSaid, check_strength, pair_value, wish_book
from ipfin.kernel.errors import BadInput

said = st.one_of(st.none(), st.integers(0, 3))
RULES = Path(__file__).resolve().parents[3] / "docs" / "rules" / "meeting-values.md"


def worked_examples() -> list[tuple[int | None, int | None, int]]:
    """Return (firm, institution, points) of every row of the table in the document."""
    rows = re.findall(r"^\| (—|\d) \| (—|\d) \| (\d+) \|", RULES.read_text(encoding="utf-8"), re.MULTILINE)
    return [
        (None if a == "—" else int(a), None if b == "—" else int(b), int(points)) for a, b, points in rows
    ]


def test_the_document_has_every_case_once() -> None:
    cases = [case[:2] for case in worked_examples()]
    assert len(cases) == len(set(cases)) == 24
    assert set(cases) == set(itertools.product((None, 0, 1, 2, 3), repeat=2)) - {(None, None)}


@pytest.mark.parametrize(("firm", "house", "points"), worked_examples())
def test_points_are_those_of_the_document(firm: int | None, house: int | None, points: int) -> None:
    assert pair_value(firm, house) == points


@given(said, said)
def test_a_refusal_of_either_side_is_final(firm: int | None, house: int | None) -> None:
    if 0 in (firm, house):
        assert pair_value(firm, house) == 0


@given(said, said)
def test_both_sides_weigh_the_same(firm: int | None, house: int | None) -> None:
    assert pair_value(firm, house) == pair_value(house, firm)


@given(said, said)
def test_only_two_yeses_are_worth_anything(firm: int | None, house: int | None) -> None:
    assert (pair_value(firm, house) > 0) == bool(firm and house)


def test_a_stronger_wish_is_worth_more() -> None:
    assert 0 < pair_value(1, 2) < pair_value(2, 2) < pair_value(3, 2)


@pytest.mark.parametrize("strength", [-1, 4])
def test_a_strength_beyond_the_scale_is_refused(strength: int) -> None:
    with pytest.raises(BadInput):
        check_strength(strength)


@pytest.mark.parametrize("strength", sorted(STRENGTH_LABELS))
def test_every_strength_of_the_scale_has_a_word(strength: int) -> None:
    check_strength(strength)
    assert STRENGTH_LABELS[strength]


FIRM, HOUSE = Side.ENTERPRISE, Side.INSTITUTION
BOOK = [
    WishSaid(FIRM, 1, 10, 3),
    WishSaid(HOUSE, 1, 10, 1),
    WishSaid(FIRM, 1, 11, 2),
    WishSaid(HOUSE, 2, 10, 3),
    WishSaid(FIRM, 2, 10, 0),
]


def test_a_book_counts_mutual_one_sided_and_refused() -> None:
    book = wish_book(BOOK)
    assert [(pair.institution, pair.enterprise, pair.value) for pair in book.pairs] == [(1, 10, 60)]
    assert (book.mutual, book.one_sided, book.refused) == (1, 1, 1)


books = st.dictionaries(
    st.tuples(st.integers(1, 4), st.integers(10, 14), st.sampled_from(Side)), st.integers(0, 3), max_size=40
)


@given(books)
def test_no_pair_without_two_yeses_and_none_with_them_is_forgotten(
    words: dict[tuple[int, int, Side], int],
) -> None:
    book = wish_book(WishSaid(side, house, firm, strength) for (house, firm, side), strength in words.items())
    agreed = {
        (house, firm)
        for house, firm, _side in words
        if all(words.get((house, firm, side), 0) > 0 for side in Side)
    }
    assert [(pair.institution, pair.enterprise) for pair in book.pairs] == sorted(agreed)
    spoken = {(house, firm) for house, firm, _side in words}
    refused = {(house, firm) for (house, firm, _side), strength in words.items() if not strength}
    assert book.refused == len(refused)
    assert book.one_sided == len(spoken - refused - agreed)
