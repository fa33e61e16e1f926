"""Hashes of passwords: argon2id, the same for every keyboard, as slow for nobody as for somebody."""

from __future__ import annotations

import statistics
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import PasswordHasher

from ipfin.accounts.hashing import (
    LONGEST_PASSWORD,
    MEMORY_KIB,
    PASSES,
    hash_password,
    needs_rehash,
    verify_password,
)

PASSWORD = "红旗渠水向东流，两岸青山"


@pytest.fixture(scope="module")
def stored() -> str:
    return hash_password(PASSWORD)


def test_a_hash_is_argon2id_with_our_parameters(stored: str) -> None:
    assert stored.startswith(f"$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p=1$")
    assert len(stored) <= 200
    assert stored != hash_password(PASSWORD)


def test_only_the_right_password_matches(stored: str) -> None:
    assert verify_password(stored, PASSWORD)
    assert not verify_password(stored, PASSWORD + " ")
    assert not verify_password(stored, "")


def test_full_width_and_half_width_are_the_same_password() -> None:
    assert verify_password(hash_password("Ａbc-１２３"), "Abc-123")


@pytest.mark.parametrize("password", ["", "x", "\ud800", "x" * 100_000])
def test_no_password_opens_an_account_that_has_none(password: str) -> None:
    assert not verify_password("", password)


@pytest.mark.parametrize("stored", ["not a hash", "$argon2id$broken", "!"])
def test_a_broken_hash_matches_nothing(stored: str) -> None:
    assert not verify_password(stored, PASSWORD)


@pytest.mark.parametrize(("longer", "matches"), [(0, True), (1, False), (5_000, False)])
def test_what_follows_the_longest_password_is_not_ignored(longer: int, matches: bool) -> None:
    longest = "长" * LONGEST_PASSWORD
    assert verify_password(hash_password(longest), longest + "x" * longer) == matches


def test_a_hash_with_other_parameters_is_to_be_renewed(stored: str) -> None:
    assert not needs_rehash(stored)
    assert needs_rehash(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD))


def test_many_at_once_all_get_their_answer(stored: str) -> None:
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda n: verify_password(stored, PASSWORD if n % 2 else "x"), range(24)))
    assert answers == [bool(n % 2) for n in range(24)]


def test_an_unknown_account_takes_as_long_as_a_wrong_password(stored: str) -> None:
    def seconds(hashed: str) -> float:
        started = time.perf_counter()
        verify_password(hashed, "wrong")
        return time.perf_counter() - started

    seconds("")
    pairs = [(seconds(stored), seconds("")) for _round in range(9)]
    known = statistics.median(pair[0] for pair in pairs)
    unknown = statistics.median(pair[1] for pair in pairs)
    assert 1 / 3 < known / unknown < 3
