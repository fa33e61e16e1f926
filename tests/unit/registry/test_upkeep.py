"""How a patent stands on a day: what its list says, what follows, and what stays open."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipfin.kernel.calendar import WorkCalendar, seed_workdays
from ipfin.kernel.identifiers import PatentKind
from ipfin.kernel.money import Fen
from ipfin.registry.maintenance.loading import default_fee_table
from ipfin.registry.maintenance.outlook import WINDOWS, outlook
from ipfin.registry.maintenance.restoring import (
    last_day_after_notice,
    last_day_after_obstacle,
    restoration_cost,
)
from ipfin.registry.maintenance.standing import (
    UPKEEP_LABELS,
    Right,
    UpkeepState,
    lapse_days,
    upkeep,
)
from ipfin.registry.maintenance.years import fee_calendar
from ipfin.registry.patents import expiry_on, remaining_days
from ipfin.registry.statuses import Flag, LegalStatus, Validity

TABLE = default_fee_table()
CALENDAR = WorkCalendar(seed_workdays(2019, 2026), known_through=2026)
INVENTION, UTILITY_MODEL, DESIGN = PatentKind.INVENTION, PatentKind.UTILITY_MODEL, PatentKind.DESIGN
DAY = timedelta(days=1)
FILED = date(2019, 6, 3)  # a due day each 3 June, the last chance each 3 December


def right(**overrides) -> Right:
    values = {
        "kind": INVENTION,
        "filed_on": FILED,
        "granted_on": date(2021, 8, 1),
        "validity": Validity.VALID,
        "legal_status": LegalStatus.GRANTED,
        "as_of": date(2026, 3, 5),
    } | overrides
    return Right(**values)


def state(on: date, **overrides) -> UpkeepState:
    return upkeep(right(**overrides), on, TABLE, CALENDAR).state


# --- One patent --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_of", "on", "expected"),
    [
        # year 7 fell due on 2025-06-03 and could be paid until 2025-12-03
        (date(2025, 12, 4), date(2025, 12, 4), UpkeepState.MAINTAINED),  # in force after the last chance
        (date(2025, 12, 3), date(2025, 12, 3), UpkeepState.FEE_OPEN),  # the last chance itself
        (date(2025, 12, 3), date(2025, 12, 4), UpkeepState.LIST_TOO_OLD),
        (date(2025, 6, 4), date(2025, 6, 4), UpkeepState.FEE_OPEN),  # the first day over
        (date(2025, 6, 3), date(2025, 6, 3), UpkeepState.MAINTAINED),  # the due day is in time
        (date(2025, 6, 2), date(2025, 6, 4), UpkeepState.FEE_OPEN),  # fell due after the list
        (date(2020, 1, 1), date(2026, 3, 5), UpkeepState.LIST_TOO_OLD),
    ],
)
def test_a_fee_is_open_until_a_list_after_its_last_chance_calls_the_right_valid(
    as_of: date, on: date, expected: UpkeepState
) -> None:
    assert state(on, as_of=as_of) is expected


def test_only_an_overdue_fee_is_told_by_the_list_itself() -> None:
    told = upkeep(
        right(as_of=date(2025, 7, 1), flags=frozenset({Flag.FEE_OVERDUE})), date(2025, 7, 2), TABLE, CALENDAR
    )
    assert (told.state, told.is_told) == (UpkeepState.IN_GRACE, True)
    follows = upkeep(right(as_of=date(2025, 7, 1)), date(2025, 7, 2), TABLE, CALENDAR)
    assert (follows.state, follows.is_told) == (UpkeepState.FEE_OPEN, False)


def test_an_overdue_fee_of_an_earlier_list_says_nothing_of_a_later_one() -> None:
    assert (
        state(date(2025, 6, 10), as_of=date(2025, 3, 1), flags=frozenset({Flag.FEE_OVERDUE}))
        is UpkeepState.FEE_OPEN
    )


def test_the_pending_and_the_next_fee_are_named() -> None:
    kept = upkeep(right(as_of=date(2025, 7, 1)), date(2025, 7, 2), TABLE, CALENDAR)
    assert kept.pending_fee is not None
    assert kept.next_fee is not None
    assert (kept.pending_fee.year, kept.pending_fee.due_on) == (7, date(2025, 6, 3))
    assert (kept.next_fee.year, kept.next_fee.due_on) == (8, date(2026, 6, 3))
    assert kept.days_left == (date(2039, 6, 3) - date(2025, 7, 2)).days


def test_a_payment_moved_past_a_holiday_is_still_in_time() -> None:
    filed = {"filed_on": date(2019, 10, 1), "granted_on": date(2021, 8, 1), "as_of": date(2025, 9, 1)}
    for on, expected in (
        (date(2025, 10, 9), UpkeepState.MAINTAINED),
        (date(2025, 10, 10), UpkeepState.FEE_OPEN),
    ):
        assert state(on, **filed) is expected
    kept = upkeep(right(**filed), date(2025, 10, 9), TABLE, CALENDAR)
    assert kept.next_fee is not None
    assert kept.next_fee.due_on == date(2025, 10, 1)


def test_the_fee_of_the_grant_is_never_open() -> None:
    # granted on 2025-08-01 in year 7, whose due day 2025-06-03 lies before the grant
    granted = {"granted_on": date(2025, 8, 1), "as_of": date(2025, 9, 1)}
    assert state(date(2025, 9, 2), **granted) is UpkeepState.MAINTAINED
    kept = upkeep(right(**granted), date(2025, 9, 2), TABLE, CALENDAR)
    assert kept.next_fee is not None
    assert kept.next_fee.year == 8


def test_without_a_day_of_grant_only_what_fell_due_after_the_list_is_open() -> None:
    assert state(date(2025, 7, 2), granted_on=None, as_of=date(2025, 7, 1)) is UpkeepState.MAINTAINED
    assert state(date(2025, 7, 2), granted_on=None, as_of=date(2025, 6, 3)) is UpkeepState.MAINTAINED
    assert state(date(2025, 7, 2), granted_on=None, as_of=date(2025, 6, 2)) is UpkeepState.FEE_OPEN


@pytest.mark.parametrize(
    ("overrides", "expected", "is_told"),
    [
        ({"validity": Validity.PENDING}, UpkeepState.NOT_GRANTED, True),
        (
            {"validity": Validity.LAPSED, "legal_status": LegalStatus.LAPSED_FEE},
            UpkeepState.LAPSED_FEE,
            True,
        ),
        ({"validity": Validity.LAPSED, "legal_status": LegalStatus.EXPIRED}, UpkeepState.EXPIRED, True),
        ({"validity": Validity.LAPSED, "legal_status": LegalStatus.INVALIDATED}, UpkeepState.ENDED, True),
        ({"validity": Validity.UNKNOWN}, UpkeepState.UNKNOWN, True),
        ({"filed_on": None}, UpkeepState.NOT_DATED, False),
        ({"kind": None}, UpkeepState.NOT_DATED, False),
        ({"filed_on": date(2006, 3, 5)}, UpkeepState.EXPIRED, False),  # listed as valid, term over today
        ({"validity": Validity.UNKNOWN, "filed_on": date(2006, 3, 5)}, UpkeepState.EXPIRED, False),
    ],
)
def test_what_the_list_says_of_the_right_comes_first(
    overrides: dict[str, object], expected: UpkeepState, is_told: bool
) -> None:
    kept = upkeep(right(**overrides), date(2026, 3, 5), TABLE, CALENDAR)
    assert (kept.state, kept.is_told) == (expected, is_told)
    assert kept.next_fee is None
    assert kept.pending_fee is None


def test_the_list_s_own_end_outranks_the_law_s() -> None:
    assert state(date(2026, 3, 5), ends_on=date(2026, 3, 5)) is UpkeepState.EXPIRED
    kept = upkeep(right(ends_on=date(2026, 3, 6)), date(2026, 3, 5), TABLE, CALENDAR)
    assert (kept.state, kept.days_left, kept.next_fee) == (UpkeepState.MAINTAINED, 1, None)


def test_in_the_last_year_no_fee_is_left() -> None:
    last = right(kind=UTILITY_MODEL, filed_on=date(2016, 6, 3), as_of=date(2026, 3, 5))
    assert upkeep(last, date(2026, 3, 5), TABLE, CALENDAR).next_fee is None


@pytest.mark.parametrize(
    ("flag", "kind", "words"),
    [
        (Flag.PRESERVED, INVENTION, "第一百零五条"),
        (Flag.SUSPENDED, DESIGN, "第一百零五条"),
        (Flag.TWIN_FILING, UTILITY_MODEL, "第四十七条"),
        (Flag.TWIN_FILING, INVENTION, "第七十八条"),
    ],
)
def test_what_a_burden_changes_is_said_with_its_clause(flag: Flag, kind: PatentKind, words: str) -> None:
    kept = upkeep(right(kind=kind, flags=frozenset({flag})), date(2026, 3, 5), TABLE, CALENDAR)
    assert [words in note for note in kept.notes] == [True]


def test_a_pledge_or_licence_changes_nothing_about_fees() -> None:
    burdened = right(flags=frozenset({Flag.PLEDGED, Flag.LICENSED, Flag.TRANSFERRED}))
    assert upkeep(burdened, date(2026, 3, 5), TABLE, CALENDAR).notes == ()


def test_every_state_has_its_words() -> None:
    assert set(UPKEEP_LABELS) == set(UpkeepState)


# --- Lapse -------------------------------------------------------------------------------------------


def test_a_lapse_for_want_of_a_fee_ends_the_right_as_of_a_due_day() -> None:
    lapsed = right(validity=Validity.LAPSED, legal_status=LegalStatus.LAPSED_FEE, as_of=date(2023, 12, 5))
    assert lapse_days(lapsed, TABLE, CALENDAR) == (
        date(2022, 6, 3),
        date(2023, 6, 3),
    )  # 3 December was a Sunday
    assert lapse_days(replace(lapsed, as_of=date(2023, 12, 4)), TABLE, CALENDAR) == (date(2022, 6, 3),)
    told = replace(lapsed, ends_on=date(2023, 6, 3))
    assert lapse_days(told, TABLE, CALENDAR) == (date(2023, 6, 3),)
    elsewhere = replace(lapsed, ends_on=date(2039, 6, 3))
    assert len(lapse_days(elsewhere, TABLE, CALENDAR)) == 2


def test_what_did_not_lapse_for_want_of_a_fee_has_no_such_day() -> None:
    assert lapse_days(right(), TABLE, CALENDAR) == ()
    lapsed = right(validity=Validity.LAPSED, legal_status=LegalStatus.LAPSED_FEE, filed_on=None)
    assert lapse_days(lapsed, TABLE, CALENDAR) == ()


# --- Laws --------------------------------------------------------------------------------------------

kinds = st.sampled_from(PatentKind)
leap_days = st.sampled_from([date(year, 2, 29) for year in range(1988, 2045, 4)])
filings = st.dates(date(1985, 4, 1), date(2045, 12, 31)) | leap_days


@st.composite
def rights_and_days(draw: st.DrawFn) -> tuple[Right, date]:
    """A valid right, and a day of its life on or after the day of its list."""
    kind, filed_on = draw(kinds), draw(filings)
    end = expiry_on(kind, filed_on)
    granted_on = draw(st.dates(filed_on, end - DAY))
    as_of = draw(st.dates(granted_on, end - DAY))
    on = draw(st.dates(as_of, end - DAY))
    return right(kind=kind, filed_on=filed_on, granted_on=granted_on, as_of=as_of), on


@given(rights_and_days())
def test_the_next_fee_is_the_first_of_the_calendar_that_can_be_paid_in_time(case: tuple[Right, date]) -> None:
    valid, on = case
    kept = upkeep(valid, on, TABLE, CALENDAR)
    fees = fee_calendar(valid.kind, valid.filed_on, valid.granted_on, TABLE)
    later = [fee for fee in fees if not fee.is_with_grant and fee.pay_by(CALENDAR) >= on]
    assert kept.next_fee == (later[0] if later else None)
    assert kept.days_left == remaining_days(valid.kind, valid.filed_on, on)


@given(rights_and_days())
def test_a_pending_fee_lies_behind_and_its_last_chance_not_before_the_list(case: tuple[Right, date]) -> None:
    valid, on = case
    kept = upkeep(valid, on, TABLE, CALENDAR)
    fees = fee_calendar(valid.kind, valid.filed_on, valid.granted_on, TABLE)
    unsettled = [
        fee
        for fee in fees
        if not fee.is_with_grant and fee.pay_by(CALENDAR) < on and fee.last_chance(CALENDAR) >= valid.as_of
    ]
    assert kept.pending_fee == (unsettled[0] if unsettled else None)
    assert (kept.state is UpkeepState.MAINTAINED) == (not unsettled)
    if kept.state is UpkeepState.LIST_TOO_OLD:
        assert unsettled[0].last_chance(CALENDAR) < on


@given(rights_and_days())
def test_a_list_of_the_same_day_is_never_too_old(case: tuple[Right, date]) -> None:
    valid, on = case
    assert state(
        on, **{name: getattr(valid, name) for name in ("kind", "filed_on", "granted_on")}, as_of=on
    ) in (
        UpkeepState.MAINTAINED,
        UpkeepState.FEE_OPEN,
    )


# --- A portfolio -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "fees"),
    [
        (date(2026, 6, 3), (1, 1, 1)),  # due today
        (date(2026, 6, 4), (0, 0, 1)),  # next year's, on the 365th day
        (date(2026, 5, 5), (1, 1, 1)),  # the 30th day
        (date(2026, 5, 4), (0, 1, 1)),
        (date(2026, 3, 6), (0, 1, 1)),  # the 90th day
        (date(2026, 3, 5), (0, 0, 1)),
    ],
)
def test_a_fee_falls_into_a_window_by_its_day(on: date, fees: tuple[int, ...]) -> None:
    ahead = outlook([right(as_of=date(2026, 3, 1))], on, TABLE, CALENDAR)
    assert tuple(window.fees for window in ahead.windows) == fees
    assert tuple(window.sum_fen for window in ahead.windows) == tuple(200_000 * n for n in fees)


def test_sums_are_full_fees_of_all_that_is_in_force() -> None:
    on = date(2026, 5, 20)
    held = [
        right(as_of=on),  # year 8: 2000
        right(kind=UTILITY_MODEL, as_of=on),  # year 8: 1200
        right(kind=DESIGN, as_of=on),  # year 8: 1200, a design of ten years
        right(validity=Validity.LAPSED, legal_status=LegalStatus.LAPSED_FEE, as_of=on),
        right(validity=Validity.PENDING, granted_on=None, as_of=on),
        right(filed_on=None, as_of=on),
    ]
    ahead = outlook(held, on, TABLE, CALENDAR)
    assert [(window.fees, window.sum_fen) for window in ahead.windows] == [(3, Fen(440_000))] * 3
    assert (ahead.in_force, ahead.undated) == (4, 1)


def test_open_fees_and_lists_that_are_too_old_are_counted_apart() -> None:
    on = date(2025, 12, 4)
    held = [
        right(as_of=date(2025, 12, 1)),  # the last chance was yesterday
        right(filed_on=date(2019, 9, 3), as_of=date(2025, 12, 1)),  # open until 2026-03-03
        right(filed_on=date(2019, 8, 3), as_of=date(2025, 12, 1)),  # open until 2026-02-03
        right(filed_on=date(2019, 1, 3), as_of=date(2025, 12, 1)),  # year 7 is settled
    ]
    ahead = outlook(held, on, TABLE, CALENDAR)
    assert (ahead.open_fees, ahead.first_grace_end, ahead.in_doubt) == (2, date(2026, 2, 3), 1)


def test_a_fee_without_a_known_amount_is_counted_and_not_summed() -> None:
    on = date(2000, 3, 5)
    old = right(filed_on=date(1997, 6, 3), granted_on=date(1999, 1, 1), as_of=on)
    window = outlook([old], on, TABLE, CALENDAR).windows[-1]
    assert (window.fees, window.unpriced, window.sum_fen) == (1, 1, 0)


def test_without_patents_nothing_lies_ahead() -> None:
    ahead = outlook([], date(2026, 3, 5), TABLE, CALENDAR)
    assert (ahead.in_force, ahead.open_fees, ahead.first_grace_end) == (0, 0, None)
    assert [window.days for window in ahead.windows] == list(WINDOWS)


@given(st.lists(rights_and_days(), max_size=4), st.dates(date(2001, 3, 1), date(2060, 1, 1)))
def test_windows_lie_in_each_other_and_a_year_holds_at_most_one_fee_each(
    cases: list[tuple[Right, date]], on: date
) -> None:
    held = [valid for valid, _day in cases]
    ahead = outlook(held, on, TABLE, CALENDAR)
    counts, sums = zip(*((window.fees, window.sum_fen) for window in ahead.windows), strict=True)
    assert list(counts) == sorted(counts)
    assert list(sums) == sorted(sums)
    assert counts[-1] <= ahead.in_force <= len(held)


# --- Restoration -------------------------------------------------------------------------------------

RESTORING = TABLE.restoration(date(2026, 3, 5))


@pytest.mark.parametrize(
    ("notified_on", "last"),
    [(date(2026, 3, 5), date(2026, 5, 5)), (date(2025, 12, 31), date(2026, 2, 28))],
)
def test_a_right_can_be_asked_back_within_two_months_of_the_notice(notified_on: date, last: date) -> None:
    assert last_day_after_notice(notified_on, RESTORING) == last


@pytest.mark.parametrize(
    ("gone_on", "last"),
    [
        (date(2026, 3, 5), date(2026, 5, 5)),
        (date(2027, 10, 3), date(2027, 12, 3)),
        (date(2027, 10, 4), date(2027, 12, 3)),  # two years after 2025-12-03 are the end
        (date(2029, 1, 1), date(2027, 12, 3)),
    ],
)
def test_after_an_obstacle_two_months_remain_and_two_years_are_the_end(gone_on: date, last: date) -> None:
    assert last_day_after_obstacle(gone_on, date(2025, 12, 3), RESTORING) == last


def test_restoring_costs_the_fee_a_quarter_more_and_the_request() -> None:
    fee = next(fee for fee in fee_calendar(INVENTION, FILED, date(2021, 8, 1), TABLE) if fee.year == 7)
    cost = restoration_cost(fee, RESTORING)
    assert cost is not None
    assert (cost.annual_fen, cost.late_fen, cost.request_fen) == (200_000, 50_000, 100_000)
    assert cost.total_fen == 350_000
    assert restoration_cost(replace(fee, amount_fen=None), RESTORING) is None
