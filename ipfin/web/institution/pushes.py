"""Pushing firms to the office and reading the agreed facts: own pushes only, and a copy of each."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from ipfin.kernel.clock import today_in_china
from ipfin.kernel.errors import BadInput, DomainError
from ipfin.pushes.answers import FACT_LABELS, FOUND, MATCH_LABELS, STATE_LABELS
from ipfin.pushes.queries import lines_of, push_by_public_id, pushes_page, pushes_visible_to
from ipfin.pushes.rows import MOST_ROWS, MOST_ROWS_A_DAY, PushedRow, rows_of_table, rows_of_text
from ipfin.pushes.service import LONGEST_NOTE, push_candidates
from ipfin.registry.intake import read_list
from ipfin.registry.reading.table import ReadLimits
from ipfin.reports.firm_export import INSTITUTION_PURPOSES, PURPOSE_LABELS, ExportPurpose
from ipfin.reports.service.copies import Copy
from ipfin.reports.service.push_copies import make_push_copy
from ipfin.web.access import open_to
from ipfin.web.copies import copy_for_purpose
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.errors import status_of
from ipfin.web.forms import BaseForm, choices_of
from ipfin.web.i18n import in_reader_language, locale_now
from ipfin.web.institution.audience import Audience
from ipfin.web.office.uploads import keep_upload
from ipfin.web.signing_in import actor, settings
from ipfin.whitelist.scoring import GRADE_LABELS

LONGEST_PASTE = 100_000  # characters: more than so many rows of the longest names
SMALL_FILE = ReadLimits(
    file_bytes=2 * 2**20, inflated_bytes=32 * 2**20, parts=200, rows=MOST_ROWS + 1, columns=20, seconds=20
)


class PushForm(BaseForm):
    """Firms, pasted or as a file."""

    firms = TextAreaField(lazy_gettext("企业"), [Length(max=LONGEST_PASTE)])
    file = FileField(lazy_gettext("或上传文件"))
    note = StringField(lazy_gettext("说明（可选）"), [Length(max=LONGEST_NOTE)])


class CopyForm(BaseForm):
    """What a copy of the answers is for."""

    purpose = SelectField(
        lazy_gettext("用途"), [InputRequired(lazy_gettext("请选择用途：用途会写进文件并记入日志。"))]
    )

    def __init__(self) -> None:
        super().__init__()
        pairs = [(each.value, in_reader_language(PURPOSE_LABELS[each])) for each in INSTITUTION_PURPOSES]
        self.purpose.choices = choices_of(pairs, nothing=_("请选择"))


def blueprint(audience: Audience) -> Blueprint:
    """Return the pages of `audience`."""
    bp = Blueprint(f"{audience.name}_pushes", __name__, url_prefix=f"{audience.prefix}/pushes")

    @bp.route("/")
    @open_to(audience.read_pushes)
    def index() -> ResponseReturnValue:
        """Offer the form, and list the institution's pushes."""
        return _list(audience, PushForm(formdata=None))

    @bp.route("/", methods=["POST"])
    @open_to(audience.write_pushes)
    def push() -> ResponseReturnValue:
        """Take firms in and answer them."""
        return _push(audience)

    @bp.route("/<public_id>")
    @open_to(audience.read_pushes)
    def show(public_id: str) -> ResponseReturnValue:
        """Show what was answered, and what the office made of it."""
        return _show(audience, public_id, CopyForm())

    @bp.route("/<public_id>/export", methods=["POST"])
    @open_to(audience.write_pushes)
    def export(public_id: str) -> ResponseReturnValue:
        """Issue a copy of the answers."""

        def made(purpose: ExportPurpose) -> Copy:
            session, who = current_session(), actor()
            found = push_by_public_id(session, pushes_visible_to(who), public_id)
            return make_push_copy(
                session,
                who,
                found,
                purpose,
                permission=audience.write_pushes,
                settings=settings(),
                locale=locale_now(),
            )

        return copy_for_purpose(CopyForm(), made, lambda form: _show(audience, public_id, form))

    return bp


def _push(audience: Audience) -> ResponseReturnValue:
    form = PushForm()
    if not form.validate_on_submit():
        return _list(audience, form)
    try:
        rows = _rows(form)
        with unit_of_work() as session:
            made = push_candidates(session, actor(), rows, note=form.note.data or "", on=today_in_china())
            public_id, found = made.public_id, made.found_count
    except DomainError as refusal:
        form.refuse(refusal)
        return _list(audience, form, status_of(refusal))
    flash(_("已查找%(count)s家，其中%(found)s家有反馈。", count=len(rows), found=found), "success")
    return redirect(url_for(f"{audience.name}_pushes.show", public_id=public_id), code=303)


def _rows(form: PushForm) -> Sequence[PushedRow]:
    """Return the firms of the form: the file where there is one, else the text.

    Raises:
        BadInput: neither, both, or something that cannot be read.
    """
    pasted, file = (form.firms.data or "").strip(), form.file.data
    has_file = isinstance(file, FileStorage) and bool(file.filename)
    if has_file and pasted:
        raise BadInput(_("请只选一种：粘贴企业，或上传文件。"), field="firms")
    if not has_file:
        return rows_of_text(pasted)
    kept = keep_upload(file, settings())
    try:
        table = read_list(kept.path, kept.filename, limits=SMALL_FILE)
    except BadInput as refusal:
        raise BadInput(refusal.message, field="file") from refusal
    finally:
        kept.path.unlink(missing_ok=True)  # what it says is kept row by row; the file is the institution's
    return rows_of_table(table.header, table.columns, table.row_numbers)


def _list(audience: Audience, form: PushForm, status: int = 200) -> ResponseReturnValue:
    page = pushes_page(current_session(), pushes_visible_to(actor()), cursor=request.args.get("cursor"))
    content = render_template(
        "institution/pushes/index.html",
        audience=audience,
        page=page,
        form=form,
        facts=FACT_LABELS,
        most=MOST_ROWS,
        most_a_day=MOST_ROWS_A_DAY,
    )
    return content, form.status if status == 200 else status


def _show(audience: Audience, public_id: str, form: CopyForm) -> ResponseReturnValue:
    session = current_session()
    found = push_by_public_id(session, pushes_visible_to(actor()), public_id)
    content = render_template(
        "institution/pushes/show.html",
        audience=audience,
        push=found,
        lines=lines_of(session, found.id),
        found_by=FOUND,
        matches=MATCH_LABELS,
        states=STATE_LABELS,
        grades=GRADE_LABELS,
        form=form,
    )
    return content, form.status
