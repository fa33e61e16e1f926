"""`ipfin db`: bring the database to the present version, tell where it stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ipfin import schema
from ipfin.cli.output import in_words, json_option, say, write_json
from ipfin.cli.session import database_option, open_engine, unit_of_work
from ipfin.config import settings_from_environment
from ipfin.db import make_engine
from ipfin.kernel.text import _
from ipfin.reference import seed_reference


@click.group(help="数据库：升级与状态。")
def command() -> None:
    """Group the database commands."""


@command.command(help="把数据库升级到当前版本，并登记行政区划与工作日。")
@database_option
@json_option
@in_words
def upgrade(database_url: str | None, json_file: Path | None) -> None:
    """Migrate, then make sure that the reference data is there."""
    engine = open_engine(database_url, migrate=True)
    with unit_of_work(engine) as session:
        seed_reference(session, settings_from_environment())
    revision = schema.current_revision(engine)
    write_json(json_file, {"revision": revision})
    click.echo(say(_("数据库已是当前版本（%(revision)s）。", revision=revision)))


@command.command(help="显示数据库版本。")
@database_option
@json_option
@in_words
def status(database_url: str | None, json_file: Path | None) -> None:
    """Tell the version of the database and whether it is the present one."""
    engine = make_engine(database_url or settings_from_environment().database_url)
    report: dict[str, Any] = {
        "revision": schema.current_revision(engine),
        "is_current": schema.is_current(engine),
    }
    write_json(json_file, report)
    sentence = (
        _("版本%(revision)s，已是当前版本。", revision=report["revision"] or "—")
        if report["is_current"]
        else _("版本%(revision)s，需要升级：ipfin db upgrade", revision=report["revision"] or "—")
    )
    click.echo(say(sentence))
