"""What several sources said of one thing: the latest word of each, titles beside each other."""

from __future__ import annotations

from datetime import date

import pytest

from ipfin.registry.models import EnterpriseFact, FactKind, FactSource
from ipfin.reports.service.said_facts import grouped, present_words
from ipfin.whitelist.facts import TITLE_LABELS, Title
from ipfin.whitelist.queries import NO_TITLE

OLD, NEW = date(2025, 3, 5), date(2026, 3, 5)
LIST, DECLARED = FactSource.LIST, FactSource.DECLARED
FIRST, SECOND = list(Title)[:2]
FIRST_LABEL, SECOND_LABEL = TITLE_LABELS[FIRST], TITLE_LABELS[SECOND]


def fact(number: int, word: str, as_of: date, source: FactSource, kind=FactKind.TITLE) -> EnterpriseFact:
    return EnterpriseFact(
        id=number, kind=kind, word=word, number=None, as_of=as_of, source=source, evidence="", expires_on=None
    )


def told(*facts: EnterpriseFact) -> tuple[bool, list[str]]:
    (group,) = grouped(facts)
    return group.is_contested, [str(said.value) for _label, said in present_words([group])]


@pytest.mark.parametrize("day", [OLD, NEW])
def test_titles_of_one_source_stand_beside_each_other_whatever_their_days(day: date) -> None:
    both = (fact(1, FIRST, day, LIST), fact(2, SECOND, NEW, LIST))
    assert told(*both) == (False, [str(SECOND_LABEL), str(FIRST_LABEL)])


def test_titles_of_two_sources_contradict_each_other_only_where_one_says_none() -> None:
    assert told(fact(1, FIRST, OLD, LIST), fact(2, SECOND, NEW, DECLARED))[0] is False
    assert told(fact(1, FIRST, OLD, LIST), fact(2, FIRST, NEW, DECLARED)) == (False, [str(FIRST_LABEL)])
    assert told(fact(1, FIRST, OLD, LIST), fact(2, NO_TITLE, NEW, DECLARED)) == (
        True,
        ["无", str(FIRST_LABEL)],
    )


def test_a_title_and_its_end_by_the_same_source_follow_each_other() -> None:
    assert told(fact(1, FIRST, OLD, LIST), fact(2, NO_TITLE, NEW, LIST)) == (False, ["无"])
    assert told(fact(1, NO_TITLE, OLD, LIST), fact(2, FIRST, NEW, LIST)) == (False, [str(FIRST_LABEL)])


def test_of_any_other_thing_the_latest_word_of_each_source_counts() -> None:
    kind = FactKind.TAX_CREDIT
    one, two = fact(1, "A", OLD, LIST, kind), fact(2, "B", NEW, LIST, kind)
    assert told(one, two) == (False, ["B"])
    assert told(one, two, fact(3, "A", NEW, DECLARED, kind)) == (True, ["A", "B"])
    assert told(one, two, fact(3, "B", OLD, DECLARED, kind)) == (False, ["B"])
