"""Drafts of a card are told where they are wrong, compared in words, and put in force by another person."""

from datetime import date, timedelta

import pytest

from ipfin.kernel.errors import BadInput, Conflict, NotAllowed
from ipfin.whitelist.activation import (
    StaleDraft,
    checked_first_day,
    require_ahead,
    require_another_person,
    require_fresh,
)
from ipfin.whitelist.card_diff import changes_between
from ipfin.whitelist.card_lines import read_draft
from ipfin.whitelist.card_view import card_view
from ipfin.whitelist.scheme import DEFAULT_CARD, default_card, load_card
from ipfin.whitelist.scorecard import Scenario, Scorecard, card_sha256

TEXT = DEFAULT_CARD.read_text("utf-8")
TODAY = date(2026, 3, 5)


def line_with(words: str) -> int:
    return next(number for number, line in enumerate(TEXT.splitlines(), 1) if words in line)


@pytest.mark.parametrize(
    ("before", "after", "at"),
    [
        ("weight = 10", "weight = -1", "weight = 10"),
        ("weight = 10", "weight = ten", "weight = 10"),  # no TOML at all
        ("weight = 10", "weight = 11", "[indicators.L1]"),  # the sum: where the indicators begin
        ("[1, 50], [3, 80]", "[1, 50], [1, 80]", "[1, 50], [3, 80]"),
        ("title = ", "tilte = ", "title = "),
        ("A = 75", "A = 55", "[grades]"),
        ("source = 30", "source = 300", "source = 30"),
        ("[indicators.L3]", "[indicators.X3]", "[indicators.L3]"),
        ('block = "legal"', 'block = "legl"', 'block = "legal"'),
    ],
)
def test_a_fault_is_told_at_its_line(before: str, after: str, at: str) -> None:
    card, fault = read_draft(TEXT.replace(before, after, 1))
    assert card is None
    assert fault is not None
    assert fault.line == line_with(at)
    assert fault.content == TEXT.replace(before, after, 1).splitlines()[fault.line - 1].strip()


def test_a_fault_that_stands_nowhere_has_no_line() -> None:
    _card, fault = read_draft(TEXT + '\nnote = "')
    assert fault is not None
    assert fault.line is None or fault.line > line_with("[indicators.C4]")
    assert read_draft(TEXT) == (default_card(), None)


def test_what_a_card_is_for_counts_for_its_digest_only_where_it_is_not_the_whitelist() -> None:
    said = load_card(TEXT.replace("[missing]", 'scenario = "whitelist"\n[missing]', 1).encode())
    other = load_card(TEXT.replace("[missing]", 'scenario = "insurance"\n[missing]', 1).encode())
    assert card_sha256(said) == card_sha256(default_card())
    assert card_sha256(other) != card_sha256(default_card())
    assert (said.scenario, other.scenario) == (Scenario.WHITELIST, Scenario.INSURANCE)
    with pytest.raises(BadInput):
        load_card(TEXT.replace("[missing]", 'scenario = "loans"\n[missing]', 1).encode())


def test_two_cards_are_compared_line_by_line_in_words() -> None:
    changed = (
        TEXT.replace('version = "1.0.0"', 'version = "1.1.0"')
        .replace("weight = 10", "weight = 11", 1)
        .replace("weight = 8", "weight = 7", 1)
        .replace("[1, 50], [3, 80]", "[1, 40], [3, 80]")
        .replace("B = 60", "B = 58")
        .replace("# 低于此线：资料不足，不评级", "# 注释不算改动")
    )
    found = [
        f"{change.place}：{change.sentence}" for change in changes_between(default_card(), load(changed))
    ]
    assert found == [
        "版本号：由“1.0.0”改为“1.1.0”",
        "B级最低分：由“60”改为“58”",
        "L1 有效专利存量：权重由10改为11",
        "L2 剩余保护期：权重由8改为7",
        "M1 专利产品备案：折分点由“0→0 · 1→50 · 3→80 · 8→100”改为“0→0 · 1→40 · 3→80 · 8→100”",
    ]
    assert changes_between(default_card(), default_card()) == ()


def load(text: str) -> Scorecard:
    return load_card(text.encode())


def test_indicators_that_came_and_went_are_named() -> None:
    start, end = TEXT.index("[indicators.M3]"), TEXT.index("[indicators.M4]")
    without = (TEXT[:start] + TEXT[end:]).replace("weight = 10", "weight = 13", 1)
    gone = [str(change.sentence) for change in changes_between(default_card(), load(without))]
    back = [str(change.sentence) for change in changes_between(load(without), default_card())]
    assert "删去（原权重3）" in gone
    assert "新增，权重3" in back


def test_the_view_of_a_card_names_every_indicator_and_its_block() -> None:
    view = card_view(default_card())
    assert [(str(block.label), block.weight) for block in view.blocks] == [
        ("法律", "30"),
        ("技术", "25"),
        ("市场", "25"),
        ("信用", "20"),
    ]
    assert sum(len(block.rows) for block in view.blocks) == 18
    assert (view.refuse_below, view.cap_below) == ("60%", "80%")


@pytest.mark.parametrize(
    ("wrote", "approver"), [((1, 1), 1), ((2, 1), 1), ((1, 2), 1), ((None, 1), 2), ((1, 1), None)]
)
def test_who_wrote_or_submitted_does_not_approve(wrote: tuple[int | None, ...], approver: int | None) -> None:
    with pytest.raises(NotAllowed):
        require_another_person(frozenset(wrote), approver)
    require_another_person(frozenset({1, 2}), 3)


def test_a_card_scores_from_today_at_the_earliest_and_within_a_year() -> None:
    assert checked_first_day(TODAY, TODAY) == TODAY
    assert checked_first_day(TODAY + timedelta(days=366), TODAY) == TODAY + timedelta(days=366)
    for day in (None, TODAY - timedelta(days=1), TODAY + timedelta(days=367)):
        with pytest.raises(BadInput):
            checked_first_day(day, TODAY)
    require_ahead(TODAY + timedelta(days=1), TODAY)
    with pytest.raises(Conflict):
        require_ahead(TODAY, TODAY)
    require_fresh(3, 3)
    with pytest.raises(StaleDraft):
        require_fresh(2, 3)
