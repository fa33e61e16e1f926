"""From rows to patents: what is taken, what is refused and why, and that the counts add up."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipfin.kernel.errors import BadInput
from ipfin.kernel.identifiers import PatentKind, application_check_digit
from ipfin.registry.applicants import ApplicantKind
from ipfin.registry.fields import ListField
from ipfin.registry.headers import propose_mapping
from ipfin.registry.listing import ListedPatent, ListReading, RowRefusal, interpret
from ipfin.registry.statuses import Flag, LegalStatus, Validity
from tests.unit.registry.list_tables import table_of

F = ListField
AS_OF = date(2026, 6, 30)

COLUMNS = {
    "申请号": "CN201710911092.2",
    "公开（公告）号": "CN107695841A",
    "受理局": "中国",
    "标题": "一种轧辊磨床",
    "申请人": "安阳示例机械有限公司; 示例大学",
    "申请日": "2017-09-29",
    "公开（公告）日": "2018-02-16",
    "专利有效性": "有效",
    "当前法律状态": "授权 | 质押",
    "权利要求数量": "10",
    "IPC主分类号": "B24B 5/02",
}

EXAMPLES = {**COLUMNS, "专利类型": "发明专利", "统一社会信用代码": "91410500MA3X000012"}


def read(*rows: dict[str, str], as_of: date = AS_OF, columns: Sequence[str] = tuple(COLUMNS)) -> ListReading:
    """Interpret rows that say of themselves only what differs from the example row."""
    full = [{**COLUMNS, **row} for row in rows]
    table = table_of({name: [row[name] for row in full] for name in columns})
    mapping = propose_mapping(table_of({name: [EXAMPLES[name]] for name in columns}))
    return interpret(table, mapping, as_of=as_of)


def only(reading: ListReading) -> ListedPatent:
    assert not reading.refusals
    (patent,) = reading.patents
    return patent


def refused(reading: ListReading) -> RowRefusal:
    (refusal,) = reading.refusals
    return refusal


def number(year: int = 2019, kind: int = 1, serial: int = 1) -> str:
    digits = f"{year}{kind}{serial:07d}"
    return f"CN{digits}.{application_check_digit(digits)}"


def test_a_row_becomes_a_patent_with_every_fact() -> None:
    patent = only(read({}))
    assert patent.key == patent.application_number == "201710911092.2"
    assert (patent.publication_number, patent.publication_root) == ("CN107695841A", "CN107695841")
    assert patent.title == "一种轧辊磨床"
    assert [(one.name, one.kind) for one in patent.applicants] == [
        ("安阳示例机械有限公司", ApplicantKind.COMPANY),
        ("示例大学", ApplicantKind.UNIVERSITY),
    ]
    assert patent.owners == patent.applicants
    assert (patent.filed_on, patent.published_on) == (date(2017, 9, 29), date(2018, 2, 16))
    assert (patent.filing_year, patent.expires_on) == (2017, date(2037, 9, 29))
    assert patent.patent_kind is PatentKind.INVENTION
    assert (patent.validity, patent.legal_status) == (Validity.VALID, LegalStatus.GRANTED)
    assert patent.flags == {Flag.PLEDGED}
    assert patent.status_said == "有效 ; 授权 | 质押"
    assert patent.was_granted
    assert (patent.claims_count, patent.cited_by_count) == (10, None)
    assert (patent.ipc_main, patent.ipc_all) == ("B24B5/02", ("B24B5/02",))
    assert (patent.row, patent.repeated_rows) == (2, ())


# --- Numbers ---------------------------------------------------------------------------------------


def test_a_wrong_check_digit_is_refused_with_row_field_and_the_right_digit() -> None:
    refusal = refused(read({}, {"申请号": "CN201710911092.3"}))
    assert (refusal.row, refusal.field, refusal.code) == (3, F.APPLICATION_NUMBER, "wrong_check_digit")
    assert refusal.value == "CN201710911092.3"
    assert refusal.message.startswith("第3行：")
    assert "应为2" in refusal.message


def test_a_missing_check_digit_is_filled_in() -> None:
    assert only(read({"申请号": "ZL 2017 1 0911092"})).key == "201710911092.2"


@pytest.mark.parametrize(
    "row",
    [
        {"受理局": "美国", "申请号": "US16/634,906", "公开（公告）号": "US11412475B2"},
        {"受理局": "中国台湾"},
        {"受理局": "", "申请号": "", "公开（公告）号": "WO2020123456A1"},
        {"受理局": "", "申请号": "US17317914", "公开（公告）号": ""},
        {"受理局": "中国", "公开（公告）号": "EP3456789A1"},
    ],
)
def test_what_another_office_handles_is_refused_under_its_own_code(row: dict[str, str]) -> None:
    reading = read(row)
    assert refused(reading).code == "foreign_document"
    assert reading.summary()["rows_foreign"] == 1


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"申请号": "", "公开（公告）号": "-"}, "no_number"),
        ({"申请号": "合计", "公开（公告）号": ""}, "total"),
        ({"申请号": "", "公开（公告）号": "-", "标题": "合 计"}, "total"),
        ({"申请号": "合计12", "公开（公告）号": ""}, "bad_application_number"),
        ({"申请号": "20171091109"}, "bad_application_number"),
        ({"申请号": "", "公开（公告）号": "CN12A"}, "bad_publication_number"),
    ],
)
def test_a_row_without_a_usable_number_is_refused(row: dict[str, str], code: str) -> None:
    assert refused(read({}, row)).code == code


def test_a_patent_whose_title_is_a_word_for_totals_is_one() -> None:
    assert only(read({"标题": "合计"})).title == "合计"


def test_a_bad_publication_number_beside_a_good_application_number_is_only_warned_of() -> None:
    reading = read({"公开（公告）号": "CN12A"})
    assert only(reading).publication_number is None
    assert [warning.code for warning in reading.warnings] == ["bad_publication_number"]


def test_a_grant_proves_that_there_was_one_and_says_nothing_of_today() -> None:
    columns = ("公开（公告）号", "申请人")
    granted = only(read({"公开（公告）号": "CN107695841B"}, columns=columns))
    applied = only(read({"公开（公告）号": "CN107695841A"}, columns=columns))
    assert (granted.validity, granted.was_granted) == (Validity.UNKNOWN, True)
    assert (applied.validity, applied.was_granted) == (Validity.UNKNOWN, False)
    assert granted.key == "CN107695841"


# --- Owners, titles, days --------------------------------------------------------------------------


def test_a_patent_of_nobody_is_kept_and_warned_of() -> None:
    reading = read({"申请人": "-"})
    assert only(reading).owners == ()
    assert [warning.code for warning in reading.warnings] == ["no_applicant"]


def test_a_missing_title_is_not_fatal() -> None:
    assert only(read({"标题": "--"})).title == ""


@pytest.mark.parametrize(
    ("row", "code", "field"),
    [
        ({"申请日": "2017-02-30"}, "bad_date", F.FILING_DATE),
        ({"公开（公告）日": "不详"}, "bad_date", F.PUBLICATION_DATE),
        ({"申请日": "1985-03-31"}, "filing_before_law", F.FILING_DATE),
        ({"公开（公告）日": "2026-07-01"}, "day_in_future", F.PUBLICATION_DATE),
        ({"公开（公告）日": "2017-09-28"}, "days_out_of_order", F.PUBLICATION_DATE),
    ],
)
def test_a_day_that_cannot_be_is_refused(row: dict[str, str], code: str, field: ListField) -> None:
    refusal = refused(read({}, row))
    assert (refusal.code, refusal.field, refusal.row) == (code, field, 3)


@pytest.mark.parametrize(
    "row",
    [
        {"申请日": "1985-04-01", "申请号": "CN85100001", "公开（公告）日": ""},
        {"公开（公告）日": "2026-06-30"},
        {"公开（公告）日": "2017-09-29"},
        {"申请日": "", "公开（公告）日": ""},
    ],
)
def test_the_last_day_that_can_be_is_taken(row: dict[str, str]) -> None:
    assert only(read(row))


# --- Terms -----------------------------------------------------------------------------------------

UTILITY = {
    "申请号": number(2016, 2),
    "公开（公告）号": "CN206000001U",
    "公开（公告）日": "",
    "申请日": "2016-06-30",
}


@pytest.mark.parametrize(
    ("as_of", "validity"), [(date(2026, 6, 29), Validity.UNKNOWN), (date(2026, 6, 30), Validity.LAPSED)]
)
def test_an_untold_state_is_lapsed_from_the_first_day_after_the_term(as_of: date, validity: Validity) -> None:
    columns = ("申请号", "申请人", "申请日")
    patent = only(read(UTILITY, columns=columns, as_of=as_of))
    assert patent.validity is validity
    assert (patent.status_reason is None) == (validity is Validity.UNKNOWN)
    if validity is Validity.LAPSED:
        assert patent.legal_status is LegalStatus.EXPIRED
        assert "第四十二条" in str(patent.status_reason)


@pytest.mark.parametrize(("as_of", "validity"), [(2026, Validity.UNKNOWN), (2027, Validity.LAPSED)])
def test_of_a_year_alone_its_last_day_counts(as_of: int, validity: Validity) -> None:
    columns = ("申请号", "申请人")
    row = {"申请号": number(2016, 2)}
    assert only(read(row, columns=columns, as_of=date(as_of, 12, 30))).validity is validity


def test_the_year_of_entry_of_an_international_application_is_not_its_filing_year() -> None:
    patent = only(read({"申请号": number(2016, 8)}, columns=("申请号", "申请人")))
    assert patent.filing_year is None
    assert patent.patent_kind is PatentKind.INVENTION


def test_what_the_list_calls_valid_after_its_term_stays_as_said_and_is_warned_of() -> None:
    reading = read(UTILITY)
    patent = only(reading)
    assert patent.validity is Validity.VALID
    assert patent.expires_on == date(2026, 6, 30)
    assert [warning.code for warning in reading.warnings] == ["valid_beyond_term"]


# --- Several rows of one patent --------------------------------------------------------------------


def test_application_and_grant_are_one_patent_led_by_the_grant() -> None:
    reading = read(
        {"标题": "旧标题", "当前法律状态": "授权 | 权利转移"},
        {
            "公开（公告）号": "CN107695841B",
            "公开（公告）日": "2020-02-14",
            "IPC主分类号": "-",
            "标题": "新标题",
        },
    )
    patent = only(reading)
    assert (patent.row, patent.repeated_rows) == (3, (2,))
    assert (patent.publication_number, patent.grant_number) == ("CN107695841B", "CN107695841B")
    assert patent.title == "新标题"
    assert patent.ipc_main == "B24B5/02"  # told by the application alone, not lost
    assert patent.flags == {Flag.PLEDGED, Flag.TRANSFERRED}
    assert (reading.rows_accepted, reading.summary()["rows_repeated"]) == (2, 1)


def test_of_two_applications_the_later_publication_leads() -> None:
    patent = only(
        read({"公开（公告）日": "2019-01-01", "标题": "后"}, {"公开（公告）日": "2018-01-01", "标题": "前"})
    )
    assert (patent.title, patent.row) == ("后", 2)


def test_rows_are_one_patent_when_one_tells_only_the_publication_number() -> None:
    reading = read({}, {"申请号": "", "公开（公告）号": "CN107695841B", "公开（公告）日": "2020-02-14"})
    assert only(reading).key == "201710911092.2"
    assert only(reading).grant_number == "CN107695841B"


def test_rows_that_tell_different_validities_are_warned_of() -> None:
    reading = read({"专利有效性": "审中", "当前法律状态": ""}, {"公开（公告）号": "CN107695841B"})
    assert only(reading).validity is Validity.VALID
    assert "repeated_differs" in [warning.code for warning in reading.warnings]


def test_old_grants_whose_serials_were_given_twice_are_not_one_patent() -> None:
    columns = ("公开（公告）号", "申请人")
    reading = read({"公开（公告）号": "CN1234567A"}, {"公开（公告）号": "CN1234567C"}, columns=columns)
    assert len(reading.patents) == 2


# --- Doubts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"权利要求数量": "多"}, "unread_value"),
        ({"当前法律状态": "天外飞仙"}, "unknown_status"),
        ({"当前法律状态": "未缴年费"}, "status_conflict"),
        ({"申请日": "2018-01-01"}, "year_conflict"),
    ],
)
def test_a_doubt_is_warned_of_and_the_row_is_taken(row: dict[str, str], code: str) -> None:
    reading = read(row)
    assert only(reading)
    assert code in [warning.code for warning in reading.warnings]


def test_a_lapse_goes_before_a_validity_that_denies_it() -> None:
    assert only(read({"当前法律状态": "未缴年费"})).validity is Validity.LAPSED


def test_a_kind_in_words_yields_to_the_number() -> None:
    columns = (*COLUMNS, "专利类型")
    reading = read({"专利类型": "外观设计"}, columns=columns)
    assert only(reading).patent_kind is PatentKind.INVENTION
    assert "kind_conflict" in [warning.code for warning in reading.warnings]


def test_a_credit_code_with_a_wrong_check_character_is_kept_and_warned_of() -> None:
    columns = (*COLUMNS, "统一社会信用代码")
    reading = read({"统一社会信用代码": "91350211M0000XUF46"}, columns=columns)
    assert only(reading).credit_code == "91350211M0000XUF46"
    assert "credit_code_check" in [warning.code for warning in reading.warnings]


def test_shifted_and_torn_rows_are_refused() -> None:
    table = table_of({name: [value] * 3 for name, value in COLUMNS.items()}, overlong=(3,), short=(4,))
    reading = interpret(table, propose_mapping(table), as_of=AS_OF)
    assert [(one.row, one.code) for one in reading.refusals] == [
        (3, "too_many_fields"),
        (4, "too_few_fields"),
    ]
    assert reading.rows_accepted == 1


def test_a_list_without_owners_or_numbers_is_refused_as_a_whole() -> None:
    table = table_of({"标题": ["一种轧辊磨床", "一种磨床"]})
    with pytest.raises(BadInput, match="缺少必需的列：申请人、申请号"):
        interpret(table, propose_mapping(table), as_of=AS_OF)


def test_many_unreadable_values_are_warned_of_in_part() -> None:
    rows = [{"申请号": number(serial=serial), "权利要求数量": f"多{serial}"} for serial in range(200)]
    rows.append({"申请号": number(serial=999), "权利要求数量": "3"})
    columns = ("申请号", "申请人", "权利要求数量")
    table = table_of({name: [{**COLUMNS, **row}[name] for row in rows] for name in columns})
    mapping = propose_mapping(table).confirmed({F.CLAIMS_COUNT: 2})
    reading = interpret(table, mapping, as_of=AS_OF)
    assert len(reading.patents) == 201
    assert sum(warning.code == "unread_value" for warning in reading.warnings) == 50


# --- Counts ----------------------------------------------------------------------------------------

cells = st.sampled_from(
    [
        *("", "-", "x", "10", "中国", "美国", "失效", "授权 | 质押", "王示例", "安阳示例机械有限公司"),
        *("CN201710911092.2", "CN201710911092.3", "CN107695841A", "CN107695841B", "US11412475B2"),
        *("2017-09-29", "2017-02-30", "2030-01-01"),
    ]
)
hostile = st.one_of(cells, st.text(max_size=20))


@given(st.lists(st.fixed_dictionaries(dict.fromkeys(COLUMNS, hostile)), min_size=1, max_size=12))
def test_every_row_is_either_in_one_patent_or_refused(rows: list[dict[str, str]]) -> None:
    table = table_of({name: [row[name] for row in rows] for name in COLUMNS}, first_row=4)
    numbers = (F.APPLICATION_NUMBER, F.PUBLICATION_NUMBER, F.OFFICE, F.TITLE, F.APPLICANTS, F.FILING_DATE)
    others = (F.PUBLICATION_DATE, F.VALIDITY, F.LEGAL_STATUS, F.CLAIMS_COUNT, F.IPC_MAIN)
    confirmed = {field: place for place, field in enumerate(numbers + others)}
    reading = interpret(table, propose_mapping(table).confirmed(confirmed), as_of=AS_OF)

    told = [row for patent in reading.patents for row in (patent.row, *patent.repeated_rows)]
    told += [refusal.row for refusal in reading.refusals]
    assert sorted(told) == list(range(4, 4 + len(rows)))
    assert reading.rows_read == reading.rows_accepted + len(reading.refusals)
    assert len({patent.key for patent in reading.patents}) == len(reading.patents)
    summary = reading.summary()
    assert sum(summary["validity"].values()) == sum(summary["legal_status"].values()) == len(reading.patents)
    assert sum(summary["refusals"].values()) == len(reading.refusals)
    json.dumps(summary)


@given(st.permutations(range(6)))
def test_the_order_of_rows_changes_no_patent(order: list[int]) -> None:
    rows = [
        {"申请号": number(serial=serial // 2), "公开（公告）号": f"CN10769584{serial // 2}{'AB'[serial % 2]}"}
        for serial in range(6)
    ]
    straight = {patent.key: patent for patent in read(*rows).patents}
    shuffled = {patent.key: patent for patent in read(*[rows[place] for place in order]).patents}
    places = {"row": 0, "repeated_rows": ()}
    assert {key: patent._replace(**places) for key, patent in shuffled.items()} == {
        key: patent._replace(**places) for key, patent in straight.items()
    }
