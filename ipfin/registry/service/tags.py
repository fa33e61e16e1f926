"""Labels that the office gives firms for its own work."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import BadInput, Conflict
from ipfin.kernel.text import _
from ipfin.registry.models import Enterprise, EnterpriseTag

LONGEST_TAG = 20
MOST_TAGS = 12  # of one firm; more say nothing


def add_tag(session: Session, actor: Actor, firm: Enterprise, name: str) -> EnterpriseTag:
    """Give `firm` a label; one that it has is returned as it is.

    Raises:
        BadInput: empty or too long.
        Conflict: the firm has as many as it may.
    """
    tidy = " ".join(name.split())
    if not tidy or len(tidy) > LONGEST_TAG:
        raise BadInput(_("标签应为1至%(most)s个字。", most=LONGEST_TAG), field="name")
    of_firm = EnterpriseTag.enterprise_id == firm.id
    known = session.scalar(select(EnterpriseTag).where(of_firm, EnterpriseTag.name == tidy))
    if known is not None:
        return known
    if (session.scalar(select(func.count()).select_from(EnterpriseTag).where(of_firm)) or 0) >= MOST_TAGS:
        raise Conflict(_("一家企业最多%(most)s个标签。", most=MOST_TAGS), field="name")
    tag = EnterpriseTag(enterprise_id=firm.id, name=tidy, set_by=actor.name, set_at=now_utc())
    session.add(tag)
    session.flush()
    record(session, actor, "registry.tag.added", f"enterprise:{firm.id}", name=firm.name, tag=tidy)
    return tag


def remove_tag(session: Session, actor: Actor, firm: Enterprise, name: str) -> None:
    """Take a label from `firm`; one that it has not is gone already."""
    tag = session.scalar(
        select(EnterpriseTag).where(EnterpriseTag.enterprise_id == firm.id, EnterpriseTag.name == name)
    )
    if tag is None:
        return
    session.delete(tag)
    session.flush()
    record(session, actor, "registry.tag.removed", f"enterprise:{firm.id}", name=firm.name, tag=name)
