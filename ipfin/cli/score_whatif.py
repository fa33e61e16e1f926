"""`ipfin score explain`: a whole score sheet from values that somebody wrote down.

Needs no database. Everything that can be wrong is in the files given, so a refusal is exit code 2.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from ipfin.cli.output import json_option, misuse_in_words, print_table, say, write_numbers
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import Text, _
from ipfin.whitelist.scheme import default_card
from ipfin.whitelist.scorecard import Scorecard, plain
from ipfin.whitelist.scoring import GRADE_LABELS, Grade
from ipfin.whitelist.short_card import load_trial_card
from ipfin.whitelist.whatif import METHOD_NOTE, MOST_BYTES, read_json, read_trial, sheet_as_numbers

facts_option = click.option(
    "--facts",
    "facts_file",
    required=True,
    type=click.Path(path_type=Path),
    help='指标值（JSON）：{"L1": 5, "M2": 0, "T1": null}；null为来源没有，"undeclared"为已要求而未申报。',
)
card_option = click.option(
    "--card",
    "card_file",
    type=click.Path(path_type=Path),
    help="评分卡（TOML，全称或简写）；默认为随附的评分卡。",
)
day_option = click.option(
    "--on", "--data-as-of", "day", type=click.DateTime(["%Y-%m-%d"]), help="数据日期；默认今天。"
)


@click.command(
    help="按一组指标值试算，写出整张评分表：得分、区间、覆盖率、等级、各项贡献、失分原因、下一步。"
)
@facts_option
@card_option
@day_option
@json_option
@misuse_in_words
def explain(facts_file: Path, card_file: Path | None, day: datetime | None, json_file: Path | None) -> None:
    """Score one set of values and say why."""
    card = card_from(card_file)
    trial = read_trial(read_json(bytes_of(facts_file)), card)
    sheet = trial.sheet(card, day.date() if day else today_in_china())
    result = sheet_as_numbers(trial, sheet, card)
    write_numbers(json_file, result)
    _print(result)


def card_from(path: Path | None) -> Scorecard:
    """Return the card of the option, or the one that ships."""
    return default_card() if path is None else load_trial_card(bytes_of(path))


def bytes_of(path: Path) -> bytes:
    """Return the beginning of a file, one byte more than any file may have.

    Raises:
        BadInput: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        raise BadInput(_("文件“%(file)s”读不出来，请检查路径和权限。", file=str(path))) from error


def _print(result: dict[str, Any]) -> None:
    low, high = result["interval"]
    print_table(
        Text(METHOD_NOTE, {}),
        [_("项目"), _("结果")],
        [
            [_("评级用分"), f"{result['graded_score']}"],
            [_("等级"), GRADE_LABELS[Grade(result["grade"])]],
            [_("按已知指标的得分"), f"{result['score']}"],
            [_("可能区间"), f"{low} – {high}"],
            [_("覆盖率"), f"{result['coverage'] * 100:.2f}%"],
        ],
    )
    print_table(
        _("各项贡献"),
        [_("代码"), _("指标"), _("权重"), _("值"), _("得分"), _("贡献")],
        [_row(line) for line in result["indicators"]],
        numbers=[2, 3, 4, 5],
    )
    for reason in result["reasons"]:
        click.echo(say(_("失分：%(what)s。", what=reason["sentence"])))
    step = result["next_step"]
    for sentence in [step["sentence"], *(change["sentence"] for change in step["changes"])] if step else []:
        click.echo(say(sentence))
    if result["ignored"]:
        click.echo(say(_("评分卡不用的指标，未计：%(codes)s。", codes="、".join(result["ignored"]))))


def _row(line: dict[str, Any]) -> list[str]:
    numbers = ["—" if line[key] is None else plain(line[key]) for key in ("weight", "value", "points")]
    return [line["code"], line["name"], *numbers, str(line["contribution"])]
