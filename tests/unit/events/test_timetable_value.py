"""The value of a timetable is the best there is, and its bound is never below what is possible."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings

from ipfin.events.timetable import flow, placing
from ipfin.events.timetable import polish as polish_module
from ipfin.events.timetable.board import lay_out
from ipfin.events.timetable.certificate import Status
from ipfin.events.timetable.plan import plan
from ipfin.events.timetable.polish import polish
from ipfin.events.timetable.problem import Bank, Firm, MeetingProblem, Pair
from tests.unit.events.timetable_cases import (
    dice,
    every_placing,
    fair,
    meetings_of_firms,
    problems,
    value_of,
)


def never() -> bool:
    return False


@settings(max_examples=50)
@given(problems(with_absences=False))
def test_without_absences_the_value_is_what_trying_everything_finds(problem: MeetingProblem) -> None:
    best = max(value_of(problem, placed) for placed in every_placing(problem))

    proof = plan(problem, time_limit_s=0).certificate

    assert (proof.value, proof.bound, proof.status) == (best, best, Status.PROVEN_OPTIMAL)


@settings(max_examples=50)
@given(problems(with_absences=False, top_value=1))
def test_of_equal_values_the_fairest_is_chosen(problem: MeetingProblem) -> None:
    best = max(
        (value_of(problem, placed), meetings_of_firms(problem, placed)) for placed in every_placing(problem)
    )

    meetings = plan(problem, time_limit_s=0).meetings

    placed = {(meeting.bank_id, meeting.firm_id): meeting.slot for meeting in meetings}
    assert (value_of(problem, placed), meetings_of_firms(problem, placed)) == best


@settings(max_examples=30)
@given(problems(with_absences=True, with_locks=True))
def test_with_absences_and_locks_the_search_ends_at_the_proven_optimum(problem: MeetingProblem) -> None:
    best = max(value_of(problem, placed) for placed in every_placing(problem))
    board = lay_out(problem)
    choice = flow.choose(board)
    draft = placing.place(board, choice.pairs, dice(0), never)
    locked = sum(board.value[pair] for pair in board.locked)

    polished = polish(draft, choice.value, 10, never)

    assert choice.value + locked >= best
    assert polished.draft.value + locked == best == polished.bound + locked


@settings(max_examples=30)
@given(problems(with_absences=True, with_locks=True))
def test_the_bound_of_a_first_timetable_is_never_below_the_optimum(problem: MeetingProblem) -> None:
    best = max(value_of(problem, placed) for placed in every_placing(problem))

    proof = plan(problem, time_limit_s=0).certificate

    assert proof.value <= best <= proof.bound
    assert (proof.status is Status.PROVEN_OPTIMAL) == (proof.gap == 0)


@pytest.mark.parametrize(
    ("firms", "banks", "slots", "desks", "tables"),
    [(60, 15, 12, 1, 15), (60, 15, 12, 2, 20), (60, 15, 12, 1, 9)],
)
def test_a_whole_fair_without_absences_reaches_its_bound(
    firms: int, banks: int, slots: int, desks: int, tables: int
) -> None:
    proof = plan(fair(firms, banks, slots, desks=desks, tables=tables), time_limit_s=0).certificate

    assert proof.value == proof.bound
    assert proof.bound_by == "flow"


def test_half_of_everyone_away_is_still_solved_to_the_proof() -> None:
    proof = plan(fair(60, 15, 12, absent=0.5), time_limit_s=3).certificate

    assert proof.status is Status.PROVEN_OPTIMAL
    assert proof.bound_by in ("prices", "search")  # the flow's bound does not know the absences


def test_a_flow_that_is_not_optimal_is_found_out() -> None:
    network = _network_of(fair(20, 5, 4))
    idle = network.capacity * 0  # everything past the hall: feasible, worth nothing
    idle[-1] = network.supply

    with pytest.raises(ArithmeticError, match="improved along a cycle"):
        flow._prove(network, idle)


def test_a_flow_that_is_one_exchange_from_the_optimum_is_found_out() -> None:
    # one bank, one slot, two firms worth 3 and 2: the flow takes the 2
    banks, firms = (Bank("b"),), (Firm("f"), Firm("g"))
    network = _network_of(
        MeetingProblem(banks, firms, (Pair("b", "f", 3), Pair("b", "g", 2)), slots=1, tables=1)
    )
    best = flow._solve(network)
    worse = best.copy()
    worse[:2] = best[:2][::-1]
    worse[3:5] = best[3:5][::-1]  # the arcs from the two firms to the sink

    flow._prove(network, best)
    with pytest.raises(ArithmeticError, match="improved along a cycle"):
        flow._prove(network, worse)


def test_a_flow_that_breaks_a_capacity_is_found_out() -> None:
    network = _network_of(fair(20, 5, 4))

    with pytest.raises(ArithmeticError, match="breaks a capacity"):
        flow._prove(network, flow._solve(network) * 2)


def _network_of(problem: MeetingProblem) -> flow.Network:
    board = lay_out(problem)
    return flow._network(board, [pair for pair, free in enumerate(board.pair_free) if free])


def test_prices_of_any_size_give_a_bound_that_is_not_below_the_optimum() -> None:
    import numpy as np

    problem = fair(12, 4, 4, absent=0.4)
    best = plan(problem, time_limit_s=3).certificate
    model = polish_module._model(lay_out(problem))
    for scale in (0.0, 0.3, 1.0, 7.0):
        prices = np.abs(np.sin(np.arange(len(model.limits)))) * scale

        assert polish_module._priced(model, prices) >= best.value


def test_a_solver_that_cannot_be_interrupted_is_left_behind_when_asked_to_stop() -> None:
    started = time.monotonic()

    answer = polish_module._patiently(lambda: time.sleep(5), lambda: True)

    assert answer is None
    assert time.monotonic() - started < 2


def test_a_fault_in_the_solver_is_not_swallowed() -> None:
    def broken() -> None:
        raise MemoryError

    with pytest.raises(MemoryError):
        polish_module._patiently(broken, never)
