"""The demonstration city as the pages' tests see it: loaded once a test run, then copied.

Beside what every demonstration holds, a list waits for its commit, a round and an issue wait for their
second person, and there are events in other states, so that every page has something to show. All of it
is made by the real use cases.
"""

from __future__ import annotations

import fcntl
import secrets
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from ipfin import schema
from ipfin.accounts.models import Organisation, User
from ipfin.accounts.policy import VISITOR
from ipfin.accounts.service import begin_session, invite_user
from ipfin.config import Settings
from ipfin.db import make_engine
from ipfin.demo.people import officer
from ipfin.demo.service import load
from ipfin.documents.models import DocumentKind
from ipfin.documents.proofs import Proof
from ipfin.documents.service import issue_document
from ipfin.events.details import EventDetails
from ipfin.events.lifecycle import ApprovalMode, EventKind
from ipfin.events.models import Event, Registration
from ipfin.events.registration import Application
from ipfin.events.service import (
    close_event,
    create_event,
    make_timetable,
    publish_event,
    publish_timetable,
    register_enterprise,
    register_institution,
    set_wishes,
)
from ipfin.jobs.models import JobState
from ipfin.kernel.actor import Role
from ipfin.kernel.clock import CHINA, now_utc, today_in_china
from ipfin.outcomes.rules import OutcomeKind, Statement
from ipfin.outcomes.service import enter_outcome
from ipfin.pushes.rows import rows_of_text
from ipfin.pushes.service import push_candidates
from ipfin.registry.intake import mapping_for, plan, read_list
from ipfin.registry.models import Applicant, Enterprise, ImportBatch, Patent, PatentApplicant
from ipfin.registry.service import note_check, open_batch
from ipfin.reports.service import prepare_issue, submit_issue
from ipfin.screening.queries import reviewers, tasks_of_screening
from ipfin.screening.review import PROPOSED, Mark
from ipfin.screening.service import assign, declare, open_screening, submit_review
from ipfin.whitelist.admission import EntryOutcome
from ipfin.whitelist.models import Admission, WhitelistRound
from ipfin.whitelist.notice import ObjectionWords
from ipfin.whitelist.queries import latest_run
from ipfin.whitelist.service import file_objection, open_notice, prepare_round, submit_round
from ipfin.worker.database import unit_of_work_on
from tests import lists
from tests.factories import Make

SECRET = "secret of the tests with a browser, which is none"
MAKER, CHECKER = "office@demo.invalid", "checker@demo.invalid"
PEOPLE = {
    "city": MAKER,
    "county": "county@demo.invalid",
    "bank": "bank@demo.invalid",
    "insurer": "insurer@demo.invalid",
    "guarantor": "guarantor@demo.invalid",
    "enterprise": "firm@demo.invalid",
    "agency": "agency@demo.invalid",
    "auditor": "auditor@demo.invalid",
    "admin": "admin@demo.invalid",
}
FIRMS_THAT_COME = 6
COUNTY = "410502"  # of county@demo.invalid


def token_for(city: City, email: str) -> str:
    """Begin a session of a person of the city, second step included; return what the browser carries."""
    engine, now = make_engine(city.url), now_utc()
    with unit_of_work_on(engine)() as session:
        user = session.scalars(select(User).where(User.email == email)).one()
        begun, token = begin_session(
            session, user, now=now, address="127.0.0.1", user_agent="test", settings=city.settings()
        )
        begun.second_factor_at = now
    engine.dispose()
    return token


@dataclass(frozen=True)
class City:
    """A folder with a database and the files that belong to it."""

    folder: Path

    @property
    def url(self) -> str:
        """The address of the database."""
        return f"sqlite:///{self.folder / 'city.db'}"

    @property
    def as_founded(self) -> City:
        """The city as `make run` loads it, before anything else happened there."""
        return City(self.folder.with_name(f"{self.folder.name}-as-founded"))

    @property
    def instance(self) -> Path:
        """Where the installation keeps its files."""
        return self.folder / "instance"

    def settings(self, **overrides: object) -> Settings:
        """Return the settings of an installation on this city."""
        chosen: dict[str, object] = {
            "env": "test",
            "secret_key": SECRET,
            "database_url": self.url,
            "instance_dir": self.instance,
            "totp_required": False,
            "job_immediate": True,
        }
        return Settings(**{**chosen, **overrides})  # type: ignore[arg-type]

    def copy_to(self, folder: Path) -> City:
        """Return a copy that a test may change."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return City(folder)


def city_of_run(factory: pytest.TempPathFactory, worker: str) -> City:
    """Return the city of this test run, which nobody may change: take a copy."""
    base = factory.getbasetemp()
    return city_once((base if worker == "master" else base.parent) / "demo-city")


def city_once(folder: Path) -> City:
    """Return the city in `folder`: the first process that asks loads it, the others wait."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder.parent / f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = folder / "done"
        if not done.exists():
            _load(City(folder))
            done.touch()
    return City(folder)


def _load(city: City) -> None:
    engine = make_engine(city.url)
    schema.upgrade(engine)
    settings, on = city.settings(), today_in_china()
    work = unit_of_work_on(engine)
    load(work, settings, on=on)
    _settle(engine)
    city.copy_to(city.as_founded.folder)
    _Work(engine, settings, on).all()
    _settle(engine)
    engine.dispose()


def _settle(engine: Engine) -> None:
    """Bring everything into the one file that is copied."""
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")


class _Work:
    """What the office and its partners did in the city after it was founded."""

    def __init__(self, engine: Engine, settings: Settings, on: date) -> None:
        self.work: Callable[[], AbstractContextManager[Session]] = unit_of_work_on(engine)
        self.settings, self.on = settings, on

    def all(self) -> None:
        """Do everything, each in a transaction of its own."""
        for step in (self._issue, self._list, self._round, self._events, self._rest):
            with self.work() as session:
                step(session)

    def _issue(self, session: Session) -> None:
        maker = officer(session, MAKER)
        submit_issue(session, maker, prepare_issue(session, maker, title="授权专利企业名录", on=self.on))

    def _list(self, session: Session) -> None:
        maker = officer(session, MAKER)
        stored = secrets.token_hex(16)
        path = self.settings.uploads_dir / f"{stored}.xlsx"
        rows = [lists.row(1), lists.row(2, application="CN202110000000.X"), lists.row(3, firm="")]
        lists.write_list(path, rows)
        path = path.rename(self.settings.uploads_dir / stored)
        table = read_list(path, "文峰区报送.xlsx")
        mapping = mapping_for(session, table)
        batch = open_batch(
            session,
            maker,
            filename="文峰区报送.xlsx",
            stored_name=stored,
            sha256=table.sha256,
            size_bytes=table.size_bytes,
            as_of=self.on,
        )
        note_check(session, maker, batch, plan(session, table, mapping, as_of=self.on))

    def _round(self, session: Session) -> None:
        maker, run = officer(session, MAKER), latest_run(session)
        assert run is not None
        round_ = prepare_round(session, maker, run, title="增补批次（演示）", valid_from=self.on)
        self._screening(session, round_)
        submit_round(session, maker, round_, on=self.on)
        open_notice(session, officer(session, CHECKER), round_, on=self.on)
        file_objection(
            session,
            VISITOR,
            round_,
            ObjectionWords("样例市民", "037200000002", "公示的信息与登记簿所载不一致，请核实。"),
            enterprise_id=None,
            evidence=Proof("证明.pdf", "application/pdf", b"%PDF-1.7 sample"),
            on=self.on,
            directory=self.settings.issued_dir,
            settings=self.settings,
        )

    def _screening(self, session: Session, round_: WhitelistRound) -> None:
        """Leave reviews under way: one submitted, one open, the others undeclared."""
        maker, on = officer(session, MAKER), self.on
        due = on + timedelta(days=10)
        opened = open_screening(session, maker, round_, PROPOSED, due_on=due, spread_limit=2, on=on)
        people = [user.id for user in reviewers(session)]
        outcomes = [EntryOutcome.ADMITTED]
        assign(session, maker, opened, outcomes=outcomes, user_ids=people, per_firm=2, on=on, most=4)
        tasks = tasks_of_screening(session, opened.id)
        mine = [task for task in tasks if task.reviewer.email == PEOPLE["agency"]]
        actor = officer(session, PEOPLE["agency"])
        for task in mine[:2]:
            declare(session, actor, task, has_conflict=False, ground="", on=on)
        marks = {one.id: Mark(3, "样例理由写得够长够清楚。") for one in opened.criteria}
        submit_review(session, actor, mine[0], marks, version=mine[0].lock_version)

    def _events(self, session: Session) -> None:
        maker = officer(session, MAKER)
        draft = replace(self._details("培训（草稿）"), approval=ApprovalMode.ALL, reply_hours=24)
        create_event(session, maker, draft)
        self._registered(session, "秋季对接会（报名中）")
        event = self._registered(session, "银企对接会（已排期）")
        close_event(session, maker, event)
        publish_timetable(session, maker, make_timetable(session, maker, event), settings=self.settings)

    def _registered(self, session: Session, title: str) -> Event:
        maker = officer(session, MAKER)
        event = create_event(session, maker, self._details(title))
        publish_event(session, maker, event)
        firms, houses = self._firms(session), self._houses(session)
        for place, firm in enumerate(firms):
            said = Application("联系人子", f"0372000{place:05d}", "专利质押融资")
            register_enterprise(session, maker, event, firm, said, on=self.on, settings=self.settings)
        for place, house in enumerate(houses):
            said = Application("客户经理丁", f"0372001{place:05d}", desks=1)
            register_institution(session, maker, event, house, said, on=self.on, settings=self.settings)
        here = select(Registration).where(Registration.event_id == event.id)
        rows = session.scalars(here.order_by(Registration.id)).all()
        for row in rows:
            others = [other for other in rows if other.side is not row.side]
            set_wishes(session, maker, row, {other.id: 1 + (row.id + other.id) % 3 for other in others})
        return event

    def _details(self, title: str) -> EventDetails:
        opens = datetime(self.on.year, self.on.month, self.on.day, 9, tzinfo=CHINA) + timedelta(days=14)
        return EventDetails(
            kind=EventKind.MATCHMAKING,
            title=title,
            venue="政务服务中心三楼会议厅",
            starts_at=opens,
            ends_at=opens + timedelta(hours=4),
            registration_closes_on=self.on + timedelta(days=10),
            enterprise_seats=40,
            institution_seats=10,
            talks_start_at=opens + timedelta(minutes=30),
            slot_minutes=15,
            slot_count=8,
            desk_count=6,
            meetings_per_enterprise=2,
        )

    def _firms(self, session: Session) -> list[Enterprise]:
        """Return the firms with the highest scores; the first has an account."""
        best = select(Enterprise).join(Admission, Admission.enterprise_id == Enterprise.id)
        return list(
            session.scalars(best.order_by(Admission.graded_e4.desc(), Enterprise.id).limit(FIRMS_THAT_COME))
        )

    def _houses(self, session: Session) -> list[Organisation]:
        wanted = [PEOPLE[name] for name in ("bank", "insurer", "guarantor")]
        of_people = select(Organisation).join(User, User.organisation_id == Organisation.id)
        return list(session.scalars(of_people.where(User.email.in_(wanted)).order_by(Organisation.id)))

    def _rest(self, session: Session) -> None:
        make, maker = Make(session), officer(session, MAKER)
        make.job(state=JobState.FAILED, asked_by_user_id=maker.user_id)
        bank = self._houses(session)[0]
        self._of_the_county(session, make, bank)
        invite_user(
            session,
            officer(session, PEOPLE["admin"]),
            email="invited@demo.invalid",
            name="受邀人",
            role=Role.BANK,
            organisation_id=bank.id,
            now=now_utc(),
        )

    def _of_the_county(self, session: Session, make: Make, bank: Organisation) -> None:
        """Let a firm of the county have opened and contested something, and two lists disagree about it."""
        in_county = select(Enterprise).where(Enterprise.region_code == COUNTY, Enterprise.valid_count > 0)
        firm = session.scalars(in_county.order_by(Enterprise.id.desc())).first()
        assert firm is not None
        make.consent_act(make.consent(firm, bank))
        said = Statement(OutcomeKind.LOAN_GRANTED, self.on, "银行报送（合成）", "合同（样例）")
        enter_outcome(session, officer(session, MAKER), firm, said, on=self.on)
        make.gate_task(firm, arose_on=self.on, due_on=self.on + timedelta(days=1))
        push_candidates(
            session, officer(session, PEOPLE["guarantor"]), rows_of_text(firm.name), note="", on=self.on
        )
        document = issue_document(
            session,
            officer(session, MAKER),
            kind=DocumentKind.PROOF,
            title="更正申请证明材料",
            filename="证明.pdf",
            content=b"%PDF-1.7 sample",
            media_type="application/pdf",
            subject="correction:0",
            directory=self.settings.issued_dir,
        )
        request = make.correction_request(firm, filed_on=self.on, due_on=self.on + timedelta(days=5))
        make.correction_act(request)
        make.correction_proof(request, document_id=document.id)
        held = select(Patent).join(PatentApplicant).join(Applicant).where(Applicant.enterprise_id == firm.id)
        batch = session.scalars(select(ImportBatch).order_by(ImportBatch.id)).first()
        assert batch is not None
        # Names that the city has: those of the factory would be taken for sentences of a page.
        firms = self._firms(session)[:2]
        held_by, told_of = ({"keys": [one.name], "value": one.name, "owners": []} for one in firms)
        make.source_conflict(
            session.scalars(held.order_by(Patent.id)).first(),
            batch_id=batch.id,
            held={**held_by, "source": batch.filename, "as_of": "2026-01-05"},
            told={**told_of, "source": batch.filename, "as_of": "2026-03-05"},
        )
