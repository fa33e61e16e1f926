"""Who came (签到): what the door marks, when it may, and what somebody typed into its search field. Pure.

Decides the marks, the days on which they are taken, and how a scanned code, a phone's last digits and a name
are told apart. Does not look anybody up, and does not decide who may stand at the door.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from ipfin.events.lifecycle import EventState, RegistrationState
from ipfin.kernel.errors import BadInput, Conflict
from ipfin.kernel.text import Text, _

TAIL_DIGITS: Final = 4
_TOKEN: Final = re.compile(r"[0-9A-Za-z]{16}")  # as `kernel.public_id` spells it
_ADDRESS: Final = re.compile(r"/c/([0-9A-Za-z]{16})\b")
_DIGITS: Final = re.compile(r"[0-9][0-9 -]*")
_TAKES_MARKS: Final = frozenset(
    {EventState.OPEN, EventState.CLOSED, EventState.SCHEDULED, EventState.FINISHED}
)


class Mark(StrEnum):
    """What the door says of a participant (到场情况)."""

    PRESENT = "present"  # 已签到
    LATE = "late"  # 晚到
    NO_SHOW = "no_show"  # 未到


MARK_LABELS: Final[Mapping[Mark, Text]] = {
    Mark.PRESENT: _("已签到"),
    Mark.LATE: _("晚到"),
    Mark.NO_SHOW: _("未到"),
}


class How(StrEnum):
    """How a participant was recognised (核对方式)."""

    SCAN = "scan"  # 扫码
    TAIL = "tail"  # 手机尾号
    BY_HAND = "by_hand"  # 人工核对


HOW_LABELS: Final[Mapping[How, Text]] = {
    How.SCAN: _("扫码"),
    How.TAIL: _("手机尾号"),
    How.BY_HAND: _("人工核对"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed or scanned: `how` it is looked up, and the token, the last digits or the name."""

    how: How
    word: str


def asked(typed: str) -> Asked:
    """Tell a scanned code, the end of a phone number and a name apart.

    A badge's code is read as its address or as its 16 letters and digits; four digits and more are a
    phone, of which the last four count; everything else is (part of) a name.
    """
    said = unicodedata.normalize("NFKC", typed).strip()
    address = _ADDRESS.search(said)
    if address:
        return Asked(How.SCAN, address[1])
    digits = re.sub(r"[ -]", "", said)
    if _DIGITS.fullmatch(said) and TAIL_DIGITS <= len(digits) <= 15:
        return Asked(How.TAIL, digits[-TAIL_DIGITS:])
    if _TOKEN.fullmatch(said) and not said.isdigit():
        return Asked(How.SCAN, said)
    return Asked(How.BY_HAND, said)


def takes_marks(state: EventState, day: date, on: date) -> bool:
    """Whether the door is open: from the day of the event on, so that sheets signed by hand can follow."""
    return state in _TAKES_MARKS and on >= day


def require_marks(state: EventState, day: date, on: date) -> None:
    """Refuse a mark at the wrong time.

    Raises:
        Conflict: the event is a draft or cancelled, or its day has not come.
    """
    if state not in _TAKES_MARKS:
        raise Conflict(_("活动未发布或已取消，不能签到。"))
    if on < day:
        raise Conflict(_("活动当天（%(day)s）才能签到。", day=day.isoformat()))


def require_seat(state: RegistrationState, name: str) -> None:
    """Refuse to mark somebody without a seat.

    Raises:
        Conflict: the registration is not confirmed.
    """
    if state is not RegistrationState.CONFIRMED:
        raise Conflict(_("%(name)s的报名未确认或已取消，请先在“报名”中核对。", name=name))


def checked_late_slot(slot: int, slot_count: int) -> int:
    """Return the slot (counted from 0) from which a late participant is there.

    Raises:
        BadInput: the first slot, which is not late, or one that the event does not have.
    """
    if not 1 <= slot < slot_count:
        raise BadInput(_("请选择从哪个时段起能到场。"), field="slot")
    return slot
