"""`ipfin event register`: sign a firm or an institution up, as the office does for who calls."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from sqlalchemy import true

from ipfin.cli.actors import acting, actor_option
from ipfin.cli.output import in_words, json_option, say, write_json
from ipfin.cli.session import database_option, open_engine, unit_of_work
from ipfin.events.approval import Clearance
from ipfin.events.lifecycle import REGISTRATION_LABELS
from ipfin.events.models import Registration
from ipfin.events.queries import enterprise_called, event_by_public_id, institution_called
from ipfin.events.registration import Application
from ipfin.events.service import register_enterprise, register_institution
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.errors import BadInput
from ipfin.kernel.money import fen_from_wan_yuan
from ipfin.kernel.text import _
from ipfin.whitelist.queries import grades_in_force


def told(row: Registration) -> dict[str, Any]:
    """Return a registration as the commands report it."""
    return {
        "registration": row.id,
        "side": row.side.value,
        "name": row.display_name,
        "state": row.state.value,
        "desks": row.desks,
        "absent_slots": [slot + 1 for slot in row.absent_slots],
    }


@click.command(help="报名：企业用 --enterprise（信用代码或全称），机构用 --institution（全称）。")
@click.argument("event_id", metavar="活动")
@click.option("--enterprise", help="企业的统一社会信用代码或全称。")
@click.option("--institution", help="金融机构全称。")
@click.option("--contact", required=True, help="参会联系人。")
@click.option("--phone", required=True, help="联系电话（加密保存）。")
@click.option("--need", default="", help="需求说明。")
@click.option("--amount", default="", help="意向金额，万元。")
@click.option("--desks", default=1, show_default=True, help="机构的洽谈席位。")
@actor_option()
@database_option
@json_option
@in_words
def register(
    event_id: str,
    enterprise: str | None,
    institution: str | None,
    contact: str,
    phone: str,
    need: str,
    amount: str,
    desks: int,
    email: str | None,
    database_url: str | None,
    json_file: Path | None,
) -> None:
    """Sign a firm or an institution up."""
    if bool(enterprise) == bool(institution):
        raise BadInput(_("请用 --enterprise 或 --institution 指明一个报名单位。"))
    application = Application(contact, phone, need, fen_from_wan_yuan(amount) if amount else None, desks)
    with unit_of_work(open_engine(database_url)) as session:
        event, actor = event_by_public_id(session, true(), event_id), acting(session, email)
        today, by = today_in_china(), Clearance.OFFICE
        if enterprise:
            firm = enterprise_called(session, enterprise)
            grade = grades_in_force(session, [firm.id], today).get(firm.id)
            row = register_enterprise(
                session,
                actor,
                event,
                firm,
                application,
                on=today,
                clearance=by,
                grade=grade.value if grade else None,
            )
        else:
            house = institution_called(session, institution or "")
            row = register_institution(session, actor, event, house, application, on=today, clearance=by)
        report, label = told(row), REGISTRATION_LABELS[row.state]
    write_json(json_file, report)
    click.echo(
        say(
            _(
                "%(name)s：%(state)s，报名序号%(id)s。",
                name=report["name"],
                state=label,
                id=report["registration"],
            )
        )
    )
