"""How commands speak: refusals in words on standard error, tables for people, JSON for machines."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from functools import wraps
from pathlib import Path
from typing import Any
from uuid import uuid4

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from ipfin.kernel.errors import BadInput, DomainError
from ipfin.kernel.text import SOURCE_LOCALE, Text, _, translate

REFUSED = 1
MISUSED = 2


def locale() -> str:
    """Return the language of the terminal: English when LANG says so, else Chinese."""
    return "en" if os.environ.get("IPFIN_LANG", "").lower().startswith("en") else SOURCE_LOCALE


def say(text: str) -> str:
    """Return `text` in the terminal's language."""
    return translate(text, locale())


def json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--json FILE` to a command."""
    return click.option(
        "--json",
        "json_file",
        type=click.Path(dir_okay=False, path_type=Path),
        help="另把结果写成 JSON 文件，供程序读取。",
    )(command)


def in_words(command: Callable[..., Any]) -> Callable[..., Any]:
    """Turn a refusal of the command into its sentence and exit code 1."""
    return _in_words(command, REFUSED)


def misuse_in_words(command: Callable[..., Any]) -> Callable[..., Any]:
    """Turn a refusal into its sentence and exit code 2: for commands that can only be given bad input."""
    return _in_words(command, MISUSED)


def _in_words(command: Callable[..., Any], exit_code: int) -> Callable[..., Any]:
    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except DomainError as error:
            click.echo(say(error.message), err=True)
            sys.exit(exit_code)

    return run


def write_json(path: Path | None, content: Mapping[str, Any]) -> None:
    """Write `content` to `path` when one was asked for: UTF-8, sorted, readable."""
    if path is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True, default=plain) + "\n",
        encoding="utf-8",
    )


def write_numbers(path: Path | None, content: Mapping[str, Any]) -> None:
    """Write `content` as `write_json` does, but decimals as exact JSON numbers and keys in their order.

    Raises:
        BadInput: the file cannot be written.
    """
    if path is None:
        return
    mark = uuid4().hex  # no text of the content can hold it

    def spell(value: Any) -> Any:
        return f"{mark}{_digits(value)}" if isinstance(value, Decimal) else plain(value)

    text = json.dumps(content, ensure_ascii=False, indent=2, default=spell)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(re.sub(rf'"{mark}([^"]*)"', r"\1", text) + "\n", encoding="utf-8")
    except OSError as error:
        raise BadInput(_("结果文件“%(file)s”写不进去，请检查路径和权限。", file=str(path))) from error


def _digits(value: Decimal) -> str:
    """Return a finite decimal in plain digits, without trailing zeros: a number as JSON spells it."""
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def plain(value: Any) -> Any:
    """Return a value of ours as JSON knows it.

    Raises:
        TypeError: the value has no plain form.
    """
    if isinstance(value, Text):
        return str(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"no JSON for {type(value).__name__}")


def console() -> Console:
    """Return the terminal; a pipe gets plain text of a fixed width."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else 120)


def print_table(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], *, numbers: Sequence[int] = ()
) -> None:
    """Print a table; the columns in `numbers` (from 0) stand right."""
    table = Table(title=say(title), title_justify="left", header_style="bold")
    for index, column in enumerate(columns):
        table.add_column(say(column), justify="right" if index in numbers else "left", overflow="fold")
    for row in rows:
        table.add_row(
            *(
                say(cell) if isinstance(cell, str) else f"{cell:,}" if isinstance(cell, int) else str(cell)
                for cell in row
            )
        )
    console().print(table)


@contextmanager
def progress_bar() -> Iterator[Callable[[int, int, Text], None]]:
    """Yield a reporter that draws a bar on a terminal and nothing in a pipe."""
    if not sys.stderr.isatty():
        yield lambda _done, _total, _message: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=None)
        yield lambda done, total, message: progress.update(
            task, completed=done, total=total, description=say(message)
        )
