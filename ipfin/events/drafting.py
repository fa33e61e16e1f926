"""A new event of a kind: what such events usually have, changed by what somebody said. Pure.

Decides what is taken from the template and what cannot be said of a kind. Whether the settings make sense
together is decided in `details`, for whoever says them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from ipfin.events.details import DETAIL_NAMES, EventDetails
from ipfin.events.kinds import CLOSES_DAYS_BEFORE, OF_TALKS, TEMPLATES
from ipfin.events.lifecycle import EVENT_KIND_LABELS, EventKind
from ipfin.kernel.clock import in_china
from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import _


def drafted(
    kind: EventKind, *, title: str, venue: str, starts_at: datetime, said: Mapping[str, Any]
) -> EventDetails:
    """Return the settings of a new event.

    Breaks of the template that lie beyond the slots that somebody said are left out.

    Args:
        said: settings by their names in `EventDetails`; what is None is not said.

    Raises:
        BadInput: a setting of talks for a kind that has none.
    """
    template = TEMPLATES[kind]
    own = {name: value for name, value in said.items() if value is not None}
    if not template.has_talks:
        _refuse_talks(kind, own)
    usual: dict[str, Any] = {
        name: getattr(template, name)
        for name in DETAIL_NAMES
        if hasattr(template, name) and (template.has_talks or name not in OF_TALKS)
    }
    usual |= {
        "summary": str(template.summary),
        "ends_at": starts_at + timedelta(minutes=template.minutes),
        "talks_start_at": starts_at + timedelta(minutes=template.talks_after),
        "registration_closes_on": in_china(starts_at).date() - timedelta(days=CLOSES_DAYS_BEFORE),
    }
    if template.has_talks:
        slots = own.get("slot_count", template.slot_count)
        usual["breaks"] = [slot for slot in template.breaks if slot < slots]
    about = {"kind": kind, "title": title.strip(), "venue": venue.strip(), "starts_at": starts_at}
    return EventDetails(**{**usual, **own, **about})


def _refuse_talks(kind: EventKind, own: Mapping[str, Any]) -> None:
    for name in OF_TALKS:
        if name in own:
            raise BadInput(
                _("“%(kind)s”不排一对一洽谈，没有时段、桌数和场次的设置。", kind=EVENT_KIND_LABELS[kind]),
                field=name,
            )
