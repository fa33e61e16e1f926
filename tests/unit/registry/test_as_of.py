"""The day that a list speaks of: what it can be, and what the name of its file hints at."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ipfin.kernel.errors import BadInput
from ipfin.registry.as_of import FIRST_PATENT_LAW, check_as_of, day_in_name

TODAY = date(2026, 3, 5)
DAY = timedelta(days=1)


@pytest.mark.parametrize("day", [FIRST_PATENT_LAW, TODAY])
def test_the_first_day_of_the_law_and_today_can_be(day: date) -> None:
    assert check_as_of(day, today=TODAY) == day


@pytest.mark.parametrize("day", [FIRST_PATENT_LAW - DAY, TODAY + DAY])
def test_a_day_before_the_law_or_after_today_is_refused(day: date) -> None:
    with pytest.raises(BadInput, match="1985-04-01至今天之间") as refusal:
        check_as_of(day, today=TODAY)
    assert refusal.value.field == "as_of"


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("20220507--CNAPP-TI=虚拟现实.csv", date(2022, 5, 7)),
        ("专利_示例大学_20170513.xls", date(2017, 5, 13)),
        ("名录2022年5月7日.xlsx", date(2022, 5, 7)),
        ("名录 2022-5-7（2）.xlsx", date(2022, 5, 7)),
        ("20210101-20211231.xlsx", date(2021, 12, 31)),
        ("名录20260305.csv", TODAY),
        ("名录20260306.csv", None),
        ("名录20221340.csv", None),
        ("名录2020-2022.csv", None),
        ("CN202110123456.csv", None),
        ("名录.csv", None),
    ],
)
def test_a_day_in_the_name_of_a_file_is_a_hint(name: str, day: date | None) -> None:
    assert day_in_name(name, today=TODAY) == day
