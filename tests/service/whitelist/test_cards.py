"""Which card scores: founded with the installation, changed by two persons from a day on, one a use."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ipfin.audit.models import AuditEntry
from ipfin.kernel.actor import Actor, Role
from ipfin.kernel.errors import BadInput, Conflict, InvalidTransition, NotAllowed
from ipfin.whitelist.activation import ActivationKind, DraftState, StaleDraft
from ipfin.whitelist.models import CardActivation, CardDraft, ScoreSheet
from ipfin.whitelist.queries import active_card, latest_run, latest_sheet
from ipfin.whitelist.scheme import DEFAULT_CARD
from ipfin.whitelist.scorecard import Scenario
from ipfin.whitelist.scoring import Grade
from ipfin.whitelist.service import found_card, prepare_round, run_scores
from ipfin.whitelist.service.cards import (
    approve_draft,
    open_draft,
    return_draft,
    save_draft,
    submit_draft,
    withdraw_activation,
    withdraw_draft,
)
from ipfin.whitelist.service.simulating import simulate_draft
from tests.factories import Make

DAY = date(2026, 3, 5)
TOMORROW = DAY + timedelta(days=1)
MAKER = Actor(user_id=101, name="经办甲", role=Role.CITY_OFFICER)
CHECKER = Actor(user_id=102, name="复核乙", role=Role.CITY_OFFICER)
SHIPPED = DEFAULT_CARD.read_text("utf-8")
NEXT = SHIPPED.replace('version = "1.0.0"', 'version = "1.1.0"').replace("B = 60", "B = 58")
INSURANCE = SHIPPED.replace("anyang-whitelist", "anyang-insurance").replace(
    "[missing]", 'scenario = "insurance"\n[missing]', 1
)


@pytest.fixture
def founded(session: Session) -> None:
    found_card(session, MAKER, on=DAY)


def submitted(session: Session, text: str = NEXT) -> CardDraft:
    draft = open_draft(session, MAKER, text)
    if latest_run(session) is not None:
        simulate_draft(session, MAKER, draft, line=Grade.C, on=DAY)
    words = {"reason": "样例理由", "note": "样例说明"}
    submit_draft(session, MAKER, draft, seen=draft.lock_version, on=DAY, **words)
    return draft


def approved(session: Session, text: str = NEXT, active_from: date = DAY) -> CardActivation:
    draft = submitted(session, text)
    return approve_draft(session, CHECKER, draft, active_from=active_from, seen=draft.lock_version, on=DAY)


def codes(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_the_first_run_founds_the_shipped_card_and_says_so(session: Session, make: Make) -> None:
    make.patent(holders=[make.enterprise()])
    run = run_scores(session, MAKER, on=DAY)
    act = session.scalars(select(CardActivation)).one()
    assert (act.kind, act.active_from, act.card_version_id) == (
        ActivationKind.FOUNDED,
        DAY,
        run.card_version_id,
    )
    assert "whitelist.card.founded" in codes(session)
    run_scores(session, MAKER, on=TOMORROW)
    assert session.scalars(select(CardActivation)).all() == [act]
    with pytest.raises(Conflict):  # nothing is scored with a card of a later day
        run_scores(session, MAKER, on=DAY - timedelta(days=1))
    with pytest.raises(Conflict):  # another card takes two persons
        found_card(session, MAKER, NEXT.encode(), on=DAY)


@pytest.mark.usefixtures("founded")
def test_a_card_scores_from_its_day_on_and_not_the_day_before(session: Session, make: Make) -> None:
    make.patent(holders=[make.enterprise()])
    approved(session, active_from=TOMORROW)
    assert run_scores(session, MAKER, on=DAY).card_version.version == "1.0.0"
    assert run_scores(session, MAKER, on=TOMORROW).card_version.version == "1.1.0"
    # A card of an earlier day that was decided later does not push it aside.
    approved(session, NEXT.replace("1.1.0", "1.2.0"), active_from=DAY)
    found = [active_card(session, day) for day in (DAY, TOMORROW)]
    assert [version.version for version in found if version] == ["1.2.0", "1.1.0"]


@pytest.mark.usefixtures("founded")
def test_going_back_is_a_new_act_with_the_old_version(session: Session) -> None:
    first = active_card(session, DAY)
    approved(session)
    back = approved(session, SHIPPED)
    assert first is not None
    assert back.card_version_id == first.id
    assert active_card(session, DAY) is first
    assert len(session.scalars(select(CardActivation)).all()) == 3


@pytest.mark.usefixtures("founded")
def test_neither_who_wrote_nor_who_submitted_approves(session: Session) -> None:
    draft = submitted(session)
    for nobody in (MAKER, Actor(user_id=None, name="系统", role=None)):
        with pytest.raises(NotAllowed):
            approve_draft(session, nobody, draft, active_from=DAY, seen=draft.lock_version, on=DAY)
    return_draft(session, CHECKER, draft, note="样例意见", seen=draft.lock_version)
    save_draft(session, CHECKER, draft, NEXT, seen=draft.lock_version)  # the checker wrote it now
    submit_draft(session, MAKER, draft, reason="样例理由", seen=draft.lock_version, on=DAY)
    with pytest.raises(NotAllowed):
        approve_draft(session, CHECKER, draft, active_from=DAY, seen=draft.lock_version, on=DAY)
    third = Actor(user_id=103, name="复核丙", role=Role.CITY_OFFICER)
    approve_draft(session, third, draft, active_from=DAY, seen=draft.lock_version, on=DAY)
    with pytest.raises(InvalidTransition):
        save_draft(session, MAKER, draft, NEXT, seen=draft.lock_version)


@pytest.mark.usefixtures("founded")
def test_a_draft_that_was_edited_in_between_is_not_approved(session: Session) -> None:
    draft = submitted(session)
    seen = draft.lock_version
    save_draft(session, MAKER, draft, NEXT.replace("B = 58", "B = 50"), seen=seen)
    assert (draft.state, draft.submitted_sha256) == (DraftState.DRAFT, "")
    assert "whitelist.draft.reopened" in codes(session)
    with pytest.raises(StaleDraft):
        approve_draft(session, CHECKER, draft, active_from=DAY, seen=seen, on=DAY)
    with pytest.raises(StaleDraft):  # and an older page overwrites nothing
        save_draft(session, CHECKER, draft, SHIPPED, seen=seen)
    submit_draft(session, MAKER, draft, reason="样例理由", seen=draft.lock_version, on=DAY)
    draft.text = NEXT  # past the rules, as somebody with the database in hand would
    session.flush()
    with pytest.raises(Conflict):
        approve_draft(session, CHECKER, draft, active_from=DAY, seen=draft.lock_version, on=DAY)


@pytest.mark.usefixtures("founded")
def test_what_cannot_be_submitted_is_refused(session: Session) -> None:
    def refused(text: str, reason: str = "样例理由") -> None:
        draft = open_draft(session, MAKER, text)
        submit_draft(session, MAKER, draft, reason=reason, seen=draft.lock_version, on=DAY)

    with pytest.raises(BadInput):
        refused(NEXT.replace("weight = 10", "weight = 11", 1))
    with pytest.raises(BadInput):
        refused(NEXT, reason=" ")
    with pytest.raises(BadInput):
        refused(NEXT.replace("1.1.0", "1" * 21))
    with pytest.raises(Conflict):  # changed under the old number
        refused(NEXT.replace("1.1.0", "1.0.0"))
    with pytest.raises(Conflict):  # nothing changed
        refused(SHIPPED)
    with pytest.raises(Conflict):  # the name stands for another use
        refused(NEXT.replace("[missing]", 'scenario = "insurance"\n[missing]', 1))
    draft = open_draft(session, MAKER, NEXT)
    withdraw_draft(session, MAKER, draft, note="样例理由", seen=draft.lock_version)
    with pytest.raises(InvalidTransition):
        submit_draft(session, MAKER, draft, reason="样例理由", seen=draft.lock_version, on=DAY)


@pytest.mark.usefixtures("founded")
def test_a_card_for_another_use_never_touches_the_whitelist(session: Session, make: Make) -> None:
    firm = make.enterprise()
    make.patent(holders=[firm])
    with pytest.raises(Conflict):  # no card for it yet
        run_scores(session, MAKER, on=DAY, scenario=Scenario.INSURANCE)
    ours = run_scores(session, MAKER, on=DAY)
    approved(session, INSURANCE)
    assert (active_card(session, DAY), latest_run(session)) == (ours.card_version, ours)
    theirs = run_scores(session, MAKER, on=DAY, scenario=Scenario.INSURANCE)
    assert latest_run(session) is ours
    assert latest_run(session, Scenario.INSURANCE) is theirs
    sheet = latest_sheet(session, firm.id)
    assert sheet is not None
    assert sheet.run_id == ours.id
    with pytest.raises(Conflict):
        prepare_round(session, MAKER, theirs, title="样例", valid_from=DAY)


@pytest.mark.usefixtures("founded")
def test_a_draft_is_tried_on_the_last_run_before_it_is_submitted(session: Session, make: Make) -> None:
    for _firm in range(6):
        make.patent(holders=[make.enterprise(industry_code="C3489")])
    first = run_scores(session, MAKER, on=DAY)
    text = NEXT.replace("refuse = 0.60", "refuse = 0").replace("C = 45", "C = 1")
    draft = open_draft(session, MAKER, text)

    def submit(note: str = "") -> None:
        seen = draft.lock_version
        submit_draft(session, MAKER, draft, reason="样例理由", seen=seen, on=DAY, note=note)

    with pytest.raises(Conflict):
        submit()
    tried = simulate_draft(session, MAKER, draft, line=Grade.C, on=DAY)
    again = simulate_draft(session, MAKER, draft, line=Grade.C, on=DAY)
    assert (tried.digest, tried.run_id, tried.found["firms"]) == (again.digest, first.id, 6)
    entered, (was, now) = tried.found["entered"], tried.found["selected"]
    assert (len(entered), was, now) == (6, 0, 6)
    stored = {
        row[0]: row[1] for row in session.execute(select(ScoreSheet.enterprise_id, ScoreSheet.graded_e4))
    }
    assert all(stored[firm] == before for firm, _grade, _new, before, _after in entered)
    assert tried.found["groups"]["industry"]["told"][0]["group"] == "C"
    # With another text, or after another run, it must be tried again.
    save_draft(session, MAKER, draft, text.replace("C = 1", "C = 2"), seen=draft.lock_version)
    with pytest.raises(Conflict):
        submit()
    simulate_draft(session, MAKER, draft, line=Grade.C, on=DAY)
    run_scores(session, MAKER, on=DAY)
    with pytest.raises(Conflict):
        submit()
    kept = simulate_draft(session, MAKER, draft, line=Grade.C, on=DAY)
    kept.found = kept.found | {"concerns": ["psi"]}
    with pytest.raises(BadInput):  # a concern wants a word
        submit()
    submit("样例说明")
    assert kept.note == "样例说明"


@pytest.mark.usefixtures("founded")
def test_an_approval_is_taken_back_before_its_day_only(session: Session) -> None:
    act = approved(session, active_from=TOMORROW)
    with pytest.raises(Conflict):
        withdraw_activation(session, CHECKER, act, reason="样例理由", on=TOMORROW)
    withdraw_activation(session, CHECKER, act, reason="样例理由", on=DAY)
    version = active_card(session, TOMORROW)
    assert version is not None
    assert version.version == "1.0.0"
    with pytest.raises(Conflict):
        withdraw_activation(session, CHECKER, act, reason="样例理由", on=DAY)


def test_the_table_itself_wants_two_persons_and_one_founding(session: Session, make: Make) -> None:
    with pytest.raises(IntegrityError), session.begin_nested():
        make.card_activation(submitted_by_user_id=1, approved_by_user_id=1)
    make.card_activation(kind=ActivationKind.FOUNDED)
    with pytest.raises(IntegrityError), session.begin_nested():
        make.card_activation(kind=ActivationKind.FOUNDED)
