"""Requests under the event's matrix and quota, also when many come at once; answers are free."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ipfin.accounts.models import OrganisationKind
from ipfin.db import begin_writing
from ipfin.events.asking import USUAL
from ipfin.events.lifecycle import Side
from ipfin.events.models import Event, Registration
from ipfin.events.queries import requests_of, wishes_of
from ipfin.events.service import propose_meeting, set_wish, set_wishes
from ipfin.events.wishes import DayPart
from ipfin.kernel.actor import SYSTEM
from ipfin.kernel.errors import Conflict
from tests.factories import Make


def houses(make: Make, event: Event, count: int, kind: OrganisationKind = OrganisationKind.BANK):
    return [
        make.registration(event, Side.INSTITUTION, organisation=make.organisation(kind)) for _ in range(count)
    ]


@pytest.mark.parametrize("side", list(Side))
def test_the_quota_of_each_side_holds_and_taking_back_frees_it(
    session: Session, make: Make, side: Side
) -> None:
    event = make.event(**{f"{side.value}_requests": 2})
    own = make.registration(event, side)
    others = [make.registration(event, side.other) for _ in range(3)]
    assert set_wishes(session, SYSTEM, own, {row.id: 2 for row in others[:2]}) == 2
    with pytest.raises(Conflict, match="已提出2个，这次又提出1个"):
        set_wish(session, SYSTEM, own, others[2], 1)
    assert set_wish(session, SYSTEM, own, others[0], 3)  # stronger is no new request
    assert set_wish(session, SYSTEM, own, others[2], 0)  # a refusal is free
    assert set_wishes(session, SYSTEM, own, {others[0].id: None, others[2].id: 1}) == 2
    assert requests_of(session, own.id) == 2
    for other in others:  # the other side has no limit
        set_wish(session, SYSTEM, other, own, 1)


def test_an_answer_to_the_other_or_to_the_office_is_free(session: Session, make: Make) -> None:
    event = make.event(enterprise_requests=1, asking=["bank>firm"])
    firm = make.registration(event)
    asking, proposed, silent = houses(make, event, 3)
    set_wish(session, SYSTEM, asking, firm, 1)
    propose_meeting(session, SYSTEM, event, firm, proposed, reason="样例理由")
    assert set_wishes(session, SYSTEM, firm, {asking.id: 3, proposed.id: 2}) == 2
    assert requests_of(session, firm.id) == 0
    with pytest.raises(Conflict, match="不能先向银行提出意愿"):
        set_wish(session, SYSTEM, firm, silent, 1)
    set_wish(session, SYSTEM, asking, firm, None)  # what answered it stays an answer
    set_wish(session, SYSTEM, firm, asking, 1)
    assert requests_of(session, firm.id) == 0


def test_a_bank_asks_only_firms_that_are_on_the_whitelist_today(session: Session, make: Make) -> None:
    event = make.event(asking=list(USUAL))
    listed, other = make.registration(event), make.registration(event)
    (bank,), (insurer,) = houses(make, event, 1), houses(make, event, 1, OrganisationKind.INSURER)
    both = {listed.id: 2, other.id: 2}
    with pytest.raises(Conflict, match=other.display_name):
        set_wishes(session, SYSTEM, bank, both, listed=[listed.enterprise_id])
    assert wishes_of(session, bank.id) == {}  # all or nothing
    assert set_wish(session, SYSTEM, bank, listed, 2, listed=[listed.enterprise_id])
    assert set_wish(session, SYSTEM, bank, listed, 3)  # taken off meanwhile: what stands keeps standing
    assert set_wishes(session, SYSTEM, insurer, both) == 2


def test_when_to_meet_is_kept_with_the_wish_and_goes_with_a_refusal(session: Session, make: Make) -> None:
    firm = make.registration()
    (bank,) = houses(make, make.event_of(firm), 1)

    def say(strength: int | None, part: DayPart | None) -> int:
        parts = {} if part is None else {bank.id: part}
        return set_wishes(session, SYSTEM, firm, {bank.id: strength}, parts=parts)

    assert say(2, DayPart.MORNING) == 1
    assert say(2, DayPart.MORNING) == 0
    assert say(3, None) == 1  # not asked about: stays
    assert say(3, DayPart.MORNING) == 0
    assert say(3, DayPart.ANY) == 1
    assert say(0, DayPart.AFTERNOON) == 1
    assert say(0, None) == 0


def test_two_windows_of_one_bank_do_not_ask_more_than_the_quota_together(engine: Engine) -> None:
    with Session(engine) as session:
        begin_writing(session)
        make = Make(session)
        event = make.event(institution_requests=3)
        bank = make.registration(event, Side.INSTITUTION).id
        firms = [make.registration(event).id for _ in range(6)]
        session.commit()
    ends: list[str] = []
    start = threading.Barrier(len(firms))

    def asking(firm: int) -> Callable[[], None]:
        def work() -> None:
            start.wait()
            with Session(engine) as session:
                begin_writing(session)
                row = session.get_one(Registration, bank)
                try:
                    set_wishes(session, SYSTEM, row, {firm: 2})
                    session.commit()
                    ends.append("done")
                except Conflict:
                    session.rollback()
                    ends.append("refused")

        return work

    threads = [threading.Thread(target=asking(firm)) for firm in firms]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["done"] * 3 + ["refused"] * 3
    with Session(engine) as session:
        assert requests_of(session, bank) == 3
