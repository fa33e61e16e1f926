"""A push: a bank names 500 firms at once and is told the agreed facts, every firm logged in the hash chain.

No floor: the goal is seconds of the whole use case, from the text that was pasted to the commit on SQLite.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import func, select

from benchmarks.lines import Line, watched
from benchmarks.material import ON, Size, imported_city, writing
from ipfin.audit.models import AuditEntry
from ipfin.pushes.rows import MOST_ROWS, rows_of_text
from ipfin.pushes.service import push_candidates
from ipfin.registry.models import Enterprise

GOAL = 0.4
_UNKNOWN_EVERY = 20


def measure(folder: Path, size: Size) -> list[Line]:
    """Return the line of one push; one row in twenty names nobody, the others every second by its code."""
    city = imported_city(folder, size)
    with writing(city.engine) as session:
        firms = session.execute(
            select(Enterprise.name, Enterprise.credit_code).order_by(Enterprise.id).limit(MOST_ROWS)
        ).all()
    text = "\n".join(
        f"安阳查无此企业{place}公司"
        if place % _UNKNOWN_EVERY == 0
        else (place % 2 and firm.credit_code) or firm.name
        for place, firm in enumerate(firms)
    )
    with watched() as whole, writing(city.engine) as session:
        push = push_candidates(session, city.banker, rows_of_text(text), note="", on=ON)
    with writing(city.engine) as session:
        logged = session.scalar(
            select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "pushes.firm.answered")
        )
    if push.rows_count != MOST_ROWS or not 0 < push.found_count == logged:
        raise RuntimeError("what was measured is not the work: every firm that was found is logged")
    title = f"push of {push.rows_count} rows, {push.found_count} firms found"
    return [Line(title, whole.seconds, goal=GOAL, is_limit=True)]
