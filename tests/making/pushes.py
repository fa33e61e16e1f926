"""Pushes of institutions and the candidates that the office makes of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from ipfin.accounts.models import Organisation, OrganisationKind
from ipfin.conduct.rules import ConductCode
from ipfin.pushes.answers import LineState, Match
from ipfin.pushes.models import CandidatePush, PushLine
from ipfin.registry.models import Enterprise
from ipfin.whitelist.gate_tasks import TaskKind
from ipfin.whitelist.models import CandidateProposal, GateTask
from tests.making.base import NOW, TODAY, public_id
from tests.making.screening import MakeScreening


class MakePushes(MakeScreening):
    """What institutions send, and what becomes of it."""

    def push(self, organisation: Organisation | None = None, **overrides: Any) -> CandidatePush:
        number = self.number()
        defaults: dict[str, Any] = {
            "public_id": public_id("psh", number),
            "organisation": organisation or self.organisation(OrganisationKind.BANK),
            "note": "",
            "made_on": TODAY,
            "made_by": "用户",
            "made_at": NOW,
            "rows_count": 1,
            "found_count": 1,
        }
        return self.save(CandidatePush, defaults, overrides)

    def push_line(self, enterprise: Enterprise | None = None, **overrides: Any) -> PushLine:
        """Save a firm that was found and waits for the office."""
        firm = enterprise or self.enterprise()
        defaults: dict[str, Any] = {
            "push": overrides.pop("push", None) or self.push(),
            "row_number": self.number(),
            "said": firm.name,
            "match": Match.NAME,
            "enterprise": firm,
            "valid_count": 1,
            "invention_count": 0,
            "is_admitted": False,
            "is_irregular": False,
            "state": LineState.WAITING,
        }
        return self.save(PushLine, defaults, overrides)

    def gate_task(self, enterprise: Enterprise | None = None, **overrides: Any) -> GateTask:
        """Save a firm that is to be let back in; due on the day after `TODAY`."""
        number = self.number()
        defaults: dict[str, Any] = {
            "enterprise": enterprise or self.enterprise(),
            "kind": TaskKind.LIFT,
            "cause": f"record:{number}",
            "code": ConductCode.E05,
            "arose_on": TODAY,
            "due_on": TODAY + timedelta(days=1),
            "opened_at": NOW,
        }
        return self.save(GateTask, defaults, overrides)

    def proposal(self, enterprise: Enterprise | None = None, **overrides: Any) -> CandidateProposal:
        """Save a confirmed firm that waits for the next round."""
        organisation = overrides.pop("organisation", None) or self.organisation(OrganisationKind.BANK)
        defaults: dict[str, Any] = {
            "enterprise": enterprise or self.enterprise(),
            "organisation_id": organisation.id,
            "organisation_name": organisation.name,
            "confirmed_on": TODAY,
            "confirmed_by": "用户",
            "confirmed_at": NOW,
        }
        return self.save(CandidateProposal, defaults, overrides)
