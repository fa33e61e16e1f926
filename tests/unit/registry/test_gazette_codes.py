"""The gazette's event codes mean what their words mean to the reader of words, no more and no less."""

from __future__ import annotations

import pytest

from ipfin.registry.maintenance.gazette import Effect, GazetteCode, Layer, gazette_codes, word_of
from ipfin.registry.maintenance.table import Standing
from ipfin.registry.patents import read_status
from ipfin.registry.statuses import Flag, LegalStatus, Validity

CODES = list(gazette_codes().codes.values())
KNOWN = [row for row in CODES if row.effect is not Effect.ASK]


@pytest.mark.parametrize("row", KNOWN, ids=lambda row: row.code)
def test_code_and_words_say_the_same(row: GazetteCode) -> None:
    assert read_status(row.code) == read_status(row.word)
    assert read_status(row.code).unknown_words == ()


@pytest.mark.parametrize("row", [row for row in KNOWN if row.effect is Effect.SETS], ids=lambda row: row.code)
def test_a_code_that_sets_a_status_sets_the_one_in_the_table(row: GazetteCode) -> None:
    said = read_status(row.code)
    assert (said.legal_status, said.flags) == (row.legal_status, frozenset())
    assert said.validity is Validity.LAPSED


@pytest.mark.parametrize("row", [row for row in KNOWN if row.effect is Effect.LAYS], ids=lambda row: row.code)
def test_a_code_that_lays_a_burden_leaves_the_right_in_force(row: GazetteCode) -> None:
    said = read_status(f"授权|{row.code}")
    assert (said.legal_status, said.flags) == (LegalStatus.GRANTED, {row.flag})


@pytest.mark.parametrize(
    "row", [row for row in KNOWN if row.effect is Effect.LIFTS], ids=lambda row: row.code
)
def test_a_code_that_lifts_takes_off_what_was_laid_before(row: GazetteCode) -> None:
    laid = next(other for other in KNOWN if other.effect is Effect.LAYS and other.flag is row.flag)
    assert read_status(f"2020.01.01 {laid.code}; 2021.01.01 {row.code}").flags == frozenset()
    assert read_status(f"2021.01.01 {laid.code}; 2020.01.01 {row.code}").flags == {row.flag}


@pytest.mark.parametrize(
    "row", [row for row in KNOWN if row.effect is Effect.SILENT], ids=lambda row: row.code
)
def test_a_code_that_changes_nothing_changes_nothing(row: GazetteCode) -> None:
    assert read_status(f"授权|{row.code}") == read_status("授权")


def test_a_restored_right_is_in_force_again() -> None:
    said = read_status("2019.01.01 授权; 2022.01.01 CF01; 2022.09.01 RR01")
    assert (said.legal_status, said.validity, said.flags) == (
        LegalStatus.GRANTED,
        Validity.VALID,
        {Flag.RESTORED},
    )


def test_a_code_whose_words_are_unclear_is_handed_back() -> None:
    assert read_status("授权|IP01").unknown_words == ("ip01",)
    assert word_of("IP01") is None


@pytest.mark.parametrize("spelling", ["pe01", "PE01", " Pe01 ", "PE01；", "(PE01)"])
def test_a_code_is_read_in_any_case(spelling: str) -> None:
    assert read_status(spelling).flags == {Flag.PLEDGED}


@pytest.mark.parametrize("word", ["PE02", "ZZ01", "", "P"])
def test_a_code_that_is_not_in_the_table_means_nothing(word: str) -> None:
    assert word_of(word) is None


def test_every_code_of_the_table_belongs_to_one_layer() -> None:
    assert len(CODES) == 18
    for row in CODES:
        assert (row.legal_status is not None) == (row.effect is Effect.SETS)
        assert (row.flag is not None) == (row.effect in (Effect.LAYS, Effect.LIFTS))
        assert row.effect is Effect.SILENT or row.layer is not Layer.BIBLIOGRAPHY
    assert gazette_codes().standing is Standing.RETOLD
