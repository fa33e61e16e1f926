"""The files of an event, as the office keeps them."""

from __future__ import annotations

from flask import flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ipfin.accounts.policy import P
from ipfin.events.materials import AUDIENCE_LABELS, LARGEST_MB, MOST_MATERIALS, Audience
from ipfin.events.models import Event, EventMaterial
from ipfin.events.queries.materials import material_by_id, materials_of, removed_materials
from ipfin.events.service import add_material, change_audience, remove_material
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import DomainError, Stale
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.errors import status_of
from ipfin.web.event_forms import AudienceForm, MaterialForm
from ipfin.web.i18n import in_reader_language
from ipfin.web.materials import handed_out, read_material
from ipfin.web.office.events.base import back_to, bp, event_of, page_of
from ipfin.web.signing_in import actor, settings


@bp.route("/<public_id>/materials")
@open_to(P.OFFICE_EVENTS_READ)
def materials(public_id: str) -> ResponseReturnValue:
    """Show the files of an event, who may take them, and what was removed."""
    return _shown(event_of(public_id), MaterialForm(), 200)


@bp.route("/<public_id>/materials", methods=["POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def upload_material(public_id: str) -> ResponseReturnValue:
    """Add a file."""
    event, form = event_of(public_id), MaterialForm()
    if not form.validate_on_submit():
        return _shown(event, form, form.status)
    try:
        file = read_material(form.file.data)
        with unit_of_work() as session:
            add_material(
                session,
                actor(),
                event,
                file,
                title=form.title.data or "",
                audience=Audience(form.audience.data),
                settings=settings(),
                now=now_utc(),
            )
    except DomainError as error:
        form.refuse(error)
        return _shown(event_of(public_id), form, status_of(error))
    flash(_("资料已添加。"), "success")
    return back_to("materials", public_id)


@bp.route("/<public_id>/materials/<int:material_id>")
@open_to(P.OFFICE_EVENTS_READ)
def material(public_id: str, material_id: int) -> ResponseReturnValue:
    """Hand a file out."""
    return handed_out(material_by_id(current_session(), event_of(public_id).id, material_id))


@bp.route("/<public_id>/materials/<int:material_id>/audience", methods=["POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def open_material(public_id: str, material_id: int) -> ResponseReturnValue:
    """Say who may take a file."""
    material_by_id(current_session(), event_of(public_id).id, material_id)
    form = AudienceForm()
    if form.validate_on_submit():
        wanted = Audience(form.audience.data)
        try:
            with unit_of_work() as session:
                event = event_of(public_id)
                row = material_by_id(session, event.id, material_id)
                change_audience(session, actor(), event, row, wanted, version=form.seen_version)
        except Stale:
            row = material_by_id(current_session(), event_of(public_id).id, material_id)
            said = {"mine": AUDIENCE_LABELS[wanted], "theirs": AUDIENCE_LABELS[row.audience]}
            words = {name: in_reader_language(label) for name, label in said.items()}
            if form.wrote(_audience(row)):
                told = _(
                    "他人刚刚把下载范围改为“%(theirs)s”，您选的“%(mine)s”没有保存；请核对后再改。", **words
                )
            else:
                told = _("他人刚刚把下载范围改为“%(theirs)s”；您没有改动，已照此保留。", **words)
            flash(told, "warning")
        else:
            flash(_("下载范围已修改。"), "success")
    return back_to("materials", public_id)


@bp.route("/<public_id>/materials/<int:material_id>/remove", methods=["POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def drop_material(public_id: str, material_id: int) -> ResponseReturnValue:
    """Take a file away."""
    with unit_of_work() as session:
        event = event_of(public_id)
        row = material_by_id(session, event.id, material_id)
        remove_material(session, actor(), event, row, now=now_utc())
    flash(_("资料已删除，不能再下载。"), "success")
    return back_to("materials", public_id)


def _shown(event: Event, form: MaterialForm, status: int) -> ResponseReturnValue:
    session = current_session()
    rows = materials_of(session, event.id)
    return page_of(
        "materials",
        event,
        status,
        form=form,
        rows=[(row, _audience(row)) for row in rows],
        removed=removed_materials(session, event.id),
        audiences=AUDIENCE_LABELS,
        most=MOST_MATERIALS,
        largest=LARGEST_MB,
    )


def _audience(row: EventMaterial) -> AudienceForm:
    said = {"audience": row.audience.value, "version": row.lock_version}
    return AudienceForm(formdata=None, data=said)
