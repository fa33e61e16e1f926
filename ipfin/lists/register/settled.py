"""A register list beside the values of a firm that a person settled (an accepted correction). Pure.

Decides only what is kept for a person: a list of a later day that says otherwise, unless it repeats what was
turned down before. Nothing settled is ever written over by a list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ipfin.kernel.text import Text, _
from ipfin.lists.facts import Told
from ipfin.lists.plan import Contested
from ipfin.registry.ownership import CONTESTED, SETTLED


@dataclass(frozen=True, slots=True)
class Settled:
    """A settled value: what it is, since which day, by what; and what a person turned down since."""

    value: str
    as_of: date
    evidence: str
    turned_down: frozenset[str] = frozenset()


def contested(
    settled: Mapping[str, Settled], columns: Mapping[str, Any], told: Mapping[str, Told], as_of: date
) -> tuple[Contested, ...]:
    """Return what a list of day `as_of` says otherwise than what was settled before that day.

    Args:
        settled: by column of the firm or kind of fact.
        columns: the columns that the list tells.
        told: the facts that it tells.
    """
    found = []
    for field, known in settled.items():
        side = _side(field, columns, told)
        if side is None or as_of <= known.as_of or side["value"] == known.value:
            continue
        held = {
            "value": known.value,
            "source": "",
            "as_of": known.as_of.isoformat(),
            "evidence": known.evidence,
        }
        code = SETTLED if side["value"] in known.turned_down else CONTESTED
        found.append(Contested(field, code, held, side))
    return tuple(found)


def _side(field: str, columns: Mapping[str, Any], told: Mapping[str, Told]) -> dict[str, Any] | None:
    if field in columns:
        return {"value": str(columns[field])}
    if field not in told:
        return None
    fact = told[field]
    number = None if fact.number is None else str(fact.number)
    return {"value": fact.shown(), "word": fact.word, "number": number}


def contest_sentence(contest: Contested) -> Text:
    """Return what became of a value that differs from a settled one."""
    values = {"told": contest.told["value"], "held": contest.held["value"]}
    if contest.code == SETTLED:
        return _("“%(told)s”未采用：此前已决定保留“%(held)s”。", **values)
    return _(
        "“%(told)s”未采用：列表与已核准的更正不一致，库中为“%(held)s”，已列入来源不一致，待决定。", **values
    )
