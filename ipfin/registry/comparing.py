"""What a listed patent does to one that stands: nothing, or a change with old and new value. Pure.

Decides which value wins. A newer list speaks; an older one fills gaps only, and what it says otherwise is
told and never taken. A status is taken whole or not at all. Which patent is meant is decided here too,
where a list names one by two numbers.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple

from ipfin.kernel.text import _
from ipfin.registry.fact_columns import FACT_COLUMNS, FACTS, STATUS
from ipfin.registry.lifecycle import RowOutcome
from ipfin.registry.listed import ListedPatent, RowRefusal
from ipfin.registry.patent_facts import Facts, tells_status

_NOTHING: Final[Mapping[str, Any]] = {}


@dataclass(frozen=True, slots=True)
class Standing:
    """A patent as it stands in the registry: its id, day, facts and holders (applicant keys)."""

    id: int
    as_of: date
    facts: Mapping[str, Any]
    holders: tuple[str, ...]
    halves: tuple[Standing, Standing] | None = None  # two records that a list shows to be one patent


class Step(NamedTuple):
    """What one listed patent does: new, changed (with old and new values) or unchanged.

    A tuple with names, because most rows of most lists are unchanged and there are many of them.
    """

    listed: ListedPatent
    outcome: RowOutcome
    told: Facts = ()  # of a new patent all it tells, in the order of FACT_COLUMNS
    changes: Mapping[str, Any] = _NOTHING
    before: Mapping[str, Any] = _NOTHING  # old values; of an unchanged patent the days that are moved
    patent_id: int | None = None  # the patent that stands
    standing: Standing | None = None  # how it stood, where it differs
    withheld: Mapping[str, Any] = _NOTHING  # what an older list says otherwise


def step_of(listed: ListedPatent, told: Facts, standing: Standing, as_of: date) -> Step:
    """Return what a listed patent does to the one that stands.

    Args:
        as_of: the day that the list speaks of.
    """
    named = dict(zip(FACT_COLUMNS, told, strict=True))
    owners = tuple(owner.key for owner in listed.owners)
    changes, withheld = _differences(standing, named, as_of)
    if owners and owners != standing.holders:
        (changes if as_of >= standing.as_of else withheld)["holders"] = owners
    told_status = _tells_status(named)
    held_status = _tells_status(standing.facts)
    days = moved_days(as_of, standing.as_of, standing.facts["status_as_of"], told_status, held_status)
    if not changes and not standing.halves:
        return Step(listed, RowOutcome.UNCHANGED, (), {}, days, standing.id, standing, withheld)
    if "status_as_of" in days:
        changes["status_as_of"] = as_of
    held = {**standing.facts, "holders": standing.holders}
    if standing.halves:  # what the record that stays takes over from the other one, too
        own = standing.halves[0]
        final = {**held, **changes, "as_of": standing.as_of}
        held = {**own.facts, "holders": own.holders, "as_of": own.as_of}
        changes = {name: value for name, value in final.items() if value != held[name]}
    before = {name: held[name] for name in changes}
    return Step(listed, RowOutcome.CHANGED, (), changes, before, standing.id, standing, withheld)


def moved_days(
    as_of: date, held_on: date, status_on: date | None, tells: bool, was_told: bool
) -> dict[str, date | None]:
    """Return the days, as they stand, that a list moves: a newer list that says the same confirms it.

    Args:
        as_of: the day that the list speaks of.
        held_on: the day of the patent as it stands.
        status_on: the day of its status; None when that is the patent's own.
        tells: whether the list tells a status.
        was_told: whether any list did.
    """
    moved: dict[str, date | None] = {"as_of": held_on} if as_of > held_on else {}
    if tells and (not was_told or as_of > (status_on or held_on)):
        moved["status_as_of"] = status_on
    return moved


def _differences(
    standing: Standing, told: Mapping[str, Any], as_of: date
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what a list changes, and what it says otherwise but is too old to change.

    A value that nobody told yet is taken from any list, however old.
    """
    old = standing.facts
    changes: dict[str, Any] = {}
    withheld: dict[str, Any] = {}
    is_newer = as_of >= standing.as_of
    for name in FACTS:
        value = told[name]
        if value not in (None, "") and value != old[name]:
            (changes if is_newer or old[name] in (None, "") else withheld)[name] = value
    if _tells_status(told):
        target = changes if as_of >= _status_day(standing) or not _tells_status(old) else withheld
        for name in STATUS:
            # A grant that happened stays a fact, whatever a later list leaves out.
            value = told[name] or old[name] if name == "was_granted" else told[name]
            if value != old[name]:
                target[name] = value
    return changes, withheld


def _status_day(standing: Standing) -> date:
    day: date = standing.facts["status_as_of"] or standing.as_of
    return day


def _tells_status(facts: Mapping[str, Any]) -> bool:
    return tells_status(facts["validity"], facts["legal_status"], facts["flags"])


class Register:
    """The patents of the registry that a list may speak of, found by either number."""

    def __init__(self, rows: Collection[Standing]) -> None:
        self.by_application = {
            r.facts["application_number"]: r for r in rows if r.facts["application_number"]
        }
        self.by_root = {r.facts["publication_root"]: r for r in rows if r.facts["publication_root"]}

    def find(self, listed: ListedPatent) -> Standing | RowRefusal | None:
        """Return the patent that `listed` speaks of, or why it cannot be said which."""
        by_number = self.by_application.get(listed.application_number) if listed.application_number else None
        by_root = self.by_root.get(listed.publication_root) if listed.publication_root else None
        if by_number and by_root and by_number.id != by_root.id:
            return _joined(by_number, by_root) if _are_halves(by_number, by_root) else _clash(listed)
        found = by_number or by_root
        if found and not by_number and listed.application_number and found.facts["application_number"]:
            return _clash(listed)  # one publication, two application numbers
        return found


def _are_halves(number: Standing, root: Standing) -> bool:
    """Return whether two records can be one patent that one list named by each of its numbers."""
    kinds = {number.facts["kind"], root.facts["kind"]} - {None}
    return not number.facts["publication_root"] and not root.facts["application_number"] and len(kinds) <= 1


def _joined(number: Standing, root: Standing) -> Standing:
    """Return two records of one patent as one: the newer says what holds, the other fills its gaps."""
    older, newer = sorted((number, root), key=lambda half: half.as_of)
    teller, other = sorted((older, newer), key=_status_day, reverse=True)
    told = teller if _tells_status(teller.facts) else other
    gaps = {name for name in FACTS if newer.facts[name] in (None, "")}
    facts = {name: (older if name in gaps else newer).facts[name] for name in FACTS}
    facts |= {name: told.facts[name] for name in (*STATUS, "status_as_of")}
    facts["was_granted"] = older.facts["was_granted"] or newer.facts["was_granted"]
    return Standing(number.id, newer.as_of, facts, newer.holders or older.holders, (number, root))


def _clash(listed: ListedPatent) -> RowRefusal:
    return RowRefusal(
        listed.row,
        None,
        "numbers_disagree",
        _(
            "申请号%(application)s与公开号%(publication)s在库中属于两件不同的专利，请核对后改正其中一个。",
            application=listed.application_number or "",
            publication=listed.publication_number or "",
        ),
        listed.publication_number or "",
    )
