"""Scoring a chunk of firms by a recipe that travels: the same text makes the same scorer in every process.

This is all that a worker of a cluster loads of the product; where chunks go is decided in `service.cluster`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from ipfin.whitelist.cohorts import Cohorts, Measure
from ipfin.whitelist.engine.scoring import Scored, Scorer
from ipfin.whitelist.facts import FirmFacts
from ipfin.whitelist.scheme import load_card

Chunk = Sequence[FirmFacts]


@dataclass(frozen=True)
class Recipe:
    """All that scoring a firm needs beside the firm; the same text makes the same scorer everywhere."""

    card: str
    cohorts: str
    measure: Measure
    on: date


@lru_cache(maxsize=2)
def scorer_of(recipe: Recipe) -> Scorer:
    """Return the scorer of a recipe, made once in a process."""
    cohorts = Cohorts.from_bytes(recipe.cohorts.encode())
    return Scorer(load_card(recipe.card.encode()), cohorts, recipe.measure, recipe.on)


def score_chunk(firms: Chunk, recipe: Recipe) -> list[Scored]:
    """Return the sheets of some firms, in order; this is what a worker does."""
    return scorer_of(recipe).score(firms)
