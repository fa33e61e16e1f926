"""Which firms an event is for, as its pages say it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from ipfin.events.eligibility import conditions
from ipfin.events.models import Event
from ipfin.kernel.text import Text
from ipfin.registry.queries.regions import region_names


def conditions_shown(session: Session, event: Event) -> Sequence[Text]:
    """Return what the event asks of firms; nothing when it is open to all."""
    return list(conditions(event.criteria, region_names(session, event.counties)))
