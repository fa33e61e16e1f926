"""What happens by itself: waiting jobs, mail, the directory of the period, and what is cleared away.

Decides what each of these does once; when they happen is decided by the queue in `ipfin.worker`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import structlog
from huey import Huey

from ipfin.accounts.service.sessions import purge
from ipfin.audit.service import export_head
from ipfin.documents.service import sweep_files
from ipfin.events.service import chase_due
from ipfin.jobs.service import enqueue
from ipfin.jobs.service.running import sweep
from ipfin.kernel.actor import SYSTEM
from ipfin.kernel.clock import in_china, now_utc, today_in_china
from ipfin.kernel.errors import DomainError
from ipfin.notices.service import deliver_pending, mail_sender
from ipfin.reference import work_calendar
from ipfin.reports.service.scheduling import period_due, remind_unreceived
from ipfin.whitelist.service import remind_of_expiry
from ipfin.whitelist.service.gate_tasks import follow_the_day
from ipfin.worker.database import place, reading_on

_log = structlog.get_logger(__name__)


def bring_back_jobs(queue: Huey, dispatch: Callable[[int], Any]) -> int:
    """Give the waiting jobs to the queue again: those of dead workers, and those that never got there.

    While the queue holds anything they are most likely in it, and the workers are busy.
    """
    with place().work() as session:
        waiting = sweep(session, now_utc())
    if queue.storage.queue_size() > 0:
        return 0
    for job_id in waiting:
        dispatch(job_id)  # who comes second finds the job claimed
    return len(waiting)


def deliver_mail() -> int:
    """Hand over the mails that are due."""
    try:
        send = mail_sender(place().settings)
    except DomainError as refusal:
        _log.warning("mail_not_configured", reason=refusal.message)
        return 0
    return deliver_pending(place().work, send, now_utc())


def look_after_directory(on: date | None = None) -> None:
    """Ask for the draft of the directory that is due, and remind of receipts that are overdue.

    A period has one job: asking twice for it, or from two hosts, makes one draft.
    """
    on = on or today_in_china()
    with place().work() as session:
        period = period_due(session, on)
        if period is not None:
            enqueue(session, SYSTEM, "reports.prepare_issue", f"directory:{period}", period=period)
        remind_unreceived(session, work_calendar(session), on=on)


def look_after_whitelist(on: date | None = None) -> int:
    """Open what the register asks for today, remind of admissions about to end; nothing is said twice."""
    today = on or today_in_china()
    with place().work() as session:
        return follow_the_day(session, on=today) + remind_of_expiry(session, on=today)


def look_after_events() -> int:
    """Ask for the results of meetings that are missing; nobody is asked twice for the same day."""
    with place().work() as session:
        return chase_due(session, now_utc())


def purge_sessions() -> int:
    """Remove sessions and counters that are over for long."""
    with place().work() as session:
        return purge(session, now=now_utc())


def sweep_documents() -> int:
    """Remove the files of documents whose issue was rolled back."""
    with reading_on(place().engine)() as session:
        return sweep_files(session, place().settings.issued_dir, now=now_utc())


def write_audit_head() -> Path:
    """Write down where the audit log ends; the file is to be copied to a place of its own."""
    with reading_on(place().engine)() as session:
        return export_head(session, place().settings.audit_heads_dir, in_china(now_utc()))
