"""What each part of the product knows to have happened to one firm, in one order.

Every source reads at most a page of its own rows by an index on the firm. Of a firm that others were merged
into, their rows count too. Nothing of a person stands here: audit entries hold none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.kernel.actor import Actor
from ipfin.kernel.paging import Page
from ipfin.registry.models import Enterprise, EnterpriseMerge
from ipfin.reports.service.happenings import business, patents
from ipfin.reports.service.happenings.reaching import Whose
from ipfin.reports.timeline import PAGE, Happening, Kind, Reach, Source, page_of_sources

# In the order of ranks: of what happened at one instant, the later one here stands on top.
_SOURCES: Final[Sequence[tuple[Kind, Callable[[Whose, Reach], list[Happening]]]]] = (
    (Kind.PATENT, patents.ends),
    (Kind.PATENT, patents.grants),
    (Kind.IMPORT, patents.imports),
    (Kind.PATENT, patents.changes),
    (Kind.RECORD, business.records),
    (Kind.CONSENT, business.consents),
    (Kind.CORRECTION, business.corrections),
    (Kind.MERGE, business.merges),
    (Kind.SCORE, business.scores),
    (Kind.WHITELIST, business.removals),
    (Kind.WHITELIST, business.admissions),
    (Kind.DIRECTORY, business.issues),
    (Kind.EVENT, business.registrations),
    (Kind.VISIT, business.visits),
    (Kind.VISIT, business.follow_ups),
    (Kind.DOCUMENT, business.papers),
)


def firm_timeline(
    session: Session,
    actor: Actor,
    firm: Enterprise,
    kind: Kind | None = None,
    *,
    now: datetime,
    cursor: str | None = None,
    size: int = PAGE,
) -> Page[Happening]:
    """Return one page of what happened to `firm`, the latest first; whoever asks may see the firm.

    Args:
        kind: only this; None for everything.

    Raises:
        BadInput: the cursor is not one of a timeline.
    """
    merged = session.scalars(
        select(EnterpriseMerge.from_id).where(
            EnterpriseMerge.into_id == firm.id, EnterpriseMerge.undone_at.is_(None)
        )
    ).all()
    of = Whose(session, actor, firm.id, (firm.id, *merged))
    sources: dict[int, Source] = {
        rank: _bound(source, of)
        for rank, (its_kind, source) in enumerate(_SOURCES)
        if kind is None or its_kind is kind
    }
    return page_of_sources(sources, now=now, cursor=cursor, size=size)


def _bound(source: Callable[[Whose, Reach], list[Happening]], of: Whose) -> Source:
    return lambda reach: source(of, reach)
