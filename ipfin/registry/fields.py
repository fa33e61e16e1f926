"""The fields that the registry reads out of a patent list, and what each is called on the screen.

Decides which facts of a list are kept. Persons' data that no rule of ours needs (inventors, agents,
contacts) and long texts (abstracts, claims) are recognised, so that nobody has to map them, and dropped.
Which header means which field is decided in `headers`, how a value is read in `values`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from ipfin.kernel.text import Text, _


class ListField(StrEnum):
    """One fact of a patent that a list may hold."""

    TITLE = "title"  # 标题
    APPLICATION_NUMBER = "application_number"  # 申请号
    PUBLICATION_NUMBER = "publication_number"  # 公开（公告）号
    GRANT_NUMBER = "grant_number"  # 授权公告号
    PATENT_KIND = "patent_kind"  # 专利类型
    OFFICE = "office"  # 受理局
    FILING_DATE = "filing_date"  # 申请日
    FILING_YEAR = "filing_year"  # 申请年
    PUBLICATION_DATE = "publication_date"  # 公开（公告）日
    GRANT_DATE = "grant_date"  # 授权公告日
    EXPIRY_DATE = "expiry_date"  # 失效日
    APPLICANTS = "applicants"  # 申请人
    CURRENT_OWNERS = "current_owners"  # 当前权利人
    STANDARD_APPLICANT = "standard_applicant"  # 标准化申请人: a vendor's group, shown, never merged on
    CREDIT_CODE = "credit_code"  # 统一社会信用代码
    PROVINCE = "province"  # 省
    CITY = "city"  # 地市
    COUNTY = "county"  # 区县
    ADDRESS = "address"  # 地址
    IPC_MAIN = "ipc_main"  # IPC主分类
    IPC_ALL = "ipc_all"  # IPC分类
    INDUSTRY_CODES = "industry_codes"  # 国民经济分类
    STRATEGIC_INDUSTRY = "strategic_industry"  # 战略性新兴产业分类
    CLAIMS_COUNT = "claims_count"  # 权利要求数
    INDEPENDENT_CLAIMS_COUNT = "independent_claims_count"  # 独立权利要求数
    PAGES_COUNT = "pages_count"  # 文献页数
    CITED_BY_COUNT = "cited_by_count"  # 被引用次数
    CITES_COUNT = "cites_count"  # 引用次数
    FAMILY_COUNT = "family_count"  # 同族数
    FAMILY_OFFICES = "family_offices"  # 同族国家/地区
    VALIDITY = "validity"  # 有效性
    LEGAL_STATUS = "legal_status"  # 法律状态
    LEGAL_EVENTS = "legal_events"  # 法律事件
    TWIN_FILING = "twin_filing"  # 一案双申
    TRANSFER_COUNT = "transfer_count"  # 转让次数
    LICENCE_COUNT = "licence_count"  # 许可次数
    LICENCE_TYPE = "licence_type"  # 许可类型
    PLEDGE_COUNT = "pledge_count"  # 质押次数
    PLEDGEE = "pledgee"  # 质权人
    PLEDGOR = "pledgor"  # 出质人
    AGENT_FIRM = "agent_firm"  # 代理机构
    # Recognised and dropped.
    ABSTRACT = "abstract"  # 摘要
    CLAIMS_TEXT = "claims_text"  # 权利要求
    INVENTORS = "inventors"  # 发明人: personal data
    AGENT = "agent"  # 代理人: personal data
    CONTACT = "contact"  # 联系人: personal data
    SEQUENCE = "sequence"  # 序号
    LINK = "link"  # 链接


DROPPED: frozenset[ListField] = frozenset(
    {
        ListField.ABSTRACT,
        ListField.CLAIMS_TEXT,
        ListField.INVENTORS,
        ListField.AGENT,
        ListField.CONTACT,
        ListField.SEQUENCE,
        ListField.LINK,
    }
)
"""Fields that are recognised and never stored: persons, long texts, vendor furniture."""

LABELS: Mapping[ListField, Text] = {
    ListField.TITLE: _("标题"),
    ListField.APPLICATION_NUMBER: _("申请号"),
    ListField.PUBLICATION_NUMBER: _("公开（公告）号"),
    ListField.GRANT_NUMBER: _("授权公告号"),
    ListField.PATENT_KIND: _("专利类型"),
    ListField.OFFICE: _("受理局"),
    ListField.FILING_DATE: _("申请日"),
    ListField.FILING_YEAR: _("申请年"),
    ListField.PUBLICATION_DATE: _("公开（公告）日"),
    ListField.GRANT_DATE: _("授权公告日"),
    ListField.EXPIRY_DATE: _("失效日"),
    ListField.APPLICANTS: _("申请人"),
    ListField.CURRENT_OWNERS: _("当前权利人"),
    ListField.STANDARD_APPLICANT: _("标准化申请人（数据商归并名称）"),
    ListField.CREDIT_CODE: _("统一社会信用代码"),
    ListField.PROVINCE: _("省（自治区、直辖市）"),
    ListField.CITY: _("地市"),
    ListField.COUNTY: _("区县"),
    ListField.ADDRESS: _("地址"),
    ListField.IPC_MAIN: _("IPC主分类号"),
    ListField.IPC_ALL: _("IPC分类号"),
    ListField.INDUSTRY_CODES: _("国民经济行业分类"),
    ListField.STRATEGIC_INDUSTRY: _("战略性新兴产业分类"),
    ListField.CLAIMS_COUNT: _("权利要求数量"),
    ListField.INDEPENDENT_CLAIMS_COUNT: _("独立权利要求数量"),
    ListField.PAGES_COUNT: _("文献页数"),
    ListField.CITED_BY_COUNT: _("被引用次数"),
    ListField.CITES_COUNT: _("引用次数"),
    ListField.FAMILY_COUNT: _("同族数量"),
    ListField.FAMILY_OFFICES: _("同族国家/地区"),
    ListField.VALIDITY: _("专利有效性"),
    ListField.LEGAL_STATUS: _("法律状态"),
    ListField.LEGAL_EVENTS: _("法律事件"),
    ListField.TWIN_FILING: _("一案双申"),
    ListField.TRANSFER_COUNT: _("转让次数"),
    ListField.LICENCE_COUNT: _("许可次数"),
    ListField.LICENCE_TYPE: _("许可类型"),
    ListField.PLEDGE_COUNT: _("质押次数"),
    ListField.PLEDGEE: _("质权人"),
    ListField.PLEDGOR: _("出质人"),
    ListField.AGENT_FIRM: _("代理机构"),
    ListField.ABSTRACT: _("摘要（不保存）"),
    ListField.CLAIMS_TEXT: _("权利要求书（不保存）"),
    ListField.INVENTORS: _("发明人（个人信息，不保存）"),
    ListField.AGENT: _("代理人（个人信息，不保存）"),
    ListField.CONTACT: _("联系人（个人信息，不保存）"),
    ListField.SEQUENCE: _("序号（不保存）"),
    ListField.LINK: _("链接（不保存）"),
}
