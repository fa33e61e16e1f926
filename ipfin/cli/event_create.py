"""`ipfin event create`: draft an event of any kind; what is not said is as such events usually are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from ipfin.cli.actors import acting, actor_option
from ipfin.cli.output import in_words, json_option, say, write_json
from ipfin.cli.session import database_option, open_engine, unit_of_work
from ipfin.events.asking import cells
from ipfin.events.drafting import drafted
from ipfin.events.eligibility import GRADES
from ipfin.events.lifecycle import ApprovalMode, EventKind
from ipfin.events.models import Event
from ipfin.events.queries import seats_of
from ipfin.events.service import create_event, publish_event
from ipfin.kernel.clock import CHINA
from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import _
from ipfin.registry.queries import regions

KINDS = click.Choice([kind.value for kind in EventKind])
MODES = click.Choice([mode.value for mode in ApprovalMode])
MOMENT = click.DateTime(["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"])
_INSTANTS = ("ends_at", "talks_start_at")
_LISTS = ("breaks", "asking", "counties", "industries")


def event_report(session: Session, event: Event) -> dict[str, Any]:
    """Return an event as the commands report it."""
    seats = seats_of(session, [event])[event.id]
    return {
        "event": event.public_id,
        "kind": event.kind.value,
        "title": event.title,
        "state": event.state.value,
        "starts_at": event.starts_at,
        "sides": {
            side.value: {"seats": of.seats, "confirmed": of.confirmed, "waiting": of.waiting}
            for side, of in seats.items()
        },
    }


_SETTINGS: tuple[Callable[..., Any], ...] = (
    click.option("--ends", "ends_at", type=MOMENT, help="结束。"),
    click.option(
        "--closes",
        "registration_closes_on",
        type=click.DateTime(["%Y-%m-%d"]),
        help="报名截止日（含当天）。",
    ),
    click.option("--hall", help="会场（楼层、房间）。"),
    click.option("--directions", help="交通与停车。"),
    click.option("--summary", help="活动说明。"),
    click.option("--contact", help="会务联系方式（公开）。"),
    click.option("--enterprises", "enterprise_seats", type=int, help="企业名额。"),
    click.option("--institutions", "institution_seats", type=int, help="金融机构名额。"),
    click.option("--persons", "persons_per_institution", type=int, help="每家机构最多人数。"),
    click.option("--approval", type=MODES, help="报名审核。"),
    click.option("--reply-hours", type=int, help="候补答复期限，小时；0 为自动确认。"),
    click.option("--grade", "least_grade", type=click.Choice(GRADES), help="最低白名单等级。"),
    click.option("--county", "counties", multiple=True, help="限哪些县区（区划代码），可多次。"),
    click.option("--industry", "industries", multiple=True, help="限哪些行业（门类或大类代码），可多次。"),
    click.option("--talks", "talks_start_at", type=MOMENT, help="一对一洽谈开始。"),
    click.option("--slots", "slot_count", type=int, help="洽谈时段数。"),
    click.option("--minutes", "slot_minutes", type=int, help="每场分钟数。"),
    click.option("--break", "breaks", multiple=True, type=int, help="第几个时段休息，可多次；0 为没有休息。"),
    click.option("--desks", "desk_count", type=int, help="洽谈桌数。"),
    click.option("--per-enterprise", "meetings_per_enterprise", type=int, help="每家企业最多场次。"),
    click.option("--per-institution", "meetings_per_institution", type=int, help="每家机构最多场次。"),
    click.option("--least-enterprise", "least_per_enterprise", type=int, help="每家企业最低场次。"),
    click.option("--least-institution", "least_per_institution", type=int, help="每家机构最低场次。"),
    click.option("--desks-each", "desks_per_institution", type=int, help="每家机构最多席位。"),
    click.option(
        "--asking",
        multiple=True,
        type=click.Choice([word for word, _asker, _asked in cells()]),
        help="谁可以先向谁提出意愿，可多次。",
    ),
    click.option("--enterprise-requests", type=int, help="每家企业可先提出的意愿；0 为不限。"),
    click.option("--institution-requests", type=int, help="每家机构可先提出的意愿；0 为不限。"),
)


def _settings(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command an option for each setting of an event."""
    for option in reversed(_SETTINGS):
        command = option(command)
    return command


@click.command(
    help="新建一场活动（草稿），没有写明的按这类活动的惯例；--publish 随即开放报名。时间为北京时间。"
)
@click.option("--kind", type=KINDS, default=EventKind.MATCHMAKING.value, show_default=True, help="活动类型。")
@click.option("--title", required=True, help="活动名称。")
@click.option("--venue", required=True, help="地点。")
@click.option("--starts", required=True, type=MOMENT, help="开始，如 '2026-04-16 09:00'。")
@_settings
@click.option("--publish", is_flag=True, help="随即发布，开放报名。")
@actor_option()
@database_option
@json_option
@in_words
def create(
    kind: str,
    title: str,
    venue: str,
    starts: datetime,
    publish: bool,
    email: str | None,
    database_url: str | None,
    json_file: Path | None,
    **settings: Any,
) -> None:
    """Draft an event."""
    details = drafted(
        EventKind(kind),
        title=title,
        venue=venue,
        starts_at=starts.replace(tzinfo=CHINA),
        said=_said(settings),
    )
    with unit_of_work(open_engine(database_url)) as session:
        actor = acting(session, email)
        _require_counties(session, details.counties)
        event = create_event(session, actor, details)
        if publish:
            publish_event(session, actor, event)
        report = event_report(session, event)
    write_json(json_file, report)
    click.echo(say(_("活动“%(title)s”已新建，编号%(id)s。", title=title, id=report["event"])))


def _require_counties(session: Session, codes: Iterable[str]) -> None:
    """Refuse a county that is none of the city's; the page offers only those that there are."""
    known = {region.code for region in regions(session) if region.parent_code is not None}
    for code in codes:
        if code not in known:
            raise BadInput(_("没有区划代码为“%(code)s”的县区。", code=code), field="counties")


def _said(settings: dict[str, Any]) -> dict[str, Any]:
    """Return the settings as an event has them; None for what is not said. Slots are counted from 0."""
    said = dict(settings)
    for name in _INSTANTS:
        said[name] = said[name].replace(tzinfo=CHINA) if said[name] else None
    day = said["registration_closes_on"]
    said["registration_closes_on"] = day.date() if day else None
    said["approval"] = ApprovalMode(said["approval"]) if said["approval"] else None
    for name in _LISTS:
        said[name] = list(said[name]) or None
    if said["breaks"]:
        said["breaks"] = sorted({number - 1 for number in said["breaks"] if number != 0})
    return said
