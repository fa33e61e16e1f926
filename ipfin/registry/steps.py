"""What a listed patent does to the registry: it is new, it changes one that stands, or nothing. Pure.

Decides how the comparison of the values and the ruling on the owners come together; which value wins is
decided in `comparing`, which owners in `contests`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple

from ipfin.registry.comparing import Standing, day_of, days_moved, differences
from ipfin.registry.contests import Contest, Ownership, Ruling
from ipfin.registry.fact_columns import DAYS, FACT_COLUMNS
from ipfin.registry.lifecycle import RowOutcome
from ipfin.registry.listed import ListedPatent
from ipfin.registry.patent_facts import Facts
from ipfin.registry.statuses import Flag

_NOTHING: Final[Mapping[str, Any]] = {}


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
    withheld: Mapping[str, Any] = _NOTHING  # what an older list says otherwise: told and never taken
    contest: Contest | None = None  # other owners that a person has to look at, or has decided on before


@dataclass(frozen=True, slots=True)
class Taking:
    """What a comparison of one list stands on: its day, who gave it, what is known of other owners."""

    as_of: date
    source: str
    owned: Ownership


def owners_of(listed: ListedPatent) -> tuple[str, ...]:
    """Return the keys of the owners that a list names, each once."""
    return tuple(dict.fromkeys(owner.key for owner in listed.owners))


def step_of(listed: ListedPatent, told: Facts, standing: Standing, taking: Taking) -> Step:
    """Return what a listed patent does to the one that stands.

    Args:
        told: what the list tells of it, in the order of `FACT_COLUMNS`.
    """
    as_of = taking.as_of
    named = dict(zip(FACT_COLUMNS, told, strict=True))
    changes, withheld = differences(standing, named, as_of)
    owners, ruling = owners_of(listed), Ruling()
    if owners and owners != standing.holders:
        ruling = _ruling(listed, owners, standing, taking)
        (changes if ruling.is_taken else withheld)["holders"] = owners
    days = days_moved(standing, named, as_of)
    if owners != standing.holders:
        days.pop("holders_as_of", None)
        days.pop("holders_batch_id", None)
    if not changes and not standing.halves:
        outcome = RowOutcome.UNCHANGED
        return Step(listed, outcome, (), {}, days, standing.id, standing, withheld, ruling.contest)
    changes |= {name: as_of for name in DAYS if name in days}
    if "holders" in changes:
        changes["holders_as_of"] = max(as_of, standing.facts["holders_as_of"] or as_of)
    before, changes = _of_the_record_that_stays(standing, changes)
    outcome = RowOutcome.CHANGED
    return Step(listed, outcome, (), changes, before, standing.id, standing, withheld, ruling.contest)


def _ruling(listed: ListedPatent, owners: tuple[str, ...], standing: Standing, taking: Taking) -> Ruling:
    return taking.owned.ruling(
        standing.id,
        owners,
        standing.holders,
        told_on=day_of(standing, "holders_as_of"),
        as_of=taking.as_of,
        source=taking.source,
        tells_transfer=Flag.TRANSFERRED in listed.flags,
    )


def _of_the_record_that_stays(
    standing: Standing, changes: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return old and new values of the record that is kept; of two halves it takes the other's over too."""
    held = {**standing.facts, "holders": standing.holders}
    if standing.halves:
        own = standing.halves[0]
        final = {**held, **changes, "as_of": standing.as_of}
        held = {**own.facts, "holders": own.holders, "as_of": own.as_of}
        changes = {name: value for name, value in final.items() if value != held[name]}
    return {name: held[name] for name in changes}, changes
