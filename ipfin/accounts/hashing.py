"""How passwords are kept: argon2id, a few at a time, and never faster for an account that does not exist.

Decides the parameters and how many hashes run at once. Which passwords are good enough is decided in
`passwords`.
"""

from __future__ import annotations

import secrets
import unicodedata
from functools import lru_cache
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from argon2 import PasswordHasher

# OWASP Password Storage Cheat Sheet: at least 19 MiB, two passes, one lane. A hash that is dearer only
# makes a hall of people who sign in at the same minute wait; changing a number here rehashes each
# password at its next use.
MEMORY_KIB = 19 * 1024
PASSES = 2
LANES: Final = 1
# More at once are no faster on the machines that this runs on, and each takes MEMORY_KIB.
AT_ONCE: Final = 4
LONGEST_PASSWORD: Final = 128

_running = BoundedSemaphore(AT_ONCE)


@lru_cache
def _hasher(memory_kib: int, passes: int) -> PasswordHasher:
    from argon2 import PasswordHasher, Type

    return PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=LANES, type=Type.ID)


@lru_cache
def _nobodys_hash(memory_kib: int, passes: int) -> str:
    return _hasher(memory_kib, passes).hash(secrets.token_urlsafe())


def normalised(password: str) -> str:
    """Return the password as it is counted and hashed: the same whatever keyboard wrote it (NFKC)."""
    return unicodedata.normalize("NFKC", password)


def hash_password(password: str) -> str:
    """Return the argon2id hash of `password`."""
    with _running:
        return _hasher(MEMORY_KIB, PASSES).hash(_as_bytes(password))


def verify_password(stored: str, password: str) -> bool:
    """Return whether `password` made `stored`.

    Without a stored hash (no such account, invitation not accepted) the same work is done on a hash that
    nobody's password made, so that the answer takes as long.
    """
    from argon2.exceptions import InvalidHashError, VerificationError

    nobodys = _nobodys_hash(MEMORY_KIB, PASSES)
    offered = _as_bytes(password)
    with _running:
        try:
            _hasher(MEMORY_KIB, PASSES).verify(stored or nobodys, offered)
        except (VerificationError, InvalidHashError):
            return False
    return bool(stored) and len(password) <= LONGEST_PASSWORD


def needs_rehash(stored: str) -> bool:
    """Return whether `stored` was made with other parameters than those of today."""
    return _hasher(MEMORY_KIB, PASSES).check_needs_rehash(stored)


def _as_bytes(password: str) -> bytes:
    # A longer one is refused anyway: what is hashed stays small.
    return normalised(password[: LONGEST_PASSWORD + 1]).encode("utf-8", "backslashreplace")
