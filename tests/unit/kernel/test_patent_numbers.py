"""Application, patent and publication numbers: spellings, check digits, what the number says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipfin.kernel.errors import BadInput
from ipfin.kernel.identifiers import (
    PATENT_KIND_LABELS,
    CheckState,
    PatentKind,
    application_check_digit,
    office_of,
    parse_application_number,
    parse_publication_number,
    patent_number,
)

# Real numbers printed in official papers, both forms, with and without X.
GENUINE = ("201710911092.2", "201710601862.3", "201310699744.2", "95115608.X", "97101765.4")

new_style = st.builds(
    lambda year, kind, serial: f"{year}{kind}{serial:07d}",
    st.integers(2003, 2099),
    st.sampled_from("12389"),
    st.integers(0, 9_999_999),
)
old_style = st.builds(
    lambda year, kind, serial: f"{year % 100:02d}{kind}{serial:05d}",
    st.integers(1985, 2003),
    st.sampled_from("12389"),
    st.integers(0, 99_999),
)
base_digits = st.one_of(new_style, old_style)


@pytest.mark.parametrize("number", GENUINE)
def test_genuine_numbers_are_right(number: str) -> None:
    application = parse_application_number(number)
    assert (application.canonical, application.check) == (number, CheckState.RIGHT)
    assert application.expected_check == number[-1]


@pytest.mark.parametrize(
    "spelling",
    [
        "CN201710911092.2",
        "ZL201710911092.2",
        "ZL 2017 1 0911092.2",
        "CNZL201710911092.2",
        "cn2017109110922",
        "2017109110922",
        "２０１７１０９１１０９２．２",
        "201710911092。2",
        "201710911092-2",
        " \u3000CN 201710911092.2\r\n",
        "'201710911092.2",
        "\ufeffCN201710911092.2",
    ],
)
def test_prefix_dot_width_and_spacing_do_not_matter(spelling: str) -> None:
    application = parse_application_number(spelling)
    assert (application.canonical, application.check) == ("201710911092.2", CheckState.RIGHT)


@pytest.mark.parametrize("spelling", ["95115608.x", "95115608x", "ZL95115608.Ｘ", "95115608.×"])
def test_the_check_digit_x_is_read_in_every_spelling(spelling: str) -> None:
    assert parse_application_number(spelling).canonical == "95115608.X"


@pytest.mark.parametrize(
    ("text", "year", "kind", "is_pct", "old"),
    [
        ("201710911092.2", 2017, PatentKind.INVENTION, False, False),
        ("202320123456", 2023, PatentKind.UTILITY_MODEL, False, False),
        ("202430123456", 2024, PatentKind.DESIGN, False, False),
        ("201880012345", 2018, PatentKind.INVENTION, True, False),
        ("201990000123", 2019, PatentKind.UTILITY_MODEL, True, False),
        ("95115608.X", 1995, PatentKind.INVENTION, False, True),
        ("CN86207465", 1986, PatentKind.UTILITY_MODEL, False, True),
        ("99812345", 1999, PatentKind.INVENTION, True, True),
        ("03312345", 2003, PatentKind.DESIGN, False, True),
    ],
)
def test_the_number_says_year_kind_and_pct(
    text: str, year: int, kind: PatentKind, is_pct: bool, old: bool
) -> None:
    application = parse_application_number(text)
    assert (application.year, application.kind, application.is_pct) == (year, kind, is_pct)
    assert application.is_old_style is old


@pytest.mark.parametrize(
    ("text", "canonical"), [("201710911092", "201710911092.2"), ("95115608", "95115608.X")]
)
def test_a_missing_check_digit_is_computed_and_reported(text: str, canonical: str) -> None:
    application = parse_application_number(text)
    assert (application.canonical, application.check) == (canonical, CheckState.MISSING)


def test_a_wrong_check_digit_stays_as_written_with_the_right_one_beside_it() -> None:
    application = parse_application_number("CN201710911092.3")
    assert application.canonical == "201710911092.3"
    assert (application.check, application.expected_check) == (CheckState.WRONG, "2")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "201710911092.22",
        "201710911092.22.2",
        "20171091109.2",  # eleven digits
        "201740911092.2",  # kind 4 does not exist
        "95415608.X",
        "200210911092.2",  # the long form began in 2003
        "84115608",  # before the Patent Law
        "04115608",  # the short form had ended
        "201710911092.Y",
        "2.01710911092e11",
        "CN108123456A",
        "GB201710911092.2",
        "٢٠١٧١٠٩١١٠٩٢.٢",
    ],
)
def test_what_is_no_chinese_application_number_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        parse_application_number(text)


@pytest.mark.parametrize(
    ("first_accepted", "last_refused"),
    [("200310000001", "200210000001"), ("85100001", "84100001"), ("03100001", "04100001")],
)
def test_years_count_from_the_first_and_to_the_last_of_their_form(
    first_accepted: str, last_refused: str
) -> None:
    assert parse_application_number(first_accepted)
    with pytest.raises(BadInput):
        parse_application_number(last_refused)


@pytest.mark.parametrize("text", ["US16/634,906", "WOCN19091234", "PCT/CN2019/091234", "EP19123456"])
def test_a_foreign_number_is_refused_as_foreign(text: str) -> None:
    with pytest.raises(BadInput, match="外国或国际申请号"):
        parse_application_number(text)


@pytest.mark.parametrize(
    ("text", "office"),
    [
        ("US16/634,906", "US"),
        ("us 16/634,906", "US"),
        ("WOUS19012345", "WO"),
        ("PCT/CN2019/091234", "WO"),
        ("EP19123456", "EP"),
        ("IN2015DEL0123", "IN"),
        ("TW108123456", "TW"),
        ("CN201710911092.2", "CN"),
        ("ZL 201710911092.2", "CN"),
        ("201710911092.2", "CN"),
        ("86207465", "CN"),
        ("108123456A", "CN"),
        ("QX123456", None),
        ("16/634,906", None),
        ("无", None),
        ("", None),
    ],
)
def test_the_office_is_told_from_any_number(text: str, office: str | None) -> None:
    assert office_of(text) == office


def test_the_patent_number_is_zl_and_the_application_number() -> None:
    assert patent_number(parse_application_number("CN201710911092")) == "ZL201710911092.2"


def test_every_kind_has_a_chinese_word() -> None:
    assert set(PATENT_KIND_LABELS) == set(PatentKind)


@given(base_digits)
def test_every_spelling_of_a_made_number_is_the_same_number(digits: str) -> None:
    canonical = f"{digits}.{application_check_digit(digits)}"
    application = parse_application_number(canonical)
    assert application.canonical == canonical
    assert application.check is CheckState.RIGHT
    for spelling in (patent_number(application), "CN" + canonical.replace(".", ""), canonical.lower()):
        assert parse_application_number(spelling) == application
    assert parse_application_number(digits).canonical == canonical


@given(base_digits, st.data())
def test_one_changed_digit_is_noticed(digits: str, data: st.DataObject) -> None:
    canonical = f"{digits}.{application_check_digit(digits)}"
    place = data.draw(st.integers(0, len(digits) - 1))
    other = data.draw(st.sampled_from("0123456789").filter(lambda digit: digit != canonical[place]))
    changed = canonical[:place] + other + canonical[place + 1 :]
    try:
        noticed = parse_application_number(changed).check is CheckState.WRONG
    except BadInput:
        noticed = True
    assert noticed


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused_with_a_sentence(text: str) -> None:
    office = office_of(text)
    assert office is None or len(office) == 2
    for read in (parse_application_number, parse_publication_number):
        try:
            said = read(text).canonical
        except BadInput as refused:
            said = str(refused.message)
        assert said


@pytest.mark.parametrize(
    ("text", "canonical", "kind", "is_grant"),
    [
        ("CN108123456A", "CN108123456A", PatentKind.INVENTION, False),
        ("CN108123456B", "CN108123456B", PatentKind.INVENTION, True),
        ("CN108123456A9", "CN108123456A9", PatentKind.INVENTION, False),
        ("CN1033297C", "CN1033297C", PatentKind.INVENTION, True),
        ("CN85100001A", "CN85100001A", PatentKind.INVENTION, False),
        ("CN86207465U", "CN86207465U", PatentKind.UTILITY_MODEL, True),
        ("CN 212345678 U", "CN212345678U", PatentKind.UTILITY_MODEL, True),
        ("CN2144896Y", "CN2144896Y", PatentKind.UTILITY_MODEL, True),
        ("cn305123456s", "CN305123456S", PatentKind.DESIGN, True),
        ("CN300612345D", "CN300612345D", PatentKind.DESIGN, True),
        ("108123456a", "CN108123456A", PatentKind.INVENTION, False),
        ("ＣＮ１０８１２３４５６Ａ", "CN108123456A", PatentKind.INVENTION, False),
        ("CN108123456", "CN108123456", PatentKind.INVENTION, None),
        ("CN212345678", "CN212345678", PatentKind.UTILITY_MODEL, True),
        ("CN305123456", "CN305123456", PatentKind.DESIGN, True),
    ],
)
def test_a_chinese_publication_number_says_kind_and_grant(
    text: str, canonical: str, kind: PatentKind, is_grant: bool | None
) -> None:
    number = parse_publication_number(text)
    assert (number.office, number.canonical) == ("CN", canonical)
    assert (number.patent_kind, number.is_grant) == (kind, is_grant)


@pytest.mark.parametrize(
    ("text", "canonical", "kind_code"),
    [
        ("US 10,123,456 B2", "US10123456B2", "B2"),
        ("US2019/0123456 A1", "US20190123456A1", "A1"),
        ("USD912345S", "USD912345S", "S"),
        ("USRE45123E1", "USRE45123E1", "E1"),
        ("WO2019/123456A1", "WO2019123456A1", "A1"),
        ("EP1234567B1", "EP1234567B1", "B1"),
        ("JPH0912345A", "JPH0912345A", "A"),
        ("TWI654321B", "TWI654321B", "B"),
        ("IN1234DELNP2012A", "IN1234DELNP2012A", "A"),
        ("BRPI0612345A2", "BRPI0612345A2", "A2"),
        ("EP1234567", "EP1234567", ""),
    ],
)
def test_a_foreign_publication_number_keeps_serial_and_kind_code(
    text: str, canonical: str, kind_code: str
) -> None:
    number = parse_publication_number(text)
    assert (number.canonical, number.kind_code) == (canonical, kind_code)
    assert number.office == canonical[:2]
    assert (number.patent_kind, number.is_grant) == (None, None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "CN",
        "108123456",  # neither office nor kind code
        "CN208123456A",  # the series says utility model, the letter invention
        "CN108123456U",
        "CN408123456A",
        "CN10812345A",  # eight digits begin with the year, 1985 to 1988
        "CN89100001A",
        "CN1081234567A",
        "CN108123456T",
        "CN201710911092.2",
        "QX1234567A",
        "IR12345B-该数据不支持导出",
        "US" + "1" * 80,
    ],
)
def test_what_is_no_publication_number_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        parse_publication_number(text)


def test_the_documents_of_one_invention_share_their_root() -> None:
    roots = {parse_publication_number(f"CN108123456{kind}").root for kind in ("A", "A8", "B", "C1", "")}
    assert roots == {"CN108123456"}


def test_the_old_c_series_does_not_meet_the_a_series() -> None:
    # CN1033297A and CN1033297C belong to two inventions: their serials were counted apart.
    assert parse_publication_number("CN1033297A").root != parse_publication_number("CN1033297C").root


def test_a_foreign_utility_model_does_not_meet_the_patent_of_its_serial() -> None:
    assert parse_publication_number("JP3123456U").root != parse_publication_number("JP3123456B2").root
    assert parse_publication_number("EP1234567A1").root == parse_publication_number("EP1234567B1").root


@given(st.sampled_from("123"), st.integers(0, 99_999_999), st.sampled_from("ABCUYSD"))
def test_letter_and_series_must_agree(first: str, serial: int, letter: str) -> None:
    text = f"CN{first}{serial:08d}{letter}"
    agrees = letter in {"1": "ABC", "2": "UY", "3": "SD"}[first]
    if agrees:
        assert parse_publication_number(text).canonical == text
    else:
        with pytest.raises(BadInput):
            parse_publication_number(text)


@given(
    st.one_of(st.text("0123456789", min_size=12, max_size=12), st.text("0123456789", min_size=8, max_size=8))
)
def test_the_check_digit_is_the_weighted_sum_of_the_digits_one_by_one(digits: str) -> None:
    weights = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
    total = sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=False))
    assert application_check_digit(digits) == "0123456789X"[total % 11]
