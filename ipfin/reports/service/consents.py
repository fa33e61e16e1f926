"""Which firms opened their declared data to which recipient of the directory.

The one place where the directory asks for consents: whoever makes a copy or shows a line goes through
here, so that a withdrawal holds for the next copy and the next page alike.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date

from sqlalchemy.orm import Session

Consents = Callable[[Session, int, date], Collection[int]]
"""Given an organisation and a day: the ids of the firms whose consent for it is in force."""


def nobody_consented(_session: Session, _organisation_id: int, _on: date) -> Collection[int]:
    """Say that no firm has consented: everybody gets the fields below the widest tier."""
    return frozenset()


consented_ids: Consents = nobody_consented
