"""Training records: of one event, and all of them; certificates, revoking, the export."""

from __future__ import annotations

from decimal import Decimal

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ipfin.accounts.policy import P, may
from ipfin.events.export.certificates import (
    MOST_RECORDS,
    certificate_number,
    issue_certificate,
    issue_records,
)
from ipfin.events.lifecycle import EventState
from ipfin.events.models import Event, TrainingRecord
from ipfin.events.queries.training import (
    all_records,
    matching,
    record_by_id,
    records_of,
    records_page,
    records_visible_to,
    standing_hours,
    training_of,
    training_row,
    without_record,
    years_of,
)
from ipfin.events.service import make_records, revoke_record, save_training
from ipfin.events.training import checked_tenths, hours_in_words
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import DomainError, NotFound
from ipfin.kernel.text import _ as sentence
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.errors import status_of
from ipfin.web.event_forms import RevokeForm, TrainingForm
from ipfin.web.i18n import locale_now
from ipfin.web.office.events.base import back_to, bp, event_of, page_of, reading
from ipfin.web.paging import words
from ipfin.web.signing_in import actor, settings


@bp.route("/<public_id>/training")
@open_to(P.OFFICE_EVENTS_READ)
def training(public_id: str) -> ResponseReturnValue:
    """Show whether an event counts as a training, and whose records it gave."""
    event = event_of(public_id)
    row = training_row(current_session(), event.id)
    gives, tenths = training_of(event, row)
    said = {"gives_records": gives, "hours": Decimal(tenths) / 10, "version": row.lock_version if row else 0}
    return _shown(event, TrainingForm(data=said), 200)


@bp.route("/<public_id>/training", methods=["POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def set_training(public_id: str) -> ResponseReturnValue:
    """Say whether an event counts, and for how many hours."""
    event, form = event_of(public_id), TrainingForm()
    if not form.validate_on_submit():
        return _shown(event, form, form.status)
    try:
        with unit_of_work() as session:
            save_training(
                session,
                actor(),
                event,
                gives_records=bool(form.gives_records.data),
                hours_tenths=checked_tenths(form.hours.data or Decimal()),
                version=form.seen_version,
                now=now_utc(),
            )
    except DomainError as error:
        form.refuse(error)
        return _shown(event_of(public_id), form, status_of(error))
    flash(_("学时设置已保存。"), "success")
    return back_to("training", public_id)


@bp.route("/<public_id>/training/make", methods=["POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def make_training(public_id: str) -> ResponseReturnValue:
    """Give everybody who was checked in his record."""
    with unit_of_work() as session:
        made = make_records(session, actor(), event_of(public_id), now=now_utc(), settings=settings())
    flash(_("已生成%(count)s条培训记录，并通知参会单位。", count=made), "success")
    return back_to("training", public_id)


@bp.route("/<public_id>/training/<int:record_id>/certificate", methods=["POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def certificate(public_id: str, record_id: int) -> ResponseReturnValue:
    """Take the certificate of a record."""
    row = _record(public_id, record_id)
    paper = issue_certificate(
        unit_of_work, reading, actor(), row.id, settings=settings(), locale=locale_now()
    )
    return redirect(url_for("account_files.download", code=paper.verify_code), code=303)


@bp.route("/<public_id>/training/<int:record_id>/revoke", methods=["GET", "POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def revoke_training(public_id: str, record_id: int) -> ResponseReturnValue:
    """Revoke a record with a reason; its certificate no longer verifies."""
    form, status = RevokeForm(), 200
    row = _record(public_id, record_id)
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                row = _record(public_id, record_id)
                revoke_record(session, actor(), row, form.reason.data or "", now=now_utc())
        except DomainError as error:
            form.refuse(error)
            status = status_of(error)
        else:
            flash(_("培训记录已撤销，证书随之作废。"), "success")
            return back_to("training", public_id)
    return page_of(
        "revoke_training",
        event_of(public_id),
        status if status != 200 else form.status,
        row=_record(public_id, record_id),
        form=form,
    )


def _record(public_id: str, record_id: int) -> TrainingRecord:
    event = event_of(public_id)
    row = record_by_id(current_session(), records_visible_to(actor()), record_id)
    if row.event_id != event.id:
        raise NotFound(sentence("没有这条培训记录，或您无权查看。"))
    return row


def _shown(event: Event, form: TrainingForm, status: int) -> ResponseReturnValue:
    session, now = current_session(), now_utc()
    gives, tenths = training_of(event, training_row(session, event.id))
    is_over = now >= event.ends_at and event.state not in (EventState.DRAFT, EventState.CANCELLED)
    return page_of(
        "training",
        event,
        status,
        form=form,
        gives=gives,
        hours=hours_in_words(tenths),
        is_over=is_over,
        waiting=len(without_record(session, event.id)) if gives and is_over else 0,
        records=records_of(session, event.id, records_visible_to(actor())),
        number_of=certificate_number,
        in_words=hours_in_words,
    )


@bp.route("/training")
@open_to(P.OFFICE_EVENTS_READ)
def trainings() -> ResponseReturnValue:
    """List all training records, the latest first."""
    session, visible = current_session(), records_visible_to(actor())
    query, year = words("q"), _year()
    where = matching(visible, query=query, year=year)
    return render_template(
        "office/events/trainings.html",
        page=records_page(session, where, cursor=request.args.get("cursor")),
        hours=hours_in_words(standing_hours(session, where)),
        query=query,
        year=year,
        years=years_of(session, visible),
        number_of=certificate_number,
        in_words=hours_in_words,
        may_export=may(actor(), P.OFFICE_EVENTS_EXPORT),
    )


@bp.route("/training/export", methods=["POST"])
@open_to(P.OFFICE_EVENTS_EXPORT)
def export_trainings() -> ResponseReturnValue:
    """Take exactly the list that the address names."""
    where = matching(records_visible_to(actor()), query=words("q"), year=_year())
    with unit_of_work() as session:
        rows = all_records(session, where, most=MOST_RECORDS)
        purpose = str(sentence("统计报送"))
        document = issue_records(
            session, actor(), rows, purpose=purpose, settings=settings(), locale=locale_now()
        )
        code = document.verify_code
    return redirect(url_for("account_files.download", code=code), code=303)


def _year() -> int | None:
    word = words("year")
    return int(word) if len(word) == 4 and word.isascii() and word.isdigit() and word >= "1900" else None
