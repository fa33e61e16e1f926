"""A firm's name in its parts, and the keys that spellings of one name share."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipfin.registry.resolution.divisions import divisions_of
from ipfin.registry.resolution.firm_names import is_group_label, parse_firm_name
from ipfin.registry.resolution.similarity import differs_by_one, jaro, jaro_winkler

HERE = divisions_of(["安阳市", "文峰区", "安阳县", "滑县", "林州市"])
HAN = st.text(alphabet="安阳林州市县华强红旗渠机械电科技集团（）有限责任股份公司", min_size=1, max_size=24)


@pytest.mark.parametrize(
    ("name", "divisions", "trade_name", "trades", "form"),
    [
        ("安阳华强机械有限公司", ("安阳",), "华强", ("机械",), "有限公司"),
        ("河南省安阳市华强机械制造股份有限公司", ("河南", "安阳"), "华强", ("机械制造",), "股份有限公司"),
        ("安阳县华强机械有限公司", ("安阳县",), "华强", ("机械",), "有限公司"),
        ("华强机电（安阳）有限公司", ("安阳",), "华强", ("机电",), "有限公司"),
        ("华强机电(安阳)有限责任公司", ("安阳",), "华强", ("机电",), "有限责任公司"),
        ("样例实业(集团)股份有限公司", (), "样例", ("实业",), "集团股份有限公司"),
        ("滑县红旗渠有限公司", ("滑县",), "红旗渠", (), "有限公司"),
        ("红旗渠集团有限公司", (), "红旗渠", (), "集团有限公司"),
        ("林州厂", (), "林州厂", (), ""),
        ("华强", (), "华强", (), ""),
    ],
)
def test_a_name_falls_into_its_four_parts(name, divisions, trade_name, trades, form) -> None:
    parsed = parse_firm_name(name, HERE)
    assert (parsed.divisions, parsed.trade_name, parsed.trades, parsed.form) == (
        divisions,
        trade_name,
        trades,
        form,
    )


def test_a_division_is_not_taken_when_no_trade_name_would_remain() -> None:
    assert parse_firm_name("安阳机械有限公司", HERE).trade_name == "安阳"


def test_the_county_and_the_city_of_one_name_are_two_places() -> None:
    assert HERE.begins("安阳市华强") == ("安阳", 3)
    assert HERE.begins("安阳县华强") == ("安阳县", 3)


def test_spellings_of_one_name_share_the_whole_key() -> None:
    spellings = (
        "华强机电（安阳）有限公司",
        "华强机电(安阳)有限公司",
        " 华强机电 【安阳】有限公司",
        "华强机电安阳有限公司",
    )
    assert len({parse_firm_name(name, HERE).full for name in spellings}) == 1


def test_legal_forms_stay_apart_in_the_whole_key_and_meet_without_the_form() -> None:
    one, other = (parse_firm_name(f"安阳华强机械{form}", HERE) for form in ("有限公司", "有限责任公司"))
    assert one.full != other.full
    assert one.key == other.key


@pytest.mark.parametrize(
    ("name", "is_group"), [("样例电科-T", True), ("样例汽车-C", True), ("样例汽车", False)]
)
def test_a_vendor_s_group_is_known_by_its_mark(name: str, is_group: bool) -> None:
    assert is_group_label(name) is is_group
    assert parse_firm_name(name, HERE).is_group_label is is_group


@given(HAN)
def test_no_name_breaks_the_parser_and_parts_are_of_the_name(name: str) -> None:
    parsed = parse_firm_name(name, HERE)
    assert set(parsed.trade_name) <= set(name)
    assert parsed.full.startswith(parsed.key)


def test_the_worked_example_of_near_names() -> None:
    assert jaro_winkler("华强机械", "华强机电") == pytest.approx(0.883, abs=0.0005)
    assert differs_by_one("华强机械", "华强机电")
    assert not differs_by_one("华强机械", "华强")


def test_the_textbook_example_of_jaro_winkler() -> None:
    assert jaro("MARTHA", "MARHTA") == pytest.approx(0.944, abs=0.0005)
    assert jaro_winkler("MARTHA", "MARHTA") == pytest.approx(0.961, abs=0.0005)
    assert jaro_winkler("DIXON", "DICKSONX") == pytest.approx(0.813, abs=0.0005)
    assert jaro("华", "") == 0


@given(HAN, HAN)
def test_likeness_is_symmetric_and_between_nothing_and_one(left: str, right: str) -> None:
    assert jaro(left, right) == pytest.approx(jaro(right, left), abs=0.2)
    assert 0 <= jaro_winkler(left, right) <= 1
