"""A run is examined once; what was found stands beside its sheets and changes none."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select, true

from ipfin.accounts.scopes import ScoreDetail
from ipfin.audit.models import AuditEntry
from ipfin.kernel.errors import NotFound
from ipfin.whitelist.models import RobustnessRun, ScoreSheet, SheetRobustness
from ipfin.whitelist.queries import edge_page, explained, robustness_of_run, sheets_page
from ipfin.whitelist.scoring import Grade
from ipfin.whitelist.service import examine_run
from tests.unit.whitelist.scoring_cases import table

FIRM_A = {row["code"]: Decimal(row["value"]) for row in table("Worked example: firm A")}
BARE = {code: FIRM_A[code] for code in ("L1", "L2", "L3", "L4", "T3", "T4", "T5", "C1")}


@pytest.fixture
def run(make):
    """A run of firm A, a slightly better one, and one that is not rated."""
    run = make.score_run()
    make.score_sheet(run=run, grade=Grade.B, graded_e4=696_825, readings=FIRM_A)
    make.score_sheet(run=run, grade=Grade.B, graded_e4=700_825, readings=FIRM_A | {"M2": Decimal("0.1")})
    make.score_sheet(
        run=run, grade=Grade.UNRATED, graded_e4=547_100, low_e4=388_100, high_e4=918_100,
        coverage_bp=4700, readings=BARE,
    )  # fmt: skip
    return run


def test_every_sheet_is_told_how_firmly_its_grade_stands(session, make, run) -> None:
    before = session.scalars(select(ScoreSheet.body).order_by(ScoreSheet.id)).all()
    found = examine_run(session, make.actor(make.officer()), run.id, draws=500)
    assert (found.rated_count, found.cut, found.draws, found.seed, found.kappa) == (2, 2, 500, 20261122, 50)
    assert sum(found.found["bands"]) == 2
    assert set(found.found["tau_b"]) == {"legal", "technical", "market", "credit"}
    assert [row["method"] for row in found.found["panel"]] == ["topsis", "entropy", "critic"]
    assert found.numpy_version
    one, _two, unrated = session.scalars(select(SheetRobustness).order_by(SheetRobustness.sheet_id)).all()
    assert 9300 <= one.grade_holds_bp <= 9900
    assert (one.low_grade, one.high_grade, one.without["market"]) == (Grade.B, Grade.B, "A")
    assert (one.in_list_bp, one.is_edge) == (10_000, False)
    assert (unrated.grade_holds_bp, unrated.grade_holds_uniform_bp, unrated.in_list_bp) == (None, None, None)
    assert (unrated.is_edge, unrated.without) == (False, {})
    assert (unrated.low_grade, unrated.high_grade) == (Grade.D, Grade.A)
    assert session.scalars(select(ScoreSheet.body).order_by(ScoreSheet.id)).all() == before
    assert (
        session.scalar(select(AuditEntry.action).order_by(AuditEntry.id.desc()).limit(1))
        == "whitelist.robustness.examined"
    )


def test_examining_twice_makes_no_second_row(session, make, run) -> None:
    actor = make.actor(make.officer())
    assert examine_run(session, actor, run.id, draws=100) is examine_run(session, actor, run.id, draws=100)
    assert len(session.scalars(select(RobustnessRun)).all()) == 1
    with pytest.raises(NotFound):
        examine_run(session, actor, 999_999)


def test_a_run_that_was_not_examined_says_nothing_rather_than_nought(session, run) -> None:
    assert robustness_of_run(session, run.id) is None
    sheet = sheets_page(session, run.id, true()).items[0]
    assert sheet.robustness is None
    assert explained(sheet, ScoreDetail.FULL).holds is None


def test_the_firms_at_the_edge_are_listed_the_best_first(session, make) -> None:
    kept = make.sheet_robustness()
    page = edge_page(session, kept.sheet.run_id, true(), cursor=None)
    assert [sheet.id for sheet in page.items] == [kept.sheet_id]
    assert page.items[0].robustness.is_edge
    assert explained(page.items[0], ScoreDetail.EXPLAINED).holds == "97%的权重下等级不变"
