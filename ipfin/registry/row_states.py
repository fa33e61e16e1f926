"""The state of each row's patent: what its cells say, and what the law adds where they say nothing.

Decides the three layers, the kind, the year and the end of the term for every row. The law speaks in one
case only: a state that the list does not tell while the term is over (专利法 42). What a list calls valid
after its last day stays as it is said and is warned of; whoever uses it on a day looks at `expires_on`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from operator import itemgetter
from typing import Final, NamedTuple

from ipfin.kernel.identifiers import PATENT_KIND_LABELS, PatentKind
from ipfin.kernel.text import Text, _
from ipfin.registry.fields import ListField
from ipfin.registry.patents import (
    GRANT_PROVING,
    combine,
    contradicts,
    expiry_on,
    kind_proves_grant,
    read_kind,
)
from ipfin.registry.row_checks import Findings, Numbers
from ipfin.registry.statuses import Flag, LegalStatus, Validity
from ipfin.registry.values import clean_text, parse_yes, shown

F = ListField


@dataclass(frozen=True, slots=True)
class StateColumns:
    """The columns that tell of the state, as text; None where the list has none."""

    validity: Sequence[str] | None
    legal_status: Sequence[str] | None
    legal_events: Sequence[str] | None
    kind: Sequence[str] | None
    twin_filing: Sequence[str] | None


@dataclass(frozen=True, slots=True)
class DayColumns:
    """The days and years of every row, read."""

    filed: Sequence[date | None]
    granted: Sequence[date | None]
    expires: Sequence[date | None]
    filing_year: Sequence[int | None]


@dataclass(frozen=True, slots=True)
class States:
    """The state of every row, column by column; the names are those of `ListedPatent`."""

    patent_kind: list[PatentKind | None]
    filing_year: list[int | None]
    expires_on: list[date | None]
    validity: list[Validity]
    legal_status: list[LegalStatus]
    flags: list[frozenset[Flag]]
    status_said: list[str]
    status_reason: list[Text | None]
    was_granted: list[bool]


_MOST_SAID: Final = 400  # characters of the list's own words


class _Words(NamedTuple):
    """What the words of a row say; rows with the same words share one."""

    validity: Validity
    legal_status: LegalStatus
    flags: frozenset[Flag]
    said: str
    kind: PatentKind | None
    proves_grant: bool


def read_states(
    columns: StateColumns, days: DayColumns, numbers: Numbers, as_of: date, findings: Findings
) -> States:
    """Return the state of every row, refused ones too; doubts are noted in `findings`."""
    words = _words_of_rows(columns, len(findings.row_numbers), findings)
    kinds = _kinds(words, numbers, findings)
    years = _years(days, numbers, findings)
    terms = list(zip(kinds, days.filed, years, strict=True))
    end_of = {term: _end_of_term(*term) for term in set(terms)}
    ends = list(map(end_of.__getitem__, terms))
    states = States(
        patent_kind=kinds,
        filing_year=years,
        expires_on=[
            told or (end if filed else None)
            for told, end, filed in zip(days.expires, ends, days.filed, strict=True)
        ],
        validity=[word.validity for word in words],
        legal_status=[word.legal_status for word in words],
        flags=[word.flags for word in words],
        status_said=[word.said for word in words],
        status_reason=[None] * len(words),
        was_granted=_grants(words, days, numbers),
    )
    over = {end for end in set(ends) if end is not None and end <= as_of}
    for place, end in enumerate(ends if over else ()):
        if end in over and end is not None and words[place].validity in _OPEN_TO_LAW:
            _apply_term(place, end, states, findings)
    return states


def _words_of_rows(states: StateColumns, count: int, findings: Findings) -> list[_Words]:
    nothing = [""] * count
    cells = list(
        zip(
            states.validity or nothing,
            states.legal_status or nothing,
            states.legal_events or nothing,
            states.kind or nothing,
            states.twin_filing or nothing,
            strict=True,
        )
    )
    # Where each combination stands first: read from behind, the first place is the one that stays.
    first = dict(zip(reversed(cells), range(count - 1, -1, -1), strict=True))
    known = {}
    for row, place in sorted(first.items(), key=itemgetter(1)):
        known[row] = _words(*row)
        if place not in findings.refused:
            _note_doubts(place, *row[:3], findings)
    return list(map(known.__getitem__, cells))


def _words(validity: str, legal_status: str, events: str, kind: str, twin: str) -> _Words:
    said = combine(validity, legal_status, events)
    flags = said.flags | {Flag.TWIN_FILING} if parse_yes(twin) else said.flags
    cells = filter(None, map(clean_text, (validity, legal_status)))
    proves = said.validity is Validity.VALID or said.legal_status in GRANT_PROVING or kind_proves_grant(kind)
    return _Words(
        said.validity,
        said.legal_status,
        flags,
        " ; ".join(dict.fromkeys(cells))[:_MOST_SAID],
        read_kind(kind),
        proves,
    )


def _note_doubts(place: int, validity: str, legal_status: str, events: str, findings: Findings) -> None:
    """Note, once for each combination of words, what is contradictory or not known."""
    if contradicts(validity, legal_status):
        message = _("有效性“%(first)s”与法律状态“%(second)s”不一致，按失效优先采用。",
                    first=shown(validity), second=shown(legal_status))  # fmt: skip
        findings.warn(place, F.LEGAL_STATUS, "status_conflict", message, shown(legal_status))
    unknown = combine(validity, legal_status, events).unknown_words
    if unknown:
        message = _("法律状态中的“%(words)s”无法识别，未采用。", words=shown("、".join(unknown)))
        findings.warn(place, F.LEGAL_STATUS, "unknown_status", message, shown("、".join(unknown)))


def _kinds(words: Sequence[_Words], numbers: Numbers, findings: Findings) -> list[PatentKind | None]:
    """Return the kind of every row: the numbers know it better than a column of words."""
    said = [word.kind for word in words]
    by_number = zip(numbers.applications.kinds, numbers.publications.kinds, strict=True)
    pairs = list(zip([first or second for first, second in by_number], said, strict=True))
    conflicting = {pair for pair in set(pairs) if all(pair) and pair[0] is not pair[1]}
    for place, (known, told) in enumerate(pairs if conflicting else ()):
        if known and told and known is not told and place not in findings.refused:
            message = _(
                "专利类型“%(told)s”与号码所示的“%(real)s”不符，按号码采用。",
                told=PATENT_KIND_LABELS[told],
                real=PATENT_KIND_LABELS[known],
            )
            findings.warn(place, F.PATENT_KIND, "kind_conflict", message)
    return [known or told for known, told in pairs]


def _years(days: DayColumns, numbers: Numbers, findings: Findings) -> list[int | None]:
    """Return the year of filing of every row; a number names it too, but for PCT the year of entry."""
    year_of = {day: day.year if day else None for day in set(days.filed)}
    filed = list(map(year_of.__getitem__, days.filed))
    named = numbers.applications.years
    pairs = list(zip(filed, named, strict=True))
    conflicting = {pair for pair in set(pairs) if _is_later(*pair)}
    for place, pair in enumerate(pairs if conflicting else ()):
        day, year = days.filed[place], pair[1]
        if pair in conflicting and day and year and place not in findings.refused:
            message = _(
                "申请日在%(day)s，晚于申请号所示的%(year)s年，请核对。", day=day.isoformat(), year=year
            )
            findings.warn(place, F.FILING_DATE, "year_conflict", message)
    if None not in year_of:
        return filed
    rows = zip(filed, days.filing_year, named, numbers.applications.is_pct, strict=True)
    return [
        year if year is not None else told if told is not None else None if is_pct else by_number
        for year, told, by_number, is_pct in rows
    ]


def _is_later(filed: int | None, named: int | None) -> bool:
    return filed is not None and named is not None and filed > named


def _grants(words: Sequence[_Words], days: DayColumns, numbers: Numbers) -> list[bool]:
    """Return whether each row proves that there was a grant."""
    rows = zip(words, days.granted, numbers.leading.is_grant, strict=True)
    return [bool(word.proves_grant or granted_on or is_grant) for word, granted_on, is_grant in rows]


_OPEN_TO_LAW: Final = frozenset({Validity.UNKNOWN, Validity.VALID})


def _apply_term(place: int, ended_on: date, states: States, findings: Findings) -> None:
    """Let the law speak of a patent whose term is over though the list does not say that it has lapsed."""
    day = ended_on.isoformat()
    if states.validity[place] is Validity.UNKNOWN:
        states.validity[place] = Validity.LAPSED
        states.legal_status[place] = LegalStatus.EXPIRED
        states.status_reason[place] = _(
            "名单未说明状态；按专利法第四十二条，保护期已于%(day)s届满。", day=day
        )
    elif place not in findings.refused:
        message = _("名单称有效，而法定保护期已于%(day)s届满，请核对。", day=day)
        findings.warn(place, F.VALIDITY, "valid_beyond_term", message)


_expiry = lru_cache(maxsize=100_000)(expiry_on)


def _end_of_term(kind: PatentKind | None, filed_on: date | None, year: int | None) -> date | None:
    """Return the first day after the term; of a filing year alone, its last day counts (the latest end)."""
    if kind is None:
        return None
    if filed_on is not None:
        return _expiry(kind, filed_on)
    return _expiry(kind, date(year, 12, 31)) if year else None
