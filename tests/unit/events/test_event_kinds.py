"""What a new event of each kind begins with makes sense as it stands."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ipfin.events.details import DETAIL_NAMES, EventDetails, check_details
from ipfin.events.kinds import TEMPLATES, has_talks
from ipfin.events.lifecycle import EVENT_KIND_LABELS, EventKind

NINE = datetime(2026, 4, 16, 1, 0, tzinfo=UTC)
TALKS = ("slot_count", "desk_count", "breaks", "talks_after", "meetings_per_institution")


def drafted(kind: EventKind) -> EventDetails:
    """The settings that the form offers, once a title, a place and a day are filled in."""
    template = TEMPLATES[kind]
    same: dict[str, Any] = {
        field.name: getattr(template, field.name) for field in fields(template) if field.name in DETAIL_NAMES
    }
    return EventDetails(
        **{
            **same,
            "kind": kind,
            "title": "样例",
            "venue": "样例会议中心",
            "starts_at": NINE,
            "ends_at": NINE + timedelta(minutes=template.minutes),
            "talks_start_at": NINE + timedelta(minutes=template.talks_after),
            "registration_closes_on": NINE.date() - timedelta(days=5),
            "breaks": list(template.breaks),
        }
    )


def test_every_kind_has_a_name_and_a_template() -> None:
    assert set(TEMPLATES) == set(EVENT_KIND_LABELS) == set(EventKind)


@pytest.mark.parametrize("kind", EventKind)
def test_what_a_template_offers_contradicts_nothing(kind: EventKind) -> None:
    check_details(drafted(kind))


@pytest.mark.parametrize("kind", sorted(set(EventKind) - {EventKind.MATCHMAKING}))
def test_a_kind_without_talks_offers_no_desks_and_no_slots(kind: EventKind) -> None:
    assert not has_talks(kind)
    assert not any(getattr(TEMPLATES[kind], name) for name in TALKS)


def test_a_matchmaking_event_offers_talks_and_desks() -> None:
    template = TEMPLATES[EventKind.MATCHMAKING]
    assert has_talks(EventKind.MATCHMAKING)
    assert template.slot_count > len(template.breaks)
    assert template.desks_per_institution <= template.desk_count


@pytest.mark.parametrize("kind", EventKind)
def test_each_kind_says_what_it_is_for(kind: EventKind) -> None:
    texts = [str(TEMPLATES[kind].purpose), str(TEMPLATES[kind].summary)]
    assert all(len(text) > 10 for text in texts)
    others = [str(TEMPLATES[one].summary) for one in EventKind if one is not kind]
    assert texts[1] not in others
