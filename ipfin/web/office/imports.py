"""The import wizard: upload, columns, dry run, commit as a job, batch page with undo."""

from __future__ import annotations

import io

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ipfin.accounts.policy import P, Scope, Thing, may, scope_for
from ipfin.accounts.queries.scope import batches_visible_to, import_rows_visible_to
from ipfin.jobs.queries import JobStatus
from ipfin.kernel.errors import BadInput, Conflict, DomainError, NotFound
from ipfin.kernel.text import Text
from ipfin.kernel.text import _ as sentence
from ipfin.lists.columns import Columns
from ipfin.lists.reasons import REASON_LABELS
from ipfin.lists.service import (
    KINDS,
    AnyColumns,
    Proposal,
    change_kind,
    columns_of,
    dropped_of,
    explained_columns,
    kept_groups,
    labels_of,
    note_check,
    obstacles_to_undo,
    plan_list,
    propose,
    undo_list,
)
from ipfin.registry.export import row_lines
from ipfin.registry.headers import CONFIDENCE_LABELS
from ipfin.registry.intake import read_list
from ipfin.registry.lifecycle import BATCH_LABELS, BatchState, RowGroup
from ipfin.registry.list_kinds import LIST_KIND_LABELS, ListKind
from ipfin.registry.models import ImportBatch
from ipfin.registry.queries import (
    batch_by_id,
    batches_page,
    is_known_file,
    refusals_of,
    rows_page,
)
from ipfin.registry.queries.ownership import open_conflicts_of_batch
from ipfin.registry.queries.returning import taken_rows
from ipfin.registry.reading import RawTable
from ipfin.registry.returned import return_mark
from ipfin.registry.service import note_preview, open_batch, remember_mapping
from ipfin.registry.statuses import VALIDITY_LABELS, Validity
from ipfin.reports.list_templates import list_template
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
from ipfin.web.office.import_columns import chosen_columns, preview_of
from ipfin.web.office.import_forms import ColumnsForm, UploadForm
from ipfin.web.office.uploads import KeptUpload, keep_upload
from ipfin.web.paging import chosen
from ipfin.web.signing_in import actor, settings
from ipfin.whitelist.queries import dependents as whitelist_dependents

bp = Blueprint("office_imports", __name__, url_prefix="/office/import")
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
        kind_labels=LIST_KIND_LABELS,
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
    templates = [(kind, LIST_KIND_LABELS[kind]) for kind in KINDS]
    return render_template("office/imports/new.html", form=form, limit=limit, templates=templates), status


def _next_step(batch_id: int) -> ResponseReturnValue:
    """Lead on to the columns; corrected rows of an earlier batch, whose columns are known, to the check."""
    batch = batch_by_id(current_session(), batches_visible_to(actor()), batch_id)
    if batch.summary["preview"]["returned_from"]:
        try:
            _check(batch, columns_of(batch))
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
    found = propose(current_session(), table)
    origin = found.origin
    preview = preview_of(taken_rows(current_session(), table), found)
    as_of = origin.as_of if origin else form.as_of.data
    if as_of is None:
        raise BadInput(sentence("请填写数据截止日，格式如 2026-03-05。"), field="as_of")
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
            source=origin.source if origin else form.source.data or "",
            kind=found.kind,
        )
        note_preview(session, batch, found.columns, preview)
        return batch.id


def _table(batch: ImportBatch) -> RawTable:
    return read_list(settings().uploads_dir / batch.stored_name, batch.filename)


@bp.route("/<int:batch_id>/columns", methods=["GET", "POST"])
@open_to(P.OFFICE_IMPORT_WRITE)
def columns(batch_id: int) -> ResponseReturnValue:
    """Show the detected columns with samples; on confirmation run the dry run."""
    form = ColumnsForm()
    batch = batch_by_id(current_session(), batches_visible_to(actor()), batch_id)
    require_open_columns(current_session(), batch)
    kind, mapping, status = batch.kind, columns_of(batch), 200
    if form.validate_on_submit():
        try:
            mapping = chosen_columns(kind, mapping, request.form)
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
        preview=batch.summary.get("preview") or preview_of(_table(batch), Proposal(kind, mapping)),
        fields=labels_of(kind),
        dropped=dropped_of(kind),
        confidences=CONFIDENCE_LABELS,
        kinds=KINDS,
        kind_labels=LIST_KIND_LABELS,
        questions=mapping.questions if isinstance(mapping, Columns) else (),
    )
    return body, status


@bp.route("/<int:batch_id>/kind", methods=["POST"])
@open_to(P.OFFICE_IMPORT_WRITE)
def kind(batch_id: int) -> ResponseReturnValue:
    """Take a list for one of another kind: its columns are found anew."""
    batch = batch_by_id(current_session(), batches_visible_to(actor()), batch_id)
    require_open_columns(current_session(), batch)
    wanted = _kind_of(request.form.get("kind", ""))
    table = _table(batch)
    found = propose(current_session(), table, wanted)
    with unit_of_work() as session:
        again = batch_by_id(session, batches_visible_to(actor()), batch_id)
        open_for_columns(session, actor(), again)
        change_kind(session, again, wanted)
        note_preview(session, again, found.columns, preview_of(table, found))
    return redirect(url_for("office_imports.columns", batch_id=batch_id), code=303)


def _kind_of(word: str) -> ListKind:
    if word not in {kind.value for kind in KINDS}:
        raise BadInput(_("没有这种名单，请重新选择。"))
    return ListKind(word)


@bp.route("/template/<word>")
@open_to(P.OFFICE_IMPORT_WRITE)
def template(word: str) -> Response:
    """Give the office's own template of a kind of list, empty, with an explanation of each column."""
    try:
        wanted = _kind_of(word)
    except BadInput as error:
        raise NotFound(error.message) from error
    content = list_template(LIST_KIND_LABELS[wanted], explained_columns(wanted), locale=locale_now())
    return _sheet(content, _("本局模板_%(kind)s", kind=in_reader_language(LIST_KIND_LABELS[wanted])))


def _check(batch: ImportBatch, mapping: AnyColumns) -> None:
    """Run the dry run: read and compare without a lock, then keep what was found."""
    batch_id, as_of, kind, source = batch.id, batch.as_of, batch.kind, batch.source
    table = _table(batch)
    found = plan_list(current_session(), table, kind, mapping, as_of=as_of, source=source)
    with unit_of_work() as session:
        again = batch_by_id(session, batches_visible_to(actor()), batch_id)
        open_for_columns(session, actor(), again)
        if again.kind is not kind:
            raise Conflict(_("名单种类刚刚改过，请重新核对各列。"))
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
    groups = kept_groups(batch)
    first = next((group for group, count in groups.items() if count), RowGroup.REFUSED)
    group = RowGroup(chosen("group", list(groups), first))
    return render_template(
        "office/imports/show.html",
        batch=batch,
        group=group,
        groups=groups,
        contested=open_conflicts_of_batch(session, batch.id),
        page=rows_page(
            session,
            import_rows_visible_to(actor()),
            batch.id,
            group,
            cursor=request.args.get("cursor"),
            size=15,
        ),
        states=BATCH_LABELS,
        fields=labels_of(batch.kind),
        kind_labels=LIST_KIND_LABELS,
        reasons=REASON_LABELS,
        is_of_patents=batch.kind is ListKind.PATENTS,
        validities=[(validity, VALIDITY_LABELS[validity]) for validity in Validity],
        missing=[labels_of(batch.kind)[name] for name in batch.summary.get("missing_fields", ())],
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
            undo_list(session, actor(), batch, dependents=DEPENDENTS)
    flash(_("批次已撤销，库中数据恢复到写入之前。"), "success")
    return redirect(url_for("office_imports.show", batch_id=batch_id), code=303)


@bp.route("/<int:batch_id>/refused")
@open_to(P.OFFICE_IMPORT_WRITE)
def refused(batch_id: int) -> Response:
    """Give the refused rows back as a sheet that can be corrected and uploaded again."""
    session = current_session()
    batch = batch_by_id(session, batches_visible_to(actor()), batch_id)
    labels, refusals = labels_of(batch.kind), dict[int, list[tuple[Text | str, Text]]]()
    for row in refusals_of(session, batch.id):
        field = labels.get(row.field, row.field)
        reason = Text.from_json(row.message or {"template": "", "params": {}})
        refusals.setdefault(row.row_number, []).append((field, reason))
    content = refused_rows_sheet(_table(batch), refusals, batch_id=batch.id, locale=locale_now())
    return _sheet(content, _("退回的行_%(file)s", file=batch.filename.rsplit(".", 1)[0]))


@bp.route("/<int:batch_id>/rows")
@open_to(P.OFFICE_IMPORT_WRITE)
def rows(batch_id: int) -> Response:
    """Give what became of every row of a patent list as a sheet; of another kind the page tells it."""
    session = current_session()
    batch = batch_by_id(session, batches_visible_to(actor()), batch_id)
    if batch.kind is not ListKind.PATENTS:
        raise NotFound(_("只有专利名单有逐行结果表，请查看批次页。"))
    lines = row_lines(session, batch, _table(batch))
    content = row_report_sheet(lines, filename=batch.filename, as_of=batch.as_of, locale=locale_now())
    return _sheet(content, _("逐行结果_%(file)s", file=batch.filename.rsplit(".", 1)[0]))


def _sheet(content: bytes, name: str) -> Response:
    return send_file(io.BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=name + ".xlsx")
