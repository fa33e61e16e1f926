"""The code of an event's short link (短链接码): short enough to read out, to type, to print. Pure.

Decides how a code is spelled. It guards nothing: what it leads to is public.
"""

from __future__ import annotations

import secrets
from typing import Final

# No digit that looks like a letter, and no vowels: without them a code is never a word.
ALPHABET: Final = "23456789bcdfghjkmnpqrstvwxz"
LENGTH: Final = 6  # 387 million codes
_LONGEST_TYPED: Final = 20


def new_short_code() -> str:
    """Return a random code such as `k7m2xq`."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def tidy_short_code(typed: str) -> str:
    """Return a typed code as it is kept, from capitals, with blanks or hyphens; else nothing."""
    code = "".join(mark for mark in typed[:_LONGEST_TYPED].lower() if mark not in " -")
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else ""
