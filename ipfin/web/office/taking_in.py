"""Taking a list in and checking it: what lies between the wizard's forms and the use cases.

Decides which question can be left out: a list whose columns a person confirmed before, or that corrects
an earlier one, goes straight to the dry run. What a list says is decided in the registry and in `lists`.
"""

from __future__ import annotations

from datetime import date

from flask import flash
from flask_babel import gettext as _

from ipfin.accounts.queries.scope import batches_visible_to
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.errors import BadInput, Conflict
from ipfin.kernel.text import _ as sentence
from ipfin.lists.columns import Columns
from ipfin.lists.service import AnyColumns, columns_of, note_check, plan_list, propose
from ipfin.registry.as_of import check_as_of, day_in_name
from ipfin.registry.intake import read_list
from ipfin.registry.models import ImportBatch
from ipfin.registry.queries.batches import batch_by_id, is_known_file
from ipfin.registry.queries.returning import taken_rows
from ipfin.registry.reading import RawTable
from ipfin.registry.returned import return_mark
from ipfin.registry.service import note_preview, open_batch, remember_mapping
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.office.committing import open_for_columns
from ipfin.web.office.import_columns import preview_of
from ipfin.web.office.import_forms import UploadForm
from ipfin.web.office.uploads import KeptUpload, keep_upload
from ipfin.web.signing_in import actor, settings


def take_in(form: UploadForm) -> int:
    """Keep the file of a valid form, read it and open its batch; return the batch's id.

    Raises:
        DomainError: the file cannot be read; nothing of it is kept then.
    """
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
    origin, today = found.origin, today_in_china()
    told = origin.as_of if origin else form.as_of.data
    hint = day_in_name(kept.filename, today=today)
    preview = {
        **preview_of(taken_rows(current_session(), table), found),
        # The batch has a day from the start; until a person tells one, nothing is checked by it.
        "asks_day": told is None,
        "day_hint": hint.isoformat() if hint and told is None else "",
    }
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
            as_of=told or hint or today,
            source=origin.source if origin else form.source.data or "",
            kind=found.kind,
        )
        note_preview(session, batch, found.columns, preview)
        return batch.id


def needs_no_questions(batch: ImportBatch) -> bool:
    """Whether a list just taken in can be checked without a look at its columns."""
    preview, columns = batch.summary["preview"], columns_of(batch)
    if preview["returned_from"]:
        return True
    asks = columns.questions if isinstance(columns, Columns) else ()
    return bool(preview["confirmed_by"]) and not (preview["asks_day"] or asks or columns.doubts)


def table_of(batch: ImportBatch) -> RawTable:
    """Read the file of a batch again."""
    return read_list(settings().uploads_dir / batch.stored_name, batch.filename)


def day_known(batch: ImportBatch) -> date | None:
    """Return the day of a batch as the columns page offers it: told, hinted at, or none."""
    preview = batch.summary.get("preview") or {}
    if not preview.get("asks_day"):
        return batch.as_of
    return date.fromisoformat(preview["day_hint"]) if preview.get("day_hint") else None


def check_list(batch: ImportBatch, columns: AnyColumns, *, told: date | None = None) -> None:
    """Run the dry run: read and compare without a lock, then keep what was found.

    Args:
        told: the day that a person told on the columns page; None leaves the one that is known.

    Raises:
        BadInput: nobody told the day, or the list cannot be understood with these columns.
        Conflict: the batch is past its columns, or its kind was changed meanwhile.
    """
    batch_id, kind = batch.id, batch.kind
    preview = batch.summary.get("preview") or {}
    if told is None and preview.get("asks_day"):
        raise BadInput(sentence("请填写数据截止日，格式如 2026-03-05。"), field="as_of")
    as_of = check_as_of(told or batch.as_of, today=today_in_china())
    found = plan_list(current_session(), table_of(batch), kind, columns, as_of=as_of, source=batch.source)
    with unit_of_work() as session:
        again = batch_by_id(session, batches_visible_to(actor()), batch_id)
        open_for_columns(session, actor(), again)
        if again.kind is not kind:
            raise Conflict(_("名单种类刚刚改过，请重新核对各列。"))
        again.as_of = as_of
        again.summary = {**again.summary, "preview": {**preview, "asks_day": False}}
        if return_mark(columns.header) is None:  # a sheet of ours has no vendor to remember
            remember_mapping(session, actor(), columns)
        note_check(session, actor(), again, found)
