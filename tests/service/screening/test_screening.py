"""Screening from assignment to a frozen result: blind, cleared of conflicts, and nothing lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ipfin.accounts.models import OrganisationKind, User
from ipfin.db import begin_writing
from ipfin.kernel.actor import Role
from ipfin.kernel.errors import BadInput, Conflict, DomainError, InvalidTransition, NotAllowed, NotFound
from ipfin.screening.assigning import TieKind
from ipfin.screening.models import ConflictDeclaration, Screening, ScreeningTask
from ipfin.screening.phases import Phase, TaskState
from ipfin.screening.queries import (
    agreement_of,
    dossier_of,
    firm_to_declare_on,
    hits,
    others_of,
    sample_strips,
    screening_result,
    task_by_public_id,
    tasks_of,
    tasks_of_screening,
)
from ipfin.screening.review import PROPOSED, Mark, Scale, StaleReview
from ipfin.screening.service import (
    MOST_FIRMS,
    abstain,
    add_sample,
    assign,
    declare,
    end_phase,
    end_tie,
    move_due_day,
    open_screening,
    record_tie,
    return_review,
    save_review,
    submit_review,
    take_back,
)
from ipfin.whitelist.admission import EntryOutcome, RoundState
from tests.factories import TODAY, Make
from tests.making.screening import DUE, LONG_ENOUGH

ADMITTED = [EntryOutcome.ADMITTED]


def agencies(make: Make, houses: int = 2, people: int = 1) -> list[User]:
    """Save reviewers: so many people in each of so many agencies."""
    found = []
    for _house in range(houses):
        organisation = make.organisation(OrganisationKind.AGENCY)
        found += [make.reviewer(organisation=organisation) for _person in range(people)]
    return found


def given(
    session: Session, make: Make, screening: Screening, people: list[User], per_firm: int = 2
) -> list[str]:
    """Assign the admitted candidates; return the names of those for which too few may review."""
    found = assign(
        session,
        make.actor(Role.CITY_OFFICER),
        screening,
        outcomes=ADMITTED,
        user_ids=[person.id for person in people],
        per_firm=2,
        on=TODAY,
    )
    return list(found.short)


def whole(task: ScreeningTask, *scores: int) -> dict[int, Mark]:
    """Return a whole review with these scores."""
    return {
        row.id: Mark(score, LONG_ENOUGH) for row, score in zip(task.screening.criteria, scores, strict=True)
    }


# --- Organising --------------------------------------------------------------------------------------


def test_a_screening_keeps_its_criteria_and_a_round_is_screened_once(session: Session, make: Make) -> None:
    round_, office = make.round(state=RoundState.DRAFT), make.actor(Role.CITY_OFFICER)
    opened = open_screening(session, office, round_, PROPOSED, due_on=DUE, spread_limit=2, on=TODAY)
    assert [one.title for one in opened.judged] == [str(one.title) for one in PROPOSED]
    with pytest.raises(Conflict, match="已发起"):
        open_screening(session, office, round_, PROPOSED, due_on=DUE, spread_limit=2, on=TODAY)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"due_on": TODAY - timedelta(days=1)}, "截止日期"),
        ({"spread_limit": 0}, "分差"),
        ({"criteria": ()}, "至少设一个"),
    ],
)
def test_a_screening_that_cannot_be_is_refused(
    session: Session, make: Make, changes: dict[str, object], words: str
) -> None:
    said: dict[str, object] = {"criteria": PROPOSED, "due_on": TODAY, "spread_limit": 2, **changes}
    criteria = said.pop("criteria")
    with pytest.raises(BadInput, match=words):
        open_screening(
            session,
            make.actor(Role.CITY_OFFICER),
            make.round(state=RoundState.DRAFT),
            criteria,
            on=TODAY,
            **said,
        )  # type: ignore[arg-type]


def test_a_decided_round_and_other_roles_are_refused(session: Session, make: Make) -> None:
    with pytest.raises(Conflict, match="已有结论"):
        open_screening(
            session,
            make.actor(Role.CITY_OFFICER),
            make.round(),
            PROPOSED,
            due_on=DUE,
            spread_limit=2,
            on=TODAY,
        )
    for role in set(Role) - {Role.CITY_OFFICER}:
        with pytest.raises(NotAllowed):
            open_screening(
                session, make.actor(role), make.round(), PROPOSED, due_on=DUE, spread_limit=2, on=TODAY
            )


def test_every_candidate_gets_two_people_of_two_agencies_and_a_second_time_nobody(
    session: Session, make: Make
) -> None:
    screening, people = make.screening(), agencies(make, houses=2, people=2)
    for _each in range(3):
        make.round_entry(round=screening.round)
    make.round_entry(round=screening.round, outcome=EntryOutcome.EXCLUDED)
    assert given(session, make, screening, people) == []
    tasks = tasks_of_screening(session, screening.id)
    firms = {task.enterprise_id for task in tasks}
    assert (len(firms), len(tasks)) == (3, 6)
    assert all(len({t.organisation_id for t in tasks if t.enterprise_id == firm}) == 2 for firm in firms)
    given(session, make, screening, people)
    assert len(tasks_of_screening(session, screening.id)) == 6


def test_only_the_best_are_given_out_where_a_number_is_said(session: Session, make: Make) -> None:
    screening, office = make.screening(), make.actor(Role.CITY_OFFICER)
    people = [user.id for user in agencies(make)]
    best, _other = (
        make.round_entry(
            round=screening.round,
            sheet=make.score_sheet(run=screening.round.run, graded_e4=graded, low_e4=0, high_e4=1_000_000),
        ).enterprise_id
        for graded in (700_000, 600_000)
    )
    assign(session, office, screening, outcomes=ADMITTED, user_ids=people, per_firm=2, on=TODAY, most=1)
    assert {task.enterprise_id for task in tasks_of_screening(session, screening.id)} == {best}
    for most in (0, MOST_FIRMS + 1):
        with pytest.raises(BadInput):
            assign(
                session,
                office,
                screening,
                outcomes=ADMITTED,
                user_ids=people,
                per_firm=2,
                on=TODAY,
                most=most,
            )


def test_a_registered_tie_keeps_a_whole_agency_away_while_it_holds(session: Session, make: Make) -> None:
    screening, people = make.screening(), agencies(make, houses=3)
    firm = make.round_entry(round=screening.round).enterprise
    make.reviewer_tie(firm, organisation=people[0].organisation)
    make.reviewer_tie(firm, organisation=people[1].organisation, until=TODAY)  # its first day without
    given(session, make, screening, people)
    assert {task.reviewer_user_id for task in tasks_of_screening(session, screening.id)} == {
        people[1].id,
        people[2].id,
    }


def test_a_tie_of_one_person_is_not_his_colleague_s(session: Session, make: Make) -> None:
    firm, (one, other) = make.enterprise(), agencies(make, houses=1, people=2)
    make.reviewer_tie(firm, organisation=one.organisation, user=one)
    assert [hit.user_id for hit in hits(session, [one, other], [firm.id], TODAY)] == [one.id]


def test_who_is_employed_by_the_firm_itself_is_found_without_any_register(
    session: Session, make: Make
) -> None:
    firm = make.enterprise(name="样例代理有限公司")
    above = make.organisation(OrganisationKind.AGENCY, name="样例代理有限公司")
    person = make.reviewer(organisation=make.organisation(OrganisationKind.AGENCY, parent=above))
    (hit,) = hits(session, [person, *agencies(make)], [firm.id], TODAY)
    assert (hit.user_id, hit.kind) == (person.id, TieKind.EMPLOYER)


def test_a_firm_that_only_one_may_review_is_named_and_left(session: Session, make: Make) -> None:
    screening, people = make.screening(), agencies(make, houses=2)
    firm = make.round_entry(round=screening.round).enterprise
    make.reviewer_tie(firm, organisation=people[0].organisation)
    assert given(session, make, screening, people) == [firm.name]
    assert tasks_of_screening(session, screening.id) == []


def test_after_a_conflict_somebody_else_is_given_the_firm(session: Session, make: Make) -> None:
    screening, people = make.screening(), agencies(make, houses=3)
    make.round_entry(round=screening.round)
    given(session, make, screening, people[:2])
    (task, _other) = tasks_of_screening(session, screening.id)
    declare(session, make.actor(task.reviewer), task, has_conflict=True, ground="样例合同", on=TODAY)
    given(session, make, screening, people)
    states = {row.reviewer_user_id: row.state for row in tasks_of_screening(session, screening.id)}
    assert states[task.reviewer_user_id] is TaskState.CONFLICTED
    assert states[people[2].id] is TaskState.ASSIGNED


def test_ties_are_written_down_with_their_source_and_end_once(session: Session, make: Make) -> None:
    office, firm = make.actor(Role.CITY_OFFICER), make.enterprise()
    house, since = make.organisation(OrganisationKind.AGENCY), TODAY - timedelta(days=1)
    tie = record_tie(session, office, house, firm, TieKind.AGENT, source="专利登记簿", since=since)
    end_tie(session, office, tie, on=TODAY)
    with pytest.raises(Conflict):
        end_tie(session, office, tie, on=TODAY)
    for wrong in ({"source": " "}, {"until": since}, {"user": make.reviewer()}):
        with pytest.raises(BadInput):
            record_tie(
                session, office, house, firm, TieKind.AGENT, **{"source": "样例", "since": since, **wrong}
            )  # type: ignore[arg-type]
    with pytest.raises(BadInput):
        record_tie(session, office, make.organisation(), firm, TieKind.AGENT, source="样例", since=since)


# --- Conflicts of interest ---------------------------------------------------------------------------


def test_no_dossier_and_no_name_before_a_declaration(session: Session, make: Make) -> None:
    task = make.screening_task()
    person = make.actor(task.reviewer)
    (line,) = tasks_of(session, person, TODAY, to_do=True)
    assert line.firm is None
    with pytest.raises(NotAllowed):
        dossier_of(session, person, task)
    assert firm_to_declare_on(session, person, task)[0] == task.enterprise.name
    declare(session, person, task, has_conflict=False, ground="", on=TODAY)
    assert dossier_of(session, person, task).name == task.enterprise.name
    (line,) = tasks_of(session, person, TODAY, to_do=True)
    assert line.firm == task.enterprise.name
    with pytest.raises(NotFound):
        firm_to_declare_on(session, person, task)


def test_a_state_set_by_hand_opens_nothing_without_the_row(session: Session, make: Make) -> None:
    task = make.screening_task(state=TaskState.OPEN)
    with pytest.raises(NotAllowed):
        dossier_of(session, make.actor(task.reviewer), task)


@pytest.mark.parametrize("state", [TaskState.CONFLICTED, TaskState.ABSTAINED, TaskState.WITHDRAWN])
def test_a_closed_task_shows_no_dossier_and_no_name(session: Session, make: Make, state: TaskState) -> None:
    task = make.screening_task(cleared=True, state=state, reason="样例")
    person = make.actor(task.reviewer)
    with pytest.raises(NotAllowed):
        dossier_of(session, person, task)
    (line,) = tasks_of(session, person, TODAY, to_do=False)
    assert line.firm is None


def test_a_conflict_found_later_closes_the_dossier_again(session: Session, make: Make) -> None:
    task = make.screening_task(cleared=True)
    person = make.actor(task.reviewer)
    with pytest.raises(BadInput):
        declare(session, person, task, has_conflict=True, ground=" ", on=TODAY)
    declare(session, person, task, has_conflict=True, ground="亲属任职", on=TODAY)
    with pytest.raises(NotAllowed):
        dossier_of(session, person, task)
    with pytest.raises(InvalidTransition):
        declare(session, person, task, has_conflict=False, ground="", on=TODAY)


def test_nobody_declares_nothing_against_a_known_tie(session: Session, make: Make) -> None:
    task = make.screening_task()
    make.reviewer_tie(task.enterprise, organisation=task.organisation)
    with pytest.raises(BadInput, match="服务合同"):
        declare(session, make.actor(task.reviewer), task, has_conflict=False, ground="", on=TODAY)
    assert session.scalar(select(func.count()).select_from(ConflictDeclaration)) == 0


def test_a_task_is_its_reviewer_s_only(session: Session, make: Make) -> None:
    task = make.screening_task(cleared=True)
    colleague = make.actor(make.reviewer(organisation=task.organisation))
    with pytest.raises(NotFound):
        task_by_public_id(session, colleague, task.public_id)
    with pytest.raises(NotAllowed):
        dossier_of(session, colleague, task)
    for act in (
        lambda: declare(session, colleague, task, has_conflict=True, ground="样例", on=TODAY),
        lambda: save_review(session, colleague, task, {}, version=task.lock_version),
        lambda: abstain(session, colleague, task, reason="样例", version=task.lock_version),
    ):
        with pytest.raises(NotAllowed):
            act()
    for role in set(Role) - {Role.AGENCY, Role.CITY_OFFICER, Role.AUDITOR}:
        with pytest.raises(NotFound):
            task_by_public_id(session, make.actor(role), task.public_id)


def test_what_came_after_the_opening_is_told(session: Session, make: Make) -> None:
    task = make.screening_task()
    person = make.actor(task.reviewer)
    make.fact(task.enterprise)
    declare(session, person, task, has_conflict=False, ground="", on=TODAY)
    assert dossier_of(session, person, task).newer == []
    later = make.fact(task.enterprise, as_of=TODAY + timedelta(days=1))
    assert dossier_of(session, person, task).newer == [later]


# --- Reviewing ---------------------------------------------------------------------------------------


def test_half_a_review_is_kept_and_a_whole_one_handed_in(session: Session, make: Make) -> None:
    task = make.screening_task(cleared=True)
    person, (one, other) = make.actor(task.reviewer), task.screening.criteria
    save_review(session, person, task, {one.id: Mark(4, "想到一半")}, version=task.lock_version)
    assert task.marks == {one.id: Mark(4, "想到一半")}
    with pytest.raises(BadInput, match="样例要点1”的理由"):
        submit_review(session, person, task, {one.id: Mark(4, "短")}, version=task.lock_version)
    submit_review(session, person, task, whole(task, 4, 2), version=task.lock_version)
    assert task.state is TaskState.SUBMITTED
    assert task.marks[other.id].score == 2
    with pytest.raises(InvalidTransition):
        save_review(session, person, task, {}, version=task.lock_version)


def test_of_two_tabs_the_second_overwrites_nothing(session: Session, make: Make) -> None:
    task = make.screening_task(cleared=True)
    person, seen, one = make.actor(task.reviewer), task.lock_version, task.screening.criteria[0]
    save_review(session, person, task, {one.id: Mark(4, "第一个窗口写的")}, version=seen)
    for act in (save_review, submit_review):
        with pytest.raises(StaleReview):
            act(session, person, task, {one.id: Mark(1, "第二个窗口写的")}, version=seen)
    with pytest.raises(StaleReview):
        abstain(session, person, task, reason="样例", version=seen)
    assert task.marks[one.id] == Mark(4, "第一个窗口写的")


def test_two_that_save_at_once_are_one_saved_and_one_told(engine: Engine) -> None:
    with Session(engine) as session:
        begin_writing(session)
        make = Make(session)
        task = make.screening_task(cleared=True)
        person, task_id, version = make.actor(task.reviewer), task.id, task.lock_version
        criterion = task.screening.criteria[0].id
        session.commit()
    told, start = [], Barrier(2)

    def save(words: str) -> None:
        with Session(engine) as session:
            start.wait()
            begin_writing(session)
            try:
                found = session.get_one(ScreeningTask, task_id)
                save_review(session, person, found, {criterion: Mark(3, words)}, version=version)
                session.commit()
                told.append(words)
            except StaleReview:
                session.rollback()
                told.append("stale")

    threads = [Thread(target=save, args=(words,)) for words in ("甲", "乙")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(told)[0] == "stale"
    (saved,) = set(told) - {"stale"}
    with Session(engine) as session:
        assert session.get_one(ScreeningTask, task_id).marks[criterion].reason == saved


def test_who_abstains_says_why_and_counts_for_nothing(session: Session, make: Make) -> None:
    task = make.screening_task(cleared=True)
    person = make.actor(task.reviewer)
    with pytest.raises(BadInput):
        abstain(session, person, task, reason=" ", version=task.lock_version)
    abstain(session, person, task, reason="超出专业范围", version=task.lock_version)
    found = screening_result(session, task.screening.round_id)
    assert found is not None
    assert found.firms[task.enterprise_id].reviews == 0


def test_a_returned_review_is_worked_on_and_handed_in_again(session: Session, make: Make) -> None:
    task, office = make.review([5, 5]), make.actor(Role.CITY_OFFICER)
    with pytest.raises(BadInput):
        return_review(session, office, task, reason="", due_on=DUE, on=TODAY)
    return_review(session, office, task, reason="理由未说明依据", due_on=DUE, on=TODAY)
    person = make.actor(task.reviewer)
    submit_review(session, person, task, whole(task, 3, 5), version=task.lock_version)
    assert task.state is TaskState.SUBMITTED
    with pytest.raises(InvalidTransition):
        take_back(session, office, task, reason="样例")


def test_a_new_due_day_is_for_what_is_not_done(session: Session, make: Make) -> None:
    screening = make.screening()
    done, open_ = make.review([1, 1], screening=screening), make.screening_task(screening=screening)
    move_due_day(session, make.actor(Role.CITY_OFFICER), screening, TODAY, on=TODAY)
    assert (done.due_on, open_.due_on) == (DUE, TODAY)
    with pytest.raises(BadInput):
        move_due_day(session, make.actor(Role.CITY_OFFICER), screening, TODAY - timedelta(days=1), on=TODAY)


# --- Blind until the review ends, frozen at the end ------------------------------------------------------


def test_others_are_read_after_the_review_and_without_names(session: Session, make: Make) -> None:
    screening, firm = make.screening(), make.enterprise()
    mine, other = (make.review(scores, firm, screening=screening) for scores in ([1, 2], [5, 4]))
    assert others_of(session, mine) == []
    end_phase(session, make.actor(Role.CITY_OFFICER), screening, phase=Phase.REVIEW)
    (found,) = others_of(session, mine)
    assert (found.number, found.marks) == (1, other.marks)


def test_a_review_ends_only_when_every_firm_has_two(session: Session, make: Make) -> None:
    screening, firm, office = make.screening(), make.enterprise(), make.actor(Role.CITY_OFFICER)
    with pytest.raises(Conflict, match="不足两份"):
        end_phase(session, office, screening, phase=Phase.REVIEW)
    make.review([1, 2], firm, screening=screening)
    with pytest.raises(Conflict, match="1家企业的评审不足两份"):
        end_phase(session, office, screening, phase=Phase.REVIEW)
    waiting = make.screening_task(firm, screening=screening)
    make.review([1, 2], firm, screening=screening)
    with pytest.raises(Conflict, match="1项评审未提交"):
        end_phase(session, office, screening, phase=Phase.REVIEW)
    take_back(session, office, waiting, reason="超期未评")
    assert end_phase(session, office, screening, phase=Phase.REVIEW) is Phase.DELIBERATION
    with pytest.raises(Conflict, match="已经推进"):
        end_phase(session, office, screening, phase=Phase.REVIEW)


def test_a_final_screening_changes_no_more(session: Session, make: Make) -> None:
    screening, firm, office = make.screening(), make.enterprise(), make.actor(Role.CITY_OFFICER)
    task, _other = (make.review(scores, firm, screening=screening) for scores in ([1, 2], [5, 4]))
    end_phase(session, office, screening, phase=Phase.REVIEW)
    end_phase(session, office, screening, phase=Phase.DELIBERATION)
    before = screening_result(session, screening.round_id)
    acts: list[Callable[[], object]] = [
        lambda: return_review(session, office, task, reason="样例", due_on=DUE, on=TODAY),
        lambda: move_due_day(session, office, screening, DUE, on=TODAY),
        lambda: given(session, make, screening, agencies(make)),
        lambda: end_phase(session, office, screening, phase=Phase.FINAL),
    ]
    for act in acts:
        with pytest.raises(DomainError):
            act()
    assert before is not None
    assert before.is_final
    assert screening_result(session, screening.round_id) == before


def test_the_result_tells_reviews_spread_and_open_conflicts(session: Session, make: Make) -> None:
    screening = make.screening(scales=(Scale.ONE_TO_FIVE, Scale.EITHER))
    firm, calm = make.enterprise(), make.enterprise()
    make.review([1, 1], firm, screening=screening)
    make.review([4, 1], firm, screening=screening)
    make.screening_task(firm, screening=screening)
    make.screening_task(firm, screening=screening, state=TaskState.CONFLICTED)
    make.review([3, 1], calm, screening=screening)
    make.review([5, 1], make.enterprise(), screening=screening, is_sample=True)
    found = screening_result(session, screening.round_id)
    assert found is not None
    assert (found.open_conflicts, set(found.firms)) == (1, {firm.id, calm.id})
    told = found.firms[firm.id]
    assert (told.reviews, told.waiting, told.recused, told.is_enough) == (2, 1, 1, True)
    assert [str(one) for one in (*told.points, told.mean)] == ["50.00", "87.50", "68.75"]
    assert [(one.criterion.title, one.low, one.high) for one in told.wide] == [("样例要点1", 1, 4)]
    assert not found.firms[calm.id].is_enough
    assert found.firms[calm.id].spreads == ()
    assert screening_result(session, make.round().id) is None


def test_agreement_counts_firms_with_two_reviews(session: Session, make: Make) -> None:
    screening = make.screening(scales=(Scale.ONE_TO_FIVE,))
    for score in (1, 3, 5):
        firm = make.enterprise()
        for _reviewer in range(2):
            make.review([score], firm, screening=screening)
    make.review([2], screening=screening)
    ((_criterion, found),) = agreement_of(screening, tasks_of_screening(session, screening.id))
    assert (found.alpha, found.units, found.is_too_few) == (1, 3, True)


# --- Calibration -------------------------------------------------------------------------------------


def test_a_sample_goes_to_every_reviewer_and_tells_the_group_after_the_own_submit(
    session: Session, make: Make
) -> None:
    screening, people = make.screening(scales=(Scale.ONE_TO_FIVE,)), agencies(make)
    make.round_entry(round=screening.round)
    given(session, make, screening, people)
    sample = make.score_sheet(run=screening.round.run).enterprise
    assert add_sample(session, make.actor(Role.CITY_OFFICER), screening, sample.id, on=TODAY) == 2
    tasks = {task.reviewer_user_id: task for task in tasks_of_screening(session, screening.id, samples=True)}
    for person, score in zip(people, (2, 5), strict=True):
        actor, task = make.actor(person), tasks[person.id]
        declare(session, actor, task, has_conflict=False, ground="", on=TODAY)
        assert sample_strips(session, actor) == {}
        submit_review(session, actor, task, whole(task, score), version=task.lock_version)
    ((strip,),) = sample_strips(session, make.actor(people[0])).values()
    assert (strip.mine, strip.all, str(strip.median)) == (2, (2, 5), "3.5")
    found = screening_result(session, screening.round_id)
    assert found is not None
    assert sample.id not in found.firms


def test_a_candidate_under_review_is_no_sample_and_neither_is_an_unscored_firm(
    session: Session, make: Make
) -> None:
    screening, office = make.screening(), make.actor(Role.CITY_OFFICER)
    entry = make.round_entry(round=screening.round)
    with pytest.raises(BadInput, match="先分配"):
        add_sample(session, office, screening, entry.enterprise_id, on=TODAY)
    given(session, make, screening, agencies(make))
    for firm in (entry.enterprise, make.enterprise()):
        with pytest.raises(BadInput):
            add_sample(session, office, screening, firm.id, on=TODAY)


# --- The tables themselves ---------------------------------------------------------------------------


def test_one_reviewer_has_one_task_of_a_firm(session: Session, make: Make) -> None:
    task = make.screening_task()
    with pytest.raises(IntegrityError):
        make.screening_task(task.enterprise, screening=task.screening, reviewer=task.reviewer)


@pytest.mark.parametrize(
    "wrong", [{"state": TaskState.RETURNED}, {"state": TaskState.SUBMITTED, "submitted_at": None}]
)
def test_a_task_is_not_returned_without_reason_nor_submitted_without_time(
    session: Session, make: Make, wrong: dict[str, object]
) -> None:
    with pytest.raises(IntegrityError):
        make.screening_task(**wrong)  # type: ignore[arg-type]


def test_a_conflict_without_ground_is_no_row(session: Session, make: Make) -> None:
    with pytest.raises(IntegrityError):
        make.conflict_declaration(has_conflict=True)


def test_days_are_of_the_calendar(session: Session, make: Make) -> None:
    tie = make.reviewer_tie(since=date(2026, 1, 1))
    with pytest.raises(IntegrityError):
        make.reviewer_tie(since=tie.since, until=tie.since)
