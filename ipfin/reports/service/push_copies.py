"""Copies of the answers to a push. Issued by `copies`, like every other copy."""

from __future__ import annotations

from sqlalchemy.orm import Session

from ipfin.accounts.policy import Permission, require
from ipfin.config import Settings
from ipfin.kernel.actor import Actor
from ipfin.kernel.text import SOURCE_LOCALE, _
from ipfin.pushes.answers import Answer
from ipfin.pushes.models import CandidatePush, PushLine
from ipfin.pushes.queries import lines_of
from ipfin.reports.firm_export import ExportPurpose
from ipfin.reports.push_export import AnswerLine, push_sheet
from ipfin.reports.service.copies import Copy
from ipfin.reports.service.list_copies import ListCopy, make_list_copy


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
    return make_list_copy(
        actor,
        ListCopy(_("推送反馈"), purpose, f"push:{push.id}", {"push": push.public_id}, push.made_on),
        settings,
        rows=len(lines),
        synthetic=any(line.enterprise is not None and line.enterprise.is_synthetic for line in lines),
        fill=lambda head: push_sheet(head, map(_line, lines), push.looked_on, locale=locale),
    )


def _line(row: PushLine) -> AnswerLine:
    answer = Answer(row.valid_count, row.invention_count, row.is_admitted, row.grade, row.is_irregular)
    return AnswerLine(row.row_number, row.said, row.match, answer, row.state)
