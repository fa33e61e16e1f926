"""How each refusal ground of a pledge stands: by the list, by a record, or verified by nobody."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ipfin.kernel.identifiers import PatentKind
from ipfin.registry.pledge_grounds import FlagWord, PledgeFlag
from ipfin.registry.statuses import Flag, Validity
from ipfin.whitelist.facts import PatentFacts
from ipfin.whitelist.gates import flags_of
from ipfin.whitelist.patent_flags import (
    CONTESTABLE,
    FLAG_STATE_LABELS,
    RECORDABLE,
    REMEDIES,
    FlagRecord,
    FlagState,
    Told,
    grounds_recorded,
    standings,
)

ON, LISTED = date(2026, 3, 5), date(2026, 2, 1)
P = PledgeFlag


def patent(*flags: Flag, records=(), on: date = ON, **facts):
    defaults = {
        "number": "A",
        "kind": PatentKind.UTILITY_MODEL,
        "validity": Validity.VALID,
        "was_granted": True,
        "filed_on": date(2020, 1, 1),
        "tells_flags": True,
        "flags": frozenset(flags),
    }
    shown, cleared = grounds_recorded(records, LISTED, on)
    return PatentFacts(**defaults | {"shown_grounds": shown, "cleared_grounds": cleared} | facts)


def record(code=P.P05, word=FlagWord.THERE, since=ON, number=1, **facts):
    return FlagRecord(number, code, word, "样例法院", since, **facts)


def stands(of: PatentFacts, *records, holders=1, on: date = ON, due=None) -> dict[PledgeFlag, FlagState]:
    told = Told(holders, "甲库", LISTED, LISTED if of.tells_flags else None)
    return {each.code: each.state for each in standings(of, told, records, on, due=due)}


def test_a_plain_patent_is_clear_of_nothing_and_says_what_nobody_verified() -> None:
    found = stands(patent())
    assert set(found) == set(PledgeFlag)
    unverified = {code for code, state in found.items() if state is FlagState.UNVERIFIED}
    assert unverified == {P.P01, P.P04, P.P06, P.P07, P.P12}
    assert {code for code, state in found.items() if state is FlagState.NOT_SHOWN} == set(P) - unverified


def test_a_list_without_burdens_or_state_verifies_less() -> None:
    silent = stands(patent(tells_flags=False))
    assert {silent[code] for code in (P.P05, P.P09, P.P10, P.P11)} == {FlagState.UNVERIFIED}
    stateless = stands(patent(validity=Validity.UNKNOWN))
    assert stateless[P.P02] is stateless[P.P03] is FlagState.UNVERIFIED
    assert stands(patent(kind=PatentKind.INVENTION))[P.P10] is FlagState.NOT_APPLICABLE
    assert stands(patent(kind=None))[P.P10] is FlagState.NOT_SHOWN


@pytest.mark.parametrize(
    ("holders", "state"), [(0, FlagState.UNVERIFIED), (1, FlagState.NOT_SHOWN), (2, FlagState.UNVERIFIED)]
)
def test_co_owners_have_to_agree_and_no_list_tells_whether_they_do(holders: int, state: FlagState) -> None:
    assert stands(patent(), holders=holders)[P.P08] is state


def test_the_term_is_held_against_the_day_on_which_the_debt_is_due() -> None:
    end = date(2030, 1, 1)  # the first day without a utility model filed on 2020-01-01
    assert stands(patent(), due=end - timedelta(days=1))[P.P06] is FlagState.NOT_SHOWN
    assert stands(patent(), due=end)[P.P06] is FlagState.SHOWN
    assert stands(patent(kind=None), due=end)[P.P06] is FlagState.UNVERIFIED


def test_a_record_counts_from_its_first_day_until_its_end_or_its_withdrawal() -> None:
    row = record(since=ON, expires_on=ON + timedelta(days=2))
    days = [ON + timedelta(days=offset) for offset in (-1, 0, 1, 2)]
    found = [grounds_recorded([row], LISTED, day)[0] for day in days]
    assert found == [frozenset(), {"P05"}, {"P05"}, frozenset()]
    ended = record(since=ON, withdrawn_on=ON + timedelta(days=1))
    assert grounds_recorded([ended], LISTED, ON)[0] == {"P05"}
    assert grounds_recorded([ended], LISTED, ON + timedelta(days=1))[0] == frozenset()


def test_of_two_records_the_later_one_counts() -> None:
    there = record(since=ON - timedelta(days=3))
    gone = record(word=FlagWord.NOT_THERE, since=ON, number=2)
    for rows in ([there, gone], [gone, there]):
        assert grounds_recorded(rows, LISTED, ON) == (frozenset(), {"P05"})
        assert grounds_recorded(rows, LISTED, ON - timedelta(days=1)) == ({"P05"}, frozenset())


@pytest.mark.parametrize(("listed", "holds"), [(ON, True), (ON + timedelta(days=1), False), (None, True)])
def test_a_clearance_sets_a_list_of_its_day_or_older_aside_and_no_later_one(listed, holds: bool) -> None:
    row = record(P.P04, FlagWord.NOT_THERE, since=ON)
    assert (grounds_recorded([row], listed, ON)[1] == {"P04"}) is holds


def test_what_is_recorded_decides_the_grounds_that_are_scored() -> None:
    row = record(P.P04, FlagWord.NOT_THERE)
    overdue = patent(Flag.FEE_OVERDUE, records=[row])
    assert flags_of(patent(Flag.FEE_OVERDUE), ON) == {P.P04}
    assert flags_of(overdue, ON) == frozenset()
    assert stands(overdue, row)[P.P04] is FlagState.CLEAR
    disputed = patent(records=[record(P.P01)])
    assert flags_of(disputed, ON) == {P.P01}
    assert stands(disputed, record(P.P01))[P.P01] is FlagState.SHOWN


def test_a_digest_changes_only_where_something_was_recorded() -> None:
    assert len(patent().as_inputs()) == 15
    assert patent(records=[record()]).as_inputs() != patent().as_inputs()


def test_every_ground_has_a_remedy_and_the_sets_say_who_decides_it() -> None:
    assert set(REMEDIES) == set(PledgeFlag)
    assert set(FLAG_STATE_LABELS) == set(FlagState)
    assert set(PledgeFlag) - RECORDABLE == {P.P02, P.P03, P.P06, P.P09}
    assert set(PledgeFlag) - CONTESTABLE == {P.P06}
