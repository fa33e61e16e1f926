"""Whether a patent is pledged, by everything that is known with its day: lists and registrations. Pure.

Decides one thing: of two statements the later one holds, whichever came in first. A list that does not tell
burdens says nothing of them. A list that calls a patent pledged may mean a pledge that no register told,
so a release takes that word back only if the released pledge stood on the list's day.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final, Protocol

from ipfin.registry.statuses import Flag

_PLEDGED: Final = Flag.PLEDGED.value


class Registered(Protocol):
    """A registered pledge as far as it is known; a list refuses days that lie after its own."""

    @property
    def registered_on(self) -> date | None:
        """First day with the pledge; None where no list told it."""

    @property
    def released_on(self) -> date | None:
        """First day without the pledge; None where no list told a release."""

    @property
    def as_of(self) -> date:
        """The day of the list that told it last."""


def is_pledged(listed: bool, listed_on: date | None, pledges: Iterable[Registered]) -> bool:
    """Return whether a patent counts as pledged.

    Args:
        listed: what the latest list that tells burdens says.
        listed_on: the day of that list; None where no list tells burdens.
    """
    known = list(pledges)
    standing = [pledge for pledge in known if pledge.released_on is None]
    if listed_on is None:
        return bool(standing)
    if listed:
        return bool(standing) or not any(_released_after(pledge, listed_on) for pledge in known)
    return any(pledge.as_of >= listed_on for pledge in standing)


def _released_after(pledge: Registered, day: date) -> bool:
    """Whether a pledge is known to have stood on `day` and to be over since."""
    if pledge.released_on is None or pledge.registered_on is None:
        return False
    return pledge.registered_on <= day < pledge.released_on


def flags_with_pledges(listed_flags: str, listed_on: date | None, pledges: Iterable[Registered]) -> str:
    """Return the flags of a patent: those of the lists, with or without the pledge."""
    words = set(listed_flags.split())
    if is_pledged(_PLEDGED in words, listed_on, pledges):
        words.add(_PLEDGED)
    else:
        words.discard(_PLEDGED)
    return " ".join(sorted(words))


def has_pledge(flags: str) -> bool:
    """Whether flags as they are kept name a pledge."""
    return _PLEDGED in flags.split()
