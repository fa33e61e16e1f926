"""What a push says row by row, and that every agreed fact stands at a level of its own."""

from __future__ import annotations

import pytest

from ipfin.consent.levels import FIELDS, Level, Reader
from ipfin.kernel.actor import Role
from ipfin.kernel.errors import BadInput
from ipfin.lists.identity import key_of
from ipfin.pushes.answers import FACT_LABELS, Answer, Fact, Known, answer_for
from ipfin.pushes.rows import MOST_ROWS, rows_of_table, rows_of_text
from ipfin.whitelist.scoring import Grade
from tests.making.registry import credit_code

NAME, CODE = "样例磨床机械有限公司", credit_code(5)
KNOWN = Known(valid=7, inventions=2, grade=Grade.B, is_irregular=True)


@pytest.mark.parametrize(
    ("line", "code", "name"),
    [
        (NAME, "", NAME),
        (CODE, CODE, ""),
        (CODE.lower(), CODE, ""),
        (f"{CODE}，{NAME}", CODE, NAME),
        (f"{NAME}\t{CODE}", CODE, NAME),
        (f"1,{NAME},{CODE},备注", CODE, NAME),
    ],
)
def test_a_line_says_a_code_a_name_or_both(line: str, code: str, name: str) -> None:
    [row] = rows_of_text(f"\n  {line}  \n")
    assert (row.number, row.code, row.name) == (2, code, name)
    assert row.key == (key_of(name) if name else "")
    assert row.is_readable


def test_a_line_of_figures_only_names_nothing() -> None:
    [row] = rows_of_text("12345")
    assert not row.is_readable


@pytest.mark.parametrize(("count", "is_taken"), [(0, False), (MOST_ROWS, True), (MOST_ROWS + 1, False)])
def test_a_push_takes_its_rows_and_not_one_more(count: int, is_taken: bool) -> None:
    text = "\n".join(f"样例{place}公司" for place in range(count))
    if is_taken:
        assert len(rows_of_text(text)) == count
    else:
        with pytest.raises(BadInput):
            rows_of_text(text)


def test_a_table_is_read_by_its_header_and_a_header_that_is_a_firm_is_a_row() -> None:
    named = rows_of_table(("序号", "企业名称", "统一社会信用代码"), [["1"], [NAME], [CODE]], [2])
    assert [(row.number, row.name, row.code) for row in named] == [(2, NAME, CODE)]
    bare = rows_of_table((NAME,), [["样例乙公司"]], [2])
    assert [(row.number, row.name) for row in bare] == [(1, NAME), (2, "样例乙公司")]


def test_every_agreed_fact_is_classified_and_none_of_them_needs_a_consent() -> None:
    for fact in Fact:
        assert FIELDS[fact.value].level in (Level.L1, Level.L2), fact
        assert fact in FACT_LABELS


@pytest.mark.parametrize("role", [Role.BANK, Role.GUARANTOR, Role.INSURER])
def test_institutions_are_told_the_agreed_facts(role: Role) -> None:
    answer = answer_for(Reader(role=role), KNOWN)
    assert answer == Answer(valid=7, inventions=2, is_admitted=True, grade=Grade.B, is_irregular=True)


@pytest.mark.parametrize("role", [Role.ADMIN, None])
def test_whoever_the_levels_leave_out_is_told_nothing_of_irregular_filings(role: Role | None) -> None:
    assert answer_for(Reader(role=role), KNOWN).is_irregular is None
