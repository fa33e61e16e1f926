"""What firms were asked to declare."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.bulk import in_chunks
from ipfin.kernel.errors import NotFound
from ipfin.kernel.text import _
from ipfin.whitelist.declarations import AskState
from ipfin.whitelist.models import ScoreSheet
from ipfin.whitelist.models.declarations import DeclarationRequest
from ipfin.whitelist.scoring import ScoreSheet as Sheet


def declarations_of(session: Session, enterprise_id: int) -> Sequence[DeclarationRequest]:
    """Return every request to a firm, the latest first."""
    return session.scalars(
        select(DeclarationRequest)
        .where(DeclarationRequest.enterprise_id == enterprise_id)
        .order_by(DeclarationRequest.id.desc())
    ).all()


def standing_asks(session: Session, enterprise_id: int) -> dict[str, DeclarationRequest]:
    """Return the request that stands for each indicator."""
    rows = declarations_of(session, enterprise_id)
    return {row.code: row for row in rows if row.withdrawn_on is None}


def known_codes(session: Session, enterprise_id: int) -> frozenset[str]:
    """Return the indicators that have a value on the firm's last sheet; none without one."""
    stored = session.scalar(
        select(ScoreSheet)
        .where(ScoreSheet.enterprise_id == enterprise_id)
        .order_by(ScoreSheet.id.desc())
        .limit(1)
    )
    if stored is None:
        return frozenset()
    return frozenset(line.code for line in Sheet.from_json(stored.body).lines if line.value is not None)


def declaration_by_id(session: Session, enterprise_id: int, number: int) -> DeclarationRequest:
    """Return one request to a firm.

    Raises:
        NotFound: there is none.
    """
    found = session.get(DeclarationRequest, number)
    if found is None or found.enterprise_id != enterprise_id:
        raise NotFound(_("没有这项申报要求。"))
    return found


def defaulted_codes(session: Session, enterprise_ids: Collection[int], on: date) -> dict[int, frozenset[str]]:
    """Return of each firm what it was asked to declare and had not by the deadline, as of day `on`."""
    found: dict[int, set[str]] = {}
    for chunk in in_chunks(sorted(enterprise_ids)):
        rows = session.scalars(
            select(DeclarationRequest).where(
                DeclarationRequest.enterprise_id.in_(chunk), DeclarationRequest.due_on < on
            )
        )
        for row in rows:
            if row.ask.state(on) is AskState.OVERDUE:
                found.setdefault(row.enterprise_id, set()).add(row.code)
    return {firm: frozenset(codes) for firm, codes in found.items()}
