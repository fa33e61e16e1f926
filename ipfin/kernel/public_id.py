"""Random names by which rows stand in addresses and on the command line.

Decides how such a name is spelled. Does not decide who may open what it names: a name that cannot be
guessed is no permission.
"""

from __future__ import annotations

import secrets
from typing import Final

_BYTES: Final = 12
# A leading "-" reads as an option on a command line, a closing one falls off a link that a chat made.
_ALPHANUMERIC: Final = str.maketrans("-_", "7q")


def new_public_id() -> str:
    """Return 16 letters and digits, some 95 bits: ids that count up would tell and invite walking."""
    return secrets.token_urlsafe(_BYTES).translate(_ALPHANUMERIC)
