"""The office's own labels of firms: those of one, and how many firms of a list bear each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from ipfin.registry.models import Enterprise, EnterpriseTag
from ipfin.registry.queries import EnterpriseFilter, narrowed

MOST_OFFERED = 40


def tags_of(session: Session, enterprise_id: int) -> Sequence[EnterpriseTag]:
    """Return the labels of a firm, the oldest first."""
    return session.scalars(
        select(EnterpriseTag).where(EnterpriseTag.enterprise_id == enterprise_id).order_by(EnterpriseTag.id)
    ).all()


def tag_facet(
    session: Session, visible: ColumnElement[bool], wanted: EnterpriseFilter
) -> Sequence[tuple[str, int]]:
    """Return (label, firms) of the list without its label filter, the most frequent first."""
    where = narrowed(session, visible, replace(wanted, tag="")).where
    rows = session.execute(
        select(EnterpriseTag.name, func.count())
        .join(Enterprise, Enterprise.id == EnterpriseTag.enterprise_id)
        .where(*where)
        .group_by(EnterpriseTag.name)
        .order_by(func.count().desc(), EnterpriseTag.name)
        .limit(MOST_OFFERED)
    )
    return [(name, count) for name, count in rows]
