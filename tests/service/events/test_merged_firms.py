"""What events keep of a firm follows it into a merge, and back again when the merge is undone."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, true
from sqlalchemy.orm import Session

from ipfin.events.lifecycle import EventState, RegistrationState
from ipfin.events.models import EventInvitation, Registration, TrainingRecord
from ipfin.events.queries.invitations import Answered, invited_to
from ipfin.events.queries.merging import FOLLOWS
from ipfin.events.service import invite_firms
from ipfin.kernel.actor import SYSTEM
from ipfin.kernel.errors import Conflict
from ipfin.registry.models import Enterprise, EnterpriseMerge
from ipfin.registry.service import decide_same, undo_merge
from ipfin.reports.queries import merge_holds
from tests.factories import NOW, Make


def merged(session: Session, make: Make, keep: Enterprise, gone: Enterprise) -> EnterpriseMerge:
    pair = make.match_candidate(keep, gone)
    why: dict[str, Any] = {"reason": "更名", "holds": (merge_holds,), "follows": FOLLOWS}
    return decide_same(session, SYSTEM, pair, survivor_id=keep.id, **why)


def owners(session: Session) -> list[tuple[str, int, int | None]]:
    return [
        (model.__tablename__, row.id, row.enterprise_id)
        for model in (EventInvitation, Registration, TrainingRecord)
        for row in session.scalars(select(model).order_by(model.id).execution_options(populate_existing=True))
    ]


def test_invitations_follow_the_survivor_who_is_never_asked_twice(session: Session, make: Make) -> None:
    keep, gone = make.enterprise(credit_code=None), make.enterprise(credit_code=None)
    both, only = make.event(), make.event()
    for firm in (keep, gone):
        make.event_invitation(both, enterprise=firm)
    make.event_invitation(only, enterprise=gone, declined_at=NOW, declined_by="用户", declined_reason="出差")
    before = owners(session)
    merge = merged(session, make, keep, gone)
    assert [one.enterprise.id for one in invited_to(session, both, true())] == [keep.id]
    asked = [(one.enterprise.id, one.answered) for one in invited_to(session, only, true())]
    assert asked == [(keep.id, Answered.DECLINED)]
    for event in (both, only):
        again = invite_firms(session, SYSTEM, event, [keep], now=NOW)
        assert (again.new, again.known) == (0, 1)
    undo_merge(session, SYSTEM, merge, reason="看错了", follows=FOLLOWS)
    assert owners(session) == before
    assert [one.enterprise.id for one in invited_to(session, both, true())] == [keep.id, gone.id]


def test_what_is_over_follows_unless_both_were_there(session: Session, make: Make) -> None:
    keep, gone = make.enterprise(credit_code=None), make.enterprise(credit_code=None)
    both, only, coming = (
        make.event(state=EventState.FINISHED),
        make.event(state=EventState.FINISHED),
        make.event(),
    )
    make.registration(both, enterprise=keep)
    behind = make.registration(both, enterprise=gone)
    follows = make.registration(only, enterprise=gone)
    left = make.registration(coming, enterprise=gone, state=RegistrationState.CANCELLED)
    certified = make.training_record(follows)
    before = owners(session)
    merge = merged(session, make, keep, gone)
    held = {(table, row_id): firm for table, row_id, firm in owners(session)}
    assert held["registration", behind.id] == gone.id
    assert {held["registration", row.id] for row in (follows, left)} == {keep.id}
    assert held["training_record", certified.id] == keep.id
    undo_merge(session, SYSTEM, merge, reason="看错了", follows=FOLLOWS)
    assert owners(session) == before


def test_a_place_at_a_coming_event_keeps_its_firm(session: Session, make: Make) -> None:
    keep, gone = make.enterprise(credit_code=None), make.enterprise(credit_code=None)
    for firm in (keep, gone):
        make.registration(make.event(), enterprise=firm)
    with pytest.raises(Conflict, match="双方都有：已报名活动"):
        merged(session, make, keep, gone)
