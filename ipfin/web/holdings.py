"""What the kinds of holding that lists can be narrowed to are called."""

from __future__ import annotations

from ipfin.registry.holdings import HOLDING_LABELS

__all__ = ["HOLDING_LABELS"]
