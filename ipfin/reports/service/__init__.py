"""Use cases of the directory: issues, and publishing them with their files."""

from ipfin.reports.service.issues import (
    Package,
    change_recipients,
    confirm_receipt,
    prepare_issue,
    publish_issue,
    recall_issue,
    reconciles,
    require_publishable,
    submit_issue,
    withdraw_issue,
)

__all__ = [
    "Package",
    "change_recipients",
    "confirm_receipt",
    "prepare_issue",
    "publish_issue",
    "recall_issue",
    "reconciles",
    "require_publishable",
    "submit_issue",
    "withdraw_issue",
]
