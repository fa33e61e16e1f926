"""Where a registered pledge stands on a day. Pure.

A list that tells no release tells only that there was none up to its own day: what came after is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from ipfin.kernel.text import Text, _


class PledgeState(StrEnum):
    """Where a pledge stands (质押状态)."""

    NOT_YET = "not_yet"  # 尚未登记
    STANDING = "standing"  # 在押
    RELEASED = "released"  # 已解除
    UNKNOWN = "unknown"  # 未知


PLEDGE_STATE_LABELS: Mapping[PledgeState, Text] = {
    PledgeState.NOT_YET: _("尚未登记"),
    PledgeState.STANDING: _("在押"),
    PledgeState.RELEASED: _("已解除质押"),
    PledgeState.UNKNOWN: _("未知"),
}


def pledge_state(registered_on: date | None, released_on: date | None, as_of: date, on: date) -> PledgeState:
    """Return where a pledge stands on day `on`.

    Args:
        released_on: the first day without it; None when no list told a release.
        as_of: the day of the list that told it last.
    """
    if released_on is not None and on >= released_on:
        return PledgeState.RELEASED
    if registered_on is not None and on < registered_on:
        return PledgeState.NOT_YET
    if registered_on is None and on < as_of:
        return PledgeState.UNKNOWN  # it stood on the list's day; nobody told since when
    if released_on is None and on > as_of:
        return PledgeState.UNKNOWN
    return PledgeState.STANDING
