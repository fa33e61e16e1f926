"""Keyset pages: every row once, forwards and backwards; forged cursors refused."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipfin.kernel.errors import BadInput
from ipfin.kernel.paging import (
    DEFAULT_PAGE_SIZE,
    LARGEST_PAGE_SIZE,
    Cursor,
    Page,
    decode_cursor,
    encode_cursor,
    page_of,
    page_size,
)

Row = tuple[str, int]

kinds_and_values: dict[type, st.SearchStrategy[Any]] = {
    str: st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20),
    int: st.integers(-(2**63) + 1, 2**63 - 1),
    float: st.floats(allow_nan=False, allow_infinity=False),
    Decimal: st.decimals(allow_nan=False, allow_infinity=False, places=3),
    date: st.dates(),
    datetime: st.datetimes(timezones=st.just(UTC)),
}
columns = st.lists(
    st.sampled_from(list(kinds_and_values)).flatmap(
        lambda kind: st.tuples(st.just(kind), st.one_of(st.none(), kinds_and_values[kind]))
    ),
    max_size=4,
)


def fetch(table: Sequence[Row], cursor: Cursor | None, size: int) -> list[Row]:
    """Do what a keyset query does with LIMIT size + 1."""
    if cursor is None:
        return sorted(table)[: size + 1]
    at = (*cursor.key, cursor.row_id)
    if cursor.backwards:
        return sorted((row for row in table if row < at), reverse=True)[: size + 1]
    return sorted(row for row in table if row > at)[: size + 1]


def page_at(table: Sequence[Row], text: str | None, size: int) -> Page[Row]:
    cursor = decode_cursor(text, order="name", types=(str,)) if text else None
    rows = fetch(table, cursor, size)
    return page_of(
        rows, size=size, cursor=cursor, order="name", place=lambda row: ((row[0],), row[1]), total=len(table)
    )


@given(st.lists(st.sampled_from("甲乙丙丁"), max_size=25), st.integers(1, 7))
def test_going_through_all_pages_shows_every_row_once_and_the_way_back_is_the_same(
    names: list[str], size: int
) -> None:
    table = [(name, number) for number, name in enumerate(names)]
    pages = [page_at(table, None, size)]
    assert pages[0].previous_cursor is None
    while pages[-1].next_cursor:
        pages.append(page_at(table, pages[-1].next_cursor, size))
    assert [row for page in pages for row in page.items] == sorted(table)
    assert all(len(page.items) == size for page in pages[:-1])

    for expected in reversed(pages[:-1]):
        here = page_at(table, pages[pages.index(expected) + 1].previous_cursor, size)
        assert here.items == expected.items
        assert here.next_cursor == expected.next_cursor
        assert (here.previous_cursor is None) is (expected is pages[0])


def test_an_exactly_full_page_has_no_next_page() -> None:
    table = [("甲", 1), ("乙", 2)]
    assert page_at(table, None, 2).next_cursor is None
    assert page_at(table, None, 1).next_cursor is not None


def test_an_empty_list_is_an_empty_page() -> None:
    assert page_at([], None, 5) == Page((), None, None, 0)


@given(columns, st.integers(0, 2**63 - 1), st.booleans())
def test_a_cursor_survives_the_address(columns: list[tuple[type, Any]], row_id: int, backwards: bool) -> None:
    cursor = Cursor("score", tuple(value for _kind, value in columns), row_id, backwards)
    text = encode_cursor(cursor)
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    assert decode_cursor(text, order="score", types=[kind for kind, _value in columns]) == cursor


def forged(fields: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(fields).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "安阳",
        "!!!!",
        "A" * 5000,
        forged("name"),
        forged(["name"]),
        forged({"order": "name"}),
        forged(["name", ["甲"], "1", False]),
        forged(["name", ["甲"], True, False]),
        forged(["name", ["甲"], 1, 0]),
        forged(["name", ["甲"], 2**64, False]),
        forged(["name", "甲", 1, False]),
        forged(["name", [], 1, False]),
        forged(["name", ["甲", "乙"], 1, False]),
        forged(["name", [7], 1, False]),
        forged(["name", ["\x00"], 1, False]),
        forged(["name", ["\ud800"], 1, False]),
        forged(["score", ["甲"], 1, False]),  # of another sort order
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    ],
)
def test_garbage_and_the_cursors_of_other_lists_are_refused(text: str) -> None:
    with pytest.raises(BadInput, match="翻页位置已失效"):
        decode_cursor(text, order="name", types=(str,))


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (int, "7"),
        (int, True),
        (int, 2**64),
        (float, 7),
        (float, float("inf")),
        (Decimal, 1.5),
        (Decimal, "NaN"),
        (Decimal, "seven"),
        (date, "2026-13-01"),
        (date, 20260101),
        (datetime, "2026-01-01T00:00:00"),  # no zone
    ],
)
def test_a_key_of_another_type_is_refused(kind: type, value: object) -> None:
    with pytest.raises(BadInput):
        decode_cursor(forged(["name", [value], 1, False]), order="name", types=(kind,))


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    with pytest.raises(BadInput):
        decode_cursor(text, order="name", types=(str,))


def test_an_instant_without_a_zone_is_a_fault_of_the_program() -> None:
    naive = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
    with pytest.raises(TypeError, match="aware"):
        encode_cursor(Cursor("time", (naive,), 1))


@pytest.mark.parametrize(
    ("asked", "size"),
    [
        (None, DEFAULT_PAGE_SIZE),
        ("", DEFAULT_PAGE_SIZE),
        ("0", 1),
        ("-5", 1),
        ("1", 1),
        (str(LARGEST_PAGE_SIZE), LARGEST_PAGE_SIZE),
        (str(LARGEST_PAGE_SIZE + 1), LARGEST_PAGE_SIZE),
        (20, 20),
    ],
)
def test_a_page_size_stays_within_bounds(asked: str | int | None, size: int) -> None:
    assert page_size(asked) == size


@pytest.mark.parametrize("asked", ["many", "1.5", "9" * 5000])
def test_a_page_size_that_is_no_number_is_refused(asked: str) -> None:
    with pytest.raises(BadInput):
        page_size(asked)
