"""What a copy of an event takes over: nothing of a table is forgotten, times keep their distance."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from ipfin.db import Base
from ipfin.events import copying
from ipfin.events.models import Event
from ipfin.events.service.copying import PART_MODELS
from tests.unit.events.test_event_details import MATCHMAKING, NINE

EVENT_COLUMNS = {column.name for column in Event.__table__.columns}


def tables_about_events() -> set[str]:
    """The tables whose rows belong to one event."""
    return {
        table.name
        for table in Base.metadata.tables.values()
        if any(key.column.table.name == "event" for key in table.foreign_keys)
    }


def test_every_column_of_an_event_is_copied_moved_or_left_for_a_reason() -> None:
    ways = (set(copying.COPIED), set(copying.MOVED), set(copying.LEFT))
    assert set.union(*ways) == EVENT_COLUMNS, "say in events/copying.py what a copy does with it"
    assert sum(map(len, ways)) == len(EVENT_COLUMNS), "each in one way"
    assert all(copying.LEFT.values())


def test_every_table_about_an_event_is_copied_or_left_for_a_reason() -> None:
    assert set(copying.PARTS) | set(copying.OF_THE_DAY) == tables_about_events()
    assert not set(copying.PARTS) & set(copying.OF_THE_DAY)
    assert all(copying.OF_THE_DAY.values())


@pytest.mark.parametrize("table", sorted(copying.PARTS))
def test_every_column_of_a_table_of_settings_is_copied_or_moved(table: str) -> None:
    columns = {column.name for column in Base.metadata.tables[table].columns}
    assert copying.PARTS[table].columns == columns - {"id", "event_id", "lock_version"}


def test_rows_are_made_of_every_table_of_settings() -> None:
    assert [model.__tablename__ for model in PART_MODELS] == list(copying.PARTS)


def test_times_keep_their_distance_and_all_else_stays() -> None:
    afternoon = NINE + timedelta(days=30, hours=5)
    made = copying.copied_details(MATCHMAKING, afternoon, " 第二场 ")
    later = timedelta(days=30, hours=5)
    expected = {
        "title": "第二场",
        "starts_at": afternoon,
        "ends_at": MATCHMAKING.ends_at + later,
        "talks_start_at": MATCHMAKING.talks_start_at + later,
        "registration_closes_on": MATCHMAKING.registration_closes_on + timedelta(days=30),
    }
    assert made == replace(MATCHMAKING, **expected)
    assert {field.name for field in fields(made)} == {*copying.COPIED, *copying.MOVED} - {"is_synthetic"}


def test_days_move_by_days_in_china_whatever_the_hours() -> None:
    # 23:30 and 0:30 in China: an hour apart, and a day.
    before, after = datetime(2026, 4, 16, 15, 30, tzinfo=UTC), datetime(2026, 4, 16, 16, 30, tzinfo=UTC)
    assert copying.shift_between(before, after) == (timedelta(hours=1), timedelta(days=1))


@pytest.mark.parametrize(
    ("on", "day"),
    [
        (date(2026, 4, 16), date(2026, 5, 14)),
        (date(2026, 5, 13), date(2026, 5, 14)),
        (date(2026, 5, 14), date(2026, 5, 21)),
    ],
)
def test_the_next_one_is_offered_for_the_same_weekday_and_hour_ahead(on: date, day: date) -> None:
    offered = copying.next_like(NINE, on)
    assert (offered.date(), offered.hour, offered.utcoffset()) == (day, 9, timedelta(hours=8))
