"""Fields sealed under keys that come and go, and tokens."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipfin.accounts.sealing import CannotOpen, CannotSeal, Sealer, is_same, new_token, token_hash

OLD, NEW = "the-secret-of-last-year", "the-secret-of-this-year"


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_what_was_sealed_opens_again(plain: str) -> None:
    sealer = Sealer(NEW)
    assert sealer.open_sealed(sealer.seal(plain, "phone"), "phone") == plain


def test_a_sealed_value_shows_nothing_of_what_it_holds_and_fits_its_column() -> None:
    sealer = Sealer(NEW)
    sealed = sealer.seal("13800000000", "phone")
    assert "13800000000" not in sealed
    assert sealed != sealer.seal("13800000000", "phone")
    assert len(sealer.seal("1" * 120, "phone")) <= 300


@pytest.mark.parametrize(("length", "fits"), [(120, True), (121, False)])
def test_what_would_not_fit_the_column_is_refused(length: int, fits: bool) -> None:
    if fits:
        assert Sealer(NEW).seal("1" * length, "phone")
    else:
        with pytest.raises(CannotSeal):
            Sealer(NEW).seal("1" * length, "phone")


def test_nothing_stays_nothing() -> None:
    assert Sealer(NEW).seal("", "phone") == ""
    assert Sealer(NEW).open_sealed("", "phone") == ""
    assert Sealer(NEW).reseal("", "phone") == ""


@pytest.mark.parametrize("secret", ["", "x" * 15])
def test_without_a_usable_secret_nothing_is_sealed(secret: str) -> None:
    with pytest.raises(CannotSeal):
        Sealer(secret)
    with pytest.raises(CannotSeal):
        Sealer(NEW, [secret])


def test_sixteen_characters_are_a_usable_secret() -> None:
    assert Sealer("x" * 16).seal("1", "phone")


def test_a_field_does_not_open_for_another_purpose() -> None:
    sealed = Sealer(NEW).seal("13800000000", "phone")
    with pytest.raises(CannotOpen):
        Sealer(NEW).open_sealed(sealed, "totp")


@pytest.mark.parametrize("harm", ["plain text", "13800000000", "s1.", "s1.00000000.gAAAA", "s2", "密.文.本"])
def test_what_was_never_sealed_does_not_open(harm: str) -> None:
    with pytest.raises(CannotOpen):
        Sealer(NEW).open_sealed(harm, "phone")


def test_an_altered_value_does_not_open() -> None:
    sealed = Sealer(NEW).seal("13800000000", "phone")
    altered = sealed[:-6] + ("A" if sealed[-6] != "A" else "B") + sealed[-5:]
    with pytest.raises(CannotOpen):
        Sealer(NEW).open_sealed(altered, "phone")


# --- Rotation ---------------------------------------------------------------------------------------


def test_a_retired_key_still_opens_what_it_sealed() -> None:
    sealed = Sealer(OLD).seal("13800000000", "phone")
    assert Sealer(NEW, [OLD]).open_sealed(sealed, "phone") == "13800000000"


def test_a_forgotten_key_opens_nothing() -> None:
    sealed = Sealer(OLD).seal("13800000000", "phone")
    with pytest.raises(CannotOpen):
        Sealer(NEW).open_sealed(sealed, "phone")
    with pytest.raises(CannotOpen):
        Sealer(NEW).reseal(sealed, "phone")


def test_resealing_lets_the_retired_key_be_forgotten() -> None:
    both = Sealer(NEW, [OLD])
    old = Sealer(OLD).seal("13800000000", "phone")
    fresh = both.reseal(old, "phone")
    assert both.needs_resealing(old)
    assert not both.needs_resealing(fresh)
    assert Sealer(NEW).open_sealed(fresh, "phone") == "13800000000"


def test_what_is_under_the_present_key_is_left_alone() -> None:
    sealed = Sealer(NEW).seal("1", "phone")
    assert Sealer(NEW, [OLD]).reseal(sealed, "phone") == sealed


def test_resealing_for_another_purpose_is_refused() -> None:
    with pytest.raises(CannotOpen):
        Sealer(NEW, [OLD]).reseal(Sealer(OLD).seal("1", "phone"), "totp")


# --- Fingerprints and tokens ------------------------------------------------------------------------


def test_a_fingerprint_depends_on_the_text_the_purpose_and_the_secret() -> None:
    marks = {
        Sealer(NEW).fingerprint("a@x.cn", "account"),
        Sealer(NEW).fingerprint("b@x.cn", "account"),
        Sealer(NEW).fingerprint("a@x.cn", "address"),
        Sealer(OLD).fingerprint("a@x.cn", "account"),
    }
    assert len(marks) == 4
    assert all(len(mark) == 64 for mark in marks)
    assert Sealer(NEW).fingerprint("a@x.cn", "account") in marks


def test_tokens_never_repeat_and_are_kept_as_hashes() -> None:
    tokens = {new_token() for _number in range(500)}
    assert len(tokens) == 500
    assert all(len(token) >= 43 and len(token_hash(token)) == 64 for token in tokens)
    assert not tokens & {token_hash(token) for token in tokens}


@given(st.text())
def test_any_text_may_stand_in_a_cookie(hostile: str) -> None:
    assert len(token_hash(hostile)) == 64
    assert is_same(hostile, hostile)
    assert not is_same(hostile, hostile + "x")
