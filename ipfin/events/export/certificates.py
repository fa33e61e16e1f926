"""Certificates of trainings, and the list of training records.

A certificate is made when somebody first asks for it, outside any transaction, and is the same document
ever after; one for each language. The office takes all of an event at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.accounts.models import Organisation
from ipfin.config import Settings
from ipfin.db import UnitOfWork
from ipfin.documents.certificate import Certificate, certificate_job
from ipfin.documents.models import Document, DocumentKind
from ipfin.documents.safety import file_name
from ipfin.documents.service import issue_document, new_verify_code, read_document
from ipfin.documents.sheet import Column, Kind
from ipfin.documents.typesetters import lent_typesetter
from ipfin.events.export.binding import merged, numbered, opened, zipped
from ipfin.events.export.filing import PDF, MadeFile, file_away, note_export, verification
from ipfin.events.export.issuing import Progress, silent
from ipfin.events.export.lists import ListToIssue, issue_list
from ipfin.events.models import Event, TrainingRecord
from ipfin.events.queries.training import records_of, records_visible_to, replacements_of
from ipfin.events.service.training import certificate_subject, certificates_subject
from ipfin.events.training import certificate_number, hours_in_words
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import in_china
from ipfin.kernel.errors import Conflict
from ipfin.kernel.text import SOURCE_LOCALE, _, translate

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
    Column(_("代替的编号"), Kind.TEXT, 14),
)


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
    (document,) = _issued(work, read, actor, [record_id], settings, locale, silent)
    return document


def issue_certificates(
    work: UnitOfWork,
    read: UnitOfWork,
    actor: Actor,
    event_id: int,
    *,
    settings: Settings,
    locale: str = SOURCE_LOCALE,
    report: Progress = silent,
    finish: Callable[[Session, Document], None] | None = None,
) -> Document:
    """Issue the standing certificates of an event that the actor may see, as one ZIP: each, and all to print.

    Args:
        finish: called in the transaction that issues the ZIP (to end a job with it).

    Raises:
        Conflict: there is none, or a record was revoked meanwhile.
        PdfFailed: a paper could not be made.
    """
    with read() as session:
        rows = records_of(session, event_id, records_visible_to(actor))
        record_ids = [row.id for row in rows if row.revoked_at is None]
    if not record_ids:
        raise Conflict(_("本活动还没有有效的培训记录，没有可打包的证书。"))
    papers = _issued(work, read, actor, record_ids, settings, locale, report)
    report(len(papers), len(papers) + 1, _("正在汇总证书"))
    single = [(one.filename, read_document(one, settings.issued_dir)) for one in papers]
    together = file_name(translate(_("全部证书（打印用）"), locale), suffix=".pdf")
    files = {
        together: merged([opened(page) for _name, page in single]),
        **numbered(single, translate(_("单个证书"), locale)),
    }
    made = MadeFile(
        DocumentKind.CERTIFICATE,
        _("培训证书"),
        ".zip",
        zipped(files),
        certificates_subject(event_id),
        str(_("培训证明")),
        len(papers),
    )
    with work() as session:
        for record_id in record_ids:
            _standing(session, record_id, is_locked=True)
        event = session.get_one(Event, event_id)
        document = file_away(session, actor, event, made, directory=settings.issued_dir)
        note_export(session, actor, document, RECORD_COLUMNS[:6])
        if finish is not None:
            finish(session, document)
    return document


def _issued(
    work: UnitOfWork,
    read: UnitOfWork,
    actor: Actor,
    record_ids: Sequence[int],
    settings: Settings,
    locale: str,
    report: Progress,
) -> list[Document]:
    """Return the certificates of these records; those that nobody asked for before are made as one set."""
    with read() as session:
        rows = [_standing(session, record_id) for record_id in record_ids]
        known = [_known(session, row.id, locale) for row in rows]
        papers = {
            row.id: _paper(session, row, settings)
            for row, one in zip(rows, known, strict=True)
            if one is None
        }
        houses = [_house(session, row) for row in rows]
    found = [one for one in known if one is not None]
    if not papers and [one.organisation_id for one in found] == houses:
        return found
    contents = _set(papers, locale, report)
    with work() as session:
        issued = []
        for record_id in record_ids:
            row = _standing(session, record_id, is_locked=True)
            before = _known(session, record_id, locale)
            if before is None:
                paper, content = papers[record_id], contents[record_id]
                before = _issue(session, actor, row, paper, content, settings=settings, locale=locale)
            # Two who asked at once get the same one; a firm that has an account since, or was merged, too.
            before.organisation_id = _house(session, row)
            issued.append(before)
        return issued


def _set(papers: Mapping[int, Certificate], locale: str, report: Progress) -> dict[int, bytes]:
    contents: dict[int, bytes] = {}
    if papers:
        with lent_typesetter() as typesetter:
            made = typesetter.render_all([certificate_job(paper, locale=locale) for paper in papers.values()])
            for done, (record_id, paper) in enumerate(papers.items()):
                report(done, len(papers) + 1, _("正在制作%(name)s的证书", name=paper.person))
                contents[record_id] = next(made).content
    return contents


def _issue(
    session: Session,
    actor: Actor,
    row: TrainingRecord,
    paper: Certificate,
    content: bytes,
    *,
    settings: Settings,
    locale: str,
) -> Document:
    return issue_document(
        session,
        actor,
        kind=DocumentKind.CERTIFICATE,
        title=str(_("培训证书 · %(person)s · %(title)s", person=row.person_name, title=row.event_title)),
        filename=file_name(_("培训证书"), row.person_name, row.event_title, suffix=".pdf"),
        content=content,
        media_type=PDF,
        subject=_subject(row.id, locale),
        organisation_id=_house(session, row),
        issued_to=row.holder,
        purpose=str(_("培训证明")),
        is_synthetic=paper.synthetic,
        verify_code=paper.verification.code,
        directory=settings.issued_dir,
    )


def _subject(record_id: int, locale: str) -> str:
    return f"{certificate_subject(record_id)}:{locale}"


def _standing(session: Session, record_id: int, *, is_locked: bool = False) -> TrainingRecord:
    statement = select(TrainingRecord).where(TrainingRecord.id == record_id)
    if is_locked:
        statement = statement.with_for_update()
    row = session.execute(statement.execution_options(populate_existing=True)).scalar_one()
    if row.revoked_at is not None:
        raise Conflict(_("这条培训记录已经撤销，没有证书。理由：%(reason)s", reason=row.revoked_reason))
    return row


def _known(session: Session, record_id: int, locale: str) -> Document | None:
    return session.scalar(
        select(Document).where(
            Document.subject == _subject(record_id, locale),
            Document.kind == DocumentKind.CERTIFICATE,
            Document.revoked_at.is_(None),
        )
    )


def _paper(session: Session, row: TrainingRecord, settings: Settings) -> Certificate:
    return Certificate(
        number=certificate_number(row),
        person=row.person_name,
        holder=row.holder,
        title=row.event_title,
        held_on=row.held_on,
        hours=hours_in_words(row.hours_tenths),
        organiser=settings.office_name,
        on=in_china(row.made_at).date(),
        verification=verification(settings.public_url, new_verify_code()),
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
    replaced = replacements_of(session, [row.id for row in rows])
    cells = [_cells(row, replaced.get(row.id)) for row in rows]
    wanted = ListToIssue(_("培训记录"), settings.office_name, "training:records", RECORD_COLUMNS, cells)
    return issue_list(session, actor, wanted, purpose=purpose, settings=settings, locale=locale)


def _cells(row: TrainingRecord, by: TrainingRecord | None) -> list[object]:
    return [
        certificate_number(row),
        row.holder,
        row.person_name,
        row.event_title,
        row.held_on,
        hours_in_words(row.hours_tenths),
        _("有效") if row.revoked_at is None else _("已撤销"),
        row.revoked_reason,
        certificate_number(by) if by else "",
    ]
