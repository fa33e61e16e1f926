"""What a bank waits for: pages of the firm list at any depth, and words found in names.

Floors: the first page; LIKE on the same names. All on SQLite, warm, in processor milliseconds.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from benchmarks.lines import Line, cost_in_ms
from benchmarks.material import COMMON_WORD, ON, RARE_WORD, Size, imported_city, writing
from ipfin.accounts.queries.scope import enterprises_visible_to
from ipfin.conduct.rules import ConductCode
from ipfin.registry.models import Enterprise
from ipfin.registry.queries import EnterpriseFilter
from ipfin.registry.queries.finding import firms_found
from ipfin.whitelist.publication import Policy
from ipfin.whitelist.queries.firms import FirmFilter, firms_page
from ipfin.whitelist.service import (
    open_notice,
    prepare_round,
    publish_round,
    run_scores,
    submit_round,
    waive_register,
)

PAGE = 50
AFTER = ON + timedelta(days=30)  # when the notice is over
GOAL_DEEP, GOAL_RARE, GOAL_COMMON = 3.0, 0.05, 0.5
_CALLS = 8


def measure(folder: Path, size: Size) -> list[Line]:
    """Return the lines of the institutions' list."""
    city = imported_city(folder, size)
    with writing(city.engine) as session:
        run = run_scores(session, city.maker, on=ON)
        round_ = prepare_round(session, city.maker, run, title="基准", valid_from=ON)
        for code in set(ConductCode) - Policy().not_applicable:
            waive_register(session, city.maker, round_, code, reason="基准")
        submit_round(session, city.maker, round_, on=ON)
        open_notice(session, city.checker, round_, on=ON)
        admitted = publish_round(session, city.checker, round_, on=AFTER)
    lines = []
    with Session(city.engine) as session:
        visible = enterprises_visible_to(city.banker)
        for tier, order in (("whitelist", "score"), ("directory", "valid")):
            lines += _pages(session, visible, FirmFilter(EnterpriseFilter(), tier=tier), order)
        lines += _searches(session, visible)
    if not admitted:
        raise RuntimeError("what was measured is not the work: nobody was admitted")
    return lines


def _pages(session: Session, visible: ColumnElement[bool], wanted: FirmFilter, order: str) -> list[Line]:
    def page(cursor: str | None, size: int = PAGE) -> tuple[str | None, int]:
        found = firms_page(session, visible, wanted, on=AFTER, order=order, cursor=cursor, size=size)
        session.expunge_all()
        return found.next_cursor, found.total or 0

    _next, total = page(None)
    deep, _total = page(None, size=max(PAGE, total - 2 * PAGE))
    first = cost_in_ms(lambda: page(None), calls=_CALLS)
    last = cost_in_ms(lambda: page(deep), calls=_CALLS)
    title = f"{wanted.tier} of {total:,}, page {max(1, total // PAGE - 1):,}"
    return [Line(title, last, first, "page 1", GOAL_DEEP, unit="ms", note="with its count")]


def _searches(session: Session, visible: ColumnElement[bool]) -> list[Line]:
    lines = []
    for word, what, goal in ((RARE_WORD, "rare", GOAL_RARE), (COMMON_WORD, "common", GOAL_COMMON)):
        like = Enterprise.name.like(f"%{word}%")

        def ours(word: str = word) -> list[int]:
            # The choice of the plan is part of the search.
            return _ids(session, visible, firms_found(session, word, in_order=True))

        def theirs(like: ColumnElement[bool] = like) -> list[int]:
            return _ids(session, visible, like)

        if ours() != theirs():
            raise RuntimeError(f"what was measured is not the work: {word} finds other firms than LIKE")
        costs = [cost_in_ms(find, calls=_CALLS) for find in (ours, theirs)]
        found = len(_ids(session, visible, like))
        lines.append(
            Line(
                f"find a {what} 2-character word",
                costs[0],
                costs[1],
                "LIKE",
                goal,
                unit="ms",
                note=f"{found} on the page",
            )
        )
    return lines


def _ids(session: Session, visible: ColumnElement[bool], match: ColumnElement[bool] | None) -> list[int]:
    if match is None:
        raise RuntimeError("what was measured is not the work: nothing was searched for")
    statement = (
        select(Enterprise.id)
        .where(visible, match)
        .order_by(Enterprise.valid_count.desc(), Enterprise.id.desc())
        .limit(PAGE + 1)
    )
    return list(session.scalars(statement))
