"""What was found of a run under other weights."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from ipfin.kernel.paging import Page, decode_cursor, page_of
from ipfin.registry.models import Enterprise
from ipfin.registry.queries import keyset
from ipfin.whitelist.models import RobustnessRun, ScoreSheet, SheetRobustness


def robustness_of_run(session: Session, run_id: int) -> RobustnessRun | None:
    """Return what was found of a run, None when it was not examined."""
    return session.scalar(select(RobustnessRun).where(RobustnessRun.run_id == run_id))


def edge_page(
    session: Session, run_id: int, visible: ColumnElement[bool], *, cursor: str | None, size: int = 50
) -> Page[ScoreSheet]:
    """Return one page of the sheets of a run whose firms stand at the edge, the best first."""
    where = [ScoreSheet.run_id == run_id, SheetRobustness.is_edge, visible]
    place = decode_cursor(cursor, order="graded", types=(int,)) if cursor else None
    joined = select(ScoreSheet).join(ScoreSheet.robustness).join(Enterprise)
    statement = keyset(
        joined.where(*where).options(
            joinedload(ScoreSheet.enterprise), contains_eager(ScoreSheet.robustness)
        ),
        ScoreSheet.graded_e4,
        ScoreSheet.id,
        place,
        ascending=False,
        size=size,
    )
    rows = session.scalars(statement).all()
    total = session.scalar(
        select(func.count())
        .select_from(ScoreSheet)
        .join(ScoreSheet.robustness)
        .join(Enterprise)
        .where(*where)
    )
    return page_of(
        rows, size=size, cursor=place, place=lambda s: ((s.graded_e4,), s.id), order="graded", total=total
    )
