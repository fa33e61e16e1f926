"""Use cases of the whitelist: activate a card, score, prepare a round, submit it, publish it.

Callers own the transaction.
"""

from __future__ import annotations

from ipfin.whitelist.service.objecting import answer_objection, file_objection, reveal_contact
from ipfin.whitelist.service.publishing import open_notice, policy_of, publish_round
from ipfin.whitelist.service.rounds import (
    VALID_MONTHS,
    end_admission,
    prepare_round,
    reconciles,
    return_round,
    submit_round,
    waive_register,
    withdraw_round,
)
from ipfin.whitelist.service.scoring import activate_card, card_of, run_scores

__all__ = [
    "VALID_MONTHS",
    "activate_card",
    "answer_objection",
    "card_of",
    "end_admission",
    "file_objection",
    "open_notice",
    "policy_of",
    "prepare_round",
    "publish_round",
    "reconciles",
    "return_round",
    "reveal_contact",
    "run_scores",
    "submit_round",
    "waive_register",
    "withdraw_round",
]
