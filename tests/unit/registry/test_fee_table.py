"""The fee table: amounts to the fen, each from when to when, and what is not a fee table."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from ipfin.kernel.errors import BadInput
from ipfin.kernel.identifiers import PatentKind
from ipfin.registry.maintenance.loading import DEFAULT_TABLE, default_fee_table, load_fee_table
from ipfin.registry.maintenance.table import (
    STANDING_LABELS,
    ReductionCode,
    Standing,
    share_of,
)
from tests.unit.registry.fee_cases import rows

TABLE = default_fee_table()
NOW = date(2026, 3, 5)
INVENTION, UTILITY_MODEL, DESIGN = PatentKind.INVENTION, PatentKind.UTILITY_MODEL, PatentKind.DESIGN
SINGLE, JOINT, OPEN = ReductionCode.SINGLE, ReductionCode.JOINT, ReductionCode.OPEN_LICENCE


@pytest.mark.parametrize(("kind", "years", "yuan"), rows("Amounts"))
def test_every_year_of_a_band_costs_what_the_rules_say(kind: str, years: str, yuan: str) -> None:
    first, last = map(int, years.split("-"))
    for year in range(first, last + 1):
        assert TABLE.full_fee(PatentKind(kind), year, NOW) == int(yuan) * 100


@pytest.mark.parametrize(("kind", "last"), [(INVENTION, 20), (UTILITY_MODEL, 10), (DESIGN, 15)])
def test_there_is_no_fee_before_the_first_and_after_the_last_year(kind: PatentKind, last: int) -> None:
    assert TABLE.full_fee(kind, 0, NOW) is None
    assert TABLE.full_fee(kind, last, NOW) is not None
    assert TABLE.full_fee(kind, last + 1, NOW) is None


def test_the_eleventh_year_of_a_design_has_a_price_since_june_2021() -> None:
    assert TABLE.full_fee(DESIGN, 11, date(2021, 5, 31)) is None
    assert TABLE.full_fee(DESIGN, 11, date(2021, 6, 1)) == 300_000
    assert TABLE.full_fee(DESIGN, 10, date(2021, 5, 31)) == TABLE.full_fee(DESIGN, 10, date(2021, 6, 1))


def test_before_the_first_known_tariff_no_amount_is_guessed() -> None:
    assert TABLE.full_fee(INVENTION, 3, date(2001, 2, 28)) is None
    assert TABLE.full_fee(INVENTION, 3, date(2001, 3, 1)) == 90_000


@pytest.mark.parametrize(
    ("code", "due_on", "year", "yuan"),
    [
        (SINGLE, date(2026, 3, 5), 4, 180),  # 1200 less 85 %
        (JOINT, date(2026, 3, 5), 4, 360),
        (SINGLE, date(2026, 3, 5), 13, 900),  # the tenth year from a grant in year 4
        (SINGLE, date(2026, 3, 5), 14, 6000),  # the eleventh
        (SINGLE, date(2018, 7, 31), 9, 300),  # six years then
        (SINGLE, date(2018, 7, 31), 10, 4000),
        (SINGLE, date(2018, 8, 1), 10, 600),  # ten years now
        (SINGLE, date(2016, 8, 31), 4, 1200),  # no rule known before
        (SINGLE, date(2016, 9, 1), 4, 180),
        (OPEN, date(2026, 3, 5), 4, 1200),  # switched off
    ],
)
def test_a_reduction_holds_in_its_years_and_its_days(
    code: ReductionCode, due_on: date, year: int, yuan: int
) -> None:
    assert TABLE.reduced_fee(INVENTION, year, due_on, grant_year=4, code=code) == yuan * 100


def test_what_is_not_known_is_not_reduced() -> None:
    assert TABLE.reduced_fee(INVENTION, 21, NOW, grant_year=4, code=SINGLE) is None


def test_the_open_licence_reduction_stands_in_the_data_and_is_off() -> None:
    kept = [row for row in TABLE.reductions if row.code is OPEN]
    assert [(row.rate_bp, row.switched_on) for row in kept] == [(1_500, False)]
    assert kept[0].covers(20, 4)
    assert [row.switched_on for row in TABLE.compensation_fees] == [False]


def test_late_payment_and_restoration_are_as_the_rules_say() -> None:
    late, restored = TABLE.late_payment(NOW), TABLE.restoration(NOW)
    assert late is not None
    assert restored is not None
    assert (late.grace_months, late.rate_bp, late.free_months, late.max_bp) == (6, 500, 1, 2_500)
    assert (restored.request_months, restored.fee_fen, restored.late_bp) == (2, 100_000, 2_500)
    assert TABLE.late_payment(date(2001, 6, 30)) is None
    assert TABLE.restoration(date(2024, 1, 19)) is None


@pytest.mark.parametrize("day", [date(2021, 5, 31), date(2021, 6, 1), date(2024, 1, 19), date(2024, 1, 20)])
def test_one_tariff_and_one_rule_hold_on_each_day_around_a_change(day: date) -> None:
    for kind in PatentKind:
        holding = [row for row in TABLE.tariffs if row.kind is kind and TABLE.tariff(kind, day) is row]
        assert len(holding) == 1
    assert TABLE.late_payment(day) is not None


def test_a_share_is_rounded_once_and_half_up() -> None:
    assert [share_of(amount, 500) for amount in (90_000, 10, 9, 0)] == [4_500, 1, 0, 0]


# --- Sources -----------------------------------------------------------------------------------------


def test_every_source_says_how_well_it_is_known_and_is_used() -> None:
    text = DEFAULT_TABLE.read_text("utf-8")
    for source in TABLE.sources:
        assert source.title
        assert source.note
        assert len(re.findall(rf'source = "{source.key}"', text)) >= 1, source.key
        assert source.address or source.standing is not Standing.READ


@pytest.mark.parametrize(("key", "_title", "standing", "address"), rows("Sources"))
def test_the_rules_name_the_sources_of_the_data(key: str, _title: str, standing: str, address: str) -> None:
    source = next(source for source in TABLE.sources if source.key == key)
    assert (source.standing, source.address or "-") == (standing, address.strip("<>"))


def test_the_rules_name_every_source() -> None:
    assert [row[0] for row in rows("Sources")] == [source.key for source in TABLE.sources]


@pytest.mark.parametrize(
    "key",
    ["tariff-start", "design-15", "guidelines-late", "guidelines-restore", "reduction-2018", "fees-2024",
     "compensation"],
)  # fmt: skip
def test_what_was_not_read_in_the_text_itself_is_to_be_confirmed(key: str) -> None:
    standing = next(source.standing for source in TABLE.sources if source.key == key)
    assert "待核实" in STANDING_LABELS[standing]


def test_the_basis_names_what_holds_on_the_day_and_no_more() -> None:
    keys = [source.key for source in TABLE.basis_on(NOW)]
    assert len(keys) == len(set(keys))
    assert {"panzhihua", "rules-2023", "guidelines-late", "reduction-2018"} <= set(keys)
    assert not {"rules-2001", "reduction-2016", "fees-2024", "compensation"} & set(keys)


def test_every_standing_has_its_words() -> None:
    assert set(STANDING_LABELS) == set(Standing)


# --- The file ----------------------------------------------------------------------------------------


def test_an_equal_file_is_an_equal_table() -> None:
    assert load_fee_table(DEFAULT_TABLE.read_bytes()) == TABLE


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('kind = "invention"', 'kind = "trademark"', "不认识"),
        ("[4, 6, 120000]", "[5, 6, 120000]", "逐年相接"),
        ("[1, 3, 90000]", "[2, 3, 90000]", "第1年"),
        ("[4, 6, 120000]", "[4, 6, 0]", "大于0"),
        ("[4, 6, 120000]", "[4, 6]", "写成"),
        ("[4, 6, 120000]", "[4, 6, 1200.5]", "写成"),
        ("[4, 6, 120000]", "[4, 6, true]", "写成"),
        ("rate_bp = 500", "rate_bp = 50000", "超出范围"),
        ("rate_bp = 500", "rate_bp = -1", "超出范围"),
        ("rate_bp = 500", 'rate_bp = "500"', "类型不对"),
        ("switched_on = true", "switched_on = 1", "类型不对"),
        ("read_on = 2026-11-23", "read_on = 2026-11-23T00:00:00", "类型不对"),
        ('source = "panzhihua"', 'source = "nobody"', "没有列在"),
        ("grace_months = 6", "grace_months = 6\ngraze = 1", "不认识的项"),
        ("grace_months = 6", "", "缺少grace_months"),
        ("valid_to = 2021-05-31", "valid_to = 2021-06-01", "同时有效"),
        ("valid_to = 2021-05-31", "valid_to = 2001-02-28", "早于"),
        ('standing = "read"', 'standing = "heard"', "不认识"),
        ('version = "1.0.0"', "version = 1", "类型不对"),
        ("[[late_payments]]", "[late_payments]", "TOML"),
    ],
)
def test_a_file_that_is_not_well_formed_is_refused_in_words(old: str, new: str, words: str) -> None:
    text = DEFAULT_TABLE.read_text("utf-8")
    assert old in text
    with pytest.raises(BadInput, match=words):
        load_fee_table(text.replace(old, new, 1).encode())


@pytest.mark.parametrize("content", [b"\xff\xfe", b"= 3", b""])
def test_what_is_no_fee_table_at_all_is_refused(content: bytes) -> None:
    with pytest.raises(BadInput):
        load_fee_table(content)


def test_periods_touch_but_never_overlap() -> None:
    for rule in TABLE.late_payments:
        if rule.valid_to is not None:
            assert TABLE.late_payment(rule.valid_to) is rule
            assert TABLE.late_payment(rule.valid_to + timedelta(days=1)) is not rule
