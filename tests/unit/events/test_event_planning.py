"""From registrations and wishes to the planner's problem, and back to what is stored."""

from __future__ import annotations

import json

import pytest

from ipfin.events.lifecycle import Side
from ipfin.events.planning import Participant, Task, certificate_as_json, left_out_of, task_of, words_of
from ipfin.events.timetable.certificate import Condition, Ending, Status
from ipfin.events.timetable.plan import plan
from ipfin.events.wishes import WishSaid
from ipfin.kernel.errors import Conflict

FIRM, HOUSE = Side.ENTERPRISE, Side.INSTITUTION


def participant(number: int, side: Side, *absent: int, desks: int = 1) -> Participant:
    return Participant(number, side, f"样例{number}号", desks if side is HOUSE else 0, frozenset(absent))


def task(participants: list[Participant], said: list[WishSaid], *, slots: int = 2) -> Task:
    return task_of(participants, said, slots=slots, desks=3, meetings_per_enterprise=4)


def test_slots_count_from_one_for_the_planner() -> None:
    made = task([participant(1, HOUSE, 0), participant(2, FIRM, 1)], [])
    assert made.problem.banks[0].away == {1}
    assert made.problem.firms[0].away == {2}


def test_an_absence_beyond_the_last_slot_is_left_out() -> None:
    made = task([participant(1, HOUSE, 7), participant(2, FIRM)], [])
    assert made.problem.banks[0].away == frozenset()


def test_a_wish_about_somebody_who_does_not_take_part_is_left_out() -> None:
    made = task(
        [participant(1, HOUSE), participant(2, FIRM)],
        [
            *(WishSaid(side, 1, 2, 3) for side in Side),
            *(WishSaid(side, 99, 2, 3) for side in Side),
            *(WishSaid(side, 1, 98, 3) for side in Side),
        ],
    )
    assert [(pair.bank_id, pair.firm_id, pair.value) for pair in made.problem.pairs] == [("1", "2", 80)]


def test_a_pair_that_one_side_never_answered_is_not_planned() -> None:
    made = task([participant(1, HOUSE), participant(2, FIRM)], [WishSaid(HOUSE, 1, 2, 3)])
    assert (made.problem.pairs, made.wishes.one_sided) == ((), 1)


@pytest.mark.parametrize("side", list(Side))
def test_without_anybody_on_one_side_there_is_nothing_to_plan(side: Side) -> None:
    with pytest.raises(Conflict, match="不能排期"):
        task([participant(1, side)], [])


@pytest.mark.parametrize(("slots", "desks"), [(0, 3), (2, 0)])
def test_an_event_without_talks_is_not_planned(slots: int, desks: int) -> None:
    with pytest.raises(Conflict, match="无需排期"):
        task_of(
            [participant(1, HOUSE), participant(2, FIRM)],
            [],
            slots=slots,
            desks=desks,
            meetings_per_enterprise=1,
        )


def test_the_certificate_is_kept_whole_and_read_again() -> None:
    everyone = [participant(1, HOUSE), *(participant(number, FIRM) for number in (2, 3, 4, 5))]
    said = [WishSaid(side, 1, firm, 2) for side in Side for firm in (2, 3)]
    said += [*(WishSaid(side, 1, 4, 1) for side in Side), WishSaid(FIRM, 1, 5, 3)]
    made = task(everyone, said)
    stored = json.loads(json.dumps(certificate_as_json(made, plan(made.problem, time_limit_s=0))))
    assert stored["value"] == stored["bound"] == 120
    assert words_of(stored) == (Status.PROVEN_OPTIMAL, Ending(stored["ending"]))
    assert (stored["mutual"], stored["one_sided"], stored["refused"]) == (3, 1, 0)
    assert (stored["banks"], stored["firms"], stored["meetings"]) == (1, 4, 2)
    assert stored["unwished"] == [5]
    left = left_out_of(stored)
    assert [(line.institution, line.enterprise, line.value) for line in left] == [(1, 4, 40)]
    assert left[0].condition in set(Condition)
    assert left[0].reason.template


def test_the_same_people_and_wishes_make_the_same_problem_in_any_order() -> None:
    everyone = [participant(number, HOUSE if number < 3 else FIRM) for number in range(1, 7)]
    said = [WishSaid(side, house, firm, 2) for side in Side for house in (1, 2) for firm in (3, 4, 5)]
    digest = task(everyone, said).problem.sha256()
    assert task(everyone[::-1], said[::-1]).problem.sha256() == digest
