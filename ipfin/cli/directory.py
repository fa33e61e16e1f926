"""`ipfin directory`: prepare an issue, submit it, publish it with its files, list issues."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from ipfin.cli.actors import acting, actor_option
from ipfin.cli.output import in_words, json_option, print_table, progress_bar, say, write_json
from ipfin.cli.session import database_option, open_engine, reading, unit_of_work
from ipfin.config import settings_from_environment
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.text import _
from ipfin.reports.directory import CHANGE_LABELS, ISSUE_LABELS
from ipfin.reports.models import DirectoryIssue
from ipfin.reports.queries import change_counts, deliveries_of_issue, issue_by_number, issues_page, lines_of
from ipfin.reports.selection import RECIPIENT_KINDS, Holding, IssueScope, RecipientChoice
from ipfin.reports.service import prepare_issue, recall_issue, reconciles, submit_issue
from ipfin.reports.service.publishing import publish_with_files


@click.group(help="授权专利企业名录：编制、提交、由第二人发布并送达。")
def command() -> None:
    """Group the directory commands."""


@command.command(help="编制新一期名录；不加选项即收录全部持有有效专利的企业，送达全部机构。")
@click.option("--title", default="授权专利企业名录", show_default=True, help="标题。")
@click.option("--region", "regions", multiple=True, help="区县代码，可多次；缺省为全市。")
@click.option("--industry", "industries", multiple=True, help="行业大类两位代码，可多次；缺省为全部。")
@click.option("--inventions", is_flag=True, help="只按有效发明专利计数。")
@click.option("--least", default=1, show_default=True, help="每家至少几件。")
@click.option("--admitted-only", is_flag=True, help="只收录在白名单有效期内的企业。")
@click.option("--fresh-days", type=int, help="数据日期在编制日前几天以内；缺省不限。")
@click.option(
    "--to", "kinds", multiple=True, type=click.Choice(RECIPIENT_KINDS), help="送达哪类机构，可多次。"
)
@actor_option()
@database_option
@json_option
@in_words
def prepare(
    title: str,
    regions: tuple[str, ...],
    industries: tuple[str, ...],
    inventions: bool,
    least: int,
    admitted_only: bool,
    fresh_days: int | None,
    kinds: tuple[str, ...],
    email: str | None,
    database_url: str | None,
    json_file: Path | None,
) -> None:
    """Freeze today's directory as a new issue."""
    holding = Holding.INVENTION if inventions else Holding.VALID
    scope = IssueScope(regions, industries, holding, least, admitted_only, fresh_days)
    with unit_of_work(open_engine(database_url)) as session:
        issue = prepare_issue(
            session,
            acting(session, email),
            title=title,
            on=today_in_china(),
            scope=scope,
            recipients=RecipientChoice(kinds or RECIPIENT_KINDS),
        )
        _show(session, issue, json_file)


@command.command(help="提交复核。")
@click.argument("number", type=int)
@actor_option(required=True)
@database_option
@json_option
@in_words
def submit(number: int, email: str, database_url: str | None, json_file: Path | None) -> None:
    """Hand an issue to a second person."""
    with unit_of_work(open_engine(database_url)) as session:
        issue = issue_by_number(session, number)
        submit_issue(session, acting(session, email), issue)
        _show(session, issue, json_file)


@command.command(help="复核、制作文件并送达各机构；须与提交人不是同一人。")
@click.argument("number", type=int)
@actor_option(required=True)
@database_option
@json_option
@in_words
def publish(number: int, email: str, database_url: str | None, json_file: Path | None) -> None:
    """Publish an issue as its second person: files, deliveries, notices."""
    engine = open_engine(database_url)
    with reading(engine) as session:
        actor = acting(session, email)
    with progress_bar() as report:
        publish_with_files(
            partial(unit_of_work, engine),
            actor,
            number,
            settings=settings_from_environment(),
            on=today_in_china(),
            report=report,
        )
    with reading(engine) as session:
        _show(session, issue_by_number(session, number), json_file)


@command.command(help="召回已发布的一期；文件即作废，各机构收到理由。")
@click.argument("number", type=int)
@click.option("--reason", required=True, help="理由。")
@actor_option(required=True)
@database_option
@json_option
@in_words
def recall(number: int, reason: str, email: str, database_url: str | None, json_file: Path | None) -> None:
    """Recall a published issue."""
    with unit_of_work(open_engine(database_url)) as session:
        issue = issue_by_number(session, number)
        recall_issue(session, acting(session, email), issue, reason=reason)
        _show(session, issue, json_file)


@command.command("list", help="列出各期名录。")
@database_option
@json_option
@in_words
def list_issues(database_url: str | None, json_file: Path | None) -> None:
    """List the issues, the latest first."""
    with reading(open_engine(database_url)) as session:
        issues = [report_of(session, issue) for issue in issues_page(session, cursor=None, size=200).items]
    write_json(json_file, {"issues": issues})
    print_table(
        _("名录期次"),
        [_("期次"), _("标题"), _("状态"), _("企业"), _("有效专利"), _("送达机构")],
        [
            [i["number"], i["title"], i["state_label"], i["lines"], i["patents"], i["deliveries"]]
            for i in issues
        ],
        numbers=[0, 3, 4, 5],
    )


def report_of(session: Session, issue: DirectoryIssue) -> dict[str, Any]:
    """Return what an issue holds, for people and machines."""
    changes = change_counts(session, issue.id)
    return {
        "number": issue.number,
        "title": issue.title,
        "state": issue.state.value,
        "state_label": say(ISSUE_LABELS[issue.state]),
        "as_of": issue.as_of,
        "scope": issue.scope,
        "recipients": issue.recipients,
        "compared_with": issue.compared_with,
        "lines": issue.lines_count,
        "patents": issue.patents_count,
        "admitted": issue.admitted_count,
        "changes": {change.value: count for change, count in changes.items()},
        "content_sha256": issue.content_sha256,
        "deliveries": len(deliveries_of_issue(session, issue.id)),
        "submitted_by": issue.submitted_by,
        "approved_by": issue.approved_by,
        "reconciles": reconciles(issue, lines_of(session, issue.id)),
    }


def _show(session: Session, issue: DirectoryIssue, json_file: Path | None) -> None:
    result = report_of(session, issue)
    write_json(json_file, result)
    rows: list[list[Any]] = [
        [_("企业"), result["lines"]],
        [_("有效专利"), result["patents"]],
        [_("白名单企业"), result["admitted"]],
        [_("送达机构"), result["deliveries"]],
    ]
    rows += [[label, result["changes"][change.value]] for change, label in CHANGE_LABELS.items()]
    print_table(
        _("名录第%(number)s期：%(state)s", number=issue.number, state=ISSUE_LABELS[issue.state]),
        [_("项目"), _("数量")],
        rows,
        numbers=[1],
    )
