"""The `ipfin` command: thin over the services. Exit code 0: done; 1: refused, in words; 2: misused.

Every command's module is loaded only when it is called, so that `ipfin --help` answers at once.
"""

from __future__ import annotations

import click

from ipfin.cli.lazy import LazyGroup

COMMANDS: dict[str, str] = {
    "audit": "audit",
    "card": "card",
    "cohorts": "cohorts",
    "conduct": "conduct",
    "db": "database",
    "demo": "demo",
    "directory": "directory",
    "event": "event",
    "intake": "intake",
    "match": "match",
    "outcome": "outcome",
    "reseal": "reseal",
    "score": "score",
    "story": "story",
    "user": "user",
    "whitelist": "whitelist",
}


@click.group(cls=LazyGroup, modules=COMMANDS, help="ipfin：城市知识产权金融服务平台的命令行。")
@click.version_option(package_name="ipfin")
def main() -> None:
    """Run one command."""
