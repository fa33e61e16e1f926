"""A transition table: the only way in which anything with a state may move."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Generic, TypeVar

from ipfin.kernel.errors import InvalidTransition
from ipfin.kernel.text import _

S = TypeVar("S", bound=StrEnum)


class Lifecycle(Generic[S]):
    """The allowed steps between the states of one thing.

    Args:
        steps: for every state, the states that may follow it; a closed state maps to an empty set.
        subject: the Chinese word for the thing, used in the refusal.
        labels: the Chinese word for each state.
    """

    def __init__(self, steps: Mapping[S, frozenset[S]], *, subject: str, labels: Mapping[S, str]) -> None:
        kind = type(next(iter(steps)))
        missing = set(kind) - set(steps) | set(kind) - set(labels)
        if missing:
            raise ValueError(f"states without a row: {sorted(missing)}")
        self._steps = dict(steps)
        self._subject = subject
        self._labels = dict(labels)

    def following(self, state: S) -> frozenset[S]:
        """Return the states that may follow `state`."""
        return self._steps[state]

    @property
    def open_states(self) -> frozenset[S]:
        """The states that something may still leave."""
        return frozenset(state for state, following in self._steps.items() if following)

    def advance(self, current: S, target: S) -> S:
        """Return `target` when the step is allowed.

        Raises:
            InvalidTransition: the table has no step from `current` to `target`.
        """
        if target not in self._steps[current]:
            raise InvalidTransition(
                _(
                    "%(subject)s当前为“%(now)s”，不能变为“%(target)s”。",
                    subject=self._subject,
                    now=self._labels[current],
                    target=self._labels[target],
                )
            )
        return target
