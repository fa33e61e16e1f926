"""Groups of commands whose modules are imported when a command is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click


class LazyGroup(click.Group):
    """A group that imports the module of a command when the command is called.

    `modules` maps the name of each command to its module in `ipfin.cli` and, after a colon, the name
    that it has there; without one it is called `command`.
    """

    def __init__(self, *args: Any, modules: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._modules = modules

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands."""
        return sorted(self._modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command."""
        place = self._modules.get(cmd_name)
        if place is None:
            return None
        module, _colon, name = place.partition(":")
        command: Any = getattr(import_module(f"ipfin.cli.{module}"), name or "command")
        return command if isinstance(command, click.Command) else None
