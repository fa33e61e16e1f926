"""What the door accepts: on which days, of whom, and how what was typed is told apart."""

from __future__ import annotations

from datetime import date

import pytest

from ipfin.events.attendance import (
    How,
    asked,
    checked_late_slot,
    require_marks,
    require_seat,
    takes_marks,
)
from ipfin.events.lifecycle import EventState, RegistrationState
from ipfin.kernel.errors import BadInput, Conflict

DAY = date(2026, 4, 16)
TOKEN = "aZ09bY18cX27dW36"


@pytest.mark.parametrize(
    ("typed", "how", "word"),
    [
        (TOKEN, How.SCAN, TOKEN),
        (f" https://ip.example.cn/c/{TOKEN} ", How.SCAN, TOKEN),
        (f"https://ip.example.cn/c/{TOKEN}?from=wechat", How.SCAN, TOKEN),
        ("1234", How.TAIL, "1234"),
        ("１２３４", How.TAIL, "1234"),
        ("138 0000-1234", How.TAIL, "1234"),
        ("13800001234", How.TAIL, "1234"),
        ("123", How.BY_HAND, "123"),
        ("1234567890123456", How.BY_HAND, "1234567890123456"),
        ("安阳某某有限公司", How.BY_HAND, "安阳某某有限公司"),
        ("3号桌1234", How.BY_HAND, "3号桌1234"),
        ("", How.BY_HAND, ""),
    ],
)
def test_a_code_the_end_of_a_phone_and_a_name_are_told_apart(typed: str, how: How, word: str) -> None:
    found = asked(typed)
    assert (found.how, found.word) == (how, word)


def test_the_door_opens_on_the_day_and_stays_open_for_sheets_signed_by_hand() -> None:
    assert not takes_marks(EventState.SCHEDULED, DAY, date(2026, 4, 15))
    assert takes_marks(EventState.SCHEDULED, DAY, DAY)
    assert takes_marks(EventState.FINISHED, DAY, date(2026, 4, 20))
    require_marks(EventState.OPEN, DAY, DAY)
    with pytest.raises(Conflict, match="2026-04-16"):
        require_marks(EventState.SCHEDULED, DAY, date(2026, 4, 15))
    for state in (EventState.DRAFT, EventState.CANCELLED):
        assert not takes_marks(state, DAY, DAY)
        with pytest.raises(Conflict, match="不能签到"):
            require_marks(state, DAY, DAY)


def test_only_who_has_a_seat_is_marked() -> None:
    require_seat(RegistrationState.CONFIRMED, "甲公司")
    for state in set(RegistrationState) - {RegistrationState.CONFIRMED}:
        with pytest.raises(Conflict, match="甲公司"):
            require_seat(state, "甲公司")


def test_late_means_from_the_second_slot_to_the_last() -> None:
    assert [checked_late_slot(slot, 4) for slot in (1, 2, 3)] == [1, 2, 3]
    for slot in (-1, 0, 4):
        with pytest.raises(BadInput):
            checked_late_slot(slot, 4)
