"""Counting a round's candidates by score, and finding those next to its line."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload

from ipfin.registry.models import Enterprise
from ipfin.whitelist.admission import EntryOutcome
from ipfin.whitelist.cut_line import NEAR_E4, WIDTH_E4, offset_of
from ipfin.whitelist.models import RoundEntry, ScoreSheet


def candidates_by_score(
    session: Session, round_id: int, visible: ColumnElement[bool], line_e4: int
) -> dict[tuple[int, EntryOutcome], int]:
    """Return candidates by the number of their bin (`cut_line.cut_chart`) and their outcome."""
    number = ((ScoreSheet.graded_e4 + offset_of(line_e4)) // WIDTH_E4).label("number")
    rows = session.execute(
        select(number, RoundEntry.outcome, func.count())
        .join(RoundEntry, RoundEntry.sheet_id == ScoreSheet.id)
        .join(Enterprise, Enterprise.id == RoundEntry.enterprise_id)
        .where(RoundEntry.round_id == round_id, visible)
        .group_by(number, RoundEntry.outcome)
    )
    return {(int(place), outcome): count for place, outcome, count in rows}


def next_to_the_line(
    session: Session, round_id: int, visible: ColumnElement[bool], line_e4: int, *, most: int = 50
) -> tuple[Sequence[RoundEntry], int]:
    """Return the candidates within a point of the line, the best first, and how many there are of them."""
    near = ScoreSheet.graded_e4.between(line_e4 - NEAR_E4, line_e4 + NEAR_E4)
    found = (
        select(RoundEntry)
        .join(ScoreSheet, ScoreSheet.id == RoundEntry.sheet_id)
        .join(Enterprise, Enterprise.id == RoundEntry.enterprise_id)
        .where(RoundEntry.round_id == round_id, visible, near)
    )
    rows = session.scalars(
        found.options(
            joinedload(RoundEntry.enterprise), joinedload(RoundEntry.sheet).joinedload(ScoreSheet.robustness)
        )
        .order_by(ScoreSheet.graded_e4.desc(), RoundEntry.id)
        .limit(most)
    ).all()
    return rows, session.scalar(select(func.count()).select_from(found.subquery())) or 0
