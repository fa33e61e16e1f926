"""The real lists of four vendors, the patent office and a city: read without a hand, counted as described."""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import lru_cache
from pathlib import Path

import pytest

from ipfin.registry.fields import ListField
from ipfin.registry.headers import Confidence, Mapping, missing_essentials, propose_mapping
from ipfin.registry.listing import ListReading, interpret
from ipfin.registry.reading import RawTable, read_table
from ipfin.registry.statuses import Validity

AS_OF = date(2026, 11, 1)
F = ListField


@lru_cache(maxsize=16)
def table_at(path: Path) -> RawTable:
    return read_table(path, filename=path.name)


@lru_cache(maxsize=16)
def reading_at(path: Path) -> ListReading:
    table = table_at(path)
    mapping = propose_mapping(table)
    assert missing_essentials(mapping) == ()
    return interpret(table, mapping, as_of=AS_OF)


def names(mapping: Mapping) -> dict[ListField, str]:
    return {field: match.header for field, match in mapping.matches.items()}


LISTS = (  # file, rows, patents, foreign
    ("patents_patsnap_sme/中之信2020-2022_dev.xlsx", 6_836, 6_836, 0),
    ("patents_patsnap_ar/AR眼镜_dev.xlsx", 8_502, 2_065, 6_437),
    ("patents_incopat/通用_dev.xlsx", 5_040, 2_911, 2_129),
    ("patents_incopat/科大讯飞_3816.xlsx", 3_816, 3_813, 3),
    ("patents_patentics/20220507--CNAPP-TI=虚拟现实.csv", 7_805, 7_805, 0),
    ("patents_patentics/中科创达-中国申请库.xlsx", 511, 511, 0),
    ("patents_patentics/斑马智行_中国21.xlsx", 20, 20, 0),
    ("patents_patentics/无人机美国申请_download.xlsx", 1_000, 0, 1_000),
    ("patents_min_columns/专利信息_dev.xlsx", 3_416, 3_416, 0),
    ("patents_min_columns/专利总表_河南10条.csv", 10, 10, 0),
    ("patents_cnipa_crawl/专利_北京科技大学_20170513.xls", 5, 5, 0),
    ("patents_cnipa_crawl/专利_深圳大学_20170422.xls", 5, 5, 0),
)


@pytest.mark.parametrize(("name", "rows", "patents", "foreign"), LISTS, ids=[name for name, *_ in LISTS])
def test_every_row_is_counted(shared_data: Path, name: str, rows: int, patents: int, foreign: int) -> None:
    reading = reading_at(shared_data / name)
    summary = reading.summary()
    assert reading.rows_read == rows == reading.rows_accepted + len(reading.refusals)
    assert (summary["patents"], summary["rows_foreign"]) == (patents, foreign)
    assert sum(summary["validity"].values()) == patents


# File -> columns, columns found, refused rows and doubts by reason: what SOURCE.md leads to expect of each.
RECONCILED: dict[str, tuple[int, int, dict[str, int], dict[str, int]]] = {
    LISTS[0][0]: (27, 23, {}, {"no_applicant": 8}),  # eight rows name no owner: "-"
    LISTS[1][0]: (23, 20, {"foreign_document": 6_437}, {"valid_beyond_term": 9}),
    LISTS[2][0]: (18, 16, {"foreign_document": 2_129}, {}),  # the three repeated numbers are foreign
    LISTS[3][0]: (25, 14, {"foreign_document": 3}, {"valid_beyond_term": 58}),
    LISTS[4][0]: (24, 16, {}, {"valid_beyond_term": 387, "year_conflict": 4}),
    LISTS[5][0]: (75, 24, {}, {"valid_beyond_term": 13}),
    LISTS[6][0]: (36, 16, {}, {}),
    LISTS[7][0]: (31, 16, {"foreign_document": 1_000}, {}),
    LISTS[8][0]: (6, 6, {}, {"year_conflict": 1}),
    LISTS[9][0]: (61, 29, {}, {}),
    LISTS[10][0]: (14, 12, {}, {"valid_beyond_term": 1}),
    LISTS[11][0]: (9, 8, {}, {}),
}


@pytest.mark.parametrize("name", RECONCILED)
def test_every_list_is_reconciled_without_a_hand(shared_data: Path, name: str) -> None:
    columns, found, refused, doubts = RECONCILED[name]
    reading = reading_at(shared_data / name)
    assert (len(reading.mapping.header), len(reading.mapping.matches)) == (columns, found)
    assert reading.summary()["refusals"] == refused
    assert reading.summary()["warnings"] == doubts


def test_no_column_of_a_real_list_is_only_similar(shared_data: Path) -> None:
    similar = {
        match.header
        for name in RECONCILED
        for match in reading_at(shared_data / name).mapping.matches.values()
        if match.confidence is Confidence.SIMILAR
    }
    assert similar == set()


def test_patsnap_states_are_as_the_vendor_counts_them(shared_data: Path) -> None:
    summary = reading_at(shared_data / LISTS[0][0]).summary()
    assert summary["validity"] == {"valid": 5_821, "pending": 841, "lapsed": 174, "unknown": 0}
    assert summary["kinds"] == {"utility_model": 5_239, "invention": 1_069, "design": 528}
    flags = summary["flags"]
    assert (flags["pledged"], flags["preserved"], flags["twin_filing"]) == (45, 9, 319)
    assert (flags["transferred"], flags["licensed"]) == (70, 3)


def test_the_45_pledged_patents_are_valid(shared_data: Path) -> None:
    summary = reading_at(shared_data / LISTS[0][0]).summary()
    assert summary["flags_of_valid"]["pledged"] == 45


def test_two_spellings_of_one_vendor_map_to_the_same_fields(shared_data: Path) -> None:
    plain = names(propose_mapping(table_at(shared_data / LISTS[0][0])))
    marked = names(propose_mapping(table_at(shared_data / LISTS[1][0])))
    assert plain[F.CURRENT_OWNERS] == "当前申请专利权人"
    assert marked[F.CURRENT_OWNERS] == "[标]当前申请(专利权)人"
    assert set(marked) - set(plain) == set()


def test_the_columns_of_the_shifted_csv_are_right(shared_data: Path) -> None:
    table = table_at(shared_data / LISTS[4][0])
    assert len(table.header) == len(table.columns) == 24
    numbers = table.columns[table.header.index("公开号")]
    applications = table.columns[table.header.index("申请号")]
    assert all(text.startswith("CN") and text[-1].isalpha() for text in numbers)
    assert all("." in text for text in applications)
    assert any("末尾" in note for note in table.notes)


def test_patentics_states_are_as_the_vendor_counts_them(shared_data: Path) -> None:
    summary = reading_at(shared_data / LISTS[4][0]).summary()
    assert summary["validity"] == {"valid": 2_989, "pending": 2_215, "lapsed": 960 + 839 + 802, "unknown": 0}
    assert summary["legal_status"]["rejected"] == 960
    assert summary["legal_status"]["withdrawn"] == 802


def test_incopat_states_of_chinese_rows(shared_data: Path) -> None:
    reading = reading_at(shared_data / LISTS[2][0])
    assert {patent.standard_applicant[-2:] for patent in reading.patents} & {"-C", "-T"} == set()
    assert reading.summary()["legal_status"]["granted"] == 1_465


def test_all_check_digits_of_the_city_list_are_right_and_six_are_missing(shared_data: Path) -> None:
    table = table_at(shared_data / LISTS[8][0])
    reading = reading_at(shared_data / LISTS[8][0])
    written = [text for text in table.columns[table.header.index("申请号")] if "." in text]
    assert len(written) == 3_410
    assert reading.refusals == []


def test_a_list_without_states_is_unknown_or_over_by_law(shared_data: Path) -> None:
    reading = reading_at(shared_data / LISTS[8][0])
    states = Counter(patent.validity for patent in reading.patents)
    assert set(states) == {Validity.UNKNOWN, Validity.LAPSED}
    assert all(patent.status_reason for patent in reading.patents if patent.validity is Validity.LAPSED)
    assert {F.VALIDITY, F.LEGAL_STATUS, F.PUBLICATION_NUMBER} <= set(reading.missing_fields)


def test_the_offices_own_words_are_understood(shared_data: Path) -> None:
    ended = reading_at(shared_data / LISTS[10][0]).summary()
    pending = reading_at(shared_data / LISTS[11][0]).summary()
    assert (ended["validity"]["lapsed"], ended["kinds"]["design"]) == (4, 5)
    assert pending["legal_status"] == {
        **dict.fromkeys(pending["legal_status"], 0),
        "examination": 4,
        "published": 1,
    }


def test_persons_of_no_concern_are_nowhere_in_a_patent(shared_data: Path) -> None:
    path = shared_data / LISTS[7][0]
    inventors = table_at(path).columns[table_at(path).header.index("发明人")]
    first = shared_data / LISTS[0][0]
    reading, table = reading_at(first), table_at(first)
    agents = set(table.columns[table.header.index("代理人")]) - {"-"}
    assert inventors
    assert agents
    kept = {value for patent in reading.patents for value in patent if isinstance(value, str)}
    assert not agents & kept


@pytest.mark.parametrize("name", [name for name, *_ in LISTS])
def test_no_word_of_state_is_unknown(shared_data: Path, name: str) -> None:
    assert reading_at(shared_data / name).summary()["warnings"].get("unknown_status", 0) == 0


def test_a_real_list_in_gbk_is_read_and_refused_for_its_columns(shared_data: Path) -> None:
    table = table_at(shared_data / "gbk_csv" / "虚拟现实_标准化申请人_histogram.csv")
    assert (table.encoding, table.row_count) == ("gb18030", 2_816)
    assert F.APPLICATION_NUMBER in missing_essentials(propose_mapping(table))
