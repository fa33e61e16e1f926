"""The rooms side by side, in the order in which the wizard offers them. The next kind is one line here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ipfin.lists.conduct.intake import ROOM as CONDUCT
from ipfin.lists.outcomes.intake import ROOM as OUTCOMES
from ipfin.lists.pledges.intake import ROOM as PLEDGES
from ipfin.lists.qualifications.intake import ROOM as QUALIFICATIONS
from ipfin.lists.register.intake import ROOM as REGISTER
from ipfin.lists.service.room import Room
from ipfin.registry.list_kinds import ListKind

ROOMS: Final[Mapping[ListKind, Room]] = {
    room.shape.kind: room for room in (REGISTER, QUALIFICATIONS, CONDUCT, PLEDGES, OUTCOMES)
}

KINDS: Final[tuple[ListKind, ...]] = (ListKind.PATENTS, *ROOMS)
"""Every kind that can be taken in; patents have their room in the registry."""
