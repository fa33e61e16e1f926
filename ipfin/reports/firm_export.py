"""A filtered list of firms, or one firm's patents, as a sheet or a printed listing. Pure.

Decides the columns, what a copy says of itself (for whom, when, by which filter, how many rows) and from
how many rows on a copy is made in the background. Which firms are on the list is decided by the list's
own query, who may have it by the caller.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from ipfin.documents.letter import Verification
from ipfin.documents.listing_pdf import ListingColumn
from ipfin.documents.sheet import Column, Kind, Properties, SheetSpec, write_sheet
from ipfin.kernel.clock import in_china
from ipfin.kernel.money import yuan
from ipfin.kernel.text import SOURCE_LOCALE, Text, _, translate
from ipfin.registry.industries import division
from ipfin.reports.printed import copied_listing
from ipfin.whitelist.patent_view import FeeLine, PatentLine

ROWS_AT_ONCE: Final = 2_000  # more are made in the background: a page must answer within a second or two


class ExportFormat(StrEnum):
    """The kind of file (格式)."""

    XLSX = "xlsx"  # 电子表格
    PDF = "pdf"  # 打印版


FORMAT_LABELS: Final[Mapping[ExportFormat, Text]] = {
    ExportFormat.XLSX: _("Excel表格（XLSX）"),
    ExportFormat.PDF: _("打印版（PDF）"),
}
MEDIA_TYPES: Final[Mapping[ExportFormat, str]] = {
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportFormat.PDF: "application/pdf",
}


class ExportPurpose(StrEnum):
    """What a copy is for (用途); written on it and into the log."""

    CUSTOMERS = "customers"  # 筛选拟对接企业
    DUE_DILIGENCE = "due_diligence"  # 贷前、承保前了解
    EVENT = "event"  # 对接会准备
    RISK = "risk"  # 贷后与风险管理
    VISIT = "visit"  # 入企服务
    REPORT = "report"  # 汇报与上报
    STATISTICS = "statistics"  # 内部统计


PURPOSE_LABELS: Final[Mapping[ExportPurpose, Text]] = {
    ExportPurpose.CUSTOMERS: _("筛选拟对接企业"),
    ExportPurpose.DUE_DILIGENCE: _("贷前或承保前了解"),
    ExportPurpose.EVENT: _("对接会准备"),
    ExportPurpose.RISK: _("贷后与风险管理"),
    ExportPurpose.VISIT: _("入企服务"),
    ExportPurpose.REPORT: _("汇报与上报"),
    ExportPurpose.STATISTICS: _("内部统计分析"),
}
INSTITUTION_PURPOSES: Final = (
    ExportPurpose.CUSTOMERS,
    ExportPurpose.DUE_DILIGENCE,
    ExportPurpose.EVENT,
    ExportPurpose.RISK,
    ExportPurpose.STATISTICS,
)
OFFICE_PURPOSES: Final = (
    ExportPurpose.VISIT,
    ExportPurpose.EVENT,
    ExportPurpose.REPORT,
    ExportPurpose.STATISTICS,
)


@dataclass(frozen=True, slots=True)
class FirmLine:
    """One firm of a copy. `score_e4` and `last_day` (of the admission) are None off the whitelist.

    `declared` are the figures that the firm opened to the recipient, None where it opened none, and
    `disputed` what of it the firm contests.
    """

    name: str
    credit_code: str
    region: str
    industry_code: str
    valid: int
    inventions: int
    utility_models: int
    designs: int
    pledged: int
    grade: str
    score_e4: int | None
    last_day: date | None
    as_of: date | None
    declared: Mapping[str, str] | None = None
    disputed: Sequence[Text] = ()


@dataclass(frozen=True, slots=True)
class _Field:
    """One column: its header, its kind and width on a sheet, its share of a printed page (0: sheet only)."""

    name: str
    header: Text
    kind: Kind
    width: float
    share: float
    align: str = "left"


FIELDS: Final = (
    _Field("name", _("企业名称"), Kind.TEXT, 34, 3.0),
    _Field("credit_code", _("统一社会信用代码"), Kind.TEXT, 21, 1.9),
    _Field("region", _("区县"), Kind.TEXT, 12, 1.1),
    _Field("industry", _("行业"), Kind.TEXT, 24, 1.8),
    _Field("valid", _("有效专利"), Kind.INTEGER, 10, 0.8, "right"),
    _Field("inventions", _("其中发明"), Kind.INTEGER, 10, 1.0, "right"),
    _Field("utility_models", _("实用新型"), Kind.INTEGER, 10, 0, "right"),
    _Field("designs", _("外观设计"), Kind.INTEGER, 10, 0, "right"),
    _Field("pledged", _("其中在押"), Kind.INTEGER, 10, 0.8, "right"),
    _Field("grade", _("等级"), Kind.TEXT, 8, 0.6, "center"),
    _Field("score", _("评分"), Kind.DECIMAL, 9, 0.8, "right"),
    _Field("last_day", _("白名单有效期至"), Kind.TEXT, 14, 1.3, "center"),
    _Field("as_of", _("数据日期"), Kind.TEXT, 12, 1.1, "center"),
)
"""The fields of a copy. All of them stand on the list's page; none was declared by a firm."""
DECLARED_FIELDS: Final = (
    _Field("rd_share_bp", _("研发费用占营业收入"), Kind.TEXT, 14, 0, "right"),
    _Field("tax_credit", _("纳税信用级别"), Kind.TEXT, 12, 0, "center"),
    _Field("revenue_growth_bp", _("营业收入增长（两年平均）"), Kind.TEXT, 16, 0, "right"),
    _Field("pledge_history", _("质押融资记录"), Kind.TEXT, 14, 0, "center"),
)
"""What firms declared: on a sheet for an institution to which at least one firm opened it."""
DISPUTED: Final = _("异议中的事项")
NOT_OPENED: Final = _("未授权")
OPENED_NOTE: Final = _("申报的经营指标由企业授权本机构用于所列用途；企业撤回授权后，本文件不能再次下载。")


@dataclass(frozen=True, slots=True)
class ExportHead:
    """What a copy says of itself.

    `filters` are (label, value) of everything the list was narrowed to, `at` the instant of making.
    """

    title: Text
    organ: str
    organisation: str
    person: str
    at: datetime
    purpose: Text
    filters: Sequence[tuple[str, str]]
    rows: int
    as_of: date | None
    verification: Verification
    synthetic: bool = False

    @property
    def watermark(self) -> str:
        """Institution, person, time, number: on every page of the copy."""
        stamp = f"{in_china(self.at):%Y-%m-%d %H:%M}"
        return f"{self.organisation} · {self.person} · {stamp} · {self.verification.code}"

    @property
    def facts(self) -> list[tuple[str, str]]:
        """Label and value of what a reader must know to read the copy."""
        return [
            (_("导出机构"), self.organisation),
            (_("导出人"), self.person),
            (_("导出时间"), f"{in_china(self.at):%Y-%m-%d %H:%M}"),
            (_("用途"), self.purpose),
            (_("筛选条件"), _filters_in_words(self.filters)),
            (_("行数"), str(self.rows)),
            (_("数据截至"), self.as_of.isoformat() if self.as_of else "—"),
        ]


NOTES: Final = (
    _("质押为权利负担的现状，不影响专利有效；放贷前请以国家知识产权局登记簿副本为准。"),
    _("评分为专家评分卡结果，非违约概率，不构成授信建议；不得向第三方提供。"),
)
FEE_NOTE: Final = _(
    "年费应缴日按申请日推算，逢休息日顺延；金额为全额，获准减缴的更少。名单只说明专利是否有效，不说明已缴过哪些费用。"
)
_SYNTHETIC: Final = _("演示数据：企业、专利、人员与金额均为合成，不对应任何真实主体。")


def _filters_in_words(filters: Sequence[tuple[str, str]]) -> str:
    if not filters:
        return _("无（全部）")
    sentence: str = _pair(filters[0])
    for each in filters[1:]:
        sentence = _("%(before)s；%(next)s", before=sentence, next=_pair(each))
    return sentence


def _pair(pair: tuple[str, str]) -> Text:
    return _("%(label)s：%(value)s", label=pair[0], value=pair[1])


def _cells(line: FirmLine) -> dict[str, Any]:
    words = division(line.industry_code)
    score = None if line.score_e4 is None else Decimal(line.score_e4 // 100) / 100  # cut, as on the page
    return {
        "name": line.name,
        "credit_code": line.credit_code,
        "region": line.region,
        "industry": words or line.industry_code,
        "valid": line.valid,
        "inventions": line.inventions,
        "utility_models": line.utility_models,
        "designs": line.designs,
        "pledged": line.pledged,
        "grade": line.grade,
        "score": score,
        "last_day": line.last_day.isoformat() if line.last_day else None,
        "as_of": line.as_of.isoformat() if line.as_of else None,
    }


def firm_sheet(
    head: ExportHead, lines: Sequence[FirmLine], *, with_declared: bool = False, locale: str = SOURCE_LOCALE
) -> bytes:
    """Return the list as XLSX, with what firms contest where one does.

    Args:
        with_declared: also what firms declared, where they opened it to the recipient.
    """
    fields, notes = [*FIELDS], [*NOTES]
    if with_declared:
        fields += DECLARED_FIELDS
        notes.append(OPENED_NOTE)
    columns = [Column(field.header, field.kind, field.width) for field in fields]
    with_disputed = any(line.disputed for line in lines)
    if with_disputed:
        columns.append(Column(DISPUTED, Kind.TEXT, 24))

    def cells_of(line: FirmLine) -> list[Any]:
        cells = _cells(line)
        return [
            *(cells[field.name] for field in FIELDS),
            *(_declared_cells(line) if with_declared else ()),
            *([_several(line.disputed, locale)] if with_disputed else ()),
        ]

    return copied_sheet(head, columns, map(cells_of, lines), notes, locale)


def _several(words: Iterable[Text], locale: str) -> str:
    return "；".join(translate(word, locale) for word in words)


def _declared_cells(line: FirmLine) -> list[Any]:
    if line.declared is None:
        return [NOT_OPENED] * len(DECLARED_FIELDS)
    return [line.declared.get(field.name) for field in DECLARED_FIELDS]


def firm_listing(
    head: ExportHead, lines: Iterable[FirmLine], *, font_cache: Path, locale: str = SOURCE_LOCALE
) -> bytes:
    """Return the list as a printed listing; `font_cache` is a folder that is kept."""
    printed = [field for field in FIELDS if field.share]
    columns = [
        ListingColumn(_("序号"), 0.5, "right"),
        *(ListingColumn(f.header, f.share, f.align) for f in printed),
    ]
    rows = (
        [place, *(_printed(cells[field.name], locale) for field in printed)]
        for place, cells in enumerate(map(_marked_cells, lines), start=1)
    )
    return copied_listing(head, columns, rows, NOTES, font_cache=font_cache, locale=locale)


def _marked_cells(line: FirmLine) -> dict[str, Any]:
    cells = _cells(line)
    if line.disputed:
        cells["name"] = _("%(name)s（异议中）", name=line.name)
    return cells


def _printed(value: Any, locale: str) -> str:
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return "—" if value in (None, "") else translate(str(value) if isinstance(value, int) else value, locale)


PATENT_COLUMNS: Final = (
    Column(_("申请号"), Kind.TEXT, 19),
    Column(_("公开（公告）号"), Kind.TEXT, 16),
    Column(_("专利名称"), Kind.TEXT, 46),
    Column(_("类型"), Kind.TEXT, 10),
    Column(_("申请日（年）"), Kind.TEXT, 12),
    Column(_("授权日"), Kind.TEXT, 12),
    Column(_("有效性"), Kind.TEXT, 8),
    Column(_("法律状态"), Kind.TEXT, 14),
    Column(_("权利负担"), Kind.TEXT, 22),
    Column(_("保护期至"), Kind.TEXT, 12),
    Column(_("剩余年限"), Kind.DECIMAL, 10, 1),
    Column(_("下次年费应缴日"), Kind.TEXT, 14),
    Column(_("下次年费全额（元）"), Kind.DECIMAL, 16, 0),
    Column(_("维持状态（推算）"), Kind.TEXT, 22),
    Column(_("已到期年费可补缴至"), Kind.TEXT, 16),
    Column(_("不予质押登记情形"), Kind.TEXT, 40),
    Column(_("数据日期"), Kind.TEXT, 12),
)


def patent_sheet(head: ExportHead, lines: Iterable[PatentLine], *, locale: str = SOURCE_LOCALE) -> bytes:
    """Return a firm's patents as XLSX."""
    rows = (_patent_row(line, locale) for line in lines)
    return copied_sheet(head, PATENT_COLUMNS, rows, (NOTES[0], FEE_NOTE), locale)


def _whole_yuan(fee: FeeLine | None) -> Decimal | None:
    return None if fee is None or fee.amount_fen is None else yuan(fee.amount_fen)


def _patent_row(line: PatentLine, locale: str) -> list[Any]:
    def several(words: Iterable[str]) -> str:
        return "；".join(translate(word, locale) for word in words)

    return [
        line.number,
        line.publication_number,
        line.title,
        line.kind_label,
        line.filed,
        line.granted_on.isoformat() if line.granted_on else None,
        line.validity_label,
        line.legal_label,
        several(line.burden_words),
        line.last_day.isoformat() if line.last_day else None,
        line.years_left,
        line.next_fee.due_on.isoformat() if line.next_fee else None,
        _whole_yuan(line.next_fee),
        line.upkeep_label,
        line.pending_fee.last_day.isoformat() if line.pending_fee else None,
        several(ground.label for ground in line.grounds),
        line.as_of.isoformat(),
    ]


def copied_sheet(
    head: ExportHead,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Any]],
    notes: Sequence[Text],
    locale: str,
) -> bytes:
    """Return a table as XLSX with everything that a copy says of itself: every sheet of a copy is this."""
    intro: list[str] = [_pair(fact) for fact in head.facts]
    intro += notes
    check = head.verification
    intro.append(_("核验码%(code)s，核验网址%(url)s", code=check.code, url=check.url))
    if head.synthetic:
        intro.append(_SYNTHETIC)
    spec = SheetSpec(head.title, columns, rows, heading=head.title, intro=intro, watermark=head.watermark)
    properties = Properties(
        title=translate(head.title, locale),
        creator=head.organisation,
        subject=head.watermark,
        watermark_id=check.code,
        created_at=head.at,
    )
    target = io.BytesIO()
    write_sheet(target, [spec], properties=properties, locale=locale)
    return target.getvalue()
