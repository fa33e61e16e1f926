"""A good list that somebody spoiled: it is taken with the same counts, or refused in a sentence."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ipfin.kernel.errors import BadInput
from ipfin.registry.headers import propose_mapping
from ipfin.registry.listing import ListReading, interpret
from ipfin.registry.reading import read_table
from tests.lists import HEADER, number, row
from tests.unit.registry.list_files import csv_of, text, workbook

AS_OF = date(2026, 3, 5)
COUNT = 8
FIRMS = {f"安阳样张{n}号机械有限公司" for n in range(3)}
Table = tuple[list[str], list[list[str]]]
Spoil = Callable[[random.Random, Table], Table]

RENAMED = {
    "专利名称": ("名称", "发明名称", "标题（中文）", "专利技术名称", "Title"),
    "申请号": ("专利号", "申请（专利）号", "专利授权编号", "Application No."),
    "申请日": ("申请日期", "申请时间", "递交日期", "Filing Date"),
    "申请人": ("专利权人", "申请（专利权）人", "【标】当前申请（专利权）人", "权利人全称"),
    "专利有效性": ("有效性", "简单法律状态", "是否有效"),
    "区县": ("县区", "所在县区", "所属区县"),
}
WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


def rename(chance: random.Random, table: Table) -> Table:
    header, rows = table
    return [chance.choice((name, *RENAMED.get(name, ()))) for name in header], rows


def swap(chance: random.Random, table: Table) -> Table:
    header, rows = table
    order = chance.sample(range(len(header)), len(header))
    return [header[place] for place in order], [[cells[place] for place in order] for cells in rows]


def widen(chance: random.Random, table: Table) -> Table:
    header, rows = table
    places = chance.sample(range(len(header)), chance.randint(1, len(header)))
    for cells in rows:
        for place in places:
            cells[place] = cells[place].translate(WIDE)
    return [name.translate(WIDE) for name in header], rows


def decorate(chance: random.Random, table: Table) -> Table:
    header, rows = table
    marks = ("{}*", " {} ", "{}\r\n", "【必填】{}", "{}")
    ends = ("{}", " {}", "{}\n", "{}\u200b", "\t{}")
    return (
        [chance.choice(marks).format(name) for name in header],
        [[chance.choice(ends).format(cell) for cell in cells] for cells in rows],
    )


def title_above(chance: random.Random, table: Table) -> Table:
    header, rows = table
    title = [chance.choice(("某市专利名录（示例）", "附件1")), *[""] * (len(header) - 1)]
    return title, [header, *rows]


def one_wrong_digit(chance: random.Random, table: Table) -> Table:
    header, rows = table
    at = chance.randrange(len(rows))
    place = next(i for i, cell in enumerate(rows[at]) if cell.strip().startswith("CN2021"))
    cell = rows[at][place].strip()
    wrong = cell[:-1] + chance.choice([digit for digit in "0123456789X" if digit != cell[-1]])
    rows[at][place] = wrong
    return header, rows


def blank_rows(chance: random.Random, table: Table) -> Table:
    header, rows = table
    at = chance.randrange(len(rows))
    return header, [*rows[:at], [""] * len(header), *rows[at:]]


def drop_column(chance: random.Random, table: Table) -> Table:
    header, rows = table
    at = chance.randrange(len(header))
    return header[:at] + header[at + 1 :], [cells[:at] + cells[at + 1 :] for cells in rows]


# What changes no count, and then what changes one in a known way. The order matters: a title goes above last.
HARMLESS: Sequence[Spoil] = (rename, swap, widen, decorate)
LAYOUT: Sequence[Spoil] = (blank_rows, title_above)


def a_list() -> Table:
    rows = [row(n, firm=f"安阳样张{n % 3}号机械有限公司", title=f"一种样张装置之{n}") for n in range(COUNT)]
    return list(HEADER), [list(cells) for cells in rows]


def take(table: Table, *, as_text: bool) -> ListReading:
    header, rows = table
    with TemporaryDirectory() as folder:
        if as_text:
            quoted = [['"' + cell + '"' for cell in cells] for cells in (header, *rows)]
            path = text(Path(folder) / "名单.csv", csv_of(quoted[0], quoted[1:]), "gb18030")
        else:
            path = workbook(Path(folder) / "名单.xlsx", ("S", (header, *rows)))
        read = read_table(path, filename=path.name)
    return interpret(read, propose_mapping(read), as_of=AS_OF)


def examples(count: int) -> settings:
    """Few, because each starts a reader of its own."""
    return settings(max_examples=count, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@examples(30)
@given(
    st.integers(0, 10**6), st.sets(st.sampled_from(HARMLESS)), st.sets(st.sampled_from(LAYOUT)), st.booleans()
)
def test_a_spoiled_list_is_taken_with_the_same_counts(
    seed: int, spoils: set[Spoil], layout: set[Spoil], as_text: bool
) -> None:
    chance, table = random.Random(seed), a_list()  # noqa: S311 - chance, not secrecy
    for spoil in (*HARMLESS, *LAYOUT):
        if spoil in spoils or spoil in layout:
            table = spoil(chance, table)
    reading = take(table, as_text=as_text)
    summary = reading.summary()
    assert (reading.rows_read, summary["patents"], len(reading.refusals)) == (COUNT, COUNT, 0)
    assert summary["validity"]["valid"] == COUNT
    assert {patent.owners[0].name for patent in reading.patents} == FIRMS


@examples(15)
@given(st.integers(0, 10**6), st.sets(st.sampled_from(HARMLESS), max_size=2), st.booleans())
def test_one_wrong_check_digit_refuses_one_row_and_names_the_right_digit(
    seed: int, spoils: set[Spoil], as_text: bool
) -> None:
    chance = random.Random(seed)  # noqa: S311 - chance, not secrecy
    table = one_wrong_digit(chance, a_list())
    for spoil in HARMLESS:
        if spoil in spoils:
            table = spoil(chance, table)
    reading = take(table, as_text=as_text)
    (refusal,) = reading.refusals
    assert (reading.rows_read, len(reading.patents), refusal.code) == (COUNT, COUNT - 1, "wrong_check_digit")
    assert f"校验位应为{number(refusal.row - 2)[-1]}" in str(refusal.message)


@examples(15)
@given(st.integers(0, 10**6), st.booleans())
def test_a_list_without_one_of_its_columns_is_taken_or_refused_in_a_sentence(
    seed: int, as_text: bool
) -> None:
    chance = random.Random(seed)  # noqa: S311 - chance, not secrecy
    table = drop_column(chance, a_list())
    if {"申请人", "申请号"} <= set(table[0]):
        reading = take(table, as_text=as_text)
        assert reading.rows_read == reading.rows_accepted + len(reading.refusals) == COUNT
    else:
        with pytest.raises(BadInput, match="缺少必需的列"):
            take(table, as_text=as_text)
