"""Asking a firm to declare what its score lacks, with a deadline (申报要求). Pure.

Decides which indicators can be asked for, by when at the earliest, and when "not declared" counts: from the
day after the deadline, and only while no answer was handed in in time. Until then, and where nobody asked,
a missing figure earns the card's milder points; after it none. The due day itself is still in time.

The shortest term is a rule of this platform (待确认), not of a law.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import Text, _
from ipfin.whitelist.indicators import DECLARABLE

SHORTEST_TERM: Final = timedelta(days=5)
LONGEST_TERM: Final = timedelta(days=180)


class AskState(StrEnum):
    """Where a request to declare stands (申报要求状态)."""

    WAITING = "waiting"  # 待申报
    ANSWERED = "answered"  # 已申报，待核实
    OVERDUE = "overdue"  # 逾期未申报
    WITHDRAWN = "withdrawn"  # 已取消


ASK_LABELS: Final[Mapping[AskState, Text]] = {
    AskState.WAITING: _("待申报"),
    AskState.ANSWERED: _("已申报"),
    AskState.OVERDUE: _("逾期未申报"),
    AskState.WITHDRAWN: _("已取消"),
}


@dataclass(frozen=True, slots=True)
class Ask:
    """What of a request to declare decides: until when, and whether it was answered or taken back."""

    due_on: date
    answered_on: date | None = None
    withdrawn_on: date | None = None

    def state(self, on: date) -> AskState:
        """Return where the request stands on day `on`; a later answer ends no default by itself."""
        if self.withdrawn_on is not None and on >= self.withdrawn_on:
            return AskState.WITHDRAWN
        if self.answered_on is not None and self.answered_on <= min(on, self.due_on):
            return AskState.ANSWERED
        return AskState.OVERDUE if on > self.due_on else AskState.WAITING


def askable(known: Collection[str], standing: Collection[str]) -> list[str]:
    """Return what a firm may be asked to declare: what is neither known nor asked for already."""
    return sorted(DECLARABLE.difference(known, standing))


def checked_codes(codes: frozenset[str]) -> frozenset[str]:
    """Return the codes that a firm may be asked to declare.

    Raises:
        BadInput: none, or one that no firm can declare.
    """
    if not codes or not codes <= DECLARABLE:
        raise BadInput(_("请至少选择一项企业能申报的指标。"), field="codes")
    return codes


def checked_due(due_on: date, on: date) -> date:
    """Return the deadline of a request made on day `on`.

    Raises:
        BadInput: too soon for a firm to gather proof, or too far away.
    """
    if not on + SHORTEST_TERM <= due_on <= on + LONGEST_TERM:
        raise BadInput(
            _(
                "截止日须在%(first)s至%(last)s之间。",
                first=(on + SHORTEST_TERM).isoformat(),
                last=(on + LONGEST_TERM).isoformat(),
            ),
            field="due_on",
        )
    return due_on
