"""`ipfin card`: look a scorecard over, compare two, try one on the last run; nothing is changed or kept.

`check` and `diff` need no database. A card is put in force by two persons on the pages of the office.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from ipfin.cli.output import in_words, json_option, print_table, say, write_json
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.errors import BadInput, NotFound
from ipfin.kernel.text import _
from ipfin.whitelist.card_diff import changes_between
from ipfin.whitelist.card_lines import read_draft
from ipfin.whitelist.scheme import load_card
from ipfin.whitelist.scorecard import BLOCK_LABELS, SCENARIO_LABELS, Scorecard, card_sha256, plain

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(help="评分卡：检查、比较、在最近一次评分上模拟；不改动任何数据。启用须由两人在页面上办理。")
def command() -> None:
    """Group the commands of scorecards."""


@command.command(help="检查一张评分卡（TOML）；有错时指出是哪一行。")
@click.argument("file", type=_FILE)
@json_option
@in_words
def check(file: Path, json_file: Path | None) -> None:
    """Look a card over and say the line of what is wrong."""
    card, fault = read_draft(_text_of(file))
    if card is None or fault is not None:
        line, sentence = (fault.line, fault.sentence) if fault else (None, "")
        write_json(json_file, {"sound": False, "line": line, "sentence": sentence})
        raise BadInput(
            _("第%(line)s行：%(sentence)s", line=line, sentence=sentence) if line is not None else sentence
        )
    write_json(json_file, {"sound": True, **_summary(card)})
    print_table(
        _("%(card)s %(version)s", card=card.title, version=card.version),
        [_("代码"), _("指标"), _("维度"), _("权重")],
        [[row.code, row.name, BLOCK_LABELS[row.block], plain(row.weight)] for row in card.indicators],
        numbers=[3],
    )
    click.echo(say(_("用途：%(use)s。", use=SCENARIO_LABELS[card.scenario])))
    click.echo(say(_("内容校验值：%(sha256)s", sha256=card_sha256(card))))


@command.command(help="逐项说出后一张评分卡（TOML）与前一张有什么不同。")
@click.argument("before", type=_FILE)
@click.argument("after", type=_FILE)
@json_option
@in_words
def diff(before: Path, after: Path, json_file: Path | None) -> None:
    """Say what the second card says otherwise than the first."""
    old, new = load_card(before), load_card(after)
    changes = changes_between(old, new)
    told = [{"place": change.place, "sentence": change.sentence} for change in changes]
    write_json(json_file, {"before": _summary(old), "after": _summary(new), "changes": told})
    print_table(
        _("改动%(count)s处", count=len(changes)),
        [_("位置"), _("改动")],
        [[change.place, change.sentence] for change in changes],
    )


@command.command(help="在最近一次评分保存的指标值上试用一张评分卡：谁入选、谁落选、变动多大；不保存。")
@click.argument("file", type=_FILE)
@click.option("--line", default="C", show_default=True, type=click.Choice(list("ABCD")), help="入选线。")
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="与这一天使用中的评分卡比较；默认今天。")
@click.option("--database", "database_url", help="数据库地址；默认取环境变量。")
@json_option
@in_words
def simulate(
    file: Path, line: str, day: datetime | None, database_url: str | None, json_file: Path | None
) -> None:
    """Try a card on the readings of the last run."""
    # Imported here: `check` and `diff` start without the database.
    from ipfin.cli.session import open_engine, reading
    from ipfin.whitelist.queries import latest_run
    from ipfin.whitelist.scoring import Grade
    from ipfin.whitelist.service.simulating import try_card

    on = day.date() if day else today_in_china()
    with reading(open_engine(database_url)) as session:
        run = latest_run(session)
        if run is None:
            raise NotFound(_("还没有评分，请先运行 ipfin score run。"))
        found = try_card(session, run, load_card(file), line=Grade(line), on=on)
        result = {"run": run.id, **found}
    write_json(json_file, result)
    _print(result)


def _text_of(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(_("评分卡不是UTF-8编码的文本，请另存为UTF-8后再导入。")) from error


def _summary(card: Scorecard) -> dict[str, Any]:
    return {
        "id": card.id,
        "version": card.version,
        "title": card.title,
        "scenario": card.scenario.value,
        "sha256": card_sha256(card),
        "indicators": len(card.indicators),
    }


def _print(result: dict[str, Any]) -> None:
    from ipfin.whitelist.simulation import CONCERN_LABELS, Concern, drift_words

    was, now = result["selected"]
    tau = "—" if result["tau_b"] is None else f"{result['tau_b']:.4f}"
    print_table(
        _("评分第%(run)s次，入选线%(line)s级", run=result["run"], line=result["line"]),
        [_("项目"), _("结果")],
        [
            [_("企业"), result["firms"]],
            [_("入选"), f"{was} → {now}"],
            [_("新入选"), len(result["entered"])],
            [_("落选"), len(result["left"])],
            [_("得分分布变动 PSI"), f"{result['psi']:.4f}"],
            [_("分布"), drift_words(result["psi"])],
            [_("排序一致 tau-b（0.8以下须说明）"), tau],
        ],
    )
    for concern in result["concerns"]:
        click.echo(say(_("须说明：%(what)s。", what=CONCERN_LABELS[Concern(concern)])))
