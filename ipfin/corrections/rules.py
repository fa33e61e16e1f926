"""How a request for correction proceeds, and its two clocks. Pure.

Decides the states, who is waited for, and the day by which an answer is due. What is contested is decided
in `items`.

The clocks are those of the credit rules of the province (河南省社会信用条例 art. 41): three working days
where the office itself can verify, seven from the same day where the source has to be asked. Days on which
the firm was asked for more do not count: that is a rule of this platform.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final

from ipfin.kernel.calendar import WorkCalendar
from ipfin.kernel.errors import InvalidTransition
from ipfin.kernel.lifecycle import Lifecycle
from ipfin.kernel.text import Text, _

OWN_DAYS: Final = 3  # 河南省社会信用条例 art. 41
SOURCE_DAYS: Final = 7  # the same
SOON: Final = 1  # working days before the due day from which a request is shown as urgent

LONGEST_REASON: Final = 1000  # characters


class RequestState(StrEnum):
    """Where a request for correction stands (更正申请状态)."""

    SUBMITTED = "submitted"  # 待核查
    REFERRED = "referred"  # 已转来源单位核实
    NEEDS_MORE = "needs_more"  # 待企业补充
    ACCEPTED = "accepted"  # 已更正
    REFUSED = "refused"  # 不予更正
    WITHDRAWN = "withdrawn"  # 企业已撤回


REQUEST_LABELS: Final[Mapping[RequestState, Text]] = {
    RequestState.SUBMITTED: _("待核查"),
    RequestState.REFERRED: _("已转来源单位核实"),
    RequestState.NEEDS_MORE: _("待企业补充"),
    RequestState.ACCEPTED: _("已更正"),
    RequestState.REFUSED: _("不予更正"),
    RequestState.WITHDRAWN: _("企业已撤回"),
}
_S = RequestState
_ENDS: Final = frozenset({_S.ACCEPTED, _S.REFUSED, _S.WITHDRAWN})
REQUEST_LIFECYCLE: Final = Lifecycle(
    {
        _S.SUBMITTED: _ENDS | {_S.REFERRED, _S.NEEDS_MORE},
        _S.REFERRED: _ENDS | {_S.NEEDS_MORE},
        # What is missing may never come: the office may refuse; it accepts nothing unseen.
        _S.NEEDS_MORE: frozenset({_S.SUBMITTED, _S.REFERRED, _S.REFUSED, _S.WITHDRAWN}),
        _S.ACCEPTED: frozenset(),
        _S.REFUSED: frozenset(),
        _S.WITHDRAWN: frozenset(),
    },
    subject=_("更正申请"),
    labels=REQUEST_LABELS,
)
OPEN: Final = REQUEST_LIFECYCLE.open_states
"""While a request is in one of these, what it contests is shown as contested (异议中)."""


class Urgency(StrEnum):
    """How close a request is to its day (时限)."""

    IN_TIME = "in_time"  # 期限内
    SOON = "soon"  # 即将到期
    OVERDUE = "overdue"  # 已逾期
    PAUSED = "paused"  # 等待企业
    CLOSED = "closed"  # 已办结


URGENCY_LABELS: Final[Mapping[Urgency, Text]] = {
    Urgency.IN_TIME: _("期限内"),
    Urgency.SOON: _("即将到期"),
    Urgency.OVERDUE: _("已逾期"),
    Urgency.PAUSED: _("等待企业补充"),
    Urgency.CLOSED: _("已办结"),
}


@dataclass(frozen=True, slots=True)
class Progress:
    """What of a request moves. `due_on` is the last day in time; `paused_on` is set while the firm is asked.

    `was_referred` remembers, while the firm is asked, whether the source had been asked before.
    """

    state: RequestState
    filed_on: date
    due_on: date
    was_referred: bool = False
    paused_on: date | None = None

    def urgency(self, on: date, calendar: WorkCalendar) -> Urgency:
        """Return how close the request is to its day; the due day itself is still in time."""
        if self.state not in OPEN:
            return Urgency.CLOSED
        if self.state is RequestState.NEEDS_MORE:
            return Urgency.PAUSED
        if on > self.due_on:
            return Urgency.OVERDUE
        left = calendar.working_days_between(on, self.due_on)
        return Urgency.SOON if left <= SOON else Urgency.IN_TIME

    def referred(self, calendar: WorkCalendar) -> Progress:
        """Return the progress after the source was asked: seven working days, with what was paused before.

        Raises:
            InvalidTransition: it was referred before, waits for the firm, or is closed.
        """
        if self.state is RequestState.NEEDS_MORE:  # the same step, but of the firm: see `supplemented`
            raise InvalidTransition(_("请等企业补充后再转来源单位核实。"))
        state = REQUEST_LIFECYCLE.advance(self.state, RequestState.REFERRED)
        due = calendar.add_working_days(self.due_on, SOURCE_DAYS - OWN_DAYS)
        return replace(self, state=state, due_on=due, was_referred=True)

    def asked(self, on: date) -> Progress:
        """Return the progress after the firm was asked for more: the clock stands still.

        Raises:
            InvalidTransition: it waits for the firm already, or is closed.
        """
        state = REQUEST_LIFECYCLE.advance(self.state, RequestState.NEEDS_MORE)
        return replace(self, state=state, paused_on=on)

    def supplemented(self, on: date, calendar: WorkCalendar) -> Progress:
        """Return the progress after the firm answered: the working days that it took are added.

        Raises:
            InvalidTransition: nothing was asked of the firm.
        """
        target = RequestState.REFERRED if self.was_referred else RequestState.SUBMITTED
        state = REQUEST_LIFECYCLE.advance(self.state, target)
        waited = calendar.working_days_between(self.paused_on or on, on)
        due = calendar.add_working_days(self.due_on, waited) if waited > 0 else self.due_on
        return replace(self, state=state, due_on=due, paused_on=None)

    def closed(self, target: RequestState) -> Progress:
        """Return the progress after the request was accepted, refused or withdrawn.

        Raises:
            InvalidTransition: it is closed, or is to be accepted while the firm is asked for more.
            ValueError: `target` ends nothing: a step with a clock of its own must not pass here.
        """
        if target not in _ENDS:
            raise ValueError(f"a request is not closed by being {target.value}")
        return replace(self, state=REQUEST_LIFECYCLE.advance(self.state, target), paused_on=None)


def filed(on: date, calendar: WorkCalendar) -> Progress:
    """Return the progress of a request that a firm files on day `on`: three working days after it."""
    return Progress(RequestState.SUBMITTED, on, calendar.add_working_days(on, OWN_DAYS))
