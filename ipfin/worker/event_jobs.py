"""The kinds of jobs about events: timetables, everything that is printed, and offers that run out.

Decides what is read, done and told of such a job; what happens in it is decided in `ipfin.events`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sqlalchemy.orm import Session

from ipfin.db import UnitOfWork
from ipfin.documents.models import Document
from ipfin.events.export import issue_pack
from ipfin.events.export.certificates import issue_certificates
from ipfin.events.models import Event
from ipfin.events.planning import JOB_SECONDS, searches
from ipfin.events.queries import events_with_lapsed_offers, locks_of, task_for, timetable_by_number
from ipfin.events.queries.reminders import events_to_remind_of
from ipfin.events.queries.training import events_to_record
from ipfin.events.service import (
    expire_offers,
    make_settled_records,
    plan_task,
    send_reminders,
    store_timetable,
)
from ipfin.events.timetable.certificate import STAGE_LABELS, Progress, Stage
from ipfin.jobs.kinds import JobCall, JobCancelled, Report, job_kind
from ipfin.kernel.actor import SYSTEM
from ipfin.kernel.clock import now_utc
from ipfin.kernel.cores import granted
from ipfin.worker.database import place, reading_on


def let_offers_run_out() -> int:
    """Let the seats that nobody answered for in time go on to the next in line; return how many."""
    now, house = now_utc(), place().settings
    return _to_each(
        lambda session: events_with_lapsed_offers(session, now),
        lambda session, event_id: expire_offers(session, SYSTEM, event_id, now=now, settings=house),
    )


def send_due_reminders() -> int:
    """Remind of every event whose time has come; return how many people were told."""
    now, house = now_utc(), place().settings
    return _to_each(
        lambda session: events_to_remind_of(session, now),
        lambda session, event_id: send_reminders(session, event_id, now=now, settings=house),
    )


def make_training_records() -> int:
    """Give whoever was checked in his training record, of every event whose day is over; return how many."""
    now, house = now_utc(), place().settings
    return _to_each(
        lambda session: events_to_record(session, now),
        lambda session, event_id: make_settled_records(session, SYSTEM, event_id, now=now, settings=house),
    )


def _to_each(due: Callable[[Session], Iterable[int]], act: Callable[[Session, int], int]) -> int:
    """Do what is due to each event in a transaction of its own; return what the acts add up to.

    Nothing is written while nothing is due. Twice at once is harmless: the second finds it done.
    """
    here = place()
    with reading_on(here.engine)() as session:
        event_ids = list(due(session))
    count = 0
    for event_id in event_ids:
        with here.work() as session:
            count += act(session, event_id)
    return count


@job_kind("events.make_timetable")
def plan_event(work: UnitOfWork, call: JobCall, report: Report) -> None:
    """Plan the meetings of an event and keep the timetable, also when somebody cancels: then the best so far.

    Arguments `event_id`, `seed`, `seconds`, and `locks_of`: the number of the timetable whose
    locked meetings stay.
    """
    wanted = call.arguments
    event_id = int(wanted["event_id"])
    with reading_on(place().engine)() as session:
        event = session.get_one(Event, event_id)
        number = wanted.get("locks_of")
        kept = timetable_by_number(session, event_id, int(number)) if number else None
        locks = locks_of(session, kept) if kept else ()
        task = task_for(session, event, locks=locks)
    watch = _Watch(report)
    timetable = plan_task(
        task,
        seconds=float(wanted.get("seconds", JOB_SECONDS)),
        seed=int(wanted["seed"]),
        workers=searches(granted()),
        on_progress=watch.tell,
        should_stop=watch.should_stop,
    )
    with work() as session:
        made = store_timetable(session, call.actor, session.get_one(Event, event_id), task, timetable)
        report.finish(session, number=made.number, meetings=len(made.meetings))


class _Watch:
    """Passes progress on and remembers that somebody asked to stop: the planner then hands over its best."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._last = (0, STAGE_LABELS[Stage.CHOOSING])
        self._is_asked = False

    def tell(self, progress: Progress) -> None:
        """Show how far the planner is."""
        self._last = (int(100 * progress.done), STAGE_LABELS[progress.stage])
        self.should_stop()

    def should_stop(self) -> bool:
        """Whether somebody asked to stop; looked up at most twice a second."""
        done, message = self._last
        if not self._is_asked:
            try:
                self._report(done, 101, message)
            except JobCancelled:
                self._is_asked = True
        return self._is_asked


@job_kind("events.make_pack")
def make_pack(work: UnitOfWork, call: JobCall, report: Report) -> None:
    """Make everything that is printed for an event (arguments `event_id`, `locale`)."""
    _make_papers(issue_pack, work, call, report)


@job_kind("events.make_certificates")
def make_certificates(work: UnitOfWork, call: JobCall, report: Report) -> None:
    """Make all certificates of an event that whoever asked may see (arguments `event_id`, `locale`)."""
    _make_papers(issue_certificates, work, call, report)


def _make_papers(issue: Callable[..., Document], work: UnitOfWork, call: JobCall, report: Report) -> None:
    """Have one file of many papers issued; the job ends with it in one transaction."""
    here = place()
    issue(
        work,
        reading_on(here.engine),
        call.actor,
        int(call.arguments["event_id"]),
        settings=here.settings,
        locale=str(call.arguments["locale"]),
        report=report,
        finish=lambda session, document: report.finish(session, code=document.verify_code),
    )
