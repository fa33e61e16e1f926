"""What a portfolio has to pay in the next 30, 90 and 365 days, and what may be at stake already.

Decides which fees fall into a window and their full sum. A window begins today and has so many days
(today is the first), and holds what falls due in it; it does not know what was paid in advance, nor which
reduction was allowed: sums are of full fees and so the most that is to be paid in time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from ipfin.kernel.calendar import WorkCalendar
from ipfin.kernel.money import Fen
from ipfin.registry.maintenance.standing import Right, pending_fee
from ipfin.registry.maintenance.table import FeeTable
from ipfin.registry.maintenance.years import AnnualFee, fees_between

WINDOWS: Final = (30, 90, 365)
"""Lengths of the windows in days, rising."""


@dataclass(frozen=True, slots=True)
class Window:
    """The fees due within `days` days; `unpriced` of them have no known amount and are not in the sum."""

    days: int
    fees: int
    sum_fen: Fen
    unpriced: int = 0


@dataclass(frozen=True, slots=True)
class Outlook:
    """What lies before a portfolio. The windows lie in each other: 365 days hold the first 30.

    `in_force` are the patents looked at, `undated` those of them without filing day or kind, whose fees
    cannot be told. `open_fees` fell due, can still be paid late and are not known to be paid;
    `first_grace_end` is the earliest last day of those. `in_doubt` are patents whose grace ran out after
    the day of their list.
    """

    windows: tuple[Window, ...]
    in_force: int
    undated: int
    open_fees: int
    first_grace_end: date | None
    in_doubt: int


def outlook(rights: Iterable[Right], on: date, table: FeeTable, calendar: WorkCalendar) -> Outlook:
    """Return what the patents among `rights` that are in force on day `on` have before them."""
    held = [right for right in rights if right.is_in_force(on)]
    last = on + timedelta(days=WINDOWS[-1] - 1)
    coming = [fee for right in held for fee in _coming(right, on, last, table)]
    pending = [fee for right in held if (fee := pending_fee(right, on, table, calendar)) is not None]
    chances = [fee.last_chance(calendar) for fee in pending]
    still_open = [day for day in chances if day >= on]
    return Outlook(
        windows=tuple(_window(days, coming, on) for days in WINDOWS),
        in_force=len(held),
        undated=sum(right.kind is None or right.filed_on is None for right in held),
        open_fees=len(still_open),
        first_grace_end=min(still_open, default=None),
        in_doubt=len(chances) - len(still_open),
    )


def _coming(right: Right, on: date, last: date, table: FeeTable) -> list[AnnualFee]:
    if right.kind is None or right.filed_on is None:
        return []
    end = right.term_end()
    fees = fees_between(right.kind, right.filed_on, right.granted_on, on, last, table)
    return [fee for fee in fees if not fee.is_with_grant and (end is None or fee.due_on < end)]


def _window(days: int, coming: list[AnnualFee], on: date) -> Window:
    within = [fee for fee in coming if fee.due_on < on + timedelta(days=days)]
    amounts = [fee.amount_fen for fee in within if fee.amount_fen is not None]
    return Window(days, len(within), Fen(sum(amounts)), len(within) - len(amounts))
