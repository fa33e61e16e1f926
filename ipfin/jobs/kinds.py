"""Which kinds of background job there are, and how one is written. Pure.

Decides the names that people see and the contract of a job's function; what a job does stands in the
domain that it belongs to, and `worker` ties the two together.

The contract: `function(work, call, report)` runs at least once. It does its writing in one
`with work() as session:` and ends that block with `report.finish(session, …)`: then the effect and the
end of the job are one transaction, and a worker that dies, or comes back after it was given up, leaves
either all or nothing. A function that cannot do so must be harmless when it runs twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Protocol, TypeVar

from ipfin.kernel.actor import Actor
from ipfin.kernel.errors import DomainError
from ipfin.kernel.text import Text, _

KIND_LABELS: Final[Mapping[str, Text]] = {
    "registry.check_batch": _("预检名单"),
    "registry.commit_batch": _("写入名单"),
    "registry.undo_batch": _("撤销名单写入"),
    "registry.find_matches": _("查找重复企业"),
    "registry.report_rows": _("制作逐行结果"),
    "whitelist.run_scores": _("企业评分"),
    "whitelist.robustness": _("稳健性检验"),
    "whitelist.simulate_card": _("模拟评分卡"),
    "whitelist.prepare_round": _("编制白名单批次"),
    "reports.prepare_issue": _("编制名录"),
    "reports.publish_issue": _("发布名录"),
    "documents.export": _("导出文件"),
    "events.make_timetable": _("生成会谈日程"),
    "events.make_pack": _("生成会务包"),
    "events.make_certificates": _("打包培训证书"),
    "audit.verify": _("校验审计链"),
}
"""Every kind with its name for people; a kind that is not here cannot be asked for."""

HEARTBEAT_EVERY: Final = timedelta(seconds=15)
STALE_AFTER: Final = timedelta(seconds=90)  # several heartbeats: a busy database is no dead worker
MOST_ATTEMPTS: Final = 3


class JobCancelled(Exception):
    """Somebody asked the job to stop; raised from within the function by `report`."""


class ClaimLost(Exception):
    """The job was given to another worker, because this one seemed dead; nothing may be written."""


@dataclass(frozen=True, slots=True)
class JobCall:
    """What a job's function is told: which job, whose, and with which arguments."""

    job_id: int
    kind: str
    arguments: Mapping[str, Any]
    actor: Actor


class Report(Protocol):
    """How a job's function tells how far it is, and that it is done."""

    def __call__(self, done: int, total: int, message: Text) -> None:
        """Tell that `done` of `total` units are done.

        Raises:
            JobCancelled: somebody asked the job to stop.
            ClaimLost: the job was given to another worker.
        """

    def finish(self, session: Any, **result: Any) -> None:
        """End the job in the function's own transaction, with what a page needs to go on.

        Raises:
            ClaimLost: the job was given to another worker: the transaction must be rolled back.
        """


JobFunction = Callable[[Callable[[], Any], JobCall, Report], Mapping[str, Any] | None]
F = TypeVar("F", bound=JobFunction)


class JobKinds:
    """The functions of the kinds, as far as this process knows them."""

    def __init__(self) -> None:
        self._functions: dict[str, JobFunction] = {}

    def register(self, kind: str) -> Callable[[F], F]:
        """Return a decorator that makes a function the one of `kind`.

        Raises:
            ValueError: the kind has no name for people, or has a function already.
        """
        if kind not in KIND_LABELS:
            raise ValueError(f"unknown job kind {kind!r}: give it a name in ipfin/jobs/kinds.py")

        def remember(function: F) -> F:
            if self._functions.get(kind, function) is not function:
                raise ValueError(f"{kind} has a function already")
            self._functions[kind] = function
            return function

        return remember

    def function_of(self, kind: str) -> JobFunction:
        """Return the function of `kind`.

        Raises:
            DomainError: this process knows none.
        """
        if kind not in self._functions:
            raise DomainError(_("本版本不能执行后台任务“%(kind)s”。", kind=KIND_LABELS.get(kind, kind)))
        return self._functions[kind]


KINDS: Final = JobKinds()
job_kind = KINDS.register
"""`@job_kind("whitelist.run_scores")` above a function of the contract."""
