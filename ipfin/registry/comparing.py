"""One listed patent compared with the record that stands: what it changes, what it is too old for. Pure.

Every group of columns has its own day: one by one (`FACTS`), the status, the burdens, the holders. Decides
which value wins; owners that differ are judged in `ownership`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ipfin.registry.burdens import Registered, flags_with_pledges, has_pledge
from ipfin.registry.fact_columns import BURDENS, DERIVED, FACTS, STATUS
from ipfin.registry.listed import ListedPatent
from ipfin.registry.statuses import Flag, LegalStatus, Validity


@dataclass(frozen=True, slots=True)
class Standing:
    """A patent as it stands in the registry: its id, day, facts and holders (applicant keys)."""

    id: int
    as_of: date
    facts: Mapping[str, Any]
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
    if _tells_status(told):
        target = changes if as_of >= day_of(standing, "status_as_of") or not _tells_status(old) else withheld
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


def moved_days(standing: Standing, told: Mapping[str, Any], as_of: date) -> dict[str, Any]:
    """Return the days, as they stand, that this list moves: a newer list that says the same confirms it."""
    moved: dict[str, Any] = {"as_of": standing.as_of} if as_of > standing.as_of else {}
    old = standing.facts
    tells = {
        "status_as_of": (_tells_status(told), _tells_status(old)),
        "flags_as_of": (told["tells_flags"], old["tells_flags"]),
        "holders_as_of": (told["holders_as_of"] is not None, bool(standing.holders)),
    }
    for name, (is_told, was_told) in tells.items():
        if is_told and (not was_told or as_of > day_of(standing, name)):
            moved[name] = old[name]
    if "holders_as_of" in moved:
        moved["holders_batch_id"] = old["holders_batch_id"]
    return moved


def _tells_status(told: Mapping[str, Any]) -> bool:
    return told["validity"] is not Validity.UNKNOWN or told["legal_status"] is not LegalStatus.UNKNOWN


def facts_of(listed: ListedPatent, *, as_of: date, tells_flags: bool) -> dict[str, Any]:
    """Return the columns of `Patent` that one listed patent tells.

    Args:
        as_of: the day that the list speaks of.
        tells_flags: whether the list has a column of legal events or pledges at all.
    """
    tells = listed.validity is not Validity.UNKNOWN or listed.legal_status is not LegalStatus.UNKNOWN
    flags = " ".join(sorted(flag.value for flag in listed.flags))
    subclasses = dict.fromkeys(code[:4] for code in (listed.ipc_main, *listed.ipc_all) if len(code) >= 4)
    return {
        "application_number": listed.application_number,
        "publication_root": listed.publication_root,
        "publication_number": listed.publication_number or "",
        "title": listed.title[:500],
        "kind": listed.patent_kind,
        "filed_on": listed.filed_on,
        "filing_year": listed.filing_year or (listed.filed_on.year if listed.filed_on else None),
        "published_on": listed.published_on,
        "granted_on": listed.granted_on,
        "expires_on": listed.expires_on,
        "was_granted": listed.was_granted,
        "ipc_main": listed.ipc_main[:40],
        "ipc_subclasses": " ".join(subclasses)[:400],
        "claims_count": listed.claims_count,
        "cited_by_count": listed.cited_by_count,
        "cites_count": listed.cites_count,
        "family_count": listed.family_count,
        "industry_codes": " ".join(listed.industry_codes)[:400],
        "strategic_industry": " ".join(listed.strategic_industry)[:400],
        "vendor_group": listed.standard_applicant[:400],
        "validity": listed.validity,
        "legal_status": listed.legal_status,
        "listed_flags": flags,
        "tells_flags": tells_flags,
        "flags": flags,
        "is_pledged": Flag.PLEDGED in listed.flags,
        "listed_status": listed.status_said[:400],
        "status_as_of": as_of if tells else None,
        "flags_as_of": as_of if tells_flags else None,
        "holders_as_of": as_of if listed.owners else None,
    }


def are_halves(number: Standing, root: Standing) -> bool:
    """Return whether two records can be one patent that one list named by each of its numbers."""
    kinds = {number.facts["kind"], root.facts["kind"]} - {None}
    return not number.facts["publication_root"] and not root.facts["application_number"] and len(kinds) <= 1


def joined(number: Standing, root: Standing) -> Standing:
    """Return two records of one patent as one: the newer says what holds, the other fills its gaps."""
    older, newer = sorted((number, root), key=lambda half: half.as_of)
    told = _teller(older, newer, "status_as_of", lambda half: _tells_status(half.facts))
    burdened = _teller(older, newer, "flags_as_of", lambda half: bool(half.facts["tells_flags"]))
    owned = _teller(older, newer, "holders_as_of", lambda half: bool(half.holders))
    gaps = {name for name in FACTS if newer.facts[name] in (None, "")}
    facts = {name: (older if name in gaps else newer).facts[name] for name in FACTS}
    facts |= {name: told.facts[name] for name in (*STATUS, "status_as_of")}
    facts |= {name: burdened.facts[name] for name in (*BURDENS, "flags_as_of")}
    flags = flags_with_pledges(facts["listed_flags"], facts["flags_as_of"], number.pledges)
    facts |= {"flags": flags, "is_pledged": has_pledge(flags), "holders_as_of": owned.facts["holders_as_of"]}
    facts["holders_batch_id"] = owned.facts["holders_batch_id"]
    facts["was_granted"] = older.facts["was_granted"] or newer.facts["was_granted"]
    return Standing(number.id, newer.as_of, facts, owned.holders, (number, root), number.pledges)


def _teller(older: Standing, newer: Standing, day: str, tells: Callable[[Standing], bool]) -> Standing:
    """Return the half whose word holds: the later one that says anything at all."""
    by_day = sorted((older, newer), key=lambda half: day_of(half, day), reverse=True)
    return next(filter(tells, by_day), by_day[0])
