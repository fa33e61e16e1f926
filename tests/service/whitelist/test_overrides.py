"""An override counts when two persons stand for it, and nobody overwrites what he has not read."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ipfin.kernel.actor import Actor, Role
from ipfin.kernel.errors import BadInput, Conflict, NotAllowed
from ipfin.whitelist.admission import EntryOutcome, RoundState
from ipfin.whitelist.models import RoundEntry, WhitelistRound
from ipfin.whitelist.scoring import Grade
from ipfin.whitelist.service import (
    StaleEntry,
    approve_override,
    drop_override,
    open_notice,
    prepare_round,
    propose_override,
    publish_round,
    submit_round,
)
from ipfin.worker.database import unit_of_work_on
from tests.factories import Make

DAY = date(2026, 3, 5)
MAKER = Actor(user_id=1, name="甲", role=Role.CITY_OFFICER)
CHECKER = Actor(user_id=2, name="乙", role=Role.CITY_OFFICER)


def drafted(session: Session, make: Make, grade: Grade) -> tuple[WhitelistRound, RoundEntry]:
    make.consult_everything(DAY)
    firm = make.enterprise()
    make.patent(holders=[firm])
    run = make.score_run()
    make.score_sheet(firm, run=run, grade=grade)
    round_ = prepare_round(session, MAKER, run, title="样张", minimum_grade=Grade.B, valid_from=DAY)
    return round_, session.query(RoundEntry).filter_by(round_id=round_.id).one()


def published(session: Session, round_: WhitelistRound) -> int:
    submit_round(session, MAKER, round_, on=DAY)
    after = open_notice(session, CHECKER, round_, on=DAY).last_day + timedelta(days=1)
    return publish_round(session, CHECKER, round_, on=after)


@pytest.mark.parametrize(
    ("grade", "before", "after", "admitted"),
    [
        (Grade.A, EntryOutcome.ADMITTED, EntryOutcome.HELD, 0),
        (Grade.C, EntryOutcome.BELOW_LINE, EntryOutcome.ADMITTED, 1),
    ],
)
def test_an_override_of_two_persons_is_what_the_round_does(
    session, make, grade, before, after, admitted
) -> None:
    round_, entry = drafted(session, make, grade)
    propose_override(session, MAKER, entry, reason="属重点产业链", version=1)
    assert entry.outcome is before
    with pytest.raises(Conflict, match="第二人"):
        submit_round(session, MAKER, round_, on=DAY)
    with pytest.raises(NotAllowed):
        approve_override(session, MAKER, entry, version=2)

    approve_override(session, CHECKER, entry, version=2)

    assert entry.outcome is after
    assert "属重点产业链" in str(entry.reasons)
    with pytest.raises(Conflict, match="不能更改"):
        drop_override(session, MAKER, entry, version=3)
    assert published(session, round_) == admitted


@pytest.mark.parametrize("outcome", [EntryOutcome.RESERVE, EntryOutcome.EXCLUDED, EntryOutcome.HELD])
def test_nobody_overrides_an_exclusion_or_a_lack_of_data(session, make, outcome) -> None:
    _round, entry = drafted(session, make, Grade.A)
    entry.outcome = outcome

    with pytest.raises(NotAllowed):
        propose_override(session, MAKER, entry, reason="理由", version=1)


def test_a_proposal_needs_a_reason_and_may_be_taken_back(session, make) -> None:
    round_, entry = drafted(session, make, Grade.C)
    with pytest.raises(BadInput, match="理由"):
        propose_override(session, MAKER, entry, reason="  ", version=1)
    propose_override(session, MAKER, entry, reason="理由", version=1)
    drop_override(session, MAKER, entry, version=2)

    assert (entry.override_outcome, entry.override_reason) == (None, "")
    assert published(session, round_) == 0


def test_after_submission_nobody_overrides(session, make) -> None:
    round_, entry = drafted(session, make, Grade.C)
    submit_round(session, MAKER, round_, on=DAY)

    with pytest.raises(Conflict, match="退回"):
        propose_override(session, MAKER, entry, reason="理由", version=1)


def test_the_table_itself_wants_two_persons(session, make) -> None:
    _round, entry = drafted(session, make, Grade.C)
    propose_override(session, MAKER, entry, reason="理由", version=1)
    entry.override_approved_by_user_id = MAKER.user_id

    with pytest.raises(IntegrityError):
        session.flush()


def test_of_two_officers_who_propose_at_once_one_is_told(engine: Engine) -> None:
    work = unit_of_work_on(engine)
    with work() as session:
        _round, entry = drafted(session, Make(session), Grade.C)
        entry_id = entry.id
    gate, ends = threading.Barrier(2), ["", ""]

    def act(place: int, who: Actor) -> None:
        gate.wait()
        try:
            with work() as session:
                entry = session.get_one(RoundEntry, entry_id)
                propose_override(session, who, entry, reason=f"{who.name}的理由", version=1)
            ends[place] = who.name
        except StaleEntry:
            ends[place] = "told"

    threads = [threading.Thread(target=act, args=pair) for pair in enumerate((MAKER, CHECKER))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Session(engine) as session:
        kept = session.get_one(RoundEntry, entry_id)
        winner = next(name for name in ends if name != "told")
        assert sorted(ends) == sorted(["told", winner])
        assert kept.override_reason == f"{winner}的理由"
        assert session.get_one(WhitelistRound, kept.round_id).state is RoundState.DRAFT
