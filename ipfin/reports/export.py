"""The files of a directory issue for one institution: sheet, printed listing, cover letter (函).

Decides what stands on each and in which order. All three carry the institution's name, the issue's
number and a code by which anyone can verify them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from ipfin.accounts.models import Organisation
from ipfin.config import Settings
from ipfin.documents.drawn_rows import DrawnRows
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
from ipfin.reports.columns import CHANGE_COLUMNS, LOOKS, CopyFields, change_rows, sheet_row
from ipfin.reports.directory import Line, LineChange
from ipfin.reports.models import DirectoryIssue
from ipfin.reports.service import Package
from ipfin.reports.tiers import FIELD_LABELS, FIELDS, TIER_GROUNDS, TIER_LABELS, FieldTier, as_seen

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = "application/pdf"
# Until the office enters its own mark (发文机关代字) the number says that it is a sample.
ORGAN_MARK = "样函"


@dataclass(frozen=True, slots=True)
class MadeFile:
    """One finished file, not yet issued: what it is, its name, where its bytes lie, the code on it."""

    kind: DocumentKind
    title: str
    filename: str
    media_type: str
    path: Path
    verify_code: str


@dataclass(frozen=True, slots=True)
class IssueMatter:
    """What every copy of an issue is made of. `lines` can be read again and again."""

    issue: DirectoryIssue
    lines: Iterable[Line]
    scope: Sequence[Text] = ()  # IssueScope.in_words


@dataclass(frozen=True, slots=True)
class CopyFor:
    """One recipient's copy: how much it holds of each firm, and which firms opened their declared data."""

    organisation: Organisation
    tier: FieldTier = FieldTier.GRADED
    consented: frozenset[int] = frozenset()  # of the firms of the issue

    @property
    def fields(self) -> CopyFields:
        """The fields that the copy has."""
        return CopyFields(self.tier, bool(self.consented))

    def lines(self, matter: IssueMatter) -> Iterator[Line]:
        """Yield the lines as the recipient may see them."""
        for line in matter.lines:
            yield as_seen(line, self.tier, has_consented=line.enterprise_id in self.consented)


def make_files(
    matter: IssueMatter,
    copy: CopyFor,
    folder: Path,
    *,
    settings: Settings,
    typesetter: Typesetter,
    on: date,
    drawn: DrawnRows | None = None,
) -> list[MadeFile]:
    """Make one institution's three files in `folder`. Takes seconds and no lock: nothing is written else.

    Args:
        drawn: what the copies of one issue share.
    """
    made: list[MadeFile] = []
    issue, mark = matter.issue, _watermark(copy.organisation, matter.issue)
    for kind, title in _TITLES.items():
        code = new_verify_code()
        check = Verification(code, f"{settings.public_url}/verify/{code}")
        target = folder / code
        if kind is DocumentKind.DIRECTORY_SHEET:
            write_issue_sheet(target, matter, copy, check, mark, now=now_utc())
        elif kind is DocumentKind.DIRECTORY_LISTING:
            write_issue_listing(target, matter, copy, check, mark, settings, drawn)
        else:
            letter = cover_letter(matter, copy, check, settings, on)
            target.write_bytes(typesetter.render(letter_job(letter)).content)
        made.append(_made(kind, title, issue, copy.organisation, settings, on, target, code))
    return made


def _made(
    kind: DocumentKind,
    title: Text,
    issue: DirectoryIssue,
    organisation: Organisation,
    settings: Settings,
    on: date,
    path: Path,
    code: str,
) -> MadeFile:
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
    return MadeFile(kind, full_title, name, XLSX if is_sheet else PDF, path, code)


def issue_files(
    session: Session,
    actor: Actor,
    issue: DirectoryIssue,
    copy: CopyFor,
    files: Sequence[MadeFile],
    *,
    settings: Settings,
) -> Package:
    """Issue one institution's finished files as documents."""
    organisation = copy.organisation
    documents = {
        made.kind: issue_document(
            session,
            actor,
            kind=made.kind,
            title=made.title,
            filename=made.filename,
            content=made.path.read_bytes(),
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
        tier=copy.tier,
        consented_ids=tuple(sorted(copy.consented)),
    )


_TITLES: Mapping[DocumentKind, Text] = {
    DocumentKind.DIRECTORY_SHEET: _("授权专利企业名录表"),
    DocumentKind.DIRECTORY_LISTING: _("授权专利企业名录"),
    DocumentKind.COVER_LETTER: _("名录送达函"),
}


def _watermark(organisation: Organisation, issue: DirectoryIssue) -> str:
    instant = in_china(now_utc())
    return f"{organisation.name} · {_('名录第%(number)s期', number=issue.number)} · {instant:%Y-%m-%d %H:%M}"


def _intro(matter: IssueMatter, copy: CopyFor, verification: Verification) -> list[str]:
    issue = matter.issue
    sentences: list[str] = [
        _(
            "编制日%(day)s；共%(lines)s家企业，有效专利%(patents)s件，其中白名单企业%(admitted)s家。",
            day=issue.as_of.isoformat(),
            lines=issue.lines_count,
            patents=issue.patents_count,
            admitted=issue.admitted_count,
        ),
        *_notes(matter, copy),
        _("核验码%(code)s，核验网址%(url)s", code=verification.code, url=verification.url),
    ]
    if issue.is_synthetic:
        sentences.append(_("演示数据：企业、专利、人员与金额均为合成，不对应任何真实主体。"))
    return sentences


def _notes(matter: IssueMatter, copy: CopyFor) -> list[str]:
    """Return what is said of scope, fields and figures under the heading of every copy."""
    return [
        *_scope(matter),
        *_consents(matter.issue, copy),
        *_unverified(matter.issue),
        str(_("质押为权利负担的现状，不影响专利有效；放贷前请以国家知识产权局登记簿副本为准。")),
    ]


def _scope(matter: IssueMatter) -> list[str]:
    what = "；".join(str(sentence) for sentence in matter.scope)
    return [str(_("本期收录范围：%(what)s。", what=what))] if what else []


def _consents(issue: DirectoryIssue, copy: CopyFor) -> list[str]:
    if copy.tier is not FieldTier.CONSENTED:
        return [str(_("本件字段等级：%(tier)s。", tier=TIER_LABELS[copy.tier]))]
    sentence = _(
        "企业授权贵机构查看申报数据的%(with)s家，未授权的%(without)s家只列基本字段和白名单等级。",
        **{"with": len(copy.consented), "without": issue.lines_count - len(copy.consented)},
    )
    return [str(sentence)]


def write_issue_sheet(
    target: Path,
    matter: IssueMatter,
    copy: CopyFor,
    verification: Verification,
    mark: str,
    *,
    now: datetime,
) -> None:
    """Write the issue as XLSX: the directory, what changed since the last issue, the tier of each field."""
    issue, keys = matter.issue, copy.fields.keys
    heading = _("%(title)s（第%(number)s期）", title=issue.title, number=issue.number)
    columns = [Column(FIELD_LABELS[key], LOOKS[key].kind, LOOKS[key].width) for key in keys]
    sheets = [
        SheetSpec(
            _("名录"),
            [Column(_("序号"), Kind.INTEGER, 7), *columns],
            (sheet_row(line, keys) for line in copy.lines(matter) if line.change is not LineChange.LEFT),
            heading=heading,
            intro=_intro(matter, copy, verification),
            watermark=mark,
        ),
        SheetSpec(
            _("变更对照"),
            [Column(header, Kind.TEXT, width) for header, width in CHANGE_COLUMNS],
            (row for line in copy.lines(matter) for row in change_rows(line)),
            heading=_compared(issue),
            watermark=mark,
        ),
        SheetSpec(
            _("字段说明"),
            [
                Column(_("字段"), Kind.TEXT, 20),
                Column(_("等级"), Kind.TEXT, 14),
                Column(_("依据"), Kind.TEXT, 50),
            ],
            [
                [field.header, TIER_LABELS[field.tier], TIER_GROUNDS[field.tier]]
                for field in FIELDS
                if field.key in keys
            ],
            watermark=mark,
            filters=False,
        ),
    ]
    properties = Properties(title=heading, subject=mark, watermark_id=verification.code, created_at=now)
    write_sheet(target, sheets, properties=properties)


def _compared(issue: DirectoryIssue) -> str:
    if issue.compared_with is None:
        return _("首期名录，没有可比的上一期")
    return _("与第%(number)s期相比的变化", number=issue.compared_with)


def write_issue_listing(
    target: Path,
    matter: IssueMatter,
    copy: CopyFor,
    verification: Verification,
    mark: str,
    settings: Settings,
    drawn: DrawnRows | None,
) -> None:
    """Write the issue as a printed listing."""
    issue, keys = matter.issue, copy.fields.printed
    looks = [(FIELD_LABELS[key], LOOKS[key]) for key in keys]
    listing = Listing(
        title=issue.title,
        columns=[
            ListingColumn(_("序号"), 0.6, "right"),
            *(ListingColumn(header, look.share, look.align) for header, look in looks),
        ],
        rows=(
            [line.position, *(_printed(line.facts.get(key)) for key in keys)]
            for line in copy.lines(matter)
            if line.change is not LineChange.LEFT
        ),
        organ=settings.office_name,
        number=str(_("第%(number)s期", number=issue.number)),
        facts=[
            (_("编制日"), issue.as_of.isoformat()),
            (_("企业"), str(issue.lines_count)),
            (_("有效专利"), str(issue.patents_count)),
            (_("白名单企业"), str(issue.admitted_count)),
        ],
        notes=_notes(matter, copy),
        watermark=mark,
        verification=verification,
        synthetic=issue.is_synthetic,
    )
    settings.font_cache_dir.mkdir(parents=True, exist_ok=True)
    write_listing(target, listing, font_cache=settings.font_cache_dir, drawn=drawn)


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
    matter: IssueMatter,
    copy: CopyFor,
    verification: Verification,
    settings: Settings,
    on: date,
) -> Letter:
    """Return the letter that goes with an institution's copy."""
    issue, organisation = matter.issue, copy.organisation
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
            *_scope(matter),
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
