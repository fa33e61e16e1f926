"""Which column is which: the vendors' names, their spellings, and content where names fail or lie."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from collections.abc import Mapping as Table

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipfin.kernel.errors import BadInput
from ipfin.registry.fields import DROPPED, LABELS, ListField
from ipfin.registry.header_names import RANKS, fields_named
from ipfin.registry.headers import (
    Confidence,
    Mapping,
    fingerprint,
    missing_essentials,
    propose_mapping,
)
from tests.unit.registry.list_tables import table_of

F = ListField

# domain.md §5.4: the columns that each export holds and that the registry keeps or drops by name.
INCOPAT = (
    "标题 申请人 公开(公告)号 摘要 公开(公告)日 申请号 申请日 专利类型 公开国别 链接到incoPat IPC主分类 "
    "IPC 国民经济分类 标准化当前权利人 当前权利人 代理机构 代理人 授权公告日 失效日 权利要求数量 "
    "独立权利要求数量 文献页数 新兴产业分类 申请人地址 申请人省市代码 中国申请人地市 中国申请人区县 "
    "工商统一社会信用代码 发明人 引证次数 被引证次数 简单同族个数 同族国家/地区 一案双申 专利有效性 "
    "当前法律状态 转让次数 许可次数 许可类型 质押次数 出质人 质权人 公开（公告）号 预估到期日 "
    "IPC主分类-小组"
)
PATSNAP = (
    "序号 标题 申请号 申请日 授权日 专利类型 法律状态/事件 [标]当前申请(专利权)人 "
    "[标]原始申请(专利权)人 当前申请(专利权)人州/省 当前申请(专利权)人地市 当前申请(专利权)人区县 "
    "发明人 [标]代理机构 IPC分类号 战略新兴产业分类 失效日 被引用专利数量 权利要求数量 许可类型 "
    "许可次数 受理局 公开公告号 当前申请专利权人 当前申请专利权人州省 IPC主分类号小类 简单法律状态 "
    "法律状态事件 简单同族成员数量"
)
CNIPA = (
    "名称 申请号 摘要 专利类型 法律状态 主分类号 分类号 申请日 公开（公告）号 公开（公告）日 "
    "申请（专利权）人 发明（设计）人 申请公布日/授权公告日 申请人/专利权人 公布号 专利名称"
)
PATENTICS = (
    "公开号 公开日 公开-公告日 公开/公告日 标准申请人 标准化申请人 国际分类 国际主分类 法律描述 省市 "
    "地市 通信地址"
)


@pytest.mark.parametrize("name", " ".join((INCOPAT, PATSNAP, CNIPA, PATENTICS)).split())
def test_every_name_of_the_vendors_is_known(name: str) -> None:
    assert fields_named(name)


@pytest.mark.parametrize(
    ("spelling", "field"),
    [
        ("公开（公告）号", F.PUBLICATION_NUMBER),
        ("公开(公告)号", F.PUBLICATION_NUMBER),
        ("公开公告号", F.PUBLICATION_NUMBER),
        ("公开/公告号", F.PUBLICATION_NUMBER),
        (" 公 开 号 ", F.PUBLICATION_NUMBER),
        ("【标】当前申请（专利权）人", F.CURRENT_OWNERS),
        ("[标]当前申请(专利权)人", F.CURRENT_OWNERS),
        ("申请日.1", F.FILING_DATE),
        ("申请日（2）", F.FILING_DATE),
        ("＊申请号", F.APPLICATION_NUMBER),
        ("标题 (中文)", F.TITLE),
        ("PUBLICATION NUMBER", F.PUBLICATION_NUMBER),
        ("ipc主分类号(小类)", F.IPC_MAIN),
        ("专利 / 申请号", F.APPLICATION_NUMBER),
    ],
)
def test_spellings_of_a_name_mean_one_field(spelling: str, field: ListField) -> None:
    assert field in [found for found, _rank in fields_named(spelling)]


def test_every_field_can_be_named_by_its_own_label() -> None:
    for field in ListField:
        assert field in [found for found, _rank in fields_named(str(LABELS[field]))], field


def test_a_name_means_two_fields_only_where_that_is_meant() -> None:
    assert {name for name, found in RANKS.items() if len(found) > 1} == {"法律状态"}


WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


DECORATIONS = (
    *(str, str.upper, " ".join, lambda name: name.translate(WIDE)),
    *("{}.1".format, "【标】{}".format, "{}（2）".format, " {}\r\n".format, "{}*".format),
)


@given(st.sampled_from(sorted(RANKS)), st.sampled_from(DECORATIONS))
def test_no_decoration_changes_what_a_name_means(name: str, decorate: Callable[[str], str]) -> None:
    assert fields_named(decorate(name)) == RANKS[name]


@given(st.text(max_size=40))
def test_any_text_can_be_a_name(name: str) -> None:
    assert isinstance(fields_named(name), list)


# --- Proposals -------------------------------------------------------------------------------------

COLUMNS: Table[str, Sequence[str]] = {
    "申请号": ("CN201710911092.2", "CN201710601862.3"),
    "标题": ("一种轧辊磨床", "一种烧结余热回收装置"),
    "申请人": ("安阳示例机械有限公司", "安阳示例钢铁股份有限公司"),
    "申请日": ("2017-09-29", "2017-07-21"),
    "专利有效性": ("有效", "审中"),
}


def columns_of(mapping: Mapping) -> dict[ListField, int]:
    return {field: match.column for field, match in mapping.matches.items()}


def test_exact_names_are_taken_as_exact() -> None:
    mapping = propose_mapping(table_of(COLUMNS))
    assert columns_of(mapping) == {
        F.APPLICATION_NUMBER: 0,
        F.TITLE: 1,
        F.APPLICANTS: 2,
        F.FILING_DATE: 3,
        F.VALIDITY: 4,
    }
    assert {match.confidence for match in mapping.matches.values()} == {Confidence.EXACT}
    assert missing_essentials(mapping) == ()
    assert mapping.unmapped == ()


def test_columns_without_telling_names_are_known_by_their_content() -> None:
    mapping = propose_mapping(
        table_of(
            {
                "甲": COLUMNS["申请号"],
                "乙": ("CN107695841A", "CN107289786B"),
                "丙": COLUMNS["申请人"],
                "丁": COLUMNS["申请日"],
                "戊": ("有效", "失效"),
                "己": ("H04N5/225", "G06F16/30; G06F17/00"),
                "庚": ("91410500MA3X000012", "91410500MA3X000012"),
                "辛": COLUMNS["标题"],
            }
        )
    )
    assert columns_of(mapping) == {
        F.APPLICATION_NUMBER: 0,
        F.PUBLICATION_NUMBER: 1,
        F.APPLICANTS: 2,
        F.FILING_DATE: 3,
        F.LEGAL_STATUS: 4,
        F.IPC_ALL: 5,
        F.TITLE: 7,
    }
    assert {match.confidence for match in mapping.matches.values()} == {Confidence.CONTENT}


def test_a_name_that_its_content_does_not_bear_out_is_not_taken() -> None:
    shifted = {
        "公开号": COLUMNS["申请号"],
        "申请号": COLUMNS["标题"],
        "标题": COLUMNS["申请日"],
        "申请人": COLUMNS["申请人"],
    }
    mapping = propose_mapping(table_of(shifted))
    assert columns_of(mapping)[F.APPLICATION_NUMBER] == 0
    assert columns_of(mapping)[F.TITLE] == 1
    assert columns_of(mapping)[F.FILING_DATE] == 2
    assert F.PUBLICATION_NUMBER not in mapping.matches
    assert len(mapping.doubts) == 3


def test_persons_are_never_guessed_to_be_applicants() -> None:
    mapping = propose_mapping(table_of({"申请号": COLUMNS["申请号"], "甲": ("王某某", "李某某")}))
    assert F.APPLICANTS not in mapping.matches
    assert missing_essentials(mapping) == (F.APPLICANTS,)


def test_numbers_of_other_patents_are_never_taken_for_the_patents_own() -> None:
    mapping = propose_mapping(
        table_of(
            {
                "申请人": COLUMNS["申请人"],
                "引证专利": ("CN107695841A", "CN107289786B"),
                "优先权号": COLUMNS["申请号"],
            }
        )
    )
    assert missing_essentials(mapping) == (F.APPLICATION_NUMBER,)


def test_of_columns_with_one_name_the_first_that_is_filled_is_taken() -> None:
    mapping = propose_mapping(table_of({**COLUMNS, "申请日": ("", "-"), "申请日（2）": COLUMNS["申请日"]}))
    match = mapping.matches[F.FILING_DATE]
    assert match.header == "申请日（2）"
    assert match.alternatives == (3,)


def test_the_chinese_title_goes_before_the_english_one() -> None:
    titles = {"标题 (英文)": ("Grinder", "Heat"), "标题 (中文)": COLUMNS["标题"]}
    assert propose_mapping(table_of({**titles, **COLUMNS, "标题": ("", "")})).matches[F.TITLE].column == 1


def test_a_mapping_survives_json() -> None:
    mapping = propose_mapping(
        table_of({**COLUMNS, "地市": ("450000 河南省某市某路1号", "450000 河南省某市某路2号")})
    )
    assert mapping.doubts
    assert Mapping.from_json(json.loads(json.dumps(mapping.as_json()))) == mapping


def test_a_person_can_choose_another_column_or_none() -> None:
    mapping = propose_mapping(table_of(COLUMNS)).confirmed({F.TITLE: None, F.LEGAL_STATUS: 4})
    assert F.TITLE not in mapping.matches
    assert F.VALIDITY not in mapping.matches
    assert mapping.matches[F.LEGAL_STATUS].confidence is Confidence.CONFIRMED
    assert mapping.unmapped == (1,)


@pytest.mark.parametrize("choices", [{F.TITLE: 5}, {F.TITLE: -1}, {F.TITLE: 1, F.ABSTRACT: 1}])
def test_a_choice_that_cannot_be_is_refused(choices: dict[ListField, int | None]) -> None:
    with pytest.raises(BadInput):
        propose_mapping(table_of(COLUMNS)).confirmed(choices)


def test_the_fingerprint_follows_names_and_order_not_spelling() -> None:
    assert fingerprint(["公开（公告）号", "申请日"]) == fingerprint(["公开(公告)号 ", "申请日"])
    assert fingerprint(["申请日", "公开号"]) != fingerprint(["公开号", "申请日"])
    assert len(fingerprint([])) == 64


@given(st.lists(st.text(max_size=20), min_size=1, max_size=8, unique=True), st.data())
def test_any_table_can_be_mapped_and_no_column_twice(names: list[str], data: st.DataObject) -> None:
    rows = data.draw(st.integers(1, 4))
    columns = {
        name: data.draw(st.lists(st.text(max_size=30), min_size=rows, max_size=rows)) for name in names
    }
    mapping = propose_mapping(table_of(columns))
    taken = [match.column for match in mapping.matches.values()]
    assert len(set(taken)) == len(taken)
    assert Mapping.from_json(json.loads(json.dumps(mapping.as_json()))) == mapping


def test_what_is_dropped_is_persons_texts_and_furniture() -> None:
    assert {F.INVENTORS, F.AGENT, F.CONTACT, F.ABSTRACT} <= DROPPED
    assert not {F.APPLICANTS, F.TITLE, F.LEGAL_STATUS} & DROPPED
