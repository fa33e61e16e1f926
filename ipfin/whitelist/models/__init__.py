"""The rows of the whitelist: cards, runs with their sheets, rounds with their admissions."""

from __future__ import annotations

from ipfin.whitelist.models.cards import ScorecardVersion
from ipfin.whitelist.models.rounds import Admission, GateWaiver, RoundEntry, RoundObjection, WhitelistRound
from ipfin.whitelist.models.runs import ScoreRun, ScoreSheet

__all__ = [
    "Admission",
    "GateWaiver",
    "RoundEntry",
    "RoundObjection",
    "ScoreRun",
    "ScoreSheet",
    "ScorecardVersion",
    "WhitelistRound",
]
