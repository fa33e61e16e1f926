"""The import wizard: upload, columns, dry run, commit as a job, batch page with undo."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ipfin.accounts.policy import P, Scope, Thing, may, scope_for
from ipfin.accounts.queries.scope import batches_visible_to, import_rows_visible_to
from ipfin.jobs.queries import JobStatus
from ipfin.kernel.clock import in_china
from ipfin.kernel.errors import BadInput, DomainError
from ipfin.kernel.text import Text
from ipfin.kernel.text import _ as sentence
from ipfin.registry.export import row_lines
from ipfin.registry.fields import DROPPED, ListField
from ipfin.registry.fields import LABELS as FIELD_LABELS
from ipfin.registry.headers import CONFIDENCE_LABELS, missing_essentials
from ipfin.registry.headers import Mapping as ColumnMapping
from ipfin.registry.intake import confirmation_of, mapping_for, plan, read_list
from ipfin.registry.lifecycle import BATCH_LABELS, BatchState, RowGroup
from ipfin.registry.models import ImportBatch
from ipfin.registry.queries import (
    batch_by_id,
    batches_page,
    is_known_file,
    refusals_of,
    rows_page,
)
from ipfin.registry.queries.returning import origin_of, taken_rows
from ipfin.registry.reading import RawTable
from ipfin.registry.returned import return_mark
from ipfin.registry.service import (
    note_check,
    note_preview,
    obstacles_to_undo,
    open_batch,
    remember_mapping,
    undo_batch,
)
from ipfin.registry.statuses import VALIDITY_LABELS, Validity
from ipfin.reports.queries import dependents as directory_dependents
from ipfin.reports.refused_rows import refused_rows_sheet
from ipfin.reports.row_report import row_report_sheet
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.errors import status_of
from ipfin.web.i18n import in_reader_language, locale_now
from ipfin.web.office.changes import changed_label, changed_value, changes_of
from ipfin.web.office.committing import (
    ask_to_commit,
    commit_job,
    is_stranded,
    open_for_columns,
    require_open_columns,
)
from ipfin.web.office.import_forms import ColumnsForm, UploadForm
from ipfin.web.office.uploads import KeptUpload, keep_upload
from ipfin.web.paging import chosen
from ipfin.web.signing_in import actor, settings
from ipfin.whitelist.queries import dependents as whitelist_dependents

bp = Blueprint("office_imports", __name__, url_prefix="/office/import")
SAMPLES = 3
DEPENDENTS = (directory_dependents, whitelist_dependents)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.route("/")
@open_to(P.OFFICE_IMPORT_READ)
def index() -> ResponseReturnValue:
    """List the batches, newest first."""
    page = batches_page(current_session(), batches_visible_to(actor()), cursor=request.args.get("cursor"))
    return render_template(
        "office/imports/index.html",
        page=page,
        states=BATCH_LABELS,
        may_write=may(actor(), P.OFFICE_IMPORT_WRITE),
    )


@bp.route("/new", methods=["GET", "POST"])
@open_to(P.OFFICE_IMPORT_WRITE)
def new() -> ResponseReturnValue:
    """Take a file in and read it through the bounded reader."""
    form = UploadForm()
    status = 200
    if form.validate_on_submit():
        try:
            batch_id = _take_in(form)
        except DomainError as error:
            form.refuse(error)
            form.propose_day()
            status = status_of(error)
        else:
            return _next_step(batch_id)
    elif form.is_submitted():
        form.propose_day()
        status = 422
    limit = settings().max_upload_mb
    return render_template("office/imports/new.html", form=form, limit=limit), status


def _next_step(batch_id: int) -> ResponseReturnValue:
    """Lead on to the columns; corrected rows of an earlier batch, whose columns are known, to the check."""
    batch = batch_by_id(current_session(), batches_visible_to(actor()), batch_id)
    mapping = ColumnMapping.from_json(batch.mapping)
    if batch.summary["preview"].get("returned_from") and not missing_essentials(mapping):
        try:
            _check(batch, mapping)
        except DomainError as error:
            flash(in_reader_language(error.message), "warning")
        else:
            return redirect(url_for("office_imports.show", batch_id=batch_id), code=303)
    return redirect(url_for("office_imports.columns", batch_id=batch_id), code=303)


def _take_in(form: UploadForm) -> int:
    kept = keep_upload(form.file.data, settings())
    try:
        return _open(form, kept)
    except BaseException:
        # Nobody would ever find the bytes again.
        kept.path.unlink(missing_ok=True)
        raise


def _open(form: UploadForm, kept: KeptUpload) -> int:
    table = read_list(kept.path, kept.filename)
    origin = origin_of(current_session(), table)
    table = taken_rows(current_session(), table)
    as_of = origin.as_of if origin else form.as_of.data
    if as_of is None:
        raise BadInput(sentence("请填写数据截止日，格式如 2026-03-05。"), field="as_of")
    mapping = mapping_for(current_session(), table)
    told = {"returned_from": origin.id, "returned_as_of": as_of.isoformat()} if origin else {}
    source = origin.source if origin else form.source.data or ""
    with unit_of_work() as session:
        if is_known_file(session, kept.sha256):
            flash(_("内容完全相同的文件以前写入过；可以继续，预检会显示没有变化。"), "warning")
        batch = open_batch(
            session,
            actor(),
            filename=kept.filename,
            stored_name=kept.stored_name,
            sha256=kept.sha256,
            size_bytes=kept.size_bytes,
            as_of=as_of,
            source=source,
        )
        confirmed = confirmation_of(session, table)
        preview = (
            _preview(table, mapping)
            | told
            | {
                "confirmed_by": confirmed.confirmed_by if confirmed else "",
                "confirmed_on": in_china(confirmed.confirmed_at).date().isoformat() if confirmed else "",
            }
        )
        note_preview(session, batch, mapping, preview)
        return batch.id


def _preview(table: RawTable, mapping: ColumnMapping) -> dict[str, Any]:
    """Return what the column page shows without reading the file again; persons' columns show nothing."""
    hidden = {match.column for field, match in mapping.matches.items() if field in DROPPED}
    samples = [
        [] if place in hidden else [value[:60] for value in column if value][:SAMPLES]
        for place, column in enumerate(table.columns)
    ]
    return {
        "samples": samples,
        "rows": table.row_count,
        "sheet": table.sheet,
        "header_row": table.header_row,
        "encoding": table.encoding,
        "notes": [note.as_json() for note in table.notes],
    }


def _table(batch: ImportBatch) -> RawTable:
    return read_list(settings().uploads_dir / batch.stored_name, batch.filename)


@bp.route("/<int:batch_id>/columns", methods=["GET", "POST"])
@open_to(P.OFFICE_IMPORT_WRITE)
def columns(batch_id: int) -> ResponseReturnValue:
    """Show the detected columns with samples; on confirmation run the dry run."""
    form = ColumnsForm()
    batch = batch_by_id(current_session(), batches_visible_to(actor()), batch_id)
    require_open_columns(current_session(), batch)
    mapping, status = ColumnMapping.from_json(batch.mapping), 200
    if form.validate_on_submit():
        try:
            mapping = mapping.confirmed(_choices(mapping, request.form))
            _check(batch, mapping)
        except DomainError as error:
            form.refuse(error)
            status = status_of(error)
        else:
            return redirect(url_for("office_imports.show", batch_id=batch_id), code=303)
    body = render_template(
        "office/imports/columns.html",
        batch=batch,
        form=form,
        mapping=mapping,
        by_column={match.column: match for match in mapping.matches.values()},
        preview=batch.summary.get("preview") or _preview(_table(batch), mapping),
        fields=FIELD_LABELS,
        dropped=DROPPED,
        confidences=CONFIDENCE_LABELS,
    )
    return body, status


def _choices(mapping: ColumnMapping, posted: Mapping[str, str]) -> dict[ListField, int | None]:
    """Return the person's choice for every field: its column, or None for a field without one."""
    wanted: dict[ListField, int | None] = {}
    for place in range(len(mapping.header)):
        word = posted.get(f"column-{place}", "")
        if not word:
            continue
        if word not in set(ListField):
            raise BadInput(_("所选的字段不存在，请重新选择。"))
        field = ListField(word)
        if field in wanted:
            raise BadInput(_("“%(field)s”选了两列，只能选一列。", field=FIELD_LABELS[field]))
        wanted[field] = place
    return {field: wanted.get(field) for field in {*mapping.matches, *wanted}}


def _check(batch: ImportBatch, mapping: ColumnMapping) -> None:
    """Run the dry run: read and compare without a lock, then keep what was found."""
    batch_id, as_of = batch.id, batch.as_of
    table = _table(batch)
    found = plan(current_session(), table, mapping, as_of=as_of)
    with unit_of_work() as session:
        again = batch_by_id(session, batches_visible_to(actor()), batch_id)
        open_for_columns(session, actor(), again)
        if return_mark(mapping.header) is None:  # a sheet of ours has no vendor to remember
            remember_mapping(session, actor(), mapping)
        note_check(session, actor(), again, found)


@bp.route("/<int:batch_id>")
@open_to(P.OFFICE_IMPORT_READ)
def show(batch_id: int) -> ResponseReturnValue:
    """Show a batch: what its rows do or did, and what may be done next."""
    session = current_session()
    batch = batch_by_id(session, batches_visible_to(actor()), batch_id)
    job = commit_job(session, batch)
    acts = _acts(batch, job)
    groups = _group_sizes(batch)
    first = next((group for group, count in groups.items() if count), RowGroup.REFUSED)
    group = RowGroup(chosen("group", list(RowGroup), first))
    return render_template(
        "office/imports/show.html",
        batch=batch,
        group=group,
        groups=groups,
        page=rows_page(
            session,
            import_rows_visible_to(actor()),
            batch.id,
            group,
            cursor=request.args.get("cursor"),
            size=15,
        ),
        states=BATCH_LABELS,
        fields=FIELD_LABELS,
        validities=[(validity, VALIDITY_LABELS[validity]) for validity in Validity],
        missing=[FIELD_LABELS[ListField(name)] for name in batch.summary.get("missing_fields", ())],
        acts=acts,
        obstacles=obstacles_to_undo(session, batch, dependents=DEPENDENTS) if "undo" in acts else [],
        job=job,
        is_stranded=is_stranded(batch, job),
        may_follow=may(actor(), P.OFFICE_IMPORT_WRITE),
        sees_all_rows=scope_for(actor(), Thing.IMPORT_ROW) is Scope.ALL,
        changes_of=changes_of,
        changed_label=changed_label,
        changed_value=changed_value,
    )


def _group_sizes(batch: ImportBatch) -> dict[RowGroup, int]:
    foreign = int(batch.summary.get("rows_foreign", 0))
    return {
        RowGroup.REFUSED: batch.rows_refused - foreign,
        RowGroup.CHANGED: batch.rows_changed,
        RowGroup.FOREIGN: foreign,
    }


def _acts(batch: ImportBatch, job: JobStatus | None) -> frozenset[str]:
    if not may(actor(), P.OFFICE_IMPORT_WRITE):
        return frozenset()
    if is_stranded(batch, job):
        return frozenset({"columns", "commit"})
    return {
        BatchState.UPLOADED: frozenset({"columns"}),
        BatchState.CHECKED: frozenset({"columns", "commit"}),
        BatchState.FAILED: frozenset({"columns"}),
        BatchState.COMMITTED: frozenset({"undo"}),
    }.get(batch.state, frozenset())


@bp.route("/<int:batch_id>/commit", methods=["POST"])
@open_to(P.OFFICE_IMPORT_WRITE)
def commit(batch_id: int) -> ResponseReturnValue:
    """Hand a checked batch to the worker, which writes all of it or nothing."""
    with unit_of_work() as session:
        batch = batch_by_id(session, batches_visible_to(actor()), batch_id)
        job_id = ask_to_commit(session, actor(), batch, seen=request.form.get("seen", ""))
    back = url_for("office_imports.show", batch_id=batch_id)
    return redirect(url_for("office_jobs.show", job_id=job_id, back=back), code=303)


@bp.route("/<int:batch_id>/undo", methods=["POST"])
@open_to(P.OFFICE_IMPORT_WRITE)
def undo(batch_id: int) -> ResponseReturnValue:
    """Take back what a batch wrote, unless something depends on it."""
    with unit_of_work() as session:
        batch = batch_by_id(session, batches_visible_to(actor()), batch_id)
        if batch.state is not BatchState.UNDONE:  # a second click has nothing left to do
            undo_batch(session, actor(), batch, dependents=DEPENDENTS)
    flash(_("批次已撤销，库中数据恢复到写入之前。"), "success")
    return redirect(url_for("office_imports.show", batch_id=batch_id), code=303)


@bp.route("/<int:batch_id>/refused")
@open_to(P.OFFICE_IMPORT_WRITE)
def refused(batch_id: int) -> Response:
    """Give the refused rows back as a sheet that can be corrected and uploaded again."""
    session = current_session()
    batch = batch_by_id(session, batches_visible_to(actor()), batch_id)
    refusals: dict[int, list[tuple[Text | str, Text]]] = {}
    for row in refusals_of(session, batch.id):
        field = FIELD_LABELS[ListField(row.field)] if row.field else ""
        reason = Text.from_json(row.message or {"template": "", "params": {}})
        refusals.setdefault(row.row_number, []).append((field, reason))
    content = refused_rows_sheet(_table(batch), refusals, batch_id=batch.id, locale=locale_now())
    name = _("退回的行_%(file)s", file=batch.filename.rsplit(".", 1)[0]) + ".xlsx"
    return send_file(io.BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=name)


@bp.route("/<int:batch_id>/rows")
@open_to(P.OFFICE_IMPORT_WRITE)
def rows(batch_id: int) -> Response:
    """Give what became of every row as a sheet."""
    session = current_session()
    batch = batch_by_id(session, batches_visible_to(actor()), batch_id)
    lines = row_lines(session, batch, _table(batch))
    content = row_report_sheet(lines, filename=batch.filename, as_of=batch.as_of, locale=locale_now())
    name = _("逐行结果_%(file)s", file=batch.filename.rsplit(".", 1)[0]) + ".xlsx"
    return send_file(io.BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=name)
