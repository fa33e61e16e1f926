"""What the patents of a list tell, as columns of the registry's table. Pure.

Decides how a listed patent becomes the values of `Patent`. It works by column: a rule is applied once to
each distinct value, because a list of a hundred thousand rows has a few hundred of most.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import compress
from typing import Any, Final, TypeVar

from ipfin.registry.fact_columns import FACT_COLUMNS
from ipfin.registry.listed import ListedPatents
from ipfin.registry.statuses import Flag, LegalStatus, Validity

T = TypeVar("T")
Facts = tuple[Any, ...]
"""The values of one patent in the order of `FACT_COLUMNS`."""


@dataclass(frozen=True, slots=True)
class FactColumns:
    """What every patent of a list tells, by column in the order of `FACT_COLUMNS`."""

    columns: Mapping[str, Sequence[Any]]

    def of(self, place: int) -> Facts:
        """Return what one patent tells."""
        return tuple(column[place] for column in self.columns.values())

    def rows(self, names: Sequence[str] = FACT_COLUMNS) -> Iterator[Facts]:
        """Yield what each patent tells in some columns."""
        return zip(*(self.columns[name] for name in names), strict=True)

    def at(self, places: Sequence[int]) -> Mapping[str, Sequence[Any]]:
        """Return the columns of the patents at some places, in the order of the list."""
        if len(places) == len(self.columns["title"]):
            return self.columns
        wanted = set(places)
        chosen = [place in wanted for place in range(len(self.columns["title"]))]
        return {name: list(compress(column, chosen)) for name, column in self.columns.items()}


_WORDS: Final = 400  # characters that are kept of a list of words
_SUBCLASS: Final = 4  # characters: H04N of H04N5/225
_AS_LISTED: Final = (
    "application_number", "publication_root", "filed_on", "published_on", "granted_on", "expires_on",
    "claims_count", "cited_by_count", "cites_count", "family_count", "validity", "legal_status",
    "was_granted", "title", "filing_year",
)  # fmt: skip


def facts_of(patents: ListedPatents, *, as_of: date, tells_flags: bool) -> FactColumns:
    """Return what each listed patent tells.

    Args:
        as_of: the day that the list speaks of.
        tells_flags: whether the list has a column of legal events or pledges at all.
    """
    column = patents.column
    flag_words = _each(column("flags"), _flag_words)
    said = zip(column("validity"), column("legal_status"), strict=True)
    classes = zip(column("ipc_main"), column("ipc_all"), strict=True)
    columns: dict[str, Sequence[Any]] = {name: column(name) for name in _AS_LISTED}
    columns |= {
        "publication_number": [number or "" for number in column("publication_number")],
        "kind": column("patent_kind"),
        "ipc_main": _each(column("ipc_main"), lambda main: main[:40]),
        "ipc_subclasses": _each(classes, _subclass_words),
        "industry_codes": _each(column("industry_codes"), _joined),
        "strategic_industry": _each(column("strategic_industry"), _joined),
        "vendor_group": _each(column("standard_applicant"), lambda names: names[:_WORDS]),
        "listed_flags": flag_words,
        "flags": flag_words,
        "tells_flags": [tells_flags] * len(patents),
        "is_pledged": _each(column("flags"), lambda one: Flag.PLEDGED in one),
        "listed_status": _each(column("status_said"), lambda words: words[:_WORDS]),
        "status_as_of": _each(said, lambda state: as_of if tells_status(*state) else None),
        "flags_as_of": [as_of if tells_flags else None] * len(patents),
        "holders_as_of": [as_of if owners else None for owners in patents.owners],
    }
    return FactColumns({name: columns[name] for name in FACT_COLUMNS})


def tells_status(validity: Validity, legal_status: LegalStatus) -> bool:
    """Return whether the validity or the legal status says something; burdens have a day of their own."""
    return validity is not Validity.UNKNOWN or legal_status is not LegalStatus.UNKNOWN


def subclasses_of(main: str, every: Sequence[str]) -> tuple[str, ...]:
    """Return the IPC subclasses of a patent, four characters each and the main one first."""
    return tuple(dict.fromkeys(code[:_SUBCLASS] for code in (main, *every) if len(code) >= _SUBCLASS))


def _each(values: Iterable[Any], rule: Callable[[Any], T]) -> list[T]:
    """Return what `rule` makes of every value; it is asked once for each distinct one."""
    column = list(values)
    distinct = set(column)
    if len(distinct) == 1:
        return [rule(column[0])] * len(column)
    known = {value: rule(value) for value in distinct}
    return list(map(known.__getitem__, column))


def _joined(words: Sequence[str]) -> str:
    return " ".join(words)[:_WORDS]


def _subclass_words(classes: tuple[str, Sequence[str]]) -> str:
    return _joined(subclasses_of(*classes))


def _flag_words(flags: frozenset[Flag]) -> str:
    return " ".join(sorted(flag.value for flag in flags))
