"""`ipfin match`: look for enterprises that may be one; tell which full name a short one may stand for."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click
from sqlalchemy import select

from ipfin.cli.actors import acting, actor_option
from ipfin.cli.output import in_words, json_option, print_table, progress_bar, write_json
from ipfin.cli.session import database_option, open_engine, reading, unit_of_work
from ipfin.kernel.text import _
from ipfin.registry.models import Enterprise
from ipfin.registry.queries import stands_for_itself
from ipfin.registry.queries.matching import known_divisions
from ipfin.registry.resolution.short_names import ShortNames
from ipfin.registry.service import find_candidates


@click.group(help="查找可能是同一家的企业；归并由人在“归并”页面决定。")
def command() -> None:
    """Group the commands about firms that may be one."""


@command.command(help="比对企业，把可能是同一家的列为待确认；不归并任何企业。")
@click.option("--batch", "batch_id", type=int, help="只比对这一导入批次新增的企业（与全部企业）。")
@actor_option()
@database_option
@json_option
@in_words
def find(batch_id: int | None, email: str | None, database_url: str | None, json_file: Path | None) -> None:
    """Search all enterprises, or those of one batch, for pairs."""
    with progress_bar() as report, unit_of_work(open_engine(database_url)) as session:
        found = find_candidates(session, acting(session, email), batch_id=batch_id, report=report)
    write_json(json_file, asdict(found))
    rows = [
        [_("企业"), found.firms],
        [_("比对"), found.compared],
        [_("新增待确认"), found.found],
        [_("仍待确认"), found.refreshed],
        [_("过于常见而略过的分组"), found.crowded],
    ]
    print_table(_("查找重复企业"), [_("项目"), _("数量")], rows, numbers=[1])


@command.command(help="列出简称可能指的企业；只供参考。")
@click.argument("name")
@click.option("--most", default=5, show_default=True, type=click.IntRange(1, 50), help="最多列出几家。")
@database_option
@json_option
@in_words
def short(name: str, most: int, database_url: str | None, json_file: Path | None) -> None:
    """Propose the full names that a short name may stand for."""
    with reading(open_engine(database_url)) as session:
        names = session.scalars(select(Enterprise.name).where(stands_for_itself()))
        matches = ShortNames(names, known_divisions(session)).matches(name, most=most)
    proposed = [{"name": match.name, "score": f"{match.score:.3f}"} for match in matches]
    write_json(json_file, {"short": name, "matches": proposed})
    print_table(
        _("可能的企业"), [_("企业"), _("相符程度")], [[row["name"], row["score"]] for row in proposed]
    )
