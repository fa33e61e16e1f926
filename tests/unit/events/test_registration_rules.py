"""Who gets a seat, until when, and what an application must say."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipfin.events.lifecycle import (
    EVENT_LIFECYCLE,
    REGISTRATION_LIFECYCLE,
    EventState,
    RegistrationState,
    Side,
)
from ipfin.events.registration import (
    LARGEST_AMOUNT,
    Allowance,
    Application,
    arrival,
    check_application,
    checked_absences,
    may_be_planned,
    phone_ending,
    promotions,
    require_allowance,
    require_leaving,
    require_open,
    require_seats,
    require_wishes,
)
from ipfin.kernel.errors import BadInput, Conflict, InvalidTransition
from ipfin.kernel.money import Fen

counts = st.integers(0, 300)


@pytest.mark.parametrize(("on", "is_taken"), [(date(2026, 4, 10), True), (date(2026, 4, 11), False)])
def test_the_last_day_of_registration_still_counts(on: date, is_taken: bool) -> None:
    with nullcontext() if is_taken else pytest.raises(Conflict, match="截止"):
        require_open(EventState.OPEN, date(2026, 4, 10), on)


@pytest.mark.parametrize("state", sorted(set(EventState) - {EventState.OPEN}))
def test_only_an_open_event_takes_registrations(state: EventState) -> None:
    with pytest.raises(Conflict):
        require_open(state, date(2026, 4, 10), date(2026, 4, 1))


@pytest.mark.parametrize(
    ("confirmed", "state"),
    [(49, RegistrationState.CONFIRMED), (50, RegistrationState.WAITLISTED)],
)
def test_the_last_seat_is_given_and_the_next_waits(confirmed: int, state: RegistrationState) -> None:
    assert arrival(seats=50, taken=confirmed, waiting=0) is state


def test_nobody_overtakes_those_who_wait() -> None:
    assert arrival(seats=50, taken=40, waiting=1) is RegistrationState.WAITLISTED


@given(counts, counts, counts)
def test_promotion_fills_seats_and_never_more(seats: int, confirmed: int, waiting: int) -> None:
    moved = promotions(seats=seats, taken=confirmed, waiting=waiting)
    assert 0 <= moved <= waiting
    assert confirmed + moved <= max(seats, confirmed)
    assert moved == waiting or confirmed + moved >= seats


@given(st.integers(0, 12), st.lists(st.sampled_from(["arrive", "leave", "leave waiting", "more seats"])))
def test_whatever_happens_the_quota_holds_and_nobody_waits_beside_a_free_seat(
    seats: int, acts: list[str]
) -> None:
    queue: list[RegistrationState] = []  # those who stand, in the order of arrival
    confirmed, waiting = RegistrationState.CONFIRMED, RegistrationState.WAITLISTED
    for act in acts:
        if act == "arrive":
            queue.append(arrival(seats=seats, taken=queue.count(confirmed), waiting=queue.count(waiting)))
        elif act == "leave" and confirmed in queue:
            queue.remove(confirmed)
        elif act == "leave waiting" and waiting in queue:
            queue.remove(waiting)
        elif act == "more seats":
            seats += 1
        moved = promotions(seats=seats, taken=queue.count(confirmed), waiting=queue.count(waiting))
        for place in [i for i, state in enumerate(queue) if state is waiting][:moved]:
            queue[place] = confirmed
        assert queue.count(confirmed) <= seats
        assert queue.count(waiting) == 0 or queue.count(confirmed) == seats
        assert queue == sorted(queue, key=[confirmed, waiting].index), "somebody overtook"


@pytest.mark.parametrize(("seats", "is_possible"), [(12, True), (11, False)])
def test_seats_may_not_fall_below_the_confirmed(seats: int, is_possible: bool) -> None:
    with nullcontext() if is_possible else pytest.raises(Conflict) as refused:
        require_seats(seats=seats, taken=12, field="enterprise_seats")
    assert is_possible or refused.value.field == "enterprise_seats"


LEAVABLE = {EventState.OPEN, EventState.CLOSED, EventState.SCHEDULED}


@pytest.mark.parametrize("state", list(EventState))
def test_one_can_call_off_until_the_event_is_over(state: EventState) -> None:
    with nullcontext() if state in LEAVABLE else pytest.raises(Conflict):
        require_leaving(state)


@pytest.mark.parametrize("state", list(EventState))
def test_wishes_are_taken_until_the_timetable_is_out(state: EventState) -> None:
    is_taken = state in {EventState.OPEN, EventState.CLOSED}
    with nullcontext() if is_taken else pytest.raises(Conflict):
        require_wishes(state, RegistrationState.CONFIRMED)


@pytest.mark.parametrize("state", [RegistrationState.WAITLISTED, RegistrationState.CANCELLED])
def test_only_the_confirmed_may_wish(state: RegistrationState) -> None:
    with pytest.raises(Conflict, match="确认后"):
        require_wishes(EventState.OPEN, state)


def test_drafts_and_events_that_are_over_are_not_planned() -> None:
    assert {state for state in EventState if may_be_planned(state)} == LEAVABLE


def application(**overrides: Any) -> Application:
    return Application(**{"contact_name": "张三", "phone": "0372-2900000", "desks": 1, **overrides})


@pytest.mark.parametrize(
    ("overrides", "field"),
    [
        ({"contact_name": "  "}, "contact_name"),
        ({"phone": ""}, "phone"),
        ({"phone": "见名片"}, "phone"),
        ({"need": "需" * 501}, "need"),
        ({"amount_fen": Fen(0)}, "amount"),
        ({"amount_fen": Fen(LARGEST_AMOUNT + 1)}, "amount"),
        ({"desks": 0}, "desks"),
        ({"desks": 5}, "desks"),
    ],
)
def test_an_application_is_refused_at_its_field(overrides: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        check_application(application(**overrides), Allowance(has_desks=True, desks=4, persons=4))
    assert refused.value.field == field


@pytest.mark.parametrize(
    "overrides",
    [
        {"phone": "13800000000"},
        {"phone": "+86 372 2900000"},
        {"need": "需" * 500},
        {"amount_fen": Fen(1)},
        {"amount_fen": LARGEST_AMOUNT},
        {"desks": 4},
    ],
)
def test_an_application_at_its_limits_is_taken(overrides: dict[str, Any]) -> None:
    check_application(application(**overrides), Allowance(has_desks=True, desks=4, persons=4))


def test_a_firm_needs_no_desk() -> None:
    check_application(application(desks=0), None)


@pytest.mark.parametrize(
    ("allowance", "overrides", "field"),
    [
        (Allowance(has_desks=True, desks=2, persons=5), {"desks": 2}, None),
        (Allowance(has_desks=True, desks=2, persons=5), {"desks": 3}, "desks"),
        (Allowance(has_desks=True, desks=5, persons=2), {"desks": 2}, None),
        (Allowance(has_desks=True, desks=5, persons=2), {"desks": 3}, "desks"),
        (Allowance(has_desks=True, desks=1, persons=2), {"second_name": "李四"}, None),
        (Allowance(has_desks=True, desks=1, persons=1), {"second_name": "李四"}, "second_name"),
        (Allowance(has_desks=False, desks=0, persons=1), {"desks": 9}, None),
        (Allowance(has_desks=False, desks=0, persons=1), {"second_name": "李四"}, "second_name"),
    ],
)
def test_an_institution_brings_as_many_desks_and_persons_as_it_may(
    allowance: Allowance, overrides: dict[str, Any], field: str | None
) -> None:
    with nullcontext() if field is None else pytest.raises(BadInput, match="每家机构最多") as refused:
        check_application(application(**overrides), allowance)
    assert field is None or refused.value.field == field


@pytest.mark.parametrize(("most", "is_refused"), [(3, False), (2, True)])
def test_a_limit_is_not_set_below_what_somebody_brings(most: int, is_refused: bool) -> None:
    with pytest.raises(Conflict, match="样例银行") if is_refused else nullcontext():
        require_allowance(most=most, brought=3, name="样例银行", field="desks_per_institution")


def test_absences_are_kept_once_and_in_order() -> None:
    assert checked_absences([3, 0, 3], 4) == [0, 3]


@pytest.mark.parametrize("slot", [-1, 4])
def test_an_absence_in_a_slot_that_is_none_is_refused(slot: int) -> None:
    with pytest.raises(BadInput):
        checked_absences([slot], 4)


@pytest.mark.parametrize(("phone", "ending"), [("0372-290 1234", "1234"), ("12", "12"), ("", "")])
def test_only_the_last_four_digits_are_printed(phone: str, ending: str) -> None:
    assert phone_ending(phone) == ending


@given(st.lists(st.sampled_from(list(EventState)), max_size=12))
def test_an_event_moves_only_along_its_table_and_ends_for_good(targets: list[EventState]) -> None:
    state = EventState.DRAFT
    for target in targets:
        allowed = EVENT_LIFECYCLE.following(state)
        if target in allowed:
            state = EVENT_LIFECYCLE.advance(state, target)
        else:
            with pytest.raises(InvalidTransition):
                EVENT_LIFECYCLE.advance(state, target)
    if state in (EventState.FINISHED, EventState.CANCELLED):
        assert not EVENT_LIFECYCLE.following(state)


def test_no_event_returns_to_draft_or_loses_its_published_day() -> None:
    assert all(EventState.DRAFT not in EVENT_LIFECYCLE.following(state) for state in EventState)
    assert EventState.OPEN not in EVENT_LIFECYCLE.following(EventState.SCHEDULED)


def test_a_confirmed_registration_never_waits_again() -> None:
    assert REGISTRATION_LIFECYCLE.following(RegistrationState.CONFIRMED) == {RegistrationState.CANCELLED}
    assert not REGISTRATION_LIFECYCLE.following(RegistrationState.CANCELLED)


def test_each_side_sits_across_the_other() -> None:
    assert {side: side.other for side in Side} == {
        Side.ENTERPRISE: Side.INSTITUTION,
        Side.INSTITUTION: Side.ENTERPRISE,
    }
