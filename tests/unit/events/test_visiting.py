"""What an event knows of a visit fits into its record, and says where it came from."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from ipfin.events.visiting import Known, offered, origin_of, registration_id_of
from ipfin.kernel.money import Fen

ON = datetime(2026, 3, 4, 17, tzinfo=UTC)  # past midnight in China


def test_a_visit_is_of_the_day_in_china_and_says_only_what_is_known() -> None:
    said = offered(Known("样例走访", ON), "经办甲")
    assert (said.visited_on, said.topics, said.persons, said.needs) == (date(2026, 3, 5), "样例走访", "", "")
    assert said.checked(said.visited_on) == said


def test_however_much_is_known_fits_into_the_record() -> None:
    many = ["很长的名称" * 20] * 40
    known = Known("样例走访", ON, many, many, many, "需求" * 250, Fen(100), 360)
    said = offered(known, "经办" * 300)
    assert said.checked(said.visited_on)


@pytest.mark.parametrize(
    ("origin", "number"), [("", None), ("registration:17", 17), ("registration:x", None)]
)
def test_an_origin_names_its_registration(origin: str, number: int | None) -> None:
    assert registration_id_of(origin) == number
    assert number is None or origin_of(number) == origin
