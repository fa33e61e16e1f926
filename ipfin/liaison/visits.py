"""What is written down of a visit to a firm (入企服务记录), and where its follow-up stands. Pure.

Decides what a record needs and when a follow-up is late; which visits are listed is decided in `queries`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, Self

from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import Text, _

LONGEST_LINE: Final = 300
LONGEST_TEXT: Final = 1000
SOON: Final = timedelta(days=14)  # how early a follow-up stands on the workbench


class FollowUp(StrEnum):
    """Where the follow-up of a visit stands (跟进状态)."""

    NONE = "none"  # 无跟进事项
    OPEN = "open"  # 待跟进
    LATE = "late"  # 逾期未跟进
    DONE = "done"  # 已完成


FOLLOW_UP_LABELS: Final[Mapping[FollowUp, Text]] = {
    FollowUp.LATE: _("逾期未跟进"),
    FollowUp.OPEN: _("待跟进"),
    FollowUp.DONE: _("跟进已完成"),
    FollowUp.NONE: _("无跟进事项"),
}


@dataclass(frozen=True, slots=True)
class VisitDetails:
    """What is said of one visit.

    Args:
        officers: who of the office went.
        persons: whom they met.
        topics: what was spoken of.
        needs: what the firm was found to need.
        follow_up: what is to be done, by the day `due_on` (the last day in time); both or neither.
    """

    visited_on: date
    officers: str
    topics: str
    persons: str = ""
    needs: str = ""
    follow_up: str = ""
    due_on: date | None = None

    def checked(self, on: date) -> Self:
        """Return the details without idle spaces, for a record written on day `on`.

        Raises:
            BadInput: a visit in the future, without officers or topics, something too long, or a
                follow-up without a day, before the visit, or a day without a follow-up.
        """
        said = {each.name: getattr(self, each.name) for each in fields(self)}
        said |= {name: value.strip() for name, value in said.items() if isinstance(value, str)}
        tidy = type(self)(**said)
        if tidy.visited_on > on:
            raise BadInput(_("走访日期不能晚于今天。"), field="visited_on")
        for name, most in (("officers", LONGEST_LINE), ("persons", LONGEST_LINE), ("topics", LONGEST_TEXT),
                           ("needs", LONGEST_TEXT), ("follow_up", LONGEST_LINE)):  # fmt: skip
            if len(said[name]) > most:
                raise BadInput(_("内容过长，最多%(most)s字。", most=most), field=name)
        if not tidy.officers:
            raise BadInput(_("请填写我方人员。"), field="officers")
        if not tidy.topics:
            raise BadInput(_("请填写交流内容。"), field="topics")
        _check_follow_up(tidy)
        return tidy


def _check_follow_up(said: VisitDetails) -> None:
    if said.follow_up and said.due_on is None:
        raise BadInput(_("请填写跟进期限。"), field="due_on")
    if said.due_on is not None and not said.follow_up:
        raise BadInput(_("填写了期限，请写明跟进事项。"), field="follow_up")
    if said.due_on is not None and said.due_on < said.visited_on:
        raise BadInput(_("跟进期限不能早于走访日期。"), field="due_on")


def follow_up_of(due_on: date | None, done_on: date | None, on: date) -> FollowUp:
    """Return where a follow-up stands on day `on`; the day it is due is still in time."""
    if due_on is None:
        return FollowUp.NONE
    if done_on is not None:
        return FollowUp.DONE
    return FollowUp.LATE if due_on < on else FollowUp.OPEN
