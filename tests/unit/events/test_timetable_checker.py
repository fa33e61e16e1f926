"""The checker finds each broken rule, whoever made the timetable."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ipfin.events.timetable.certificate import Meeting
from ipfin.events.timetable.checker import value_of, violations, waiting_of
from ipfin.events.timetable.problem import Bank, Firm, Lock, MeetingProblem, Pair

PROBLEM = MeetingProblem(
    banks=(Bank("b", "甲银行", away=frozenset({4}), max_meetings=2), Bank("c", "乙银行", desks=2)),
    firms=(Firm("f", "一厂", away=frozenset({3})), Firm("g", "二厂", max_meetings=1), Firm("h", "三厂")),
    pairs=(*(Pair("b", firm, 5) for firm in "fgh"), Pair("c", "f", 2), Pair("c", "h", 7)),
    slots=5,
    tables=3,
    locks=(Lock("b", "f", 1, 2),),
    breaks=frozenset({2}),
)
LOCKED = Meeting(1, 2, "b", "f")
GOOD = (LOCKED, Meeting(3, 1, "c", "h"), Meeting(3, 2, "b", "g"), Meeting(5, 1, "c", "f"))


def test_a_clean_timetable_has_no_violation() -> None:
    assert violations(PROBLEM, GOOD) == []


@pytest.mark.parametrize(
    ("meetings", "sentence"),
    [
        ((LOCKED, Meeting(3, 1, "c", "g")), "“c”与“g”不在双方同意的意向中。"),
        ((LOCKED, Meeting(6, 1, "c", "h")), "第6时段不存在。"),
        ((LOCKED, Meeting(5, 4, "c", "h")), "4号桌不存在。"),
        ((LOCKED, Meeting(2, 1, "c", "h")), "第2时段为休息，却安排了洽谈。"),
        ((LOCKED, Meeting(4, 1, "b", "h")), "“甲银行”在第4时段缺席，却安排了洽谈。"),
        ((LOCKED, Meeting(3, 1, "c", "f")), "“一厂”在第3时段缺席，却安排了洽谈。"),
        ((LOCKED, Meeting(3, 1, "c", "h"), Meeting(4, 1, "c", "h")), "“c”与“h”见面2次。"),
        ((LOCKED, Meeting(1, 1, "c", "f")), "企业“f”在第1时段有2场洽谈。"),
        ((LOCKED, Meeting(1, 1, "b", "h")), "银行“b”在第1时段有2场洽谈，但只有1个席位。"),
        ((LOCKED, Meeting(3, 1, "b", "h"), Meeting(5, 1, "b", "g")), "“甲银行”有3场洽谈，超过上限2场。"),
        ((LOCKED, Meeting(1, 2, "c", "h")), "第1时段2号桌有2场洽谈。"),
        ((), "锁定的洽谈“b”与“f”（第1时段）被改动。"),
        ((Meeting(5, 2, "b", "f"),), "锁定的洽谈“b”与“f”（第1时段）被改动。"),
        ((Meeting(1, 3, "b", "f"),), "锁定的洽谈“b”与“f”（第1时段）被改动。"),
    ],
)
def test_a_broken_rule_is_named(meetings: tuple[Meeting, ...], sentence: str) -> None:
    assert violations(PROBLEM, meetings) == [sentence]


def test_a_firm_above_its_limit_is_named() -> None:
    limited = replace(PROBLEM, firms=(*PROBLEM.firms[:2], Firm("h", "三厂", max_meetings=1)))

    found = violations(limited, (LOCKED, Meeting(3, 1, "c", "h"), Meeting(5, 1, "b", "h")))

    assert found == ["“三厂”有2场洽谈，超过上限1场。"]


def test_two_desks_may_meet_at_the_same_time() -> None:
    meetings = (LOCKED, Meeting(5, 1, "c", "h"), Meeting(5, 3, "c", "f"))

    assert violations(PROBLEM, meetings) == []


def test_value_and_waiting_are_counted_from_the_meetings() -> None:
    # f waits in 3 and 4 (2 is a break), b not at all between 1 and 3, c in 4.
    assert value_of(PROBLEM, GOOD) == 5 + 7 + 5 + 2
    assert waiting_of(PROBLEM, GOOD) == (2, 1)
