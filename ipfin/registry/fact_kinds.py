"""The kinds of dated facts of a firm, and where they come from. Pure.

Decides the words only; what a fact means for a score is decided in `whitelist`.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum

from ipfin.kernel.text import Text, _


class FactKind(StrEnum):
    """A dated fact of an enterprise that a scorecard reads (企业事实)."""

    PRODUCT_FILINGS = "product_filings"  # 专利产品备案件数
    LICENCES_OUT = "licences_out"  # 许可、转让、开放许可登记次数
    FOREIGN_JURISDICTIONS = "foreign_jurisdictions"  # 同族布局的境外法域数
    TITLE = "title"  # 资质称号
    RD_SHARE_BP = "rd_share_bp"  # 研发费用占营业收入比（基点）
    TAX_CREDIT = "tax_credit"  # 纳税信用等级
    REVENUE_GROWTH_BP = "revenue_growth_bp"  # 营业收入增长率两年平均（基点）
    PLEDGE_HISTORY = "pledge_history"  # 质押融资履约记录
    LEGAL_FORM = "legal_form"  # 企业类型
    OPERATING_STATUS = "operating_status"  # 经营状态
    REGISTERED_CAPITAL = "registered_capital"  # 注册资本（分，币种在 word）
    FORMER_NAMES = "former_names"  # 曾用名


BETWEEN_NAMES = "；"
"""What parts the names in the word of a FORMER_NAMES fact."""

FACT_KIND_LABELS: Mapping[FactKind, Text] = {
    FactKind.PRODUCT_FILINGS: _("专利产品备案"),
    FactKind.LICENCES_OUT: _("许可与转让登记"),
    FactKind.FOREIGN_JURISDICTIONS: _("境外布局"),
    FactKind.TITLE: _("企业资质"),
    FactKind.RD_SHARE_BP: _("研发费用占营业收入"),
    FactKind.TAX_CREDIT: _("纳税信用级别"),
    FactKind.REVENUE_GROWTH_BP: _("营业收入增长（两年平均）"),
    FactKind.PLEDGE_HISTORY: _("质押融资记录"),
    FactKind.LEGAL_FORM: _("企业类型"),
    FactKind.OPERATING_STATUS: _("经营状态"),
    FactKind.REGISTERED_CAPITAL: _("注册资本"),
    FactKind.FORMER_NAMES: _("曾用名"),
}


def capital_words(fen: Decimal, currency: str) -> str:
    """Return a REGISTERED_CAPITAL as people read it: `5,000,000 CNY` for hundredths and a currency's code."""
    return f"{fen / 100:,.2f}".removesuffix(".00") + f" {currency}"


class FactSource(StrEnum):
    """Where a fact comes from (来源)."""

    LIST = "list"  # 名单导入
    DECLARED = "declared"  # 企业申报
    OFFICE = "office"  # 主管部门登记
    CORRECTION = "correction"  # 更正申请核实
