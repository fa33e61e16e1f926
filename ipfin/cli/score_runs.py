"""`ipfin score run` and `ipfin score top`: score every firm, or list the last run."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy import true

from ipfin.cli.actors import acting, actor_option
from ipfin.cli.output import in_words, json_option, print_table, progress_bar, write_json
from ipfin.cli.session import database_option, open_engine, reading, unit_of_work
from ipfin.config import settings_from_environment
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.errors import BadInput, NotFound
from ipfin.kernel.text import _
from ipfin.whitelist.models import ScoreRun
from ipfin.whitelist.queries import latest_run, sheets_page
from ipfin.whitelist.scorecard import Scenario
from ipfin.whitelist.scoring import GRADE_LABELS, Grade
from ipfin.whitelist.service import examine_run, found_card, run_scores
from ipfin.whitelist.service.rescoring import rescore_changed


@click.command(help="对全部持有专利的企业评分。")
@click.option(
    "--card",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="第一次评分时启用这张评分卡（TOML）；以后更换须由两人在“评分模型”中办理。",
)
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="评分日；默认今天。")
@click.option(
    "--scenario",
    type=click.Choice([scenario.value for scenario in Scenario]),
    default=Scenario.WHITELIST.value,
    show_default=True,
    help="用途：按该用途使用中的评分卡评分。",
)
@click.option(
    "--changed", is_flag=True, help="只重算上次评分以后有变动的企业；数据日期、评分卡须与上次相同。"
)
@actor_option()
@database_option
@json_option
@in_words
def run(
    card: Path | None,
    day: datetime | None,
    scenario: str,
    changed: bool,
    email: str | None,
    database_url: str | None,
    json_file: Path | None,
) -> None:
    """Score every firm that holds a patent, or only those that changed."""
    if changed and (card is not None or Scenario(scenario) is not Scenario.WHITELIST):
        raise BadInput(_("--changed 只用于白名单评分，不能同时更换评分卡或用途。"))
    engine = open_engine(database_url)
    on = day.date() if day else today_in_china()
    scheduler = settings_from_environment().dask_scheduler
    with progress_bar() as report, unit_of_work(engine) as session:
        actor = acting(session, email)
        if card is not None:
            found_card(session, actor, card, on=on)
        if changed:
            scored = rescore_changed(session, actor, on=on, report=report, scheduler=scheduler)
        else:
            scored = run_scores(
                session, actor, on=on, scenario=Scenario(scenario), report=report, scheduler=scheduler
            )
        examined = examine_run(session, actor, scored.id, report=report)
        result = report_of(scored) | {"edge_firms": examined.edge_count}
    write_json(json_file, result)
    _print(result)


@click.command(help="列出最近一次评分中得分最高的企业。")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 200), help="列出多少家。")
@database_option
@json_option
@in_words
def top(limit: int, database_url: str | None, json_file: Path | None) -> None:
    """List the best firms of the last run."""
    with reading(open_engine(database_url)) as session:
        last = latest_run(session)
        if last is None:
            raise NotFound(_("还没有评分，请先运行 ipfin score run。"))
        sheets = sheets_page(session, last.id, true(), size=limit).items
        rows = [
            {
                "name": sheet.enterprise.name,
                "grade": sheet.grade.value,
                "graded_score": sheet.graded_e4 / 10_000,
                "coverage": sheet.coverage_bp / 10_000,
            }
            for sheet in sheets
        ]
    write_json(json_file, {"run": last.id, "firms": rows})
    print_table(
        _("评分第%(run)s次", run=last.id),
        [_("企业"), _("等级"), _("评级分"), _("覆盖率")],
        [
            [
                row["name"],
                GRADE_LABELS[Grade(str(row["grade"]))],
                f"{row['graded_score']:.2f}",
                f"{row['coverage']:.0%}",
            ]
            for row in rows
        ],
        numbers=[2, 3],
    )


def report_of(run: ScoreRun) -> dict[str, Any]:
    """Return what a run did, for people and machines."""
    return {
        "run": run.id,
        "card": run.card_version.card_id,
        "version": run.card_version.version,
        "card_sha256": run.card_version.sha256,
        "data_as_of": run.data_as_of,
        "firms": run.firms_count,
        "rescored": run.rescored_count,
        "base_run": run.base_run_id,
        "grades": dict(run.grade_counts),
        "inputs_hash": run.inputs_hash,
        "seconds": run.seconds_ms / 1000,
        "reconciles": sum(run.grade_counts.values()) == run.firms_count,
    }


def _print(result: dict[str, Any]) -> None:
    rows: list[list[Any]] = [[_("企业合计"), result["firms"]]]
    rows += [[GRADE_LABELS[Grade(grade)], count] for grade, count in result["grades"].items()]
    print_table(
        _("评分卡%(card)s %(version)s", card=result["card"], version=result["version"]),
        [_("等级"), _("企业数")],
        rows,
        numbers=[1],
    )
