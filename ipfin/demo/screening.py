"""How two agencies screened the demonstration's candidates, and the samples that still wait for them.

The result is final when the round is published; what waits for a reviewer afterwards are calibration samples.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.accounts.queries import actor_for
from ipfin.demo.people import officer
from ipfin.registry.models import Enterprise
from ipfin.screening.assigning import TieKind
from ipfin.screening.models import Screening, ScreeningTask
from ipfin.screening.phases import Phase
from ipfin.screening.queries import reviewers, tasks_of_screening
from ipfin.screening.review import PROPOSED, Mark
from ipfin.screening.service import (
    add_sample,
    assign,
    declare,
    end_phase,
    open_screening,
    record_tie,
    save_review,
    submit_review,
)
from ipfin.whitelist.admission import EntryOutcome
from ipfin.whitelist.models import RoundEntry, ScoreSheet, WhitelistRound

DAYS: Final = 10
# The scores of each reviewer, firm by firm: they differ a little, and once much.
SCORES: Final = (((4, 4, 3), (5, 3, 4), (3, 4, 2), (2, 4, 4)), ((4, 5, 3), (2, 4, 4), (3, 3, 2), (3, 4, 5)))
REASON: Final = "产品说明与专利对应关系清楚，年费与权属已核对（合成示例）。"


def screen_candidates(session: Session, round_: WhitelistRound, on: date) -> None:
    """Screen the admitted candidates of a round to the end, and leave calibration samples."""
    maker = officer(session, "office@demo.invalid")
    screening = open_screening(
        session, maker, round_, PROPOSED, due_on=on + timedelta(days=DAYS), spread_limit=2, on=on
    )
    people = reviewers(session)
    _tie(session, screening, on)
    assign(
        session,
        maker,
        screening,
        outcomes=[EntryOutcome.ADMITTED],
        user_ids=[user.id for user in people],
        per_firm=2,
        on=on,
    )
    for task in tasks_of_screening(session, screening.id):
        _review(session, task, on)
    _samples(session, screening, on)
    end_phase(session, maker, screening, phase=Phase.REVIEW)
    end_phase(session, maker, screening, phase=Phase.DELIBERATION)


def _samples(session: Session, screening: Screening, on: date) -> None:
    """Hand out three samples: one that everybody marked, one half written, one that nobody declared on."""
    maker, first, begun = officer(session, "office@demo.invalid"), *_others(session, screening.round)[1:3]
    for firm in (first, begun, _others(session, screening.round)[3]):
        add_sample(session, maker, screening, firm, on=on)
    tasks = tasks_of_screening(session, screening.id, samples=True)
    for task in tasks:
        if task.enterprise_id == first:
            _review(session, task, on)
    _begin(session, next(task for task in tasks if task.enterprise_id == begun), on)


def _tie(session: Session, screening: Screening, on: date) -> None:
    firm = session.get_one(Enterprise, _others(session, screening.round)[0])
    house = reviewers(session)[0].organisation
    record_tie(
        session,
        officer(session, "office@demo.invalid"),
        house,
        firm,
        TieKind.CONTRACT,
        source="专利申请代理合同（合成示例）",
        since=on - timedelta(days=300),
    )


def _others(session: Session, round_: WhitelistRound) -> list[int]:
    """Return the candidates below the line, the best first."""
    return list(
        session.scalars(
            select(RoundEntry.enterprise_id)
            .join(ScoreSheet, ScoreSheet.id == RoundEntry.sheet_id)
            .where(RoundEntry.round_id == round_.id, RoundEntry.outcome != EntryOutcome.ADMITTED)
            .order_by(ScoreSheet.graded_e4.desc(), RoundEntry.id)
            .limit(4)
        )
    )


def _review(session: Session, task: ScreeningTask, on: date) -> None:
    person = actor_for(session, task.reviewer)
    declare(session, person, task, has_conflict=False, ground="", on=on)
    of_firm = SCORES[task.id % 2]
    scores = of_firm[task.enterprise_id % len(of_firm)]
    marks = {one.id: Mark(score, REASON) for one, score in zip(task.screening.criteria, scores, strict=True)}
    submit_review(session, person, task, marks, version=task.lock_version)


def _begin(session: Session, task: ScreeningTask, on: date) -> None:
    """Leave a sample half written."""
    person = actor_for(session, task.reviewer)
    declare(session, person, task, has_conflict=False, ground="", on=on)
    half = {task.screening.criteria[0].id: Mark(4, REASON)}
    save_review(session, person, task, half, version=task.lock_version)
