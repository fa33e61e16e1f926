"""What the values of a column look like: whether they can be a field, and which field they must be.

Decides by a sample of distinct values. `fits` is a veto on names and is generous: a tenth of the values
in order is enough, because broken rows are refused one by one later. `guess` speaks up for columns
without a known name and is strict: nine in ten, and only for shapes that nothing else has.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from ipfin.kernel.errors import BadInput
from ipfin.kernel.identifiers import parse_application_number, parse_credit_code, parse_publication_number
from ipfin.registry.applicants import ApplicantKind, classify, split_applicants
from ipfin.registry.fields import ListField
from ipfin.registry.patents import read_kind, read_status
from ipfin.registry.statuses import Validity
from ipfin.registry.values import clean_code, parse_count, parse_date, parse_ipc, parse_year

F = ListField

_SAMPLE: Final = 200  # distinct values, from the whole length of the column
_READ: Final = 300  # characters of a long cell
_ENOUGH_TO_FIT: Final = 0.1
_ENOUGH_TO_BEAR_OUT: Final = 0.5  # for a name that is only like the names of a field
_ENOUGH_TO_GUESS: Final = 0.9
_SHORT_WORD: Final = 40  # characters; a place, a kind or a state is no longer
_PLACE: Final = 20
_LONGEST_TITLE: Final = 80  # an abstract that begins with 一种 is longer


def sample(column: Sequence[str]) -> tuple[str, ...]:
    """Return up to 200 distinct values that say something, spread over the column."""
    step = max(1, len(column) // (_SAMPLE * 5))
    found = dict.fromkeys(clean_code(text[:_READ]) for text in dict.fromkeys(column[::step]))
    found.pop("", None)
    if not found and step > 1:
        found = dict.fromkeys(clean_code(text[:_READ]) for text in dict.fromkeys(column))
        found.pop("", None)
    return tuple(found)[:_SAMPLE]


def _parses(rule: Callable[[str], object]) -> Callable[[str], bool]:
    def reads(text: str) -> bool:
        try:
            return bool(rule(text)) or rule(text) == 0
        except BadInput:
            return False

    return reads


_FOREIGN_NUMBER: Final = re.compile(r"[A-Z]{2,6}\s?[A-Z0-9/,.\- ]{4,24}|PCT/\w{6}/\d{4,6}")
_is_application = _parses(parse_application_number)
_is_publication = _parses(parse_publication_number)
_is_credit_code = _parses(parse_credit_code)
_is_date = _parses(parse_date)
_is_year = _parses(parse_year)
_is_count = _parses(parse_count)


def _is_date_or_nothing(text: str) -> bool:
    return not text.strip("0-/. :") or _is_date(text)  # a column of 0 tells no day, and is no other column


def _is_application_of_any_office(text: str) -> bool:
    return _is_application(text) or (bool(_FOREIGN_NUMBER.fullmatch(text)) and any(map(str.isdigit, text)))


def _is_word_of_state(text: str) -> bool:
    said = read_status(text)
    return said.validity is not Validity.UNKNOWN or bool(said.flags) or not said.unknown_words


def _is_kind(text: str) -> bool:
    return len(text) <= _SHORT_WORD and read_kind(text) is not None


def _is_place(text: str) -> bool:
    return len(text) <= _PLACE and not text[:6].isdigit()


def _is_name(text: str) -> bool:
    return any(char.isalpha() for char in text) and not _is_application(text) and not _is_date(text)


def _is_title(text: str) -> bool:
    return any(char.isalpha() for char in text) and not _is_application(text) and not _is_publication(text)


_TESTS: Final[dict[ListField, Callable[[str], bool]]] = {
    F.TITLE: _is_title,
    F.APPLICATION_NUMBER: _is_application_of_any_office,
    F.PUBLICATION_NUMBER: _is_publication,
    F.GRANT_NUMBER: lambda text: _is_publication(text) or _is_application(text),
    F.PATENT_KIND: _is_kind,
    F.FILING_DATE: _is_date_or_nothing,
    F.PUBLICATION_DATE: _is_date_or_nothing,
    F.GRANT_DATE: _is_date_or_nothing,
    F.EXPIRY_DATE: _is_date_or_nothing,
    F.FILING_YEAR: _is_year,
    F.APPLICANTS: _is_name,
    F.CURRENT_OWNERS: _is_name,
    F.CREDIT_CODE: _is_credit_code,
    F.CITY: _is_place,
    F.COUNTY: _is_place,
    F.PROVINCE: _is_place,
    F.IPC_MAIN: lambda text: bool(parse_ipc(text)),
    F.IPC_ALL: lambda text: bool(parse_ipc(text)),
    F.CLAIMS_COUNT: _is_count,
    F.INDEPENDENT_CLAIMS_COUNT: _is_count,
    F.PAGES_COUNT: _is_count,
    F.CITED_BY_COUNT: _is_count,
    F.CITES_COUNT: _is_count,
    F.FAMILY_COUNT: _is_count,
    F.TRANSFER_COUNT: _is_count,
    F.LICENCE_COUNT: _is_count,
    F.PLEDGE_COUNT: _is_count,
    F.VALIDITY: _is_word_of_state,
    F.LEGAL_STATUS: _is_word_of_state,
}


def _share(test: Callable[[str], bool], values: Sequence[str]) -> float:
    return sum(map(test, values)) / len(values)


def fits(field: ListField, values: Sequence[str]) -> bool:
    """Return whether a sample can be the field that its name says; an empty one can be anything."""
    test = _TESTS.get(field)
    return test is None or not values or _share(test, values) >= _ENOUGH_TO_FIT


def bears_out(field: ListField, values: Sequence[str]) -> bool:
    """Return whether most of a sample is what a name like those of a field promises."""
    test = _TESTS.get(field)
    return test is None or _share(test, values) >= _ENOUGH_TO_BEAR_OUT


def _is_organisation(text: str) -> bool:
    kinds = {classify(name)[0] for name in split_applicants(text)}
    return bool(kinds & {ApplicantKind.COMPANY, ApplicantKind.UNIVERSITY, ApplicantKind.INSTITUTE})


_KIND: Final = re.compile(r"(?:中国)?(?:发明|实用新型|外观设计)(?:专利)?(?:申请|授权|公布|公开)?|授权发明")
_TITLE_START: Final = "一种"  # three titles in four begin so
_LEAST_FOR_GUESS: Final = 2  # distinct values: one alone can be a coincidence


def guess(values: Sequence[str], known: frozenset[ListField]) -> ListField | None:
    """Return the one field that a sample must be, None when it could be another; never one of `known`."""
    if len(values) < _LEAST_FOR_GUESS:
        return None
    for field, test, share in _SHAPES:
        if field not in known and _share(test, values) >= share:
            return field
    return None


def _is_state(text: str) -> bool:
    said = read_status(text)
    return len(text) <= _SHORT_WORD and said.validity is not Validity.UNKNOWN and not said.unknown_words


_SHAPES: Final[tuple[tuple[ListField, Callable[[str], bool], float], ...]] = (
    (F.CREDIT_CODE, _is_credit_code, _ENOUGH_TO_GUESS),
    (F.APPLICATION_NUMBER, _is_application, _ENOUGH_TO_GUESS),
    (F.PUBLICATION_NUMBER, _is_publication, _ENOUGH_TO_GUESS),
    (F.PATENT_KIND, lambda text: bool(_KIND.fullmatch(text)), 1.0),
    (F.LEGAL_STATUS, _is_state, 1.0),
    (F.APPLICANTS, _is_organisation, 0.6),
    (F.IPC_ALL, lambda text: bool(parse_ipc(text)), _ENOUGH_TO_GUESS),
    (F.TITLE, lambda text: text.startswith(_TITLE_START) and len(text) <= _LONGEST_TITLE, 0.3),
)
"""Field, test, share of the sample that must pass. Persons' names are never guessed to be applicants."""


def are_days(values: Sequence[str]) -> bool:
    """Return whether nine in ten values of a sample are days."""
    return _share(_is_date, values) >= _ENOUGH_TO_GUESS


def share_of_filing_years(pairs: Sequence[tuple[str, str]]) -> float:
    """Return in how many pairs of application number and day the number's year is the day's; 0 for none."""
    agreeing = [_year_agrees(number, day) for number, day in pairs if clean_code(number) and clean_code(day)]
    return sum(agreeing) / len(agreeing) if agreeing else 0.0


def _year_agrees(number: str, day: str) -> bool:
    try:
        return parse_application_number(number).year == parse_year(day)
    except BadInput:
        return False
