"""The import wizard: upload, columns, dry run, commit as a job, batch page with undo."""

from __future__ import annotations

import io

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ipfin.accounts.policy import P, may
from ipfin.accounts.queries.scope import batches_visible_to, enterprises_visible_to, import_rows_visible_to
from ipfin.accounts.scopes import Scope, Thing, scope_for
from ipfin.jobs.queries import JobStatus
from ipfin.kernel.errors import BadInput, DomainError, NotFound
from ipfin.kernel.text import Text
from ipfin.lists.columns import Columns
from ipfin.lists.reasons import REASON_LABELS
from ipfin.lists.service import (
    KINDS,
    Proposal,
    change_kind,
    columns_of,
    dropped_of,
    explained_columns,
    kept_groups,
    labels_of,
    obstacles_to_undo,
    propose,
    undo_list,
)
from ipfin.registry.export import row_lines
from ipfin.registry.headers import CONFIDENCE_LABELS
from ipfin.registry.lifecycle import BATCH_LABELS, BatchState, MatchState, RowGroup
from ipfin.registry.list_kinds import LIST_KIND_LABELS, ListKind
from ipfin.registry.models import ImportBatch
from ipfin.registry.queries.batches import batch_by_id, batches_page, refusals_of, rows_page
from ipfin.registry.queries.matching import candidate_counts
from ipfin.registry.queries.ownership import open_conflicts_of_batch
from ipfin.registry.service import note_preview
from ipfin.registry.statuses import VALIDITY_LABELS, Validity
from ipfin.reports.list_templates import list_template
from ipfin.reports.queries import DEPENDENTS
from ipfin.reports.refused_rows import refused_rows_sheet
from ipfin.reports.row_report import row_report_sheet
from ipfin.reports.service.row_reports import (
    is_long,
    made_report,
    order_row_report,
    require_patents,
    row_report_job,
)
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
from ipfin.web.office.import_columns import chosen_columns, grouped_columns, preview_of
from ipfin.web.office.import_forms import ColumnsForm, UploadForm
from ipfin.web.office.taking_in import (
    check_list,
    day_known,
    needs_no_questions,
    table_of,
    take_in,
)
from ipfin.web.paging import chosen
from ipfin.web.signing_in import actor, settings

bp = Blueprint("office_imports", __name__, url_prefix="/office/import")
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
            batch_id = take_in(form)
        except DomainError as error:
            form.refuse(error)
            status = status_of(error)
        else:
            return _next_step(batch_id)
    elif form.is_submitted():
        status = 422
    limit = settings().max_upload_mb
    templates = [(kind, LIST_KIND_LABELS[kind]) for kind in KINDS]
    return render_template("office/imports/new.html", form=form, limit=limit, templates=templates), status


def _next_step(batch_id: int) -> ResponseReturnValue:
    """Lead on to the columns; a list of which nothing is to be asked is checked at once."""
    batch = batch_by_id(current_session(), batches_visible_to(actor()), batch_id)
    if needs_no_questions(batch):
        try:
            check_list(batch, columns_of(batch))
        except DomainError as error:
            flash(in_reader_language(error.message), "warning")
        else:
            return redirect(url_for("office_imports.show", batch_id=batch_id), code=303)
    return redirect(url_for("office_imports.columns", batch_id=batch_id), code=303)


@bp.route("/<int:batch_id>/columns", methods=["GET", "POST"])
@open_to(P.OFFICE_IMPORT_WRITE)
def columns(batch_id: int) -> ResponseReturnValue:
    """Show the detected columns with samples; on confirmation run the dry run."""
    form = ColumnsForm()
    batch = batch_by_id(current_session(), batches_visible_to(actor()), batch_id)
    require_open_columns(current_session(), batch)
    kind, status = batch.kind, 200
    mapping = proposed = columns_of(batch)
    form.show_day(day_known(batch))
    if form.is_submitted():
        status = 422
        try:
            mapping = chosen_columns(kind, mapping, request.form)  # first: they stay chosen whatever follows
            if form.validate():
                check_list(batch, mapping, told=form.as_of.data)
                return redirect(url_for("office_imports.show", batch_id=batch_id), code=303)
        except DomainError as error:
            form.refuse(error)
            status = status_of(error)
    preview = batch.summary.get("preview") or preview_of(table_of(batch), Proposal(kind, mapping))
    body = render_template(
        "office/imports/columns.html",
        batch=batch,
        form=form,
        mapping=mapping,
        groups=grouped_columns(proposed, preview["samples"]),
        proposed={match.column: match for match in proposed.matches.values()},
        by_column={match.column: match for match in mapping.matches.values()},
        preview=preview,
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
    table = table_of(batch)
    found = propose(current_session(), table, wanted)
    asked = {name: (batch.summary.get("preview") or {}).get(name) for name in ("asks_day", "day_hint")}
    with unit_of_work() as session:
        again = batch_by_id(session, batches_visible_to(actor()), batch_id)
        open_for_columns(session, actor(), again)
        change_kind(session, again, wanted)
        note_preview(session, again, found.columns, {**preview_of(table, found), **asked})
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
        is_long=is_long(batch),
        rows_job=(rows_job := row_report_job(session, actor(), batch, locale=locale_now())),
        rows_code=made_report(rows_job),
        is_stranded=is_stranded(batch, job),
        open_pairs=_open_pairs(batch),
        may_follow=may(actor(), P.OFFICE_IMPORT_WRITE),
        sees_all_rows=scope_for(actor(), Thing.IMPORT_ROW) is Scope.ALL,
        changes_of=changes_of,
        changed_label=changed_label,
        changed_value=changed_value,
    )


def _open_pairs(batch: ImportBatch) -> int:
    """Return how many pairs of firms wait for a decision, where a written list may have brought some."""
    if batch.state is not BatchState.COMMITTED or not may(actor(), P.OFFICE_MATCH_WRITE):
        return 0
    return candidate_counts(current_session(), enterprises_visible_to(actor()))[MatchState.OPEN]


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
    content = refused_rows_sheet(table_of(batch), refusals, batch_id=batch.id, locale=locale_now())
    return _sheet(content, _("退回的行_%(file)s", file=batch.filename.rsplit(".", 1)[0]))


@bp.route("/<int:batch_id>/rows")
@open_to(P.OFFICE_IMPORT_WRITE)
def rows(batch_id: int) -> ResponseReturnValue:
    """Give what became of every row of a patent list as a sheet; of another kind the page tells it."""
    session = current_session()
    batch = batch_by_id(session, batches_visible_to(actor()), batch_id)
    require_patents(batch)
    if is_long(batch):  # nothing is made on a mere look: the batch's page offers to order it
        code = made_report(row_report_job(session, actor(), batch, locale=locale_now()))
        if code:
            return redirect(url_for("account_files.download", code=code))
        return redirect(url_for("office_imports.show", batch_id=batch_id))
    lines = row_lines(session, batch, table_of(batch))
    content = row_report_sheet(lines, filename=batch.filename, as_of=batch.as_of, locale=locale_now())
    return _sheet(content, _("逐行结果_%(file)s", file=batch.filename.rsplit(".", 1)[0]))


@bp.route("/<int:batch_id>/rows", methods=["POST"])
@open_to(P.OFFICE_IMPORT_WRITE)
def order_rows(batch_id: int) -> ResponseReturnValue:
    """Ask for what became of every row of a long list; it is made in the background."""
    with unit_of_work() as session:
        batch = batch_by_id(session, batches_visible_to(actor()), batch_id)
        job_id = order_row_report(session, actor(), batch, locale=locale_now())
    back = url_for("office_imports.show", batch_id=batch_id)
    return redirect(url_for("office_jobs.show", job_id=job_id, back=back), code=303)


def _sheet(content: bytes, name: str) -> Response:
    return send_file(io.BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=name + ".xlsx")
