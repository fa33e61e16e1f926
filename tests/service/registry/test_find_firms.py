"""A firm is found by any part of its name, on both databases; pages never repeat or lose a row."""

from __future__ import annotations

import pytest
from sqlalchemy import true
from sqlalchemy.orm import Session

from ipfin.registry.queries import EnterpriseFilter, enterprises_page
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
