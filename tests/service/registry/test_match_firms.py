"""Firms that may be one are found, decided on and merged, and a merge can be taken back exactly."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.accounts.models import OrganisationKind
from ipfin.audit.models import AuditEntry
from ipfin.events.lifecycle import Side as EventSide
from ipfin.kernel.actor import SYSTEM, Actor, Role
from ipfin.kernel.errors import BadInput, Conflict, InvalidTransition
from ipfin.liaison.queries import FOLLOWS
from ipfin.registry.lifecycle import MatchState
from ipfin.registry.models import (
    Applicant,
    Enterprise,
    EnterpriseFact,
    EnterpriseMerge,
    MatchCandidate,
    MatchKey,
)
from ipfin.registry.queries import EnterpriseFilter, enterprises_page, registry_totals, stands_for_itself
from ipfin.registry.queries.matching import candidates_page, merged_ids, stands_for
from ipfin.registry.resolution.assessment import Outcome, Tier
from ipfin.registry.service import decide_otherwise, decide_same, find_candidates, reopen, undo_merge
from ipfin.reports.directory import IssueState
from ipfin.reports.queries import merge_holds
from ipfin.whitelist.admission import RoundState
from tests.factories import Make

HOLDS = (merge_holds,)
EVERYONE = Enterprise.id > 0


@pytest.fixture
def officer(make: Make) -> Actor:
    return make.actor(Role.CITY_OFFICER)


def pairs(session: Session) -> dict[tuple[str, str], MatchCandidate]:
    return {(row.first.name, row.second.name): row for row in session.scalars(select(MatchCandidate))}


def two(make: Make, **changes: Any) -> tuple[Enterprise, Enterprise, MatchCandidate]:
    """Save two firms of two names, each with a patent of its own."""
    number = make.number()
    keep = make.enterprise(**({"name": f"样例{number}磨床有限公司", "credit_code": None} | changes))
    gone = make.enterprise(name=f"样例{number}磨床有限责任公司", credit_code=None)
    for firm in (keep, gone):
        make.patent(holders=[firm])
    return keep, gone, make.match_candidate(keep, gone)


def merge(session: Session, officer: Actor, pair: MatchCandidate, keep: Enterprise) -> EnterpriseMerge:
    return decide_same(
        session, officer, pair, survivor_id=keep.id, reason="改制更名", holds=HOLDS, follows=FOLLOWS
    )


def state(session: Session) -> str:
    """Return all that a merge may change, to be compared."""
    session.flush()
    session.expire_all()
    rows: list[Any] = [
        sorted((a.id, a.enterprise_id) for a in session.scalars(select(Applicant))),
        sorted((f.id, f.enterprise_id) for f in session.scalars(select(EnterpriseFact))),
        sorted(
            (e.id, e.patent_count, e.valid_count, e.valid_invention_count, e.search_text, e.pinyin_key)
            for e in session.scalars(select(Enterprise))
        ),
        sorted(
            (c.id, c.state.value, c.reason, c.decided_by) for c in session.scalars(select(MatchCandidate))
        ),
    ]
    return json.dumps(rows, ensure_ascii=False)


# --- Finding ----------------------------------------------------------------------------------------


def test_pairs_that_share_a_key_are_found_and_others_are_not_compared(session: Session, make: Make) -> None:
    make.noise()
    one = make.enterprise(name="安阳红旗渠机械有限公司", credit_code=None)
    other = make.enterprise(name="安阳红旗渠机械有限责任公司", credit_code=None)
    make.enterprise(name="林州恒力铸造有限公司", credit_code=None)
    found = find_candidates(session, SYSTEM)
    pair = pairs(session)[one.name, other.name]
    assert (pair.state, pair.outcome, pair.tier) == (MatchState.OPEN, Outcome.REVIEW, Tier.OTHER_FORM)
    assert [row["feature"] for row in pair.features][:2] == ["trade_name", "trades"]
    assert all("林州" not in name for names in pairs(session) for name in names)
    firms = len(session.scalars(select(Enterprise)).all())
    assert found.compared < firms * (firms - 1) // 2


def test_one_character_in_the_trade_name_is_no_pair(session: Session, make: Make) -> None:
    make.enterprise(name="安阳华强机械有限公司", credit_code=None)
    make.enterprise(name="安阳华蔷机械有限公司", credit_code=None)
    make.enterprise(name="安阳华强机电有限公司", credit_code=None)
    find_candidates(session, SYSTEM)
    assert pairs(session) == {}


def test_nothing_is_merged_by_a_search_not_even_an_identity(session: Session, make: Make) -> None:
    make.enterprise(name="红旗渠机械（安阳）有限公司", credit_code=None)
    make.enterprise(name="红旗渠机械安阳有限公司", credit_code=None)
    for form in ("有限公司", "有限责任公司"):
        make.enterprise(name=f"安阳恒力铸造{form}", credit_code=None)
    find_candidates(session, SYSTEM)
    queue = candidates_page(session, EVERYONE, MatchState.OPEN, cursor=None).items
    assert [pair.outcome for pair in queue] == [Outcome.IDENTITY, Outcome.REVIEW]
    assert queue[0].bits_e2 < queue[1].bits_e2
    assert session.scalars(select(EnterpriseMerge)).all() == []


def test_a_batch_s_new_firms_are_compared_with_all_and_old_ones_not_with_each_other(
    session: Session, make: Make
) -> None:
    old = [make.enterprise(name=f"安阳红旗渠机械{form}", credit_code=None) for form in ("有限公司", "厂")]
    batch = make.batch()
    new = make.enterprise(name="安阳红旗渠机械有限责任公司", credit_code=None, first_batch_id=batch.id)
    find_candidates(session, SYSTEM, batch_id=batch.id)
    assert {tuple(sorted(names)) for names in pairs(session)} == {
        tuple(sorted((firm.name, new.name))) for firm in old
    }


def test_a_second_search_finds_nothing_new_and_keeps_decisions(
    session: Session, make: Make, officer: Actor
) -> None:
    make.enterprise(name="安阳红旗渠机械有限公司", credit_code=None)
    make.enterprise(name="安阳红旗渠机械有限责任公司", credit_code=None)
    assert find_candidates(session, SYSTEM).found == 1
    pair = session.scalars(select(MatchCandidate)).one()
    decide_otherwise(session, officer, pair, MatchState.DIFFERENT, reason="两家分别登记")
    again = find_candidates(session, SYSTEM)
    assert (again.found, again.refreshed) == (0, 0)
    assert session.scalars(select(MatchCandidate)).one().state is MatchState.DIFFERENT


def test_a_key_that_too_many_share_is_told_and_not_compared(
    session: Session, make: Make, monkeypatch
) -> None:
    for place in ("安阳", "开封", "郑州", "新乡"):
        make.enterprise(name=f"{place}红旗渠旅游有限公司", credit_code=None)
    monkeypatch.setattr("ipfin.registry.service.matching.MOST_SHARED", 3)
    found = find_candidates(session, SYSTEM)
    assert (found.compared, found.crowded) == (0, 2)  # the 字号 alone, and with its trade


def test_the_search_is_audited_and_removes_no_key_of_others(session: Session, make: Make) -> None:
    firm = make.enterprise()
    find_candidates(session, SYSTEM)
    find_candidates(session, SYSTEM)
    keys = session.scalars(select(MatchKey.key).where(MatchKey.enterprise_id == firm.id)).all()
    assert len(keys) == len(set(keys)) >= 3
    assert session.scalars(select(AuditEntry).where(AuditEntry.action == "registry.match.searched")).all()


# --- Merging ----------------------------------------------------------------------------------------


def test_a_merge_moves_names_and_counts_and_the_row_stays(
    session: Session, make: Make, officer: Actor
) -> None:
    keep, gone, pair = two(make)
    merge(session, officer, pair, keep)
    assert (keep.patent_count, gone.patent_count) == (2, 0)
    assert {applicant.enterprise_id for applicant in session.scalars(select(Applicant))} == {keep.id}
    assert session.get(Enterprise, gone.id) is not None
    assert pair.state is MatchState.SAME


def test_a_merged_firm_is_not_listed_counted_or_scored_and_leads_to_the_survivor(
    session: Session, make: Make, officer: Actor
) -> None:
    keep, gone, pair = two(make)
    before = registry_totals(session, EVERYONE)["enterprises"]
    merge(session, officer, pair, keep)
    wanted = EnterpriseFilter(query="磨床")
    page = enterprises_page(session, EVERYONE, wanted, order="valid", cursor=None)
    assert ([firm.id for firm in page.items], page.total) == ([keep.id], 1)
    assert registry_totals(session, EVERYONE)["enterprises"] == before - 1
    assert stands_for(session, EVERYONE, gone.public_id) is keep
    assert stands_for(session, EVERYONE, keep.public_id) is None


def test_the_survivor_is_found_by_the_name_that_was_merged_into_it(
    session: Session, make: Make, officer: Actor
) -> None:
    keep, gone, pair = two(make)
    made = merge(session, officer, pair, keep)

    def found() -> list[int]:
        wanted = EnterpriseFilter(query=gone.name)
        page = enterprises_page(session, EVERYONE, wanted, order="valid", cursor=None)
        return [firm.id for firm in page.items]

    assert found() == [keep.id]
    undo_merge(session, officer, made, reason="看错了", follows=FOLLOWS)
    assert found() == [gone.id]


def test_both_timelines_tell_who_merged_and_why(session: Session, make: Make, officer: Actor) -> None:
    keep, gone, pair = two(make)
    merge(session, officer, pair, keep)
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "registry.match.merged")).all()
    assert {entry.subject for entry in entries} == {f"enterprise:{keep.id}", f"enterprise:{gone.id}"}
    assert all(entry.actor_name == officer.name and "改制更名" in entry.detail for entry in entries)


@pytest.mark.parametrize("reason", ["", "  \n "])
def test_no_decision_without_a_reason(session: Session, make: Make, officer: Actor, reason: str) -> None:
    keep, _gone, pair = two(make)
    with pytest.raises(BadInput, match="理由"):
        decide_same(session, officer, pair, survivor_id=keep.id, reason=reason, holds=HOLDS, follows=FOLLOWS)
    with pytest.raises(BadInput, match="理由"):
        decide_otherwise(session, officer, pair, MatchState.UNSURE, reason=reason)


def test_a_survivor_that_is_none_of_the_two_is_refused(session: Session, make: Make, officer: Actor) -> None:
    _keep, _gone, pair = two(make)
    with pytest.raises(BadInput, match="保留"):
        merge(session, officer, pair, make.enterprise())


def test_the_one_with_a_code_stays(session: Session, make: Make, officer: Actor) -> None:
    coded, bare, pair = two(make, credit_code="91410500MA90000018", credit_code_checks=True)
    with pytest.raises(BadInput, match=coded.name):
        merge(session, officer, pair, bare)
    assert merge(session, officer, pair, coded).into_id == coded.id


def test_two_valid_codes_are_never_merged(session: Session, make: Make, officer: Actor) -> None:
    one, other = make.enterprise(), make.enterprise()
    with pytest.raises(Conflict, match="两家企业"):
        merge(session, officer, make.match_candidate(one, other), one)


def test_what_was_decided_is_not_decided_again(session: Session, make: Make, officer: Actor) -> None:
    keep, _gone, pair = two(make)
    decide_otherwise(session, officer, pair, MatchState.DIFFERENT, reason="两家")
    with pytest.raises(InvalidTransition):
        merge(session, officer, pair, keep)
    reopen(session, officer, pair, reason="再看")
    decide_otherwise(session, officer, pair, MatchState.UNSURE, reason="待查")
    merge(session, officer, pair, keep)


def test_a_firm_is_not_merged_twice(session: Session, make: Make, officer: Actor) -> None:
    keep, gone, pair = two(make)
    merge(session, officer, pair, keep)
    third = make.enterprise(credit_code=None)
    with pytest.raises(Conflict, match="已并入"):
        merge(session, officer, make.match_candidate(gone, third), third)


# --- What stands above the registry ------------------------------------------------------------------


@pytest.mark.parametrize("what", ["round", "issue"])
def test_a_round_or_issue_under_way_stops_the_merge(
    session: Session, make: Make, officer: Actor, what: str
) -> None:
    keep, gone, pair = two(make)
    if what == "round":
        make.round_entry(gone, round=make.round(state=RoundState.SUBMITTED))
    else:
        make.issue_line(make.issue(state=IssueState.DRAFT), enterprise=gone)
    with pytest.raises(Conflict, match="办结之前"):
        merge(session, officer, pair, keep)


@pytest.mark.parametrize("what", ["admission", "account", "conduct", "event", "directory"])
def test_what_binds_a_record_makes_it_the_survivor(
    session: Session, make: Make, officer: Actor, what: str
) -> None:
    keep, gone, pair = two(make)
    make.noise()
    hold_on(make, what, gone)
    with pytest.raises(BadInput, match=gone.name):
        merge(session, officer, pair, keep)
    assert merge(session, officer, pair, gone).into_id == gone.id


@pytest.mark.parametrize("what", ["admission", "account", "conduct"])
def test_what_only_one_may_have_stops_the_merge_of_two_that_have_it(
    session: Session, make: Make, officer: Actor, what: str
) -> None:
    keep, gone, pair = two(make)
    for firm in (keep, gone):
        hold_on(make, what, firm)
    with pytest.raises(Conflict, match="双方都有"):
        merge(session, officer, pair, keep)


def test_two_that_stand_in_published_issues_may_be_merged(
    session: Session, make: Make, officer: Actor
) -> None:
    keep, gone, pair = two(make)
    issue = make.issue()
    lines = [make.issue_line(issue, enterprise=firm) for firm in (keep, gone)]
    merge(session, officer, pair, keep)
    assert [line.enterprise_id for line in lines] == [keep.id, gone.id]


def test_what_is_over_binds_nobody(session: Session, make: Make, officer: Actor) -> None:
    keep, gone, pair = two(make)
    make.round_entry(gone)
    make.admission(gone, ended_on=gone.as_of, ended_reason="期满")
    make.issue_line(make.issue(state=IssueState.RECALLED), enterprise=gone)
    make.conduct_record(gone, withdrawn_on=gone.as_of, withdrawn_reason="更正")
    assert merge(session, officer, pair, keep).from_id == gone.id


def hold_on(make: Make, what: str, firm: Enterprise) -> None:
    match what:
        case "admission":
            make.admission(firm)
        case "account":
            make.organisation(OrganisationKind.ENTERPRISE, enterprise=firm)
        case "conduct":
            make.conduct_record(firm)
        case "event":
            make.registration(side=EventSide.ENTERPRISE, enterprise=firm)
        case _:
            make.issue_line(enterprise=firm)


# --- Taking it back ---------------------------------------------------------------------------------


def test_an_undo_restores_everything(session: Session, make: Make, officer: Actor) -> None:
    keep, gone, pair = two(make)
    make.fact(keep)
    make.fact(gone)  # of the same kind, day and source: stays
    make.fact(gone, kind="tax_credit", number=None, word="A")
    before = state(session)
    made = merge(session, officer, pair, keep)
    assert state(session) != before
    undo_merge(session, officer, made, reason="看错了", follows=FOLLOWS)
    assert state(session) == before
    assert (made.undone_by, made.undone_reason) == (officer.name, "看错了")
    with pytest.raises(Conflict, match="已经撤销"):
        undo_merge(session, officer, made, reason="再来", follows=FOLLOWS)


def test_merges_in_a_chain_are_undone_from_the_end(session: Session, make: Make, officer: Actor) -> None:
    keep, gone, pair = two(make)
    third = make.enterprise(credit_code=None)
    before = state(session)
    first = merge(session, officer, pair, keep)
    second = merge(session, officer, make.match_candidate(keep, third), third)
    assert merged_ids(session) == {gone.id: third.id, keep.id: third.id}
    with pytest.raises(Conflict, match="先撤销那一次"):
        undo_merge(session, officer, first, reason="看错了", follows=FOLLOWS)
    undo_merge(session, officer, second, reason="看错了", follows=FOLLOWS)
    undo_merge(session, officer, first, reason="看错了", follows=FOLLOWS)
    session.delete(second)
    session.flush()
    session.delete(session.scalars(select(MatchCandidate).where(MatchCandidate.id != pair.id)).one())
    assert state(session) == before


def test_a_patent_that_came_later_goes_back_with_its_name(
    session: Session, make: Make, officer: Actor
) -> None:
    keep, gone, pair = two(make)
    [name] = gone.applicants
    made = merge(session, officer, pair, keep)
    make.patent(holders=[name])
    undo_merge(session, officer, made, reason="看错了", follows=FOLLOWS)
    assert (keep.patent_count, gone.patent_count) == (1, 2)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=4))
def test_undoing_in_reverse_order_always_restores(
    session: Session, make: Make, officer: Actor, steps: list[tuple[int, int]]
) -> None:
    firms = [make.enterprise(credit_code=None) for _each in range(4)]
    for firm in firms:
        make.patent(holders=[firm])
    before = {firm.id: [applicant.id for applicant in firm.applicants] for firm in firms}
    made = []
    for a, b in steps:
        gone = merged_ids(session)
        if a == b or firms[a].id in gone or firms[b].id in gone:
            continue
        made.append(merge(session, officer, make.match_candidate(firms[a], firms[b]), firms[b]))
    standing = set(session.scalars(select(Enterprise.id).where(stands_for_itself())))
    assert len([firm for firm in firms if firm.id in standing]) == 4 - len(made)
    assert sum(firm.patent_count for firm in firms) == 4
    for each in reversed(made):
        undo_merge(session, officer, each, reason="看错了", follows=FOLLOWS)
    session.expire_all()
    assert {firm.id: [applicant.id for applicant in firm.applicants] for firm in firms} == before
    assert [firm.patent_count for firm in firms] == [1, 1, 1, 1]
