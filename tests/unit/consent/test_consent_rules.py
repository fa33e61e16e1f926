"""The life of a consent: on which days it holds, and that nothing but a new consent widens it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipfin.consent.purposes import FieldSet, Purpose
from ipfin.consent.rules import (
    LONGEST_MONTHS,
    ConsentState,
    Recipient,
    Standing,
    Terms,
    digest,
    new_terms,
    statement,
    usual_last_day,
)
from ipfin.kernel.calendar import add_months
from ipfin.kernel.errors import BadInput, DomainError, InvalidTransition
from ipfin.kernel.text import Text

ON = date(2026, 3, 5)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("on", "standing"),
    [
        (ON - DAY, Standing.EXPIRED),
        (ON, Standing.IN_FORCE),
        (date(2026, 9, 5), Standing.IN_FORCE),
        (date(2026, 9, 6), Standing.EXPIRED),
    ],
)
def test_a_consent_holds_from_its_first_to_its_last_day(on: date, standing: Standing) -> None:
    assert new_terms(ON, date(2026, 9, 5)).standing(on) is standing


@pytest.mark.parametrize(
    ("last", "is_allowed"),
    [
        (ON - DAY, False),
        (ON, True),
        (add_months(ON, LONGEST_MONTHS), True),
        (add_months(ON, LONGEST_MONTHS) + DAY, False),
    ],
)
def test_a_last_day_lies_between_today_and_the_longest_term(last: date, *, is_allowed: bool) -> None:
    if is_allowed:
        assert new_terms(ON, last).standing(last) is Standing.IN_FORCE
    else:
        with pytest.raises(BadInput):
            new_terms(ON, last)


def test_six_months_are_proposed() -> None:
    assert usual_last_day(ON) == date(2026, 9, 5)


@pytest.mark.parametrize(
    ("until", "is_allowed"),
    [(ON, False), (ON + DAY, True), (date(2026, 9, 5), True), (date(2026, 9, 6), False)],
)
def test_narrowing_ends_earlier_but_not_before_today_is_over(until: date, *, is_allowed: bool) -> None:
    terms = new_terms(ON, date(2026, 9, 5))
    if is_allowed:
        assert terms.narrowed(until, on=ON).until == until
    else:
        with pytest.raises(BadInput):
            terms.narrowed(until, on=ON)


@pytest.mark.parametrize("closed", [ConsentState.WITHDRAWN, ConsentState.REPLACED])
def test_what_is_withdrawn_or_replaced_never_moves_again(closed: ConsentState) -> None:
    terms = Terms(closed, ON, ON + 9 * DAY)
    for step in (terms.withdrawn, terms.replaced, lambda: terms.narrowed(ON + 2 * DAY, on=ON)):
        with pytest.raises(InvalidTransition):
            step()


STEPS = st.lists(
    st.tuples(st.sampled_from(["narrow", "withdraw", "replace"]), st.integers(-5, 800), st.integers(0, 30)),
    max_size=8,
)


@given(length=st.integers(0, 700), steps=STEPS, look=st.integers(-5, 800))
@settings(max_examples=300)
def test_no_step_ever_opens_a_day_that_was_closed(length: int, steps, look: int) -> None:
    terms, on = new_terms(ON, ON + length * DAY), ON
    for step, days, later in steps:
        on += later * DAY
        before = terms
        try:
            if step == "narrow":
                terms = terms.narrowed(ON + days * DAY, on=on)
            else:
                terms = terms.withdrawn() if step == "withdraw" else terms.replaced()
        except DomainError:
            assert terms == before
            continue
        seen = ON + look * DAY
        if terms.standing(seen) is Standing.IN_FORCE:
            assert before.standing(seen) is Standing.IN_FORCE
        if step != "narrow":
            assert terms.standing(seen) is not Standing.IN_FORCE
        assert terms.until <= before.until


def _said(**changed):
    chosen = {
        "firm": "样例机械有限公司",
        "recipient": Recipient("样例银行", "合规部 0372-0000000"),
        "purpose": Purpose.FINANCING,
        "field_set": FieldSet.CONTACTS,
        "terms": new_terms(ON, date(2026, 9, 5)),
        **changed,
    }
    return statement(**chosen)


def test_the_firm_is_told_recipient_contact_purpose_kinds_method_and_end() -> None:
    told = "".join(_said())
    for words in (
        "样例机械有限公司",
        "样例银行",
        "合规部 0372-0000000",
        "融资对接",
        "电话",
        "水印",
        "2026-09-05",
        "撤回",
    ):
        assert words in told


def test_a_recipient_without_contact_cannot_be_given_anything() -> None:
    with pytest.raises(BadInput, match="联系方式"):
        _said(recipient=Recipient("样例银行", "  "))


def test_what_was_told_survives_being_kept_and_its_digest_tells_a_change() -> None:
    said = [sentence.as_json() for sentence in _said()]
    assert [Text.from_json(each) for each in said] == _said()
    other = [sentence.as_json() for sentence in _said(purpose=Purpose.MEETING)]
    assert digest(said) != digest(other)
