"""Must-haves and minimums come before value, sessions and precedence are kept, and a witness is one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from ipfin.events.timetable import checker
from ipfin.events.timetable.certificate import Certificate, Condition, Status, Witness
from ipfin.events.timetable.plan import plan
from ipfin.events.timetable.problem import Bank, Firm, Lock, MeetingProblem, Pair, Precedence
from tests.unit.events.timetable_cases import (
    Placing,
    every_placing,
    fair,
    meetings_of_firms,
    problems,
    served_of,
    value_of,
)

PLAIN = MeetingProblem(
    banks=(Bank("b", "甲银行"), Bank("c", "乙银行")),
    firms=(Firm("f", "一厂"), Firm("g", "二厂"), Firm("h", "三厂")),
    pairs=(Pair("b", "f", 9), Pair("b", "g", 8), Pair("b", "h", 1), Pair("c", "f", 7)),
    slots=2,
    tables=2,
)


def with_musts(problem: MeetingProblem, *keys: tuple[str, str]) -> MeetingProblem:
    return replace(problem, pairs=tuple(replace(pair, must=pair.key in keys) for pair in problem.pairs))


@settings(max_examples=20, deadline=None)
@given(problems(with_absences=False, with_demands=True))
def test_without_absences_demands_then_value_then_fairness_are_what_trying_everything_finds(
    problem: MeetingProblem,
) -> None:
    best = max(
        (served_of(problem, placed), value_of(problem, placed), meetings_of_firms(problem, placed))
        for placed in every_placing(problem)
    )

    timetable = plan(problem, time_limit_s=0)

    proof = timetable.certificate
    placed = {(meeting.bank_id, meeting.firm_id): meeting.slot for meeting in timetable.meetings}
    assert (proof.served, proof.value, meetings_of_firms(problem, placed)) == best
    assert (proof.served_bound, proof.bound) == best[:2]
    assert proof.status is Status.PROVEN_OPTIMAL
    assert proof.is_fairest


@settings(max_examples=20, deadline=None)
@given(problems(with_absences=True, with_locks=True, with_orders=True, with_demands=True))
def test_no_bound_is_too_low_and_no_rule_is_broken_whatever_is_asked_for(problem: MeetingProblem) -> None:
    best = max((served_of(problem, placed), value_of(problem, placed)) for placed in every_placing(problem))

    timetable = plan(problem, time_limit_s=0)

    proof = timetable.certificate
    placed = {(meeting.bank_id, meeting.firm_id): meeting.slot for meeting in timetable.meetings}
    assert checker.violations(problem, timetable.meetings) == []
    assert proof.served == served_of(problem, placed)
    assert (proof.served_bound, proof.bound) >= best >= (proof.served, proof.value)
    assert proof.served_bound >= best[0]
    if proof.status is Status.PROVEN_OPTIMAL:
        assert (proof.served, proof.value) == best


@settings(max_examples=8, deadline=None)
@given(problems(with_absences=True, with_locks=True, with_orders=True, with_demands=True))
def test_the_search_ends_at_the_best_there_is(problem: MeetingProblem) -> None:
    best = max((served_of(problem, placed), value_of(problem, placed)) for placed in every_placing(problem))

    proof = plan(problem, time_limit_s=0.8).certificate

    assert (proof.served, proof.value) == best


@settings(max_examples=25, deadline=None)
@given(problems(with_absences=True, with_demands=True))
def test_a_witness_names_demands_that_nothing_meets_together(problem: MeetingProblem) -> None:
    proof = plan(problem, time_limit_s=0).certificate

    assert sum(one.missing for one in proof.unserved) == proof.demands - proof.served
    for witness in proof.witnesses:
        assert witness.needed > witness.possible
        assert witness.needed == _asked(problem, witness)
        assert not any(_meets(problem, placed, witness) for placed in every_placing(problem))


@settings(max_examples=20, deadline=None)
@given(problems(with_absences=False, with_demands=True))
def test_without_absences_there_is_a_witness_exactly_when_a_demand_is_not_met(
    problem: MeetingProblem,
) -> None:
    proof = plan(problem, time_limit_s=0).certificate

    assert bool(proof.witnesses) == (proof.served < proof.demands)


def _asked(problem: MeetingProblem, witness: Witness) -> int:
    banks = sum(bank.min_meetings for bank in problem.banks if bank.id in witness.banks)
    firms = sum(firm.min_meetings for firm in problem.firms if firm.id in witness.firms)
    return banks + firms + len(witness.pairs)


def _meets(problem: MeetingProblem, placed: Placing, witness: Witness) -> bool:
    return (
        all(pair in placed for pair in witness.pairs)
        and all(
            sum(1 for held, _ in placed if held == bank.id) >= bank.min_meetings
            for bank in problem.banks
            if bank.id in witness.banks
        )
        and all(
            sum(1 for _, held in placed if held == firm.id) >= firm.min_meetings
            for firm in problem.firms
            if firm.id in witness.firms
        )
    )


def proof_of(problem: MeetingProblem) -> Certificate:
    return plan(problem, time_limit_s=0).certificate


def test_a_must_have_is_held_though_it_costs_value() -> None:
    assert proof_of(PLAIN).value == 24
    proof = proof_of(with_musts(PLAIN, ("b", "h")))

    assert (proof.demands, proof.served, proof.value, proof.status) == (1, 1, 17, Status.PROVEN_OPTIMAL)
    assert "先保证必排洽谈和最低场次后" in str(proof.left_out[0].reason)


def test_a_firm_with_a_minimum_is_met_before_value() -> None:
    firms = (*PLAIN.firms[:2], Firm("h", "三厂", min_meetings=1))

    assert proof_of(replace(PLAIN, firms=firms)).value == 17


@pytest.mark.parametrize(
    ("problem", "sentences"),
    [
        (
            with_musts(PLAIN, ("b", "f"), ("b", "g"), ("b", "h")),
            [
                "“甲银行”的3场必排洽谈（“甲银行”与“一厂”、“甲银行”与“二厂”、“甲银行”与“三厂”）"
                "一共只有2个可用的席位时段。"
            ],
        ),
        (
            replace(PLAIN, firms=(*PLAIN.firms[:2], Firm("h", "三厂", min_meetings=2))),
            ["“三厂”还需2场才到最低场次，而按其时段、上限和双方同意的对象最多1场。"],
        ),
        (
            with_musts(
                replace(PLAIN, firms=(Firm("f", "一厂", away=frozenset({1, 2})), *PLAIN.firms[1:])),
                ("c", "f"),
            ),
            ["必排的“乙银行”与“一厂”没有可以安排的时段或名额。"],
        ),
        (
            replace(
                PLAIN,
                firms=tuple(replace(firm, min_meetings=1) for firm in PLAIN.firms),
                pairs=PLAIN.pairs[:3],
            ),
            [
                "需要3场：企业“一厂”、“二厂”、“三厂”的最低场次合计3场；"
                "而最多只有2场：银行“甲银行”合计最多2场。"
            ],
        ),
        (
            replace(
                PLAIN,
                tables=1,
                slots=1,
                banks=tuple(replace(bank, min_meetings=1) for bank in PLAIN.banks),
            ),
            ["需要2场：银行“甲银行”、“乙银行”的最低场次合计2场；而最多只有1场：全场桌位最多1场。"],
        ),
    ],
    ids=["slots of a bank", "one alone", "no slot", "a bank for three firms", "the hall"],
)
def test_what_cannot_be_met_is_said_with_its_count(problem: MeetingProblem, sentences: list[str]) -> None:
    proof = proof_of(problem)

    assert [str(one.reason) for one in proof.witnesses] == sentences
    assert proof.served < proof.demands
    assert proof.served == proof.served_bound


def test_a_locked_must_have_is_met_and_counts() -> None:
    problem = replace(with_musts(PLAIN, ("b", "h")), locks=(Lock("b", "h", 2),))

    proof = proof_of(problem)

    assert (proof.demands, proof.served, proof.served_bound) == (1, 1, 1)


def test_a_pair_is_held_in_its_session_only_and_says_when_that_is_not_possible() -> None:
    morning = replace(PLAIN.pairs[0], slots=frozenset({1}))
    problem = replace(PLAIN, pairs=(morning, *PLAIN.pairs[1:]))
    away = replace(problem, banks=(Bank("b", "甲银行", away=frozenset({1})), PLAIN.banks[1]))

    assert {m.slot for m in plan(problem, time_limit_s=0).meetings if m.bank_id + m.firm_id == "bf"} == {1}
    [out] = [one for one in proof_of(away).left_out if one.firm_id == "f" and one.bank_id == "b"]
    assert out.condition is Condition.NO_ALLOWED_SLOT
    assert str(out.reason) == "“甲银行”与“一厂”约定的时段（1）双方不能同时在场。"


def test_a_pair_that_its_order_keeps_out_names_the_other() -> None:
    problem = replace(
        PLAIN,
        pairs=(Pair("b", "f", 9), Pair("c", "g", 5)),
        locks=(Lock("b", "f", 2),),
        precedences=(Precedence(("b", "f"), ("c", "g")),),
    )

    [out] = proof_of(problem).left_out

    assert out.condition is Condition.ORDER
    assert str(out.reason) == (
        "按先后要求应晚于“甲银行”与“一厂”的洽谈（第2时段），其后没有双方都空闲的时段。"
    )


def test_a_whole_fair_with_demands_sessions_and_orders_keeps_every_rule() -> None:
    problem = fair(40, 10, 9, absent=0.2, tables=8)
    pairs = tuple(
        replace(
            pair,
            must=number % 9 == 0,
            slots=frozenset(range(1, 5)) if number % 7 == 0 else None,
        )
        for number, pair in enumerate(problem.pairs)
    )
    orders = tuple(Precedence(one.key, two.key) for one, two in zip(pairs[::11], pairs[3::11], strict=False))
    problem = replace(problem, pairs=pairs, precedences=orders)

    timetable = plan(problem, time_limit_s=1)

    proof = timetable.certificate
    assert checker.violations(problem, timetable.meetings) == []
    assert proof.demands > 20
    assert (proof.served, proof.value) <= (proof.served_bound, proof.bound)
