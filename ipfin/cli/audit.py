"""`ipfin audit`: prove that nobody rewrote the log, export where it ends."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ipfin.audit.service import current_head, export_head, read_head, verify
from ipfin.cli.output import REFUSED, in_words, json_option, say, write_json
from ipfin.cli.session import database_option, open_engine, reading
from ipfin.config import settings_from_environment
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import _


@click.group(help="审计日志：校验哈希链、导出链头。")
def command() -> None:
    """Group the audit commands."""


@command.command("verify", help="校验整条审计链，指出被改动、删除、调换或截断之处；有问题时退出码为 1。")
@click.option(
    "--head",
    "head_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="先前导出的链头。",
)
@database_option
@json_option
@in_words
def verify_chain(head_file: Path | None, database_url: str | None, json_file: Path | None) -> None:
    """Read the whole log and report every break with its row."""
    try:
        expected = read_head(head_file) if head_file else None
    except (OSError, ValueError, KeyError) as error:
        raise BadInput(_("“%(file)s”不是导出的链头文件。", file=str(head_file))) from error
    with reading(open_engine(database_url)) as session:
        report = verify(session, expected)
    write_json(
        json_file,
        {
            "is_sound": report.is_sound,
            "rows": report.rows,
            "findings": [
                {
                    "fault": found.fault.value,
                    "first_row": found.first_id,
                    "last_row": found.last_id,
                    "what": say(found.message),
                }
                for found in report.findings
            ],
        },
    )
    if report.is_sound:
        click.echo(say(_("审计链完整：共%(length)s条。", length=report.rows)))
        return
    for found in report.findings:
        click.echo(say(found.message), err=True)
    sys.exit(REFUSED)


@command.command(help="导出当前链头，供异地保存。")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="目录；默认 instance/audit-heads。"
)
@database_option
@json_option
@in_words
def head(out: Path | None, database_url: str | None, json_file: Path | None) -> None:
    """Write the present head to a file of the day."""
    folder = out or settings_from_environment().instance_dir / "audit-heads"
    with reading(open_engine(database_url)) as session:
        present = current_head(session)
        file = export_head(session, folder, now_utc())
    write_json(json_file, {"file": str(file), "length": present.length if present else 0})
    click.echo(str(file))
