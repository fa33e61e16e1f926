"""The columns of a list of financing outcomes, and what its title tells. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import Text, _
from ipfin.lists.firm_fields import CREDIT_CODE, FURNITURE, NAME, is_day
from ipfin.lists.shape import Answer, Field, Question, Shape
from ipfin.outcomes.rules import KIND_LABELS, OutcomeKind
from ipfin.registry.list_kinds import ListKind
from ipfin.registry.values import clean_text, shown

_WORDS: Final[tuple[tuple[OutcomeKind, tuple[str, ...]], ...]] = (
    (OutcomeKind.COMPENSATED, ("代偿",)),
    (OutcomeKind.OVERDUE90, ("逾期90", "逾期九十", "逾期超过90", "逾期3个月", "逾期三个月")),
    (OutcomeKind.LOAN_GRANTED, ("放款", "已发放", "贷款发放")),
    (OutcomeKind.PLEDGED, ("出质", "质押")),
)
KINDS: Final[Mapping[str, Text]] = {kind.value: label for kind, label in KIND_LABELS.items()}
OFFERED: Final = ("已放款", "已出质", "逾期90日以上", "已代偿")
"""What the office's template offers."""
_NOT: Final = ("未", "无", "拟", "没有")


def kind_in(text: str) -> str:
    """Return the outcome that words name, as the value of an `OutcomeKind`; "" when they name none.

    A word with a denial before it names nothing, and plain "逾期" is not said to be of ninety days.
    """
    words = clean_text(text).replace(" ", "")
    if words.lower() in KINDS:
        return words.lower()
    if words.startswith(_NOT):
        return ""
    for kind, known in _WORDS:
        if any(word in words for word in known):
            return kind.value
    return ""


def read_kind(text: str) -> str | None:
    """Return the outcome of a cell, None for an empty one.

    Raises:
        BadInput: words that name no outcome.
    """
    if not clean_text(text):
        return None
    found = kind_in(text)
    if not found:
        raise BadInput(
            _(
                "“%(text)s”不是可登记的融资结果；可登记：已放款、已出质、逾期90日以上、已代偿。",
                text=shown(text),
            )
        )
    return found


KIND: Final = Field(
    "kind",
    _("融资结果"),
    "融资结果|结果|结果类型|贷款结果|贷款状态|放款状态|业务状态|风险状态",
    _("已放款、已出质、逾期90日以上、已代偿。"),
    "已放款",
    lambda text: bool(kind_in(text)),
    tells=True,
    choices=OFFERED,
)
HAPPENED_ON: Final = Field(
    "happened_on",
    _("发生日期"),
    "发生日期|发生日|放款日期|放款日|放款时间|发放日期|贷款发放日|贷款发放日期|代偿日期|代偿日|代偿时间|逾期认定日期",
    _("放款、质押登记、逾期满90日或代偿之日，写作 2026-01-05。"),
    "2026-01-05",
    is_day,
    tells=True,
)
SOURCE: Final = Field(
    "source",
    _("提供单位"),
    "提供单位|提供机构|数据来源|放款银行|放款机构|贷款机构|贷款银行|代偿机构|担保机构|经办银行",
    _("提供这项结果的银行、担保机构或部门。"),
    "样例银行安阳分行",
)
EVIDENCE: Final = Field(
    "evidence",
    _("凭据"),
    "凭据|合同号|合同编号|贷款合同号|贷款合同编号|借款合同号|借款合同编号|借据号|借据编号|代偿通知书文号|代偿文号",
    _("合同号、借据号或文号；逾期和代偿必填，同一企业的几项结果凭此区分。"),
    "样例合同2026-001",
)

SHAPE: Final = Shape(
    ListKind.OUTCOMES,
    (NAME, CREDIT_CODE, KIND, HAPPENED_ON, SOURCE, EVIDENCE, *FURNITURE),
    needs=(("name",), ("happened_on",)),
    asks=(
        Question("kind", _("融资结果"), Answer.CHOICE, "kind", KINDS, kind_in),
        Question("source", _("提供单位"), Answer.WORDS, "source"),
    ),
    hints=("融资结果", "放款", "代偿"),
)
