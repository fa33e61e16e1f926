"""Loading the demonstration city through the real use cases, step by step as an office would.

Decides what the demonstration shows; every row is made by the services that also serve real data.
Callers own the transactions: each step is one, so that a demonstration stands like a real installation.
"""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from ipfin.accounts.models import Organisation, OrganisationKind, User
from ipfin.accounts.queries import actor_for
from ipfin.accounts.service import create_organisation, create_user
from ipfin.conduct.rules import ConductCode
from ipfin.conduct.service import record_conduct
from ipfin.config import Settings
from ipfin.demo.city import HEADER, DemoFirm, firms, patent_rows
from ipfin.demo.consents import open_to_institutions
from ipfin.demo.corrections import contest_something
from ipfin.demo.touch import keep_in_touch
from ipfin.documents.sheet import Column, SheetSpec, write_sheet
from ipfin.events.details import EventDetails
from ipfin.events.lifecycle import EventKind
from ipfin.events.registration import Application
from ipfin.events.service import (
    create_event,
    publish_event,
    register_enterprise,
    register_institution,
    set_wish,
    set_wishes,
)
from ipfin.kernel.actor import SYSTEM, Actor, Role
from ipfin.kernel.clock import CHINA, now_utc
from ipfin.kernel.money import fen_from_wan_yuan
from ipfin.kernel.public_id import new_public_id
from ipfin.kernel.text import Text, _
from ipfin.reference import seed_reference
from ipfin.registry.applicants import name_key
from ipfin.registry.intake import mapping_for, plan, read_list
from ipfin.registry.models import Enterprise, FactSource
from ipfin.registry.service import (
    commit_batch,
    find_candidates,
    note_check,
    open_batch,
    record_fact,
    write_search_text,
)
from ipfin.reports.service import prepare_issue, submit_issue
from ipfin.reports.service.publishing import publish_with_files
from ipfin.whitelist.models import Admission
from ipfin.whitelist.queries import latest_run
from ipfin.whitelist.service import activate_card, prepare_round, publish_round, run_scores, submit_round

UnitOfWork = Callable[[], AbstractContextManager[Session]]
Progress = Callable[[int, int, Text], None]
# Shown at the start of `make run`; the accounts exist in the demonstration only.
PASSWORD = "Yunxi-Hezhuang-2026"  # noqa: S105 - printed to whoever runs the demonstration


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the demonstration, to be printed: role, organisation, name of the account."""

    role: Role
    organisation: str
    email: str


# role, kind of organisation, its name, person, account
PEOPLE: tuple[tuple[Role, OrganisationKind, str, str, str], ...] = (
    (
        Role.CITY_OFFICER,
        OrganisationKind.CITY_OFFICE,
        "安阳市知识产权局（演示）",
        "经办甲",
        "office@demo.invalid",
    ),
    (
        Role.CITY_OFFICER,
        OrganisationKind.CITY_OFFICE,
        "安阳市知识产权局（演示）",
        "复核乙",
        "checker@demo.invalid",
    ),
    (
        Role.COUNTY_OFFICER,
        OrganisationKind.COUNTY_OFFICE,
        "文峰区知识产权局（演示）",
        "县区丙",
        "county@demo.invalid",
    ),
    (Role.BANK, OrganisationKind.BANK, "洹水示例银行安阳分行", "客户经理丁", "bank@demo.invalid"),
    (Role.BANK, OrganisationKind.BANK, "太行示例农商银行", "客户经理戊", "bank2@demo.invalid"),
    (
        Role.INSURER,
        OrganisationKind.INSURER,
        "殷都示例财产保险安阳支公司",
        "业务员己",
        "insurer@demo.invalid",
    ),
    (
        Role.GUARANTOR,
        OrganisationKind.GUARANTOR,
        "安阳示例融资担保有限公司",
        "项目经理庚",
        "guarantor@demo.invalid",
    ),
    (Role.AGENCY, OrganisationKind.AGENCY, "安阳示例知识产权服务中心", "评审员辛", "agency@demo.invalid"),
    (Role.AUDITOR, OrganisationKind.AUDITOR, "安阳市审计组（演示）", "审计员壬", "auditor@demo.invalid"),
    (Role.ADMIN, OrganisationKind.OPERATOR, "平台运维（演示）", "管理员癸", "admin@demo.invalid"),
)
ENTERPRISE_ACCOUNT = "firm@demo.invalid"
_COUNTY_REGION = "410502"
FIRMS_AT_THE_MEETING = 24


def _silent(_done: int, _total: int, _message: Text) -> None:
    """Report progress to nobody."""


def is_empty(session: Session) -> bool:
    """Whether nobody and nothing is there yet."""
    people = session.scalar(select(func.count()).select_from(User)) or 0
    return people == 0 and not session.scalar(select(func.count()).select_from(Enterprise))


def accounts(session: Session) -> Sequence[Account]:
    """Return the demonstration's accounts as they stand, one or more for each role."""
    rows = session.execute(
        select(User.role, Organisation.name, User.email)
        .join(Organisation, Organisation.id == User.organisation_id)
        .where(User.email.like("%@demo.invalid"))
        .order_by(User.id)
    )
    return [Account(role, organisation, email) for role, organisation, email in rows]


def load(work: UnitOfWork, settings: Settings, *, on: date, report: Progress = _silent) -> None:
    """Load the whole city into an empty database.

    Args:
        work: opens one writing transaction.
        on: the business day on which the demonstration begins.
    """
    city = firms(on)
    steps: list[tuple[Text, Callable[[Session], None]]] = [
        (_("机构与账号"), lambda session: _people(session, settings)),
        (_("专利名单"), lambda session: _list(session, settings, city, on)),
        (_("企业事实"), lambda session: _facts(session, city, on)),
        (_("评分"), lambda session: _score(session, on)),
        (_("白名单"), lambda session: _whitelist(session, on)),
        (_("企业账号"), lambda session: _firm_account(session, settings)),
        (_("企业授权"), lambda session: open_to_institutions(session, ENTERPRISE_ACCOUNT, on)),
        (_("更正申请"), lambda session: contest_something(session, settings, ENTERPRISE_ACCOUNT, on)),
        (_("对接会"), lambda session: _meeting(session, settings, on)),
        (_("走访与联系人"), lambda session: keep_in_touch(session, settings, on, _COUNTY_REGION)),
        (_("重复记录"), _second_record),
    ]
    for number, (name, step) in enumerate(steps):
        report(number, len(steps), name)
        with work() as session:
            step(session)
    report(len(steps), len(steps), _("名录"))
    _directory(work, settings, on)
    report(len(steps) + 1, len(steps) + 1, _("完成"))


def _people(session: Session, settings: Settings) -> None:
    seed_reference(session, settings)
    known: dict[str, int] = {}
    for role, kind, organisation, name, email in PEOPLE:
        if organisation not in known:
            region = _COUNTY_REGION if kind is OrganisationKind.COUNTY_OFFICE else None
            known[organisation] = create_organisation(
                session, SYSTEM, kind=kind, name=organisation, region_code=region, now=now_utc()
            ).id
        create_user(
            session,
            SYSTEM,
            organisation_id=known[organisation],
            role=role,
            name=name,
            email=email,
            password=PASSWORD,
            now=now_utc(),
            settings=settings,
        )


def _list(session: Session, settings: Settings, city: Sequence[DemoFirm], on: date) -> None:
    actor = officer(session, "office@demo.invalid")
    settings.uploads_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    stored, as_of = secrets.token_hex(16), on - timedelta(days=3)
    filename = "安阳市授权专利名单（合成示例）.xlsx"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.xlsx"
        spec = SheetSpec("专利名单", [Column(name) for name in HEADER], patent_rows(city, as_of))
        write_sheet(path, [spec])
        (settings.uploads_dir / stored).write_bytes(path.read_bytes())
        table = read_list(path, filename)
        found = plan(session, table, mapping_for(session, table), as_of=as_of)
    batch = open_batch(
        session,
        actor,
        filename=filename,
        stored_name=stored,
        sha256=table.sha256,
        size_bytes=table.size_bytes,
        as_of=as_of,
        source="演示名单生成器",
    )
    note_check(session, actor, batch, found)
    commit_batch(session, actor, batch, found)
    session.execute(update(Enterprise).values(is_synthetic=True))


def _facts(session: Session, city: Sequence[DemoFirm], on: date) -> None:
    known = {firm.name: firm for firm in session.scalars(select(Enterprise))}
    actor = officer(session, "office@demo.invalid")
    told_on = on - timedelta(days=30)
    for made in city:
        firm = known[made.name]
        firm.established_on = made.established_on
        firm.industry_code = made.industry_code
        for fact in made.facts:
            record_fact(
                session,
                actor,
                firm,
                fact.kind,
                as_of=told_on,
                source=FactSource.DECLARED,
                number=fact.number,
                word=fact.word,
                evidence="合成示例",
            )
    for made, code in ((city[7], ConductCode.E05), (city[31], ConductCode.E04)):
        record_conduct(
            session,
            actor,
            known[made.name],
            code,
            source="演示通报（合成）",
            effective_on=on - timedelta(days=200),
            expires_on=on + timedelta(days=500),
        )


def _score(session: Session, on: date) -> None:
    actor = officer(session, "office@demo.invalid")
    activate_card(session, actor, on=on)
    run_scores(session, actor, on=on)


def _whitelist(session: Session, on: date) -> None:
    maker, checker = officer(session, "office@demo.invalid"), officer(session, "checker@demo.invalid")
    run = latest_run(session)
    if run is None:
        raise RuntimeError("the demonstration was not scored")
    round_ = prepare_round(session, maker, run, title="知识产权质押融资白名单（演示）", valid_from=on)
    submit_round(session, maker, round_)
    publish_round(session, checker, round_)


def _firm_account(session: Session, settings: Settings) -> None:
    firm = session.scalars(
        select(Enterprise)
        .join(Admission, Admission.enterprise_id == Enterprise.id)
        .order_by(Admission.graded_e4.desc())
    ).first()
    if firm is None:
        raise RuntimeError("the demonstration admitted nobody")
    organisation = create_organisation(
        session,
        SYSTEM,
        kind=OrganisationKind.ENTERPRISE,
        name=firm.name,
        enterprise_id=firm.id,
        now=now_utc(),
    )
    create_user(
        session,
        SYSTEM,
        organisation_id=organisation.id,
        role=Role.ENTERPRISE,
        name="联系人子",
        email=ENTERPRISE_ACCOUNT,
        password=PASSWORD,
        now=now_utc(),
        settings=settings,
    )


def _second_record(session: Session) -> None:
    """Save a second record of a firm of the county, as another list would bring it, and find the pair."""
    firm = session.scalars(
        select(Enterprise)
        .where(Enterprise.region_code == _COUNTY_REGION, Enterprise.name.endswith("有限公司"))
        .order_by(Enterprise.name.endswith("股份有限公司"), Enterprise.id)
    ).first()
    if firm is None:
        raise RuntimeError("the demonstration has no firm in its county")
    name = f"{firm.name.removesuffix('有限公司')}有限责任公司"
    second = Enterprise(
        public_id=new_public_id(),
        name=name,
        name_key=name_key(name),
        region_code=firm.region_code,
        locality=firm.locality,
        is_synthetic=True,
        as_of=firm.as_of,
        created_at=now_utc(),
    )
    session.add(second)
    session.flush()
    write_search_text(second)
    find_candidates(session, officer(session, "office@demo.invalid"))


def _meeting(session: Session, settings: Settings, on: date) -> None:
    """Open a meeting with firms, banks and wishes; its timetable is left for whoever tries the product."""
    maker = officer(session, "office@demo.invalid")
    opens = datetime(on.year, on.month, on.day, 9, tzinfo=CHINA) + timedelta(days=12)
    event = create_event(session, maker, _meeting_details(opens, on), is_synthetic=True)
    publish_event(session, maker, event)
    firms = session.scalars(
        select(Enterprise)
        .join(Admission, Admission.enterprise_id == Enterprise.id)
        .order_by(Admission.graded_e4.desc(), Enterprise.id)
        .offset(1)  # the first has an account and signs up by itself
        .limit(FIRMS_AT_THE_MEETING)
    ).all()
    rows = [
        register_enterprise(
            session,
            maker,
            event,
            firm,
            Application(
                contact_name="联系人（合成）",
                phone="037200000000",
                need="专利质押融资，用于补充流动资金（合成）",
                amount_fen=fen_from_wan_yuan(200 + 50 * (place % 7)),
            ),
            on=on,
            settings=settings,
        )
        for place, firm in enumerate(firms)
    ]
    for turn, email in enumerate(("bank2@demo.invalid", "insurer@demo.invalid")):
        host = officer(session, email)
        organisation = session.get_one(Organisation, host.organisation_id)
        desk = Application(contact_name=host.name, phone="037200000000", desks=2)
        place_of_host = register_institution(
            session, host, event, organisation, desk, on=on, settings=settings
        )
        asked: dict[int, int | None] = {
            row.id: 1 + (n + turn) % 3 for n, row in enumerate(rows) if (n + turn) % 3
        }
        set_wishes(session, host, place_of_host, asked)
        for n, row in enumerate(rows):
            if (n + turn) % 4:
                set_wish(session, maker, row, place_of_host, 1 + n % 3)


def _meeting_details(opens: datetime, on: date) -> EventDetails:
    return EventDetails(
        kind=EventKind.MATCHMAKING,
        title="知识产权质押融资银企对接会（演示）",
        summary="政策宣讲后，企业与金融机构一对一洽谈。全部参会者为合成数据。",
        venue="安阳市政务服务中心三楼会议厅（演示）",
        starts_at=opens,
        ends_at=opens + timedelta(hours=4),
        registration_closes_on=on + timedelta(days=8),
        enterprise_seats=40,
        institution_seats=10,
        talks_start_at=opens + timedelta(minutes=45),
        slot_minutes=15,
        slot_count=10,
        desk_count=8,
        meetings_per_enterprise=3,
    )


def _directory(work: UnitOfWork, settings: Settings, on: date) -> None:
    with work() as session:
        maker, checker = officer(session, "office@demo.invalid"), officer(session, "checker@demo.invalid")
        issue = prepare_issue(session, maker, title="授权专利企业名录", on=on)
        submit_issue(session, maker, issue)
        number = issue.number
    publish_with_files(work, checker, number, settings=settings, on=on)


def officer(session: Session, email: str) -> Actor:
    """Return the demonstration's person with this account as an actor."""
    return actor_for(session, session.scalars(select(User).where(User.email == email)).one())
