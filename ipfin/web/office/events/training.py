"""Training records: of one event, and all of them; certificates, revoking, the export."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ipfin.accounts.policy import P, may
from ipfin.documents.queries import documents_of
from ipfin.events.export import INLINE_PAPERS
from ipfin.events.export.certificates import (
    MOST_RECORDS,
    issue_certificate,
    issue_certificates,
    issue_records,
)
from ipfin.events.lifecycle import EventState
from ipfin.events.models import Event, TrainingRecord
from ipfin.events.queries import registrations_visible_to
from ipfin.events.queries.training import (
    all_records,
    companions_unseen,
    matching,
    record_by_id,
    records_of,
    records_page,
    records_visible_to,
    replacements_of,
    standing_hours,
    training_of,
    training_row,
    without_record,
    years_of,
)
from ipfin.events.service import make_records, note_companion, remake_record, revoke_record, save_training
from ipfin.events.service.training import certificates_subject
from ipfin.events.training import certificate_number, checked_tenths, hours_in_words
from ipfin.jobs.service import enqueue
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import DomainError, NotFound, Stale
from ipfin.kernel.text import _ as sentence
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.errors import status_of
from ipfin.web.event_forms import CompanionsForm, RemakeForm, RevokeForm, TrainingForm
from ipfin.web.i18n import locale_now
from ipfin.web.office.events.base import back_to, bp, event_of, page_of, reading
from ipfin.web.paging import words
from ipfin.web.signing_in import actor, settings


@bp.route("/<public_id>/training")
@open_to(P.OFFICE_EVENTS_READ)
def training(public_id: str) -> ResponseReturnValue:
    """Show whether an event counts as a training, and whose records it gave."""
    event = event_of(public_id)
    return _shown(event, _stored(event), 200)


def _stored(event: Event) -> TrainingForm:
    """Return the form with what holds now."""
    row = training_row(current_session(), event.id)
    gives, tenths = training_of(event, row)
    said = {"gives_records": gives, "hours": Decimal(tenths) / 10, "version": row.lock_version if row else 0}
    return TrainingForm(formdata=None, data=said)


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
    except Stale as error:
        form.set_beside(error, _stored(event_of(public_id)))
        return _shown(event_of(public_id), form, form.status)
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


@bp.route("/<public_id>/training/companions", methods=["POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def note_companions(public_id: str) -> ResponseReturnValue:
    """Write down from the paper sign-in sheet which companions were there."""
    event = event_of(public_id)
    form = _companions(event, CompanionsForm())
    if not form.validate_on_submit():
        return _shown(event, _stored(event), form.status, form)
    chosen_ids = set(form.who.data or ())
    try:
        with unit_of_work() as session:
            rows = companions_unseen(session, event.id, registrations_visible_to(actor()))
            for row in rows:
                if row.id in chosen_ids:
                    note_companion(session, actor(), row, row.second_name, now=now_utc())
    except DomainError as error:
        form.refuse(error)
        event = event_of(public_id)
        return _shown(event, _stored(event), status_of(error), form)
    flash(_("已登记%(count)s位同行人员到场。", count=len(chosen_ids)), "success")
    return back_to("training", public_id)


def _companions(event: Event, form: CompanionsForm) -> CompanionsForm:
    return form.offer(companions_unseen(current_session(), event.id, registrations_visible_to(actor())))


@bp.route("/<public_id>/training/<int:record_id>/certificate", methods=["POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def certificate(public_id: str, record_id: int) -> ResponseReturnValue:
    """Take the certificate of a record."""
    row = _record(public_id, record_id)
    paper = issue_certificate(
        unit_of_work, reading, actor(), row.id, settings=settings(), locale=locale_now()
    )
    return redirect(url_for("account_files.download", code=paper.verify_code), code=303)


@bp.route("/<public_id>/training/certificates", methods=["POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def certificates(public_id: str) -> ResponseReturnValue:
    """Make all certificates of the event: a few at once, more in the background."""
    event, session = event_of(public_id), current_session()
    records = records_of(session, event.id, records_visible_to(actor()))
    if sum(1 for row in records if row.revoked_at is None) <= INLINE_PAPERS:
        paper = issue_certificates(
            unit_of_work, reading, actor(), event.id, settings=settings(), locale=locale_now()
        )
        return redirect(url_for("account_files.download", code=paper.verify_code), code=303)
    with unit_of_work() as session:
        key = f"event:{event.id}:certificates:{now_utc():%Y%m%d%H%M%S}"
        job = enqueue(
            session, actor(), "events.make_certificates", key, event_id=event.id, locale=locale_now()
        )
        job_id = job.id
    back = url_for("office_events.training", public_id=public_id)
    return redirect(url_for("office_jobs.show", job_id=job_id, back=back), code=303)


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
        **_numbers([record_id]),
    )


@bp.route("/<public_id>/training/<int:record_id>/remake", methods=["GET", "POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def remake_training(public_id: str, record_id: int) -> ResponseReturnValue:
    """Make a record that was revoked again, with a new number."""
    row, status = _record(public_id, record_id), 200
    form = RemakeForm(data={"person": row.person_name})
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                made = remake_record(
                    session,
                    actor(),
                    _record(public_id, record_id),
                    person=form.person.data or "",
                    reason=form.reason.data or "",
                    now=now_utc(),
                    settings=settings(),
                )
                number = certificate_number(made)
        except DomainError as error:
            form.refuse(error)
            status = status_of(error)
        else:
            flash(_("培训记录已重新生成，新编号%(number)s，并通知参会单位。", number=number), "success")
            return back_to("training", public_id)
    return page_of(
        "remake_training",
        event_of(public_id),
        status if status != 200 else form.status,
        row=_record(public_id, record_id),
        form=form,
        **_numbers([record_id]),
    )


def _numbers(record_ids: Collection[int]) -> dict[str, Any]:
    """Return what every page of records needs to say by which number one was replaced."""
    return {
        "replaced": replacements_of(current_session(), record_ids),
        "number_of": certificate_number,
        "in_words": hours_in_words,
    }


def _record(public_id: str, record_id: int) -> TrainingRecord:
    event = event_of(public_id)
    row = record_by_id(current_session(), records_visible_to(actor()), record_id)
    if row.event_id != event.id:
        raise NotFound(sentence("没有这条培训记录，或您无权查看。"))
    return row


def _shown(
    event: Event, form: TrainingForm, status: int, companions: CompanionsForm | None = None
) -> ResponseReturnValue:
    session, now = current_session(), now_utc()
    gives, tenths = training_of(event, training_row(session, event.id))
    bound = (
        documents_of(session, certificates_subject(event.id)) if may(actor(), P.OFFICE_EVENTS_WRITE) else []
    )
    records = records_of(session, event.id, records_visible_to(actor()))
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
        records=records,
        companions=companions or _companions(event, CompanionsForm(formdata=None)),
        **_numbers([row.id for row in records]),
        bound=[one for one in bound if one.revoked_at is None][:3],
    )


@bp.route("/training")
@open_to(P.OFFICE_EVENTS_READ)
def trainings() -> ResponseReturnValue:
    """List all training records, the latest first."""
    session, visible = current_session(), records_visible_to(actor())
    query, year = words("q"), _year()
    where = matching(visible, query=query, year=year)
    page = records_page(session, where, cursor=request.args.get("cursor"))
    return render_template(
        "office/events/trainings.html",
        page=page,
        hours=hours_in_words(standing_hours(session, where)),
        query=query,
        year=year,
        years=years_of(session, visible),
        **_numbers([row.id for row in page.items]),
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
