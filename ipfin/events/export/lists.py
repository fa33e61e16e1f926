"""Lists about events as spreadsheets: who was invited and did not answer, who was trained.

Decides the columns; which rows stand in a list follows from what the reader may see.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from ipfin.config import Settings
from ipfin.documents.models import Document, DocumentKind
from ipfin.documents.safety import file_name
from ipfin.documents.service import issue_document, new_verify_code
from ipfin.documents.sheet import Column, Kind, Properties, SheetSpec, write_sheet
from ipfin.events.export.filing import XLSX, mark_of, note_export
from ipfin.events.models import Event
from ipfin.events.queries.invitations import ANSWERED_LABELS, Invited
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import in_china, now_utc
from ipfin.kernel.errors import Conflict
from ipfin.kernel.text import SOURCE_LOCALE, Text, _

INVITED_COLUMNS = (
    Column(_("企业"), Kind.TEXT, 34),
    Column(_("统一社会信用代码"), Kind.TEXT, 21),
    Column(_("答复"), Kind.TEXT, 10),
    Column(_("谢绝的理由"), Kind.TEXT, 24),
    Column(_("通知"), Kind.TEXT, 14),
    Column(_("邀请时间"), Kind.TEXT, 17),
)


@dataclass(frozen=True, slots=True)
class ListToIssue:
    """A list as it leaves the house: `name` is what it is, `about` what it is filed under."""

    name: Text
    heading: str
    about: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[object]]
    is_synthetic: bool = False


def issue_invited(
    session: Session,
    actor: Actor,
    event: Event,
    invited: Sequence[Invited],
    *,
    purpose: str,
    settings: Settings,
    locale: str = SOURCE_LOCALE,
) -> Document:
    """Issue these invitations as a spreadsheet.

    Raises:
        Conflict: there is none.
    """
    wanted = ListToIssue(
        _("邀请名单"),
        event.title,
        f"event:{event.id}:invitations",
        INVITED_COLUMNS,
        [_invited_row(one) for one in invited],
        event.is_synthetic,
    )
    return issue_list(session, actor, wanted, purpose=purpose, settings=settings, locale=locale)


def _invited_row(one: Invited) -> list[object]:
    row = one.invitation
    return [
        one.enterprise.name,
        one.enterprise.credit_code or "",
        ANSWERED_LABELS[one.answered],
        row.declined_reason,
        _("已通知") if row.was_told else _("未开通账号"),
        f"{in_china(row.invited_at):%Y-%m-%d %H:%M}",
    ]


def issue_list(
    session: Session,
    actor: Actor,
    wanted: ListToIssue,
    *,
    purpose: str,
    settings: Settings,
    locale: str = SOURCE_LOCALE,
) -> Document:
    """Issue a list as a spreadsheet with watermark and code, and record the export.

    Raises:
        Conflict: it is empty.
    """
    if not wanted.rows:
        raise Conflict(_("没有可导出的记录。"))
    code, now = new_verify_code(), now_utc()
    mark = mark_of(actor)
    document = issue_document(
        session,
        actor,
        kind=DocumentKind.EXPORT_SHEET,
        title=str(_("%(event)s · %(what)s", event=wanted.heading, what=wanted.name)),
        filename=file_name(wanted.heading, wanted.name, in_china(now), suffix=".xlsx"),
        content=_sheet(wanted, code, mark, locale),
        media_type=XLSX,
        subject=wanted.about,
        organisation_id=actor.organisation_id,
        issued_to=actor.organisation_name or actor.name,
        purpose=purpose,
        row_count=len(wanted.rows),
        is_synthetic=wanted.is_synthetic,
        verify_code=code,
        directory=settings.issued_dir,
    )
    note_export(session, actor, document, wanted.columns)
    return document


def _sheet(wanted: ListToIssue, code: str, mark: str, locale: str) -> bytes:
    target = io.BytesIO()
    intro = [_("共%(count)d条。", count=len(wanted.rows)), _("核验码%(code)s", code=code)]
    spec = SheetSpec(
        wanted.name, wanted.columns, wanted.rows, heading=wanted.heading, intro=intro, watermark=mark
    )
    properties = Properties(title=wanted.heading, subject=mark, watermark_id=code, created_at=now_utc())
    write_sheet(target, [spec], properties=properties, locale=locale)
    return target.getvalue()
