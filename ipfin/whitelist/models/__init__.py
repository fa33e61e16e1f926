"""The rows of the whitelist: cards, measures, runs with sheets and robustness, rounds with admissions."""

from __future__ import annotations

from ipfin.whitelist.models.cards import CardActivation, CardDraft, CardSimulation, ScorecardVersion
from ipfin.whitelist.models.cohorts import CohortReference
from ipfin.whitelist.models.declarations import DeclarationRequest
from ipfin.whitelist.models.gate_tasks import GateTask
from ipfin.whitelist.models.proposals import CandidateProposal
from ipfin.whitelist.models.robustness import RobustnessRun, SheetRobustness
from ipfin.whitelist.models.rounds import Admission, GateWaiver, RoundEntry, RoundObjection, WhitelistRound
from ipfin.whitelist.models.runs import ScoreRun, ScoreSheet

__all__ = [
    "Admission",
    "CandidateProposal",
    "CardActivation",
    "CardDraft",
    "CardSimulation",
    "CohortReference",
    "DeclarationRequest",
    "GateTask",
    "GateWaiver",
    "RobustnessRun",
    "RoundEntry",
    "RoundObjection",
    "ScoreRun",
    "ScoreSheet",
    "ScorecardVersion",
    "SheetRobustness",
    "WhitelistRound",
]
