"""The files of a directory issue for one institution: sheet, printed listing, cover letter (函).

Decides what stands on each and in which order. All three carry the institution's name, the issue's
number and a code by which anyone can verify them.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from ipfin.accounts.models import Organisation
from ipfin.config import Settings
from ipfin.documents.letter import Letter, Verification, document_number, letter_job
from ipfin.documents.listing_pdf import Listing, ListingColumn, write_listing
from ipfin.documents.models import DocumentKind
from ipfin.documents.pdf import Typesetter, long_date
from ipfin.documents.safety import file_name
from ipfin.documents.service import issue_document, new_verify_code
from ipfin.documents.sheet import Column, Kind, Properties, SheetSpec, write_sheet
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import in_china, now_utc
from ipfin.kernel.text import Text, _
from ipfin.reports.directory import CHANGE_LABELS, LineChange
from ipfin.reports.models import DirectoryIssue, DirectoryLine
from ipfin.reports.service import Package

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = "application/pdf"
# Until the office enters its own mark (发文机关代字) the number says that it is a sample.
ORGAN_MARK = "样函"

COLUMNS: tuple[tuple[str, Text, Kind, float, float, str], ...] = (
    # fact, header, kind, width in the sheet, share in the listing ("0": sheet only), alignment
    ("name", _("企业名称"), Kind.TEXT, 34, 3.2, "left"),
    ("credit_code", _("统一社会信用代码"), Kind.TEXT, 21, 1.9, "left"),
    ("locality", _("区县"), Kind.TEXT, 12, 1.2, "left"),
    ("industry_code", _("行业代码"), Kind.TEXT, 10, 0, "left"),
    ("valid_count", _("有效专利"), Kind.INTEGER, 10, 0.8, "right"),
    ("valid_invention_count", _("其中发明"), Kind.INTEGER, 10, 0.8, "right"),
    ("valid_utility_count", _("实用新型"), Kind.INTEGER, 10, 0.8, "right"),
    ("valid_design_count", _("外观设计"), Kind.INTEGER, 10, 0.8, "right"),
    ("pledged_count", _("其中在押"), Kind.INTEGER, 10, 0.8, "right"),
    ("grade", _("白名单等级"), Kind.TEXT, 11, 0.9, "center"),
    ("admission", _("白名单有效期至"), Kind.TEXT, 14, 1.1, "center"),
    ("as_of", _("数据日期"), Kind.TEXT, 12, 1.1, "center"),
)


@dataclass(frozen=True, slots=True)
class MadeFile:
    """One finished file, not yet issued: what it is, its name, its bytes and the code printed on it."""

    kind: DocumentKind
    title: str
    filename: str
    media_type: str
    content: bytes
    verify_code: str


def make_files(
    issue: DirectoryIssue,
    lines: Sequence[DirectoryLine],
    organisation: Organisation,
    *,
    settings: Settings,
    typesetter: Typesetter,
    on: date,
) -> list[MadeFile]:
    """Make one institution's three files. Takes seconds and no lock: nothing is written here."""
    mark = _watermark(organisation, issue)
    made: list[MadeFile] = []
    for kind, title in _TITLES.items():
        code = new_verify_code()
        verification = Verification(code, f"{settings.public_url}/verify/{code}")
        if kind is DocumentKind.DIRECTORY_SHEET:
            content = sheet_bytes(issue, lines, verification, mark, now=now_utc())
        elif kind is DocumentKind.DIRECTORY_LISTING:
            content = listing_bytes(issue, lines, verification, mark, settings)
        else:
            letter = cover_letter(issue, organisation, verification, settings, on)
            content = typesetter.render(letter_job(letter)).content
        is_sheet = kind is DocumentKind.DIRECTORY_SHEET
        name = file_name(
            settings.city_name,
            title,
            _("第%(number)s期", number=issue.number),
            organisation.name,
            on,
            suffix=".xlsx" if is_sheet else ".pdf",
        )
        full_title = str(
            _("%(title)s第%(number)s期 · %(file)s", title=issue.title, number=issue.number, file=title)
        )
        made.append(MadeFile(kind, full_title, name, XLSX if is_sheet else PDF, content, code))
    return made


def issue_files(
    session: Session,
    actor: Actor,
    issue: DirectoryIssue,
    organisation: Organisation,
    files: Sequence[MadeFile],
    *,
    settings: Settings,
) -> Package:
    """Issue one institution's finished files as documents."""
    documents = {
        made.kind: issue_document(
            session,
            actor,
            kind=made.kind,
            title=made.title,
            filename=made.filename,
            content=made.content,
            media_type=made.media_type,
            subject=f"issue:{issue.id}",
            organisation_id=organisation.id,
            issued_to=organisation.name,
            purpose=str(_("定期提供授权专利企业名录")),
            row_count=None if made.kind is DocumentKind.COVER_LETTER else issue.lines_count,
            is_synthetic=issue.is_synthetic,
            verify_code=made.verify_code,
            directory=settings.issued_dir,
        )
        for made in files
    }
    return Package(
        organisation,
        sheet=documents[DocumentKind.DIRECTORY_SHEET],
        listing=documents[DocumentKind.DIRECTORY_LISTING],
        letter=documents[DocumentKind.COVER_LETTER],
    )


_TITLES: Mapping[DocumentKind, Text] = {
    DocumentKind.DIRECTORY_SHEET: _("授权专利企业名录表"),
    DocumentKind.DIRECTORY_LISTING: _("授权专利企业名录"),
    DocumentKind.COVER_LETTER: _("名录送达函"),
}


def _watermark(organisation: Organisation, issue: DirectoryIssue) -> str:
    instant = in_china(now_utc())
    return f"{organisation.name} · {_('名录第%(number)s期', number=issue.number)} · {instant:%Y-%m-%d %H:%M}"


def _intro(issue: DirectoryIssue, verification: Verification) -> list[str]:
    sentences: list[str] = [
        _(
            "编制日%(day)s；共%(lines)s家企业，有效专利%(patents)s件，其中白名单企业%(admitted)s家。",
            day=issue.as_of.isoformat(),
            lines=issue.lines_count,
            patents=issue.patents_count,
            admitted=issue.admitted_count,
        ),
        *_unverified(issue),
        _("质押为权利负担的现状，不影响专利有效；放贷前请以国家知识产权局登记簿副本为准。"),
        _("核验码%(code)s，核验网址%(url)s", code=verification.code, url=verification.url),
    ]
    if issue.is_synthetic:
        sentences.append(_("演示数据：企业、专利、人员与金额均为合成，不对应任何真实主体。"))
    return sentences


def sheet_bytes(
    issue: DirectoryIssue,
    lines: Sequence[DirectoryLine],
    verification: Verification,
    mark: str,
    *,
    now: datetime,
) -> bytes:
    """Return the issue as XLSX: the directory, and what changed since the last issue."""
    columns = [Column(header, kind, width) for _fact, header, kind, width, _share, _align in COLUMNS]
    listed = [line for line in lines if line.change is not LineChange.LEFT]
    changed = [line for line in lines if line.change is not LineChange.KEPT]
    heading = _("%(title)s（第%(number)s期）", title=issue.title, number=issue.number)
    sheets = [
        SheetSpec(
            _("名录"),
            [Column(_("序号"), Kind.INTEGER, 7), *columns],
            ([line.position, *_row(line.facts)] for line in listed),
            heading=heading,
            intro=_intro(issue, verification),
            watermark=mark,
        ),
        SheetSpec(
            _("变更对照"),
            [Column(_("变更"), Kind.TEXT, 8), *columns],
            ([CHANGE_LABELS[line.change], *_row(line.facts)] for line in changed),
            heading=_("与上一期相比的变化"),
            watermark=mark,
        ),
    ]
    target = io.BytesIO()
    properties = Properties(title=heading, subject=mark, watermark_id=verification.code, created_at=now)
    write_sheet(target, sheets, properties=properties)
    return target.getvalue()


def _row(facts: Mapping[str, Any]) -> list[Any]:
    return [facts.get(fact) for fact, *_rest in COLUMNS]


def listing_bytes(
    issue: DirectoryIssue,
    lines: Sequence[DirectoryLine],
    verification: Verification,
    mark: str,
    settings: Settings,
) -> bytes:
    """Return the issue as a printed listing."""
    printed = [(fact, header, share, align) for fact, header, _kind, _width, share, align in COLUMNS if share]
    columns = [
        ListingColumn(_("序号"), 0.6, "right"),
        *(ListingColumn(header, share, align) for _fact, header, share, align in printed),
    ]
    rows = (
        [line.position, *(_printed(line.facts.get(fact)) for fact, *_rest in printed)]
        for line in lines
        if line.change is not LineChange.LEFT
    )
    listing = Listing(
        title=issue.title,
        columns=columns,
        rows=rows,
        organ=settings.office_name,
        number=str(_("第%(number)s期", number=issue.number)),
        facts=[
            (_("编制日"), issue.as_of.isoformat()),
            (_("企业"), str(issue.lines_count)),
            (_("有效专利"), str(issue.patents_count)),
            (_("白名单企业"), str(issue.admitted_count)),
        ],
        notes=[
            *_unverified(issue),
            _("质押为权利负担的现状，不影响专利有效；放贷前请以国家知识产权局登记簿副本为准。"),
        ],
        watermark=mark,
        verification=verification,
        synthetic=issue.is_synthetic,
    )
    settings.font_cache_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "listing.pdf"
        write_listing(target, listing, font_cache=settings.font_cache_dir)
        return target.read_bytes()


def _printed(value: Any) -> str:
    return "—" if value in (None, "") else str(value)


def _unverified(issue: DirectoryIssue) -> list[str]:
    if not issue.unverified_count:
        return []
    sentence = _(
        "另有%(count)s家企业的专利在所报名单中未载明是否有效，核实后列入以后各期。",
        count=issue.unverified_count,
    )
    return [str(sentence)]


def cover_letter(
    issue: DirectoryIssue,
    organisation: Organisation,
    verification: Verification,
    settings: Settings,
    on: date,
) -> Letter:
    """Return the letter that goes with an institution's copy."""
    return Letter(
        organ=settings.office_name,
        number=document_number(ORGAN_MARK, on.year, issue.number),
        title=str(_("关于提供授权专利企业名录（第%(number)s期）的函", number=issue.number)),
        recipient=organisation.name,
        body=[
            str(
                _(
                    "为便利金融机构了解本市企业知识产权情况，现将《%(title)s》（第%(number)s期）送上。"
                    "截至%(day)s，本期名录收录持有有效授权专利的企业%(lines)s家，"
                    "涉及有效专利%(patents)s件，其中在白名单有效期内的企业%(admitted)s家。",
                    title=issue.title,
                    number=issue.number,
                    day=long_date(issue.as_of),
                    lines=issue.lines_count,
                    patents=issue.patents_count,
                    admitted=issue.admitted_count,
                )
            ),
            *_unverified(issue),
            str(
                _(
                    "名录供贵机构开展知识产权金融服务时参考，不构成授信建议；请妥善保管，不得向第三方提供。"
                    "专利权属与质押状态以国家知识产权局登记簿为准。请登录平台签收。"
                )
            ),
        ],
        signer=settings.office_name,
        on=on,
        attachments=[
            str(_("授权专利企业名录第%(number)s期（PDF）", number=issue.number)),
            str(_("授权专利企业名录第%(number)s期及变更对照（XLSX）", number=issue.number)),
        ],
        contact=settings.office_phone,
        synthetic=issue.is_synthetic,
        verification=verification,
    )
