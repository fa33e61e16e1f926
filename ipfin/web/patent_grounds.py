"""The refusal grounds of a pledge as the pages of one patent show them; the day a debt is due is asked."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from ipfin.registry.models import Patent
from ipfin.web.forms import FIRST_YEAR, LAST_YEAR
from ipfin.whitelist.patent_flags import BASIS, FLAG_STATE_LABELS
from ipfin.whitelist.queries.patent_flags import standings_of


def grounds_shown(session: Session, patent: Patent, on: date) -> dict[str, Any]:
    """Return what `_grounds.html` shows of a patent that the reader may see."""
    due = _due()
    return {
        "grounds": standings_of(session, patent, on, due=due),
        "ground_labels": FLAG_STATE_LABELS,
        "ground_basis": BASIS,
        "due": due,
    }


def _due() -> date | None:
    try:
        day = date.fromisoformat(request.args.get("due", ""))
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None
