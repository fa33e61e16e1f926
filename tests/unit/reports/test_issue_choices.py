"""What an issue holds, what a recipient is shown of it, when it falls due: rules without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipfin.kernel.calendar import WorkCalendar
from ipfin.kernel.errors import BadInput
from ipfin.reports.columns import CopyFields, change_rows, value_of
from ipfin.reports.directory import LeftReason, Line, LineChange, compare
from ipfin.reports.schedule import Frequency, Timing, is_overdue, period_name
from ipfin.reports.selection import EVERY_FIRM, FirmNow, Holding, IssueScope, RecipientChoice
from ipfin.reports.tiers import FIELDS, FieldTier, as_seen, fields_of

DAY = date(2026, 3, 5)
FACTS = {field.key: "" for field in FIELDS} | {"name": "样例甲有限公司", "valid_count": 3, "grade": "A"}
DECLARED = {
    "rd_share_bp": 520,
    "revenue_growth_bp": -130,
    "tax_credit": "A",
    "pledge_history": "repaid",
}
FIRM = FirmNow("410502", "34", 3, 1, 0, True, False, DAY)


# --- Comparing ---------------------------------------------------------------------------------------


def test_a_changed_line_keeps_the_old_value_of_what_changed_and_nothing_else() -> None:
    new = FACTS | {"valid_count": 5, "as_of": "2026-03-05"}
    line = compare([Line(1, new)], {1: FACTS | {"as_of": "2025-12-01"}})[0]
    assert (line.change, line.before, line.position) == (LineChange.CHANGED, {"valid_count": 3}, 1)
    assert change_rows(line)[0][3:6] == ["有效专利", "3", "5"]


def test_facts_that_the_last_issue_did_not_have_are_no_change() -> None:
    old = {key: value for key, value in FACTS.items() if key != "titles"}
    assert compare([Line(1, FACTS | {"titles": "high_tech"})], {1: old})[0].change is LineChange.KEPT


@given(
    st.dictionaries(st.integers(1, 9), st.integers(1, 3)),
    st.dictionaries(st.integers(1, 9), st.integers(1, 3)),
)
@settings(max_examples=40)
def test_every_firm_of_either_issue_stands_once_in_the_comparison(
    old: dict[int, int], new: dict[int, int]
) -> None:
    lines = compare(
        [Line(firm, FACTS | {"valid_count": count}) for firm, count in new.items()],
        {firm: FACTS | {"valid_count": count} for firm, count in old.items()},
    )
    by_firm = {line.enterprise_id: line.change for line in lines}
    assert len(lines) == len(by_firm) == len(old.keys() | new.keys())
    assert {f for f, c in by_firm.items() if c is LineChange.LEFT} == old.keys() - new.keys()
    assert {f for f, c in by_firm.items() if c is LineChange.ADDED} == new.keys() - old.keys()


# --- Scope -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scope", "changes", "reason"),
    [
        (EVERY_FIRM, {"is_merged": True, "valid": 0}, LeftReason.MERGED),
        (EVERY_FIRM, {"valid": 0, "unknown": 2}, LeftReason.UNKNOWN),
        (EVERY_FIRM, {"valid": 0}, LeftReason.NO_VALID),
        (IssueScope(admitted_only=True), {"is_admitted": False}, LeftReason.NOT_ADMITTED),
        (IssueScope(regions=("410503",)), {}, LeftReason.REGION),
        (IssueScope(industries=("35",)), {}, LeftReason.INDUSTRY),
        (IssueScope(least=4), {}, LeftReason.TOO_FEW),
        (IssueScope(holding=Holding.INVENTION, least=2), {}, LeftReason.TOO_FEW),
        (IssueScope(fresh_days=30), {"as_of": DAY - timedelta(days=31)}, LeftReason.STALE),
        (IssueScope(fresh_days=30), {"as_of": None}, LeftReason.STALE),
    ],
)
def test_a_firm_that_left_is_told_the_first_reason_that_applies(
    scope: IssueScope, changes: dict[str, object], reason: LeftReason
) -> None:
    assert scope.left_reason(replace(FIRM, **changes), DAY) is reason  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wrong",
    [{"least": 0}, {"least": 10_000}, {"fresh_days": 0}, {"fresh_days": 3661}, {"industries": ("00",)}],
)
def test_an_impossible_scope_is_refused_in_words(wrong: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        IssueScope(**wrong)  # type: ignore[arg-type]


def test_choices_come_back_from_plain_values_and_old_issues_have_the_old_meaning() -> None:
    scope = IssueScope(("410502",), ("34",), Holding.INVENTION, 2, True, 90)
    choice = RecipientChoice(("bank",), (7,), {"bank": FieldTier.OPEN})
    assert IssueScope.from_json(scope.as_json()) == scope
    assert RecipientChoice.from_json(choice.as_json()) == choice
    assert IssueScope.from_json({}) == EVERY_FIRM
    assert RecipientChoice.from_json({}).tier_of("bank") is FieldTier.GRADED


def test_single_institutions_go_before_kinds_and_nobody_is_refused() -> None:
    assert RecipientChoice(("bank",)).takes("bank", 3)
    assert not RecipientChoice(("bank",)).takes("insurer", 3)
    assert not RecipientChoice(("bank",), (4,)).takes("bank", 3)
    assert RecipientChoice(("bank",), (4,)).takes("insurer", 4)
    with pytest.raises(BadInput, match="至少选择一类"):
        RecipientChoice(())


# --- Tiers -------------------------------------------------------------------------------------------


def test_each_tier_holds_what_the_tier_before_it_holds() -> None:
    steps = [{field.key for field in fields_of(tier)} for tier in FieldTier]
    assert all(less < more for less, more in pairwise(steps))
    assert steps[-1] == {field.key for field in FIELDS}


@pytest.mark.parametrize("tier", FieldTier)
@pytest.mark.parametrize("has_consented", [False, True])
def test_declared_figures_are_seen_by_consent_only(tier: FieldTier, has_consented: bool) -> None:
    seen = as_seen(Line(1, FACTS | DECLARED), tier, has_consented=has_consented)
    is_open = tier is FieldTier.CONSENTED and has_consented
    assert (DECLARED.keys() <= seen.facts.keys()) is is_open
    assert is_open or not DECLARED.keys() & seen.facts.keys()


def test_what_a_recipient_may_not_see_is_no_change_for_it() -> None:
    line = Line(1, FACTS, LineChange.CHANGED, {"grade": "B"})
    assert as_seen(line, FieldTier.BASIC, has_consented=False).change is LineChange.KEPT
    assert not change_rows(as_seen(line, FieldTier.BASIC, has_consented=False))
    assert as_seen(line, FieldTier.GRADED, has_consented=False).before == {"grade": "B"}


def test_a_copy_without_any_consent_has_no_empty_columns_for_them() -> None:
    assert "tax_credit" not in CopyFields(FieldTier.CONSENTED, has_consents=False).keys
    assert "tax_credit" in CopyFields(FieldTier.CONSENTED, has_consents=True).keys


def test_facts_read_as_people_read_them() -> None:
    shown = {key: str(value_of(DECLARED, key)) for key in DECLARED}
    assert shown["rd_share_bp"] == "5.20%"
    assert shown["revenue_growth_bp"] == "-1.30%"
    assert str(value_of({"titles": "high_tech tech_sme"}, "titles")) == "高新技术企业、科技型中小企业"
    assert value_of({}, "titles") is None


# --- Schedule ----------------------------------------------------------------------------------------

_LONG_AGO = date(2025, 1, 1)


@pytest.mark.parametrize(
    ("frequency", "on", "due", "following"),
    [
        (Frequency.MONTHLY, date(2026, 3, 4), date(2026, 2, 5), date(2026, 3, 5)),
        (Frequency.MONTHLY, date(2026, 3, 5), date(2026, 3, 5), date(2026, 4, 5)),
        (Frequency.MONTHLY, date(2026, 1, 4), date(2025, 12, 5), date(2026, 1, 5)),
        (Frequency.QUARTERLY, date(2026, 4, 4), date(2026, 1, 5), date(2026, 4, 5)),
        (Frequency.QUARTERLY, date(2026, 4, 5), date(2026, 4, 5), date(2026, 7, 5)),
        (Frequency.QUARTERLY, date(2026, 1, 4), date(2025, 10, 5), date(2026, 1, 5)),
        (Frequency.QUARTERLY, date(2026, 12, 31), date(2026, 10, 5), date(2027, 1, 5)),
        (Frequency.OFF, date(2026, 3, 5), None, None),
    ],
)
def test_a_draft_is_due_on_its_day_and_not_the_day_before(
    frequency: Frequency, on: date, due: date | None, following: date | None
) -> None:
    timing = Timing(frequency, 5, _LONG_AGO)
    assert (timing.latest_due(on), timing.next_due(on)) == (due, following)


@pytest.mark.parametrize(("since", "due"), [(date(2026, 3, 5), date(2026, 3, 5)), (date(2026, 3, 6), None)])
def test_what_fell_due_before_the_schedule_held_is_not_made_up(since: date, due: date | None) -> None:
    assert Timing(Frequency.MONTHLY, 5, since).latest_due(date(2026, 3, 20)) == due


@pytest.mark.parametrize("day", [0, 29])
def test_a_day_that_not_every_month_has_is_refused(day: int) -> None:
    with pytest.raises(BadInput, match="1日至28日"):
        Timing(Frequency.MONTHLY, day, DAY)


@given(st.dates(date(2020, 1, 1), date(2040, 12, 31)), st.integers(1, 28), st.sampled_from(Frequency))
@settings(max_examples=60)
def test_the_next_due_day_becomes_the_latest_when_it_comes(on: date, day: int, frequency: Frequency) -> None:
    timing = Timing(frequency, day, date(2020, 1, 1))
    following = timing.next_due(on)
    if following is None:
        assert frequency is Frequency.OFF
        return
    assert following > on
    assert timing.latest_due(following) == following
    assert timing.latest_due(following - timedelta(days=1)) != following


def test_periods_have_names_of_their_own() -> None:
    assert period_name(Frequency.MONTHLY, date(2026, 3, 5)) == "2026-03"
    assert [period_name(Frequency.QUARTERLY, date(2026, month, 5)) for month in (1, 4, 7, 10)] == [
        "2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4",
    ]  # fmt: skip


@pytest.mark.parametrize(("on", "late"), [(date(2026, 3, 12), False), (date(2026, 3, 13), True)])
def test_a_receipt_is_overdue_after_its_last_working_day(on: date, late: bool) -> None:
    # Delivered on a Thursday: the fifth working day after it is the next Thursday.
    assert is_overdue(DAY, 5, on, WorkCalendar({}, 2026)) is late
