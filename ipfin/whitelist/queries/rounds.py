"""Rounds of the whitelist and their candidates."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload

from ipfin.kernel.errors import NotFound
from ipfin.kernel.paging import Page, decode_cursor, page_of
from ipfin.kernel.text import _
from ipfin.registry.models import Enterprise
from ipfin.registry.queries import keyset
from ipfin.whitelist.admission import EntryOutcome, RoundState
from ipfin.whitelist.models import RoundEntry, ScoreSheet, WhitelistRound


def rounds_page(
    session: Session, *, cursor: str | None, published_only: bool = False, size: int = 50
) -> Page[WhitelistRound]:
    """Return one page of rounds, the latest first."""
    place = decode_cursor(cursor, order="number", types=(int,)) if cursor else None
    statement = select(WhitelistRound)
    if published_only:
        statement = statement.where(WhitelistRound.state == RoundState.PUBLISHED)
    statement = keyset(statement, WhitelistRound.number, WhitelistRound.id, place, ascending=False, size=size)
    rows = session.scalars(statement).all()
    return page_of(rows, size=size, cursor=place, place=lambda r: ((r.number,), r.id), order="number")


def round_by_number(session: Session, number: int, *, published_only: bool = False) -> WhitelistRound:
    """Return a round.

    Raises:
        NotFound: there is none, or it is not published and only published ones were asked for.
    """
    found = session.scalar(select(WhitelistRound).where(WhitelistRound.number == number))
    if found is None or (published_only and found.state is not RoundState.PUBLISHED):
        raise NotFound(_("没有这个白名单批次。"))
    return found


def open_round(session: Session) -> WhitelistRound | None:
    """Return the round that is being prepared or waits for its second person."""
    return session.scalar(
        select(WhitelistRound).where(WhitelistRound.state.in_((RoundState.DRAFT, RoundState.SUBMITTED)))
    )


def entry_counts(
    session: Session, round_id: int, *, visible: ColumnElement[bool] | None = None
) -> dict[EntryOutcome, int]:
    """Return how many candidates of a round, of the firms that `visible` names, have each outcome."""
    where = [RoundEntry.round_id == round_id, *([] if visible is None else [visible])]
    rows = session.execute(
        select(RoundEntry.outcome, func.count())
        .join(Enterprise, Enterprise.id == RoundEntry.enterprise_id)
        .where(*where)
        .group_by(RoundEntry.outcome)
    )
    return dict.fromkeys(EntryOutcome, 0) | dict(rows.all())


def entries_page(
    session: Session,
    round_id: int,
    visible: ColumnElement[bool],
    *,
    outcome: EntryOutcome | None = None,
    cursor: str | None = None,
    size: int = 50,
) -> Page[RoundEntry]:
    """Return one page of a round's candidates, the best graded score first."""
    where = [RoundEntry.round_id == round_id, visible]
    if outcome is not None:
        where.append(RoundEntry.outcome == outcome)
    place = decode_cursor(cursor, order="graded", types=(int,)) if cursor else None
    joined = (
        select(RoundEntry)
        .join(ScoreSheet, ScoreSheet.id == RoundEntry.sheet_id)
        .join(Enterprise, Enterprise.id == RoundEntry.enterprise_id)
        .where(*where)
    )
    statement = keyset(
        joined.options(
            joinedload(RoundEntry.enterprise),
            joinedload(RoundEntry.sheet).joinedload(ScoreSheet.robustness),
        ),
        ScoreSheet.graded_e4,
        RoundEntry.id,
        place,
        ascending=False,
        size=size,
    )
    rows = session.scalars(statement).all()
    total = session.scalar(select(func.count()).select_from(joined.subquery()))
    return page_of(
        rows,
        size=size,
        cursor=place,
        place=lambda e: ((e.sheet.graded_e4,), e.id),
        order="graded",
        total=total,
    )
