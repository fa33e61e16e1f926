"""`ipfin demo`: load the synthetic demonstration city, tell its accounts."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from ipfin.accounts.policy import ROLE_LABELS
from ipfin.cli.output import in_words, json_option, progress_bar, say, write_json
from ipfin.cli.session import database_option, open_engine, reading, unit_of_work
from ipfin.config import settings_from_environment
from ipfin.demo.people import PASSWORD, accounts
from ipfin.demo.service import is_empty, load
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.errors import Conflict
from ipfin.kernel.text import _


@click.group(help="演示城市：全部为合成数据。")
def command() -> None:
    """Group the demonstration commands."""


@command.command("load", help="把演示城市装入空数据库。")
@click.option("--if-empty", is_flag=True, help="数据库已有内容时不做任何事，只列出演示账号。")
@database_option
@json_option
@in_words
def load_city(if_empty: bool, database_url: str | None, json_file: Path | None) -> None:
    """Load the city into an empty database and print its accounts."""
    engine = open_engine(database_url, migrate=True)
    with reading(engine) as session:
        empty = is_empty(session)
    if not empty and not if_empty:
        raise Conflict(_("数据库里已有内容，演示城市只能装入空数据库。"))
    if empty:
        with progress_bar() as report:
            load(
                partial(unit_of_work, engine), settings_from_environment(), on=today_in_china(), report=report
            )
    with reading(engine) as session:
        known = accounts(session)
    write_json(
        json_file,
        {
            "loaded": empty,
            "accounts": [
                {"role": a.role.value, "organisation": a.organisation, "email": a.email} for a in known
            ],
        },
    )
    if known:
        click.echo(say(_("演示账号（口令均为 %(password)s）：", password=PASSWORD)))
    for account in known:
        click.echo(f"  {say(ROLE_LABELS[account.role])}　{account.email}　{account.organisation}")
