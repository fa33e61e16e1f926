"""How a patent stands on a day: what its list says, and what follows from it by law.

Decides the state of a right on a given day from what one list told on its as-of day. A list says only
whether a patent is in force, never what was paid, so the two are kept apart (`Upkeep.is_told`):

- Told: pending, lapsed and why, fee overdue.
- Follows: a fee whose grace was over before the list's day, while the list still calls the patent
  valid, was paid, else the right would have ended as of the due day (细则 115). A fee that fell due
  later may or may not be paid. Where the grace ran out after the list's day, the right may have ended.

Does not decide the status itself (`registry.patents`), nor on which day a pledge, a preservation, a
licence, a transfer or an invalidation was registered: lists give those as words, and the registry keeps
them as undated flags. What they change here is said in `Upkeep.notes`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from ipfin.kernel.calendar import WorkCalendar
from ipfin.kernel.identifiers import PatentKind
from ipfin.kernel.text import Text, _
from ipfin.registry.maintenance.table import FeeTable
from ipfin.registry.maintenance.years import AnnualFee, fee_calendar, fees_between
from ipfin.registry.patents import expiry_on
from ipfin.registry.statuses import Flag, LegalStatus, Validity

_DAY: Final = timedelta(days=1)
_LONGEST_GRACE: Final = timedelta(days=400)  # more than any grace period moved past the longest holiday
_NEXT_FEE: Final = timedelta(days=400)  # fees are a year apart; the next one is nearer than this


class UpkeepState(StrEnum):
    """How a right stands on a day (维持状态)."""

    NOT_GRANTED = "not_granted"  # 尚未授权
    MAINTAINED = "maintained"  # 维持中
    FEE_OPEN = "fee_open"  # 年费已到期，是否已缴不详
    IN_GRACE = "in_grace"  # 年费滞纳，补缴期内
    LIST_TOO_OLD = "list_too_old"  # 补缴期已过，名单较旧
    NOT_DATED = "not_dated"  # 有效，缺少推算所需的日期
    LAPSED_FEE = "lapsed_fee"  # 未缴年费终止
    EXPIRED = "expired"  # 期限届满
    ENDED = "ended"  # 因其他原因失效
    UNKNOWN = "unknown"  # 名单未说明


UPKEEP_LABELS: Final[Mapping[UpkeepState, Text]] = {
    UpkeepState.NOT_GRANTED: _("尚未授权"),
    UpkeepState.MAINTAINED: _("维持中"),
    UpkeepState.FEE_OPEN: _("年费已到期，是否已缴不详"),
    UpkeepState.IN_GRACE: _("年费滞纳，补缴期内"),
    UpkeepState.LIST_TOO_OLD: _("补缴期已过，须核对是否仍有效"),
    UpkeepState.NOT_DATED: _("缺少推算年费的日期或类型"),
    UpkeepState.LAPSED_FEE: _("未缴年费终止"),
    UpkeepState.EXPIRED: _("期限届满"),
    UpkeepState.ENDED: _("已失效"),
    UpkeepState.UNKNOWN: _("名单未说明"),
}


@dataclass(frozen=True, slots=True)
class Right:
    """What one list told of a patent. `as_of` is the list's day.

    `ends_on` is the first day out of force by the list itself, None when it does not say.
    """

    kind: PatentKind | None
    filed_on: date | None
    granted_on: date | None
    validity: Validity
    legal_status: LegalStatus
    as_of: date
    flags: frozenset[Flag] = frozenset()
    ends_on: date | None = None

    def term_end(self) -> date | None:
        """Return the first day after the term: the list's, else by 专利法 42; None when not known."""
        if self.ends_on is not None or self.kind is None or self.filed_on is None:
            return self.ends_on
        return expiry_on(self.kind, self.filed_on)

    def is_in_force(self, on: date) -> bool:
        """Whether the list calls it valid and its term is not over on day `on`."""
        end = self.term_end()
        return self.validity is Validity.VALID and (end is None or on < end)


@dataclass(frozen=True, slots=True)
class Upkeep:
    """How a right stands on one day.

    `is_told` says whether the list itself says so. `pending_fee` fell due and is not known to be paid;
    `next_fee` is the next one that falls due. `days_left` of the term include the day itself; None where
    the right is not in force or its end is not known.
    """

    state: UpkeepState
    is_told: bool
    pending_fee: AnnualFee | None = None
    next_fee: AnnualFee | None = None
    days_left: int | None = None
    notes: tuple[Text, ...] = ()


_STATE_OF_END: Final = {
    LegalStatus.LAPSED_FEE: UpkeepState.LAPSED_FEE,
    LegalStatus.EXPIRED: UpkeepState.EXPIRED,
}


def upkeep(right: Right, on: date, table: FeeTable, calendar: WorkCalendar) -> Upkeep:
    """Return how `right` stands on day `on`."""
    if right.validity is Validity.PENDING:
        return Upkeep(UpkeepState.NOT_GRANTED, is_told=True)
    if right.validity is Validity.LAPSED:
        return Upkeep(_STATE_OF_END.get(right.legal_status, UpkeepState.ENDED), is_told=True)
    end = right.term_end()
    if end is not None and on >= end:
        return Upkeep(UpkeepState.EXPIRED, is_told=False)
    if right.validity is Validity.UNKNOWN:
        return Upkeep(UpkeepState.UNKNOWN, is_told=True)
    days_left = None if end is None else (end - on).days
    if right.kind is None or right.filed_on is None:
        return Upkeep(UpkeepState.NOT_DATED, is_told=False, days_left=days_left)
    pending = pending_fee(right, on, table, calendar)
    state, is_told = _state_of(right, pending, on, calendar)
    return Upkeep(state, is_told, pending, next_fee(right, on, table, calendar), days_left, notes_of(right))


def _state_of(
    right: Right, pending: AnnualFee | None, on: date, calendar: WorkCalendar
) -> tuple[UpkeepState, bool]:
    if pending is None:
        return UpkeepState.MAINTAINED, False
    if pending.last_chance(calendar) < on:
        return UpkeepState.LIST_TOO_OLD, False
    if Flag.FEE_OVERDUE in right.flags and pending.due_on <= right.as_of:
        return UpkeepState.IN_GRACE, True
    return UpkeepState.FEE_OPEN, False


def pending_fee(right: Right, on: date, table: FeeTable, calendar: WorkCalendar) -> AnnualFee | None:
    """Return the earliest fee that fell due before `on` and that nothing shows to be paid.

    A fee is shown to be paid when its last chance was over before the list's day and the list still
    calls the right valid. Without a day of grant, a fee due before the list's day may lie before the
    grant and is passed over.
    """
    if right.kind is None or right.filed_on is None or not right.is_in_force(on):
        return None
    first = right.as_of + _DAY if right.granted_on is None else right.as_of - _LONGEST_GRACE
    fees = fees_between(right.kind, right.filed_on, right.granted_on, first, on, table)
    return next(
        (
            fee
            for fee in fees
            if not fee.is_with_grant
            and fee.pay_by(calendar) < on
            and fee.last_chance(calendar) >= right.as_of
        ),
        None,
    )


def next_fee(right: Right, on: date, table: FeeTable, calendar: WorkCalendar) -> AnnualFee | None:
    """Return the first fee that can still be paid in time on day `on`; None when there is none left."""
    if right.kind is None or right.filed_on is None or not right.is_in_force(on):
        return None
    end = right.term_end()
    first = on - timedelta(days=30)  # a day of payment moves past a holiday of at most some ten days
    fees = fees_between(right.kind, right.filed_on, right.granted_on, first, on + _NEXT_FEE, table)
    return next(
        (
            fee
            for fee in fees
            if not fee.is_with_grant and fee.pay_by(calendar) >= on and (end is None or fee.due_on < end)
        ),
        None,
    )


def lapse_days(right: Right, table: FeeTable, calendar: WorkCalendar) -> tuple[date, ...]:
    """Return the days as of which a right that lapsed for want of a fee can have ended (细则 115).

    It ends as of the due day, which a list seldom tells: every due day after the grant comes into
    question whose last chance was over by the list's day. One day when the list's own end is one of them.
    """
    if right.legal_status is not LegalStatus.LAPSED_FEE or right.kind is None or right.filed_on is None:
        return ()
    fees = fee_calendar(right.kind, right.filed_on, right.granted_on, table)
    days = tuple(
        fee.due_on for fee in fees if not fee.is_with_grant and fee.last_chance(calendar) < right.as_of
    )
    return (right.ends_on,) if right.ends_on in days else days


def notes_of(right: Right) -> tuple[Text, ...]:
    """Return what the list's flags change about fees and the end of the right, in sentences."""
    notes = []
    if right.flags & {Flag.PRESERVED, Flag.SUSPENDED}:
        notes.append(_("保全、中止期间暂停办理期限届满前的终止手续（专利法实施细则第一百零五条）。"))
    if Flag.TWIN_FILING in right.flags and right.kind is PatentKind.UTILITY_MODEL:
        notes.append(_("同日申请的发明公告授权之日，本实用新型专利权终止（专利法实施细则第四十七条）。"))
    if Flag.TWIN_FILING in right.flags and right.kind is PatentKind.INVENTION:
        notes.append(_("因同日申请取得的发明专利权不适用授权迟延的期限补偿（专利法实施细则第七十八条）。"))
    return tuple(notes)
