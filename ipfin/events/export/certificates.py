"""Certificates of trainings, and the list of training records.

A certificate is made when somebody first asks for it, outside any transaction, and is the same document
ever after; one for each language.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.accounts.models import Organisation
from ipfin.config import Settings
from ipfin.db import UnitOfWork
from ipfin.documents.certificate import Certificate, certificate_job
from ipfin.documents.letter import Verification
from ipfin.documents.models import Document, DocumentKind
from ipfin.documents.safety import file_name
from ipfin.documents.service import issue_document, new_verify_code
from ipfin.documents.sheet import Column, Kind
from ipfin.documents.typesetters import lent_typesetter
from ipfin.events.export.issuing import PDF
from ipfin.events.export.lists import ListToIssue, issue_list
from ipfin.events.models import Event, TrainingRecord
from ipfin.events.service.training import certificate_subject
from ipfin.events.training import hours_in_words
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import in_china
from ipfin.kernel.errors import Conflict
from ipfin.kernel.text import SOURCE_LOCALE, _

MOST_RECORDS = 20_000  # of one spreadsheet
RECORD_COLUMNS = (
    Column(_("证书编号"), Kind.TEXT, 14),
    Column(_("单位"), Kind.TEXT, 34),
    Column(_("姓名"), Kind.TEXT, 12),
    Column(_("活动"), Kind.TEXT, 40),
    Column(_("日期"), Kind.DATE, 12),
    Column(_("学时"), Kind.DECIMAL, 8, places=1),
    Column(_("状态"), Kind.TEXT, 8),
    Column(_("撤销的理由"), Kind.TEXT, 28),
)


def certificate_number(row: TrainingRecord) -> str:
    """Return the number that stands on the certificate of a record."""
    return f"{row.held_on:%Y}-{row.id:06d}"


def issue_certificate(
    work: UnitOfWork,
    read: UnitOfWork,
    actor: Actor,
    record_id: int,
    *,
    settings: Settings,
    locale: str = SOURCE_LOCALE,
) -> Document:
    """Return the certificate of a record in this language, made now if nobody asked before.

    Raises:
        Conflict: the record was revoked.
        PdfFailed: the paper could not be made.
    """
    subject = f"{certificate_subject(record_id)}:{locale}"
    with read() as session:
        row = _standing(session, record_id)
        known = _known(session, subject)
        if known is not None:
            return known
        code = new_verify_code()
        paper = _paper(session, row, code, settings)
    with lent_typesetter() as typesetter:
        content = typesetter.render(certificate_job(paper, locale=locale)).content
    with work() as session:
        row = _standing(session, record_id, is_locked=True)
        # Two who asked at once get the same one.
        return _known(session, subject) or issue_document(
            session,
            actor,
            kind=DocumentKind.CERTIFICATE,
            title=str(_("培训证书 · %(person)s · %(title)s", person=row.person_name, title=row.event_title)),
            filename=file_name(_("培训证书"), row.person_name, row.event_title, suffix=".pdf"),
            content=content,
            media_type=PDF,
            subject=subject,
            organisation_id=_house(session, row),
            issued_to=row.holder,
            purpose=str(_("培训证明")),
            is_synthetic=paper.synthetic,
            verify_code=code,
            directory=settings.issued_dir,
        )


def _standing(session: Session, record_id: int, *, is_locked: bool = False) -> TrainingRecord:
    statement = select(TrainingRecord).where(TrainingRecord.id == record_id)
    if is_locked:
        statement = statement.with_for_update()
    row = session.execute(statement.execution_options(populate_existing=True)).scalar_one()
    if row.revoked_at is not None:
        raise Conflict(_("这条培训记录已经撤销，没有证书。理由：%(reason)s", reason=row.revoked_reason))
    return row


def _known(session: Session, subject: str) -> Document | None:
    return session.scalar(
        select(Document).where(
            Document.subject == subject,
            Document.kind == DocumentKind.CERTIFICATE,
            Document.revoked_at.is_(None),
        )
    )


def _paper(session: Session, row: TrainingRecord, code: str, settings: Settings) -> Certificate:
    return Certificate(
        number=certificate_number(row),
        person=row.person_name,
        holder=row.holder,
        title=row.event_title,
        held_on=row.held_on,
        hours=hours_in_words(row.hours_tenths),
        organiser=settings.office_name,
        on=in_china(row.made_at).date(),
        verification=Verification(code, f"{settings.public_url}/verify/{code}"),
        synthetic=session.get_one(Event, row.event_id).is_synthetic,
    )


def _house(session: Session, row: TrainingRecord) -> int | None:
    """Return the organisation whose people may take the certificate."""
    if row.organisation_id is not None:
        return row.organisation_id
    return session.scalar(select(Organisation.id).where(Organisation.enterprise_id == row.enterprise_id))


def issue_records(
    session: Session,
    actor: Actor,
    rows: Sequence[TrainingRecord],
    *,
    purpose: str,
    settings: Settings,
    locale: str = SOURCE_LOCALE,
) -> Document:
    """Issue training records as a spreadsheet, those revoked marked as such.

    Raises:
        Conflict: there is none.
    """
    wanted = ListToIssue(
        _("培训记录"), settings.office_name, "training:records", RECORD_COLUMNS, [_cells(row) for row in rows]
    )
    return issue_list(session, actor, wanted, purpose=purpose, settings=settings, locale=locale)


def _cells(row: TrainingRecord) -> list[object]:
    return [
        certificate_number(row),
        row.holder,
        row.person_name,
        row.event_title,
        row.held_on,
        hours_in_words(row.hours_tenths),
        _("有效") if row.revoked_at is None else _("已撤销"),
        row.revoked_reason,
    ]
