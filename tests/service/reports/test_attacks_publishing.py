"""Two officers at once, one officer twice, and content that changes between making and delivering."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from ipfin.accounts.models import Organisation, OrganisationKind
from ipfin.audit.models import AuditEntry
from ipfin.audit.service import verify
from ipfin.config import Settings
from ipfin.consent.models import Consent, ConsentUse
from ipfin.consent.rules import ConsentState
from ipfin.db import UnitOfWork
from ipfin.documents.models import Document, DocumentKind
from ipfin.documents.service import new_verify_code
from ipfin.kernel.clock import now_utc, today_in_china
from ipfin.kernel.errors import Conflict, DomainError, InvalidTransition, NotAllowed
from ipfin.registry.models import Enterprise
from ipfin.reports.directory import IssueState
from ipfin.reports.export import MadeFile
from ipfin.reports.models import DirectoryDelivery, DirectoryIssue
from ipfin.reports.queries import issue_by_number
from ipfin.reports.service import prepare_issue, submit_issue, withdraw_issue
from ipfin.reports.service.publishing import Files, MadeCopy, gather, publish_made
from ipfin.whitelist.admission import RoundState
from ipfin.whitelist.models import Admission, WhitelistRound
from ipfin.whitelist.queries import round_by_number
from ipfin.whitelist.service import publish_round
from ipfin.whitelist.service.publishing import see_inputs
from ipfin.worker.database import unit_of_work_on
from tests.factories import Make

REFUSED = (DomainError, StaleDataError, IntegrityError)


@pytest.fixture
def work(engine: Engine) -> UnitOfWork:
    return unit_of_work_on(engine)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(env="test", secret_key="a secret of the tests", instance_dir=tmp_path)


def at_once(*acts: Callable[[], Any]) -> list[str]:
    """Do all acts at the same time; return "done" or the name of what refused it, of each."""
    gate, ends = threading.Barrier(len(acts)), [""] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        gate.wait()
        try:
            act()
            ends[place] = "done"
        except REFUSED as refusal:
            ends[place] = type(refusal).__name__

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


@pytest.fixture
def submitted(work: UnitOfWork) -> tuple[int, list[Any]]:
    """Return the number of an issue that one officer submitted, and two others who may publish it."""
    with work() as session:
        make = Make(session)
        for _turn in range(2):
            make.organisation(OrganisationKind.BANK)
        make.patent(holders=[make.enterprise(name="样例甲有限公司")])
        maker, *checkers = (make.actor(make.officer()) for _person in range(3))
        issue = prepare_issue(session, maker, title="名录", on=today_in_china())
        submit_issue(session, maker, issue)
        return issue.number, [maker, *checkers]


def made(work: UnitOfWork, settings: Settings, actor: Any, number: int) -> Files:
    """Return small files for every recipient: what stands in them is not the question here."""
    folder = settings.instance_dir / new_verify_code()
    folder.mkdir(parents=True)
    with work() as session:
        material = gather(session, actor, number, folder)
    small = folder / "small"
    small.write_bytes(b"sample")
    kinds = (DocumentKind.DIRECTORY_SHEET, DocumentKind.DIRECTORY_LISTING, DocumentKind.COVER_LETTER)
    return {
        copy.organisation.id: MadeCopy(
            copy,
            [
                MadeFile(kind, "样例", "样例.pdf", "application/pdf", small, new_verify_code())
                for kind in kinds
            ],
        )
        for copy in material.copies
    }


def delivered(engine: Engine) -> tuple[int, int]:
    """Return deliveries and documents as they stand, the chain being sound."""
    with Session(engine) as session:
        assert verify(session).is_sound
        return (
            session.scalar(select(func.count()).select_from(DirectoryDelivery)) or 0,
            session.scalar(select(func.count()).select_from(Document)) or 0,
        )


def test_two_officers_who_publish_an_issue_at_once_deliver_it_once(work, engine, settings, submitted) -> None:
    number, (_maker, one, two) = submitted
    files = made(work, settings, one, number)

    def publish(actor: Any) -> None:
        with work() as session:
            publish_made(session, actor, number, files, settings)

    ends = at_once(lambda: publish(one), lambda: publish(two), lambda: publish(one))
    assert ends.count("done") == 1
    assert delivered(engine) == (2, 6)


def test_nobody_publishes_what_he_submitted_in_another_session(work, engine, settings, submitted) -> None:
    number, (maker, one, _two) = submitted
    files = made(work, settings, one, number)
    with pytest.raises(NotAllowed), work() as session:
        gather(session, maker, number, settings.instance_dir)
    with pytest.raises(NotAllowed), work() as session:
        publish_made(session, maker, number, files, settings)
    assert delivered(engine) == (0, 0)


def test_files_that_were_made_are_not_delivered_after_the_issue_was_withdrawn(
    work, engine, settings, submitted
) -> None:
    number, (maker, one, _two) = submitted
    files = made(work, settings, one, number)
    with work() as session:
        withdraw_issue(session, maker, issue_by_number(session, number), reason="样例")
    with pytest.raises(InvalidTransition), work() as session:
        publish_made(session, one, number, files, settings)
    assert delivered(engine) == (0, 0)


def test_publishing_and_withdrawing_at_once_end_in_one_of_the_two(work, engine, settings, submitted) -> None:
    number, (maker, one, _two) = submitted
    files = made(work, settings, one, number)

    def publish() -> None:
        with work() as session:
            publish_made(session, one, number, files, settings)

    def withdraw() -> None:
        with work() as session:
            withdraw_issue(session, maker, issue_by_number(session, number), reason="样例")

    assert at_once(publish, withdraw).count("done") == 1
    with Session(engine) as session:
        state = session.scalars(select(DirectoryIssue.state)).one()
    assert delivered(engine) == ((2, 6) if state is IssueState.PUBLISHED else (0, 0))


def test_an_institution_closed_while_the_files_were_made_gets_none(work, engine, settings, submitted) -> None:
    number, (_maker, one, _two) = submitted
    files = made(work, settings, one, number)
    with work() as session:
        from ipfin.accounts.models import Organisation

        closed = session.get_one(Organisation, next(iter(files)))
        closed.is_active = False
    with work() as session:
        assert publish_made(session, one, number, files, settings) == 1
    with Session(engine) as session:
        assert closed.id not in set(session.scalars(select(DirectoryDelivery.organisation_id)))


def test_two_issues_prepared_at_once_are_one(work, engine) -> None:
    with work() as session:
        make = Make(session)
        make.patent(holders=[make.enterprise()])
        one, two = (make.actor(make.officer()) for _person in range(2))

    def prepare(actor: Any) -> None:
        with work() as session:
            prepare_issue(session, actor, title="名录", on=today_in_china())

    assert at_once(lambda: prepare(one), lambda: prepare(two)).count("done") == 1
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(DirectoryIssue)) == 1


def test_two_officers_who_publish_a_round_at_once_admit_each_firm_once(work, engine) -> None:
    with work() as session:
        make = Make(session)
        maker = make.officer()
        round_ = make.noticed_round(
            today_in_china() - timedelta(days=9), submitted_by_user_id=maker.id, submitted_by=maker.name
        )
        make.consult_everything(today_in_china())
        for _firm in range(3):
            firm = make.enterprise()
            make.patent(holders=[firm])
            make.round_entry(firm, round=round_)
        see_inputs(session, round_, today_in_china())
        number, people = round_.number, [make.actor(make.officer()) for _person in range(3)]

    def publish(actor: Any) -> None:
        with work() as session:
            publish_round(session, actor, round_by_number(session, number), on=today_in_china())

    ends = at_once(*(lambda actor=actor: publish(actor) for actor in people))
    assert ends.count("done") == 1
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Admission)) == 3
        assert session.scalars(select(WhitelistRound.state)).one() is RoundState.PUBLISHED
        told = select(func.count()).where(AuditEntry.action == "whitelist.round.published")
        assert session.scalar(told) == 1
        assert verify(session).is_sound


def test_a_consent_that_is_taken_back_while_files_are_made_stops_them(
    work, engine, settings, submitted
) -> None:
    number, (_maker, one, _two) = submitted
    with work() as session:
        firm = session.scalars(select(Enterprise).order_by(Enterprise.id)).first()
        bank = session.scalars(
            select(Organisation).where(Organisation.kind == OrganisationKind.BANK).order_by(Organisation.id)
        ).first()
        consent_id = Make(session).consent(firm, bank).id
    files = made(work, settings, one, number)
    with work() as session:
        consent = session.get_one(Consent, consent_id)
        consent.state, consent.until, consent.ended_at = ConsentState.WITHDRAWN, today_in_china(), now_utc()
    with pytest.raises(Conflict, match="撤回了授权"), work() as session:
        publish_made(session, one, number, files, settings)
    assert delivered(engine) == (0, 0)

    again = made(work, settings, one, number)
    with work() as session:
        assert publish_made(session, one, number, again, settings) == 2


def test_what_a_firm_opened_is_noted_for_it_when_the_issue_is_delivered(
    work, engine, settings, submitted
) -> None:
    number, (_maker, one, _two) = submitted
    with work() as session:
        firm = session.scalars(select(Enterprise).order_by(Enterprise.id)).first()
        bank = session.scalars(
            select(Organisation).where(Organisation.kind == OrganisationKind.BANK).order_by(Organisation.id)
        ).first()
        Make(session).consent(firm, bank)
    files = made(work, settings, one, number)
    with work() as session:
        publish_made(session, one, number, files, settings)
    with Session(engine) as session:
        use = session.scalars(select(ConsentUse)).one()
        held = session.scalars(
            select(DirectoryDelivery).where(DirectoryDelivery.organisation_id == use.organisation_id)
        ).one()
        assert (use.enterprise_id, use.code) == (held.consented_ids[0], held.sheet_document.verify_code)
