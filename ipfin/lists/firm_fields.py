"""The columns by which every list of firms names a firm, and those that none of them keeps. Pure."""

from __future__ import annotations

from typing import Final

from ipfin.kernel.errors import BadInput
from ipfin.kernel.identifiers import CreditCode, parse_credit_code
from ipfin.kernel.text import _
from ipfin.lists.shape import Field
from ipfin.registry.applicants import ApplicantKind
from ipfin.registry.values import clean_code, parse_date

_ORGANISATIONS: Final = frozenset(
    {ApplicantKind.COMPANY, ApplicantKind.BRANCH, ApplicantKind.UNIVERSITY, ApplicantKind.INSTITUTE}
)


def is_credit_code(text: str) -> bool:
    """Return whether a cell holds a well-formed credit code."""
    try:
        return bool(parse_credit_code(text))
    except BadInput:
        return False


def is_day(text: str) -> bool:
    """Return whether a cell holds a day."""
    try:
        return parse_date(text) is not None
    except BadInput:
        return False


def is_name(text: str) -> bool:
    """Return whether a cell can be the name of a firm."""
    return any(map(str.isalpha, text)) and not is_credit_code(text) and not is_day(text)


def read_credit_code(text: str) -> CreditCode | None:
    """Return the credit code in a cell, None when there is none.

    Raises:
        BadInput: it is not well-formed.
    """
    code = clean_code(text)
    return parse_credit_code(code) if code else None


NAME: Final = Field(
    "name",
    _("企业名称"),
    "企业名称|单位名称|公司名称|市场主体名称|主体名称|经营主体名称|企业(机构)名称|机构名称|企业全称|申报单位"
    "|企业名称(全称)|工商名称|名称|企业|单位|被执行人|被执行人名称|被执行人姓名/名称|失信被执行人名称|当事人|当事人名称|行政相对人名称"
    "|行政相对人|处罚对象|纳税人名称|Company Name|Enterprise Name|Company|Name",
    _("营业执照上的全称，必填。"),
    "安阳样例机械有限公司",
    is_name,
)
CREDIT_CODE: Final = Field(
    "credit_code",
    _("统一社会信用代码"),
    "统一社会信用代码|社会信用代码|信用代码|统一信用代码|企业信用代码|统一社会信用代码/组织机构代码"
    "|统一社会信用代码/注册号|统一代码|组织机构代码|行政相对人代码_1(统一社会信用代码)|USCC|Credit Code",
    _("18位；以文本填写，避免末位失真。"),
    "91410500MA9000001A",
    is_credit_code,
    guessed_from=0.9,
)
# Recognised, so that nobody has to map them, and never stored.
PERSONS: Final = Field(
    "persons",
    _("个人信息（不保存）"),
    "法定代表人|法人代表|法人|法定代表人姓名|法人姓名|负责人|经营者|投资人|股东|联系人|联系电话|电话|手机|手机号"
    "|手机号码|联系方式|邮箱|电子邮箱|身份证号|证件号码|法定代表人(负责人)|法定代表人/负责人|企业联系人",
    is_kept=False,
)
SEQUENCE: Final = Field("sequence", _("序号（不保存）"), "序号|编号|No|#", is_kept=False)
LINK: Final = Field("link", _("链接（不保存）"), "链接|网址|来源链接|URL", is_kept=False)
FURNITURE: Final = (PERSONS, SEQUENCE, LINK)
