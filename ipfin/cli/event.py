"""`ipfin event`: make events, sign up, wish, plan the timetable, write the agendas.

`plan` needs no database: a plain file of participants, values, slots and tables in, a timetable with its
certificate out.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click
from sqlalchemy import true
from sqlalchemy.orm import Session

from ipfin.cli.actors import acting, actor_option
from ipfin.cli.event_create import create, event_report
from ipfin.cli.event_plan import plan, tell
from ipfin.cli.event_register import register, told
from ipfin.cli.output import in_words, json_option, print_table, progress_bar, say, write_json
from ipfin.cli.session import database_option, open_engine, reading, unit_of_work
from ipfin.config import settings_from_environment
from ipfin.documents.service import read_document
from ipfin.events.export import issue_agendas
from ipfin.events.lifecycle import (
    EVENT_LABELS,
    REGISTRATION_LABELS,
    SIDE_LABELS,
    EventState,
)
from ipfin.events.models import Event
from ipfin.events.queries import (
    event_by_public_id,
    events_page,
    registration_by_id,
    registrations_of,
    task_for,
)
from ipfin.events.service import (
    STEPS,
    cancel_event,
    close_event,
    finish_event,
    plan_task,
    publish_timetable,
    set_wish,
    store_timetable,
)
from ipfin.kernel.clock import now_utc, today_in_china
from ipfin.kernel.text import Text, _
from ipfin.whitelist.queries import grades_in_force


@click.group(help="活动：新建、报名、意愿、排期、日程；plan 直接由文件排期。")
def command() -> None:
    """Group the event commands."""


@command.command("list", help="列出活动；给出编号时列出该活动的报名（含报名序号）。")
@click.argument("event_id", required=False, metavar="[活动]")
@database_option
@json_option
@in_words
def list_(event_id: str | None, database_url: str | None, json_file: Path | None) -> None:
    """List events, or the registrations of one."""
    with reading(open_engine(database_url)) as session:
        if event_id:
            _list_registrations(session, _event(session, event_id), json_file)
            return
        reports = [event_report(session, event) for event in events_page(session, true(), size=200).items]
    write_json(json_file, {"events": reports})
    print_table(
        _("活动"),
        [_("编号"), _("名称"), _("状态"), _("企业"), _("机构"), _("候补")],
        [
            [
                one["event"],
                one["title"],
                EVENT_LABELS[EventState(one["state"])],
                one["sides"]["enterprise"]["confirmed"],
                one["sides"]["institution"]["confirmed"],
                sum(side["waiting"] for side in one["sides"].values()),
            ]
            for one in reports
        ],
        numbers=[3, 4, 5],
    )


def _event(session: Session, public_id: str) -> Event:
    return event_by_public_id(session, true(), public_id)


def _list_registrations(session: Session, event: Event, json_file: Path | None) -> None:
    rows = registrations_of(session, event.id, true())
    write_json(json_file, event_report(session, event) | {"registrations": [told(row) for row in rows]})
    print_table(
        event.title,
        [_("序号"), _("参会方"), _("单位"), _("状态"), _("席位")],
        [
            [str(row.id), SIDE_LABELS[row.side], row.display_name, REGISTRATION_LABELS[row.state], row.desks]
            for row in rows
        ],
        numbers=[4],
    )


@command.command(help="推进活动：publish 发布，close 截止，reopen 重开，finish 结束，cancel 取消。")
@click.argument("event_id", metavar="活动")
@click.argument("step", type=click.Choice([*STEPS, "finish", "cancel"]), metavar="动作")
@click.option("--reason", default="", help="取消的理由。")
@actor_option()
@database_option
@json_option
@in_words
def step(
    event_id: str,
    step: str,
    reason: str,
    email: str | None,
    database_url: str | None,
    json_file: Path | None,
) -> None:
    """Move an event on."""
    with unit_of_work(open_engine(database_url)) as session:
        event, actor = _event(session, event_id), acting(session, email)
        if step == "cancel":
            cancel_event(session, actor, event, reason=reason)
        elif step == "finish":
            finish_event(session, actor, event, now=now_utc())
        else:
            STEPS[step](session, actor, event)
        report = event_report(session, event)
        label = EVENT_LABELS[event.state]
    write_json(json_file, report)
    click.echo(say(_("活动现为“%(state)s”。", state=label)))


@command.command(help="登记会谈意愿：3 很希望，2 希望，1 愿意，0 不见。")
@click.argument("event_id", metavar="活动")
@click.option("--from", "wisher", required=True, type=int, help="提出方的报名序号。")
@click.option("--to", "wished", required=True, type=int, help="对方的报名序号。")
@click.option("--strength", required=True, type=click.IntRange(0, 3), help="0 到 3。")
@actor_option()
@database_option
@json_option
@in_words
def wish(
    event_id: str,
    wisher: int,
    wished: int,
    strength: int,
    email: str | None,
    database_url: str | None,
    json_file: Path | None,
) -> None:
    """Say of one participant what another wishes."""
    with unit_of_work(open_engine(database_url)) as session:
        event = _event(session, event_id)
        row, other = (registration_by_id(session, true(), event.id, number) for number in (wisher, wished))
        firms = [one.enterprise_id for one in (row, other) if one.enterprise_id is not None]
        listed = grades_in_force(session, firms, today_in_china()).keys()
        changed = set_wish(session, acting(session, email), row, other, strength, listed=listed)
    write_json(json_file, {"from": wisher, "to": wished, "strength": strength, "changed": changed})
    click.echo(say(_("意愿已登记。") if changed else _("意愿没有变化。")))


@command.command(help="按报名与双方都同意的意愿排期并保存；--publish 随即发布（先截止报名）。")
@click.argument("event_id", metavar="活动")
@click.option("--seconds", default=20.0, show_default=True, help="用于改进的时间，秒。")
@click.option("--seed", default=0, show_default=True, help="搜索的种子；相同输入与种子得相同日程。")
@click.option("--publish", is_flag=True, help="随即发布，通知各参会者。")
@actor_option()
@database_option
@json_option
@in_words
def timetable(
    event_id: str,
    seconds: float,
    seed: int,
    publish: bool,
    email: str | None,
    database_url: str | None,
    json_file: Path | None,
) -> None:
    """Plan, check and keep a timetable."""
    engine = open_engine(database_url)
    with reading(engine) as session:
        task = task_for(session, _event(session, event_id))
    with progress_bar() as report_progress:
        planned = plan_task(task, seconds=seconds, seed=seed, on_progress=partial(tell, report_progress))
    with unit_of_work(engine) as session:
        event, actor = _event(session, event_id), acting(session, email)
        kept = store_timetable(session, actor, event, task, planned)
        if publish:
            if event.state is EventState.OPEN:
                close_event(session, actor, event)
            publish_timetable(session, actor, kept)
        certificate = dict(kept.certificate)
        report = {"number": kept.number, "state": kept.state.value, "certificate": certificate}
    write_json(json_file, report)
    click.echo(
        say(_("第%(number)s版，%(meetings)s场。", number=kept.number, meetings=certificate["meetings"]))
    )
    click.echo(say(Text.from_json(certificate["statement"])))


@command.command(help="出具已发布日程的个人日程（PDF），每个参会者一份。")
@click.argument("event_id", metavar="活动")
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="文件放在哪里。")
@actor_option()
@database_option
@json_option
@in_words
def agendas(
    event_id: str, out: Path, email: str | None, database_url: str | None, json_file: Path | None
) -> None:
    """Write an agenda for everybody who meets somebody."""
    engine, settings = open_engine(database_url), settings_from_environment()
    with reading(engine) as session:
        event_key, actor = _event(session, event_id).id, acting(session, email)
    with progress_bar() as report:
        papers = issue_agendas(
            partial(unit_of_work, engine),
            partial(reading, engine),
            actor,
            event_key,
            settings=settings,
            report=report,
        )
    out.mkdir(parents=True, exist_ok=True)
    for paper in papers:
        (out / paper.filename).write_bytes(read_document(paper, settings.issued_dir))
    write_json(
        json_file,
        {"agendas": [{"file": paper.filename, "code": paper.verify_code} for paper in papers]},
    )
    click.echo(say(_("已写出%(count)s份日程。", count=len(papers))))


command.add_command(create)
command.add_command(plan)
command.add_command(register)
