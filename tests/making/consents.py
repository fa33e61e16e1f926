"""Consents of firms, what was done to them and who used them."""

from __future__ import annotations

from datetime import date
from typing import Any

from ipfin.accounts.models import Organisation
from ipfin.consent.models import Consent, ConsentAct, ConsentRecipient, ConsentUse, UseKind
from ipfin.consent.purposes import FieldSet, Purpose
from ipfin.consent.rules import WORDING, ConsentState, Recipient, Terms, digest, statement
from ipfin.registry.models import Enterprise
from tests.making.base import NOW, public_id
from tests.making.people import MakePeople

CONSENTED_FROM, CONSENTED_UNTIL = date(2026, 1, 1), date(2100, 1, 1)


class MakeConsents(MakePeople):
    """What a firm opened to institutions; in force on every day of a test by default."""

    def consent(
        self, enterprise: Enterprise | None = None, organisation: Organisation | None = None, **overrides: Any
    ) -> Consent:
        """Save a consent to the declared figures for financing."""
        bank = organisation or self.organisation()
        firm = enterprise or self.enterprise()
        told = statement(
            firm.name,
            Recipient(bank.name, "0372-0000000"),
            Purpose.FINANCING,
            FieldSet.DECLARED,
            Terms(ConsentState.GIVEN, CONSENTED_FROM, CONSENTED_UNTIL),
        )
        said = [sentence.as_json() for sentence in told]
        defaults: dict[str, Any] = {
            "public_id": public_id("consent", self.number()),
            "enterprise_id": firm.id,
            "organisation_id": bank.id,
            "recipient_name": bank.name,
            "purpose": Purpose.FINANCING,
            "field_set": FieldSet.DECLARED,
            "starts_on": CONSENTED_FROM,
            "until": CONSENTED_UNTIL,
            "state": ConsentState.GIVEN,
            "statement": said,
            "statement_sha256": digest(said),
            "wording": WORDING,
            "given_by": "用户",
            "given_at": NOW,
        }
        return self.save(Consent, defaults, overrides)

    def consent_act(self, consent: Consent | None = None, **overrides: Any) -> ConsentAct:
        about = consent or self.consent()
        defaults: dict[str, Any] = {
            "consent_id": about.id,
            "state": about.state,
            "until_after": about.until,
            "by": "用户",
            "at": NOW,
        }
        return self.save(ConsentAct, defaults, overrides)

    def consent_use(self, consent: Consent | None = None, **overrides: Any) -> ConsentUse:
        about = consent or self.consent()
        defaults: dict[str, Any] = {
            "enterprise_id": about.enterprise_id,
            "organisation_id": about.organisation_id,
            "organisation_name": about.recipient_name,
            "person": "用户",
            "kind": UseKind.VIEW,
            "purpose": about.purpose,
            "field_sets": about.field_set.value,
            "at": NOW,
        }
        return self.save(ConsentUse, defaults, overrides)

    def consent_recipient(
        self, organisation: Organisation | None = None, **overrides: Any
    ) -> ConsentRecipient:
        defaults: dict[str, Any] = {
            "organisation_id": (organisation or self.organisation()).id,
            "contact": "样例合规部 0372-0000000",
            "updated_by": "用户",
            "updated_at": NOW,
        }
        return self.save(ConsentRecipient, defaults, overrides)
