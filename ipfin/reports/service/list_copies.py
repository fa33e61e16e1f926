"""What every sheet of a list has alike: neither empty nor endless, a head that says for whom and what for.

Decides the refusals and the head of a copy; which rows it holds and who may have it, decide the modules of
the lists. Issued by `copies`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from ipfin.config import Settings
from ipfin.documents.models import DocumentKind
from ipfin.documents.safety import file_name
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import in_china
from ipfin.kernel.errors import Conflict
from ipfin.kernel.text import Text, _
from ipfin.reports.firm_export import MEDIA_TYPES, PURPOSE_LABELS, ExportFormat, ExportHead, ExportPurpose
from ipfin.reports.service.copies import Copy, copy_head, finished

_KINDS: Final = {
    ExportFormat.XLSX: DocumentKind.EXPORT_SHEET,
    ExportFormat.PDF: DocumentKind.EXPORT_LISTING,
}
NOTHING: Final = _("筛选结果为空，没有可导出的记录。")


@dataclass(frozen=True, slots=True)
class ListCopy:
    """What a sheet of a list says of itself.

    Args:
        subject: what the log calls the list.
        log: what the audit entry keeps beside name and rows.
        filters: label and value of all that the list is narrowed to.
        as_of: the day of which the list tells.
    """

    title: Text
    purpose: ExportPurpose
    subject: str
    log: Mapping[str, Any]
    as_of: date
    filters: Sequence[tuple[Text, Text | str]] = ()


def require_rows(rows: Sequence[object], most: int, too_many: Text, *, nothing: Text = NOTHING) -> None:
    """Refuse a list that is empty or too long to be made while a page waits.

    Args:
        rows: read with a limit of `most + 1`.
        too_many: the sentence with the remedy.

    Raises:
        Conflict: it is.
    """
    if not rows:
        raise Conflict(nothing)
    if len(rows) > most:
        raise Conflict(too_many)


def make_list_copy(
    actor: Actor,
    said: ListCopy,
    settings: Settings,
    *,
    rows: int,
    synthetic: bool,
    fill: Callable[[ExportHead], bytes],
    wanted: ExportFormat = ExportFormat.XLSX,
) -> Copy:
    """Make the copy; `fill` writes the file under its head, as the kind of file that is `wanted`."""
    head = replace(
        copy_head(actor, said.title, settings),
        purpose=PURPOSE_LABELS[said.purpose],
        filters=said.filters,
        rows=rows,
        as_of=said.as_of,
        synthetic=synthetic,
    )
    name = file_name(said.title, actor.organisation_name, in_china(head.at), suffix=f".{wanted.value}")
    kind = _KINDS[wanted]
    return finished(head, kind, name, fill(head), said.subject, said.log, media_type=MEDIA_TYPES[wanted])
