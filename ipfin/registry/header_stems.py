"""What a column is about when no list that is known calls it so: by the stems of its name.

Decides candidates only, for names that the dictionary does not hold (`专利授权编号`, `Appl. Num.`).
A stem alone never maps a column: `headers` takes it when most of the column's values bear it out, and says
that it was found this way.
"""

from __future__ import annotations

import re
from typing import Final

from ipfin.registry.fields import ListField
from ipfin.registry.header_names import JOIN, fields_named, is_about_other_patents, normal_name

F = ListField

_DAY: Final = r"(?:日|日期|时间|年月日)$"
_NUMBER: Final = r"(?:号|号码|编号)$"
_STEMS: Final[tuple[tuple[ListField, str, str], ...]] = (
    # Field, what the normal name holds, what it must not hold. Persons' columns first: they are dropped.
    (F.INVENTORS, r"发明人|设计人|inventor", r"数|count"),
    (F.AGENT, r"代理人|代理师|审查员|^attorney|^agent|examiner", r"机构|公司|firm"),
    (F.CONTACT, r"联系|电话|手机|经办|填报人|负责人|法人|邮箱|身份证|phone|mail|contact", r"地址|address"),
    (F.CREDIT_CODE, r"信用代码|信用号|uscc|creditcode", r""),
    (
        F.APPLICATION_NUMBER,
        rf"(?:申请|专利|授权).*{_NUMBER}|^appl\w*(?:number|no|num)s?$",
        r"公开|公告|公布|证书|国际|代理|文献|登记|合同",
    ),
    (
        F.PUBLICATION_NUMBER,
        rf"(?:公开|公告|公布|文献).*{_NUMBER}|^pub\w*(?:number|no|num)s?$|displaykey",
        r"国际|授权",
    ),
    (F.GRANT_NUMBER, rf"授权公.*{_NUMBER}|^grant\w*(?:number|no)s?$", r""),
    (
        F.FILING_DATE,
        rf"(?:申请|递交|提交).*{_DAY}|^(?:appl|filing|filed)\w*dates?$",
        r"公开|公布|授权|国际|质押",
    ),
    (F.GRANT_DATE, rf"(?:授权|颁证|发证).*{_DAY}|^(?:grant|issue)\w*dates?$", r""),
    (F.PUBLICATION_DATE, rf"(?:公开|公告|公布).*{_DAY}|^pub\w*dates?$", r"授权|国际"),
    (F.EXPIRY_DATE, r"届满|到期|失效日|失效时间|有效期|expir", r"年费|缴|质押|许可"),
    (
        F.STANDARD_APPLICANT,
        r"标准.*人|归并.*人|集团|normali[sz]edassignee|ultimateparent|optimi[sz]edassignee",
        r"",
    ),
    (
        F.CURRENT_OWNERS,
        r"(?:权利|专利权|所有|持有).*(?:人|方|单位|企业)|^current\w*assignee|owner|patentee|proprietor",
        r"数|类型|地址|代码|省|市|国别|质|count|type|country|address",
    ),
    (
        F.APPLICANTS,
        r"申请(?:人|单位|企业|主体|方|者)|(?:单位|企业|公司|机构|主体)(?:名称|全称|名)?$|applicant|assignee",
        r"代理|数|类型|地址|联系|代码|省|市|国别|许可|质|count|type|country|address|standard",
    ),
    (F.AGENT_FIRM, r"代理.*(?:机构|公司|所)|lawfirm|agency", r"代码"),
    (
        F.TITLE,
        r"(?:专利|发明|技术|创造|成果|项目).*(?:名称?|题目?|标题)$|题名|标题|^title",
        r"人|类|机构|种|term",
    ),
    (F.PATENT_KIND, r"(?:专利|权利|申请).*(?:类型|类别|种类|种别)|^kind|doctype|documenttype", r"人|许可"),
    (F.VALIDITY, r"有效|alive|dead|legalstate", r"期|发明|数"),
    (F.LEGAL_STATUS, r"状态|状况|权属|法律.*情况|legalstatus|^status", r"日|时间|date"),
    (F.IPC_MAIN, r"主.*分类|分类.*主|mainipc|mainclass|ipcmain|firstipc", r"行业|产业|洛迦诺|cpc"),
    (F.IPC_ALL, r"分类|ipc|internationalclass", r"行业|产业|洛迦诺|cpc|locarno|^us"),
    (F.COUNTY, r"县|辖区|区域|county|district", r"人|号"),
    (F.ADDRESS, r"地址|住所|address", r"邮"),
    (F.CITED_BY_COUNT, r"被引|citedby|citingpatents", r"自"),
    (F.FAMILY_COUNT, r"同族.*(?:数|量|规模)|family\w*(?:size|count|number)|countof\w*family", r"国"),
    (F.CLAIMS_COUNT, r"权利要求.*(?:数|项)|claimscount|numberofclaims|claimsnumber", r"独立|从属"),
    (F.PLEDGEE, r"质权", r"日|时间"),
    (F.ABSTRACT, r"摘要|abstract", r""),
)
_COMPILED: Final = tuple(
    (field, re.compile(holds), re.compile(bars) if bars else None) for field, holds, bars in _STEMS
)
_OWNERS: Final = frozenset({F.APPLICANTS, F.CURRENT_OWNERS})
_OWN_FAMILY: Final = frozenset({F.CITED_BY_COUNT, F.FAMILY_COUNT})


def fields_stemmed(header: str) -> list[ListField]:
    """Return the fields that an unknown name may mean, the likeliest first.

    Of a name in two rows the whole counts. Below a heading that is about the owners (权利人 / 所在区域) the
    lower name counts by itself, too: the word for the owner above it makes no person's place of it.
    """
    found = _fields_of(header)
    if JOIN in header:
        upper, lower = header.rsplit(JOIN, 1)
        if {field for field, _rank in fields_named(upper)} & _OWNERS or set(_fields_of(upper)) & _OWNERS:
            found += [field for field in _fields_of(lower) if field not in found]
    return found


def _fields_of(header: str) -> list[ListField]:
    name = normal_name(header)
    others = is_about_other_patents(header)
    return [
        field
        for field, holds, bars in _COMPILED
        if holds.search(name) and not (bars and bars.search(name)) and (not others or field in _OWN_FAMILY)
    ]
