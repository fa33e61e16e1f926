"""Addresses of reviews and screenings: a reviewer's own task, and one of somebody else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ipfin.accounts.models import User
from ipfin.accounts.scopes import Scope, Thing, scope_for
from ipfin.kernel.actor import Role
from ipfin.screening.models import ScreeningTask
from ipfin.screening.phases import TaskState
from tests.web.making import WebMake

Build = Callable[[WebMake, User], Mapping[str, Any] | None]
NOWHERE = 2_000_000_000


def _task(make: WebMake, user: User, **changes: Any) -> ScreeningTask:
    reviewer = user if user.role is Role.AGENCY else make.reviewer()
    return make.screening_task(reviewer=reviewer, **changes)


def _own(**changes: Any) -> Build:
    return lambda make, user: {"public_id": _task(make, user, **changes).public_id}


def _somebody_elses(**changes: Any) -> Build:
    def build(make: WebMake, user: User) -> Mapping[str, Any] | None:
        if scope_for(make.actor(user), Thing.SCREENING_TASK) is Scope.ALL:
            return {"public_id": "task-that-is-not-there"}
        return {"public_id": make.screening_task(**changes).public_id}

    return build


def _nowhere(**more: Any) -> Build:
    return lambda make, user: {"number": NOWHERE, **more}


def _round(**more: Any) -> Build:
    return lambda make, user: {"number": make.screening().round.number, **more}


SCREENINGS: dict[str, tuple[Build, Build]] = {
    "agency_tasks.declare": (_own(), _somebody_elses()),
    **{
        f"agency_tasks.{view}": (_own(cleared=True), _somebody_elses(cleared=True))
        for view in ("show", "save", "score", "abstain", "conflict")
    },
    **{f"office_screening.{view}": (_round(), _nowhere()) for view in ("show", "assign", "sample", "due")},
    "office_screening.phase": (_round(word="review"), _nowhere(word="review")),
    **{f"office_screening.{view}": (_own(), _somebody_elses()) for view in ("task", "take_back")},
    "office_screening.give_back": (
        lambda make, user: {"public_id": make.review([3, 3]).public_id},
        _somebody_elses(state=TaskState.SUBMITTED, cleared=True),
    ),
    "office_screening.end_tie": (
        lambda make, user: {"tie_id": make.reviewer_tie().id},
        lambda make, user: {"tie_id": NOWHERE},
    ),
}
