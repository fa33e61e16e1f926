"""`ipfin conduct`: the register of exclusions on a day, a record ended, the rules of terms."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click
from sqlalchemy import true

from ipfin.cli.actors import acting, actor_option
from ipfin.cli.output import in_words, json_option, print_table, say, write_json
from ipfin.cli.session import database_option, open_engine, reading, unit_of_work
from ipfin.conduct.queries import (
    RecordFilter,
    ends_by_time,
    record_by_id,
    register_rows,
    standing_of,
    term_rules,
)
from ipfin.conduct.rules import LABELS, STANDING_LABELS, ConductCode, EndKind
from ipfin.conduct.service import end_by_hand, set_rule
from ipfin.conduct.terms import rule_on
from ipfin.config import settings_from_environment
from ipfin.documents.proofs import proof_from
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.text import _
from ipfin.whitelist.service.gate_tasks import follow_records

MOST_LISTED = 100_000
_CODE = click.Choice([code.value for code in ConductCode])
_DAY = click.DateTime(["%Y-%m-%d"])


@click.group(help="非正常申请与失信名册：列出、解除、期限规则。")
def command() -> None:
    """Group the commands of the register."""


@command.command("list", help="列出某日有效的记录（排除名单）；--all 列出全部。")
@click.option("--on", "day", type=_DAY, help="日期；默认今天。")
@click.option("--code", type=_CODE, help="只列这一情形。")
@click.option("--all", "everything", is_flag=True, help="含已届满、已解除和尚未生效的。")
@database_option
@json_option
@in_words
def list_(
    day: datetime | None, code: str | None, everything: bool, database_url: str | None, json_file: Path | None
) -> None:
    """List the records that keep firms out on a day."""
    on = day.date() if day else today_in_china()
    wanted = RecordFilter(on, code=ConductCode(code) if code else None, counting=None if everything else True)
    with reading(open_engine(database_url)) as session:
        rules = term_rules(session)
        rows: list[dict[str, Any]] = []
        for row in register_rows(session, true(), wanted, most=MOST_LISTED):
            end = ends_by_time(rules, row)
            rows.append(
                {
                    "id": row.id,
                    "name": row.enterprise.name,
                    "credit_code": row.enterprise.credit_code,
                    "code": row.code.value,
                    "source": row.source,
                    "reference": row.reference,
                    "effective_on": row.effective_on,
                    "last_day": end - timedelta(days=1) if end else None,
                    "standing": standing_of(rules, row, on),
                }
            )
    write_json(json_file, {"on": on, "records": rows})
    print_table(
        _("%(day)s的名册：%(count)s条", day=on.isoformat(), count=len(rows)),
        [_("编号"), _("企业"), _("情形"), _("列入日期"), _("期满日期"), _("状态")],
        [
            [
                str(row["id"]),
                row["name"],
                row["code"],
                str(row["effective_on"]),
                str(row["last_day"] or "—"),
                STANDING_LABELS[row["standing"]],
            ]
            for row in rows
        ],
    )


@command.command(help="解除一条记录：移出、信用修复（须附证明）或登记有误。")
@click.argument("record_id", type=int)
@click.option("--kind", type=click.Choice([kind.value for kind in EndKind]), required=True, help="解除方式。")
@click.option("--reason", required=True, help="理由。")
@click.option("--on", "day", type=_DAY, help="自哪天起不再计入；默认今天。")
@click.option(
    "--proof", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="证明（PDF、JPG或PNG）。"
)
@actor_option(required=True)
@database_option
@in_words
def end(
    record_id: int,
    kind: str,
    reason: str,
    day: datetime | None,
    proof: Path | None,
    email: str,
    database_url: str | None,
) -> None:
    """End a record."""
    today = today_in_china()
    kept = proof_from(proof.name, proof.read_bytes(), field="proof") if proof else None
    with unit_of_work(open_engine(database_url)) as session:
        actor = acting(session, email)
        found = end_by_hand(
            session,
            actor,
            record_by_id(session, true(), record_id),
            EndKind(kind),
            on=day.date() if day else today,
            reason=reason,
            proof=kept,
            today=today,
            directory=settings_from_environment().issued_dir,
        )
        follow_records(session, actor, [found], on=today)
        name = found.enterprise.name
    click.echo(say(_("已解除%(firm)s的记录。", firm=name)))


@command.command(help="列出今天列入的记录适用的期限规则。")
@database_option
@json_option
@in_words
def terms(database_url: str | None, json_file: Path | None) -> None:
    """List the rule of every exclusion."""
    today = today_in_china()
    with reading(open_engine(database_url)) as session:
        rules = term_rules(session)
    holding = [rule_on(rules, code, today) for code in ConductCode]
    write_json(
        json_file,
        {"terms": [{"code": r.code, "months": r.months, "is_confirmed": r.is_confirmed} for r in holding]},
    )
    print_table(
        _("期限规则"),
        [_("情形"), _("期限（月）"), _("依据")],
        [[LABELS[r.code], str(r.months or "—"), r.basis] for r in holding],
    )


@command.command(help="设定期限规则：没有写明期满日的记录自列入日期起计多少个月；不给 --months 表示长期。")
@click.argument("code", type=_CODE)
@click.option("--months", type=int, help="月数。")
@click.option("--basis", required=True, help="依据：文件名称和条款。")
@click.option("--from", "day", type=_DAY, help="适用于自哪天起列入的记录；默认今天。")
@click.option("--confirmed", is_flag=True, help="已与正式文本核对。")
@actor_option(required=True)
@database_option
@in_words
def term(
    code: str,
    months: int | None,
    basis: str,
    day: datetime | None,
    confirmed: bool,
    email: str,
    database_url: str | None,
) -> None:
    """Set a rule."""
    with unit_of_work(open_engine(database_url)) as session:
        set_rule(
            session,
            acting(session, email),
            ConductCode(code),
            months=months,
            basis=basis,
            valid_from=day.date() if day else today_in_china(),
            is_confirmed=confirmed,
        )
    click.echo(say(_("已登记期限规则。")))
