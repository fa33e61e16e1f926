"""The calendar of one patent's annual fees: which year, due when, late by how much.

Decides days and amounts by 专利法实施细则 (2023) 114 and 115. Patent years run from the filing day, not
from priority, grant or the calendar: filed 1999-06-01, the first year ends on 2000-05-31 (Guidelines
V-9). The fee of the year of grant is paid with the registration (114); each later one before the year
before it ends (115), at the latest on the filing day's anniversary: filed 1997-06-03 and granted
2001-08-01, the fee of year 6 by 2002-06-03. A patent filed on 29 February has its anniversary on
28 February in common years, because a month without that day ends a term on its last day (细则 5).

Days here are never moved for days off: `pay_by` gives the moved day beside the legal one (细则 5). The
grace period is counted from the legal day, so it never ends too late for whoever relies on the right;
whether the patent office counts it from the moved day is to be confirmed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from ipfin.kernel.calendar import WorkCalendar, add_months, add_years
from ipfin.kernel.identifiers import PatentKind
from ipfin.kernel.money import Fen
from ipfin.registry.maintenance.table import FeeTable, LatePayment, share_of
from ipfin.registry.patents import expiry_on, term_years


@dataclass(frozen=True, slots=True)
class AnnualFee:
    """The annual fee of one patent year.

    `due_on` is the last day in time; for the fee that is paid with the grant it is the day of grant.
    `amount_fen` is the full fee, None when no tariff of that day is known. `late` is the rule for paying
    it late, None when not known or when the fee belongs to the grant.
    """

    year: int
    due_on: date
    is_with_grant: bool
    amount_fen: Fen | None
    late: LatePayment | None

    @property
    def grace_ends_on(self) -> date | None:
        """The last day on which it can be paid late; None where no grace is known."""
        return None if self.late is None else add_months(self.due_on, self.late.grace_months)

    def pay_by(self, calendar: WorkCalendar) -> date:
        """Return the last day in time, moved to a working day (细则 5)."""
        return calendar.next_working_day(self.due_on)

    def last_chance(self, calendar: WorkCalendar) -> date:
        """Return the last day on which the fee saves the right, moved to a working day."""
        return calendar.next_working_day(self.grace_ends_on or self.due_on)


def year_of(filed_on: date, day: date) -> int:
    """Return the patent year, from 1, in which `day` lies.

    Raises:
        ValueError: `day` is before the filing.
    """
    if day < filed_on:
        raise ValueError("a patent has no year before its filing")
    years = day.year - filed_on.year
    return years + 1 if add_years(filed_on, years) <= day else years


def anniversary(filed_on: date, year: int) -> date:
    """Return the first day of patent year `year`, which is the last day to pay for it in time."""
    return add_years(filed_on, year - 1)


def grant_year(kind: PatentKind, filed_on: date, granted_on: date | None) -> int | None:
    """Return the patent year of grant; None when unknown or when the day lies outside the term."""
    if granted_on is None or not filed_on <= granted_on < expiry_on(kind, filed_on):
        return None
    return year_of(filed_on, granted_on)


def fee_calendar(
    kind: PatentKind, filed_on: date, granted_on: date | None, table: FeeTable
) -> tuple[AnnualFee, ...]:
    """Return every annual fee from the year of grant to the last year of the term.

    Without a usable day of grant the fees of years 2 to the last: some of them may lie before the grant.
    """
    return tuple(fees_between(kind, filed_on, granted_on, filed_on, expiry_on(kind, filed_on), table))


def fees_between(
    kind: PatentKind, filed_on: date, granted_on: date | None, first: date, last: date, table: FeeTable
) -> Iterator[AnnualFee]:
    """Yield the annual fees due from `first` to `last`, both included, in order of their days."""
    granted_in = grant_year(kind, filed_on, granted_on)
    if granted_in is not None and granted_on is not None and first <= granted_on <= last:
        amount = table.full_fee(kind, granted_in, granted_on)
        yield AnnualFee(granted_in, granted_on, True, amount, None)
    start = max((granted_in or 1) + 1, year_of(filed_on, max(first, filed_on)))
    for year in range(start, term_years(kind, filed_on) + 1):
        due_on = anniversary(filed_on, year)
        if due_on > last:
            return
        if due_on >= first:
            yield AnnualFee(
                year, due_on, False, table.full_fee(kind, year, due_on), table.late_payment(due_on)
            )


def months_late(due_on: date, on: date) -> int:
    """Return how many months after `due_on` have begun by day `on`: 0 in time, 1 from the next day on.

    A month ends on the day with the number of `due_on`, or on the month's last day (细则 5).
    """
    if on <= due_on:
        return 0
    months = (on.year - due_on.year) * 12 + on.month - due_on.month
    return months + 1 if add_months(due_on, months) < on else months


def late_rate_bp(due_on: date, on: date, rule: LatePayment) -> int | None:
    """Return the late fee on day `on` in bp of the full fee; None after the grace period.

    细则 115: 5 % for each month over. The first month is free and 25 % the most (Guidelines V-9, retold).
    """
    if on > add_months(due_on, rule.grace_months):
        return None
    return min(rule.max_bp, rule.rate_bp * max(0, months_late(due_on, on) - rule.free_months))


def late_fee(fee: AnnualFee, on: date) -> Fen | None:
    """Return what comes on top of `fee` when it is paid on day `on`, reckoned on the full fee.

    None after the grace period, or where amount or rule are not known.
    """
    if fee.amount_fen is None or fee.late is None:
        return None
    rate = late_rate_bp(fee.due_on, on, fee.late)
    return None if rate is None else share_of(fee.amount_fen, rate)
