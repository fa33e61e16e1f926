"""What an event may ask beside its form, and which answers hold."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any

import pytest

from ipfin.events.questions import (
    NO,
    QUESTION_KIND_LABELS,
    YES,
    Draft,
    QuestionKind,
    answer_words,
    checked,
    checked_answers,
)
from ipfin.kernel.errors import BadInput

CHOICE = Draft("哪类产品", QuestionKind.CHOICE, options=("贷款", "保险"))


@dataclass(frozen=True, slots=True)
class Asked:
    id: int
    text: str
    kind: QuestionKind
    is_required: bool = False
    options: tuple[str, ...] = ()


WORDS = Asked(1, "备注", QuestionKind.TEXT)
PARKING = Asked(2, "是否停车", QuestionKind.YES_NO, is_required=True)
PRODUCT = Asked(3, "哪类产品", QuestionKind.CHOICE, options=("贷款", "保险"))
EVERY = (WORDS, PARKING, PRODUCT)


@pytest.mark.parametrize(
    ("overrides", "field"),
    [
        ({}, None),
        ({"text": "问" * 200}, None),
        ({"text": "问" * 201}, "text"),
        ({"text": "  "}, "text"),
        ({"options": ("贷款", " 贷款 ", "")}, "options"),
        ({"options": tuple(map(str, range(20)))}, None),
        ({"options": tuple(map(str, range(21)))}, "options"),
        ({"options": ("贷", "款" * 60)}, None),
        ({"options": ("贷", "款" * 61)}, "options"),
        ({"options": (), "kind": QuestionKind.TEXT}, None),
    ],
)
def test_a_question_asks_something_and_a_choice_offers_one(
    overrides: dict[str, Any], field: str | None
) -> None:
    with nullcontext() if field is None else pytest.raises(BadInput) as refused:
        checked(replace(CHOICE, **overrides))
    assert field is None or refused.value.field == field


def test_options_are_kept_once_without_margins_and_of_a_choice_only() -> None:
    assert checked(replace(CHOICE, options=(" 贷款", "保险 ", "贷款", " "))).options == ("贷款", "保险")
    assert checked(replace(CHOICE, kind=QuestionKind.YES_NO)).options == ()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({2: YES}, None),
        ({2: NO, 3: "保险", 1: "字" * 500}, None),
        ({}, "question_2"),
        ({2: "  "}, "question_2"),
        ({2: "maybe"}, "question_2"),
        ({2: YES, 3: "股票"}, "question_3"),
        ({2: YES, 1: "字" * 501}, "question_1"),
    ],
)
def test_an_answer_is_one_that_its_question_takes(said: dict[int, str], field: str | None) -> None:
    with nullcontext() if field is None else pytest.raises(BadInput) as refused:
        assert checked_answers(EVERY, said) == said
    assert field is None or refused.value.field == field


def test_the_office_may_leave_open_what_it_did_not_ask_but_not_say_nonsense() -> None:
    assert checked_answers(EVERY, {}, may_lack=True) == {}
    with pytest.raises(BadInput):
        checked_answers(EVERY, {3: "股票"}, may_lack=True)


def test_an_answer_to_what_was_not_asked_is_dropped() -> None:
    assert checked_answers([WORDS], {1: " 有 ", 9: "多余"}) == {1: "有"}


def test_answers_are_shown_in_words() -> None:
    assert [str(answer_words(PARKING, word)) for word in (YES, NO, "")] == ["是", "否", ""]
    assert str(answer_words(WORDS, YES)) == "yes"  # what somebody wrote stays as it is
    assert set(QUESTION_KIND_LABELS) == set(QuestionKind)
