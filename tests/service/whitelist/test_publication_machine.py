"""No sequence of acts admits a firm for which the guard has a word: random walks against a plain oracle."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ipfin.conduct.rules import ConductCode
from ipfin.conduct.service import log_consultation, record_conduct
from ipfin.config import Settings
from ipfin.kernel.actor import Actor, Role
from ipfin.kernel.errors import DomainError
from ipfin.registry.models import Enterprise, FactKind, FactSource
from ipfin.registry.service import record_fact
from ipfin.whitelist.admission import EntryOutcome
from ipfin.whitelist.models import Admission, RoundEntry, RoundObjection, WhitelistRound
from ipfin.whitelist.notice import ObjectionState, ObjectionWords
from ipfin.whitelist.scoring import Grade
from ipfin.whitelist.service import (
    answer_objection,
    file_objection,
    open_notice,
    prepare_round,
    publish_round,
    return_round,
    submit_round,
    waive_register,
)
from tests.factories import Make

DAY = date(2026, 3, 5)
PEOPLE = [Actor(user_id=n, name=f"经办{n}", role=Role.CITY_OFFICER) for n in (1, 2)]
NEEDED = [ConductCode.E01, ConductCode.E02, ConductCode.E03, ConductCode.E04, ConductCode.E05]


@dataclass
class World:
    """A round of three firms, one of them without a grade, and what the test itself did to them."""

    session: Session
    round_: WhitelistRound
    firms: list[Enterprise]
    house: Settings
    today: date = DAY
    consulted_on: date | None = None
    is_waived: bool = False
    submitter: Actor | None = None
    publisher: Actor | None = None
    published_on: date | None = None
    declared: set[tuple[int, date]] = field(default_factory=set)
    changed: set[int] = field(default_factory=set)  # since the last submission
    barred: set[int] = field(default_factory=set)


def _consult(world: World, who: Actor, firm: Enterprise) -> None:
    for code in NEEDED:
        log_consultation(
            world.session, who, code, register="名册", covers="全部", on=world.today, today=world.today
        )
    world.consulted_on = world.today


def _waive(world: World, who: Actor, firm: Enterprise) -> None:
    for code in NEEDED:
        waive_register(world.session, who, world.round_, code, reason="样例")
    world.is_waived = True


def _submit(world: World, who: Actor, firm: Enterprise) -> None:
    submit_round(world.session, who, world.round_, on=world.today)
    world.submitter, world.changed = who, set()


def _notice(world: World, who: Actor, firm: Enterprise) -> None:
    open_notice(world.session, who, world.round_, on=world.today)


def _publish(world: World, who: Actor, firm: Enterprise) -> None:
    publish_round(world.session, who, world.round_, on=world.today)
    world.publisher, world.published_on = who, world.today


def _give_back(world: World, who: Actor, firm: Enterprise) -> None:
    return_round(world.session, who, world.round_, note="样例")


def _wait(world: World, who: Actor, firm: Enterprise) -> None:
    world.today += timedelta(days=4)


def _object(world: World, who: Actor, firm: Enterprise) -> None:
    said = ObjectionWords("样例市民", "037200000000", "事实和理由事实和理由")
    file_objection(
        world.session,
        Actor(user_id=None, name="未登录", role=None),
        world.round_,
        said,
        enterprise_id=firm.id,
        evidence=None,
        on=world.today,
        directory=Path("nowhere"),
        settings=world.house,
    )


def _answer(world: World, who: Actor, firm: Enterprise) -> None:
    """The first firm's objections are right, the others' are not."""
    for row in world.session.scalars(select(RoundObjection)):
        is_upheld = row.enterprise_id == world.firms[0].id
        answer_objection(world.session, who, row, is_upheld=is_upheld, answer="样例答复")
        if is_upheld:
            world.barred.add(world.firms[0].id)


def _conduct(world: World, who: Actor, firm: Enterprise) -> None:
    record_conduct(world.session, who, firm, ConductCode.E05, source="通报", effective_on=world.today)
    if world.published_on is None:
        world.barred.add(firm.id)


def _fact(world: World, who: Actor, firm: Enterprise) -> None:
    record_fact(
        world.session, who, firm, FactKind.RD_SHARE_BP, as_of=world.today, source=FactSource.DECLARED,
        number=300 + world.today.day,
    )  # fmt: skip
    is_new = (firm.id, world.today) not in world.declared  # the same figure of the same day changes nothing
    world.declared.add((firm.id, world.today))
    if is_new and world.published_on is None:
        world.changed.add(firm.id)


def _tamper(world: World, who: Actor, firm: Enterprise) -> None:
    world.session.execute(
        update(RoundEntry).where(RoundEntry.enterprise_id == firm.id).values(outcome=EntryOutcome.ADMITTED)
    )
    world.session.expire_all()


ACTS: list[Callable[[World, Actor, Enterprise], None]] = [
    _consult, _waive, _submit, _notice, _publish, _give_back, _wait, _object, _answer, _conduct, _fact,
    _tamper,
]  # fmt: skip
STEP = st.tuples(st.sampled_from(ACTS), st.integers(0, 1), st.integers(0, 2))
# Most walks never come far: these begin at a round that is ready, so that publication is often near.
READY: list[tuple[Callable[[World, Actor, Enterprise], None], int, int]] = [
    (_consult, 0, 0), (_submit, 0, 0), (_notice, 1, 0), (_wait, 0, 0), (_wait, 0, 0), (_publish, 1, 0),
]  # fmt: skip


@given(extra=st.lists(st.tuples(st.integers(0, len(READY)), STEP), max_size=5))
@example(extra=[(0, (_fact, 0, 0)), (2, (_fact, 0, 0))])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_sequence_of_acts_admits_a_firm_that_fails_the_guard(
    session: Session, tmp_path: Path, extra
) -> None:
    steps = list(READY)
    for place, step in sorted(extra, key=lambda pair: -pair[0]):
        steps.insert(place, step)
    outer = session.begin_nested()
    try:
        world = _founded(session, tmp_path)
        for act, who, firm in steps:
            inner = session.begin_nested()
            try:
                act(world, PEOPLE[who], world.firms[firm])
                inner.commit()
            except DomainError:
                inner.rollback()
        _check(world, is_plain=not extra)
    finally:
        outer.rollback()
        session.expire_all()


def _founded(session: Session, folder: Path) -> World:
    make = Make(session)
    run = make.score_run(firms_count=3)
    firms = [make.enterprise() for _each in range(3)]
    for firm, grade in zip(firms, (Grade.A, Grade.B, Grade.UNRATED), strict=True):
        make.patent(holders=[firm])
        make.score_sheet(firm, run=run, grade=grade)
    house = Settings(env="test", secret_key="a secret of the tests", instance_dir=folder)
    round_ = prepare_round(session, PEOPLE[0], run, title="样张批次", valid_from=DAY)
    return World(session, round_, firms, house)


def _check(world: World, *, is_plain: bool) -> None:
    admitted = set(world.session.scalars(select(Admission.enterprise_id)))
    if is_plain:
        assert admitted == {firm.id for firm in world.firms[:2]}
    if not admitted:
        return
    notice = world.round_.notice
    assert notice is not None
    assert world.published_on is not None
    assert world.published_on > notice.last_day
    assert world.publisher != world.submitter
    in_time = world.consulted_on is not None and (world.published_on - world.consulted_on).days < 30
    assert world.is_waived or in_time
    assert world.firms[2].id not in admitted, "it has no grade"
    assert not admitted & (world.barred | world.changed)
    open_ones = select(RoundObjection.id).where(RoundObjection.state == ObjectionState.OPEN)
    filed_before = world.session.scalars(open_ones).all()
    assert not filed_before, "after publication nobody can object, so none may be open"
