"""`ipfin outcome check`: does the card put firms with a pledge first? Needs no database, tells no names."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from ipfin.cli.output import json_option, misuse_in_words, print_table, say, write_numbers
from ipfin.cli.score_whatif import card_from, card_option
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.text import Text, _
from ipfin.registry.as_of import check_as_of
from ipfin.registry.headers import propose_mapping
from ipfin.registry.intake import read_list
from ipfin.registry.listing import interpret
from ipfin.whitelist.outcome_check import FEWEST, check_as_numbers, check_list
from ipfin.whitelist.scorecard import Scorecard, card_sha256

MEASURE_LABELS: dict[str, Text] = {
    "score": _("评分（按已知指标）"),
    "graded_score": _("评级用分"),
    "patents": _("只看专利件数"),
    "valid_patents": _("只看有效专利件数"),
}
GROUP_LABELS: dict[str, Text] = {
    "all_companies": _("全部企业"),
    "with_a_valid_patent": _("有有效专利的企业"),
}


@click.command(
    help="检验评分卡：在专利名单上，评分是否把有专利出质的企业排在前面；评分不用任何质押信息，只输出汇总数。"
)
@click.argument("lists", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="LIST…")
@click.option(
    "--as-of",
    "day",
    required=True,
    type=click.DateTime(["%Y-%m-%d"]),
    help="数据截止日，即名单反映的是哪一天的情况。",
)
@card_option
@json_option
@misuse_in_words
def check(lists: tuple[Path, ...], day: datetime, card_file: Path | None, json_file: Path | None) -> None:
    """Check the card on each list by itself."""
    on = check_as_of(day.date(), today=today_in_china())
    card = card_from(card_file)
    results = [_checked(path, card, on) for path in lists]
    write_numbers(json_file, report_of(results, card, on))
    for path, result in zip(lists, results, strict=True):
        _print(path.name, result)
    click.echo(say(_("评分不用质押信息：不计C4，L4不计P09。名单只说“现在有质押”，不说先后，因果不明。")))


def report_of(results: list[dict[str, Any]], card: Scorecard, on: date) -> dict[str, Any]:
    """Return what was found on every list, and what it rests on."""
    return {
        "model_id": card.id,
        "config_version": card.version,
        "config_sha256": card_sha256(card),
        "data_as_of": on,
        "lists": results,
    }


def _checked(path: Path, card: Scorecard, on: date) -> dict[str, Any]:
    table = read_list(path, path.name)
    found = check_list(interpret(table, propose_mapping(table), as_of=on), card, on)
    return {"file_sha256": table.sha256, "rows": table.row_count, **check_as_numbers(found)}


def _print(filename: str, result: dict[str, Any]) -> None:
    for key, label in GROUP_LABELS.items():
        group = result[key]
        title = _(
            "%(file)s：%(group)s%(firms)s家，其中有专利出质的%(positives)s家",
            file=filename,
            group=label,
            firms=group["firms"],
            positives=group["positives"],
        )
        if group["auc"]["score"] is None:
            click.echo(say(title))
            click.echo(say(_("  任一边不足%(fewest)s家，不给出数字。", fewest=FEWEST)))
            continue
        rows = [[MEASURE_LABELS[name], *_figures(auc)] for name, auc in group["auc"].items()]
        rows.append([_("评分，只比规模相近的"), *_figures(group["auc_within_size"])])
        rows.append([_("评分比专利件数高出"), *_figures(group["gain_over_patents"])])
        print_table(title, [_("排序依据"), _("AUC"), _("95%区间"), _("比较的对数")], rows, numbers=[1, 2, 3])
    coverage = result["coverage"]
    if coverage is not None:
        click.echo(say(_("  资料覆盖率中位数：%(share)s。", share=f"{coverage['median']:.0%}")))


def _figures(found: dict[str, Any] | None) -> list[Any]:
    if found is None:
        return ["—", "—", "—"]
    return [f"{found['value']:.3f}", f"{found['low']:.3f} – {found['high']:.3f}", found["pairs"]]
