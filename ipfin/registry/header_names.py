"""The names under which lists hold each field, in order of preference.

Decides the dictionary only: incoPat, PatSnap (two spellings), Patentics (three), the patent office's own
style, English exports, and the office's template. Himmpat is left out: no public text of its headers
was found (domain.md §5.4), and names are not guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from ipfin.registry.fields import LABELS, ListField

F = ListField

_NAMES: Final[Mapping[ListField, str]] = {
    F.TITLE: (
        "标题|标题 (中文)|专利名称|发明名称|名称|专利标题|题名|授权名称|标题(译)|专利题名|发明创造名称"
        "|标题(原文)|Title|Title - DWPI|Title (English)|Invention Title|标题 (英文)"
    ),
    F.APPLICATION_NUMBER: (
        "申请号|专利申请号|专利号|申请(专利)号|申请号/专利号|专利(申请)号|专利号/申请号|国家申请号"
        "|申请编号|专利号(ZL)|授权专利号|Application Number|Application No|Appl No"
        "|Application Numbers"
    ),
    F.PUBLICATION_NUMBER: (
        "公开(公告)号|公开号|公开/公告号|公开-公告号|公布号|公布(公告)号|公告号|授权公告号/公开号|文献号"
        "|公开公告号|专利公开号|专利公开(公告)号|Publication Number|Publication No|Document Number"
        "|Publication Numbers|Display Key"
    ),
    F.GRANT_NUMBER: "授权公告号|授权号|授权公开号|授权公告编号|Grant Number|Patent Number",
    F.PATENT_KIND: (
        "专利类型|专利种类|类型|专利类别|公开类型|文献类型|专利类型(中文)|Patent Type|Document Type|Kind"
    ),
    F.OFFICE: (
        "受理局|公开国别|专利局|公开国家/地区|国家/地区|公开国|受理国|国别|专利国别|申请国|Patent Office"
        "|Country|Authority|Publication Country|Jurisdiction"
    ),
    F.FILING_DATE: "申请日|申请日期|专利申请日|申请时间|Application Date|Filing Date|Filed|Application Dates",
    F.FILING_YEAR: "申请年|申请年份|申请年度|Application Year|Filing Year",
    F.PUBLICATION_DATE: (
        "公开(公告)日|公开/公告日|公开-公告日|公开日|公布日|公开日期|申请公布日/授权公告日|公告日"
        "|公开公告日|申请公布日|申请公开日|首次公开日|公开(公告)日期|Publication Date|Publication Dates"
    ),
    F.GRANT_DATE: "授权公告日|授权日|授权公告日期|授权日期|授权时间|颁证日|Grant Date|Issue Date",
    F.EXPIRY_DATE: (
        "失效日|预估到期日|到期日|专利到期日|失效日期|届满日|有效期至|期限届满日|Estimated Expiry Date"
        "|Expiration Date|Expiry Date"
    ),
    F.APPLICANTS: (
        "申请人|[标]原始申请(专利权)人|原始申请(专利权)人|申请(专利权)人|申请人/专利权人|申请人(专利权人)"
        "|专利申请人|原始申请人|全部申请人|申请人名称|申请单位|申请企业|企业名称|单位名称|公司名称|企业"
        "|单位|Applicant|Applicants|Assignee/Applicant|Assignee - Original|Original Assignee"
        "|Applicant(s)|第一申请人"
        "|第一权利人"
    ),
    F.CURRENT_OWNERS: (
        "当前权利人|[标]当前申请(专利权)人|当前申请(专利权)人|当前专利权人|专利权人|权利人|当前申请人"
        "|现权利人|专利权人名称|权利人名称|Current Assignee|Current Assignees|Assignee - Current"
        "|Assignee - Current US|Patentee|Owner|Owners|Assignee"
    ),
    F.STANDARD_APPLICANT: (
        "标准化申请人|标准申请人|标准化当前权利人|标准专利权人|标准化专利权人|申请人(标准化)|集团名称"
        "|Assignee - Standardized|Standardized Assignee|Normalized Assignee|Optimized Assignee"
        "|Ultimate Parent"
    ),
    F.CREDIT_CODE: (
        "统一社会信用代码|工商统一社会信用代码|社会信用代码|信用代码|统一信用代码|企业信用代码"
        "|统一社会信用代码/组织机构代码|Unified Social Credit Code|USCC|Credit Code"
    ),
    F.PROVINCE: (
        "省(自治区、直辖市)|省|省份|省市|申请人省市代码|当前申请(专利权)人州/省|当前权利人省市|申请人省"
        "|国省代码|申请人省份|所属省份|Province"
    ),
    F.CITY: "地市|中国申请人地市|当前申请(专利权)人地市|申请人地市|所属城市|城市|市|申请人城市|City",
    F.COUNTY: (
        "区县|中国申请人区县|当前申请(专利权)人区县|申请人区县|县区|县(区)|县市区|县(市、区)|所属区县"
        "|区域|所属县区|District|County"
    ),
    F.ADDRESS: (
        "地址|申请人地址|通信地址|当前著录项联系人通讯地址|当前权利人地址|申请(专利权)人地址|专利权人地址"
        "|联系地址|通讯地址|工商注册地址|企业地址|Address|Assignee Address"
    ),
    F.IPC_MAIN: (
        "IPC主分类号|IPC主分类|主分类号|国际主分类|主分类|IPC主分类-小组|IPC主分类号(小组)"
        "|IPC主分类号(小类)|IPC主分类号(大组)|主IPC|Main IPC|IPC Main"
    ),
    F.IPC_ALL: (
        "IPC分类号|IPC|国际分类|分类号|IPC分类|国际专利分类号|IPC号|IPC - Current|IPC Classification|IPCs"
        "|IPCR Classifications|IPC - International Classification|IPC Class"
        "|International Classification"
    ),
    F.INDUSTRY_CODES: (
        "国民经济行业分类|国民经济分类|国民经济行业分类号|国民经济行业|行业代码|行业分类|所属行业"
    ),
    F.STRATEGIC_INDUSTRY: (
        "战略性新兴产业分类|战略新兴产业分类|新兴产业分类|战略新兴产业标识|战略性新兴产业|新兴产业(主)"
    ),
    F.CLAIMS_COUNT: (
        "权利要求数量|权利要求数|权利要求项数|权项数|Claims Count|Number of Claims|Count of Claims"
    ),
    F.INDEPENDENT_CLAIMS_COUNT: ("独立权利要求数量|独立权利要求数|独权数|独权数量|Independent Claims Count"),
    F.PAGES_COUNT: "文献页数|页数|说明书页数|Pages|Page Count",
    F.CITED_BY_COUNT: (
        "被引用次数|被引用专利数量|被引证次数|被引用数|引用本文专利数|本文被引用专利数|被引次数|被引数"
        "|Count of Citing Patents|Cited By Count|Cited by Patent Count|Forward Citations|Times Cited"
        "|Citing Patents - Number"
    ),
    F.CITES_COUNT: (
        "引用次数|引用专利数量|引证次数|引用数|本文引用专利数|引证数|Count of Cited Refs - Patent"
        "|Backward Citations|Cites Count|Cites Patent Count"
    ),
    F.FAMILY_COUNT: (
        "同族数量|简单同族成员数量|简单同族个数|同族专利数|同族数|简单同族数量|扩展同族个数|DocDB同族个数"
        "|Family Size|INPADOC Family Members Count|Simple Family Size"
        "|DWPI Count of Family Members"
    ),
    F.FAMILY_OFFICES: "同族国家/地区|同族国家|简单同族国家/地区|Family Countries",
    F.VALIDITY: (
        "专利有效性|简单法律状态|有效性|当前有效性|有效状态|专利有效状态|是否有效|Dead/Alive"
        "|Legal Validity|Simple Legal Status|Legal State (Alive, Dead)"
    ),
    F.LEGAL_STATUS: (
        "当前法律状态|法律状态/事件|法律状态|最新法律状态|专利状态|案件状态|专利法律状态|权利状态|状态"
        "|Legal Status|Current Legal Status|Status|INPADOC Legal Status"
        "|Legal Status (Pending, Granted...)"
    ),
    F.LEGAL_EVENTS: (
        "法律事件|法律描述|法律状态历史|法律状态信息|历史法律状态|法律状态公告|法律状态|Legal Events"
    ),
    F.TWIN_FILING: "一案双申|是否一案双申|同日申请",
    F.TRANSFER_COUNT: "转让次数|专利转移次数|转移次数|权利转移次数|Transfer Count",
    F.LICENCE_COUNT: "许可次数|License Count|Licence Count",
    F.LICENCE_TYPE: "许可类型|许可种类|License Type",
    F.PLEDGE_COUNT: "质押次数|Pledge Count",
    F.PLEDGEE: "质权人|当前质权人|Pledgee",
    F.PLEDGOR: "出质人|Pledgor",
    F.AGENT_FIRM: (
        "代理机构|[标]代理机构|专利代理机构|当前专利代理机构|律师、代理|代理机构名称|Agency|Attorney Firm"
    ),
    F.ABSTRACT: (
        "摘要|摘要 (中文)|申请摘要|摘要 (英文)|摘要(译)|技术功效句|技术功效短语|背景技术|用途|实施例"
        "|发明效果|技术方案|Abstract|Abstract - DWPI|Abstract - DWPI Novelty"
    ),
    F.CLAIMS_TEXT: (
        "权利要求|主权项|首项权利要求|权利要求书|对偶主权项|独立权利要求|主权利要求|First Claim|Claims"
    ),
    F.INVENTORS: (
        "发明人|发明(设计)人|第一发明人|当前发明人|设计人|发明人/设计人|Inventor|Inventors|Inventor(s)"
        "|First Inventor|Inventor - w/address"
    ),
    F.AGENT: "代理人|专利代理人|当前专利代理人|专利代理师|代理师|审查员|Agent|Attorney|Examiner",
    F.CONTACT: (
        "联系人|联系电话|电话|手机|手机号|手机号码|联系方式|邮箱|电子邮箱|法定代表人|法人|身份证号"
        "|证件号码|Contact|Phone|E-mail|Email"
    ),
    F.SEQUENCE: "序号|编号|No|#",
    F.LINK: "链接到incoPat|全文链接|链接|首图|URL|Link",
}

_MARKS: Final = re.compile(r"[\[【(（](?:标|必填|\*|选填)[\]】)）]")
_JUNK: Final = re.compile(r"[\s()\[\]{}<>《》【】/\\_\-–—·・.,，:：;；*'\"“”#?？、|]+")
_DUPLICATE: Final = re.compile(r"(?:\.\d{1,3}|[（(]\d{1,2}[）)])$")
JOIN: Final = " / "
"""What stands between the two rows of a header in two rows."""


def normal_name(name: str) -> str:
    """Return a column name without what spellings differ in: width, case, spaces, brackets, marks."""
    name = _DUPLICATE.sub("", unicodedata.normalize("NFKC", _MARKS.sub("", name)).strip())
    return _JUNK.sub("", _MARKS.sub("", name)).casefold() or name.strip(" *＊") or name.strip()


def _ranks() -> dict[str, list[tuple[ListField, int]]]:
    ranks: dict[str, list[tuple[ListField, int]]] = {}
    for field in ListField:
        names = [*_NAMES[field].split("|"), str(LABELS[field])]
        for rank, name in enumerate(dict.fromkeys(map(normal_name, names))):
            ranks.setdefault(name, []).append((field, rank))
    return ranks


RANKS: Final[Mapping[str, list[tuple[ListField, int]]]] = _ranks()
"""Normal name -> the fields that it may mean, each with its place in that field's order of preference."""


def fields_named(header: str) -> list[tuple[ListField, int]]:
    """Return the fields that a header may mean; of one in two rows the whole name first, then the lower."""
    found = RANKS.get(normal_name(header))
    if found is None and JOIN in header:
        found = RANKS.get(normal_name(header.rsplit(JOIN, 1)[1]))
    return found or []


def is_known_name(header: str) -> bool:
    """Return whether the dictionary knows a header."""
    return bool(fields_named(header))


_OTHER_PATENTS: Final = re.compile(
    r"cpc|^fi(?:主|分)|美国|洛迦诺|优先权|引用|引证|同族|国际申请|国际公开|母案|分案|priority|cited|family"
)


def is_about_other_patents(header: str) -> bool:
    """Return whether a column tells of priorities, citations or families, whose numbers look like its own."""
    return bool(_OTHER_PATENTS.search(normal_name(header)))
