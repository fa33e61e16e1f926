"""`ipfin score robustness`: do grade and place hold under other weights? Needs no database."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from ipfin.cli.output import json_option, misuse_in_words, print_table, write_numbers
from ipfin.cli.score_whatif import bytes_of, card_from, card_option, day_option, facts_option
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.text import _
from ipfin.whitelist.robustness import DRAWS, KAPPA, SEED, examine
from ipfin.whitelist.robustness_told import list_as_numbers, settings_as_numbers
from ipfin.whitelist.scoring import GRADE_LABELS, Grade
from ipfin.whitelist.whatif import origin, read_json, read_trials


@click.command(
    help="检验稳健性：在评分卡附近和全部可能的权重下，等级、入围是否不变；去掉一个维度、缺项取最差最好又如何。"
)
@facts_option
@card_option
@click.option("--cut", type=click.IntRange(min=1), help="入围家数；默认为C级以上的家数。")
@click.option(
    "--draws", type=click.IntRange(100, 100_000), default=DRAWS, show_default=True, help="抽样次数。"
)
@click.option("--seed", type=click.IntRange(0), default=SEED, show_default=True, help="随机种子。")
@click.option(
    "--kappa",
    type=click.IntRange(1, 100_000),
    default=KAPPA,
    show_default=True,
    help="权重集中程度：越大越靠近评分卡。",
)
@day_option
@json_option
@misuse_in_words
def robustness(
    facts_file: Path,
    card_file: Path | None,
    cut: int | None,
    draws: int,
    seed: int,
    kappa: int,
    day: datetime | None,
    json_file: Path | None,
) -> None:
    """Vary the weights under one set of values, or under a list of firms."""
    card = card_from(card_file)
    trials, is_list = read_trials(read_json(bytes_of(facts_file)), card)
    on = day.date() if day else today_in_china()
    sheets = [trial.sheet(card, on) for trial in trials]
    found = examine(sheets, card, cut=cut, draws=draws, seed=seed, kappa=kappa)
    result = list_as_numbers(found, sheets, card, [trial.name for trial in trials])
    firms = result["firms"]
    if not is_list:
        result = {**result.pop("firms")[0], **result}
    rests_on = origin(sheets[0], card)
    if is_list:
        del rests_on["inputs_hash"]
        for firm, sheet in zip(firms, sheets, strict=True):
            firm["inputs_hash"] = sheet.inputs_hash
    write_numbers(json_file, {**result, **settings_as_numbers(found, card), **rests_on})
    _print(firms, draws)


def _print(firms: list[dict[str, Any]], draws: int) -> None:
    print_table(
        _("稳健性（权重抽样%(draws)s次）", draws=draws),
        [
            _("企业"),
            _("等级"),
            _("评级用分"),
            _("评分卡附近不变"),
            _("任意权重不变"),
            _("入围"),
            _("边缘"),
            _("缺项最差至最好"),
        ],
        [_row(firm, place) for place, firm in enumerate(firms, 1)],
        numbers=[2, 3, 4, 5],
    )


def _row(firm: dict[str, Any], place: int) -> list[str]:
    return [
        firm["name"] or str(place),
        GRADE_LABELS[Grade(firm["grade"])],
        str(firm["graded_score"]),
        *("—" if firm[key] is None else f"{firm[key]:.2%}" for key in _SHARES),
        _("是") if firm["is_edge"] else _("否"),
        " – ".join(firm["grade_range"]),
    ]


_SHARES = ("grade_holds", "grade_holds_uniform", "in_list")
