"""`ipfin outcome`: what became of firms, and whether a card would have ranked them so."""

from __future__ import annotations

import click

from ipfin.cli.lazy import LazyGroup

COMMANDS: dict[str, str] = {
    "check": "outcome_check:check",
}


@click.group(cls=LazyGroup, modules=COMMANDS, help="融资结果：用真实名单检验评分卡。")
def command() -> None:
    """Group the commands about outcomes."""
