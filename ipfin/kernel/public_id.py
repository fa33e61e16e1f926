"""Random names by which rows stand in addresses and on the command line.

Decides how such a name is spelled. Does not decide who may open what it names: a name that cannot be
guessed is no permission.
"""

from __future__ import annotations

import base64
import secrets
from typing import Final

_BYTES: Final = 12
_LENGTH: Final = 16  # characters that spell them, without a rest
# A leading "-" reads as an option on a command line, a closing one falls off a link that a chat made.
_ALPHANUMERIC: Final = str.maketrans("-_", "7q")


def new_public_id() -> str:
    """Return 16 letters and digits, some 95 bits: ids that count up would tell and invite walking."""
    return secrets.token_urlsafe(_BYTES).translate(_ALPHANUMERIC)


def new_public_ids(count: int) -> list[str]:
    """Return as many new ones, from one request for chance: each request is a call of the kernel."""
    together = base64.urlsafe_b64encode(secrets.token_bytes(_BYTES * count)).decode("ascii")
    together = together.translate(_ALPHANUMERIC)
    return [together[start : start + _LENGTH] for start in range(0, len(together), _LENGTH)]
