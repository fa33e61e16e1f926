"""Use cases of the intake: what a list is, what it would do, writing it, taking it back."""

from ipfin.lists.service.rooms import KINDS, ROOMS
from ipfin.lists.service.taking_in import (
    AnyColumns,
    AnyListPlan,
    Proposal,
    brings_names,
    change_kind,
    columns_of,
    commit_list,
    dropped_of,
    explained_columns,
    kept_groups,
    labels_of,
    note_check,
    plan_list,
    propose,
    with_answers,
)
from ipfin.lists.service.undoing import obstacles_to_undo, undo_list

__all__ = [
    "KINDS",
    "ROOMS",
    "AnyColumns",
    "AnyListPlan",
    "Proposal",
    "brings_names",
    "change_kind",
    "columns_of",
    "commit_list",
    "dropped_of",
    "explained_columns",
    "kept_groups",
    "labels_of",
    "note_check",
    "obstacles_to_undo",
    "plan_list",
    "propose",
    "undo_list",
    "with_answers",
]
