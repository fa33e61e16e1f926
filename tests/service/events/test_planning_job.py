"""Planning in the background: who cancels it gets the best timetable so far, not nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from ipfin import worker
from ipfin.config import Settings
from ipfin.events.lifecycle import EventState, Side
from ipfin.events.models import EventTimetable
from ipfin.jobs.models import Job, JobState
from ipfin.jobs.service import enqueue
from ipfin.kernel.actor import SYSTEM
from ipfin.worker import database
from tests.factories import Make


@pytest.fixture
def here(tmp_path: Path, database_url: str, engine: Engine) -> Iterator[database.Place]:
    settings = Settings(env="test", instance_dir=tmp_path, database_url=database_url)
    with database.at(settings, engine) as place:
        yield place


@pytest.mark.parametrize(("is_cancelled", "ending"), [(True, "asked"), (False, "finished")])
def test_a_cancelled_planning_keeps_its_best(
    here: database.Place, engine: Engine, is_cancelled: bool, ending: str
) -> None:
    with here.work() as session:
        make = Make(session)
        event = make.event(state=EventState.CLOSED, slot_count=6, desk_count=2, meetings_per_enterprise=3)
        houses = [make.registration(event, Side.INSTITUTION) for _ in range(3)]
        for _ in range(5):
            firm = make.registration(event)
            for house in houses:
                make.wish(firm, house)
                make.wish(house, firm)
        wanted = {"event_id": event.id, "seed": 0, "seconds": 5, "locks_of": None}
        job_id = enqueue(session, SYSTEM, "events.make_timetable", "k", **wanted).id
        # Queued jobs end at once when cancelled; this one is asked while it runs, at its first report.
        session.execute(update(Job).values(is_cancel_wanted=is_cancelled))
    worker.run(job_id)
    with Session(engine) as session:
        assert session.get_one(Job, job_id).state is JobState.DONE
        kept = session.scalars(select(EventTimetable)).one()
        assert (len(kept.meetings), kept.certificate["ending"]) == (12, ending)
