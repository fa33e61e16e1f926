"""Who acts in the story: two officers and two banks, made here because lists do not tell them."""

from __future__ import annotations

import secrets

from sqlalchemy.orm import Session

from ipfin.accounts.models import Organisation, OrganisationKind
from ipfin.accounts.queries import actor_for
from ipfin.accounts.service import create_organisation, create_user
from ipfin.kernel.actor import SYSTEM, Actor, Role
from ipfin.kernel.clock import now_utc
from ipfin.kernel.text import _
from ipfin.reference import seed_reference
from ipfin.story.telling import Story


def tell_people(story: Story) -> None:
    """Make the two officers and the two banks."""
    with story.step("people", _("机构与人员")) as step, story.work() as session:
        seed_reference(session, story.settings)
        office = _organisation(session, OrganisationKind.CITY_OFFICE, story.settings.office_name)
        story.maker = _person(story, session, office, Role.CITY_OFFICER, "经办人", "maker@story.invalid")
        story.checker = _person(story, session, office, Role.CITY_OFFICER, "复核人", "checker@story.invalid")
        story.banks = [
            _person(
                story,
                session,
                _organisation(session, OrganisationKind.BANK, name),
                Role.BANK,
                "客户经理",
                f"bank{number}@story.invalid",
            )
            for number, name in enumerate(("示例银行甲", "示例银行乙"), start=1)
        ]
        step.count(_("工作人员"), 2)
        step.count(_("银行"), len(story.banks))


def _person(
    story: Story, session: Session, organisation: Organisation, role: Role, name: str, email: str
) -> Actor:
    user = create_user(
        session,
        SYSTEM,
        organisation_id=organisation.id,
        role=role,
        name=name,
        email=email,
        password=secrets.token_urlsafe(24),  # nobody signs in here
        now=now_utc(),
        settings=story.settings,
    )
    return actor_for(session, user)


def _organisation(session: Session, kind: OrganisationKind, name: str) -> Organisation:
    return create_organisation(session, SYSTEM, kind=kind, name=name, now=now_utc())
