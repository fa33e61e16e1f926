"""`ipfin cohorts`: the measure that firms are held against; a new one takes two persons."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from ipfin.cli.actors import acting, actor_option
from ipfin.cli.output import in_words, json_option, print_table, write_json
from ipfin.cli.session import database_option, open_engine, reading, unit_of_work
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.text import _
from ipfin.whitelist.models import CohortReference
from ipfin.whitelist.queries.cohorts import reference_of_version, references
from ipfin.whitelist.rebasing import REFERENCE_LABELS
from ipfin.whitelist.service.cohorts import approve_reference, propose_reference, withdraw_reference


@click.group(help="同类参照：查看、提出更换、由第二人复核启用。")
def command() -> None:
    """Group the commands of the cohort reference."""


@command.command("list", help="列出各版同类参照。")
@database_option
@json_option
@in_words
def list_(database_url: str | None, json_file: Path | None) -> None:
    """List every version."""
    with reading(open_engine(database_url)) as session:
        rows = list(references(session))
    _show(rows, json_file)


@command.command(help="按库中企业现有的专利重新统计一版，交第二人复核。")
@click.option("--reason", required=True, help="更换的理由。")
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="数据日期；默认今天。")
@actor_option(required=True)
@database_option
@json_option
@in_words
def propose(
    reason: str, day: datetime | None, email: str, database_url: str | None, json_file: Path | None
) -> None:
    """Count a new version and propose it."""
    on = day.date() if day else today_in_china()
    with unit_of_work(open_engine(database_url)) as session:
        _show([propose_reference(session, acting(session, email), on=on, reason=reason)], json_file)


@command.command(help="复核并启用；须与提出人不是同一人。")
@click.argument("version", type=int)
@click.option("--note", default="", help="意见。")
@actor_option(required=True)
@database_option
@json_option
@in_words
def approve(version: int, note: str, email: str, database_url: str | None, json_file: Path | None) -> None:
    """Put a proposed version in force as its second person."""
    with unit_of_work(open_engine(database_url)) as session:
        reference = reference_of_version(session, version)
        approve_reference(session, acting(session, email), reference, note=note)
        _show([reference], json_file)


@command.command(help="不更换：撤回一版待复核的参照。")
@click.argument("version", type=int)
@click.option("--reason", required=True, help="不更换的理由。")
@actor_option(required=True)
@database_option
@json_option
@in_words
def withdraw(version: int, reason: str, email: str, database_url: str | None, json_file: Path | None) -> None:
    """Give a proposed version up."""
    with unit_of_work(open_engine(database_url)) as session:
        reference = reference_of_version(session, version)
        withdraw_reference(session, acting(session, email), reference, note=reason)
        _show([reference], json_file)


def report_of(reference: CohortReference) -> dict[str, Any]:
    """Return what a version is, for people and machines."""
    return {
        "version": reference.version,
        "state": reference.state.value,
        "data_as_of": reference.data_as_of,
        "patents": reference.patents_count,
        "cells": reference.cells_count,
        "sha256": reference.sha256,
        "proposed_by": reference.proposed_by,
        "approved_by": reference.approved_by,
    }


def _show(rows: list[CohortReference], json_file: Path | None) -> None:
    write_json(json_file, {"references": [report_of(row) for row in rows]})
    print_table(
        _("同类参照"),
        [_("版本"), _("状态"), _("数据日期"), _("依据专利"), _("提出人"), _("复核人")],
        [
            [
                row.version,
                REFERENCE_LABELS[row.state],
                row.data_as_of.isoformat(),
                row.patents_count,
                row.proposed_by,
                row.approved_by or "—",
            ]
            for row in rows
        ],
        numbers=[3],
    )
