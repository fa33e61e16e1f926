"""A list that is counted whole anyway, a page at a time: no number leads out of it."""

from __future__ import annotations

import pytest
from flask import Flask

from ipfin.web.paging import sliced


@pytest.mark.parametrize(
    ("asked", "items", "before", "after"),
    [
        ("", (0, 1), None, "2"),
        ("cursor=2", (2, 3), "1", "3"),
        ("cursor=3", (4,), "2", None),
        ("cursor=9", (4,), "2", None),
        ("cursor=-1", (0, 1), None, "2"),
        ("cursor=x", (0, 1), None, "2"),
    ],
)
def test_a_page_is_one_of_those_that_the_list_has(
    asked: str, items: tuple[int, ...], before: str | None, after: str | None
) -> None:
    with Flask(__name__).test_request_context(f"/?{asked}"):
        page = sliced(range(5), 2)
        assert (page.items, page.previous_cursor, page.next_cursor, page.total) == (items, before, after, 5)
        assert sliced([], 2).items == ()
