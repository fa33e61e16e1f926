"""A firm is found by any part of its name, on both databases; pages never repeat or lose a row."""

from __future__ import annotations

from itertools import product

import pytest
from sqlalchemy import select, true, update
from sqlalchemy.orm import Session

from ipfin.kernel.identifiers import application_check_digit
from ipfin.registry.models import Enterprise
from ipfin.registry.queries import EnterpriseFilter, enterprises_page, finding
from ipfin.registry.service import write_search_text
from tests.factories import Make


def found(session: Session, query: str) -> list[str]:
    """Return the names that a search finds, by name."""
    page = enterprises_page(session, true(), EnterpriseFilter(query=query), order="name", cursor=None)
    return [firm.name for firm in page.items]


@pytest.fixture
def firms(session: Session, make: Make) -> None:
    for name in ("安阳红旗渠机械有限公司", "林州红旗农机有限公司", "滑县旗红电子有限公司"):
        write_search_text(make.enterprise(name=name))
    session.flush()


@pytest.mark.usefixtures("firms")
@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("渠", ["安阳红旗渠机械有限公司"]),
        ("红旗", ["安阳红旗渠机械有限公司", "林州红旗农机有限公司"]),
        ("红旗渠机械", ["安阳红旗渠机械有限公司"]),
        ("旗红", ["滑县旗红电子有限公司"]),
        ("红旗 机械", ["安阳红旗渠机械有限公司"]),
        ("hqnj", ["林州红旗农机有限公司"]),
        ("红渠", []),
        ("%", []),
        ('" OR 1=1', []),
        ("红旗*", ["安阳红旗渠机械有限公司", "林州红旗农机有限公司"]),
    ],
)
def test_a_search_finds_exactly_what_holds_its_words(session: Session, query: str, names: list[str]) -> None:
    assert sorted(found(session, query)) == sorted(names)


@pytest.mark.usefixtures("firms")
def test_both_plans_find_the_same_firms(session: Session) -> None:
    """Every word of one or two signs of the alphabet of names, codes, initials and the mark between them."""
    for length in (1, 2):
        for word in map("".join, product("红旗渠hzbrk1", repeat=length)):
            parts = finding.phrases(word)
            looked_up = set(session.scalars(select(Enterprise.id).where(finding._indexed(session, parts))))
            asked = [finding._holds(part) for part in parts]
            assert set(session.scalars(select(Enterprise.id).where(*asked))) == looked_up, word


@pytest.mark.usefixtures("firms")
@pytest.mark.parametrize(("firms_in_all", "is_common"), [(99, True), (100, False)])
def test_a_word_is_common_from_more_than_one_firm_in_fifty(
    session: Session, make: Make, firms_in_all: int, is_common: bool
) -> None:
    last = make.enterprise(name="殷都样张有限公司")
    session.execute(update(Enterprise).where(Enterprise.id == last.id).values(id=firms_in_all))
    assert finding._is_common(session, finding.phrases("红旗")) is is_common


@pytest.mark.parametrize(
    "typed",
    [
        "202310000001.{check}",
        "CN202310000001{check}",
        "ZL 2023 1 0000001.{check}",
        "CN116000001A",
        "CN116000001B",
    ],
)
def test_a_patent_s_number_finds_its_holders(session: Session, make: Make, typed: str) -> None:
    digits = "202310000001"
    check = application_check_digit(digits)
    one, other = make.enterprise(name="样例甲有限公司"), make.enterprise(name="样例乙有限公司")
    make.patent(holders=[one, other], application_number=f"{digits}.{check}", publication_root="CN116000001")
    make.patent(holders=[make.enterprise(name="样例丙有限公司")])
    assert sorted(found(session, typed.format(check=check))) == ["样例乙有限公司", "样例甲有限公司"]


def test_a_number_that_nobody_s_patent_has_finds_nobody(session: Session, make: Make) -> None:
    make.patent(holders=[make.enterprise()])
    assert found(session, "202399999999") == []


def test_pages_follow_each_other_without_gap_or_repetition(session: Session, make: Make) -> None:
    for index in range(23):
        make.enterprise(name=f"安阳样张{index:02d}有限公司", granted_count=30, valid_count=index // 5)
    session.flush()
    wanted, seen, cursor = EnterpriseFilter(query="样张"), [], None
    while True:
        page = enterprises_page(session, true(), wanted, order="valid", cursor=cursor, size=5)
        seen.extend(firm.id for firm in page.items)
        cursor = page.next_cursor
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == page.total == 23
    assert page.previous_cursor is not None
    back = enterprises_page(session, true(), wanted, order="valid", cursor=page.previous_cursor, size=5)
    assert [firm.id for firm in back.items] == seen[15:20]
