"""Use cases of the registry, by what they change: batches, holders and enterprises, portfolios."""

from ipfin.registry.service.batches import (
    commit_batch,
    note_check,
    note_failure,
    note_preview,
    open_batch,
    queue_commit,
    remember_mapping,
    set_credit_code,
    undo_batch,
)
from ipfin.registry.service.portfolio import (
    record_fact,
    recount,
    recount_expired,
    write_search_text,
)

__all__ = [
    "commit_batch",
    "note_check",
    "note_failure",
    "note_preview",
    "open_batch",
    "queue_commit",
    "record_fact",
    "recount",
    "recount_expired",
    "remember_mapping",
    "set_credit_code",
    "undo_batch",
    "write_search_text",
]
