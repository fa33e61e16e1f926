"""Use cases of the registry, by what they change: batches, holders, portfolios, matches and merges."""

from ipfin.registry.service.batches import (
    commit_batch,
    note_check,
    note_failure,
    note_preview,
    open_batch,
    queue_commit,
    remember_mapping,
)
from ipfin.registry.service.changes import note_changed, take_changes
from ipfin.registry.service.matching import find_candidates
from ipfin.registry.service.merging import (
    Follower,
    Unless,
    decide_otherwise,
    decide_same,
    reopen,
    sides_of,
    undo_merge,
)
from ipfin.registry.service.portfolio import (
    record_fact,
    recount,
    recount_expired,
    write_search_text,
)
from ipfin.registry.service.tags import add_tag, remove_tag
from ipfin.registry.service.undoing import obstacles_to_undo, undo_batch

__all__ = [
    "Follower",
    "Unless",
    "add_tag",
    "commit_batch",
    "decide_otherwise",
    "decide_same",
    "find_candidates",
    "note_changed",
    "note_check",
    "note_failure",
    "note_preview",
    "obstacles_to_undo",
    "open_batch",
    "queue_commit",
    "record_fact",
    "recount",
    "recount_expired",
    "remember_mapping",
    "remove_tag",
    "reopen",
    "sides_of",
    "take_changes",
    "undo_batch",
    "undo_merge",
    "write_search_text",
]
