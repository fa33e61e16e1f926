"""One listed patent compared with the record that stands: what it changes, what it is too old for. Pure.

Every group of columns has its own day: one by one (`FACTS`), the status, the burdens, the holders. Decides
which value wins; owners that differ are judged in `ownership`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ipfin.registry.burdens import Registered, flags_with_pledges, has_pledge
from ipfin.registry.fact_columns import BURDENS, DAYS, DERIVED, FACTS, STATUS
from ipfin.registry.patent_facts import tells_status


@dataclass(frozen=True, slots=True)
class Standing:
    """A patent as it stands in the registry: its id, day, facts and holders (applicant keys)."""

    id: int
    as_of: date
    facts: Mapping[str, Any]  # the columns of FACT_COLUMNS, and the list that told the holders
    holders: tuple[str, ...]
    halves: tuple[Standing, Standing] | None = None  # two records that a list shows to be one patent
    pledges: Sequence[Registered] = ()


def differences(
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
    if has_status(told):
        target = changes if as_of >= day_of(standing, "status_as_of") or not has_status(old) else withheld
        for name in STATUS:
            # A grant that happened stays a fact, whatever a later list leaves out.
            value = told[name] or old[name] if name == "was_granted" else told[name]
            if value != old[name]:
                target[name] = value
    _compare_burdens(standing, told, as_of, changes, withheld)
    return changes, withheld


def _compare_burdens(
    standing: Standing,
    told: Mapping[str, Any],
    as_of: date,
    changes: dict[str, Any],
    withheld: dict[str, Any],
) -> None:
    """Compare burdens by their own day; a list that tells none says nothing of them."""
    if not told["tells_flags"]:
        return
    old = standing.facts
    if old["tells_flags"] and as_of < day_of(standing, "flags_as_of"):
        if told["flags"] != old["listed_flags"]:
            withheld |= {name: told[name] for name in DERIVED if told[name] != old[name]}
        return
    changes |= {name: told[name] for name in BURDENS if told[name] != old[name]}
    flags = flags_with_pledges(told["listed_flags"], as_of, standing.pledges)
    if flags != old["flags"]:
        changes |= {"flags": flags, "is_pledged": has_pledge(flags)}
        if changes["is_pledged"] == old["is_pledged"]:
            del changes["is_pledged"]


def day_of(standing: Standing, name: str) -> date:
    """Return the day of the list that told a group of columns; one that nobody kept is the patent's own."""
    day: date | None = standing.facts[name]
    return day or standing.as_of


def moved_days(
    as_of: date,
    held_on: date,
    days: Sequence[date | None],
    holders_batch_id: int | None,
    tells: Sequence[bool],
    was_told: Sequence[bool],
) -> dict[str, Any]:
    """Return the days, as they stand, that a list moves: a newer list that says the same confirms it.

    Args:
        as_of: the day that the list speaks of.
        held_on: the day of the patent as it stands.
        days: those of `DAYS` as they stand; None where the day is the patent's own.
        holders_batch_id: the list that told the holders.
        tells: whether the list tells anything of each.
        was_told: whether any list did.
    """
    moved: dict[str, Any] = {"as_of": held_on} if as_of > held_on else {}
    for name, day, is_told, was in zip(DAYS, days, tells, was_told, strict=True):
        if is_told and (not was or as_of > (day or held_on)):
            moved[name] = day
    if "holders_as_of" in moved:
        moved["holders_batch_id"] = holders_batch_id
    return moved


def days_moved(standing: Standing, told: Mapping[str, Any], as_of: date) -> dict[str, Any]:
    """Return the days that a list moves of a patent that stands, as they stand."""
    old = standing.facts
    return moved_days(
        as_of,
        standing.as_of,
        [old[name] for name in DAYS],
        old["holders_batch_id"],
        (has_status(told), told["tells_flags"], told["holders_as_of"] is not None),
        (has_status(old), old["tells_flags"], bool(standing.holders)),
    )


def has_status(facts: Mapping[str, Any]) -> bool:
    """Return whether facts say anything of the status."""
    return tells_status(facts["validity"], facts["legal_status"])
