"""Loading the demonstration city through the real use cases, step by step as an office would.

Decides what the demonstration shows; every row is made by the services that also serve real data.
Callers own the transactions: each step is one, so that a demonstration stands like a real installation.
"""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from ipfin.accounts.models import User
from ipfin.conduct.consultation import REGISTERS
from ipfin.conduct.rules import ConductCode
from ipfin.conduct.service import log_consultation, record_conduct
from ipfin.config import Settings
from ipfin.db import UnitOfWork
from ipfin.demo.city import HEADER, DemoFirm, firms, patent_rows
from ipfin.demo.consents import open_to_institutions
from ipfin.demo.corrections import contest_something
from ipfin.demo.meeting import hold_meeting
from ipfin.demo.past_meeting import tell_past_meeting
from ipfin.demo.people import COUNTY_REGION, ENTERPRISE_ACCOUNT, officer, open_accounts, open_firm_account
from ipfin.demo.pushing import push_firms
from ipfin.demo.screening import screen_candidates
from ipfin.demo.touch import keep_in_touch
from ipfin.documents.sheet import Column, SheetSpec, write_sheet
from ipfin.kernel.clock import now_utc
from ipfin.kernel.public_id import new_public_id
from ipfin.kernel.text import Text, _
from ipfin.reference import work_calendar
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
from ipfin.screening.queries import tallies_to_publish
from ipfin.whitelist.notice import NOTICE_WORKING_DAYS
from ipfin.whitelist.publication import Policy
from ipfin.whitelist.queries import active_card, latest_run
from ipfin.whitelist.scoring import Grade
from ipfin.whitelist.service import (
    examine_run,
    found_card,
    open_notice,
    prepare_round,
    publish_round,
    run_scores,
    submit_round,
)
from ipfin.whitelist.service.cards import open_draft, submit_draft
from ipfin.whitelist.service.simulating import simulate_draft

Progress = Callable[[int, int, Text], None]


def _silent(_done: int, _total: int, _message: Text) -> None:
    """Report progress to nobody."""


def is_empty(session: Session) -> bool:
    """Whether nobody and nothing is there yet."""
    people = session.scalar(select(func.count()).select_from(User)) or 0
    return people == 0 and not session.scalar(select(func.count()).select_from(Enterprise))


def load(work: UnitOfWork, settings: Settings, *, on: date, report: Progress = _silent) -> None:
    """Load the whole city into an empty database.

    Args:
        work: opens one writing transaction.
        on: the business day on which the demonstration begins.
    """
    city = firms(on)
    steps: list[tuple[Text, Callable[[Session], None]]] = [
        (_("机构与账号"), lambda session: open_accounts(session, settings)),
        (_("专利名单"), lambda session: _list(session, settings, city, on)),
        (_("企业事实"), lambda session: _facts(session, city, on)),
        (_("评分"), lambda session: _score(session, on)),
        (_("白名单"), lambda session: _whitelist(session, on)),
        (_("企业账号"), lambda session: open_firm_account(session, settings)),
        (_("企业授权"), lambda session: open_to_institutions(session, ENTERPRISE_ACCOUNT, on)),
        (_("更正申请"), lambda session: contest_something(session, settings, ENTERPRISE_ACCOUNT, on)),
        (_("上一期对接会"), lambda session: tell_past_meeting(session, settings, on)),
        (_("对接会"), lambda session: hold_meeting(session, settings, on)),
        (_("走访与联系人"), lambda session: keep_in_touch(session, settings, on, COUNTY_REGION)),
        (_("重复记录"), _second_record),
        (_("企业推送"), lambda session: push_firms(session, [firm.name for firm in city[:4]], on)),
    ]
    for number, (name, step) in enumerate(steps):
        report(number, len(steps), name)
        with work() as session:
            step(session)
    report(len(steps), len(steps), _("名录"))
    _directory(work, settings, on)
    report(len(steps) + 1, len(steps) + 1, _("完成"))


def _list(session: Session, settings: Settings, city: Sequence[DemoFirm], on: date) -> None:
    actor = officer(session, "office@demo.invalid")
    settings.uploads_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    stored, as_of = secrets.token_hex(16), _notice_began(session, on) - timedelta(days=3)
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
    began = _notice_began(session, on)
    found_card(session, actor, on=began)  # as every installation begins; a change takes two persons
    examine_run(session, actor, run_scores(session, actor, on=began).id)
    _propose_next_card(session, on)


def _propose_next_card(session: Session, on: date) -> None:
    """Leave a draft of the next card that waits for its second person; the card in force stays."""
    actor = officer(session, "office@demo.invalid")
    base = active_card(session, on)
    if base is None:
        raise RuntimeError("the demonstration was not scored")
    text = base.source_text.replace('version = "1.0.0"', 'version = "1.1.0"', 1)
    text = text.replace("knots = [[0, 0], [1, 60], [3, 100]]", "knots = [[0, 0], [1, 70], [3, 100]]", 1)
    draft = open_draft(session, actor, text, base=base)
    simulate_draft(session, actor, draft, line=Grade.C, on=on)
    submit_draft(
        session,
        actor,
        draft,
        reason="首件许可或转让更有意义，提高首件得分（合成示例）。",
        seen=draft.lock_version,
        on=on,
        note="入选比例的差别在现行评分卡下已经存在，本次改动没有加大（合成示例）。",
    )


def _notice_began(session: Session, on: date) -> date:
    """Return the day on which the notice began that is over on the demonstration's first day."""
    return work_calendar(session).add_working_days(on, -NOTICE_WORKING_DAYS - 1)


def _whitelist(session: Session, on: date) -> None:
    maker, checker = officer(session, "office@demo.invalid"), officer(session, "checker@demo.invalid")
    began, run = _notice_began(session, on), latest_run(session)
    if run is None:
        raise RuntimeError("the demonstration was not scored")
    for code in REGISTERS:
        if code not in Policy().not_applicable:
            log_consultation(
                session,
                maker,
                code,
                register="合成名册（演示）",
                covers="演示城市的全部企业",
                on=began,
                today=on,
            )
    round_ = prepare_round(session, maker, run, title="知识产权质押融资白名单（演示）", valid_from=on)
    screen_candidates(session, round_, began)
    submit_round(session, maker, round_, on=began)
    reviews = tallies_to_publish(session, round_.id)
    open_notice(session, checker, round_, on=began, screening=reviews)
    publish_round(session, checker, round_, on=on, screening=reviews)


def _second_record(session: Session) -> None:
    """Save a second record of a firm of the county, as another list would bring it, and find the pair."""
    firm = session.scalars(
        select(Enterprise)
        .where(Enterprise.region_code == COUNTY_REGION, Enterprise.name.endswith("有限公司"))
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


def _directory(work: UnitOfWork, settings: Settings, on: date) -> None:
    with work() as session:
        maker, checker = officer(session, "office@demo.invalid"), officer(session, "checker@demo.invalid")
        issue = prepare_issue(session, maker, title="授权专利企业名录", on=on)
        submit_issue(session, maker, issue)
        number = issue.number
    publish_with_files(work, checker, number, settings=settings, on=on)
