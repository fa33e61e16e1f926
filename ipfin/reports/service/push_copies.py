"""Copies of the answers to a push. Issued by `copies`, like every other copy."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from ipfin.accounts.policy import Permission, require
from ipfin.config import Settings
from ipfin.documents.models import DocumentKind
from ipfin.documents.safety import file_name
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import in_china
from ipfin.kernel.text import SOURCE_LOCALE, _
from ipfin.pushes.answers import Answer
from ipfin.pushes.models import CandidatePush, PushLine
from ipfin.pushes.queries import lines_of
from ipfin.reports.firm_export import PURPOSE_LABELS, ExportPurpose
from ipfin.reports.push_export import AnswerLine, push_sheet
from ipfin.reports.service.copies import Copy, copy_head, finished


def make_push_copy(
    session: Session,
    actor: Actor,
    push: CandidatePush,
    purpose: ExportPurpose,
    *,
    permission: Permission,
    settings: Settings,
    locale: str = SOURCE_LOCALE,
) -> Copy:
    """Make a sheet of what was answered to `push`, which the actor may see.

    Raises:
        NotAllowed: the actor lacks `permission`.
    """
    require(actor, permission)
    lines = lines_of(session, push.id)
    title = _("推送反馈")
    head = replace(
        copy_head(actor, title, settings),
        purpose=PURPOSE_LABELS[purpose],
        rows=len(lines),
        as_of=push.made_on,
        synthetic=any(line.enterprise is not None and line.enterprise.is_synthetic for line in lines),
    )
    name = file_name(title, actor.organisation_name, in_china(head.at), suffix=".xlsx")
    content = push_sheet(head, map(_line, lines), push.looked_on, locale=locale)
    log = {"push": push.public_id}
    return finished(head, DocumentKind.EXPORT_SHEET, name, content, f"push:{push.id}", log)


def _line(row: PushLine) -> AnswerLine:
    answer = Answer(row.valid_count, row.invention_count, row.is_admitted, row.grade, row.is_irregular)
    return AnswerLine(row.row_number, row.said, row.match, answer, row.state)
