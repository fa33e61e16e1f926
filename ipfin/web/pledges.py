"""Registered pledges as pages show them: each with where it stands today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ipfin.kernel.money import Fen
from ipfin.kernel.text import Text
from ipfin.registry.models import Patent, PatentPledge
from ipfin.registry.pledges import PLEDGE_STATE_LABELS, PledgeState, pledge_state

_TONES = {
    PledgeState.STANDING: "warn",
    PledgeState.RELEASED: "quiet",
    PledgeState.NOT_YET: "info",
    PledgeState.UNKNOWN: "info",
}


@dataclass(frozen=True, slots=True)
class PledgeLine:
    """One registration over one patent; `amount_fen` is the registered amount, None where not told."""

    number: str
    title: str
    registration: str
    pledgor: str
    pledgee: str
    registered_on: date | None
    released_on: date | None
    amount_fen: Fen | None
    state: Text
    tone: str
    source: str
    as_of: date


def pledge_lines(pairs: Iterable[tuple[Patent, PatentPledge]], on: date) -> list[PledgeLine]:
    """Return the lines of a table of pledges.

    A pledge that stood on the day of the latest list counts as standing: nobody told a release since.
    """
    lines = []
    for patent, pledge in pairs:
        day = on if pledge.released_on else min(on, pledge.as_of)
        state = pledge_state(pledge.registered_on, pledge.released_on, pledge.as_of, day)
        lines.append(
            PledgeLine(
                patent.application_number or patent.publication_root or "",
                patent.title,
                pledge.registration_number,
                pledge.pledgor,
                pledge.pledgee,
                pledge.registered_on,
                pledge.released_on,
                pledge.amount_fen,
                PLEDGE_STATE_LABELS[state],
                _TONES[state],
                pledge.source,
                pledge.as_of,
            )
        )
    return lines
