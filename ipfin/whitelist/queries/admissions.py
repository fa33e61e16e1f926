"""Admissions: which firms are on the whitelist, on which day, by which round."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from ipfin.bulk import in_chunks
from ipfin.kernel.errors import NotFound
from ipfin.kernel.paging import Page, decode_cursor, page_of
from ipfin.kernel.text import Text, _
from ipfin.registry.models import Enterprise
from ipfin.registry.queries import keyset
from ipfin.whitelist.models import Admission, ScoreSheet, WhitelistRound
from ipfin.whitelist.scoring import Grade


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


def grades_in_force(session: Session, enterprise_ids: Collection[int], on: date) -> dict[int, Grade]:
    """Return the grades of those of these firms that are on the whitelist on day `on`."""
    found: dict[int, Grade] = {}
    for chunk in in_chunks(enterprise_ids):
        rows = select(Admission.enterprise_id, Admission.grade).where(
            Admission.enterprise_id.in_(chunk), in_force(on)
        )
        found |= dict(session.execute(rows).all())
    return found


def admissions_page(
    session: Session, visible: ColumnElement[bool], on: date, *, cursor: str | None, size: int = 50
) -> Page[Admission]:
    """Return one page of the whitelist as of a day, of the firms that `visible` names, best score first."""
    where = [in_force(on), visible]
    place = decode_cursor(cursor, order="graded", types=(int,)) if cursor else None
    joined = select(Admission).join(Enterprise, Enterprise.id == Admission.enterprise_id).where(*where)
    statement = keyset(
        joined.options(joinedload(Admission.enterprise)),
        Admission.graded_e4,
        Admission.id,
        place,
        ascending=False,
        size=size,
    )
    rows = session.scalars(statement).all()
    total = session.scalar(select(func.count()).select_from(joined.order_by(None).subquery()))
    return page_of(
        rows, size=size, cursor=place, place=lambda a: ((a.graded_e4,), a.id), order="graded", total=total
    )


def admissions_on(
    session: Session, visible: ColumnElement[bool], on: date, *, most: int
) -> Sequence[Admission]:
    """Return at most so many admissions of the whitelist as of a day, best score first."""
    return session.scalars(
        select(Admission)
        .join(Enterprise, Enterprise.id == Admission.enterprise_id)
        .where(in_force(on), visible)
        .options(joinedload(Admission.enterprise))
        .order_by(Admission.graded_e4.desc(), Admission.id.desc())
        .limit(most)
    ).all()


def round_numbers(session: Session, admissions: Collection[Admission]) -> dict[int, int]:
    """Return the number of each admission's round, by the round's id."""
    ids = {admission.round_id for admission in admissions}
    rows = session.execute(select(WhitelistRound.id, WhitelistRound.number).where(WhitelistRound.id.in_(ids)))
    return {row.id: row.number for row in rows}


def admission_by_id(session: Session, admission_id: int, visible: ColumnElement[bool]) -> Admission:
    """Return an admission.

    Raises:
        NotFound: there is none, or it is not of a firm that `visible` names.
    """
    found = session.scalar(
        select(Admission)
        .join(Enterprise, Enterprise.id == Admission.enterprise_id)
        .where(Admission.id == admission_id, visible)
        .options(joinedload(Admission.enterprise))
    )
    if found is None:
        raise NotFound(_("没有这条入选记录。"))
    return found


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
