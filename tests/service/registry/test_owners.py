"""Owners have their days: a transfer ends one holding and begins another, two sources stand side by side."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.audit.models import AuditEntry
from ipfin.kernel.actor import SYSTEM
from ipfin.kernel.errors import BadInput, Conflict, InvalidTransition
from ipfin.registry.lifecycle import RowOutcome
from ipfin.registry.models import Enterprise, ImportRow, SettledFact, SourceConflict
from ipfin.registry.ownership import ConflictState
from ipfin.registry.service import undo_batch
from ipfin.registry.service.settling import change_holders, decide, reopen
from tests.lists import row
from tests.service.registry.owning import FIRST, LAST, LATER, A, B, C, former, owners, taken, the_patent

WHY = "已核对登记簿副本"
BETWEEN = date(2026, 3, 20)


def only(session: Session) -> SourceConflict:
    return session.scalars(select(SourceConflict)).one()


def counted(session: Session) -> dict[str, int]:
    session.expire_all()
    return {firm.name: firm.patent_count for firm in session.scalars(select(Enterprise))}


def test_a_transfer_between_two_lists_of_one_source_ends_the_one_holding_and_begins_the_other(
    session: Session,
) -> None:
    taken(session, row(1, firm=A))
    batch, _found = taken(session, row(1, firm=B), as_of=LATER)
    assert owners(session) == [(B, LATER)]
    assert former(session) == [(A, FIRST, LATER)]
    assert the_patent(session).holders_as_of == LATER
    assert session.scalars(select(SourceConflict)).all() == []
    undo_batch(session, SYSTEM, batch)
    assert (owners(session), former(session)) == ([(A, FIRST)], [])
    assert the_patent(session).holders_as_of == FIRST
    assert counted(session) == {A: 1}


def test_a_co_owner_who_stays_keeps_the_first_day(session: Session) -> None:
    taken(session, row(1, firm=f"{A}; {B}"))
    taken(session, row(1, firm=f"{A}; {C}"), as_of=LATER)
    assert owners(session) == [(A, FIRST), (C, LATER)]
    assert former(session) == [(B, FIRST, LATER)]


def test_a_list_that_says_the_same_moves_the_day_and_its_undo_gives_it_back(session: Session) -> None:
    taken(session, row(1, firm=A))
    batch, _found = taken(session, row(1, firm=A), as_of=LATER, source="乙库")
    patent = the_patent(session)
    assert (patent.holders_as_of, patent.holders_batch_id) == (LATER, batch.id)
    assert owners(session) == [(A, FIRST)]
    undo_batch(session, SYSTEM, batch)
    session.expire_all()
    assert patent.holders_as_of == FIRST
    assert patent.holders_batch_id != batch.id


def test_another_name_of_the_same_firm_is_no_transfer(session: Session) -> None:
    taken(session, row(1, firm=A), row(2, firm=B))
    firm = session.scalars(select(Enterprise).where(Enterprise.name == A)).one()
    for applicant in session.scalars(select(Enterprise).where(Enterprise.name == B)).one().applicants:
        applicant.enterprise = firm
    session.flush()
    taken(session, row(1, firm=B), as_of=LATER, source="乙库")
    assert former(session) == []
    assert (B, FIRST) in owners(session)
    assert session.scalars(select(SourceConflict)).all() == []


def test_an_older_list_changes_no_owner(session: Session) -> None:
    taken(session, row(1, firm=B), as_of=LATER)
    taken(session, row(1, firm=A), as_of=FIRST, source="乙库")
    assert owners(session) == [(B, LATER)]
    assert session.scalars(select(SourceConflict)).all() == []


def test_a_later_list_of_another_source_holds_and_is_put_beside_the_other(session: Session) -> None:
    taken(session, row(1, firm=A))
    batch, found = taken(session, row(1, firm=B), as_of=LATER, source="乙库")
    assert owners(session) == [(B, LATER)]
    conflict = only(session)
    assert (conflict.held["value"], conflict.held["source"], conflict.held["as_of"]) == (
        A,
        "甲库",
        "2026-03-05",
    )
    assert (conflict.told["value"], conflict.told["source"], conflict.told["as_of"]) == (
        B,
        "乙库",
        "2026-04-01",
    )
    assert (conflict.takes_effect, conflict.is_settled) == (True, False)
    assert found.steps[0].outcome is RowOutcome.CHANGED
    kept = session.scalars(select(ImportRow).where(ImportRow.batch_id == batch.id)).one()
    assert kept.code == "contested"
    assert batch.summary["rows_contested"] == 1
    assert batch.summary["warnings"][0]["code"] == "contested"


def test_a_transfer_that_the_list_itself_names_asks_nobody(session: Session) -> None:
    taken(session, row(1, firm=A))
    taken(session, row(1, firm=B, events="授权 | 权利转移"), as_of=LATER, source="乙库")
    assert owners(session) == [(B, LATER)]
    assert session.scalars(select(SourceConflict)).all() == []


@pytest.mark.parametrize(("as_of", "asks"), [(FIRST, True), (BETWEEN, True), (date(2026, 3, 4), False)])
def test_a_list_of_a_day_on_which_the_owner_is_known_to_have_held_it_is_a_contradiction(
    session: Session, as_of: date, asks: bool
) -> None:
    taken(session, row(1, firm=A))
    taken(session, row(1, firm=A), as_of=LATER)
    if as_of == FIRST:  # on the very day of the last word, too
        as_of = LATER
    taken(session, row(1, firm=B), as_of=as_of, source="乙库")
    assert owners(session) == [(A, FIRST)]
    found = session.scalars(select(SourceConflict)).all()
    assert [(each.takes_effect, each.state) for each in found] == [(False, ConflictState.OPEN)] * asks


def test_a_decision_for_the_former_owner_restores_it_and_can_be_taken_back(session: Session) -> None:
    taken(session, row(1, firm=A))
    taken(session, row(1, firm=B), as_of=LATER, source="乙库")
    decide(session, SYSTEM, only(session), ConflictState.HELD, reason=WHY)
    assert (owners(session), former(session)) == ([(A, FIRST)], [])
    assert counted(session) == {A: 1, B: 0}
    reopen(session, SYSTEM, only(session), reason="看错了")
    assert (owners(session), former(session)) == ([(B, LATER)], [(A, FIRST, LATER)])
    assert session.scalars(select(SettledFact)).all() == []
    said = [entry.action for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]
    assert said.count("registry.conflict.decided") == 2  # on the timeline of either firm
    assert said.count("registry.conflict.reopened") == 2


@pytest.mark.parametrize("state", [ConflictState.HELD, ConflictState.TOLD])
def test_what_a_person_turned_down_is_not_asked_again_and_a_third_owner_is(
    session: Session, state: ConflictState
) -> None:
    taken(session, row(1, firm=A))
    taken(session, row(1, firm=B), as_of=LATER, source="乙库")
    decide(session, SYSTEM, only(session), state, reason=WHY)
    stands, rejected = (A, B) if state is ConflictState.HELD else (B, A)
    batch, _found = taken(session, row(1, firm=rejected), as_of=LAST, source="丙库")
    assert [name for name, _since in owners(session)] == [stands]
    assert only(session).state is state
    assert session.scalars(select(ImportRow).where(ImportRow.batch_id == batch.id)).one().code == "settled"
    taken(session, row(1, firm=C), as_of=LAST, source="丙库")
    assert [name for name, _since in owners(session)] == [stands]
    assert session.scalars(select(SourceConflict).where(SourceConflict.state == ConflictState.OPEN)).one()


def test_a_batch_whose_conflict_was_decided_cannot_be_undone_before_the_decision(session: Session) -> None:
    taken(session, row(1, firm=A))
    batch, _found = taken(session, row(1, firm=B), as_of=LATER, source="乙库")
    decide(session, SYSTEM, only(session), ConflictState.HELD, reason=WHY)
    with pytest.raises(Conflict, match="请先撤销该决定"):
        undo_batch(session, SYSTEM, batch)
    reopen(session, SYSTEM, only(session), reason=WHY)
    undo_batch(session, SYSTEM, batch)
    assert owners(session) == [(A, FIRST)]
    assert session.scalars(select(SourceConflict)).all() == []


def test_a_conflict_that_a_later_list_settles_waits_no_more_until_that_is_undone(session: Session) -> None:
    taken(session, row(1, firm=A))
    taken(session, row(1, firm=B), as_of=LATER, source="乙库")
    batch, _found = taken(session, row(1, firm=C), as_of=LAST, source="乙库")
    assert only(session).state is ConflictState.SUPERSEDED
    with pytest.raises(InvalidTransition):
        decide(session, SYSTEM, only(session), ConflictState.HELD, reason=WHY)
    undo_batch(session, SYSTEM, batch)
    session.expire_all()
    assert only(session).state is ConflictState.OPEN


def test_a_decision_needs_a_reason(session: Session) -> None:
    taken(session, row(1, firm=A))
    taken(session, row(1, firm=B), as_of=LATER, source="乙库")
    with pytest.raises(BadInput):
        decide(session, SYSTEM, only(session), ConflictState.HELD, reason=" ")


# --- Accepted corrections -----------------------------------------------------------------------------


def correct(session: Session, day: date) -> None:
    """Take A out of the patent of A and B, as an accepted correction does."""
    patent = the_patent(session)
    left = [row.applicant_id for row in patent.holders if row.applicant.name == B]
    change_holders(session, SYSTEM, patent, left, on=day, evidence="更正申请样例")


def test_a_list_does_not_bring_back_what_an_accepted_correction_took_out(session: Session) -> None:
    taken(session, row(1, firm=f"{A}; {B}"))
    correct(session, BETWEEN)
    assert (owners(session), former(session)) == ([(B, FIRST)], [(A, FIRST, BETWEEN)])
    assert counted(session) == {A: 0, B: 1}
    batch, _found = taken(session, row(1, firm=f"{A}; {B}"), as_of=LATER)
    assert owners(session) == [(B, FIRST)]
    conflict = only(session)
    assert (conflict.is_settled, conflict.takes_effect) == (True, False)
    assert conflict.held["evidence"] == "更正申请样例"
    assert "列表与已核准的更正不一致" in batch.summary["warnings"][0]["message"]["template"]
    # Once more the same list: still one thing to decide.
    taken(session, row(1, firm=f"{A}; {B}"), as_of=LAST)
    assert only(session).id == conflict.id


@pytest.mark.parametrize("as_of", [date(2026, 3, 10), BETWEEN])
def test_a_list_of_the_day_of_the_correction_or_before_is_only_older(session: Session, as_of: date) -> None:
    taken(session, row(1, firm=f"{A}; {B}"))
    correct(session, BETWEEN)
    taken(session, row(1, firm=C), as_of=as_of)
    assert owners(session) == [(B, FIRST)]
    assert session.scalars(select(SourceConflict)).all() == []


def test_the_list_can_be_taken_against_a_correction_and_the_correction_restored(session: Session) -> None:
    taken(session, row(1, firm=f"{A}; {B}"))
    correct(session, BETWEEN)
    taken(session, row(1, firm=C), as_of=LATER)
    assert C not in counted(session)  # a firm that nobody accepted yet is not in the registry
    decide(session, SYSTEM, only(session), ConflictState.TOLD, reason=WHY)
    assert owners(session) == [(C, LATER)]
    assert counted(session) == {A: 0, B: 0, C: 1}
    assert session.scalars(select(SettledFact).where(SettledFact.ended_by_conflict_id.is_not(None))).one()
    reopen(session, SYSTEM, only(session), reason=WHY)
    assert owners(session) == [(B, FIRST)]
    assert session.scalars(select(SettledFact)).one().ended_by_conflict_id is None


def test_the_list_from_before_a_correction_cannot_be_undone_over_it(session: Session) -> None:
    batch, _found = taken(session, row(1, firm=f"{A}; {B}"))
    correct(session, BETWEEN)
    with pytest.raises(Conflict, match="更正核准"):
        undo_batch(session, SYSTEM, batch)
