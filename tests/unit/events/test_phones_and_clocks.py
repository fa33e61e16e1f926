"""One phone, one place; who is looked at first; until when an offered seat is held."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from ipfin.events.approval import Clearance, checked_reason, needs_approval
from ipfin.events.lifecycle import LIVING, OVER, SEATED, ApprovalMode, RegistrationState, Side
from ipfin.events.phones import normal_phone
from ipfin.events.replying import checked_extension, reply_deadline, require_in_time
from ipfin.kernel.calendar import WorkCalendar
from ipfin.kernel.clock import CHINA
from ipfin.kernel.errors import BadInput, Conflict

FRIDAY = date(2026, 4, 10)
DAYS = WorkCalendar({}, 2026)
STARTS = datetime(2026, 4, 16, 9, tzinfo=CHINA)  # a Thursday


def china(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 4, day, hour, minute, tzinfo=CHINA)


@pytest.mark.parametrize(
    "written",
    [
        "13800001234",
        "138 0000 1234",
        "138-0000-1234",
        "+86 138 0000 1234",
        "+8613800001234",
        "0086-13800001234",
        "8613800001234",
    ],
)
def test_one_mobile_has_many_ways_of_writing(written: str) -> None:
    assert normal_phone(written) == "13800001234"


def test_switchboards_differ_by_their_extensions_only() -> None:
    desks = [normal_phone(f"0372-2900000{extension}") for extension in ("", "-801", "-802")]
    assert len(set(desks)) == 3
    assert normal_phone("+86 372 2900000") == normal_phone("0372 290 0000") == desks[0]
    assert normal_phone("8612345") == "8612345", "a short number that begins with 86 is no country code"
    assert normal_phone("- -") == ""


@pytest.mark.parametrize(
    ("mode", "side", "clearance", "asked"),
    [
        (ApprovalMode.NONE, Side.ENTERPRISE, Clearance.NONE, False),
        (ApprovalMode.ALL, Side.ENTERPRISE, Clearance.WHITELISTED, True),
        (ApprovalMode.ALL, Side.INSTITUTION, Clearance.NONE, True),
        (ApprovalMode.ALL, Side.INSTITUTION, Clearance.OFFICE, False),
        (ApprovalMode.WHITELISTED, Side.ENTERPRISE, Clearance.NONE, True),
        (ApprovalMode.WHITELISTED, Side.ENTERPRISE, Clearance.WHITELISTED, False),
        (ApprovalMode.WHITELISTED, Side.ENTERPRISE, Clearance.OFFICE, False),
        (ApprovalMode.WHITELISTED, Side.INSTITUTION, Clearance.NONE, False),
    ],
)
def test_who_is_looked_at_first(mode: ApprovalMode, side: Side, clearance: Clearance, asked: bool) -> None:
    assert needs_approval(mode, side, clearance) is asked


def test_every_state_lives_or_is_over() -> None:
    assert set(RegistrationState) == LIVING | OVER
    assert not LIVING & OVER
    assert SEATED < LIVING


@pytest.mark.parametrize("reason", ["", "  ", "长" * 301])
def test_a_decision_needs_a_reason_of_some_length(reason: str) -> None:
    with pytest.raises(BadInput):
        checked_reason(reason, what="不通过")
    assert checked_reason(" 长 " + "长" * 296, what="不通过").startswith("长")


def test_without_a_clock_nobody_is_asked() -> None:
    assert reply_deadline(china(1, 10), 0, STARTS, DAYS) is None


@pytest.mark.parametrize(
    ("now", "hours", "deadline"),
    [
        (china(7, 10), 4, china(7, 14)),
        (china(7, 14), 4, china(7, 18)),
        (china(7, 14, 1), 4, china(8, 10)),  # a minute after the office closes: next morning
        (china(7, 4, 59), 4, china(7, 10)),
        (china(7, 6), 4, china(7, 10)),
        (china(7, 6, 1), 4, china(7, 10, 1)),
        (china(10, 16), 4, china(13, 10)),  # Friday evening: Monday
        (china(10, 16), 24, china(13, 10)),  # Saturday: Monday
        (china(13, 10), 48, china(15, 10)),
    ],
)
def test_nobody_loses_a_seat_at_night_or_on_a_day_off(now: datetime, hours: int, deadline: datetime) -> None:
    assert reply_deadline(now, hours, STARTS, DAYS) == deadline


def test_the_clock_never_reaches_into_the_day_of_the_event() -> None:
    midnight = china(16, 0)
    assert reply_deadline(china(15, 10), 48, STARTS, DAYS) == midnight
    assert reply_deadline(china(15, 23), 1, STARTS, DAYS) == midnight
    assert reply_deadline(china(15, 23, 1), 1, STARTS, DAYS) is None
    assert reply_deadline(STARTS + timedelta(hours=1), 24, STARTS, DAYS) is None


def test_a_later_offer_never_ends_before_an_earlier_one() -> None:
    instants = [datetime(2026, 4, 8, tzinfo=UTC) + timedelta(minutes=37) * step for step in range(240)]
    for hours in (1, 6, 24, 72):
        ends = [end for now in instants if (end := reply_deadline(now, hours, STARTS, DAYS)) is not None]
        assert all(before <= after for before, after in pairwise(ends))
        assert all(now < end for now, end in zip(instants, ends, strict=False))


def test_an_answer_at_the_deadline_is_late() -> None:
    require_in_time(china(7, 14), china(7, 13, 59))
    with pytest.raises(Conflict, match="届满"):
        require_in_time(china(7, 14), china(7, 14))


def test_a_new_deadline_lies_ahead_and_before_the_event() -> None:
    now = china(7, 10)
    assert checked_extension(STARTS, now=now, starts_at=STARTS) == STARTS
    for until in (now, STARTS + timedelta(minutes=1)):
        with pytest.raises(BadInput):
            checked_extension(until, now=now, starts_at=STARTS)
