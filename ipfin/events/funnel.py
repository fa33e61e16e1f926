"""What an event led to, as figures: from the planned meeting to the first loan (意向—授信—放款—首贷). Pure.

Decides how a meeting is counted. A later step implies the earlier ones; a firm counts once however many
meetings it had. Wished, granted, disbursed and insured amounts stand in figures of their own. As one firm
may talk about the same loan with several banks, wishes are told twice: meeting by meeting, and with each
firm's largest only. What offices report: domain practice (企业数、机构数、场次、意向、授信、放款、首贷).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from ipfin.events.lifecycle import Side
from ipfin.events.results import CLOSING, INTERESTED, FollowUpSaid, Interest, ResultSaid, Stage
from ipfin.kernel.money import Fen

WATCHED_DAYS: Final = (0, 30, 60, 90)
"""After how many days offices ask again."""


@dataclass(frozen=True, slots=True)
class Story:
    """One firm at one institution's table: what each side said, and what came later."""

    enterprise: int
    institution: int
    said: Mapping[Side, ResultSaid]
    later: Sequence[FollowUpSaid] = ()

    @property
    def interest(self) -> Interest | None:
        """What counts: the institution's word before the firm's; None while nobody said anything."""
        for side in (Side.INSTITUTION, Side.ENTERPRISE):
            if side in self.said:
                return self.said[side].interest
        return None

    @property
    def wished_fen(self) -> Fen:
        """The amount talked about, by the institution's word before the firm's."""
        for side in (Side.INSTITUTION, Side.ENTERPRISE):
            if side in self.said and self.said[side].amount_fen is not None:
                return self.said[side].amount_fen or Fen(0)
        return Fen(0)

    @property
    def is_closed(self) -> bool:
        """Whether nobody need be asked again: a loan, a cover, an end, or never an interest."""
        if any(step.stage in CLOSING for step in self.later):
            return True
        return self.interest is not None and self.interest not in INTERESTED

    def until(self, day: date) -> Story:
        """Return it as it stood on the evening of `day`; what was said at the table stays."""
        return Story(
            self.enterprise,
            self.institution,
            self.said,
            [step for step in self.later if step.happened_on <= day],
        )


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way: how many meetings, how many firms, and its own amount in fen."""

    meetings: int
    enterprises: int
    amount_fen: Fen


@dataclass(frozen=True, slots=True)
class Funnel:
    """The figures of an event.

    Args:
        silent: meetings of which neither side said anything.
        wished_once_fen: each firm's largest wish only.
    """

    enterprises: int
    institutions: int
    meetings: int
    silent: int
    not_held: int
    intent: Step
    wished_once_fen: Fen
    credit: Step
    loan: Step
    first_loan: Step
    cover: Step
    ended: Step


def funnel(stories: Iterable[Story]) -> Funnel:
    """Count the stories of an event."""
    told = list(stories)
    intents = [story for story in told if _shows_intent(story)]
    once: dict[int, int] = {}
    for story in intents:
        once[story.enterprise] = max(once.get(story.enterprise, 0), story.wished_fen)
    return Funnel(
        enterprises=len({story.enterprise for story in told}),
        institutions=len({story.institution for story in told}),
        meetings=len(told),
        silent=sum(not story.said for story in told),
        not_held=sum(story.interest is Interest.NOT_HELD for story in told),
        intent=_step(intents, sum(story.wished_fen for story in intents)),
        wished_once_fen=Fen(sum(once.values())),
        credit=_step(_with(told, {Stage.CREDIT, Stage.LOAN}), _amount(told, Stage.CREDIT)),
        loan=_step(_with(told, {Stage.LOAN}), _amount(told, Stage.LOAN)),
        first_loan=_first_loans(told),
        cover=_step(_with(told, {Stage.COVER}), _amount(told, Stage.COVER)),
        ended=_step([story for story in _with(told, {Stage.ENDED}) if not _landed(story)], 0),
    )


def funnels_by_day(stories: Sequence[Story], held_on: date) -> dict[int, Funnel]:
    """Return days after the event -> what had come of it by then."""
    return {
        days: funnel(story.until(held_on + timedelta(days=days)) for story in stories)
        for days in WATCHED_DAYS
    }


def _shows_intent(story: Story) -> bool:
    """Whether a side was interested; a granted credit shows it where nobody filled the form."""
    return story.interest in INTERESTED or _landed(story)


def _landed(story: Story) -> bool:
    return any(step.stage is not Stage.ENDED for step in story.later)


def _with(stories: Iterable[Story], stages: set[Stage]) -> list[Story]:
    return [story for story in stories if any(step.stage in stages for step in story.later)]


def _amount(stories: Iterable[Story], stage: Stage) -> int:
    return sum(step.amount_fen or 0 for story in stories for step in story.later if step.stage is stage)


def _first_loans(stories: Iterable[Story]) -> Step:
    firsts = [(story, step) for story in stories for step in story.later if step.is_first_loan]
    return Step(
        len({(story.enterprise, story.institution) for story, _first in firsts}),
        len({story.enterprise for story, _first in firsts}),
        Fen(sum(step.amount_fen or 0 for _story, step in firsts)),
    )


def _step(stories: Sequence[Story], amount: int) -> Step:
    return Step(len(stories), len({story.enterprise for story in stories}), Fen(amount))
