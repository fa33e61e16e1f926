"""A list of qualified firms compared with the facts that stand: a title is a dated fact with its end.

Of two lists the later one is believed; the older fact stays beside it. What a firm declared is not
touched: it has another source.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy.orm import Session

from ipfin.lists.cells import Cells
from ipfin.lists.columns import Columns
from ipfin.lists.firm_rows import known_of
from ipfin.lists.plan import FactWrite, ListPlan, Reading, Step
from ipfin.lists.qualifications.fields import SHAPE
from ipfin.lists.qualifications.rows import ListedTitle, read_titles
from ipfin.lists.queries import known_firms, listed_facts
from ipfin.lists.service.room import Room
from ipfin.lists.service.writing import firms_built_on, undo_firms, write_firms
from ipfin.registry.lifecycle import RowOutcome
from ipfin.registry.models import EnterpriseFact, FactKind
from ipfin.registry.reading import RawTable
from ipfin.whitelist.facts import TITLE_LABELS, Title


def plan(session: Session, table: RawTable, columns: Columns, as_of: date) -> ListPlan:
    """Return what the list would do; reads only."""
    cells = Cells(table, columns)
    listed = {title.firm.place: title for title in read_titles(cells, as_of)}
    rows = [title.firm for title in listed.values()]
    known = known_firms(session, {row.credit_code for row in rows}, {row.key for row in rows})
    held: dict[tuple[int, str], list[ListedTitle]] = {}
    for row, firm in known_of(cells, rows, known):
        held.setdefault((firm.id, listed[row.place].title), []).append(listed[row.place])
    standing = listed_facts(session, {firm_id for firm_id, _title in held}, (FactKind.TITLE,))
    steps = [
        _step(firm_id, titles, standing.get(firm_id, {}).get(FactKind.TITLE, ()), as_of)
        for (firm_id, _title), titles in held.items()
    ]
    steps.sort(key=lambda step: step.row)
    figures = {"firms": len({firm for firm, _title in held}), "facts": sum(len(s.facts) for s in steps)}
    return ListPlan(table, Reading(columns, cells.count, cells.doubts, cells.refusals(), figures), steps)


def _step(
    firm_id: int, titles: Sequence[ListedTitle], standing: Sequence[EnterpriseFact], as_of: date
) -> Step:
    """Return what the rows of one title of one firm do: the one that ends last leads."""
    lead = max(titles, key=lambda title: (title.expires_on or date.min, -title.firm.place))
    repeated = tuple(title.firm.row for title in titles if title is not lead)
    row = lead.firm.row
    latest = next((fact for fact in standing if fact.word == lead.title), None)
    if latest is not None and (latest.as_of > as_of or _same(latest, lead)):
        return Step(row, RowOutcome.UNCHANGED, firm_id, repeated=repeated)
    replaces = latest.id if latest is not None and latest.as_of == as_of else None
    write = FactWrite(
        FactKind.TITLE,
        as_of,
        word=lead.title,
        expires_on=lead.expires_on,
        evidence=lead.evidence,
        replaces=replaces,
    )
    outcome = RowOutcome.NEW if latest is None else RowOutcome.CHANGED
    before = _shown(latest.expires_on, latest.evidence) if latest else {}
    after = {"title": str(TITLE_LABELS[Title(lead.title)]), **_shown(lead.expires_on, lead.evidence)}
    if latest is not None:
        before["title"] = after["title"]
    return Step(row, outcome, firm_id, {}, (write,), before, {"name": lead.firm.name, **after}, repeated)


def _same(fact: EnterpriseFact, listed: ListedTitle) -> bool:
    return fact.expires_on == listed.expires_on and fact.evidence == listed.evidence


def _shown(expires_on: date | None, evidence: str) -> dict[str, str]:
    """Return the last day and the proof as people read them."""
    last = (expires_on - timedelta(days=1)).isoformat() if expires_on else ""
    return {"valid_until": last, "certificate": evidence}


ROOM = Room(SHAPE, plan, write_firms, firms_built_on, undo_firms)
