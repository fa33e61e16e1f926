"""What of a firm is contested, as the pages of the office and of the firm itself mark it.

Institutions are told less: what is contested, without the request (`corrections.queries.contested`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from ipfin.corrections.items import ITEM_LABELS, Item
from ipfin.corrections.models import CorrectionRequest
from ipfin.corrections.queries import Contested, contested_of, requests_of
from ipfin.corrections.rules import OPEN
from ipfin.kernel.text import Text


@dataclass(frozen=True, slots=True)
class Dispute:
    """What is contested now, and the open requests that say so, the oldest first."""

    requests: Sequence[CorrectionRequest]
    contested: Contested
    labels: Mapping[Item, Text]

    def about(self, *items: str) -> bool:
        """Whether one of these items is contested."""
        return bool(self.contested.items & set(items))


def dispute_of(session: Session, enterprise_id: int) -> Dispute:
    """Return what of a firm is contested; whoever asks may see the firm's requests."""
    opened = [each for each in requests_of(session, enterprise_id) if each.state in OPEN]
    if not opened:
        return Dispute((), Contested(), ITEM_LABELS)
    return Dispute(opened[::-1], contested_of(session, enterprise_id, with_conduct=True), ITEM_LABELS)
