"""Admissions: which firms are on the whitelist, on which day, by which round."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, joinedload

from ipfin.bulk import in_chunks
from ipfin.kernel.text import Text, _
from ipfin.registry.models import Enterprise
from ipfin.whitelist.models import Admission, ScoreSheet


def in_force(on: date) -> ColumnElement[bool]:
    """Return the condition that an admission holds on day `on`."""
    return and_(
        Admission.valid_from <= on,
        Admission.valid_until > on,
        or_(Admission.ended_on.is_(None), Admission.ended_on > on),
    )


def current_admission(session: Session, enterprise_id: int, on: date) -> Admission | None:
    """Return the firm's admission that holds on day `on`."""
    return session.scalar(select(Admission).where(Admission.enterprise_id == enterprise_id, in_force(on)))


def admitted_firms(session: Session, round_id: int) -> Sequence[Admission]:
    """Return the admissions that a round made, by name."""
    return session.scalars(
        select(Admission)
        .join(Enterprise)
        .where(Admission.round_id == round_id)
        .options(joinedload(Admission.enterprise))
        .order_by(Enterprise.pinyin_key, Enterprise.id)
    ).all()


def dependents(session: Session, enterprise_ids: Collection[int]) -> list[Text]:
    """Say what of the whitelist depends on these enterprises, so that an undo can be refused in words."""
    for chunk in in_chunks(enterprise_ids):
        firm = session.scalar(
            select(Enterprise.name)
            .join(ScoreSheet, ScoreSheet.enterprise_id == Enterprise.id)
            .where(Enterprise.id.in_(chunk))
            .limit(1)
        )
        if firm:
            return [_("%(firm)s等企业已有评分记录，本批次不能撤销。", firm=firm)]
    return []
