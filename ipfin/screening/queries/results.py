"""What came of a screening: reviews, spreads and open conflicts of each firm, and how reviewers agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from ipfin.kernel.errors import Conflict, NotFound
from ipfin.kernel.text import _
from ipfin.screening.agreement import Agreement, alpha
from ipfin.screening.models import Screening, ScreeningTask
from ipfin.screening.phases import LEAST_REVIEWS, TO_DO, Phase, TaskState
from ipfin.screening.review import Criterion, Spread, points, spread_of
from ipfin.whitelist.admission import ROUND_LIFECYCLE
from ipfin.whitelist.models import WhitelistRound
from ipfin.whitelist.publication import ReviewTally


@dataclass(frozen=True, slots=True)
class FirmScreening:
    """What a screening says of one firm.

    `points` are of each whole review, 0 to 100; `open_conflicts` are tasks whose reviewer has not declared
    yet, `recused` those whose reviewer declared a conflict, `waiting` reviews that are still to come.
    """

    enterprise_id: int
    reviews: int
    waiting: int
    open_conflicts: int
    recused: int
    points: tuple[Decimal, ...]
    spreads: tuple[Spread, ...]

    @property
    def mean(self) -> Decimal | None:
        """The mean of the whole reviews with two decimals, None without any."""
        if not self.points:
            return None
        return (sum(self.points, Decimal(0)) / len(self.points)).quantize(Decimal("0.01"), ROUND_HALF_UP)

    @property
    def wide(self) -> tuple[Spread, ...]:
        """The criteria on which the reviews stand too far apart."""
        return tuple(spread for spread in self.spreads if spread.is_wide)

    @property
    def is_enough(self) -> bool:
        """Whether two people or more reviewed the firm."""
        return self.reviews >= LEAST_REVIEWS


@dataclass(frozen=True, slots=True)
class ScreeningResult:
    """The screening of a round as it stands; it changes no more once it `is_final`."""

    round_id: int
    phase: Phase
    firms: Mapping[int, FirmScreening]

    @property
    def is_final(self) -> bool:
        """Whether the result is frozen."""
        return self.phase is Phase.FINAL

    @property
    def open_conflicts(self) -> int:
        """How many declarations are still to be made."""
        return sum(firm.open_conflicts for firm in self.firms.values())


def screening_of_round(session: Session, number: int) -> Screening:
    """Return the screening of the round with this number.

    Raises:
        NotFound: there is no such round, or it is not screened.
    """
    found = session.scalar(
        select(Screening)
        .join(WhitelistRound, WhitelistRound.id == Screening.round_id)
        .where(WhitelistRound.number == number)
        .options(joinedload(Screening.round), selectinload(Screening.criteria))
    )
    if found is None:
        raise NotFound(_("这个批次没有发起机构筛查。"))
    return found


def screenings(session: Session) -> Sequence[Screening]:
    """Return every screening, the latest round first."""
    return session.scalars(
        select(Screening)
        .join(WhitelistRound, WhitelistRound.id == Screening.round_id)
        .options(joinedload(Screening.round))
        .order_by(WhitelistRound.number.desc())
    ).all()


def task_counts(session: Session) -> dict[int, dict[TaskState, int]]:
    """Return how many tasks of each screening stand where, calibration samples left out."""
    found: dict[int, dict[TaskState, int]] = {}
    rows = session.execute(
        select(ScreeningTask.screening_id, ScreeningTask.state, func.count())
        .where(~ScreeningTask.is_sample)
        .group_by(ScreeningTask.screening_id, ScreeningTask.state)
    )
    for screening_id, state, count in rows:
        found.setdefault(screening_id, {})[state] = count
    return found


def tasks_of_screening(
    session: Session, screening_id: int, *, samples: bool | None = False
) -> Sequence[ScreeningTask]:
    """Return the tasks of a screening by firm, with marks and people; `samples` None for both kinds."""
    statement = (
        select(ScreeningTask)
        .where(ScreeningTask.screening_id == screening_id)
        .options(
            joinedload(ScreeningTask.enterprise),
            joinedload(ScreeningTask.reviewer),
            joinedload(ScreeningTask.organisation),
            selectinload(ScreeningTask.kept),
        )
        .order_by(ScreeningTask.enterprise_id, ScreeningTask.id)
    )
    if samples is not None:
        statement = statement.where(ScreeningTask.is_sample.is_(samples))
    return session.scalars(statement).all()


def screening_result(session: Session, round_id: int) -> ScreeningResult | None:
    """Return what the screening of a round says of each firm, None where there is none."""
    screening = session.scalar(select(Screening).where(Screening.round_id == round_id))
    if screening is None:
        return None
    return result_of(screening, tasks_of_screening(session, screening.id))


def tallies_to_publish(session: Session, round_id: int) -> dict[int, ReviewTally] | None:
    """Return what the guard of publication asks of each firm's reviews, None where a round is not screened.

    Raises:
        Conflict: the screening is still under way.
    """
    result = screening_result(session, round_id)
    if result is None:
        return None
    if not result.is_final:
        raise Conflict(_("机构筛查尚未定稿，不能公示或发布；请先在机构筛查页定稿。"))
    return {firm: ReviewTally(found.reviews, found.open_conflicts) for firm, found in result.firms.items()}


def result_of(screening: Screening, tasks: Sequence[ScreeningTask]) -> ScreeningResult:
    """Return the result of a screening over its tasks, calibration samples left out."""
    by_firm: dict[int, list[ScreeningTask]] = {}
    for task in tasks:
        if not task.is_sample and task.state is not TaskState.WITHDRAWN:
            by_firm.setdefault(task.enterprise_id, []).append(task)
    criteria, limit = screening.judged, screening.spread_limit
    firms = {firm: _firm(firm, found, criteria, limit) for firm, found in by_firm.items()}
    return ScreeningResult(screening.round_id, screening.phase, firms)


def _firm(
    enterprise_id: int, tasks: Sequence[ScreeningTask], criteria: Sequence[Criterion], limit: int
) -> FirmScreening:
    marks = [task.marks for task in tasks if task.state is TaskState.SUBMITTED]
    spreads = (spread_of(one, _scores(one, marks), limit) for one in criteria)
    whole = (points(criteria, review) for review in marks)
    return FirmScreening(
        enterprise_id=enterprise_id,
        reviews=len(marks),
        waiting=sum(task.state in TO_DO for task in tasks),
        open_conflicts=sum(task.state is TaskState.ASSIGNED for task in tasks),
        recused=sum(task.state is TaskState.CONFLICTED for task in tasks),
        points=tuple(sorted(found for found in whole if found is not None)),
        spreads=tuple(spread for spread in spreads if spread is not None),
    )


def _scores(criterion: Criterion, reviews: Sequence[Mapping[int, object]]) -> list[int]:
    found = (getattr(review.get(criterion.id), "score", None) for review in reviews)
    return [score for score in found if score is not None]


def agreement_of(screening: Screening, tasks: Sequence[ScreeningTask]) -> list[tuple[Criterion, Agreement]]:
    """Return for each criterion how the submitted reviews among `tasks` agree."""
    by_firm: dict[int, list[ScreeningTask]] = {}
    for task in tasks:
        if task.state is TaskState.SUBMITTED:
            by_firm.setdefault(task.enterprise_id, []).append(task)
    return [
        (one, alpha([_scores(one, [task.marks for task in found]) for found in by_firm.values()]))
        for one in screening.judged
    ]


def rounds_to_screen(session: Session) -> Sequence[WhitelistRound]:
    """Return the rounds that are still open and not screened, the latest first."""
    screened = select(Screening.round_id)
    return session.scalars(
        select(WhitelistRound)
        .where(
            WhitelistRound.state.in_(sorted(ROUND_LIFECYCLE.open_states)), WhitelistRound.id.not_in(screened)
        )
        .order_by(WhitelistRound.number.desc())
    ).all()
