"""Scoring a whole city: the use case on SQLite, and its pure part on facts in memory.

Floor: the bare driver reading the same columns of the same patents into tuples. Nothing is computed
there; a sheet with every line explained is on our side.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from benchmarks.lines import Line, watched
from benchmarks.material import ON, Size, imported_city, writing
from ipfin.whitelist.cohorts import build_cohorts
from ipfin.whitelist.indicators import raw_values, score_inputs
from ipfin.whitelist.queries import firm_facts, firms_to_score
from ipfin.whitelist.scheme import DEFAULT_CARD, load_card
from ipfin.whitelist.scoring import score_many
from ipfin.whitelist.service import activate_card, run_scores

FLOOR = "bare read of the columns"
GOAL = 1.5
_COLUMNS = """
    SELECT a.enterprise_id, p.id, p.application_number, p.kind, p.validity, p.filed_on, p.granted_on,
           p.was_granted, p.expires_on, p.ipc_subclasses, p.claims_count, p.cited_by_count, p.flags
    FROM patent_applicant pa JOIN applicant a ON a.id = pa.applicant_id JOIN patent p ON p.id = pa.patent_id
    WHERE a.enterprise_id IS NOT NULL ORDER BY a.enterprise_id, p.id
"""


def measure(folder: Path, size: Size) -> list[Line]:
    """Return the lines of a full run."""
    city = imported_city(folder, size)
    with watched() as floor, sqlite3.connect(folder / "city.db") as bare:
        rows = bare.execute(_COLUMNS).fetchall()
    bare.close()
    with writing(city.engine) as session:
        activate_card(session, city.maker, on=ON)
        with watched() as whole:
            run = run_scores(session, city.maker, on=ON)
        facts = firm_facts(session, firms_to_score(session), ON)
    card = load_card(DEFAULT_CARD.read_bytes())
    with watched() as pure:
        cohorts = build_cohorts({p.number: p for known in facts.values() for p in known.patents}.values())
        cases = [(raw_values(f, ON, cohorts), score_inputs(f, ON, cohorts)) for f in facts.values()]
        sheets = score_many(cases, card, data_as_of=ON)
    if not len(sheets) == run.firms_count == len(facts):
        raise RuntimeError("what was measured is not the work: every firm has one sheet")
    title = f"scoring run {len(sheets):,} firms, {len(rows):,} holdings"
    return [
        Line(
            title,
            whole.seconds,
            floor.seconds,
            FLOOR,
            GOAL,
            note=f"{len(sheets) / whole.seconds:,.0f} sheets/s",
        ),
        Line(
            "  pure part, in memory",
            pure.seconds,
            floor.seconds,
            FLOOR,
            note=f"{len(sheets) / pure.seconds:,.0f} sheets/s",
        ),
    ]
