"""Lists that come in after a merge: the survivor gets the patents, and an undo of a list keeps the edges."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.kernel.actor import SYSTEM
from ipfin.kernel.errors import Conflict
from ipfin.registry.models import Enterprise, EnterpriseMerge, MatchCandidate
from ipfin.registry.service import decide_same, find_candidates, undo_batch, undo_merge
from tests.factories import Make
from tests.lists import row
from tests.service.registry.test_import_lists import take_in

KEPT, GONE = "样例红旗渠机械有限公司", "样例红旗渠机械有限责任公司"


def firm(session: Session, name: str) -> Enterprise:
    session.expire_all()
    return session.scalars(select(Enterprise).where(Enterprise.name == name)).one()


def merged(session: Session) -> EnterpriseMerge:
    find_candidates(session, SYSTEM)
    pair = session.scalars(select(MatchCandidate)).one()
    made = decide_same(
        session, SYSTEM, pair, survivor_id=firm(session, KEPT).id, reason="更名", holds=(), follows=()
    )
    session.commit()
    return made


def test_a_list_that_names_the_merged_firm_adds_to_the_survivor(session: Session, tmp_path: Path) -> None:
    take_in(session, tmp_path, [row(1, firm=KEPT), row(2, firm=GONE)])
    merged(session)
    take_in(session, tmp_path, [row(3, firm=GONE)])
    assert (firm(session, KEPT).patent_count, firm(session, GONE).patent_count) == (3, 0)


def test_a_merged_name_without_an_applicant_leads_to_the_survivor_too(
    session: Session, make: Make, tmp_path: Path
) -> None:
    for name in (KEPT, GONE):
        make.enterprise(name=name, credit_code=None)
    session.commit()
    merged(session)
    take_in(session, tmp_path, [row(3, firm=GONE)])
    assert (firm(session, KEPT).patent_count, firm(session, GONE).patent_count) == (1, 0)


def test_a_batch_of_a_survivor_cannot_be_undone_before_its_merge(session: Session, tmp_path: Path) -> None:
    batch, _plan = take_in(session, tmp_path, [row(1, firm=KEPT), row(2, firm=GONE)])
    made = merged(session)
    with pytest.raises(Conflict, match="先撤销这次归并"):
        undo_batch(session, SYSTEM, batch)
    session.rollback()
    undo_merge(session, SYSTEM, made, reason="看错了", follows=())
    undo_batch(session, SYSTEM, batch)
    assert session.scalars(select(Enterprise)).all() == []
    assert session.scalars(select(MatchCandidate)).all() == []
