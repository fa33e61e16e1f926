"""Requests for correction."""

from __future__ import annotations

from datetime import date
from typing import Any

from ipfin.corrections.items import Item
from ipfin.corrections.models import CorrectionAct, CorrectionProof, CorrectionRequest
from ipfin.corrections.rules import RequestState
from ipfin.registry.models import Enterprise
from tests.making.base import NOW, TODAY, public_id
from tests.making.whitelist import MakeWhitelist


class MakeCorrections(MakeWhitelist):
    """What firms contest."""

    def correction_request(self, enterprise: Enterprise | None = None, **overrides: Any) -> CorrectionRequest:
        """Save an open request about the firm's address."""
        defaults: dict[str, Any] = {
            "public_id": public_id("correct", self.number()),
            "enterprise_id": (enterprise or self.enterprise()).id,
            "item": Item.ADDRESS,
            "wanted": "样例路1号",
            "reason": "样例理由",
            "state": RequestState.SUBMITTED,
            "filed_on": TODAY,
            "due_on": date(2026, 3, 10),
            "filed_by": "用户",
            "filed_at": NOW,
        }
        return self.save(CorrectionRequest, defaults, overrides)

    def correction_act(self, request: CorrectionRequest | None = None, **overrides: Any) -> CorrectionAct:
        about = request or self.correction_request()
        defaults: dict[str, Any] = {"request_id": about.id, "state": about.state, "by": "用户", "at": NOW}
        return self.save(CorrectionAct, defaults, overrides)

    def correction_proof(self, request: CorrectionRequest | None = None, **overrides: Any) -> CorrectionProof:
        about = request or self.correction_request()
        defaults: dict[str, Any] = {"request_id": about.id}
        if "document_id" not in overrides:
            defaults["document_id"] = self.document().id
        return self.save(CorrectionProof, defaults, overrides)
