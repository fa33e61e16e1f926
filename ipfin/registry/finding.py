"""Which patent of the registry a listed one is, where lists name one by either number or by both. Pure.

Decides when two records are one patent, and what they say together; which value of a list wins over one
that stands is decided in `comparing`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from ipfin.kernel.text import _
from ipfin.registry.burdens import flags_with_pledges, has_pledge
from ipfin.registry.comparing import Standing, day_of, has_status
from ipfin.registry.fact_columns import BURDENS, FACTS, STATUS
from ipfin.registry.listed import ListedPatent, RowRefusal


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


def _are_halves(number: Standing, root: Standing) -> bool:
    """Return whether two records can be one patent that one list named by each of its numbers."""
    kinds = {number.facts["kind"], root.facts["kind"]} - {None}
    return not number.facts["publication_root"] and not root.facts["application_number"] and len(kinds) <= 1


def _joined(number: Standing, root: Standing) -> Standing:
    """Return two records of one patent as one: the newer says what holds, the other fills its gaps."""
    older, newer = sorted((number, root), key=lambda half: half.as_of)
    told = _teller(older, newer, "status_as_of", lambda half: has_status(half.facts))
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
