"""What the office demands of a timetable beside the wishes: least numbers of meetings, the order of two."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from flask import flash, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ipfin.accounts.policy import P
from ipfin.accounts.scopes import Scope, Thing, scope_for
from ipfin.events.demands import Pair
from ipfin.events.models import Event, Registration
from ipfin.events.queries import confirmed_of, registration_by_id, registrations_visible_to, task_for
from ipfin.events.queries.demands import minimum_of, minimums_of, order_by_id, order_rows
from ipfin.events.registration import takes_wishes
from ipfin.events.service.demands import drop_minimum, drop_order, set_minimum, set_order
from ipfin.kernel.errors import DomainError, NotFound, Stale
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.event_forms import MinimumForm, OrderForm
from ipfin.web.office.events.base import back_to, bp, event_of, only_as_read, page_of
from ipfin.web.paging import row_number
from ipfin.web.signing_in import actor
from ipfin.web.versioned import StepForm

MOST_OFFERED = 400  # meetings to choose from; beyond, one of the participants is chosen first


@bp.route("/<public_id>/demands")
@open_to(P.OFFICE_EVENTS_READ)
def demands(public_id: str) -> ResponseReturnValue:
    """Show what is demanded, with a form for more or for the one that the address names."""
    return _shown(event_of(public_id), changed=row_number("order"))


def _shown(
    event: Event,
    minimum: MinimumForm | None = None,
    order: OrderForm | None = None,
    *,
    changed: int | None = None,
) -> ResponseReturnValue:
    session = current_session()
    sees_all = scope_for(actor(), Thing.TIMETABLE) is Scope.ALL
    participants = confirmed_of(session, event.id)
    agreed = agreed_pairs(session, event)
    minimum = minimum or _minimum(row_number("minimum"))
    order = order or _order(event, changed)
    minimum.offer(participants)
    _offer(order, participants, agreed)
    return page_of(
        "demands",
        event,
        max(minimum.status, order.status),
        minimum=minimum,
        order=order,
        minimums=minimums_of(session, event.id) if sees_all else [],
        orders=order_rows(session, event.id) if sees_all else [],
        agreed=agreed,
        accepted_of=Counter(one for pair in agreed for one in pair),
        changed=changed,
        whose=request.args.get("whose", type=int),
        must_narrow=len(agreed) > MOST_OFFERED,
        participants=participants,
        takes_wishes=takes_wishes(event.state),
        sees_all=sees_all,
    )


def _minimum(registration_id: int | None) -> MinimumForm:
    row = minimum_of(current_session(), registration_id) if registration_id else None
    return MinimumForm.of(registration_id, row, formdata=None)


def _order(event: Event, order_id: int | None) -> OrderForm:
    row = order_by_id(current_session(), event.id, order_id) if order_id else None
    return OrderForm.of(row, formdata=None)


def agreed_pairs(session: Session, event: Event) -> set[Pair]:
    """Return (institution, enterprise) of every pair that may meet; none where nothing can be planned."""
    try:
        pairs = task_for(session, event).wishes.pairs
    except DomainError:
        return set()
    return {(pair.institution, pair.enterprise) for pair in pairs}


def _offer(order: OrderForm, participants: Sequence[Registration], agreed: set[Pair]) -> None:
    """Offer the meetings of whom the address names, or all of them while they are few."""
    whose = request.args.get("whose", type=int)
    written = order.chosen
    offered = {pair for pair in agreed if pair in written or not whose or whose in pair}
    if len(agreed) > MOST_OFFERED and not whose:
        offered = agreed & written
    order.offer(offered, {row.id: row.display_name for row in participants})


@bp.route("/<public_id>/demands/minimum", methods=["POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def save_minimum(public_id: str) -> ResponseReturnValue:
    """Say how many meetings one participant should get at least."""
    event = event_of(public_id)
    form = MinimumForm().offer(confirmed_of(current_session(), event.id))
    if form.validate_on_submit():
        registration_id = form.registration.data
        try:
            with unit_of_work() as session:
                event = event_of(public_id)
                visible = registrations_visible_to(actor())
                row = registration_by_id(session, visible, event.id, registration_id)
                set_minimum(session, actor(), row, form.least.data or 0, version=form.seen_version)
        except Stale as error:
            form.set_beside(error, _minimum(registration_id).offer(confirmed_of(current_session(), event.id)))
        except DomainError as error:
            form.refuse(error)
        else:
            flash(_("最低场次已保存，排期时先保证。"), "success")
            return back_to("demands", public_id)
    return _shown(event_of(public_id), minimum=form)


@bp.route("/<public_id>/demands/minimum/<int:registration_id>/drop", methods=["POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def remove_minimum(public_id: str, registration_id: int) -> ResponseReturnValue:
    """Ask nothing of one participant by name any more."""
    seen = StepForm().seen_version
    with only_as_read():
        with unit_of_work() as session:
            event = event_of(public_id)
            row = registration_by_id(session, registrations_visible_to(actor()), event.id, registration_id)
            drop_minimum(session, actor(), row, version=seen)
        flash(_("已取消单独定的最低场次。"), "success")
    return back_to("demands", public_id)


@bp.route("/<public_id>/demands/orders", methods=["POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def save_order(public_id: str) -> ResponseReturnValue:
    """Say which meeting is held before which, or change the order that `order` names."""
    event, form, wanted = event_of(public_id), OrderForm(), row_number("order")
    session = current_session()
    _offer(form, confirmed_of(session, event.id), agreed_pairs(session, event))
    if form.validate_on_submit():
        seen = form.seen_version
        try:
            with unit_of_work() as session:
                event = event_of(public_id)
                said = form.reason.data or ""
                set_order(session, actor(), event, form.order(), reason=said, order_id=wanted, version=seen)
        except Stale as error:
            event = event_of(public_id)
            stored = _order(event, wanted)
            _offer(stored, confirmed_of(current_session(), event.id), agreed_pairs(current_session(), event))
            form.set_beside(error, stored)
        except NotFound as error:  # dropped meanwhile: what was chosen can be set anew
            form.refuse(error)
            return _shown(event_of(public_id), order=form, changed=None)
        except DomainError as error:
            form.refuse(error)
        else:
            flash(_("先后要求已保存。"), "success")
            return back_to("demands", public_id)
    return _shown(event_of(public_id), order=form, changed=wanted)


@bp.route("/<public_id>/demands/orders/<int:order_id>/drop", methods=["POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def remove_order(public_id: str, order_id: int) -> ResponseReturnValue:
    """Ask for an order no more."""
    seen = StepForm().seen_version
    with only_as_read():
        with unit_of_work() as session:
            drop_order(session, actor(), event_of(public_id), order_id, version=seen)
        flash(_("先后要求已删除。"), "success")
    return back_to("demands", public_id)
