"""One-time codes against the vectors of RFC 6238, and their window on both sides."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipfin.accounts import totp

SEED = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # RFC 6238, appendix B: "12345678901234567890"
START = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)  # a step begins here
STEP = totp.step_of(START)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
    ],
)
def test_codes_are_those_of_rfc_6238(seconds: int, code: str) -> None:
    instant = datetime.fromtimestamp(seconds, UTC)
    assert totp.code_at(SEED, totp.step_of(instant)) == code
    assert totp.matching_step(SEED, code, instant) == totp.step_of(instant)


@pytest.mark.parametrize(
    ("seconds", "good"), [(-31, False), (-30, True), (0, True), (29, True), (59, True), (60, False)]
)
def test_a_code_counts_one_step_before_and_after_its_own(seconds: int, good: bool) -> None:
    code = totp.code_at(SEED, STEP)
    found = totp.matching_step(SEED, code, START + timedelta(seconds=seconds))
    assert found == (STEP if good else None)


@pytest.mark.parametrize("typed", ["{} ", " {}", "{:.3}-{}", "０"])
def test_a_code_is_read_with_spaces_and_in_full_width(typed: str) -> None:
    code = totp.code_at(SEED, STEP)
    shapes = {
        "{} ": code + " ",
        " {}": " " + code,
        "{:.3}-{}": f"{code[:3]}-{code[3:]}",
        "０": "".join(chr(ord(digit) - ord("0") + ord("０")) for digit in code),
    }
    assert totp.matching_step(SEED, shapes[typed], START) == STEP


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "密码密码密码", "\ud800", "9" * 5000])
def test_what_is_no_code_matches_no_step(typed: str) -> None:
    assert totp.matching_step(SEED, typed, START) is None


@given(st.text())
def test_no_text_breaks_the_check(typed: str) -> None:
    totp.matching_step(SEED, typed, START)
    totp.looks_like_recovery(typed)
    assert len(totp.recovery_hash(typed)) == 64


def test_seeds_are_random_and_long_enough() -> None:
    seeds = {totp.new_seed() for _number in range(50)}
    assert len(seeds) == 50
    assert all(re.fullmatch("[A-Z2-7]{32}", seed) for seed in seeds)


def test_the_authenticator_s_address_names_account_and_issuer() -> None:
    uri = totp.provisioning_uri(SEED, account="a@x.cn", issuer="ipfin 样例市")
    assert uri.startswith("otpauth://totp/")
    assert f"secret={SEED}" in uri
    assert "a%40x.cn" in uri


def test_the_qr_code_is_an_element_without_script_style_or_address() -> None:
    svg = totp.qr_svg(totp.provisioning_uri(SEED, account="a@x.cn", issuer="ipfin"))
    assert svg.startswith("<svg ")
    assert "script" not in svg
    assert "style=" not in svg
    assert SEED not in svg


def test_ten_recovery_codes_all_differ_and_are_hard_to_guess() -> None:
    codes = totp.new_recovery_codes()
    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"[A-HJ-NP-Z2-9]{4}(-[A-HJ-NP-Z2-9]{4}){3}", code) for code in codes)


def test_a_recovery_code_is_known_however_it_is_typed() -> None:
    (code, *_rest) = totp.new_recovery_codes()
    typed = code.lower().replace("-", " ")
    assert totp.looks_like_recovery(typed)
    assert totp.recovery_hash(typed) == totp.recovery_hash(code)
    assert not totp.looks_like_recovery("123456")
