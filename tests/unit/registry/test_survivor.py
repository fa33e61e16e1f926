"""Which of two records stays, and when nothing is merged."""

from __future__ import annotations

import pytest

from ipfin.kernel.errors import Conflict
from ipfin.kernel.text import _
from ipfin.registry.resolution.survivor import Hold, HoldKind, Side, possible_survivors

CODE, OTHER_CODE = "91410500MA9000001X", "91410500MA9000002X"


def side(number: int, *holds: Hold, code: str = "", checks: bool = False, patents: int = 0) -> Side:
    return Side(number, f"样例{number}", code, checks, patents, holds)


def hold(kind: HoldKind, what: str = "admission") -> Hold:
    return Hold(kind, what, _("样例一在白名单内。"))


def test_without_any_rule_either_may_stay_and_the_larger_is_proposed() -> None:
    assert possible_survivors(side(1, patents=2), side(2, patents=3)) == (2, 1)
    assert possible_survivors(side(2), side(1)) == (1, 2)


def test_two_right_codes_are_two_firms() -> None:
    with pytest.raises(Conflict, match="两家企业"):
        possible_survivors(side(1, code=CODE, checks=True), side(2, code=OTHER_CODE, checks=True))


def test_two_wrong_codes_must_be_looked_at_first() -> None:
    with pytest.raises(Conflict, match="先核对代码"):
        possible_survivors(side(1, code=CODE), side(2, code=OTHER_CODE))


def test_of_a_right_and_a_wrong_code_the_right_one_stays() -> None:
    assert possible_survivors(side(1, code=CODE), side(2, code=OTHER_CODE, checks=True)) == (2,)


def test_the_record_with_a_code_stays_however_few_its_patents() -> None:
    assert possible_survivors(side(1, code=CODE, checks=True), side(2, patents=90)) == (1,)


@pytest.mark.parametrize("bound", [1, 2])
def test_nothing_is_merged_while_a_round_or_issue_is_under_way(bound: int) -> None:
    sides = [side(number, *([hold(HoldKind.OPEN)] if number == bound else [])) for number in (1, 2)]
    with pytest.raises(Conflict, match="办结之前不能归并"):
        possible_survivors(*sides)


def test_what_only_one_can_have_keeps_its_holder() -> None:
    assert possible_survivors(side(1, patents=9), side(2, hold(HoldKind.SINGLE))) == (2,)


def test_what_both_have_and_only_one_can_must_be_ended_first() -> None:
    with pytest.raises(Conflict, match="双方都有"):
        possible_survivors(side(1, hold(HoldKind.SINGLE)), side(2, hold(HoldKind.SINGLE)))


def test_the_one_that_was_published_stays_and_if_both_were_either_may() -> None:
    shown = hold(HoldKind.SHOWN, "directory")
    assert possible_survivors(side(1), side(2, shown)) == (2,)
    assert set(possible_survivors(side(1, shown), side(2, shown))) == {1, 2}


def test_rules_that_name_different_records_merge_nothing() -> None:
    with pytest.raises(Conflict, match="都不能并入"):
        possible_survivors(side(1, code=CODE, checks=True), side(2, hold(HoldKind.SINGLE)))
    with pytest.raises(Conflict, match="都不能并入"):
        possible_survivors(
            side(1, hold(HoldKind.SINGLE, "account")), side(2, hold(HoldKind.SHOWN, "directory"))
        )
