"""Scoring a whole city: the use case on SQLite, its pure part, and whole columns at the size of a province.

Floors: the bare driver reading the same columns of the same patents into tuples; for the columns, decoding
them from a deflated file. Nothing is computed there; a sheet with every line explained is on our side.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from benchmarks.lines import Line, forget_peak, peak_mb, watched
from benchmarks.material import ON, Size, imported_city, writing
from ipfin.kernel.identifiers import PatentKind
from ipfin.registry.service import note_changed
from ipfin.whitelist.cohorts import Alike, Cohorts, count_cohorts
from ipfin.whitelist.engine.columns import PatentColumns
from ipfin.whitelist.engine.firms import UNKNOWN, CellFigures, FirmColumns
from ipfin.whitelist.engine.ruler import measured, ranks
from ipfin.whitelist.engine.scoring import OF_FIRMS, Scorer
from ipfin.whitelist.engine.values import values_of_patents
from ipfin.whitelist.indicators import raw_values, score_inputs
from ipfin.whitelist.queries import firm_facts, firms_to_score
from ipfin.whitelist.queries.cohorts import cohorts_of, reference_in_force
from ipfin.whitelist.scheme import DEFAULT_CARD, load_card
from ipfin.whitelist.scoring import Ruler, score_many
from ipfin.whitelist.service import found_card, run_scores
from ipfin.whitelist.service.rescoring import rescore_changed

FLOOR = "bare read of the columns"
GOAL = 1.5
PROVINCE = (50, 20)  # patents and firms, as many times the city's: 5,000,000 of 400,000
_EVERY = 100  # one firm in a hundred changes
_AT_ONCE = 10_000  # firms whose columns are worked on together: about what a core's own cache holds
_COLUMNS = """
    SELECT a.enterprise_id, p.id, p.application_number, p.kind, p.validity, p.filed_on, p.granted_on,
           p.was_granted, p.expires_on, p.ipc_subclasses, p.claims_count, p.cited_by_count, p.flags
    FROM patent_applicant pa JOIN applicant a ON a.id = pa.applicant_id JOIN patent p ON p.id = pa.patent_id
    WHERE a.enterprise_id IS NOT NULL ORDER BY a.enterprise_id, p.id
"""


def measure(folder: Path, size: Size) -> list[Line]:
    """Return the lines of a full run, of its parts, and of whole columns."""
    return [*_city(folder, size), *_province(folder, size)]


def _city(folder: Path, size: Size) -> list[Line]:
    city = imported_city(folder, size)
    with watched() as floor, sqlite3.connect(folder / "city.db") as bare:
        rows = bare.execute(_COLUMNS).fetchall()
    bare.close()
    with writing(city.engine) as session:
        found_card(session, city.maker, on=ON)
        with watched() as whole:
            run = run_scores(session, city.maker, on=ON)
        few_changed = list(firms_to_score(session))[::_EVERY]
        note_changed(session, few_changed)
        with watched() as again:
            part = rescore_changed(session, city.maker, on=ON)
        facts = list(firm_facts(session, firms_to_score(session), ON).values())
        reference = reference_in_force(session)
        cohorts = cohorts_of(reference) if reference else Cohorts({}, {})
    card = load_card(DEFAULT_CARD.read_bytes())
    with watched() as pure:
        scored = Scorer(card, cohorts, None, ON).score(facts)
    few = facts[: max(1, len(facts) // 10)]
    with watched() as readable:
        cases = [(raw_values(f, ON, cohorts), score_inputs(f, ON, cohorts)) for f in few]
        bodies = [sheet.as_bytes().decode() for sheet in score_many(cases, card, data_as_of=ON)]
    same = (part.inputs_hash, part.grade_counts, part.peer_medians)
    if same != (run.inputs_hash, run.grade_counts, run.peer_medians):
        raise RuntimeError("what was measured is not the work: changed firms and the others make a full run")
    if [sheet.body for sheet in scored[: len(few)]] != bodies or len(scored) != run.firms_count:
        raise RuntimeError("what was measured is not the work: both ways give the same sheets")
    title = f"scoring run {len(scored):,} firms, {len(rows):,} holdings"
    speed = f"{len(scored) / whole.seconds:,.0f} sheets/s"
    one_by_one = readable.seconds * len(facts) / len(few)
    return [
        Line(title, whole.seconds, floor.seconds, FLOOR, GOAL, note=speed),
        Line(
            f"  again, {len(few_changed):,} firms changed", again.seconds, whole.seconds, "the full run", 0.1
        ),
        Line("  pure part, by columns", pure.seconds, floor.seconds, FLOOR),
        Line("  pure part, firm by firm (a tenth)", one_by_one, floor.seconds, FLOOR),
    ]


def _province(folder: Path, size: Size) -> list[Line]:
    import numpy as np

    patents, firms = size.rows * PROVINCE[0], size.firms * PROVINCE[1]
    made, cells, cohorts = _made_columns(patents, firms)
    np.savez_compressed(folder / "columns.npz", **made)
    del made
    with watched() as floor, np.load(folder / "columns.npz") as kept:
        columns = {name: kept[name] for name in kept.files}
    ruler = Ruler(load_card(DEFAULT_CARD.read_bytes()), None)
    graded = np.zeros(firms, dtype=np.int64)
    held = forget_peak()
    with watched() as whole:
        figures = CellFigures.of(cells, cohorts)
        for first in range(0, firms, _AT_ONCE):
            part = _part(columns, cells, first, min(first + _AT_ONCE, firms))
            graded[first : first + part.firms] = _scored(part, cohorts, figures, ruler)
    most = peak_mb()
    twelve = [np.random.default_rng(place).permutation(graded) for place in range(12)]
    with watched() as ranking:
        found = ranks(twelve)
    if len(found) != 12 or not (graded > 0).all():
        raise RuntimeError("what was measured is not the work: every firm has a score and twelve ranks")
    return [
        Line(
            f"columns to scores, {patents:,} of {firms:,}",
            whole.seconds,
            floor.seconds,
            "decoding the columns (deflate)",
            GOAL,
            note=f"{most - held:,.0f} MB beside the columns",
        ),
        Line(f"  ranks, {firms:,} x 12", ranking.seconds, None, "", 0.3, is_limit=True),
    ]


def _scored(part: PatentColumns, cohorts: Cohorts, figures: CellFigures, ruler: Ruler) -> Any:
    import numpy as np

    columns = FirmColumns(part, ON, cohorts, np.ones(part.firms, dtype=np.bool_), figures)
    values = {code: one.values for code, one in values_of_patents(columns).items()}
    values |= dict.fromkeys(OF_FIRMS, np.full(part.firms, UNKNOWN))
    return measured(ruler, values, {}).graded


def _made_columns(patents: int, firms: int) -> tuple[dict[str, Any], list[tuple[int, str]], Cohorts]:
    """Return made-up columns, sorted by firm, with the long tail of holders that real lists have."""
    import numpy as np

    chance = np.random.default_rng(20261123)
    weights = chance.pareto(1.5, firms) + 0.2
    held = 1 + chance.multinomial(patents - firms, weights / weights.sum())
    names = [f"{part}{number:02d}{last}" for part in "ABCDEFGH" for number in range(16) for last in "BFGKN"]
    cells = [(year, name) for year in range(2007, 2026) for name in names]
    cell = chance.integers(0, len(cells), patents)
    year = np.array([each[0] for each in cells])[cell]
    made = {
        "starts": np.concatenate(([0], np.cumsum(held))),
        "kind": chance.choice(4, patents, p=(0.4, 0.4, 0.19, 0.01)),
        "validity": chance.choice(4, patents, p=(0.7, 0.12, 0.15, 0.03)),
        "year": year,
        "end": (year - 1) * 365 + 20 * 365 + chance.integers(0, 365, patents),
        "claims": chance.integers(1, 30, patents),
        "cited_by": chance.geometric(0.3, patents) - 1,
        "is_burdened": chance.random(patents) < 0.05,
        "cell": cell,
        "share_of": chance.choice((1, 2, 3), patents, p=(0.6, 0.3, 0.1)),
    }
    # A patent's subclasses follow its main one, one pair after the other.
    holder = np.repeat(np.arange(patents), made["share_of"])
    made["subclass"] = (cell[holder] + np.arange(len(holder))) % len(names)
    made["pair_starts"] = np.concatenate(([0], np.cumsum(made["share_of"])))[made["starts"]]  # of firms
    made = {name: column.astype(np.int32) for name, column in made.items()}
    some = slice(0, min(patents, 200_000))
    told = zip(*(made[name][some].tolist() for name in ("cell", "claims", "cited_by")), strict=True)
    cohorts = count_cohorts(
        Alike(*cells[place], PatentKind.INVENTION, claims, cited_by, 1) for place, claims, cited_by in told
    )
    return made, cells, cohorts


def _part(columns: dict[str, Any], cells: list[tuple[int, str]], first: int, last: int) -> PatentColumns:
    """Return the columns of some firms, as the engine takes them."""
    import numpy as np

    def of(name: str, starts: str = "starts") -> Any:
        return columns[name][columns[starts][first] : columns[starts][last]]

    starts, share_of = columns["starts"][first : last + 1].astype(np.int64), of("share_of")
    nothing = np.zeros(len(share_of), dtype=np.bool_)
    return PatentColumns(
        firms=last - first,
        starts=starts - starts[0],
        kind=of("kind"),
        validity=of("validity"),
        year=of("year"),
        end=of("end"),
        only_year=nothing,
        half_until=nothing.astype(np.int32),
        was_granted=of("validity") != 1,
        tells_flags=~nothing,
        is_burdened=of("is_burdened") != 0,
        claims=of("claims"),
        cited_by=of("cited_by"),
        cell=of("cell"),
        cells=cells,
        share_of=share_of,
        pair_patent=np.repeat(np.arange(len(share_of)), share_of),
        subclass=of("subclass", "pair_starts"),
    )
