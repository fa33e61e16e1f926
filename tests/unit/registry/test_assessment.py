"""What two records are to each other: the rules, the sum at its threshold, and what is never done."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipfin.registry.resolution.assessment import Outcome, Tier, assess
from ipfin.registry.resolution.blocking import block_keys
from ipfin.registry.resolution.divisions import divisions_of
from ipfin.registry.resolution.evidence import FirmRecord, Together, address_key, trade_name_level
from ipfin.registry.resolution.firm_names import parse_firm_name
from ipfin.registry.resolution.weights import TABLE, Feature, Weights, default_weights, weights_from

HERE = divisions_of(["安阳市", "文峰区", "林州市"])
ALONE = Together(known=False)
CODE, OTHER_CODE = "91410500MA9000001X", "91410500MA9000002X"
PIECES = st.tuples(
    st.sampled_from(["", "安阳", "安阳市", "林州", "河南省"]),
    st.sampled_from(["华强", "华蔷", "红旗渠", "华强红旗渠", "恒力机械重装"]),
    st.sampled_from(["", "机械", "机电", "科技"]),
    st.sampled_from(["有限公司", "有限责任公司", "股份有限公司", "", "厂"]),
)


def firm(name: str, number: int = 1, **known: object) -> FirmRecord:
    bare = FirmRecord(number, name, parse_firm_name(name, HERE))
    return replace(bare, **known)  # type: ignore[arg-type]


def assessed(one: FirmRecord, other: FirmRecord, beside: Together = ALONE):
    return assess(one, other, default_weights(), beside)


def ruled(one: FirmRecord, other: FirmRecord) -> tuple[Outcome, Tier]:
    found = assessed(one, other)
    return found.outcome, found.tier


def test_one_credit_code_is_one_legal_person_whatever_the_names() -> None:
    one, other = firm("安阳华强机械有限公司", credit_code=CODE), firm("林州红旗渠厂", credit_code=CODE)
    assert ruled(one, other) == (Outcome.IDENTITY, Tier.CREDIT_CODE)


def test_two_valid_codes_are_two_firms_even_of_one_name() -> None:
    one = firm("安阳华强机械有限公司", credit_code=CODE, code_checks=True)
    other = firm("安阳华强机械有限公司", credit_code=OTHER_CODE, code_checks=True)
    assert ruled(one, other) == (Outcome.SEPARATE, Tier.TWO_CODES)


def test_a_code_that_does_not_check_proves_no_difference() -> None:
    one = firm("安阳华强机械有限公司", credit_code=CODE, code_checks=True)
    other = firm("安阳华强机械有限公司", credit_code=OTHER_CODE, code_checks=False)
    assert ruled(one, other) == (Outcome.IDENTITY, Tier.FULL_NAME)


def test_brackets_and_widths_do_not_part_one_name() -> None:
    one, other = firm("华强机械（安阳）有限公司"), firm("华强机械( 安阳 )有限公司")
    assert ruled(one, other) == (Outcome.IDENTITY, Tier.FULL_NAME)


def test_a_former_name_is_an_identity() -> None:
    old = firm("安阳旧强机械有限公司")
    new = firm("安阳华强机械有限公司", former=frozenset({old.name.full}))
    assert ruled(old, new) == ruled(new, old) == (Outcome.IDENTITY, Tier.FORMER_NAME)


@pytest.mark.parametrize("form", ["有限责任公司", "股份有限公司", "厂"])
def test_another_legal_form_asks_a_person(form: str) -> None:
    found = ruled(firm("安阳华强机械有限公司"), firm(f"安阳华强机械{form}"))
    assert found == (Outcome.REVIEW, Tier.OTHER_FORM)


@pytest.mark.parametrize("other", ["华强机电有限公司", "安阳华强机电有限公司", "安阳华蔷机械有限公司"])
def test_one_character_makes_another_firm(other: str) -> None:
    for name in ("华强机械有限公司", "安阳华强机械有限公司"):
        assert assessed(firm(name), firm(other)).outcome is Outcome.SEPARATE


@pytest.mark.parametrize(
    ("address", "outcome"),
    [
        ("安阳市文峰大道18号", Outcome.REVIEW),
        ("安阳市文峰大道19号", Outcome.SEPARATE),
        ("", Outcome.SEPARATE),
    ],
)
def test_only_one_address_makes_another_trade_name_a_question(address: str, outcome: Outcome) -> None:
    one = firm("安阳华强机械有限公司", address="安阳市文峰大道18号", region_code="410502")
    other = firm("安阳华蔷机械有限公司", address=address, region_code="410502")
    assert assessed(one, other).outcome is outcome


def test_a_vendor_s_group_is_never_merged_on() -> None:
    group, member = firm("样例电科-T"), firm("样例电科有限公司")
    assert ruled(group, member) == (Outcome.SEPARATE, Tier.GROUP_LABEL)
    assert ruled(group, firm("样例电科-T")) == (Outcome.SEPARATE, Tier.GROUP_LABEL)


def weights_with(total: float) -> Weights:
    """Return weights under which a pair that differs in its trade sums up to exactly `total`."""
    shipped = default_weights()
    bits = dict.fromkeys(shipped.bits, 0.0) | {(Feature.TRADES, "different"): total}
    return replace(shipped, bits=bits)


@pytest.mark.parametrize(
    ("total", "outcome"), [(1.49, Outcome.SEPARATE), (1.5, Outcome.REVIEW), (50.0, Outcome.REVIEW)]
)
def test_from_one_and_a_half_bits_on_a_person_is_asked_and_no_sum_is_an_identity(total, outcome) -> None:
    one, other = firm("华强机械有限公司"), firm("华强机电有限公司")  # one 字号, two trades
    assert assess(one, other, weights_with(total), ALONE).outcome is outcome


def test_two_names_on_one_patent_speak_for_two_firms() -> None:
    one, other = firm("安阳华强机械有限公司"), firm("华强机械科技有限公司")
    apart = assessed(one, other, Together(patents=0, partners=0))
    beside = assessed(one, other, Together(patents=1, partners=0))
    assert beside.bits < apart.bits - 5
    assert "同列为1件专利的申请人" in str(beside.features[-1].sentence)


def test_every_feature_has_its_sentence_and_the_sum_is_theirs() -> None:
    found = assessed(firm("安阳华强机械有限公司"), firm("安阳华强机电有限公司"))
    assert [weighed.feature for weighed in found.features] == list(Feature)
    assert all(weighed.sentence for weighed in found.features)
    assert found.bits == pytest.approx(sum(weighed.bits for weighed in found.features))


@given(PIECES, PIECES)
def test_the_order_of_two_records_never_matters(left, right) -> None:
    one, other = firm("".join(left), 1), firm("".join(right), 2)
    there, back = assessed(one, other), assessed(other, one)
    assert (there.outcome, there.tier, there.bits) == (back.outcome, back.tier, back.bits)
    assert there.features == back.features


@given(PIECES, PIECES)
def test_only_whole_names_and_codes_are_identities(left, right) -> None:
    one, other = firm("".join(left), 1), firm("".join(right), 2)
    if assessed(one, other).outcome is Outcome.IDENTITY:
        assert one.name.full == other.name.full


@given(PIECES, PIECES)
def test_whatever_is_ruled_the_same_shares_a_key(left, right) -> None:
    one, other = firm("".join(left), 1), firm("".join(right), 2)
    if assessed(one, other).tier in (Tier.FULL_NAME, Tier.OTHER_FORM):
        assert not block_keys(one).isdisjoint(block_keys(other))


@pytest.mark.parametrize(
    ("a", "b", "level"),
    [
        ("华强", "华强", "same"),
        ("华强", "华强盛", "contained"),
        ("华", "华强", "different"),
        ("恒力机械重装", "恒力机械重庄", "near"),
        ("华强机械", "华强机电", "different"),
        ("恒力机械重装", "恒力机械重", "contained"),
    ],
)
def test_trade_names_agree_by_level(a: str, b: str, level: str) -> None:
    assert trade_name_level(a, b) == trade_name_level(b, a) == level


def test_addresses_meet_without_postal_code_and_marks() -> None:
    assert address_key("455000 河南省安阳市 文峰大道１号") == address_key("河南省安阳市文峰大道1号")


def test_the_shipped_weights_say_where_they_come_from() -> None:
    assert set(default_weights().sources.values()) <= {"measured", "assumed"}
    assert default_weights().of(Feature.PLACE, "unknown") == 0


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("same = { m = 0.90, u = 0.40 }", "same = { m = 0.91, u = 0.40 }"),
        ("different = { m = 0.10", "apart = { m = 0.10"),
    ],
)
def test_a_table_with_a_wrong_sum_or_a_level_missing_is_refused(old: str, new: str) -> None:
    text = TABLE.read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(ValueError, match="place"):
        weights_from(text.replace(old, new))
