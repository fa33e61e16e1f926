"""From a user's row to the actor that rules and services ask for, and from an actor to his firm."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.accounts.models import User
from ipfin.accounts.queries.scope import enterprises_visible_to
from ipfin.kernel.actor import Actor, Role
from ipfin.kernel.errors import NotFound
from ipfin.kernel.text import _
from ipfin.registry.models import Enterprise, Region


def actor_for(session: Session, user: User) -> Actor:
    """Return who `user` is for the rules; a county officer with all regions below his office's."""
    organisation = user.organisation
    regions: frozenset[str] = frozenset()
    if user.role is Role.COUNTY_OFFICER and organisation.region_code is not None:
        regions = regions_below(session, organisation.region_code)
    return Actor(
        user_id=user.id,
        name=user.name,
        role=user.role,
        organisation_id=organisation.id,
        organisation_name=organisation.name,
        enterprise_id=organisation.enterprise_id if user.role is Role.ENTERPRISE else None,
        region_codes=regions,
    )


def regions_below(session: Session, code: str) -> frozenset[str]:
    """Return `code` and the codes of all regions below it, at any depth."""
    below = select(Region.code).where(Region.code == code).cte("below", recursive=True)
    below = below.union(select(Region.code).join(below, Region.parent_code == below.c.code))
    return frozenset(session.scalars(select(below.c.code))) | {code}


def own_enterprise(session: Session, actor: Actor) -> Enterprise:
    """Return the firm that `actor` belongs to.

    Raises:
        NotFound: somebody who belongs to none.
    """
    firm = None
    if actor.enterprise_id is not None:
        is_own = Enterprise.id == actor.enterprise_id
        firm = session.scalar(select(Enterprise).where(is_own, enterprises_visible_to(actor)))
    if firm is None:
        raise NotFound(_("您的账号没有关联企业，请联系市局。"))
    return firm
