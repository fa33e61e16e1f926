"""Pages over several sources lose nothing, tell nothing twice, and stand in one order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import Text
from ipfin.reports.timeline import KIND_LABELS, Happening, Kind, Reach, Source, beginning_of, page_of_sources

NOW = datetime(2026, 3, 5, 2, tzinfo=UTC)
TODAY = date(2026, 3, 5)


def at(hours: int, row_id: int) -> Happening:
    return Happening(NOW - timedelta(hours=hours), row_id, Kind.RECORD, Text("记录", {}))


def on(days: int, row_id: int) -> Happening:
    return Happening(
        beginning_of(TODAY - timedelta(days=days)), row_id, Kind.VISIT, Text("走访", {}), is_day=True
    )


def source_of(rows: Sequence[Happening]) -> Source:
    """Return a source that answers as a database would: by the bounds that the reach names."""

    def source(reach: Reach) -> list[Happening]:
        found = [row for row in rows if _within(row, reach)]
        return sorted(found, key=lambda row: (row.at, row.row_id), reverse=not reach.later)[: reach.limit]

    return source


def _within(row: Happening, reach: Reach) -> bool:
    bound, counts, beyond = reach.day() if row.is_day else reach.instant()
    value = row.at.astimezone(beginning_of(TODAY).tzinfo).date() if row.is_day else row.at
    if reach.later:
        further, next_to = value > bound, row.row_id > beyond  # type: ignore[operator]
    else:
        further, next_to = value < bound, row.row_id < beyond  # type: ignore[operator]
    return further or (value == bound and counts and (not beyond or next_to))


def walk(sources: dict[int, Source], size: int) -> list[Happening]:
    seen: list[Happening] = []
    cursor = None
    while True:
        page = page_of_sources(sources, now=NOW, cursor=cursor, size=size)
        seen += page.items
        cursor = page.next_cursor
        if cursor is None:
            return seen


def walk_back(sources: dict[int, Source], size: int) -> list[Happening]:
    """Return what stands before the last page, read from there page by page to the first."""
    cursor, page = None, page_of_sources(sources, now=NOW, size=size)
    while page.next_cursor:
        page = page_of_sources(sources, now=NOW, cursor=page.next_cursor, size=size)
    seen: list[Happening] = list(page.items)
    while (cursor := page.previous_cursor) is not None:
        page = page_of_sources(sources, now=NOW, cursor=cursor, size=size)
        assert page.next_cursor or not page.items
        seen = [*page.items, *seen]
    return seen


ROWS = st.lists(st.integers(0, 5), max_size=12)


@settings(max_examples=60)
@given(ROWS, ROWS, ROWS, st.integers(1, 6))
def test_every_row_is_told_once_and_in_order(days, hours, more, size):
    rows = [
        [on(day, number) for number, day in enumerate(days, start=1)],
        # Ten o'clock in China: some instants fall on the beginning of a day exactly.
        [at(hour * 5, number) for number, hour in enumerate(hours, start=1)],
        [at(hour * 10, number) for number, hour in enumerate(more, start=1)],
    ]
    sources = {rank: source_of(each) for rank, each in enumerate(rows)}
    told = walk(sources, size)
    assert walk_back(sources, size) == told
    assert sorted((row.rank, row.row_id) for row in told) == sorted(
        (rank, row.row_id) for rank, each in enumerate(rows) for row in each
    )
    assert [row.place for row in told] == sorted((row.place for row in told), reverse=True)


def test_what_is_yet_to_come_is_not_told():
    assert walk({0: source_of([on(-1, 1), on(0, 2)]), 1: source_of([at(-1, 3), at(0, 4)])}, 9) == [
        Happening(NOW, 4, Kind.RECORD, Text("记录", {}), rank=1),
        Happening(beginning_of(TODAY), 2, Kind.VISIT, Text("走访", {}), is_day=True),
    ]


@pytest.mark.parametrize("cursor", ["x", "WyJ2aXNpdGVkIixbXSwxLGZhbHNlXQ"])
def test_a_cursor_of_another_list_is_refused(cursor):
    with pytest.raises(BadInput):
        page_of_sources({}, now=NOW, cursor=cursor)


def test_every_kind_has_its_word():
    assert set(KIND_LABELS) == set(Kind)
