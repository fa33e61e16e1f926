"""How long a session lives and which door it still stands before. Pure.

Decides the idle and the absolute limit (ASVS 5.0 7.3.1, 7.3.2) and the order of the steps between a right
password and an open house.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

TOUCH_EVERY: Final = timedelta(minutes=1)


class Stage(StrEnum):
    """What a signed-in person must do next (登录阶段)."""

    SECOND_FACTOR = "second_factor"  # 待验证动态口令
    ENROLMENT = "enrolment"  # 待绑定动态口令
    PASSWORD = "password"  # noqa: S105 - 待更换密码, no password
    OPEN = "open"  # 已登录


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """What is known about a session. Instants are aware; `password_expires_at` None: never."""

    last_seen_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    second_factor_at: datetime | None
    has_second_factor: bool
    must_have_second_factor: bool
    password_expires_at: datetime | None


def is_alive(facts: SessionFacts, now: datetime, idle: timedelta) -> bool:
    """Return whether the session still counts: not ended, in use, not too old."""
    return facts.ended_at is None and now < facts.expires_at and now < facts.last_seen_at + idle


def stage(facts: SessionFacts, now: datetime) -> Stage:
    """Return the step that the person has to take next."""
    if facts.has_second_factor and facts.second_factor_at is None:
        return Stage.SECOND_FACTOR
    if facts.must_have_second_factor and not facts.has_second_factor:
        return Stage.ENROLMENT
    if facts.password_expires_at is not None and now >= facts.password_expires_at:
        return Stage.PASSWORD
    return Stage.OPEN


def is_worth_touching(last_seen_at: datetime, now: datetime) -> bool:
    """Return whether the last sighting is old enough to be written anew: reading pages must not write."""
    return now - last_seen_at >= TOUCH_EVERY
