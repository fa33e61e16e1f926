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
from typing import Final, NamedTuple

from ipfin.kernel.identifiers import PATENT_KIND_LABELS, ApplicationNumber, PatentKind, PublicationNumber
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


class State(NamedTuple):
    """The state of one row; the names are those of `ListedPatent`."""

    patent_kind: PatentKind | None
    filing_year: int | None
    expires_on: date | None
    validity: Validity
    legal_status: LegalStatus
    flags: frozenset[Flag]
    status_said: str
    status_reason: Text | None
    was_granted: bool


_MOST_SAID: Final = 400  # characters of the list's own words
STATE_NAMES: Final = State._fields


class _Words(NamedTuple):
    """What the words of a row say; rows with the same words share one."""

    validity: Validity
    legal_status: LegalStatus
    flags: frozenset[Flag]
    said: str
    kind: PatentKind | None
    proves_grant: bool


def read_states(
    states: StateColumns, days: DayColumns, numbers: Numbers, as_of: date, findings: Findings
) -> list[State]:
    """Return the state of every row, refused ones too; doubts are noted in `findings`."""
    reader = _Reader(as_of, findings)
    rows = zip(
        _words_of_rows(states, len(findings.row_numbers), findings),
        numbers.applications,
        numbers.publications,
        numbers.grants,
        days.filed,
        days.granted,
        days.expires,
        days.filing_year,
        strict=True,
    )
    return [reader.read(place, *row) for place, row in enumerate(rows)]


def _words_of_rows(states: StateColumns, count: int, findings: Findings) -> list[_Words]:
    nothing = [""] * count
    cells = zip(
        states.validity or nothing,
        states.legal_status or nothing,
        states.legal_events or nothing,
        states.kind or nothing,
        states.twin_filing or nothing,
        strict=True,
    )
    known: dict[tuple[str, ...], _Words] = {}
    result = []
    for place, row in enumerate(cells):
        words = known.get(row)
        if words is None:
            words = known[row] = _words(*row)
            if place not in findings.refused:
                _note_doubts(place, *row[:3], findings)
        result.append(words)
    return result


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


@lru_cache(maxsize=100_000)
def _expiry(kind: PatentKind, filed_on: date) -> date:
    return expiry_on(kind, filed_on)


class _Reader:
    """Joins words, numbers and days of one row."""

    def __init__(self, as_of: date, findings: Findings) -> None:
        self._as_of = as_of
        self._findings = findings

    def read(
        self,
        place: int,
        words: _Words,
        application: ApplicationNumber | None,
        publication: PublicationNumber | None,
        grant: PublicationNumber | None,
        filed_on: date | None,
        granted_on: date | None,
        expires_on: date | None,
        filing_year: int | None,
    ) -> State:
        """Return the state of the row at `place`."""
        kind = self._kind(place, words.kind, application, publication)
        year = self._year(place, filed_on, filing_year, application)
        was_granted = bool(
            words.proves_grant
            or grant is not None
            or granted_on is not None
            or (publication is not None and publication.is_grant)
        )
        validity, legal_status, reason = words.validity, words.legal_status, None
        ended_on = _end_of_term(kind, filed_on, year)
        if ended_on is not None and ended_on <= self._as_of and validity in _OPEN_TO_LAW:
            validity, legal_status, reason = self._after_term(place, words, ended_on)
        by_law = _expiry(kind, filed_on) if kind and filed_on else None
        return State(
            kind,
            year,
            expires_on or by_law,
            validity,
            legal_status,
            words.flags,
            words.said,
            reason,
            was_granted,
        )

    def _kind(
        self,
        place: int,
        told: PatentKind | None,
        application: ApplicationNumber | None,
        publication: PublicationNumber | None,
    ) -> PatentKind | None:
        """Return the kind: the numbers know it better than a column of words."""
        by_number = application.kind if application else publication.patent_kind if publication else None
        if by_number and told and by_number is not told and place not in self._findings.refused:
            message = _("专利类型“%(told)s”与号码所示的“%(real)s”不符，按号码采用。",
                        told=PATENT_KIND_LABELS[told], real=PATENT_KIND_LABELS[by_number])  # fmt: skip
            self._findings.warn(place, F.PATENT_KIND, "kind_conflict", message)
        return by_number or told

    def _year(
        self, place: int, filed_on: date | None, told: int | None, application: ApplicationNumber | None
    ) -> int | None:
        """Return the year of filing; a number names it too, but for PCT the year of entry."""
        if filed_on is not None:
            if application and filed_on.year > application.year and place not in self._findings.refused:
                message = _("申请日在%(day)s，晚于申请号所示的%(year)s年，请核对。",
                            day=filed_on.isoformat(), year=application.year)  # fmt: skip
                self._findings.warn(place, F.FILING_DATE, "year_conflict", message)
            return filed_on.year
        if told is not None:
            return told
        return application.year if application and not application.is_pct else None

    def _after_term(
        self, place: int, words: _Words, ended_on: date
    ) -> tuple[Validity, LegalStatus, Text | None]:
        """Return the state of a patent whose term is over though the list does not say that it has lapsed."""
        day = ended_on.isoformat()
        if words.validity is Validity.UNKNOWN:
            reason = _("名单未说明状态；按专利法第四十二条，保护期已于%(day)s届满。", day=day)
            return Validity.LAPSED, LegalStatus.EXPIRED, reason
        if place not in self._findings.refused:
            message = _("名单称有效，而法定保护期已于%(day)s届满，请核对。", day=day)
            self._findings.warn(place, F.VALIDITY, "valid_beyond_term", message)
        return words.validity, words.legal_status, None


_OPEN_TO_LAW: Final = frozenset({Validity.UNKNOWN, Validity.VALID})


def _end_of_term(kind: PatentKind | None, filed_on: date | None, year: int | None) -> date | None:
    """Return the first day after the term; of a filing year alone, its last day counts (the latest end)."""
    if kind is None:
        return None
    if filed_on is not None:
        return _expiry(kind, filed_on)
    return _expiry(kind, date(year, 12, 31)) if year else None
