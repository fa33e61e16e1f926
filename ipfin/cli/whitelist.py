"""`ipfin whitelist`: prepare a round, submit it, put it to notice and publish it by a second person."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy import or_, select, true
from sqlalchemy.orm import Session

from ipfin.cli.actors import acting, actor_option
from ipfin.cli.output import in_words, json_option, print_table, say, write_json
from ipfin.cli.session import database_option, open_engine, reading, unit_of_work
from ipfin.conduct.rules import ConductCode
from ipfin.conduct.service import log_consultation
from ipfin.config import settings_from_environment
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.errors import NotFound
from ipfin.kernel.text import _
from ipfin.registry.models import Enterprise
from ipfin.screening.queries import tallies_to_publish
from ipfin.whitelist.admission import OUTCOME_LABELS, ROUND_LABELS, last_day
from ipfin.whitelist.models import Admission, WhitelistRound
from ipfin.whitelist.queries import (
    admissions_on,
    entry_counts,
    in_force,
    latest_run,
    round_by_number,
    round_numbers,
    rounds_page,
)
from ipfin.whitelist.scoring import Grade
from ipfin.whitelist.service import (
    end_admission,
    open_notice,
    policy_of,
    prepare_round,
    publish_round,
    reconciles,
    submit_round,
    waive_register,
)


@click.group(help="白名单：编制批次、提交、由第二人公示和发布。")
def command() -> None:
    """Group the whitelist commands."""


@command.command(help="按最近一次评分编制一个批次。")
@click.option("--title", required=True, help="批次名称。")
@click.option(
    "--minimum-grade",
    type=click.Choice(["A", "B", "C", "D"]),
    default="C",
    show_default=True,
    help="入选线。",
)
@click.option("--valid-from", type=click.DateTime(["%Y-%m-%d"]), help="生效日；默认今天。")
@actor_option()
@database_option
@json_option
@in_words
def prepare(
    title: str,
    minimum_grade: str,
    valid_from: datetime | None,
    email: str | None,
    database_url: str | None,
    json_file: Path | None,
) -> None:
    """Draft a round from the last score run."""
    with unit_of_work(open_engine(database_url)) as session:
        run = latest_run(session)
        if run is None:
            raise NotFound(_("还没有评分，请先运行 ipfin score run。"))
        day = valid_from.date() if valid_from else today_in_china()
        round_ = prepare_round(
            session,
            acting(session, email),
            run,
            title=title,
            minimum_grade=Grade(minimum_grade),
            valid_from=day,
        )
        _show(session, round_, json_file)


MOST_LISTED = 100_000
_CODE = click.Choice([code.value for code in ConductCode])


@command.command(help="登记一次名册查询：查了哪个名册、覆盖谁、哪天查的。")
@click.argument("code", type=_CODE)
@click.option("--register", required=True, help="名册、网站或函件。")
@click.option("--covers", required=True, help="覆盖了哪些企业。")
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="查询日期；默认今天。")
@actor_option(required=True)
@database_option
@in_words
def consulted(
    code: str, register: str, covers: str, day: datetime | None, email: str, database_url: str | None
) -> None:
    """Log a look into a register of misconduct."""
    today = today_in_china()
    with unit_of_work(open_engine(database_url)) as session:
        row = log_consultation(
            session,
            acting(session, email),
            ConductCode(code),
            register=register,
            covers=covers,
            on=day.date() if day else today,
            today=today,
        )
        click.echo(say(_("已登记%(code)s的查询，日期%(day)s。", code=code, day=row.consulted_on.isoformat())))


@command.command(help="对编制中的批次说明某一名册不查询的理由；复核人会看到。")
@click.argument("number", type=int)
@click.argument("code", type=_CODE)
@click.option("--reason", required=True, help="理由。")
@actor_option(required=True)
@database_option
@in_words
def waive(number: int, code: str, reason: str, email: str, database_url: str | None) -> None:
    """Let a round do without a register, by name and reason."""
    with unit_of_work(open_engine(database_url)) as session:
        actor, round_ = acting(session, email), round_by_number(session, number)
        waive_register(session, actor, round_, ConductCode(code), reason=reason)
    click.echo(say(_("已登记：第%(number)s批不查询%(code)s。", number=number, code=code)))


@command.command(help="提交批次复核。")
@click.argument("number", type=int)
@actor_option(required=True)
@database_option
@json_option
@in_words
def submit(number: int, email: str, database_url: str | None, json_file: Path | None) -> None:
    """Hand a round to a second person."""
    with unit_of_work(open_engine(database_url)) as session:
        round_ = round_by_number(session, number)
        submit_round(session, acting(session, email), round_, on=today_in_china())
        _show(session, round_, json_file)


@command.command(help="复核批次并开始公示；须与提交人不是同一人。")
@click.argument("number", type=int)
@actor_option(required=True)
@database_option
@json_option
@in_words
def notice(number: int, email: str, database_url: str | None, json_file: Path | None) -> None:
    """Put a submitted round to public notice as its second person."""
    with unit_of_work(open_engine(database_url)) as session:
        round_ = round_by_number(session, number)
        policy = policy_of(settings_from_environment())
        term = open_notice(
            session,
            acting(session, email),
            round_,
            on=today_in_china(),
            policy=policy,
            screening=tallies_to_publish(session, round_.id),
        )
        _show(session, round_, json_file)
    click.echo(say(_("公示至%(last)s（含当日）。", last=term.last_day.isoformat())))


@command.command(help="公示期满后发布批次；须与提交人不是同一人。")
@click.argument("number", type=int)
@actor_option(required=True)
@database_option
@json_option
@in_words
def publish(number: int, email: str, database_url: str | None, json_file: Path | None) -> None:
    """Publish a round as its second person."""
    with unit_of_work(open_engine(database_url)) as session:
        round_ = round_by_number(session, number)
        publish_round(
            session,
            acting(session, email),
            round_,
            on=today_in_china(),
            policy=policy_of(settings_from_environment()),
            screening=tallies_to_publish(session, round_.id),
        )
        _show(session, round_, json_file)


@command.command("as-of", help="列出某一天在白名单上的企业。")
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]))
@database_option
@json_option
@in_words
def as_of(day: datetime, database_url: str | None, json_file: Path | None) -> None:
    """List the firms that were, are or will be on the whitelist on a day."""
    on = day.date()
    with reading(open_engine(database_url)) as session:
        found = admissions_on(session, true(), on, most=MOST_LISTED)
        numbers = round_numbers(session, found)
        firms = [
            {
                "name": row.enterprise.name,
                "credit_code": row.enterprise.credit_code,
                "grade": row.grade.value,
                "round": numbers[row.round_id],
                "valid_from": row.valid_from,
                "last_day": last_day(row.valid_until),
            }
            for row in found
        ]
    write_json(json_file, {"on": on, "firms": firms})
    print_table(
        _("%(day)s的白名单：%(count)s家", day=on.isoformat(), count=len(firms)),
        [_("企业"), _("等级"), _("批次"), _("有效期至")],
        [[firm["name"], firm["grade"], firm["round"], str(firm["last_day"])] for firm in firms],
        numbers=[2],
    )


@command.command(help="自今日起将一家企业移出白名单。")
@click.argument("firm")
@click.option("--reason", required=True, help="理由；记入审计。")
@actor_option(required=True)
@database_option
@in_words
def remove(firm: str, reason: str, email: str, database_url: str | None) -> None:
    """Take the firm with this credit code or exact name off the whitelist from today."""
    today = today_in_china()
    with unit_of_work(open_engine(database_url)) as session:
        admission = session.scalar(
            select(Admission)
            .join(Enterprise, Enterprise.id == Admission.enterprise_id)
            .where(in_force(today), or_(Enterprise.credit_code == firm, Enterprise.name == firm))
        )
        if admission is None:
            raise NotFound(_("今天的白名单上没有“%(firm)s”。", firm=firm))
        end_admission(session, acting(session, email), admission, on=today, reason=reason)
        name = admission.enterprise.name
    click.echo(say(_("%(firm)s自今日起移出白名单。", firm=name)))


@command.command("list", help="列出批次。")
@database_option
@json_option
@in_words
def list_rounds(database_url: str | None, json_file: Path | None) -> None:
    """List the rounds, the latest first."""
    with reading(open_engine(database_url)) as session:
        rounds = [report_of(session, round_) for round_ in rounds_page(session, cursor=None, size=200).items]
    write_json(json_file, {"rounds": rounds})
    print_table(
        _("白名单批次"),
        [_("批次"), _("名称"), _("状态"), _("入选"), _("生效日"), _("有效期至")],
        [
            [
                r["number"],
                r["title"],
                r["state_label"],
                r["outcomes"]["admitted"],
                str(r["valid_from"]),
                str(last_day(r["valid_until"])),
            ]
            for r in rounds
        ],
        numbers=[0, 3],
    )


def report_of(session: Session, round_: WhitelistRound) -> dict[str, Any]:
    """Return what a round holds, for people and machines."""
    counts = entry_counts(session, round_.id)
    return {
        "number": round_.number,
        "title": round_.title,
        "state": round_.state.value,
        "state_label": say(ROUND_LABELS[round_.state]),
        "candidates": sum(counts.values()),
        "outcomes": {outcome.value: count for outcome, count in counts.items()},
        "minimum_grade": round_.minimum_grade.value,
        "valid_from": round_.valid_from,
        "valid_until": round_.valid_until,
        "notice_from": round_.notice_from,
        "notice_last_day": round_.notice_last_day,
        "notice_is_provisional": round_.notice_is_provisional,
        "submitted_by": round_.submitted_by,
        "approved_by": round_.approved_by,
        "reconciles": reconciles(session, round_),
    }


def _show(session: Session, round_: WhitelistRound, json_file: Path | None) -> None:
    result = report_of(session, round_)
    write_json(json_file, result)
    rows: list[list[Any]] = [[_("候选企业"), result["candidates"]]]
    rows += [[label, result["outcomes"][outcome.value]] for outcome, label in OUTCOME_LABELS.items()]
    print_table(
        _("白名单第%(number)s批：%(state)s", number=round_.number, state=ROUND_LABELS[round_.state]),
        [_("结论"), _("企业数")],
        rows,
        numbers=[1],
    )
