"""Writing screenings: what the office organises, what reviewers hand in, which ties are known."""

from __future__ import annotations

from ipfin.screening.service.organising import (
    MOST_FIRMS,
    Assigned,
    add_sample,
    assign,
    end_phase,
    move_due_day,
    open_screening,
    return_review,
    take_back,
)
from ipfin.screening.service.registering import end_tie, record_tie
from ipfin.screening.service.reviewing import abstain, declare, save_review, submit_review

__all__ = [
    "MOST_FIRMS",
    "Assigned",
    "abstain",
    "add_sample",
    "assign",
    "declare",
    "end_phase",
    "end_tie",
    "move_due_day",
    "open_screening",
    "record_tie",
    "return_review",
    "save_review",
    "submit_review",
    "take_back",
]
