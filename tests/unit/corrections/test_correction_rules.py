"""The two clocks of a request for correction, its steps, and what a wanted value looks like."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipfin.corrections.items import FACT_ITEMS, FIRM_ITEMS, PATENT_ITEMS, Item, shown_value, wanted_value
from ipfin.corrections.rules import (
    OPEN,
    Progress,
    RequestState,
    Urgency,
    filed,
)
from ipfin.kernel.calendar import WorkCalendar, seed_workdays
from ipfin.kernel.errors import BadInput, InvalidTransition
from ipfin.registry.models import FactKind
from tests.factories import application_number, credit_code

CALENDAR = WorkCalendar(seed_workdays(2025, 2026), known_through=2026)
S = RequestState
ON = date(2026, 3, 5)  # a Thursday
PATENT = application_number(3)


def test_three_working_days_from_the_day_of_filing() -> None:
    assert filed(ON, CALENDAR).due_on == date(2026, 3, 10)


def test_the_clock_skips_a_holiday_and_counts_a_make_up_day() -> None:
    """1 to 7 October 2026 are days off; 10 October is a Saturday on which one works."""
    assert filed(date(2026, 9, 29), CALENDAR).due_on == date(2026, 10, 9)
    assert filed(date(2026, 10, 8), CALENDAR).due_on == date(2026, 10, 12)


def test_seven_working_days_from_filing_when_the_source_is_asked() -> None:
    assert filed(ON, CALENDAR).referred(CALENDAR).due_on == date(2026, 3, 16)


@pytest.mark.parametrize(
    ("on", "urgency"),
    [
        (date(2026, 3, 6), Urgency.IN_TIME),
        (date(2026, 3, 9), Urgency.SOON),
        (date(2026, 3, 10), Urgency.SOON),
        (date(2026, 3, 11), Urgency.OVERDUE),
    ],
)
def test_the_due_day_itself_is_in_time(on: date, urgency: Urgency) -> None:
    assert filed(ON, CALENDAR).urgency(on, CALENDAR) is urgency


def test_the_clock_stands_still_while_the_firm_is_asked() -> None:
    asked = filed(ON, CALENDAR).asked(date(2026, 3, 6))
    assert asked.urgency(date(2026, 12, 1), CALENDAR) is Urgency.PAUSED
    answered = asked.supplemented(date(2026, 3, 13), CALENDAR)
    assert (answered.state, answered.due_on) == (S.SUBMITTED, date(2026, 3, 17))
    assert asked.supplemented(date(2026, 3, 6), CALENDAR).due_on == date(2026, 3, 10)


def test_after_an_answer_the_request_is_where_it_was() -> None:
    asked = filed(ON, CALENDAR).referred(CALENDAR).asked(date(2026, 3, 6))
    assert asked.supplemented(date(2026, 3, 6), CALENDAR).state is S.REFERRED


def test_nothing_is_accepted_while_the_firm_is_still_asked() -> None:
    asked = filed(ON, CALENDAR).asked(ON)
    with pytest.raises(InvalidTransition):
        asked.closed(S.ACCEPTED)
    assert asked.closed(S.REFUSED).state is S.REFUSED


@pytest.mark.parametrize("step", [S.SUBMITTED, S.REFERRED, S.NEEDS_MORE])
def test_a_step_with_a_clock_of_its_own_ends_nothing(step: RequestState) -> None:
    with pytest.raises(ValueError, match="not closed"):
        filed(ON, CALENDAR).closed(step)


@pytest.mark.parametrize("closed", [S.ACCEPTED, S.REFUSED, S.WITHDRAWN])
def test_a_closed_request_never_moves(closed: RequestState) -> None:
    progress = Progress(closed, ON, date(2026, 3, 10))
    assert progress.urgency(date(2030, 1, 1), CALENDAR) is Urgency.CLOSED
    steps = [
        lambda: progress.referred(CALENDAR),
        lambda: progress.asked(ON),
        lambda: progress.supplemented(ON, CALENDAR),
        *(lambda target=target: progress.closed(S(target)) for target in ENDS),
    ]
    for step in steps:
        with pytest.raises(InvalidTransition):
            step()


ENDS = ("accepted", "refused", "withdrawn")
STEPS = st.lists(
    st.tuples(st.sampled_from(["refer", "ask", "answer", *ENDS]), st.integers(0, 9)),
    max_size=12,
)


@given(steps=STEPS)
@settings(max_examples=200)
def test_whatever_is_done_the_day_never_comes_nearer_and_the_end_is_the_end(steps) -> None:
    progress, on = filed(ON, CALENDAR), ON
    for step, later in steps:
        on += timedelta(days=later)
        before = progress
        try:
            if step == "refer":
                progress = progress.referred(CALENDAR)
            elif step == "ask":
                progress = progress.asked(on)
            elif step == "answer":
                progress = progress.supplemented(on, CALENDAR)
            else:
                progress = progress.closed(S(step))
        except InvalidTransition:
            assert progress == before
            continue
        assert before.state in OPEN
        assert progress.due_on >= before.due_on
        assert progress.filed_on == ON
        assert (progress.state is S.NEEDS_MORE) == (progress.paused_on is not None)


@pytest.mark.parametrize(
    ("item", "typed", "kept", "read"),
    [
        (Item.RD_SHARE, "5.2%", "520", "5.20%"),
        (Item.REVENUE_GROWTH, "-3", "-300", "-3.00%"),
        (Item.PRODUCT_FILINGS, "007", "7", "7"),
        (Item.TAX_CREDIT, "a", "A", "A"),
        (Item.TITLE, "高新技术企业", "high_tech", "高新技术企业"),
        (Item.PLEDGE_HISTORY, "已结清", "repaid", "已结清"),
        (Item.ESTABLISHED, "2010-02-28", "2010-02-28", "2010-02-28"),
        (Item.INDUSTRY, "c3489", "C3489", "C3489"),
        (Item.ADDRESS, "  样例路 1号 ", "样例路 1号", "样例路 1号"),
        (Item.CREDIT_CODE, credit_code(3).lower(), credit_code(3), credit_code(3)),
        (Item.REGISTERED_CAPITAL, "500万元人民币", "500000000 CNY", "5,000,000 CNY"),
        (Item.REGISTERED_CAPITAL, "12.5元", "1250 CNY", "12.50 CNY"),
        (Item.FORMER_NAMES, "样甲公司、样乙公司；", "样甲公司；样乙公司", "样甲公司；样乙公司"),
        (Item.PATENT_MISSING, PATENT.replace(".", ""), PATENT, PATENT),
    ],
)  # fmt: skip
def test_a_wanted_value_is_kept_in_one_form_and_read_in_another(item, typed, kept, read) -> None:
    assert wanted_value(item, typed) == kept
    assert shown_value(item, kept) == read


@pytest.mark.parametrize(
    ("item", "typed"),
    [
        (Item.NAME, " "),
        (Item.NAME, "样" * 201),
        (Item.RD_SHARE, "很多"),
        (Item.RD_SHARE, "1001"),
        (Item.RD_SHARE, "NaN"),
        (Item.PRODUCT_FILINGS, "-1"),
        (Item.PRODUCT_FILINGS, "100001"),
        (Item.TAX_CREDIT, "E"),
        (Item.TITLE, "世界五百强"),
        (Item.PLEDGE_HISTORY, "很好"),
        (Item.ESTABLISHED, "2010-02-30"),
        (Item.INDUSTRY, "Z9"),
        (Item.REGISTERED_CAPITAL, "500"),
        (Item.FORMER_NAMES, "；"),
        (Item.LEGAL_FORM, "样" * 201),
        (Item.CREDIT_CODE, "9141"),
    ],
)
def test_a_value_that_is_none_is_refused(item, typed) -> None:
    with pytest.raises(BadInput):
        wanted_value(item, typed)


@given(item=st.sampled_from(Item), typed=st.text(max_size=40))
@settings(max_examples=150)
def test_any_text_is_kept_so_that_it_can_be_shown_or_refused_in_words(item, typed) -> None:
    with suppress(BadInput):
        assert shown_value(item, wanted_value(item, typed))


def test_every_kind_of_fact_can_be_contested() -> None:
    assert {item.value for item in FACT_ITEMS} == {kind.value for kind in FactKind}
    assert not FIRM_ITEMS & PATENT_ITEMS
