"""Scorecards, score runs and sheets."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload, object_session

from ipfin.accounts.queries.scope import enterprises_visible_to
from ipfin.accounts.scopes import Scope, ScoreDetail, Thing, scope_for
from ipfin.kernel.actor import Actor
from ipfin.kernel.errors import NotFound
from ipfin.kernel.paging import Page, decode_cursor, page_of
from ipfin.kernel.text import _
from ipfin.registry.models import Enterprise
from ipfin.registry.queries import keyset
from ipfin.whitelist.models import ScorecardVersion, ScoreRun, ScoreSheet
from ipfin.whitelist.queries.admissions import current_admission
from ipfin.whitelist.queries.beside import pledgeability_of, standing_of
from ipfin.whitelist.scheme import load_card
from ipfin.whitelist.score_view import ScoreView, score_view
from ipfin.whitelist.scorecard import Scenario
from ipfin.whitelist.scoring import Grade
from ipfin.whitelist.scoring import ScoreSheet as Sheet


def latest_run(session: Session, scenario: Scenario = Scenario.WHITELIST) -> ScoreRun | None:
    """Return the last score run by a card of one use; runs for other uses do not count."""
    return session.scalar(select(ScoreRun).where(made_for(scenario)).order_by(ScoreRun.id.desc()).limit(1))


def made_for(scenario: Scenario) -> ColumnElement[bool]:
    """Return the condition that a run was made for a use."""
    cards = select(ScorecardVersion.id).where(ScorecardVersion.scenario == scenario)
    return ScoreRun.card_version_id.in_(cards)


def runs_page(session: Session, *, cursor: str | None, size: int = 50) -> Page[ScoreRun]:
    """Return one page of score runs, the latest first."""
    place = decode_cursor(cursor, order="latest", types=(int,)) if cursor else None
    statement = keyset(
        select(ScoreRun).options(joinedload(ScoreRun.card_version)),
        ScoreRun.id,
        ScoreRun.id,
        place,
        ascending=False,
        size=size,
    )
    rows = session.scalars(statement).all()
    return page_of(rows, size=size, cursor=place, place=lambda run: ((run.id,), run.id), order="latest")


def run_by_id(session: Session, run_id: int) -> ScoreRun:
    """Return a score run.

    Raises:
        NotFound: there is none.
    """
    run = session.get(ScoreRun, run_id)
    if run is None:
        raise NotFound(_("没有这个评分批次。"))
    return run


def run_counts(session: Session, actor: Actor, runs: Collection[ScoreRun]) -> dict[int, Mapping[str, int]]:
    """Return run id -> grade -> firms that the actor may see: of all firms as the run counted them itself."""
    if scope_for(actor, Thing.SCORE_SHEET) is Scope.ALL:
        return {run.id: run.grade_counts for run in runs}
    found: dict[int, dict[str, int]] = {run.id: {} for run in runs}
    rows = session.execute(
        select(ScoreSheet.run_id, ScoreSheet.grade, func.count())
        .join(Enterprise)
        .where(ScoreSheet.run_id.in_(list(found)), enterprises_visible_to(actor, Thing.SCORE_SHEET))
        .group_by(ScoreSheet.run_id, ScoreSheet.grade)
    )
    for run_id, grade, firms in rows:
        found[run_id][grade.value] = firms
    return dict(found)


def sheets_page(
    session: Session,
    run_id: int,
    visible: ColumnElement[bool],
    *,
    grade: Grade | None = None,
    cursor: str | None = None,
    size: int = 50,
) -> Page[ScoreSheet]:
    """Return one page of a run's sheets, the best graded score first."""
    where = [ScoreSheet.run_id == run_id, visible]
    if grade is not None:
        where.append(ScoreSheet.grade == grade)
    place = decode_cursor(cursor, order="graded", types=(int,)) if cursor else None
    statement = keyset(
        select(ScoreSheet)
        .join(Enterprise)
        .where(*where)
        .options(joinedload(ScoreSheet.enterprise), joinedload(ScoreSheet.robustness)),
        ScoreSheet.graded_e4,
        ScoreSheet.id,
        place,
        ascending=False,
        size=size,
    )
    rows = session.scalars(statement).all()
    total = session.scalar(select(func.count()).select_from(ScoreSheet).join(Enterprise).where(*where))
    return page_of(
        rows, size=size, cursor=place, place=lambda s: ((s.graded_e4,), s.id), order="graded", total=total
    )


def sheet_of_run(session: Session, run_id: int, public_id: str, visible: ColumnElement[bool]) -> ScoreSheet:
    """Return one firm's sheet of one run.

    Raises:
        NotFound: there is none, or not for this actor.
    """
    sheet = session.scalar(
        select(ScoreSheet)
        .join(Enterprise)
        .where(ScoreSheet.run_id == run_id, Enterprise.public_id == public_id, visible)
        .options(
            joinedload(ScoreSheet.enterprise), joinedload(ScoreSheet.run), joinedload(ScoreSheet.robustness)
        )
    )
    if sheet is None:
        raise NotFound(_("没有这份评分表，或您无权查看。"))
    return sheet


def latest_sheet(
    session: Session, enterprise_id: int, scenario: Scenario = Scenario.WHITELIST
) -> ScoreSheet | None:
    """Return the firm's sheet of the last run for one use that scored it."""
    return session.scalar(
        select(ScoreSheet)
        .join(ScoreRun)
        .where(ScoreSheet.enterprise_id == enterprise_id, made_for(scenario))
        .order_by(ScoreSheet.id.desc())
        .limit(1)
    )


def explained(
    sheet: ScoreSheet, detail: ScoreDetail, *, opened: bool = False, on: date | None = None
) -> ScoreView:
    """Return a stored sheet as a reader of `detail` may see it, beside the medians of its own run.

    Args:
        opened: the firm opened its declared figures to the reader (`consent.queries.reader_for`).
        on: also tell the firm's place among its like, and how its patents stand towards a pledge that day.
    """
    run = sheet.run
    medians = {code: Decimal(points) for code, points in run.peer_medians.items()}
    holds = sheet.robustness.grade_holds_bp if sheet.robustness else None
    card = load_card(run.card_version.source_text.encode())
    session = object_session(sheet) if on is not None else None
    return score_view(
        Sheet.from_json(sheet.body),
        card,
        detail,
        medians,
        opened=opened,
        holds=holds,
        standing=standing_of(session, sheet) if session else None,
        pledges=pledgeability_of(session, sheet.enterprise_id, on) if session and on else None,
    )


def sheet_for(session: Session, enterprise_id: int, detail: ScoreDetail, on: date) -> ScoreSheet | None:
    """Return the sheet that a reader of `detail` is shown on day `on`, None when there is none for him.

    A bank sees what two persons published: the sheet of the admission in force. A run of the office that
    nobody approved yet is the office's own, and the firm's.
    """
    if detail is ScoreDetail.NONE:
        return None
    if detail is ScoreDetail.EXPLAINED:
        admission = current_admission(session, enterprise_id, on)
        return admission.sheet if admission else None
    return latest_sheet(session, enterprise_id)
