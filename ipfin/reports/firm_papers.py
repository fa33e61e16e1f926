"""What stands on the papers about one firm: its one-page profile and its explained score. Pure.

Decides which facts are printed and in which words; how a page looks is decided in `documents.papers`,
which figures of a score a reader may see in `whitelist.score_view`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ipfin.kernel.identifiers import PatentKind, format_credit_code
from ipfin.kernel.text import SOURCE_LOCALE, Text, _, translate
from ipfin.registry.industries import division
from ipfin.reports.firm_export import NOTES, ExportHead
from ipfin.whitelist.evidence import SheetEvidence
from ipfin.whitelist.gate_view import GateView, paper_gates
from ipfin.whitelist.patent_view import PatentLine, year_chart
from ipfin.whitelist.score_paper import paper_parts
from ipfin.whitelist.score_view import ScoreView


@dataclass(frozen=True, slots=True)
class FirmMatter:
    """What is known of a firm for a paper. `last_day` is the last of its admission, None without one.

    `declared` are figures that the firm opened to whom the paper is for: label and value; `disputed` is
    what the firm contests.
    """

    name: str
    credit_code: str
    region: str
    address: str
    industry_code: str
    established_on: date | None
    as_of: date | None
    source: str
    valid: int
    inventions: int
    utility_models: int
    designs: int
    pledged: int
    pending: int
    last_day: date | None
    patents: Sequence[PatentLine]
    patents_total: int
    by_year: Sequence[tuple[int, PatentKind | None, int]]
    disputed: Sequence[Text] = ()
    # (what, value, source, day) of what was declared or recorded; inputs of the score, so not for everybody
    declared: Sequence[tuple[Text, Text | str, Text, date]] = ()


def industry_words(code: str, locale: str = SOURCE_LOCALE) -> str:
    """Return an industry code with the words of its division: 通用设备制造业（C3489）."""
    words = division(code)
    return translate(_("%(words)s（%(code)s）", words=words, code=code), locale) if words else code


def profile_paper(
    head: ExportHead, firm: FirmMatter, view: ScoreView | None, *, locale: str = SOURCE_LOCALE
) -> dict[str, Any]:
    """Return what `documents.papers.enterprise_profile_job` prints. `view` is None where nobody may tell."""
    return {
        "name": firm.name,
        "code": firm.credit_code,
        "as_of": firm.as_of or head.at.date(),
        "facts": [
            (_("统一社会信用代码"), format_credit_code(firm.credit_code) if firm.credit_code else "—"),
            (_("区县"), firm.region or "—"),
            (_("行业"), industry_words(firm.industry_code, locale) or "—"),
            (_("成立日期"), firm.established_on.isoformat() if firm.established_on else "—"),
            (_("地址"), firm.address or "—"),
            (_("数据来源"), firm.source or "—"),
        ],
        "figures": _figures(firm),
        "grade": view.grade.value if view and firm.last_day else "",
        "grade_note": _grade_note(firm, view),
        "chart": year_chart(firm.by_year, locale=locale),
        "declared": [(label, value, source, on.isoformat()) for label, value, source, on in firm.declared],
        "patents": [_patent(line, locale) for line in firm.patents],
        "patents_total": firm.patents_total,
        "remarks": [*(_disputed(each) for each in firm.disputed), *NOTES],
        "verification": head.verification,
        "synthetic": head.synthetic,
        "watermark": head.watermark,
    }


def _disputed(item: Text) -> Text:
    return _("异议中：企业对“%(item)s”提出异议，主管部门正在核查。", item=item)


def _figures(firm: FirmMatter) -> list[dict[str, Any]]:
    pairs = (
        (_("有效专利"), firm.valid),
        (_("其中发明"), firm.inventions),
        (_("实用新型"), firm.utility_models),
        (_("外观设计"), firm.designs),
        (_("其中在押"), firm.pledged),
        (_("审中申请"), firm.pending),
    )
    return [{"label": label, "value": value, "unit": _("件")} for label, value in pairs]


def _grade_note(firm: FirmMatter, view: ScoreView | None) -> Text:
    if firm.last_day is None or view is None:
        return _("本企业不在有效白名单内。")
    return _(
        "白名单%(grade)s，评级用分%(score)s，有效期至%(day)s。",
        grade=view.grade_label,
        score=f"{view.score:.2f}",
        day=firm.last_day.isoformat(),
    )


def _patent(line: PatentLine, locale: str) -> dict[str, Any]:
    said = [line.legal_label, *line.burden_words]
    if line.years_left is not None:
        said.append(_("剩余%(years)s年", years=str(line.years_left)))
    return {
        "number": line.number,
        "title": line.title,
        "kind": line.kind_label,
        "status": line.validity_label,
        "filed_on": line.filed or "—",
        "note": " · ".join(translate(word, locale) for word in said),
    }


@dataclass(frozen=True, slots=True)
class ScoredFirm:
    """Who a score paper is about; `source` and `as_of` are those of its list of patents."""

    name: str
    credit_code: str
    region: str
    source: str
    as_of: date | None
    disputed: Sequence[Text] = ()


def score_paper(
    head: ExportHead,
    firm: ScoredFirm,
    view: ScoreView,
    evidence: SheetEvidence | None = None,
    gates: GateView | None = None,
) -> dict[str, Any]:
    """Return what `documents.papers.score_sheet_job` prints.

    `evidence` and `gates` are for the office and the firm only: conduct is not shown to others.
    """
    parts = paper_parts(view, evidence)
    as_of = firm.as_of or view.model.data_as_of
    return {
        **parts,
        "notes": [*(_disputed(each) for each in firm.disputed), *parts["notes"]],
        "enterprise": {
            "name": firm.name,
            "code": format_credit_code(firm.credit_code) if firm.credit_code else "—",
            "region": firm.region or "—",
        },
        "gates": paper_gates(gates) if gates else [],
        "sources": [{"name": firm.source or _("专利名单"), "as_of": as_of.isoformat()}],
        "verification": head.verification,
        "synthetic": head.synthetic,
        "watermark": head.watermark,
    }
