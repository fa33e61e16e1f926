"""A list that names other owners than stand: the ruling on one patent. Pure.

Decides who the owners are for the comparison: two names of one legal person are one owner. Which statement
holds is decided in `ownership`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from ipfin.registry.ownership import Stands, Verdict, judge


@dataclass(frozen=True, slots=True)
class Contest:
    """Owners that a list names and that a person has to look at, or has turned down before."""

    verdict: Verdict  # TAKEN_CONTESTED, CONTESTED or SETTLED
    told: tuple[str, ...]  # keys of names
    held: tuple[str, ...]
    held_on: date
    held_source: str
    held_evidence: str
    held_batch_id: int | None
    is_settled: bool

    @property
    def takes_effect(self) -> bool:
        """Whether the list's owners hold while nobody has decided."""
        return self.verdict is Verdict.TAKEN_CONTESTED


@dataclass(frozen=True, slots=True)
class Ruling:
    """Whether a list's owners are taken, and whether somebody has to look."""

    is_taken: bool = False
    contest: Contest | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """What is known of the holding of one patent beside the names: source, first day, who settled it."""

    source: str = ""
    since: date | None = None
    batch_id: int | None = None
    settled_on: date | None = None
    evidence: str = ""
    turned_down: Sequence[tuple[str, ...]] = ()


@dataclass(frozen=True, slots=True)
class Ownership:
    """What the registry knows of the patents whose listed owners are not those that stand."""

    persons: Mapping[str, str] = field(default_factory=dict)  # name key -> legal person, if it is known
    held: Mapping[int, Held] = field(default_factory=dict)  # by patent

    def ruling(
        self,
        patent_id: int,
        told: tuple[str, ...],
        held: tuple[str, ...],
        *,
        told_on: date,
        as_of: date,
        source: str,
        tells_transfer: bool,
    ) -> Ruling:
        """Return what a list of day `as_of` does that names the owners `told`."""
        known = self.held.get(patent_id, Held())
        if self._persons(told) == self._persons(held):
            return Ruling(as_of >= told_on)  # another order, or another name of the same person
        verdict = judge(
            Stands(self._persons(held), known.since, told_on, known.source, known.settled_on),
            self._persons(told),
            as_of=as_of,
            source=source,
            tells_transfer=tells_transfer,
            turned_down=[self._persons(keys) for keys in known.turned_down],
        )
        is_taken = verdict in (Verdict.TAKEN, Verdict.TAKEN_CONTESTED)
        if verdict in (Verdict.TAKEN, Verdict.OLDER):
            return Ruling(is_taken)
        contest = Contest(
            verdict, told, held, told_on, known.source, known.evidence, known.batch_id,
            known.settled_on is not None,
        )  # fmt: skip
        return Ruling(is_taken, contest)

    def _persons(self, keys: Sequence[str]) -> frozenset[str]:
        return frozenset(self.persons.get(key, key) for key in keys)


def no_ownership() -> Ownership:
    """Return what is known where no listed owner differs."""
    return Ownership()
