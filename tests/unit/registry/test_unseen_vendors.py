"""Exports of vendors that the registry has never seen: at most two columns are left to a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from ipfin.registry.fields import DROPPED, ListField
from ipfin.registry.header_names import is_known_name
from ipfin.registry.header_stems import fields_stemmed
from ipfin.registry.headers import Confidence, missing_essentials, propose_mapping
from tests.unit.registry.list_tables import table_of

F = ListField
MOST_BY_HAND = 2  # columns of an unseen vendor

NUMBERS = ("CN201710911092.2", "CN201710601862.3", "CN201310699744.2")
BARE = ("201710911092.2", "201710601862.3", "201310699744.2")
GRANTS = ("CN107695841B", "CN107289786B", "CN103724345B")
FIRMS = ("安阳示例机械有限公司", "安阳示例钢铁股份有限公司", "示例大学")
TITLES = ("一种轧辊磨床", "一种烧结余热回收装置", "轧机导卫")
FILED = ("2017-09-29", "2017-07-21", "2013-12-18")
GRANTED = ("2019.03.05", "2020.01.07", "2016.08.09")
STATES = ("有效", "失效", "有效")
EVENTS = ("授权", "未缴年费", "授权")
CODES = ("91410500MA3X000012", "91410500MA3X000020", "91410500MA3X000039")
PERSONS = ("张三", "李四", "王五")
KINDS = ("发明专利", "发明专利", "发明专利")
IPC = ("B24B5/37", "F27D17/00", "B21B39/16")
ENGLISH = ("Roll grinding machine", "Waste heat recovery device", "Rolling guide")
COUNTIES = ("文峰区", "殷都区", "北关区")

Columns = Mapping[str, tuple[Sequence[str], ListField | None]]  # name -> values, the field that it is

VENDORS: Mapping[str, Columns] = {
    "a county's own table": {
        "顺序": (("1", "2", "3"), None),
        "专利权人全称": (FIRMS, F.CURRENT_OWNERS),
        "权利人社会信用代码": (CODES, F.CREDIT_CODE),
        "专利授权编号": (BARE, F.APPLICATION_NUMBER),
        "专利技术名称": (TITLES, F.TITLE),
        "专利种别": (KINDS, F.PATENT_KIND),
        "授权公告时间": (GRANTED, F.GRANT_DATE),
        "权属状态": (EVENTS, F.LEGAL_STATUS),
        "所在县区": (COUNTIES, F.COUNTY),
        "经办人": (PERSONS, F.CONTACT),
        "备注": (("", "缓缴", ""), None),
    },
    "a vendor with long names": {
        "专利公开公告编号": (GRANTS, F.PUBLICATION_NUMBER),
        "专利受理申请号码": (NUMBERS, F.APPLICATION_NUMBER),
        "发明创造题目": (TITLES, F.TITLE),
        "当前专利权所有人": (FIRMS, F.CURRENT_OWNERS),
        "递交日期": (FILED, F.FILING_DATE),
        "目前法律情况": (EVENTS, F.LEGAL_STATUS),
        "国际分类主号": (IPC, F.IPC_MAIN),
        "专利种类名称": (KINDS, F.PATENT_KIND),
        "被引总量": (("3", "0", "12"), F.CITED_BY_COUNT),
        "简单同族规模": (("1", "2", "1"), F.FAMILY_COUNT),
        "最早优先权号码": (NUMBERS, None),
        "全部发明人姓名": (PERSONS, F.INVENTORS),
    },
    "an English database": {
        "Pub. Num.": (GRANTS, F.PUBLICATION_NUMBER),
        "Appl. Num.": (NUMBERS, F.APPLICATION_NUMBER),
        "Title in English": (ENGLISH, F.TITLE),
        "Latest assignee name": (FIRMS, F.APPLICANTS),
        "Filing/Appl. date": (FILED, F.FILING_DATE),
        "Grant/Issue date": (GRANTED, F.GRANT_DATE),
        "Status (simplified)": (("Active", "Inactive", "Pending"), F.LEGAL_STATUS),
        "All IPC": (IPC, F.IPC_ALL),
        "Priority Nr.": (NUMBERS, None),
        "Inventor names": (PERSONS, F.INVENTORS),
        "Remarks": (("", "x", ""), None),
    },
    "a search site": {
        "名 目": (TITLES, F.TITLE),
        "申请（专利）号码": (BARE, F.APPLICATION_NUMBER),
        "申请（专利权）者": (FIRMS, F.APPLICANTS),
        "申请年月日": (("20170929", "20170721", "20131218"), F.FILING_DATE),
        "分类": (IPC, F.IPC_ALL),
        "专利权状态": (STATES, F.LEGAL_STATUS),
        "年费缴纳情况": (("已缴", "未缴", "已缴"), None),
        "联系手机": (("13800000000", "13900000000", ""), F.CONTACT),
    },
    "a table without a telling name": {
        "字段1": (NUMBERS, F.APPLICATION_NUMBER),
        "字段2": (GRANTS, F.PUBLICATION_NUMBER),
        "字段3": (TITLES, F.TITLE),
        "字段4": (FIRMS, F.APPLICANTS),
        "字段5": (FILED, F.FILING_DATE),
        "字段6": (EVENTS, F.LEGAL_STATUS),
        "字段7": (IPC, F.IPC_ALL),
        "字段8": (GRANTED, F.GRANT_DATE),
    },
}


def by_hand(columns: Columns) -> list[str]:
    """Return the columns that a person must set: wrong ones, and those of a field that were not found."""
    mapping = propose_mapping(table_of({name: values for name, (values, _field) in columns.items()}))
    found = {match.header: field for field, match in mapping.matches.items()}
    return [
        name
        for name, (_values, wanted) in columns.items()
        # A column that is not kept need not be found; it must not be taken for something else.
        if found.get(name) != wanted and not (wanted in DROPPED and name not in found)
    ]


@pytest.mark.parametrize("vendor", VENDORS)
def test_an_unseen_vendor_leaves_at_most_two_columns_to_a_person(vendor: str) -> None:
    left = by_hand(VENDORS[vendor])
    assert len(left) <= MOST_BY_HAND, left


def test_the_unseen_vendors_are_unseen() -> None:
    names = [name for columns in VENDORS.values() for name in columns]
    known = [name for name in names if is_known_name(name)]
    assert len(known) <= len(names) // 10, known


@pytest.mark.parametrize("vendor", VENDORS)
def test_an_unseen_vendor_says_which_patent_and_whose(vendor: str) -> None:
    columns = {name: values for name, (values, _field) in VENDORS[vendor].items()}
    assert missing_essentials(propose_mapping(table_of(columns))) == ()


def test_a_name_that_is_only_similar_says_so() -> None:
    columns = {name: values for name, (values, _f) in VENDORS["a vendor with long names"].items()}
    matches = propose_mapping(table_of(columns)).matches
    assert matches[F.APPLICATION_NUMBER].confidence is Confidence.SIMILAR


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("专利受理申请号码", TITLES),  # the name promises a number, the column holds titles
        ("质押登记编号", ("Y2021410000012", "Y2021410000013")),
        ("最早优先权申请号码", NUMBERS),
        ("国际申请登记号码", ("PCT/CN2020/123456", "PCT/CN2020/123457")),
        ("代理机构编号", ("11000", "11001")),
    ],
)
def test_a_stem_without_the_values_maps_nothing(name: str, values: Sequence[str]) -> None:
    mapping = propose_mapping(table_of({"申请人": FIRMS[: len(values)], name: values}))
    assert F.APPLICATION_NUMBER not in mapping.matches


def test_a_telephone_of_a_contact_is_recognised_and_dropped() -> None:
    assert set(fields_stemmed("企业联系手机")) & DROPPED
    mapping = propose_mapping(table_of({"申请号": NUMBERS, "企业联系人（经办）": PERSONS}))
    assert F.CONTACT in mapping.matches
    assert F.APPLICANTS not in mapping.matches
