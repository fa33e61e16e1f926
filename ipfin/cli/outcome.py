"""`ipfin outcome`: what became of firms, and whether a card would have ranked them so."""

from __future__ import annotations

import click

from ipfin.cli.lazy import LazyGroup

COMMANDS: dict[str, str] = {
    "calibration": "outcome_book:calibration",
    "check": "outcome_check:check",
    "enter": "outcome_book:enter",
    "list": "outcome_book:list_",
    "withdraw": "outcome_book:withdraw",
}


@click.group(cls=LazyGroup, modules=COMMANDS, help="融资结果：登记、列出、撤回；用真实名单检验评分卡。")
def command() -> None:
    """Group the commands about outcomes."""
