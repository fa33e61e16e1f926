"""The `ipfin` command: thin over the services. Exit code 0: done; 1: refused, in words; 2: misused.

Every command's module is loaded only when it is called, so that `ipfin --help` answers at once.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

COMMANDS: dict[str, str] = {
    "audit": "audit",
    "db": "database",
    "demo": "demo",
    "directory": "directory",
    "event": "event",
    "intake": "intake",
    "match": "match",
    "reseal": "reseal",
    "score": "score",
    "story": "story",
    "user": "user",
    "whitelist": "whitelist",
}


class _Lazy(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command."""
        module = COMMANDS.get(cmd_name)
        if module is None:
            return None
        command: Any = import_module(f"ipfin.cli.{module}").command
        return command if isinstance(command, click.Command) else None


@click.group(cls=_Lazy, help="ipfin：城市知识产权金融服务平台的命令行。")
@click.version_option(package_name="ipfin")
def main() -> None:
    """Run one command."""
