"""How much each criterion weighs in suggestions: the weights that hold, and every version before."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ipfin.accounts.policy import P, may
from ipfin.events.models import SuggestionWeights
from ipfin.events.queries import points_of, weights_in_force, weights_set
from ipfin.events.service import set_weights
from ipfin.events.suggestions import CRITERION_LABELS, DEFAULT_WEIGHTS
from ipfin.kernel.errors import DomainError, Stale
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.event_forms import WeightsForm
from ipfin.web.office.events.base import bp
from ipfin.web.signing_in import actor


@bp.route("/weights")
@open_to(P.OFFICE_EVENTS_READ)
def weights() -> ResponseReturnValue:
    """Show the weights that hold and every version."""
    return _page(_holding())


def _holding() -> WeightsForm:
    now = weights_in_force(current_session())
    points = {criterion.value: points for criterion, points in now.points.items()}
    return WeightsForm(formdata=None, data={**points, "version": now.number})


@bp.route("/weights", methods=["POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def reweigh() -> ResponseReturnValue:
    """Set a new version of the weights."""
    form = WeightsForm()
    if not form.validate_on_submit():
        return _page(form)
    try:
        with unit_of_work() as session:
            changed = set_weights(
                session, actor(), form.weights(), reason=form.reason.data or "", version=form.seen_version
            )
    except Stale as refused:
        form.set_beside(refused, _holding())
        return _page(form)
    except DomainError as refused:
        form.refuse(refused)
        return _page(form)
    flash(_("撮合权重已保存，立即生效。") if changed else _("没有改动。"), "success")
    return redirect(url_for("office_events.weights"), code=303)


def _page(form: WeightsForm) -> ResponseReturnValue:
    content = render_template(
        "office/events/weights.html",
        form=form,
        criteria=CRITERION_LABELS,
        versions=[*(_line(row) for row in weights_set(current_session())), _ORIGINAL],
        may_write=may(actor(), P.OFFICE_EVENTS_WRITE),
    )
    return content, form.status


_ORIGINAL = {"number": 0, "points": DEFAULT_WEIGHTS, "reason": "", "set_by": "", "set_at": None}


def _line(row: SuggestionWeights) -> dict[str, object]:
    return {
        "number": row.number,
        "points": points_of(row),
        "reason": row.reason,
        "set_by": row.set_by,
        "set_at": row.set_at,
    }
