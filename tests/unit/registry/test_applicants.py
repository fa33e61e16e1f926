"""Names: parted, spelled in one way, told apart by kind. All names here are invented."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipfin.registry.applicants import (
    KIND_LABELS,
    LEGAL_FORMS,
    ApplicantKind,
    applicants_of,
    canonical_name,
    classify,
    name_key,
    parse_form,
    split_applicants,
    vendor_names,
)

K = ApplicantKind


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("甲示例有限公司; 乙示例大学", ("甲示例有限公司", "乙示例大学")),
        ("甲示例有限公司 | 乙示例大学|甲示例有限公司", ("甲示例有限公司", "乙示例大学")),
        ("甲示例有限公司；\r\n乙示例大学", ("甲示例有限公司", "乙示例大学")),
        ("甲示例机械有限公司、乙示例轴承有限公司", ("甲示例机械有限公司", "乙示例轴承有限公司")),
        ("示例市水利、电力局", ("示例市水利、电力局",)),
        ("张示例、王范例", ("张示例", "王范例")),
        ("张示例，安阳示例机械有限公司", ("张示例", "安阳示例机械有限公司")),
        ("张示例 王范例", ("张示例", "王范例")),
        ("张　例", ("张例",)),
        ("阿不都·示例", ("阿不都·示例",)),
        ("D·A·示例", ("D·A·示例",)),
        ("Example Co., Ltd.; 甲示例有限公司", ("Example Co., Ltd.", "甲示例有限公司")),
        ("-", ()),
        (" ; ", ()),
        ("", ()),
    ],
)
def test_a_cell_is_parted_into_names(cell: str, names: tuple[str, ...]) -> None:
    assert split_applicants(cell) == names


@pytest.mark.parametrize(
    "spelling",
    [
        "示例电子科技(武汉)有限公司",
        "示例电子科技（武汉）有限公司",
        " 示例电子科技 (武汉) 有限公司 ",
        "示例电子科技（武汉）有限公司\u200b",
        "示例电子科技［武汉］有限公司",
    ],
)
def test_spellings_of_a_name_become_one(spelling: str) -> None:
    assert canonical_name(spelling) == "示例电子科技（武汉）有限公司"


def test_forms_that_can_be_two_legal_persons_are_never_one_key() -> None:
    assert name_key("甲示例有限公司") != name_key("甲示例有限责任公司")
    assert name_key(canonical_name("EXAMPLE Co., Ltd")) == name_key(canonical_name("Example Co.,Ltd."))


@given(st.text(max_size=60))
def test_a_canonical_name_is_canonical(text: str) -> None:
    name = canonical_name(text)
    assert canonical_name(name) == name


@given(st.text(alphabet="甲乙有限公司（）()·;；|、 张王AB", max_size=40))
def test_parted_names_are_names_each_once(cell: str) -> None:
    names = split_applicants(cell)
    assert len(set(names)) == len(names)
    assert all(name and not set(name) & set(";；|") for name in names)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("安阳示例机械有限公司", K.COMPANY),
        ("安阳示例机械有限责任公司", K.COMPANY),
        ("示例科技集团股份有限公司", K.COMPANY),
        ("示例公司", K.COMPANY),
        ("安阳市示例轧辊厂", K.COMPANY),
        ("滑县示例种植农民专业合作社", K.COMPANY),
        ("示例知识产权代理事务所（普通合伙）", K.COMPANY),
        ("某集团有限公司示例第六工程有限公司", K.COMPANY),
        ("安阳示例供水服务中心", K.COMPANY),
        ("安阳示例电力科学研究院有限公司", K.COMPANY),
        ("安阳示例有限公司林州分公司", K.BRANCH),
        ("国网示例省电力公司安阳供电公司", K.BRANCH),
        ("示例通信有限公司研究院", K.BRANCH),
        ("示例银行股份有限公司安阳分行", K.BRANCH),
        ("安阳示例学院", K.UNIVERSITY),
        ("示例大学", K.UNIVERSITY),
        ("示例大学泰山校区", K.UNIVERSITY),
        ("示例职业技术学院（示例广播电视大学）（示例社区大学）", K.UNIVERSITY),
        ("中国科学院示例研究所", K.INSTITUTE),
        ("安阳市示例人民医院", K.INSTITUTE),
        ("示例大学附属第一医院", K.INSTITUTE),
        ("安阳市示例检测中心", K.INSTITUTE),
        ("安阳市示例管理局", K.GOVERNMENT),
        ("中国人民解放军00000部队", K.GOVERNMENT),
        ("示例协会", K.GOVERNMENT),
        ("王例", K.PERSON),
        ("王示例", K.PERSON),
        ("李建厂", K.PERSON),
        ("欧阳示例", K.PERSON),
        ("司徒健行", K.PERSON),
        ("阿不都·示例", K.PERSON),
        ("示例株式会社", K.FOREIGN),
        ("Example Inc", K.FOREIGN),
        ("示例朗讯电讯", K.OTHER),
        ("很长" * 100, K.OTHER),
    ],
)
def test_a_name_tells_its_kind(name: str, kind: ApplicantKind) -> None:
    found, reason = classify(name)
    assert found is kind
    assert reason


@given(st.sampled_from(LEGAL_FORMS), st.text(alphabet="甲乙丙丁戊", min_size=4, max_size=8))
def test_the_longest_legal_form_is_parted(form: str, stem: str) -> None:
    parts = parse_form(stem + form)
    assert parts.stem + parts.form == stem + form
    assert len(parts.form) >= len(form)


def test_joint_stock_is_not_read_as_limited() -> None:
    assert parse_form("示例机械股份有限公司").form == "股份有限公司"
    assert parse_form("示例机械").form == ""


def test_applicants_of_a_cell_are_each_once_by_key() -> None:
    found = applicants_of("示例（武汉）有限公司; 示例(武汉)有限公司; 王示例")
    assert [(one.name, one.kind) for one in found] == [
        ("示例（武汉）有限公司", K.COMPANY),
        ("王示例", K.PERSON),
    ]


def test_a_vendors_group_loses_its_marks() -> None:
    assert vendor_names("[示例汽车-C]; [示例学院]") == "示例汽车；示例学院"
    assert vendor_names("甲示例 | 乙示例") == "甲示例；乙示例"
    assert vendor_names("-") == ""


@given(st.text(max_size=200))
def test_any_name_has_a_kind(name: str) -> None:
    assert classify(canonical_name(name))[0] in KIND_LABELS


@pytest.mark.parametrize("unit", ["公司", "有限公司 ", "、", " ", "大学", ";", "（", "·", "集团公司院"])
def test_no_cell_is_so_made_that_reading_it_takes_long(unit: str) -> None:
    text = (unit * 32_767)[:32_767]
    began = time.process_time()
    applicants_of(text)
    vendor_names(text)
    assert time.process_time() - began < 2
