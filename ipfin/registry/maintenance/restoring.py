"""Getting a lapsed right back: until when it can be asked for, and what it costs.

Decides days by 专利法实施细则 (2023) 6: with a good reason, two months from the receipt of the patent
office's notice; after an obstacle that nobody could resist, two months from its end and at most two
years from the end of the missed period. The notice's day stands in no list, so the window of a patent
can be told only by whoever holds the notice. Whether a reason is good is the patent office's to decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ipfin.kernel.calendar import add_months, add_years
from ipfin.kernel.money import Fen
from ipfin.registry.maintenance.table import Restoration, share_of
from ipfin.registry.maintenance.years import AnnualFee


@dataclass(frozen=True, slots=True)
class RestorationCost:
    """What is paid to restore a right: the annual fee, the late fee on it, the fee for asking."""

    annual_fen: Fen
    late_fen: Fen
    request_fen: Fen

    @property
    def total_fen(self) -> Fen:
        """The sum of the three."""
        return Fen(self.annual_fen + self.late_fen + self.request_fen)


def last_day_after_notice(notified_on: date, rule: Restoration) -> date:
    """Return the last day to ask for restoration with a good reason, not moved for days off (细则 6 ¶2)."""
    return add_months(notified_on, rule.request_months)


def last_day_after_obstacle(ended_on: date, missed_on: date, rule: Restoration) -> date:
    """Return the last day to ask after an irresistible obstacle, not moved for days off (细则 6 ¶1).

    Args:
        ended_on: the day on which the obstacle was gone.
        missed_on: the last day of the missed period; for an annual fee the end of its grace.
    """
    return min(add_months(ended_on, rule.obstacle_months), add_years(missed_on, rule.obstacle_years))


def restoration_cost(fee: AnnualFee, rule: Restoration) -> RestorationCost | None:
    """Return what restoring a right costs that ended for want of `fee`; None when its amount is not known."""
    if fee.amount_fen is None:
        return None
    return RestorationCost(fee.amount_fen, share_of(fee.amount_fen, rule.late_bp), rule.fee_fen)
