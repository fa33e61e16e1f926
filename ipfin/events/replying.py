"""The clock of an offered seat (答复期限): how long it is held for whoever waited. Pure.

Decides the deadline and whether an answer is in time. Does not decide who is next (`service.seats`).
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final, Protocol

from ipfin.kernel.clock import CHINA, in_china
from ipfin.kernel.errors import BadInput, Conflict
from ipfin.kernel.text import _

MOST_HOURS: Final = 336  # two weeks
SHORTEST: Final = timedelta(hours=1)
_FROM, _TO = time(10), time(18)  # in China; a deadline before ten moves to ten


class WorkDays(Protocol):
    """What the clock asks of the working calendar."""

    def next_working_day(self, day: date) -> date:
        """Return `day` itself or the first working day after it."""


def reply_deadline(now: datetime, hours: int, starts_at: datetime, days: WorkDays) -> datetime | None:
    """Return until when an offer of `now` is held; None when the seat is confirmed without asking.

    Nobody loses a seat at night or on a day off: such a deadline moves to ten o'clock of the next working
    day. It never reaches into the day of the event, whose papers are printed by then; when less than an
    hour is left until that day begins, nobody is asked any more.

    Args:
        hours: the event's setting; 0 asks nobody.
    """
    last = datetime.combine(in_china(starts_at).date(), time.min, CHINA)
    if hours == 0 or now + SHORTEST > last:
        return None
    return min(_by_day(in_china(now + timedelta(hours=hours)), days), last)


def _by_day(deadline: datetime, days: WorkDays) -> datetime:
    day = deadline.date()
    if days.next_working_day(day) == day:
        if _FROM <= deadline.time() <= _TO:
            return deadline
        if deadline.time() > _TO:
            day += timedelta(days=1)
    return datetime.combine(days.next_working_day(day), _FROM, CHINA)


def moment(instant: datetime) -> str:
    """Return an instant as sentences write it, in China."""
    return f"{in_china(instant):%Y-%m-%d %H:%M}"


def require_in_time(offered_until: datetime, now: datetime) -> None:
    """Refuse an answer that comes at the deadline or later.

    Raises:
        Conflict: the offer has run out.
    """
    if now >= offered_until:
        raise Conflict(
            _(
                "答复期限已于%(until)s届满，名额已让给下一位；如仍要参会请与会务联系。",
                until=moment(offered_until),
            )
        )


def checked_extension(until: datetime, *, now: datetime, starts_at: datetime) -> datetime:
    """Return a new deadline that the office sets by hand.

    Raises:
        BadInput: it has passed, or the event has begun by then.
    """
    if not now < until <= starts_at:
        raise BadInput(
            _("新的答复期限须在现在之后、活动开始（%(start)s）之前。", start=moment(starts_at)), field="until"
        )
    return until
