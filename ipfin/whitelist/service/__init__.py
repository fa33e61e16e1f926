"""Use cases of the whitelist: found a card, score, prepare a round, submit it, publish it.

Callers own the transaction.
"""

from __future__ import annotations

from ipfin.whitelist.service.cards import card_of, found_card
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
from ipfin.whitelist.service.scoring import run_scores

__all__ = [
    "VALID_MONTHS",
    "card_of",
    "end_admission",
    "found_card",
    "prepare_round",
    "publish_round",
    "reconciles",
    "return_round",
    "run_scores",
    "submit_round",
    "withdraw_round",
]
