"""Which entries of the log the address asks for: the list, its pages and its export read it alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask import request

from ipfin.audit.queries import LogFilter
from ipfin.kernel.clock import CHINA
from ipfin.kernel.text import Text, _
from ipfin.web.paging import words

# The first word of an action, in the order in which the work is done.
GROUPS: Mapping[str, Text] = {
    "accounts": _("账号与登录"),
    "access": _("访问被拒绝"),
    "registry": _("名单导入"),
    "liaison": _("联系人与走访"),
    "corrections": _("更正申请"),
    "consent": _("企业授权"),
    "whitelist": _("评分与白名单"),
    "screening": _("机构筛查"),
    "conduct": _("排除情形"),
    "pushes": _("机构推送"),
    "outcomes": _("融资结果"),
    "reports": _("名录发布"),
    "events": _("活动与排期"),
    "documents": _("文件"),
    "exports": _("导出"),
    "jobs": _("后台任务"),
    "audit": _("审计"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for, as the form shows it again. Days in China, both included."""

    action: str
    subject: str
    since: date | None
    until: date | None
    organisation_id: int | None
    user_id: int | None

    @property
    def as_filter(self) -> LogFilter:
        """The same for the query: instants, the end not included."""
        return LogFilter(
            action=self.action,
            subject=self.subject,
            actor_user_id=self.user_id,
            organisation_id=self.organisation_id,
            since=_start_of(self.since),
            until=_start_of(self.until + timedelta(days=1)) if self.until else None,
        )

    @property
    def group(self) -> str:
        """The group of the action, for the form."""
        return self.action.split(".")[0]


def wanted() -> Wanted:
    """Read the address; what is no day or number is left out."""
    return Wanted(
        action=words("action", limit=80),
        subject=words("subject", limit=120),
        since=_day("since"),
        until=_day("until"),
        organisation_id=_number("organisation"),
        user_id=_number("user"),
    )


def _day(name: str) -> date | None:
    try:
        day = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return day if 2000 <= day.year < 2200 else None


def _number(name: str) -> int | None:
    number = request.args.get(name, type=int)
    return number if number is not None and 0 < number < 2**31 else None


def _start_of(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), CHINA)
