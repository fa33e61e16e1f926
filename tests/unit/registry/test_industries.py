"""Industry codes in words."""

from __future__ import annotations

import pytest

from ipfin.registry.industries import DIVISIONS, division


@pytest.mark.parametrize("code", ["C3489", "3489", "C34", "34", " c3489 "])
def test_a_code_of_any_depth_names_its_division(code):
    assert division(code) == "通用设备制造业"


@pytest.mark.parametrize("code", ["", "C", "C3", "Z3489", "C348901", "B23B27/00", "99", "通用设备"])
def test_what_is_no_division_has_no_words(code):
    assert division(code) is None


def test_there_are_ninety_divisions_of_firms_and_none_twice():
    assert list(DIVISIONS) == [f"{number:02d}" for number in range(1, 91)]
    assert len(set(DIVISIONS.values())) == 90
