"""A problem that contradicts itself is refused in words that name who and what."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from ipfin.events.timetable.contradictions import check, contradictions
from ipfin.events.timetable.exchange import problem_as_json, problem_from_json
from ipfin.events.timetable.plan import plan
from ipfin.events.timetable.problem import (
    MAX_VALUE,
    Bank,
    Firm,
    Lock,
    MeetingProblem,
    Pair,
    Precedence,
)
from ipfin.kernel.errors import BadInput
from tests.unit.events.timetable_cases import problems

PLAIN = MeetingProblem(
    banks=(Bank("b", "甲银行"), Bank("c", "乙银行", desks=2)),
    firms=(Firm("f", "一厂"), Firm("g", "二厂"), Firm("h", "三厂")),
    pairs=tuple(Pair(bank, firm, 5) for bank in "bc" for firm in "fgh"),
    slots=3,
    tables=2,
)


def locked(*locks: Lock) -> MeetingProblem:
    return replace(PLAIN, locks=locks)


def test_a_consistent_problem_is_accepted() -> None:
    assert contradictions(PLAIN) == []


@pytest.mark.parametrize(
    ("problem", "sentence"),
    [
        (replace(PLAIN, slots=0), "时段数应在1到200之间，现为0。"),
        (replace(PLAIN, tables=0), "洽谈桌数应在1到5000之间，现为0。"),
        (replace(PLAIN, breaks=frozenset({4})), "休息时段4不存在，本场共3个时段。"),
        (replace(PLAIN, banks=(*PLAIN.banks, Bank("b"))), "银行编号“b”重复，请合并为一行。"),
        (replace(PLAIN, firms=(*PLAIN.firms, Firm("h"))), "企业编号“h”重复，请合并为一行。"),
        (
            replace(PLAIN, banks=(Bank("b", "甲银行", desks=0), PLAIN.banks[1])),
            "银行“甲银行”的席位数应至少为1，现为0。",
        ),
        (
            replace(PLAIN, firms=(Firm("f", "一厂", away=frozenset({0})), *PLAIN.firms[1:])),
            "“一厂”的缺席时段0不存在，本场共3个时段。",
        ),
        (
            replace(PLAIN, firms=(Firm("f", "一厂", max_meetings=-1), *PLAIN.firms[1:])),
            "“一厂”的场次上限不能为负数。",
        ),
        (
            replace(PLAIN, firms=(Firm("f", "一厂", min_meetings=-1), *PLAIN.firms[1:])),
            "“一厂”的最低场次不能为负数。",
        ),
        (
            replace(PLAIN, banks=(Bank("b", "甲银行", max_meetings=1, min_meetings=2), PLAIN.banks[1])),
            "“甲银行”的最低场次2大于场次上限1。",
        ),
        (
            replace(PLAIN, pairs=(*PLAIN.pairs, Pair("b", "f", 1))),
            "“甲银行”与“一厂”的意向重复，请只保留一行。",
        ),
        (replace(PLAIN, pairs=(Pair("x", "f", 1),)), "意向中的银行“x”不在参会银行中。"),
        (replace(PLAIN, pairs=(Pair("b", "x", 1),)), "意向中的企业“x”不在参会企业中。"),
        (
            replace(PLAIN, pairs=(Pair("b", "f", 0),)),
            "“甲银行”与“一厂”的分值应为1到100000的整数，现为0。",
        ),
        (
            replace(PLAIN, pairs=(Pair("b", "f", MAX_VALUE + 1),)),
            "“甲银行”与“一厂”的分值应为1到100000的整数，现为100001。",
        ),
        (
            replace(PLAIN, pairs=(Pair("b", "f", 1),), locks=(Lock("b", "g", 1),)),
            "锁定的洽谈“甲银行”与“二厂”不在双方同意的意向中，不能安排。",
        ),
        (locked(Lock("b", "f", 4)), "锁定的洽谈“甲银行”与“一厂”在第4时段，本场没有这个时段。"),
        (
            replace(locked(Lock("b", "f", 2)), breaks=frozenset({2})),
            "锁定的洽谈“甲银行”与“一厂”在第2时段，该时段为休息。",
        ),
        (
            replace(locked(Lock("b", "f", 2)), banks=(Bank("b", "甲银行", away=frozenset({2})), Bank("c"))),
            "锁定的洽谈“甲银行”与“一厂”在第2时段，但“甲银行”该时段缺席。",
        ),
        (
            replace(
                locked(Lock("b", "f", 2)), firms=(Firm("f", "一厂", frozenset({2})), Firm("g"), Firm("h"))
            ),
            "锁定的洽谈“甲银行”与“一厂”在第2时段，但“一厂”该时段缺席。",
        ),
        (locked(Lock("b", "f", 1, 3)), "锁定的洽谈“甲银行”与“一厂”在3号桌，本场没有这张桌。"),
        (
            locked(Lock("b", "f", 1), Lock("c", "f", 1)),
            "企业“一厂”在第1时段被锁定了两场洽谈，请改动其中一场。",
        ),
        (locked(Lock("b", "f", 1), Lock("b", "f", 2)), "“甲银行”与“一厂”的洽谈被锁定了两次，请只保留一次。"),
        (
            locked(Lock("b", "f", 1), Lock("b", "g", 1)),
            "银行“甲银行”在第1时段锁定了2场洽谈，但只有1个席位。",
        ),
        (
            replace(locked(Lock("c", "f", 1), Lock("c", "g", 1)), tables=1),
            "第1时段锁定了2场洽谈，但全场只有1张桌。",
        ),
        (locked(Lock("c", "f", 1, 2), Lock("c", "g", 1, 2)), "第1时段2号桌锁定了2场洽谈。"),
        (
            replace(
                locked(Lock("b", "f", 1), Lock("b", "g", 2)),
                banks=(Bank("b", "甲银行", max_meetings=1), PLAIN.banks[1]),
            ),
            "“甲银行”锁定了2场洽谈，超过其上限1场。",
        ),
        (
            replace(PLAIN, pairs=(Pair("b", "f", 1, frozenset()),)),
            "“甲银行”与“一厂”的可用时段为空，请至少写一个时段；不限时段就不写。",
        ),
        (
            replace(PLAIN, pairs=(Pair("b", "f", 1, frozenset({3, 4})),)),
            "“甲银行”与“一厂”的可用时段4不存在，本场共3个时段。",
        ),
        (
            replace(PLAIN, pairs=(Pair("b", "f", 1, frozenset({1, 3})),), locks=(Lock("b", "f", 2),)),
            "锁定的洽谈“甲银行”与“一厂”在第2时段，不在其可用时段内。",
        ),
        (
            replace(PLAIN, precedences=(Precedence(("b", "f"), ("b", "x")),)),
            "先后要求中的“甲银行”与“x”不在双方同意的意向中。",
        ),
        (
            replace(PLAIN, precedences=(Precedence(("b", "f"), ("b", "f")),)),
            "先后要求写的是同一场洽谈：“甲银行”与“一厂”。",
        ),
        (
            replace(
                PLAIN,
                precedences=(Precedence(("b", "f"), ("c", "f")), Precedence(("c", "f"), ("b", "f"))),
            ),
            "先后要求成环：“甲银行”与“一厂”、“乙银行”与“一厂”。",
        ),
        (
            replace(
                locked(Lock("b", "f", 2), Lock("c", "g", 2)),
                precedences=(Precedence(("b", "f"), ("c", "g")),),
            ),
            "锁定的洽谈“乙银行”与“二厂”在第2时段，按先后要求应晚于“甲银行”与“一厂”（第2时段）。",
        ),
    ],
)
def test_a_contradiction_is_named(problem: MeetingProblem, sentence: str) -> None:
    assert contradictions(problem) == [sentence]
    with pytest.raises(BadInput, match="^" + sentence):
        plan(problem)


def test_the_limits_themselves_are_allowed() -> None:
    edge = replace(
        locked(Lock("c", "f", 3, 2), Lock("c", "g", 3, 1)),
        pairs=(Pair("c", "f", MAX_VALUE), Pair("c", "g", 1)),
        breaks=frozenset({1, 2}),
    )

    assert contradictions(edge) == []


def test_several_contradictions_are_counted() -> None:
    problem = replace(PLAIN, pairs=(Pair("x", "f", 1), Pair("b", "f", 0)))

    with pytest.raises(BadInput) as refusal:
        check(problem)

    assert refusal.value.message == "意向中的银行“x”不在参会银行中。（另有1处问题）"


@given(problems(with_absences=True, with_locks=True))
def test_a_problem_comes_back_from_json_as_it_was(problem: MeetingProblem) -> None:
    assert problem_from_json(problem_as_json(problem)) == problem.canonical()


def test_a_file_may_leave_out_what_has_a_default_and_use_numbers_as_ids() -> None:
    given = {
        "slots": 2,
        "tables": 1,
        "banks": [{"id": 7}],
        "firms": [{"id": "f"}],
        "pairs": [{"bank": 7, "firm": "f", "value": 3}],
    }

    assert problem_from_json(given) == MeetingProblem(
        (Bank("7"),), (Firm("f"),), (Pair("7", "f", 3),), slots=2, tables=1
    )


@pytest.mark.parametrize(
    "other",
    [
        replace(PLAIN, slots=4),
        replace(PLAIN, tables=3),
        replace(PLAIN, breaks=frozenset({1})),
        replace(PLAIN, pairs=PLAIN.pairs[1:]),
        replace(PLAIN, pairs=(Pair("b", "f", 6), *PLAIN.pairs[1:])),
        replace(PLAIN, locks=(Lock("b", "f", 1),)),
        replace(PLAIN, firms=(Firm("f", "一厂", frozenset({1})), *PLAIN.firms[1:])),
        replace(PLAIN, firms=(Firm("f", "一厂", max_meetings=1), *PLAIN.firms[1:])),
        replace(PLAIN, banks=(Bank("b", "甲银行", desks=2), PLAIN.banks[1])),
        replace(PLAIN, banks=(Bank("b", "甲银行", away=frozenset({2})), PLAIN.banks[1])),
        replace(PLAIN, pairs=(replace(PLAIN.pairs[0], slots=frozenset({1, 2, 3})), *PLAIN.pairs[1:])),
        replace(PLAIN, precedences=(Precedence(("b", "f"), ("b", "g")),)),
        replace(PLAIN, pairs=(replace(PLAIN.pairs[0], must=True), *PLAIN.pairs[1:])),
        replace(PLAIN, firms=(Firm("f", "一厂", min_meetings=1), *PLAIN.firms[1:])),
        replace(PLAIN, banks=(Bank("b", "甲银行", min_meetings=1), PLAIN.banks[1])),
    ],
)
def test_every_part_of_a_problem_is_in_its_digest(other: MeetingProblem) -> None:
    assert other.sha256() != PLAIN.sha256()


BARE = {"slots": 2, "tables": 1, "banks": [], "firms": [], "pairs": []}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ([], "文件应为一个JSON对象。"),
        (BARE | {"desk": 1}, "文件中有未知的项“desk”。"),
        (BARE | {"slots": "2"}, "文件的“slots”应为整数。"),
        (BARE | {"slots": True}, "文件的“slots”应为整数。"),
        ({"slots": 2, "tables": 1, "firms": [], "pairs": []}, "文件的“banks”应为列表。"),
        (BARE | {"banks": [3]}, "banks第1行应为一个JSON对象。"),
        (BARE | {"banks": [{"id": "b"}, {"id": ""}]}, "banks第2行的“id”应为非空的文字或整数。"),
        (BARE | {"banks": [{"id": "b", "seats": 2}]}, "banks第1行中有未知的项“seats”。"),
        (BARE | {"firms": [{"id": "f", "name": 4}]}, "firms第1行的“name”应为文字。"),
        (BARE | {"firms": [{"id": "f", "away": [1.5]}]}, "firms第1行的“away”应为时段序号的列表。"),
        (BARE | {"pairs": [{"bank": "b", "firm": "f", "value": 0.5}]}, "pairs第1行的“value”应为整数。"),
        (BARE | {"locks": [{"bank": "b", "firm": "f"}]}, "locks第1行的“slot”应为整数。"),
        (
            BARE | {"pairs": [{"bank": "b", "firm": "f", "value": 1, "slots": 2}]},
            "pairs第1行的“slots”应为列表。",
        ),
        (
            BARE | {"pairs": [{"bank": "b", "firm": "f", "value": 1, "must": 1}]},
            "pairs第1行的“must”应为true或false。",
        ),
        (
            BARE | {"precedences": [{"earlier": {"bank": "b", "firm": "f"}}]},
            "precedences第1行的“later”应为一个JSON对象。",
        ),
        (
            BARE | {"precedences": [{"earlier": {"bank": "b"}, "later": {}}]},
            "precedences第1行的“earlier”的“firm”应为非空的文字或整数。",
        ),
    ],
)
def test_a_file_that_does_not_fit_is_refused_by_name(given: object, sentence: str) -> None:
    with pytest.raises(BadInput) as refusal:
        problem_from_json(given)

    assert refusal.value.message == sentence
