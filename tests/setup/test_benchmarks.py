"""The table of the benchmarks: a goal is judged on both sides of it, the made-up list is what it says."""

from __future__ import annotations

import pytest

from benchmarks.lines import MEETS, MISSES, SHOWN, Line
from benchmarks.material import LIST_HEADER, Size, list_rows, made_firms
from ipfin.kernel.identifiers import CheckState, parse_application_number


@pytest.mark.parametrize(("measured", "verdict"), [(2.0, MEETS), (2.001, MISSES)])
def test_a_ratio_that_reaches_its_goal_exactly_meets_it(measured: float, verdict: str) -> None:
    assert Line("import", measured, floor=1.0, goal=2.0).verdict == verdict


@pytest.mark.parametrize(("measured", "verdict"), [(0.05, MEETS), (0.0501, MISSES)])
def test_a_limit_is_for_the_figure_and_not_for_the_ratio(measured: float, verdict: str) -> None:
    assert Line("gap", measured, floor=0.001, goal=0.05, unit="%", is_limit=True).verdict == verdict


def test_a_line_without_a_goal_is_only_shown() -> None:
    assert Line("read", 9.0, floor=1.0).verdict == SHOWN


def test_the_list_has_the_rows_the_columns_and_the_faults_that_it_names() -> None:
    size = Size(rows=450, firms=100)
    rows = list(list_rows(size))
    wrong = [row for row in rows if not is_right(row[LIST_HEADER.index("申请号")])]
    assert (len(rows), {len(row) for row in rows}, len(LIST_HEADER)) == (450, {20}, 20)
    assert len(wrong) == size.refused == 3
    assert len({row[LIST_HEADER.index("申请号")] for row in rows}) == 450


def is_right(number: str) -> bool:
    return parse_application_number(number).check is CheckState.RIGHT


def test_every_firm_of_a_large_city_has_a_name_of_its_own() -> None:
    assert len({firm.name for firm in made_firms(3_000)}) == 3_000
