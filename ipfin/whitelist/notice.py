"""The public notice of a round (公示) and objections to it. Pure.

Decides from which day to which anybody may object, when publication becomes possible, and how an
objection moves. Days are working days of the State Council's calendar; the day on which the notice begins
does not count (民法典 art. 201). Both lengths are proposals of ours, set by the office (待确认).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from ipfin.kernel.calendar import WorkCalendar
from ipfin.kernel.errors import BadInput
from ipfin.kernel.lifecycle import Lifecycle
from ipfin.kernel.text import Text, _

NOTICE_WORKING_DAYS: Final = 5
ANSWER_WORKING_DAYS: Final = 5
LONGEST_OBJECTION: Final = 2000
LEAST_WORDS: Final = 10


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice from day `begins` through `last_day`. `is_provisional` says that its calendar may change."""

    begins: date
    last_day: date
    is_provisional: bool = False

    def takes_objections(self, on: date) -> bool:
        """Whether anybody may object on day `on`: the last day is in time."""
        return self.begins <= on <= self.last_day

    def is_over(self, on: date) -> bool:
        """Whether publication is possible on day `on`: from the day after the last one."""
        return on > self.last_day


def notice_from(begins: date, calendar: WorkCalendar, working_days: int = NOTICE_WORKING_DAYS) -> Notice:
    """Return the notice that begins on a day and lasts so many working days after it."""
    last_day = calendar.add_working_days(begins, working_days)
    return Notice(begins, last_day, calendar.is_provisional(last_day))


def answer_due(filed_on: date, calendar: WorkCalendar) -> date:
    """Return the last day on which an objection is answered in time."""
    return calendar.add_working_days(filed_on, ANSWER_WORKING_DAYS)


class ObjectionState(StrEnum):
    """Where an objection (异议) stands."""

    OPEN = "open"  # 待答复
    UPHELD = "upheld"  # 成立
    DISMISSED = "dismissed"  # 不成立


OBJECTION_LABELS: Final[Mapping[ObjectionState, Text]] = {
    ObjectionState.OPEN: _("待答复"),
    ObjectionState.UPHELD: _("异议成立"),
    ObjectionState.DISMISSED: _("异议不成立"),
}

OBJECTION_LIFECYCLE: Final = Lifecycle(
    {
        ObjectionState.OPEN: frozenset({ObjectionState.UPHELD, ObjectionState.DISMISSED}),
        ObjectionState.UPHELD: frozenset(),
        ObjectionState.DISMISSED: frozenset(),
    },
    subject=_("异议"),
    labels=OBJECTION_LABELS,
)


@dataclass(frozen=True, slots=True)
class ObjectionWords:
    """What somebody says against a notice: who he is, how to reach him, and why."""

    name: str
    contact: str
    reason: str

    def checked(self) -> ObjectionWords:
        """Return it tidied.

        Raises:
            BadInput: no real name, no way to answer, or no reason.
        """
        name, contact, reason = self.name.strip(), self.contact.strip(), self.reason.strip()
        if not 2 <= len(name) <= 60:
            raise BadInput(_("请填写真实姓名或单位名称（2至60字）。"), field="name")
        if not 5 <= len(contact) <= 100:
            raise BadInput(_("请填写电话或邮箱，以便答复。"), field="contact")
        if not LEAST_WORDS <= len(reason) <= LONGEST_OBJECTION:
            raise BadInput(
                _("请写明事实和理由（%(least)s至%(most)s字）。", least=LEAST_WORDS, most=LONGEST_OBJECTION),
                field="reason",
            )
        return ObjectionWords(name, contact, reason)
