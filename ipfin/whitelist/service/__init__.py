"""Use cases of the whitelist: activate a card, score, prepare a round, submit it, publish it.

Callers own the transaction.
"""

from __future__ import annotations

from ipfin.whitelist.service.robustness import examine_run
from ipfin.whitelist.service.rounds import (
    VALID_MONTHS,
    end_admission,
    prepare_round,
    publish_round,
    reconciles,
    return_round,
    submit_round,
    withdraw_round,
)
from ipfin.whitelist.service.scoring import activate_card, card_of, run_scores

__all__ = [
    "VALID_MONTHS",
    "activate_card",
    "card_of",
    "end_admission",
    "examine_run",
    "prepare_round",
    "publish_round",
    "reconciles",
    "return_round",
    "run_scores",
    "submit_round",
    "withdraw_round",
]
