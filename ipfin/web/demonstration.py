"""Whether the pages must say that what they show is made up. Asked once a minute, not on every page."""

from __future__ import annotations

import time

from flask import current_app
from sqlalchemy.orm import Session

from ipfin.registry.queries import any_synthetic

SECONDS_KEPT = 60.0
_KEY = "ipfin_demonstration"


def is_demonstration(session: Session) -> bool:
    """Return whether any firm of this installation is synthetic, as of at most a minute ago."""
    kept: tuple[float, bool] | None = current_app.extensions.get(_KEY)
    now = time.monotonic()
    if kept is None or now - kept[0] > SECONDS_KEPT:
        kept = (now, any_synthetic(session))
        current_app.extensions[_KEY] = kept
    return kept[1]
