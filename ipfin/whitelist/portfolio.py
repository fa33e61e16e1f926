"""Which of a firm's patents count for what on one day.

Decides the groups (in force, technical, of unknown status) and that a twin pair counts once; what is
computed from them is decided in `indicators`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from ipfin.kernel.identifiers import PatentKind
from ipfin.kernel.text import Text
from ipfin.registry.statuses import Validity
from ipfin.whitelist.cohorts import Cohorts
from ipfin.whitelist.facts import FirmFacts, Missing, PatentFacts, Reading
from ipfin.whitelist.notes import Counts, Note, said


@dataclass(frozen=True)
class FirmView:
    """One firm on one day, with the groups of patents that several rules ask for, made once."""

    facts: FirmFacts
    on: date
    cohorts: Cohorts

    @cached_property
    def effective(self) -> list[PatentFacts]:
        """Patents in force."""
        return [patent for patent in self.facts.patents if patent.is_effective(self.on)]

    @cached_property
    def distinct_effective(self) -> list[PatentFacts]:
        """Patents in force, a twin pair once."""
        return _without_twin_doubles(self.effective)

    @cached_property
    def technical(self) -> list[PatentFacts]:
        """Inventions and utility models that are not known to have ended, a twin pair once."""
        standing = [
            patent
            for patent in self.facts.patents
            if patent.kind in (PatentKind.INVENTION, PatentKind.UTILITY_MODEL)
            and (patent.validity is Validity.UNKNOWN or patent.is_alive(self.on))
        ]
        return _without_twin_doubles(standing)

    @cached_property
    def of_unknown_status(self) -> int:
        """How many patents have no known legal status."""
        return sum(patent.validity is Validity.UNKNOWN for patent in self.facts.patents)

    @cached_property
    def rights_unknown(self) -> Reading | None:
        """Why rights cannot be judged: the status of more than half of the patents is not known."""
        total = len(self.facts.patents)
        if 2 * self.of_unknown_status <= total:
            return None
        note = said(Note.STATUS_UNKNOWN, Counts(total, self.of_unknown_status))
        return Reading(None, Missing.SOURCE, note)

    @property
    def left_out(self) -> Text | None:
        """The note on patents that a rule of rights leaves out."""
        if not self.of_unknown_status:
            return None
        return said(Note.LEFT_OUT, Counts(unknown=self.of_unknown_status))


def of_kind(patents: Iterable[PatentFacts], kind: PatentKind) -> list[PatentFacts]:
    """Return the patents of one kind."""
    return [patent for patent in patents if patent.kind is kind]


def _without_twin_doubles(patents: Sequence[PatentFacts]) -> list[PatentFacts]:
    """Return the patents without utility models whose twin invention is among them.

    Twins know each other by number; where a list only says that there is one, by the day (or year)
    of filing, one invention taking one utility model with it.
    """
    twins = [patent for patent in patents if patent.is_twin]
    inventions = of_kind(twins, PatentKind.INVENTION)
    doubles: set[str] = set()
    for utility in of_kind(twins, PatentKind.UTILITY_MODEL):
        other = next((invention for invention in inventions if _are_twins(invention, utility)), None)
        if other is not None:
            inventions.remove(other)
            doubles.add(utility.number)
    return [patent for patent in patents if patent.number not in doubles]


def _are_twins(invention: PatentFacts, utility: PatentFacts) -> bool:
    if invention.twin_number is not None or utility.twin_number is not None:
        return invention.twin_number == utility.number or utility.twin_number == invention.number
    filed = invention.filed_on or invention.filing_year
    return filed is not None and filed == (utility.filed_on or utility.filing_year)
