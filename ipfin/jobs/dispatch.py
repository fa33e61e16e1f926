"""Handing the id of a job to whatever runs it, after the commit. Pure.

Decides only where the id goes in this process. Nobody at hand is no failure: the job stands in the
database as queued, and the worker's sweep finds it within a minute.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Dispatch = Callable[[int], None]


@dataclass
class _Outlet:
    dispatch: Dispatch | None = None


_OUTLET = _Outlet()


def set_dispatch(dispatch: Dispatch | None) -> None:
    """Let `dispatch` have the ids of the jobs that this process commits."""
    _OUTLET.dispatch = dispatch


def current_dispatch() -> Dispatch | None:
    """Return who has the ids now, if anybody."""
    return _OUTLET.dispatch
