"""Filing, handling and deciding requests for correction. Callers own the transaction."""

from __future__ import annotations

from ipfin.corrections.service.deciding import accept, ask_for_more, refer, refuse
from ipfin.corrections.service.filing import file_request, supplement, withdraw

__all__ = ["accept", "ask_for_more", "file_request", "refer", "refuse", "supplement", "withdraw"]
