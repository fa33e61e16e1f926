"""A round under public notice: who may object until when, and what that holds up."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.audit.models import AuditEntry
from ipfin.conduct.rules import ConductCode
from ipfin.conduct.service import record_conduct
from ipfin.config import Settings
from ipfin.documents.proofs import Proof
from ipfin.kernel.actor import Actor, Role
from ipfin.kernel.errors import BadInput, Conflict, InvalidTransition, NotAllowed, NotFound
from ipfin.registry.models import Enterprise
from ipfin.whitelist.admission import EntryOutcome, RoundState
from ipfin.whitelist.models import RoundEntry, RoundObjection, WhitelistRound
from ipfin.whitelist.notice import ObjectionState, ObjectionWords
from ipfin.whitelist.queries import current_admission, named_firms
from ipfin.whitelist.service import (
    answer_objection,
    file_objection,
    open_notice,
    prepare_round,
    publish_round,
    return_round,
    reveal_contact,
    submit_round,
)
from tests.factories import Make

DAY, LAST = date(2026, 3, 5), date(2026, 3, 12)  # Thursdays; no day off between
AFTER = LAST + timedelta(days=1)
MAKER = Actor(user_id=1, name="甲", role=Role.CITY_OFFICER)
CHECKER = Actor(user_id=2, name="乙", role=Role.CITY_OFFICER)
ANYBODY = Actor(user_id=None, name="未登录", role=None)
SAID = ObjectionWords("样例市民", "037200000000", "该企业的专利已经转让，请核实。")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(env="test", secret_key="a secret of the tests", instance_dir=tmp_path)


@pytest.fixture
def firms(make: Make) -> list[Enterprise]:
    """Return two firms with a patent in force."""
    found = [make.enterprise(name=f"样例{word}有限公司") for word in "甲乙"]
    for firm in found:
        make.patent(holders=[firm])
    return found


@pytest.fixture
def noticed(session: Session, make: Make, firms: list[Enterprise]) -> WhitelistRound:
    """Return a round under notice from DAY through LAST that names both firms."""
    make.consult_everything(DAY)
    run = make.score_run(firms_count=2)
    for firm in firms:
        make.score_sheet(firm, run=run)
    round_ = prepare_round(session, MAKER, run, title="样张批次", valid_from=DAY)
    submit_round(session, MAKER, round_, on=DAY)
    open_notice(session, CHECKER, round_, on=DAY)
    return round_


def objected(
    session: Session,
    round_: WhitelistRound,
    settings: Settings,
    firm: Enterprise | None = None,
    *,
    on: date = DAY,
    evidence: Proof | None = None,
) -> RoundObjection:
    return file_objection(
        session,
        ANYBODY,
        round_,
        SAID,
        enterprise_id=firm.id if firm else None,
        evidence=evidence,
        on=on,
        directory=settings.issued_dir,
        settings=settings,
    )


@pytest.mark.parametrize(("on", "may_publish"), [(DAY, False), (LAST, False), (AFTER, True)])
def test_a_round_is_published_from_the_day_after_its_notice(session, noticed, on, may_publish) -> None:
    assert (noticed.notice_from, noticed.notice_last_day) == (DAY, LAST)
    if may_publish:
        assert publish_round(session, CHECKER, noticed, on=on) == 2
    else:
        with pytest.raises(Conflict, match="2026-03-12"):
            publish_round(session, CHECKER, noticed, on=on)
        assert noticed.state is RoundState.NOTICED


@pytest.mark.parametrize(
    ("on", "is_taken"), [(DAY - timedelta(days=1), False), (DAY, True), (LAST, True), (AFTER, False)]
)
def test_anybody_objects_through_the_last_day(session, noticed, firms, settings, on, is_taken) -> None:
    if is_taken:
        assert objected(session, noticed, settings, firms[0], on=on).state is ObjectionState.OPEN
    else:
        with pytest.raises(Conflict, match="不再受理"):
            objected(session, noticed, settings, firms[0], on=on)


def test_an_open_objection_stops_the_publication_until_it_is_answered(
    session, noticed, firms, settings
) -> None:
    objection = objected(session, noticed, settings, firms[0])
    with pytest.raises(Conflict, match="1件异议没有答复"):
        publish_round(session, CHECKER, noticed, on=AFTER)
    with pytest.raises(BadInput, match="请写明理由"):
        answer_objection(session, CHECKER, objection, is_upheld=False, answer=" ")

    answer_objection(session, CHECKER, objection, is_upheld=False, answer="经核实，专利仍归该企业。")

    with pytest.raises(InvalidTransition):
        answer_objection(session, CHECKER, objection, is_upheld=True, answer="再说")
    assert publish_round(session, CHECKER, noticed, on=AFTER) == 2


def test_a_firm_against_which_an_objection_is_right_is_held_back(session, noticed, firms, settings) -> None:
    objection = objected(session, noticed, settings, firms[0])
    answer_objection(session, CHECKER, objection, is_upheld=True, answer="专利已经转让。")

    assert publish_round(session, CHECKER, noticed, on=AFTER) == 1
    assert current_admission(session, firms[0].id, AFTER) is None
    assert current_admission(session, firms[1].id, AFTER) is not None


def test_an_objection_to_the_whole_list_that_is_right_stops_the_round(session, noticed, settings) -> None:
    objection = objected(session, noticed, settings)
    answer_objection(session, CHECKER, objection, is_upheld=True, answer="入选线公布有误。")

    with pytest.raises(Conflict, match="整批"):
        publish_round(session, CHECKER, noticed, on=AFTER)
    return_round(session, CHECKER, noticed, note="异议成立")
    assert (noticed.state, noticed.notice, noticed.noticed_by) == (RoundState.DRAFT, None, "")


def test_a_firm_that_moved_before_the_notice_is_not_named_in_public(session, make, firms) -> None:
    make.consult_everything(DAY)
    run = make.score_run(firms_count=2)
    for firm in firms:
        make.score_sheet(firm, run=run)
    round_ = prepare_round(session, MAKER, run, title="样张批次", valid_from=DAY)
    submit_round(session, MAKER, round_, on=DAY)
    record_conduct(session, MAKER, firms[0], ConductCode.E02, source="公告", effective_on=DAY)

    with pytest.raises(NotAllowed):
        open_notice(session, MAKER, round_, on=DAY)
    open_notice(session, CHECKER, round_, on=DAY)

    assert [firm.name for firm in named_firms(session, round_.id)] == [firms[1].name]
    held = select(RoundEntry.outcome).where(RoundEntry.enterprise_id == firms[0].id)
    assert session.scalars(held).one() is EntryOutcome.HELD


def test_nobody_objects_to_what_is_not_under_notice(session, make, noticed, settings) -> None:
    stranger = make.enterprise()
    with pytest.raises(NotFound):
        objected(session, noticed, settings, stranger)
    with pytest.raises(NotFound):
        objected(session, make.round(), settings)


def test_who_objects_is_kept_sealed_and_stands_in_no_log(session, noticed, firms, settings) -> None:
    evidence = Proof("证明.pdf", "application/pdf", b"%PDF-1.7 sample")
    objection = objected(session, noticed, settings, firms[0], evidence=evidence)

    assert SAID.contact not in objection.contact_sealed
    assert reveal_contact(session, CHECKER, objection, settings=settings) == SAID.contact
    assert objection.evidence is not None
    log = " ".join(f"{entry.action} {entry.detail}" for entry in session.scalars(select(AuditEntry)))
    assert "whitelist.objection.revealed" in log
    assert SAID.name not in log
    assert SAID.contact not in log
