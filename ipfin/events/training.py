"""Which events give training records, for how many hours, and who gets one (培训记录). Pure.

Decides on facts that the caller read. A record is of the person who was named for the organisation on the
day that it was checked in; who was not checked in gets none.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final, Protocol

from ipfin.events.lifecycle import EventKind, EventState
from ipfin.kernel.clock import in_china
from ipfin.kernel.errors import BadInput, Conflict
from ipfin.kernel.text import _

LEAST_TENTHS: Final = 5  # half an hour
LONGEST_PERSON: Final = 60
MOST_TENTHS: Final = 800  # ten days of eight hours
_A_DAY: Final = 80  # tenths: longer events are counted as a full day until somebody says otherwise
_COUNTING: Final = frozenset({EventKind.BRIEFING, EventKind.TRAINING})
# The door is closed at midnight; a platform that was off still makes the records of the last month.
LAST_MADE: Final = timedelta(days=30)


def counts_by_itself(kind: EventKind) -> bool:
    """Whether an event of this kind gives records unless the office says otherwise."""
    return kind in _COUNTING


def usual_tenths(starts_at: datetime, ends_at: datetime) -> int:
    """Return the hours of an event in tenths: its length, cut to half hours, at most a day."""
    halves = int((ends_at - starts_at) / timedelta(minutes=30))
    return min(max(halves * 5, LEAST_TENTHS), _A_DAY)


def hours_in_words(tenths: int) -> str:
    """Return hours as people write them: 3, 2.5."""
    return f"{Decimal(tenths) / 10:g}"


class Numbered(Protocol):
    """A record, as far as its number tells."""

    id: int
    held_on: date


def certificate_number(row: Numbered) -> str:
    """Return the number of a record, as it stands in the register and on the certificate."""
    return f"{row.held_on:%Y}-{row.id:06d}"


def checked_person(name: str) -> str:
    """Return whose name stands on a record.

    Raises:
        BadInput: nobody's, or too long a one.
    """
    tidy = " ".join(name.split())
    if not tidy:
        raise BadInput(_("请填写姓名。"), field="person")
    if len(tidy) > LONGEST_PERSON:
        raise BadInput(_("姓名最长%(most)s个字。", most=LONGEST_PERSON), field="person")
    return tidy


def checked_tenths(hours: Decimal) -> int:
    """Return typed hours as tenths.

    Raises:
        BadInput: less than half an hour, more than eighty hours, or not whole tenths.
    """
    tenths = hours * 10
    if not hours.is_finite() or tenths % 1 or not LEAST_TENTHS <= tenths <= MOST_TENTHS:
        raise BadInput(_("学时应在0.5到80之间，最多一位小数。"), field="hours")
    return int(tenths)


def require_over(state: EventState, ends_at: datetime, now: datetime) -> None:
    """Refuse records of an event that is not over.

    Raises:
        Conflict: it was called off or never published, or has not ended.
    """
    if state in (EventState.DRAFT, EventState.CANCELLED):
        raise Conflict(_("活动未发布或已取消，没有培训记录。"))
    if now < ends_at:
        raise Conflict(_("活动结束后才能生成培训记录。"))


def is_settled(held_on: date, state: EventState, now: datetime) -> bool:
    """Whether nobody is checked in any more, so that records can be made without anybody asking."""
    return state is EventState.FINISHED or in_china(now).date() > held_on
