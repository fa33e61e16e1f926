"""How an event is counted: once a firm, every later step with the earlier ones, amounts of a kind only."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ipfin.events.funnel import WATCHED_DAYS, Story, funnel, funnels_by_day
from ipfin.events.lifecycle import Side
from ipfin.events.results import FollowUpSaid, Interest, ResultSaid, Stage
from ipfin.kernel.money import Fen

HELD = date(2026, 4, 16)
WAN = 1_000_000


def said(interest: Interest, wan: int | None = None) -> ResultSaid:
    return ResultSaid(interest, None if wan is None else Fen(wan * WAN), next_step="再联系")


def step(stage: Stage, days: int, wan: int | None = None, *, first: bool = False) -> FollowUpSaid:
    amount = None if wan is None else Fen(wan * WAN)
    return FollowUpSaid(stage, HELD + timedelta(days=days), amount, first, reason="" if wan else "企业撤回")


# A day counted by hand: two firms, three institutions, five meetings.
DAY = [
    Story(1, 11, {Side.INSTITUTION: said(Interest.STRONG, 300), Side.ENTERPRISE: said(Interest.STRONG, 500)},
          [step(Stage.CREDIT, 20, 280), step(Stage.LOAN, 40, 200, first=True)]),
    Story(1, 12, {Side.ENTERPRISE: said(Interest.OPEN, 500)}),
    Story(1, 13, {}, [step(Stage.COVER, 61, 100)]),
    Story(2, 11, {Side.INSTITUTION: said(Interest.NONE), Side.ENTERPRISE: said(Interest.STRONG, 80)}),
    Story(2, 12, {Side.INSTITUTION: said(Interest.NOT_HELD)}, [step(Stage.ENDED, 5)]),
]  # fmt: skip


def test_a_day_is_counted_as_by_hand() -> None:
    found = funnel(DAY)
    assert (found.enterprises, found.institutions, found.meetings) == (2, 3, 5)
    assert (found.silent, found.not_held) == (1, 1)
    assert (found.intent.meetings, found.intent.enterprises) == (3, 1), (
        "the bank's no goes before the firm's yes"
    )
    assert found.intent.amount_fen == 800 * WAN, "300 by the bank's word, 500 by the firm's"
    assert found.wished_once_fen == 500 * WAN
    assert (found.credit.meetings, found.credit.amount_fen) == (1, 280 * WAN), "a loan adds nothing to it"
    assert (found.loan.meetings, found.loan.amount_fen) == (1, 200 * WAN)
    assert (found.first_loan.enterprises, found.cover.amount_fen) == (1, 100 * WAN)
    assert found.ended.meetings == 1


def test_what_came_of_it_is_told_for_every_day_that_offices_ask() -> None:
    by_day = funnels_by_day(DAY, HELD)
    assert [by_day[days].credit.meetings for days in WATCHED_DAYS] == [0, 1, 1, 1]
    assert [by_day[days].loan.meetings for days in WATCHED_DAYS] == [0, 0, 1, 1]
    assert [by_day[days].cover.meetings for days in WATCHED_DAYS] == [0, 0, 0, 1]


def test_a_step_of_the_thirtieth_day_counts_and_of_the_thirty_first_not() -> None:
    for days, counted in ((30, 1), (31, 0)):
        story = Story(1, 2, {}, [step(Stage.CREDIT, days, 10)])
        assert funnels_by_day([story], HELD)[30].credit.meetings == counted


def test_a_loan_implies_a_credit_and_an_interest_that_nobody_wrote_down() -> None:
    found = funnel([Story(1, 2, {}, [step(Stage.LOAN, 9, 10)])])
    assert (found.intent.meetings, found.credit.meetings, found.loan.meetings) == (1, 1, 1)
    assert found.credit.amount_fen == 0, "no credit was told of"


def test_who_is_still_to_be_asked() -> None:
    assert [story.is_closed for story in DAY] == [True, False, True, True, True]
    assert not Story(1, 2, {}).is_closed, "nobody said anything"


interests = st.sampled_from(Interest)
stories = st.builds(
    Story,
    st.integers(1, 4),
    st.integers(11, 13),
    st.dictionaries(st.sampled_from(Side), st.builds(said, interests, st.none() | st.integers(1, 9))),
    st.lists(
        st.builds(
            step,
            st.sampled_from([Stage.CREDIT, Stage.LOAN, Stage.COVER]),
            st.integers(0, 99),
            st.integers(1, 9),
        )
    ),
)


@given(st.lists(stories, max_size=8, unique_by=lambda story: (story.enterprise, story.institution)))
def test_the_way_only_narrows_and_time_only_adds(told: list[Story]) -> None:
    found = funnel(told)
    assert found.loan.meetings <= found.credit.meetings <= found.intent.meetings <= found.meetings
    assert found.intent.enterprises <= found.enterprises
    assert found.wished_once_fen <= found.intent.amount_fen
    days = funnels_by_day(told, HELD)
    assert all(days[a].loan.amount_fen <= days[b].loan.amount_fen for a, b in ((0, 30), (30, 60), (60, 90)))
