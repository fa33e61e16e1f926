"""What the pages of one firm share: the firm itself."""

from __future__ import annotations

from sqlalchemy import and_
from sqlalchemy.orm import Session

from ipfin.accounts.queries import enterprises_visible_to
from ipfin.registry.models import Enterprise
from ipfin.registry.queries import enterprise_by_public_id, stands_for_itself
from ipfin.web.signing_in import actor


def firm_here(session: Session, public_id: str) -> Enterprise:
    """Return the firm behind an address of the person's own; one that was merged away has no such pages.

    Raises:
        NotFound: there is none, not for this person, or it stands for another one no more.
    """
    seen = and_(enterprises_visible_to(actor()), stands_for_itself())
    return enterprise_by_public_id(session, seen, public_id)
