"""The rows of the whitelist: cards, measures, runs with their sheets, rounds with their admissions."""

from __future__ import annotations

from ipfin.whitelist.models.cards import CardActivation, CardDraft, ScorecardVersion
from ipfin.whitelist.models.cohorts import CohortReference
from ipfin.whitelist.models.rounds import Admission, RoundEntry, WhitelistRound
from ipfin.whitelist.models.runs import ScoreRun, ScoreSheet

__all__ = [
    "Admission",
    "CardActivation",
    "CardDraft",
    "CohortReference",
    "RoundEntry",
    "ScoreRun",
    "ScoreSheet",
    "ScorecardVersion",
    "WhitelistRound",
]
