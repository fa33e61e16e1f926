"""What pages about requests for correction need: labels, and how close each is to its day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from ipfin.corrections.items import ITEM_LABELS, shown_value
from ipfin.corrections.models import CorrectionRequest
from ipfin.corrections.rules import REQUEST_LABELS, URGENCY_LABELS, Urgency
from ipfin.reference import work_calendar

WORDS: dict[str, Any] = {
    "items": ITEM_LABELS,
    "states": REQUEST_LABELS,
    "urgencies": URGENCY_LABELS,
    "shown_value": shown_value,
}


def urgency_of(session: Session, requests: Iterable[CorrectionRequest], on: date) -> dict[int, Urgency]:
    """Return for each request how close it is to its day."""
    calendar = work_calendar(session)
    return {request.id: request.progress.urgency(on, calendar) for request in requests}
