"""Who may ask whom: the matrix and the quota on both sides, and what is a request at all."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ipfin.events.asking import (
    EVERYBODY,
    FIRMS,
    PARTY_LABELS,
    USUAL,
    Party,
    cells,
    checked_asking,
    is_request,
    may_ask,
    require_allowed,
    require_within,
)
from ipfin.kernel.errors import BadInput, Conflict

RULES = Path(__file__).resolve().parents[3] / "docs" / "rules" / "meeting-values.md"


def test_nobody_asks_his_own_side() -> None:
    assert len(EVERYBODY) == 12
    assert all((asker in FIRMS) is not (asked in FIRMS) for _word, asker, asked in cells())


def test_a_bank_usually_asks_firms_of_the_whitelist_only() -> None:
    assert may_ask(USUAL, Party.BANK, Party.LISTED)
    assert not may_ask(USUAL, Party.BANK, Party.FIRM)
    assert may_ask(USUAL, Party.INSURER, Party.FIRM)
    assert may_ask(USUAL, Party.FIRM, Party.BANK)


@pytest.mark.parametrize("words", [[], ["bank>bank"], ["bank>listed", "agency>firm"]])
def test_a_matrix_that_is_none_is_refused(words: list[str]) -> None:
    with pytest.raises(BadInput):
        checked_asking(words)
    assert checked_asking(reversed(USUAL)) == list(USUAL)


@pytest.mark.parametrize(
    ("said_yes", "other", "proposed", "asks"),
    [
        (None, False, False, True),
        (None, True, False, False),  # answers the other
        (None, False, True, False),  # answers the office
        (True, True, False, True),  # was asked first, and stays so when it grows stronger
        (False, False, False, False),  # an answer does not become a request when the other withdraws
    ],
)
def test_what_counts_as_a_request(said_yes: bool | None, other: bool, proposed: bool, asks: bool) -> None:
    assert is_request(said_yes=said_yes, other_says_yes=other, is_proposed=proposed) is asks


def test_who_may_not_be_asked_is_named_with_the_way_out() -> None:
    require_allowed(USUAL, Party.BANK, [(Party.LISTED, "甲")])
    asked = [(Party.LISTED, "甲"), *((Party.FIRM, name) for name in "乙丙丁戊")]
    with pytest.raises(Conflict) as refused:
        require_allowed(USUAL, Party.BANK, asked)
    said = str(refused.value)
    assert "银行不能先向白名单以外的企业提出意愿：乙、丙、丁等4家" in said
    assert "主办方提议" in said
    assert "甲" not in said


@pytest.mark.parametrize(
    ("quota", "kept", "new", "is_refused"),
    [
        (3, 1, 2, False),
        (3, 2, 2, True),
        (0, 99, 99, False),
        (3, 5, 0, False),
        (1, 0, 1, False),
        (1, 1, 1, True),
    ],
)
def test_the_quota_holds_on_both_sides(quota: int, kept: int, new: int, is_refused: bool) -> None:
    if not is_refused:
        require_within(quota, kept=kept, new=new)
        return
    with pytest.raises(Conflict, match=f"最多先提出{quota}个意愿，已提出{kept}个，这次又提出{new}个"):
        require_within(quota, kept=kept, new=new)


def test_the_document_shows_the_usual_matrix() -> None:
    rows = re.findall(r"^\| (\S+) → (\S+) \| (是|否) \|$", RULES.read_text("utf-8"), re.M)
    assert rows == [
        (str(PARTY_LABELS[asker]), str(PARTY_LABELS[asked]), "是" if word in USUAL else "否")
        for word, asker, asked in cells()
    ]
