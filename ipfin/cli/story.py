"""`ipfin story FILE…`: the main job from end to end on real lists, told as a table."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import click
from rich.table import Table

from ipfin.cli.output import REFUSED, console, in_words, progress_bar, say, write_json
from ipfin.cli.session import open_engine, reading, unit_of_work
from ipfin.config import settings_from_environment
from ipfin.demo.service import is_empty
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.errors import Conflict
from ipfin.kernel.text import _
from ipfin.story import Step, Story, as_json, tell


@click.command(help="在空数据库里用给定的名单把主流程从头到尾走一遍，逐步报数；有一处对不上即退出码 1。")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--database", "database_url", metavar="URL", help="空数据库；默认在 --out 目录里新建。")
@click.option(
    "--out",
    default="out/story",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="文件放在哪里。",
)
@click.option(
    "--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="另把结果写成 JSON 文件。"
)
@in_words
def command(files: tuple[Path, ...], database_url: str | None, out: Path, json_file: Path | None) -> None:
    """Tell the story; exit with 1 when something does not add up."""
    out.mkdir(parents=True, exist_ok=True)
    engine = open_engine(database_url or _fresh(out), migrate=True)
    with reading(engine) as session:
        if not is_empty(session):
            raise Conflict(_("数据库里已有内容；请换一个空数据库，或删除后重来。"))
    settings = settings_from_environment().model_copy(update={"instance_dir": out.resolve() / "kept"})
    with progress_bar() as report:
        story = Story(
            work=partial(unit_of_work, engine),
            read=partial(reading, engine),
            settings=settings,
            out=out,
            on=today_in_china(),
            report=report,
        )
        steps = tell(story, files)
    write_json(json_file, as_json(steps))
    _print(steps, out)
    if story.faults:
        for fault in story.faults:
            message = _(
                "对不上：%(what)s（%(left)s ≠ %(right)s）",
                what=fault.sentence,
                left=fault.left,
                right=fault.right,
            )
            click.echo(say(message), err=True)
        sys.exit(REFUSED)


def _fresh(out: Path) -> str:
    file = out.resolve() / "story.db"
    for name in (file, file.with_name("story.db-wal"), file.with_name("story.db-shm")):
        name.unlink(missing_ok=True)
    return f"sqlite:///{file}"


def _print(steps: list[Step], out: Path) -> None:
    table = Table(title=say(_("主流程")), title_justify="left", header_style="bold", show_lines=True)
    table.add_column(say(_("步骤")), overflow="fold", max_width=26)
    table.add_column(say(_("数量")), overflow="fold", min_width=30)
    table.add_column(say(_("核对")), overflow="fold")
    table.add_column(say(_("秒")), justify="right")
    for step in steps:
        counts = "\n".join(f"{say(label)} {value:,}" for label, value in step.counts)
        remarks = "\n".join(say(remark) for remark in step.remarks)
        checks = "\n".join(f"{'✓' if check.holds else '✗'} {say(check.sentence)}" for check in step.checks)
        table.add_row(
            say(step.title), "\n".join(filter(None, (counts, remarks))), checks, f"{step.seconds:.2f}"
        )
    console().print(table)
    click.echo(
        say(
            _(
                "文件在 %(folder)s；总计 %(seconds)s 秒。",
                folder=str(out),
                seconds=f"{sum(s.seconds for s in steps):.1f}",
            )
        )
    )
