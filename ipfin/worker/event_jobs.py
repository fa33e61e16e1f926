"""The kinds of jobs about events: timetables, everything that is printed, and offers that run out.

Decides what is read, done and told of such a job; what happens in it is decided in `ipfin.events`.
"""

from __future__ import annotations

from ipfin.db import UnitOfWork
from ipfin.events.export import issue_pack
from ipfin.events.models import Event
from ipfin.events.planning import JOB_SECONDS
from ipfin.events.queries import events_with_lapsed_offers, task_for
from ipfin.events.service import expire_offers, plan_task, store_timetable
from ipfin.events.timetable.certificate import STAGE_LABELS, Progress
from ipfin.jobs.kinds import JobCall, Report, job_kind
from ipfin.kernel.actor import SYSTEM
from ipfin.kernel.clock import now_utc
from ipfin.worker.database import place, reading_on


def let_offers_run_out() -> int:
    """Let the seats that nobody answered for in time go on to the next in line; return how many.

    Nothing is written while nothing is due. Twice at once is harmless: the second finds them gone.
    """
    here, now = place(), now_utc()
    with reading_on(here.engine)() as session:
        due = events_with_lapsed_offers(session, now)
    count = 0
    for event_id in due:
        with here.work() as session:
            count += expire_offers(session, SYSTEM, event_id, now=now, settings=here.settings)
    return count


@job_kind("events.make_timetable")
def plan_event(work: UnitOfWork, call: JobCall, report: Report) -> None:
    """Plan the meetings of an event (arguments `event_id`, `seed`) and keep the timetable."""
    wanted = call.arguments
    event_id = int(wanted["event_id"])
    with reading_on(place().engine)() as session:
        task = task_for(session, session.get_one(Event, event_id))

    def tell(progress: Progress) -> None:
        report(int(100 * progress.done), 101, STAGE_LABELS[progress.stage])

    timetable = plan_task(task, seconds=JOB_SECONDS, seed=int(wanted["seed"]), on_progress=tell)
    with work() as session:
        kept = store_timetable(session, call.actor, session.get_one(Event, event_id), task, timetable)
        report.finish(session, number=kept.number, meetings=len(kept.meetings))


@job_kind("events.make_pack")
def make_pack(work: UnitOfWork, call: JobCall, report: Report) -> None:
    """Make everything that is printed for an event (arguments `event_id`, `locale`)."""
    here = place()
    issue_pack(
        work,
        reading_on(here.engine),
        call.actor,
        int(call.arguments["event_id"]),
        settings=here.settings,
        locale=str(call.arguments["locale"]),
        report=report,
        finish=lambda session, document: report.finish(session, code=document.verify_code),
    )
