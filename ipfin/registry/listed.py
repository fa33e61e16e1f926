"""What the reading of one list yields: patents, refusals, warnings, counts.

Decides the shape only; `listing.interpret` fills it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property, partial
from typing import Any, Final, NamedTuple, overload

from ipfin.kernel.identifiers import PatentKind
from ipfin.kernel.text import Text
from ipfin.registry.applicants import Applicant
from ipfin.registry.fields import ListField
from ipfin.registry.headers import Mapping as ColumnMapping
from ipfin.registry.statuses import Flag, LegalStatus, Validity


class ListedPatent(NamedTuple):
    """One patent as a list tells it; a value that the list does not tell is None, "" or empty.

    A tuple with names, because lists have hundreds of thousands of rows and these are made of columns.
    Counts are None when unknown, never 0. Dates are business days in China.
    """

    key: str  # canonical application number, else publication root such as CN107295441
    application_number: str | None  # canonical, e.g. CN201910593937.7
    publication_number: str | None  # of the leading document: the grant when there is one
    publication_root: str | None  # publication_number without the kind code
    grant_number: str | None
    patent_kind: PatentKind | None
    title: str
    applicants: tuple[Applicant, ...]  # as filed, in the order of the list
    current_owners: tuple[Applicant, ...]  # as the list tells today's owners; empty when it does not
    standard_applicant: str  # a vendor's group: shown, never merged on
    credit_code: str  # well-formed, or ""; a wrong check character is in use and only warned of
    filed_on: date | None
    filing_year: int | None
    published_on: date | None
    granted_on: date | None
    expires_on: date | None  # the first day without the right: told by the list, else by law from filed_on
    validity: Validity
    legal_status: LegalStatus
    flags: frozenset[Flag]
    status_said: str  # the list's own words, the columns joined by " ; "
    status_reason: Text | None  # why the validity is not what the list says, where it is not
    was_granted: bool  # a grant happened once, whatever holds today
    ipc_main: str
    ipc_all: tuple[str, ...]
    industry_codes: tuple[str, ...]
    strategic_industry: tuple[str, ...]
    claims_count: int | None
    independent_claims_count: int | None
    pages_count: int | None
    cited_by_count: int | None
    cites_count: int | None
    family_count: int | None
    family_offices: tuple[str, ...]
    transfer_count: int | None
    licence_count: int | None
    licence_type: str
    pledge_count: int | None
    pledgee: str
    pledgor: str
    province: str
    city: str
    county: str
    address: str
    agent_firm: str
    row: int  # Excel row of the leading document
    repeated_rows: tuple[int, ...]  # other Excel rows of the same patent

    @property
    def owners(self) -> tuple[Applicant, ...]:
        """Today's owners where the list tells them, else the applicants."""
        return self.current_owners or self.applicants


_AS_PATENT: Final = partial(tuple.__new__, ListedPatent)  # `_make` without a call of Python for each row


class ListedPatents(Sequence[ListedPatent]):
    """The patents of a list, column by column; one of them is put together when it is asked for.

    Most rows of most lists are new or unchanged, and neither needs a patent of its own to be taken.
    """

    def __init__(self, columns: Mapping[str, Sequence[Any]]) -> None:
        self._columns = [columns[name] for name in ListedPatent._fields]

    def column(self, name: str) -> Sequence[Any]:
        """Return one field of every patent."""
        return self._columns[_PLACE_OF[name]]

    @cached_property
    def owners(self) -> Sequence[tuple[Applicant, ...]]:
        """Today's owners of every patent where the list tells them, else the applicants."""
        applicants, current = self.column("applicants"), self.column("current_owners")
        if not any(current):
            return applicants
        return [now or first for now, first in zip(current, applicants, strict=True)]

    @cached_property
    def owner_groups(self) -> Mapping[int, tuple[Applicant, ...]]:
        """Whom rows name together as owners, by the identity of the tuple: rows of one cell share it.

        Names would be hashed for each row otherwise, and their kinds by a call of Python each time.
        """
        return {id(owners): owners for owners in self.owners}

    def __len__(self) -> int:
        return len(self._columns[0])

    @overload
    def __getitem__(self, place: int) -> ListedPatent: ...
    @overload
    def __getitem__(self, place: slice) -> list[ListedPatent]: ...
    def __getitem__(self, place: int | slice) -> ListedPatent | list[ListedPatent]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        return ListedPatent(*(column[place] for column in self._columns))

    def __iter__(self) -> Iterator[ListedPatent]:
        return map(_AS_PATENT, zip(*self._columns, strict=True))


_PLACE_OF: Final = {name: place for place, name in enumerate(ListedPatent._fields)}


@dataclass(frozen=True, slots=True)
class RowRefusal:
    """Why one row of the list is not taken. `row` is the Excel row, `value` the cell as it stands."""

    row: int
    field: ListField | None
    code: str
    message: Text
    value: str


@dataclass(frozen=True, slots=True)
class ListWarning:
    """Something doubtful that does not stop a row. `row` is None when the whole list is meant."""

    row: int | None
    field: ListField | None
    code: str
    message: Text
    value: str = ""


@dataclass(frozen=True)
class ListReading:
    """The whole reading. rows_read = rows_accepted + len(refusals), exactly."""

    filename: str
    as_of: date
    mapping: ColumnMapping
    patents: ListedPatents = field(repr=False)
    refusals: list[RowRefusal] = field(repr=False)
    warnings: list[ListWarning] = field(repr=False)
    rows_read: int
    rows_accepted: int
    missing_fields: tuple[ListField, ...]  # kept fields that this list has no column for

    def summary(self) -> Mapping[str, Any]:
        """Return counts for people and machines; every key is a plain English word."""
        return self._summary

    @cached_property
    def _summary(self) -> Mapping[str, Any]:
        patents = self.patents
        # Rows share a few hundred states between them, so each state is counted once, with how often.
        states = Counter(zip(*map(patents.column, _STATE), strict=True))
        of_flags: Counter[Flag] = Counter()
        of_valid_flags: Counter[Flag] = Counter()
        for (validity, _legal, flags, _kind, _granted), count in states.items():
            of_flags.update(dict.fromkeys(flags, count))
            if validity is Validity.VALID:
                of_valid_flags.update(dict.fromkeys(flags, count))
        granted = _part(states, 4)[True]
        keys = {owner.key for owners in patents.owner_groups.values() for owner in owners}
        return {
            "rows_read": self.rows_read,
            "rows_accepted": self.rows_accepted,
            "rows_refused": len(self.refusals),
            "rows_foreign": sum(1 for refusal in self.refusals if refusal.code == "foreign_document"),
            "rows_repeated": self.rows_accepted - len(self.patents),
            "patents": len(self.patents),
            "applicants": len(keys),
            "validity": _counts(Validity, _part(states, 0)),
            "legal_status": _counts(LegalStatus, _part(states, 1)),
            "flags": _counts(Flag, of_flags),
            "flags_of_valid": _counts(Flag, of_valid_flags),
            "application_only": len(patents) - granted,
            "granted": granted,
            "lapsed_by_law": len(patents) - patents.column("status_reason").count(None),
            "kinds": _counts(PatentKind, _part(states, 3)),
            "refusals": dict(Counter(refusal.code for refusal in self.refusals)),
            "warnings": dict(Counter(warning.code for warning in self.warnings)),
            "missing_fields": [field.value for field in self.missing_fields],
        }


_STATE: Final = ("validity", "legal_status", "flags", "patent_kind", "was_granted")


def _part(states: Mapping[tuple[Any, ...], int], place: int) -> Counter[Any]:
    """Return how often each value stands at one place of the states."""
    counted: Counter[Any] = Counter()
    for state, count in states.items():
        counted[state[place]] += count
    return counted


def _counts(words: type[StrEnum], counted: Mapping[Any, int]) -> dict[str, int]:
    """Return a count for every word, 0 too, so that readers need no special case."""
    return {word.value: counted.get(word, 0) for word in words}
