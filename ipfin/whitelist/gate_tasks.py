"""What a change of the register of conduct asks the office to do, and by when. Pure.

Decides two tasks: a firm whose exclusion ended is to be let back in within one working day (解除待办), and
a firm on the whitelist against which an exclusion came in is to be taken off or kept with a reason
(移出待办). Neither happens by itself: a person looks at it, and the clock shows who waited.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from ipfin.kernel.calendar import WorkCalendar
from ipfin.kernel.text import Text, _
from ipfin.whitelist.gates import struck_off

WORKING_DAYS: Final = 1
"""Within how many working days a task is due; the day on which it arises does not count."""


class TaskKind(StrEnum):
    """What is to be done (待办事项)."""

    LIFT = "lift"  # 恢复资格
    REMOVE = "remove"  # 移出白名单


KIND_LABELS: Final[Mapping[TaskKind, Text]] = {
    TaskKind.LIFT: _("排除情形已解除，待恢复"),
    TaskKind.REMOVE: _("出现排除情形，待移出"),
}


class TaskOutcome(StrEnum):
    """How it was done (办理结果)."""

    RESTORED = "restored"  # 已恢复候选资格
    STILL_OUT = "still_out"  # 仍有其他排除情形
    REMOVED = "removed"  # 已移出白名单
    KEPT = "kept"  # 不移出
    OVER = "over"  # 无需办理


OUTCOME_WORDS: Final[Mapping[TaskOutcome, Text]] = {
    TaskOutcome.RESTORED: _("已恢复候选资格"),
    TaskOutcome.STILL_OUT: _("仍有其他排除情形"),
    TaskOutcome.REMOVED: _("已移出白名单"),
    TaskOutcome.KEPT: _("不移出"),
    TaskOutcome.OVER: _("情况已变，无需办理"),
}


@dataclass(frozen=True, slots=True)
class StatusWord:
    """What the business register said of a firm: of which day, and when we heard it."""

    as_of: date
    word: str
    heard_at: datetime


def came_back(words: Sequence[StatusWord]) -> tuple[StatusWord, StatusWord] | None:
    """Return the word that kept a firm out and the first later one that no longer does, else None.

    Nothing came back where the latest word still keeps it out, or where both were heard at once: then the
    firm was never out here.

    Args:
        words: what the register said up to a day, in the order of its days.
    """
    out = [place for place, said in enumerate(words) if struck_off(said.word)]
    if not out or out[-1] + 1 == len(words):
        return None
    last, first = words[out[-1]], words[out[-1] + 1]
    return (last, first) if last.heard_at < first.heard_at else None


def due_day(arose_on: date, calendar: WorkCalendar) -> date:
    """Return the last day in time of a task that arose on a day."""
    return calendar.add_working_days(arose_on, WORKING_DAYS)


def is_late(due_on: date, closed_on: date | None, on: date) -> bool:
    """Whether a task was, or is on day `on`, not done in time; the due day itself is in time."""
    return (closed_on or on) > due_on


def outcome_of_lift(has_blocks: bool) -> TaskOutcome:
    """Return what looking at a firm after one of its exclusions ended comes to."""
    return TaskOutcome.STILL_OUT if has_blocks else TaskOutcome.RESTORED
