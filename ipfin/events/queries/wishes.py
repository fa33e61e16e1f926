"""Whom a participant has not answered yet."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from ipfin.events.lifecycle import RegistrationState
from ipfin.events.models import Registration, Wish


def unanswered_asks(session: Session, registration_ids: Collection[int]) -> dict[int, int]:
    """Return registration id -> how many confirmed participants ask to meet it and have no word from it."""
    heard, said, asker = aliased(Wish), aliased(Wish), aliased(Registration)
    rows = session.execute(
        select(heard.to_registration_id, func.count())
        .join(asker, asker.id == heard.from_registration_id)
        .outerjoin(
            said,
            and_(
                said.from_registration_id == heard.to_registration_id,
                said.to_registration_id == heard.from_registration_id,
            ),
        )
        .where(
            heard.to_registration_id.in_(registration_ids),
            heard.strength > 0,
            asker.state == RegistrationState.CONFIRMED,
            said.id.is_(None),
        )
        .group_by(heard.to_registration_id)
    )
    return dict(rows.all())
