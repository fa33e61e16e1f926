"""What about a firm can be contested, and what a wanted value must look like. Pure.

Decides the items, how a wanted value is read, and whether accepting it writes a fact by itself. How the
request proceeds is decided in `rules`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Final

from ipfin.kernel.errors import BadInput
from ipfin.kernel.identifiers import parse_application_number, parse_credit_code
from ipfin.kernel.text import Text, _
from ipfin.lists.amounts import parse_capital
from ipfin.registry.fact_kinds import BETWEEN_NAMES, capital_words
from ipfin.registry.industries import division
from ipfin.registry.pledge_grounds import PledgeFlag
from ipfin.whitelist.facts import PLEDGE_HISTORY_LABELS, TITLE_LABELS, PledgeHistory, TaxCredit, Title
from ipfin.whitelist.gates import PLEDGE_FLAG_LABELS
from ipfin.whitelist.patent_flags import CONTESTABLE


class Item(StrEnum):
    """What is contested (异议事项)."""

    NAME = "name"  # 企业名称
    CREDIT_CODE = "credit_code"  # 统一社会信用代码
    ADDRESS = "address"  # 地址
    INDUSTRY = "industry_code"  # 行业
    ESTABLISHED = "established_on"  # 成立日期
    PATENT_NOT_OURS = "patent_not_ours"  # 不是本企业的专利
    PATENT_MISSING = "patent_missing"  # 漏列本企业的专利
    PATENT_STATUS = "patent_status"  # 专利状态
    PATENT_FLAG = "patent_flag"  # 质押登记情形
    PRODUCT_FILINGS = "product_filings"  # 专利产品备案
    LICENCES_OUT = "licences_out"  # 许可与转让登记
    FOREIGN_JURISDICTIONS = "foreign_jurisdictions"  # 境外布局
    TITLE = "title"  # 企业资质
    RD_SHARE = "rd_share_bp"  # 研发费用占营业收入
    TAX_CREDIT = "tax_credit"  # 纳税信用级别
    REVENUE_GROWTH = "revenue_growth_bp"  # 营业收入增长
    PLEDGE_HISTORY = "pledge_history"  # 质押融资记录
    LEGAL_FORM = "legal_form"  # 企业类型
    OPERATING_STATUS = "operating_status"  # 经营状态
    REGISTERED_CAPITAL = "registered_capital"  # 注册资本
    FORMER_NAMES = "former_names"  # 曾用名
    CONDUCT = "conduct"  # 负面记录
    SCORE = "score"  # 评分


ITEM_LABELS: Final[Mapping[Item, Text]] = {
    Item.NAME: _("企业名称"),
    Item.CREDIT_CODE: _("统一社会信用代码"),
    Item.ADDRESS: _("地址"),
    Item.INDUSTRY: _("行业"),
    Item.ESTABLISHED: _("成立日期"),
    Item.PATENT_NOT_OURS: _("专利不属于本企业"),
    Item.PATENT_MISSING: _("漏列本企业的专利"),
    Item.PATENT_STATUS: _("专利状态"),
    Item.PATENT_FLAG: _("质押登记情形"),
    Item.PRODUCT_FILINGS: _("专利产品备案"),
    Item.LICENCES_OUT: _("许可与转让登记"),
    Item.FOREIGN_JURISDICTIONS: _("境外布局"),
    Item.TITLE: _("企业资质"),
    Item.RD_SHARE: _("研发费用占营业收入"),
    Item.TAX_CREDIT: _("纳税信用级别"),
    Item.REVENUE_GROWTH: _("营业收入增长（两年平均）"),
    Item.PLEDGE_HISTORY: _("质押融资记录"),
    Item.LEGAL_FORM: _("企业类型"),
    Item.OPERATING_STATUS: _("经营状态"),
    Item.REGISTERED_CAPITAL: _("注册资本"),
    Item.FORMER_NAMES: _("曾用名"),
    Item.CONDUCT: _("负面记录"),
    Item.SCORE: _("评分"),
}

FIRM_ITEMS: Final = frozenset({Item.NAME, Item.CREDIT_CODE, Item.ADDRESS, Item.INDUSTRY, Item.ESTABLISHED})
PATENT_ITEMS: Final = frozenset(
    {Item.PATENT_NOT_OURS, Item.PATENT_MISSING, Item.PATENT_STATUS, Item.PATENT_FLAG}
)
SCORED_ITEMS: Final = frozenset(
    {
        Item.PRODUCT_FILINGS,
        Item.LICENCES_OUT,
        Item.FOREIGN_JURISDICTIONS,
        Item.TITLE,
        Item.RD_SHARE,
        Item.TAX_CREDIT,
        Item.REVENUE_GROWTH,
        Item.PLEDGE_HISTORY,
    }
)
"""Facts that a scorecard reads."""
DECLARED_ITEMS: Final = SCORED_ITEMS | {Item.PATENT_FLAG}
"""Where nothing stood of these, the firm declares or proves something and contests nothing."""
ITEM_OF_INDICATOR: Final[Mapping[str, Item]] = {
    "L4": Item.PATENT_FLAG,
    **dict.fromkeys(("L1", "L2", "L3", "T1", "T2", "T3", "T4", "T5"), Item.PATENT_STATUS),
    "M1": Item.PRODUCT_FILINGS,
    "M2": Item.LICENCES_OUT,
    "M3": Item.FOREIGN_JURISDICTIONS,
    "M4": Item.TITLE,
    "M5": Item.RD_SHARE,
    "C1": Item.ESTABLISHED,
    "C2": Item.TAX_CREDIT,
    "C3": Item.REVENUE_GROWTH,
    "C4": Item.PLEDGE_HISTORY,
}
"""What a firm declares or contests when it declares or contests a line of its score."""
REGISTER_ITEMS: Final = frozenset(
    {Item.LEGAL_FORM, Item.OPERATING_STATUS, Item.REGISTERED_CAPITAL, Item.FORMER_NAMES}
)
"""Facts that a business register told; no score rests on them."""
FACT_ITEMS: Final = SCORED_ITEMS | REGISTER_ITEMS
SETTLED_ELSEWHERE: Final = frozenset({Item.PATENT_STATUS, Item.CONDUCT, Item.SCORE})
"""Accepting these writes nothing by itself: the office corrects the list, the register or the score first."""

_COUNTS: Final = frozenset({Item.PRODUCT_FILINGS, Item.LICENCES_OUT, Item.FOREIGN_JURISDICTIONS})
_PERCENTS: Final = frozenset({Item.RD_SHARE, Item.REVENUE_GROWTH})
_LONGEST: Final = {
    Item.NAME: 200, Item.ADDRESS: 300, Item.LEGAL_FORM: 200, Item.OPERATING_STATUS: 200,
}  # fmt: skip
_MOST: Final = 100_000


def wanted_value(item: Item, typed: str) -> str:
    """Return the value that the firm wants to see, as it is kept.

    Percentages are kept in basis points, days as ISO days, words by the word of the list, capital as
    hundredths and the currency's code.

    Raises:
        BadInput: it is no such value; the sentence says what one looks like.
    """
    said = " ".join(typed.split())
    if not said:
        raise BadInput(_("请填写应当是什么。"), field="wanted")
    if item in _COUNTS:
        return _count(said)
    if item in _PERCENTS:
        return _percent(said)
    read = _READERS.get(item)
    return read(said) if read else _text(said, _LONGEST.get(item, 300))


def _text(said: str, longest: int) -> str:
    if len(said) > longest:
        raise BadInput(_("不超过%(most)s个字。", most=longest), field="wanted")
    return said


def _count(said: str) -> str:
    if not said.isdecimal() or len(said) > 6 or int(said) > _MOST:
        raise BadInput(_("请填写0至%(most)s之间的整数。", most=f"{_MOST:,}"), field="wanted")
    return str(int(said))


def _percent(said: str) -> str:
    try:
        value = Decimal(said.rstrip("%％").strip())
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or not -1000 <= value <= 1000:
        raise BadInput(_("请填写百分数，例如 5.2。"), field="wanted")
    return str(int((value * 100).to_integral_value()))


def _code(said: str) -> str:
    return parse_credit_code(said).value


def _industry(said: str) -> str:
    if division(said) is None or len(said) > 12:
        raise BadInput(_("请填写国民经济行业代码，例如 C3489。"), field="wanted")
    return said.upper()


def _day(said: str) -> str:
    try:
        day = date.fromisoformat(said)
    except ValueError:
        raise BadInput(_("请填写日期，格式如 2026-03-05。"), field="wanted") from None
    if not 1900 <= day.year <= 2100:
        raise BadInput(_("请填写日期，格式如 2026-03-05。"), field="wanted")
    return day.isoformat()


def _patent(said: str) -> str:
    return parse_application_number(said).canonical


def _tax(said: str) -> str:
    if said.upper() not in set(TaxCredit):
        raise BadInput(_("请填写A、B、M、C或D。"), field="wanted")
    return said.upper()


def _title(said: str) -> str:
    for title, label in TITLE_LABELS.items():
        if said in (title.value, str(label)):
            return title.value
    every = "、".join(TITLE_LABELS[each] for each in Title)
    raise BadInput(_("请填写以下之一：%(titles)s。", titles=every), field="wanted")


def _history(said: str) -> str:
    for state, label in PLEDGE_HISTORY_LABELS.items():
        if said in (state.value, str(label)):
            return state.value
    raise BadInput(
        _(
            "请填写以下之一：%(states)s。",
            states="、".join(PLEDGE_HISTORY_LABELS[each] for each in PledgeHistory),
        ),
        field="wanted",
    )


def _capital(said: str) -> str:
    capital = parse_capital(said)
    if capital is None:
        raise BadInput(_("请填写金额和单位，例如 500万元人民币。"), field="wanted")
    return f"{capital.amount} {capital.currency}"


def _names(said: str) -> str:
    names = BETWEEN_NAMES.join(dict.fromkeys(filter(None, map(str.strip, re.split("[；;、]", said)))))
    if not names:
        raise BadInput(_("请填写应当是什么。"), field="wanted")
    return _text(names, 200)


_READERS: Final = {
    Item.REGISTERED_CAPITAL: _capital,
    Item.FORMER_NAMES: _names,
    Item.CREDIT_CODE: _code,
    Item.INDUSTRY: _industry,
    Item.ESTABLISHED: _day,
    Item.PATENT_NOT_OURS: _patent,
    Item.PATENT_MISSING: _patent,
    Item.TAX_CREDIT: _tax,
    Item.TITLE: _title,
    Item.PLEDGE_HISTORY: _history,
}


def wanted_ground(typed: str) -> PledgeFlag:
    """Return the refusal ground that a request is about.

    Raises:
        BadInput: none was named, or one about which a firm is not heard here.
    """
    if typed not in set(PledgeFlag) or PledgeFlag(typed) not in CONTESTABLE:
        raise BadInput(_("请选择是哪一种质押登记情形。"), field="ground")
    return PledgeFlag(typed)


def shown_value(item: Item, kept: str) -> str:
    """Return a kept value as people read it; a label can be translated, a dash stands for nothing."""
    if not kept:
        return "—"
    if item in _PERCENTS:
        return f"{Decimal(kept) / 100:.2f}%"
    if item in _COUNTS:
        return str(int(Decimal(kept)))
    if item is Item.PATENT_FLAG and kept in set(PledgeFlag):
        return _("没有此情形：%(what)s", what=PLEDGE_FLAG_LABELS[PledgeFlag(kept)])
    if item is Item.TITLE:
        return TITLE_LABELS[Title(kept)] if kept in set(Title) else kept
    if item is Item.REGISTERED_CAPITAL:
        amount, _space, currency = kept.partition(" ")
        return capital_words(Decimal(amount), currency)
    if item is Item.PLEDGE_HISTORY:
        return PLEDGE_HISTORY_LABELS[PledgeHistory(kept)]
    return kept
