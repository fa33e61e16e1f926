"""How often one address may ask where asking often is the attack: guessing the codes of
documents and the numbers of receipts, flooding the office with objections.

Decides caps per network address on pages that are open to everyone. Guessing at passwords is stopped in
`accounts`, by account: at an event hundreds of honest people sit behind one address.
"""

from __future__ import annotations

import math

from flask import Flask, request
from flask_limiter import Limiter

from ipfin.config import Settings
from ipfin.kernel.clock import now_utc

VERIFICATIONS = "30 per minute; 300 per hour"
# A hall full of phones stands behind one address, and a token of 95 bits is not guessed.
CHECK_INS = "300 per minute; 6000 per hour"
# What short links lead to is public; a poster in a hall is scanned by many behind one address.
SHORT_LINKS = "300 per minute; 6000 per hour"
# A file of an event may be 20 MB, and a hall full of phones takes it at once.
MATERIALS = "120 per minute; 2000 per hour"
OBJECTIONS = "5 per hour; 20 per day"


def _address() -> str:
    return request.remote_addr or "unknown"


# When the shared store is away, each process counts by itself: the doors stay guarded.
limiter = Limiter(key_func=_address, in_memory_fallback_enabled=True)


def init_limits(app: Flask, settings: Settings) -> None:
    """Count the requests of `app` in the store that the settings name."""
    app.config["RATELIMIT_STORAGE_URI"] = settings.rate_limit_storage
    app.config["RATELIMIT_HEADERS_ENABLED"] = False
    limiter.init_app(app)


def seconds_to_wait() -> int:
    """Return how long whoever met a limit in this request has to wait, at least one second."""
    reached = limiter.current_limit
    if reached is None:
        return 60
    # The end of the window comes rounded up: rounding the rest up again may exceed the whole window.
    rest = math.ceil(reached.reset_at - now_utc().timestamp())
    return min(max(1, rest), reached.limit.get_expiry())
