"""`ipfin intake FILE`: take a list in, or tell in a dry run what it would do."""

from __future__ import annotations

import atexit
import secrets
import shutil
import sys
import tempfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from ipfin.cli.output import in_words, json_option, print_table, progress_bar, say, write_json
from ipfin.cli.session import database_option, open_engine, reading, unit_of_work
from ipfin.config import settings_from_environment
from ipfin.kernel.actor import SYSTEM
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import Text, _
from ipfin.lists import service as lists
from ipfin.lists.columns import Columns
from ipfin.lists.reasons import REASON_LABELS
from ipfin.registry.as_of import check_as_of, day_in_name
from ipfin.registry.headers import CONFIDENCE_LABELS
from ipfin.registry.intake import Plan, read_list
from ipfin.registry.lifecycle import OUTCOME_LABELS, RowOutcome
from ipfin.registry.list_kinds import LIST_KIND_LABELS, ListKind
from ipfin.registry.queries.returning import origin_of
from ipfin.registry.reading import RawTable
from ipfin.registry.service import open_batch
from ipfin.registry.statuses import FLAG_LABELS, VALIDITY_LABELS, Flag


@click.command(
    help="导入一份名单（专利、工商登记、资质、失信处罚、质押、融资结果）；--dry-run 只预检，不写入。"
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="只预检：告知每行结果，不写入任何内容。")
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="数据截止日，即名单反映的是哪一天的情况；不写则询问。"
)
@click.option("--source", default="", help="名单来源（文字）。")
@click.option(
    "--kind", type=click.Choice([kind.value for kind in lists.KINDS]), help="名单种类；默认按表头识别。"
)
@click.option("--tell", multiple=True, metavar="WORD=VALUE", help="名单没有列出的情况，如 title=high_tech。")
@database_option
@json_option
@in_words
def command(
    file: Path,
    dry_run: bool,
    as_of: datetime | None,
    source: str,
    kind: str | None,
    tell: tuple[str, ...],
    database_url: str | None,
    json_file: Path | None,
) -> None:
    """Read, map and compare a list; write it unless it is a dry run."""
    told = as_of.date() if as_of else None
    if told is not None:
        check_as_of(told, today=today_in_china())
    engine = _dry_engine(database_url) if dry_run else open_engine(database_url)
    table = read_list(file, file.name)
    wanted = ListKind(kind) if kind else None
    if dry_run:
        with reading(engine) as session:
            day = _day_of(session, table, told)
            proposal, found = _plan(session, table, wanted, tell, day, source)
        report = report_of(found, day, proposal.kind)
    else:
        with progress_bar() as report_progress, unit_of_work(engine) as session:
            day = _day_of(session, table, told)
            proposal, found = _plan(session, table, wanted, tell, day, source)
            batch_id = _commit(session, file, proposal.kind, found, day, source, report_progress)
        report = report_of(found, day, proposal.kind) | {"batch_id": batch_id}
    write_json(json_file, report | {"dry_run": dry_run})
    _print(report, proposal.kind, found)


def _plan(
    session: Session, table: RawTable, kind: ListKind | None, tell: tuple[str, ...], day: date, source: str
) -> tuple[lists.Proposal, lists.AnyListPlan]:
    """Return what the list is and does.

    Raises:
        BadInput: the header does not tell the kind, or leaves open what must be told of the whole list.
    """
    proposal = lists.propose(session, table, kind)
    if not proposal.is_sure:
        raise BadInput(
            _(
                "仅凭表头不能确定名单种类（可能是“%(kind)s”），请用 --kind 指明。",
                kind=LIST_KIND_LABELS[proposal.kind],
            )
        )
    columns = proposal.columns
    if isinstance(columns, Columns):
        answers = {word: value for word, _equals, value in (said.partition("=") for said in tell)}
        columns = lists.with_answers(columns, answers)
    return proposal, lists.plan_list(session, table, proposal.kind, columns, as_of=day, source=source)


def _day_of(session: Session, table: RawTable, told: date | None) -> date:
    """Return the day that the list speaks of: as told, else asked for; it is never taken from the clock.

    Corrected rows of a batch speak of the day of that batch.

    Raises:
        BadInput: nobody told it and nobody is there to be asked, or it cannot be.
    """
    origin = origin_of(session, table)
    if origin is not None:
        return origin.as_of
    if told is not None:
        return told
    today = today_in_china()
    hint = day_in_name(table.filename, today=today)
    if not sys.stdin.isatty():
        raise BadInput(_missing_day(hint))
    asked = say(_("名单反映的是哪一天的情况（数据截止日，如 2026-03-05）"))
    answer = click.prompt(
        asked, default=hint.isoformat() if hint else None, type=click.DateTime(["%Y-%m-%d"])
    )
    return check_as_of(answer.date(), today=today)


def _missing_day(hint: date | None) -> Text:
    if hint is None:
        return _("请用 --as-of 写明名单的数据截止日，例如 --as-of 2026-03-05；它决定新旧名单以谁为准。")
    return _(
        "请用 --as-of 写明名单的数据截止日；文件名提示可能是 --as-of %(day)s，请核对。", day=hint.isoformat()
    )


def _dry_engine(url: str | None) -> Engine:
    """Return the database to compare with; where none is yet, an empty one that goes with the process."""
    address = url or settings_from_environment().database_url
    if address.startswith("sqlite:///") and not Path(address.removeprefix("sqlite:///")).exists():
        folder = tempfile.mkdtemp(prefix="ipfin-dry-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        return open_engine(f"sqlite:///{folder}/empty.db", migrate=True)
    return open_engine(address)


def _commit(
    session: Session,
    file: Path,
    kind: ListKind,
    found: lists.AnyListPlan,
    day: date,
    source: str,
    progress: Any,
) -> int:
    stored_name = store_upload(file)
    batch = open_batch(
        session,
        SYSTEM,
        filename=file.name,
        stored_name=stored_name,
        sha256=found.table.sha256,
        size_bytes=found.table.size_bytes,
        as_of=day,
        source=source,
        kind=kind,
    )
    lists.note_check(session, SYSTEM, batch, found)
    lists.commit_list(session, SYSTEM, batch, found, report=progress)
    return batch.id


def store_upload(file: Path) -> str:
    """Copy a file under a generated name to where uploads lie; return the name."""
    directory = settings_from_environment().uploads_dir
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = secrets.token_hex(16)
    shutil.copyfile(file, directory / name)
    (directory / name).chmod(0o600)
    return name


def report_of(found: lists.AnyListPlan, as_of: date, kind: ListKind) -> dict[str, Any]:
    """Return what a list is and does, for people and machines."""
    table, read = found.table, found.reading
    return {
        "kind": kind.value,
        "file": table.filename,
        "sha256": table.sha256,
        "sheet": table.sheet,
        "header_row": table.header_row,
        "encoding": table.encoding,
        "as_of": as_of,
        "notes": [say(note) for note in table.notes],
        "mapping": [
            {
                "field": match.field.value,
                "column": match.column + 1,
                "header": match.header,
                "confidence": match.confidence.value,
            }
            for match in read.mapping.matches.values()
        ],
        "unmapped_columns": [read.mapping.header[index] for index in read.mapping.unmapped],
        "missing_fields": [name.value for name in read.missing_fields],
        "rows_read": read.rows_read,
        "outcomes": {outcome.value: found.count(outcome) for outcome in RowOutcome},
        "rows_repeated": found.rows_repeated,
        "reconciles": found.reconciles(),
        "summary": dict(read.summary()),
        "refusals": [
            {
                "row": refusal.row,
                "field": refusal.field.value if refusal.field else "",
                "code": refusal.code,
                "value": refusal.value,
                "reason": say(refusal.message),
            }
            for refusal in found.refusals
        ],
        "warnings": [
            {
                "row": warning.row,
                "field": warning.field.value if warning.field else "",
                "code": warning.code,
                "reason": say(warning.message),
            }
            for warning in read.warnings
        ],
    }


def _print(report: dict[str, Any], kind: ListKind, found: lists.AnyListPlan) -> None:
    labels = lists.labels_of(kind)
    matches = found.reading.mapping.matches.values()
    print_table(
        _("列对应（%(kind)s）", kind=LIST_KIND_LABELS[kind]),
        [_("字段"), _("列"), _("表头"), _("依据")],
        [[labels[m.field.value], m.column + 1, m.header, CONFIDENCE_LABELS[m.confidence]] for m in matches],
        numbers=[1],
    )
    rows = [[OUTCOME_LABELS[outcome], found.count(outcome)] for outcome in RowOutcome]
    print_table(_("逐行结果"), [_("结果"), _("行数")], [[_("读入"), report["rows_read"]], *rows], numbers=[1])
    if isinstance(found, Plan):
        _print_patents(report["summary"])
    else:
        reasons = found.reading.summary()["refusals"]
        told = [[label, reasons[code]] for code, label in REASON_LABELS.items() if reasons.get(code)]
        if told:
            print_table(_("退回原因"), [_("原因"), _("行数")], told, numbers=[1])
    for refusal in found.refusals[:10]:
        click.echo("  " + say(refusal.message))
    if len(found.refusals) > 10:
        click.echo("  " + say(_("……另有%(count)s行，见 --json。", count=len(found.refusals) - 10)))


def _print_patents(summary: dict[str, Any]) -> None:
    layers: list[list[Any]] = [
        [_("不同的专利"), summary["patents"]],
        [_("不同的申请人"), summary["applicants"]],
    ]
    layers += [[label, summary["validity"][validity.value]] for validity, label in VALIDITY_LABELS.items()]
    layers += [
        [FLAG_LABELS[flag], summary["flags"][flag.value]]
        for flag in (Flag.PLEDGED, Flag.PRESERVED, Flag.TRANSFERRED, Flag.LICENSED)
    ]
    print_table(_("名单里的专利"), [_("状态"), _("件数")], layers, numbers=[1])
