"""What the firm of the demonstration opened: two consents to a bank, one to the insurer, one taken back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.accounts.models import User
from ipfin.accounts.queries import actor_for, own_enterprise
from ipfin.consent.models import Consent
from ipfin.consent.purposes import FieldSet, Purpose
from ipfin.consent.rules import usual_last_day
from ipfin.consent.service import propose, set_contact
from ipfin.reports.service.consent_acts import give_consents, withdraw_consents

CONTACTS: Mapping[str, str] = {
    "bank@demo.invalid": "数据合规部 0372-0000001 privacy@huanshui.invalid",
    "bank2@demo.invalid": "数据合规部 0372-0000002 privacy@taihang.invalid",
    "insurer@demo.invalid": "客户服务部 0372-0000003 privacy@yindu.invalid",
    "guarantor@demo.invalid": "风险管理部 0372-0000004 privacy@danbao.invalid",
}


def open_to_institutions(session: Session, firm_account: str, on: date) -> None:
    """Let institutions say where they are reached, and the firm open something to three of them."""
    people = {
        email: session.scalars(select(User).where(User.email == email)).one()
        for email in (*CONTACTS, firm_account)
    }
    for email, contact in CONTACTS.items():
        set_contact(session, actor_for(session, people[email]), contact)
    owner = actor_for(session, people[firm_account])
    firm = own_enterprise(session, owner)

    def give(email: str, purpose: Purpose, *sets: FieldSet) -> list[Consent]:
        proposals = propose(
            session,
            firm,
            recipient_ids=[people[email].organisation_id],
            purpose=purpose,
            field_sets=sets,
            last=usual_last_day(on),
            on=on,
        )
        return give_consents(session, owner, firm, proposals)

    give("bank@demo.invalid", Purpose.FINANCING, FieldSet.DECLARED, FieldSet.CONTACTS)
    give("insurer@demo.invalid", Purpose.INSURANCE, FieldSet.CONTACTS)
    withdraw_consents(session, owner, give("bank2@demo.invalid", Purpose.FINANCING, FieldSet.DECLARED))
