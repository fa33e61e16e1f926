"""The one place that reads the clock. Instants are UTC, business days are days in China."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")


def now_utc() -> datetime:
    """Return this instant, aware, in UTC."""
    return datetime.now(UTC)


def today_in_china() -> date:
    """Return today's business day (业务日期) in Asia/Shanghai, whatever the server's zone."""
    return now_utc().astimezone(CHINA).date()


def in_china(instant: datetime) -> datetime:
    """Return `instant` as wall time in Asia/Shanghai."""
    return instant.astimezone(CHINA)
