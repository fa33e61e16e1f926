"""`ipfin outcome list|enter|withdraw|calibration`: what became of firms' financing, and how far it goes."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy import true

from ipfin.cli.actors import acting, actor_option
from ipfin.cli.output import in_words, json_option, print_table, say, write_json
from ipfin.cli.session import database_option, open_engine, reading, unit_of_work
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.text import _
from ipfin.outcomes.models import FinancingOutcome
from ipfin.outcomes.queries import OutcomeFilter, all_outcomes, firm_named, outcome_by_id
from ipfin.outcomes.rules import KIND_LABELS, STANDING_LABELS, OutcomeKind, Statement
from ipfin.outcomes.service import enter_outcome, withdraw_outcome
from ipfin.whitelist.calibration import FEWEST_BADS
from ipfin.whitelist.queries.calibration import CalibrationState, calibration_state

_KINDS = click.Choice([kind.value for kind in OutcomeKind])


@click.command("list", help="列出已登记的融资结果，最近的在前。")
@click.option("--kind", type=_KINDS, help="只列一种。")
@click.option("--withdrawn", is_flag=True, help="列出已撤回的。")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 5_000), help="最多列出几条。")
@database_option
@json_option
@in_words
def list_(
    kind: str | None, withdrawn: bool, limit: int, database_url: str | None, json_file: Path | None
) -> None:
    """List outcomes."""
    wanted = OutcomeFilter(kind=OutcomeKind(kind) if kind else None, withdrawn=withdrawn)
    with reading(open_engine(database_url)) as session:
        _show([report_of(row) for row in all_outcomes(session, true(), wanted, most=limit)], json_file)


@click.command(help="登记一项融资结果。")
@click.argument("firm")
@click.argument("kind", type=_KINDS)
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--source", required=True, help="谁提供的。")
@click.option("--evidence", default="", help="凭据；逾期和代偿必填。")
@actor_option()
@database_option
@json_option
@in_words
def enter(
    firm: str,
    kind: str,
    day: datetime,
    source: str,
    evidence: str,
    email: str | None,
    database_url: str | None,
    json_file: Path | None,
) -> None:
    """Write an outcome of FIRM (whole name or credit code) down."""
    said = Statement(OutcomeKind(kind), day.date(), source, evidence)
    with unit_of_work(open_engine(database_url)) as session:
        found = firm_named(session, true(), firm)
        made = enter_outcome(session, acting(session, email), found, said, on=today_in_china())
        rows = [report_of(made)]
    _show(rows, json_file)


@click.command(help="撤回一项登记有误的融资结果。")
@click.argument("number", type=int)
@click.option("--reason", required=True, help="理由。")
@actor_option()
@database_option
@json_option
@in_words
def withdraw(
    number: int, reason: str, email: str | None, database_url: str | None, json_file: Path | None
) -> None:
    """Take an outcome back that was wrong."""
    with unit_of_work(open_engine(database_url)) as session:
        outcome = outcome_by_id(session, true(), number)
        withdraw_outcome(session, acting(session, email), outcome, reason=reason)
        rows = [report_of(outcome)]
    _show(rows, json_file)


@click.command(help="融资结果够不够校准评分卡；够时给出系数。结果只供研究，不用于评分。")
@database_option
@json_option
@in_words
def calibration(database_url: str | None, json_file: Path | None) -> None:
    """Tell how far the outcomes go."""
    with reading(open_engine(database_url)) as session:
        state = calibration_state(session, today_in_china())
    write_json(json_file, calibration_as_plain(state))
    click.echo(say(_("专家评分卡，非违约概率")))
    rows: list[list[Any]] = [
        [label, state.standings[standing]] for standing, label in STANDING_LABELS.items()
    ]
    rows += [
        [_("好（放款前有评分）"), state.goods],
        [_("坏（放款前有评分）"), state.bads],
        [_("放款前没有评分，不能用"), state.unscored],
    ]
    print_table(_("可用的结果"), [_("项目"), _("企业数")], rows, numbers=[1])
    if state.fit is None:
        click.echo(
            say(_("不作校准：好、坏两方都须有%(fewest)s家以上，且得分能分出好坏。", fewest=FEWEST_BADS))
        )


def report_of(outcome: FinancingOutcome) -> dict[str, Any]:
    """Return an outcome for people and machines."""
    return {
        "id": outcome.id,
        "firm": outcome.enterprise.name,
        "kind": outcome.kind.value,
        "happened_on": outcome.happened_on,
        "source": outcome.source,
        "evidence": outcome.evidence,
        "entered_by": outcome.entered_by,
        "withdrawn_reason": outcome.withdrawn_reason,
    }


def calibration_as_plain(state: CalibrationState) -> dict[str, Any]:
    """Return the state of the calibration for machines; `fit` is null below the bounds."""
    fit = state.fit
    return {
        "as_of": state.on,
        "method": "expert scorecard, not a probability of default",
        "outcomes": {kind.value: count for kind, count in state.kinds.items()},
        "firms": {standing.value: state.standings[standing] for standing in STANDING_LABELS},
        "usable": {"good": state.goods, "bad": state.bads, "without_earlier_score": state.unscored},
        "fit": None
        if fit is None
        else {
            "intercept": fit.intercept,
            "measures": {
                name: {
                    "weight": weight.value,
                    "low": weight.low,
                    "high": weight.high,
                    "information": fit.information(name),
                    "bins": [
                        {"from": each.low, "good": each.goods, "bad": each.bads, "woe": each.woe}
                        for each in fit.bins[name]
                    ],
                }
                for name, weight in fit.weights.items()
            },
        },
    }


def _show(rows: list[dict[str, Any]], json_file: Path | None) -> None:
    write_json(json_file, {"outcomes": rows})
    print_table(
        _("融资结果"),
        [_("编号"), _("企业"), _("结果"), _("日期"), _("来源"), _("凭据"), _("撤回理由")],
        [
            [
                str(row["id"]),
                row["firm"],
                KIND_LABELS[OutcomeKind(row["kind"])],
                row["happened_on"].isoformat(),
                row["source"],
                row["evidence"] or "—",
                row["withdrawn_reason"] or "—",
            ]
            for row in rows
        ],
    )
