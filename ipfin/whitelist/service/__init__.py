"""Use cases of the whitelist: found a card, score, prepare a round, submit it, publish it.

Callers own the transaction.
"""

from __future__ import annotations

from ipfin.whitelist.service.cards import card_of, found_card
from ipfin.whitelist.service.objecting import (
    answer_objection,
    file_objection,
    reseal_objections,
    reveal_contact,
)
from ipfin.whitelist.service.overriding import (
    StaleEntry,
    approve_override,
    approve_overrides,
    drop_override,
    drop_overrides,
    propose_override,
    propose_overrides,
)
from ipfin.whitelist.service.proposing import propose_candidate
from ipfin.whitelist.service.publishing import open_notice, policy_of, publish_round
from ipfin.whitelist.service.removing import end_admission, expires_soon, remind_of_expiry
from ipfin.whitelist.service.robustness import examine_run
from ipfin.whitelist.service.rounds import (
    VALID_MONTHS,
    prepare_round,
    reconciles,
    return_round,
    submit_round,
    waive_register,
    withdraw_round,
)
from ipfin.whitelist.service.scoring import run_scores

__all__ = [
    "VALID_MONTHS",
    "StaleEntry",
    "answer_objection",
    "approve_override",
    "approve_overrides",
    "card_of",
    "drop_override",
    "drop_overrides",
    "end_admission",
    "examine_run",
    "expires_soon",
    "file_objection",
    "found_card",
    "open_notice",
    "policy_of",
    "prepare_round",
    "propose_candidate",
    "propose_override",
    "propose_overrides",
    "publish_round",
    "reconciles",
    "remind_of_expiry",
    "reseal_objections",
    "return_round",
    "reveal_contact",
    "run_scores",
    "submit_round",
    "waive_register",
    "withdraw_round",
]
