"""Badges and table signs: how many stand on a page, and that long names are printed smaller."""

from __future__ import annotations

import pytest

from ipfin.documents.event_papers import Badge, Badges, Programme, TableSign
from ipfin.documents.papers import WallChart, wide
from tests.unit.documents import printing


def badge(number: int, name: str = "王芳") -> Badge:
    return Badge(number, name, "安阳某某有限公司", "企业", f"https://ip.example.cn/c/{number}")


def test_eight_badges_stand_on_a_page_two_across() -> None:
    pages = Badges(printing.EVENT, [badge(n) for n in range(1, 18)]).pages()
    assert [[len(row) for row in page] for page in pages] == [[2, 2, 2, 2], [2, 2, 2, 2], [1]]
    assert [one.number for page in pages for row in page for one in row] == list(range(1, 18))


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("", "huge"),
        ("欧阳建国", "huge"),
        ("欧阳建国华", "big"),
        ("买买提·吐尔逊", "big"),
        ("Alexander Müller", "small"),
    ],
)
def test_a_long_name_is_printed_smaller(name: str, size: str) -> None:
    assert badge(1, name).size == size


def test_many_or_long_hosts_are_printed_smaller() -> None:
    assert TableSign("1", ["样" * 16]).size == "huge"
    assert TableSign("1", ["样" * 17]).size == "big"
    assert TableSign("1", ["样" * 42]).size == "big"
    assert TableSign("1", ["样" * 43]).size == "small"
    assert TableSign("1", ["甲行", "乙行"]).size == "big"
    assert TableSign("1", ["样" * 22, "乙行"]).size == "small"
    assert TableSign("1", ["甲行", "乙行", "丙行"]).size == "small"
    assert TableSign("1", ["甲行"]).characters == 16
    assert wide("王a·") == 4


def test_the_desks_of_a_programme_stand_two_to_a_row() -> None:
    desks = [(str(n), f"{n}行") for n in range(1, 6)]
    rows = Programme(printing.EVENT, [], desks).desk_rows()
    assert [(left[0], right[0]) for left, right in rows] == [("1", "4"), ("2", "5"), ("3", "")]
    assert Programme(printing.EVENT, [], []).desk_rows() == []


def test_every_slot_of_a_wall_chart_stands_on_one_page() -> None:
    """Fifteen desks of twelve slots: where long names need more lines, they get more room or smaller type."""
    desks = [(str(n), "样例银行股份有限公司安阳文峰支行") for n in range(15)]

    def panels(name: str, slots: int = 12) -> list[tuple[int, str]]:
        chart = WallChart(printing.EVENT, desks, [("9:00—9:15", [name] * 15)] * slots)
        return [(len(panel.desks), panel.size) for panel in chart.panels()]

    assert panels("安阳样例机械制造有限公司") == [(5, "roomy")] * 3
    assert panels("样" * 28) == [(5, "")] * 3
    assert panels("样" * 34) == [(5, "dense")] * 3
    assert panels("样" * 45) == [(3, "")] * 5
    assert panels("安阳样例机械制造有限公司", slots=40) == [(5, "")] * 3  # they run on
