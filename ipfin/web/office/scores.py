"""Score runs: start one, see how firms stand, read one sheet explained."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ipfin.accounts.policy import P, may
from ipfin.accounts.queries.scope import enterprises_visible_to
from ipfin.accounts.scopes import Thing, score_detail
from ipfin.jobs.service import enqueue
from ipfin.kernel.clock import now_utc, today_in_china
from ipfin.reports.service.score_evidence import evidence_of
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.firm_exports import issued_score
from ipfin.web.i18n import locale_now
from ipfin.web.office.forms import RunForm
from ipfin.web.paging import chosen
from ipfin.web.signing_in import actor
from ipfin.whitelist.activation import ACTIVATION_LABELS
from ipfin.whitelist.panel import METHOD_LABELS, SIGNED_BELOW, band_chart
from ipfin.whitelist.queries import (
    edge_page,
    explained,
    robustness_of_run,
    run_by_id,
    run_counts,
    runs_page,
    sheet_of_run,
    sheets_page,
)
from ipfin.whitelist.queries.cards import activation_in_force
from ipfin.whitelist.queries.changes import changed_on
from ipfin.whitelist.scorecard import BLOCK_LABELS, SCENARIO_LABELS, Scenario
from ipfin.whitelist.scoring import GRADE_LABELS, Grade
from ipfin.whitelist.service import card_of

bp = Blueprint("office_scores", __name__, url_prefix="/office/scores")


@bp.route("/")
@open_to(P.OFFICE_SCORES_READ)
def index() -> ResponseReturnValue:
    """List the score runs, newest first, with the card that is active."""
    session = current_session()
    act = activation_in_force(session, today_in_china())
    page = runs_page(session, cursor=request.args.get("cursor"))
    return render_template(
        "office/scores/index.html",
        page=page,
        counts=run_counts(session, actor(), page.items),
        act=act,
        card=card_of(act.card_version) if act else None,
        kinds=ACTIVATION_LABELS,
        others={
            scenario: SCENARIO_LABELS[scenario]
            for scenario in Scenario
            if scenario is not Scenario.WHITELIST and activation_in_force(session, today_in_china(), scenario)
        },
        grades=GRADE_LABELS,
        form=RunForm(),
        changed=changed_on(session, today_in_china()),
        may_run=may(actor(), P.OFFICE_SCORES_RUN),
        may_calibrate=may(actor(), P.OFFICE_CALIBRATION_READ),
    )


@bp.route("/run", methods=["POST"])
@open_to(P.OFFICE_SCORES_RUN)
def run() -> Response:
    """Ask for a score run in the background."""
    with unit_of_work() as session:
        said = request.form.get("scenario", Scenario.WHITELIST.value)
        scenario = Scenario(said) if said in set(Scenario) else Scenario.WHITELIST
        asked = {"scenario": scenario.value} | ({"changed": True} if request.form.get("changed") else {})
        key = f"scores:{scenario}:{'changed:' if 'changed' in asked else ''}{now_utc():%Y%m%d%H%M%S}"
        job = enqueue(session, actor(), "whitelist.run_scores", key, **asked)
        job_id = job.id
    back = url_for("office_scores.index")
    return redirect(url_for("office_jobs.show", job_id=job_id, back=back), code=303)  # type: ignore[return-value]


@bp.route("/<int:run_id>")
@open_to(P.OFFICE_SCORES_READ)
def show(run_id: int) -> ResponseReturnValue:
    """Show one run: how many firms got which grade, and every firm's place."""
    session = current_session()
    found = run_by_id(session, run_id)
    grade = chosen("grade", [grade.value for grade in Grade], "")
    page = sheets_page(
        session,
        found.id,
        enterprises_visible_to(actor(), Thing.SCORE_SHEET),
        grade=Grade(grade) if grade else None,
        cursor=request.args.get("cursor"),
    )
    return render_template(
        "office/scores/show.html",
        run=found,
        counts=run_counts(session, actor(), [found])[found.id],
        card=card_of(found.card_version),
        page=page,
        grade=grade,
        grades=GRADE_LABELS,
    )


@bp.route("/<int:run_id>/robustness")
@open_to(P.OFFICE_SCORES_READ)
def robustness(run_id: int) -> ResponseReturnValue:
    """Show how a run stands under other weights, and which firms a person should look at."""
    session = current_session()
    run = run_by_id(session, run_id)
    found = robustness_of_run(session, run.id)
    return render_template(
        "office/scores/robustness.html",
        run=run,
        found=found,
        chart=band_chart(found.found["bands"], locale=locale_now()) if found else None,
        page=edge_page(
            session,
            run.id,
            enterprises_visible_to(actor(), Thing.SCORE_SHEET),
            cursor=request.args.get("cursor"),
        ),
        grades=GRADE_LABELS,
        blocks={block.value: label for block, label in BLOCK_LABELS.items()},
        methods={method.value: label for method, label in METHOD_LABELS.items()},
        signed_below=SIGNED_BELOW,
    )


@bp.route("/<int:run_id>/<public_id>")
@open_to(P.OFFICE_SCORES_READ)
def sheet(run_id: int, public_id: str) -> ResponseReturnValue:
    """Explain one firm's score of one run."""
    session = current_session()
    found = sheet_of_run(session, run_id, public_id, enterprises_visible_to(actor(), Thing.SCORE_SHEET))
    return render_template(
        "office/scores/sheet.html",
        sheet=found,
        enterprise=found.enterprise,
        view=explained(found, score_detail(actor()), on=today_in_china()),
        evidence=evidence_of(session, found),
        may_export=may(actor(), P.OFFICE_ENTERPRISES_EXPORT),
    )


@bp.route("/<int:run_id>/<public_id>/report", methods=["POST"])
@open_to(P.OFFICE_ENTERPRISES_EXPORT)
def report(run_id: int, public_id: str) -> ResponseReturnValue:
    """Issue exactly this sheet as a paper."""
    return issued_score(public_id, P.OFFICE_ENTERPRISES_EXPORT, run_id=run_id)
