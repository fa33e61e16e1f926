"""The kind of a list is told by its columns; where they do not tell it, somebody is asked."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from ipfin.kernel.identifiers import CheckState, PatentKind, parse_application_number, parse_credit_code
from ipfin.lists.columns import Columns, propose_columns
from ipfin.lists.conduct.matters import LISTED, code_in
from ipfin.lists.patent_template import CHOICES
from ipfin.lists.qualifications.titles import title_in
from ipfin.lists.recognising import recognise
from ipfin.lists.service import KINDS, ROOMS, explained_columns
from ipfin.lists.shape import Shape
from ipfin.registry.fields import ListField
from ipfin.registry.headers import Confidence
from ipfin.registry.list_kinds import LIST_KIND_LABELS, ListKind
from ipfin.registry.patents import read_kind
from ipfin.registry.reading import read_table
from ipfin.reports.list_templates import list_template
from ipfin.whitelist.facts import Title
from tests import lists
from tests.factories import credit_code
from tests.lists import table_of

SHAPES = [room.shape for room in ROOMS.values()]
REGISTER = ROOMS[ListKind.REGISTER].shape


def test_a_patent_list_is_one_also_with_the_code_of_its_firm() -> None:
    found = recognise(table_of(lists.HEADER, [lists.row(1, code=credit_code(1))]), SHAPES)
    assert (found.kind, found.is_sure) == (ListKind.PATENTS, True)


@pytest.mark.parametrize(
    "header",
    [
        ("企业名称", "统一社会信用代码", "注册日期", "企业类型", "注册资金", "经营范围", "地区", "注册地址"),
        (
            "序号",
            "市场主体名称",
            "统一社会信用代码/注册号",
            "成立时间",
            "登记状态",
            "法定代表人",
            "住所",
            "x",
        ),
    ],
)
def test_a_business_register_is_told_by_its_columns(header: tuple[str, ...]) -> None:
    row = ["安阳样张机械有限公司" if "名称" in name else "" for name in header]
    found = recognise(table_of(header, [row]), SHAPES)
    assert (found.kind, found.is_sure) == (ListKind.REGISTER, True)


def test_a_list_of_mere_names_is_asked_about() -> None:
    assert not recognise(table_of(("名单", "备注"), [["安阳样张机械有限公司", "好"]]), SHAPES).is_sure


def test_a_column_whose_content_denies_its_name_is_not_taken() -> None:
    table = table_of(
        ("企业名称", "统一社会信用代码"), [["安阳样张有限公司", "机械"], ["安阳二号有限公司", "化工"]]
    )
    columns = propose_columns(table, REGISTER)
    assert columns.column_of("credit_code") is None
    assert len(columns.doubts) == 1


def test_codes_and_firms_are_found_by_content_under_names_that_say_nothing() -> None:
    rows = [["安阳样张有限公司", credit_code(1)], ["安阳二号有限公司", credit_code(2)]]
    columns = propose_columns(table_of(("甲列", "乙列"), rows), REGISTER)
    assert columns.matches["credit_code"].confidence is Confidence.CONTENT
    assert columns.matches["credit_code"].column == 1


def test_what_was_confirmed_is_read_back_as_it_was_kept() -> None:
    table = table_of(("企业名称", "代码"), [["安阳样张有限公司", credit_code(1)]])
    columns = propose_columns(table, REGISTER).confirmed({"credit_code": 1})
    assert Columns.from_json(REGISTER, columns.as_json()) == columns


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.kind.value)
def test_no_header_means_two_fields_of_one_kind_first(shape: Shape) -> None:
    table = table_of(
        [str(field.label) for field in shape.fields], [[field.example for field in shape.fields]]
    )
    columns = propose_columns(table, shape)
    assert [match.column for match in columns.matches.values()] == list(range(len(shape.fields)))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.value)
def test_the_office_s_own_template_is_recognised_when_it_comes_back(kind: ListKind, tmp_path: Path) -> None:
    """Filled with its own examples; the sheet of explanations is not read as data."""
    columns = explained_columns(kind)
    content = list_template(LIST_KIND_LABELS[kind], columns)
    path = tmp_path / "template.xlsx"
    path.write_bytes(filled(content, [example for _header, _explained, example, _choices in columns]))
    table = read_table(path, filename="报送.xlsx")
    assert table.header == tuple(str(header) for header, _explained, _example, _choices in columns)
    found = recognise(table, SHAPES)
    assert (found.kind, found.is_sure) == (kind, True)
    assert all(explained for _header, explained, _example, _choices in columns)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.value)
def test_the_numbers_that_a_template_shows_as_examples_are_right(kind: ListKind) -> None:
    """Whoever copies an example must not learn that its check digit is wrong."""
    examples = {str(label): example for label, _explained, example, _choices in explained_columns(kind)}
    for label in ("申请号", "专利号"):
        if label in examples:
            assert parse_application_number(examples[label]).check is CheckState.RIGHT
    if "统一社会信用代码" in examples:
        assert parse_credit_code(examples["统一社会信用代码"]).check_is_right


def test_every_word_that_a_template_offers_is_understood() -> None:
    """A word that a list of choices puts into a cell must not be refused when it comes back."""
    offered = {field.value: field.choices for shape in SHAPES for field in shape.fields if field.choices}
    assert {code_in(word) for word in offered["matter"]} == set(LISTED)
    assert {title_in(word) for word in offered["title"]} == {title.value for title in Title}
    assert {title_in("专精特新企业", word) for word in offered["level"]} == {
        Title.NATIONAL_LITTLE_GIANT.value,
        Title.PROVINCIAL_SPECIALISED.value,
    }
    assert {word: read_kind(word) for word in CHOICES[ListField.PATENT_KIND]} == {
        "发明": PatentKind.INVENTION,
        "实用新型": PatentKind.UTILITY_MODEL,
        "外观设计": PatentKind.DESIGN,
    }


def test_a_template_offers_its_words_below_the_header_and_takes_others() -> None:
    import openpyxl

    content = list_template(LIST_KIND_LABELS[ListKind.PATENTS], explained_columns(ListKind.PATENTS))
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    offers = {str(each.sqref): each for each in sheet.data_validations.dataValidation}
    assert offers["D2:D1048576"].formula1 == '"发明,实用新型,外观设计"'
    assert offers["M2:M1048576"].formula1 == '"有效,审中,失效"'
    assert not any(each.showErrorMessage for each in offers.values())


def filled(content: bytes, example: list[str]) -> bytes:
    """Return the template with one row in its first sheet."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(content))
    book.worksheets[0].append(example)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
