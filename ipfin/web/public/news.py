"""What everyone may read at a glance: coming events, the last published rounds and issues."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from ipfin.events.models import Event
from ipfin.events.queries import PUBLIC_EVENTS, coming_events
from ipfin.kernel.clock import now_utc
from ipfin.reports.models import DirectoryIssue
from ipfin.reports.queries import published_issues
from ipfin.whitelist.models import WhitelistRound
from ipfin.whitelist.queries import rounds_page

MOST_SHOWN = 3


@dataclass(frozen=True, slots=True)
class News:
    """The newest of each."""

    events: Sequence[Event]
    rounds: Sequence[WhitelistRound]
    issues: Sequence[DirectoryIssue]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell yet."""
        return not (self.events or self.rounds or self.issues)


def public_news(session: Session) -> News:
    """Return the newest events, rounds and issues that were published."""
    return News(
        events=coming_events(session, PUBLIC_EVENTS, now=now_utc(), limit=MOST_SHOWN),
        rounds=rounds_page(session, cursor=None, published_only=True, size=MOST_SHOWN).items,
        issues=published_issues(session, limit=MOST_SHOWN),
    )
