"""`ipfin event plan FILE`: a timetable from a plain file, without a database."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import click

from ipfin.cli.output import in_words, json_option, progress_bar, say, write_json
from ipfin.events.timetable.certificate import STAGE_LABELS, Progress
from ipfin.kernel.cores import granted
from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import _


def tell(report: Any, progress: Progress) -> None:
    """Pass the planner's progress on to a progress bar."""
    report(int(100 * progress.done), 100, STAGE_LABELS[progress.stage])


@click.command(
    help="由一个JSON文件（参会者、意愿或分值、时段、桌数、缺席）排期，不用数据库；另存日程与证明。"
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--seconds", default=20.0, show_default=True, help="用于改进的时间，秒。")
@click.option("--seed", default=0, show_default=True, help="搜索的种子。")
@click.option("--steady", is_flag=True, help="只用一个按工作量计的搜索：同样的输入和种子总得同样的日程。")
@json_option
@in_words
def plan(file: Path, seconds: float, seed: int, steady: bool, json_file: Path | None) -> None:
    """Plan a timetable from a plain file and check it independently."""
    from ipfin.events.plain_file import book_as_json, without_wishes
    from ipfin.events.planning import searches
    from ipfin.events.timetable.checker import violations
    from ipfin.events.timetable.exchange import problem_from_json, timetable_as_json
    from ipfin.events.timetable.plan import plan as plan_problem

    try:
        given = json.loads(file.read_text(encoding="utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise BadInput(_("文件“%(name)s”不是JSON：%(reason)s", name=file.name, reason=str(error))) from None
    plain = without_wishes(given)
    problem = problem_from_json(plain.given)
    with progress_bar() as report:
        made = plan_problem(
            problem,
            time_limit_s=seconds,
            seed=seed,
            workers=1 if steady else searches(granted()),
            on_progress=partial(tell, report),
        )
    broken = violations(problem, made.meetings)
    if broken:
        raise BadInput(_("排期结果违反规则：%(first)s", first=broken[0]))
    wishes = {} if plain.book is None else {"wishes": book_as_json(plain.book)}
    write_json(json_file, timetable_as_json(made) | wishes)
    click.echo(say(_("共%(meetings)s场，已由独立程序核对无误。", meetings=len(made.meetings))))
    if plain.book is not None:
        click.echo(
            say(
                _(
                    "意愿：双方都同意%(mutual)s对；一方提出、对方未答复%(one)s对，不排；有一方不见%(refused)s对，不排。",
                    mutual=plain.book.mutual,
                    one=plain.book.one_sided,
                    refused=plain.book.refused,
                )
            )
        )
    click.echo(say(made.certificate.statement))
    proof = made.certificate
    for reason in [*(one.reason for one in proof.witnesses), *(one.reason for one in proof.unserved)]:
        click.echo("  " + say(reason))
    for left in made.certificate.left_out[:10]:
        click.echo("  " + say(left.reason))
