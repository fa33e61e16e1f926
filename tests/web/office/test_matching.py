"""The queue of firms that may be one: seen side by side, decided with a reason, taken back."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from ipfin.jobs.models import Job
from ipfin.kernel.actor import Role
from ipfin.registry.lifecycle import MatchState
from ipfin.registry.models import EnterpriseMerge, MatchCandidate
from tests.web.conftest import Browser


@pytest.fixture
def officer(client, make) -> Browser:
    return client.sign_in(make.officer(name="经办甲"))


@pytest.fixture
def pair(make) -> MatchCandidate:
    firms = [
        make.enterprise(name=f"样例磨床{form}", credit_code=None) for form in ("有限公司", "有限责任公司")
    ]
    partner = make.enterprise(name="样例大学科技园有限公司")
    for firm in firms:
        make.patent(holders=[firm, partner])
    return make.match_candidate(*firms)


def decided(browser: Browser, pair: MatchCandidate, verdict: str, **said: str):
    data = {"reason": "改制更名", "survivor": str(pair.first_id), verdict: "1"} | said
    return browser.post(f"/office/match/{pair.id}/decide", data=data)


def test_an_empty_queue_says_so(officer) -> None:
    assert "没有待确认项" in officer.get("/office/match/").text
    assert "还没有归并过企业" in officer.get("/office/match/merges").text


def test_the_queue_shows_the_most_alike_first(officer, make, pair) -> None:
    other = make.match_candidate(bits_e2=900)
    text = officer.get("/office/match/").text
    assert text.index(f"/office/match/{other.id}") < text.index(f"/office/match/{pair.id}")


def test_a_pair_stands_side_by_side_with_reasons_and_keys(officer, pair) -> None:
    text = officer.get(f"/office/match/{pair.id}").text
    for said in (
        pair.first.name,
        pair.second.name,
        "字号相同：磨床",
        "样例大学科技园有限公司（1件）",
        "<kbd>Y</kbd>",
    ):
        assert said in text
    for key in "ryxq":
        assert f'accesskey="{key}"' in text


def test_a_decision_merges_and_leads_to_the_next_pair(officer, make, pair, session) -> None:
    following = make.match_candidate(bits_e2=100)
    reply = decided(officer, pair, "same")
    assert (reply.status_code, reply.location) == (303, f"/office/match/{following.id}")
    merge = session.scalars(select(EnterpriseMerge)).one()
    assert (merge.into_id, merge.reason, merge.merged_by) == (pair.first_id, "改制更名", "经办甲")
    assert pair.first.patent_count == 2


@pytest.mark.parametrize("verdict", ["different", "unsure"])
def test_the_last_decision_leads_back_to_the_queue(officer, pair, session, verdict: str) -> None:
    reply = decided(officer, pair, verdict)
    assert (reply.status_code, reply.location) == (303, "/office/match/")
    assert pair.state is MatchState(verdict)
    assert session.scalars(select(EnterpriseMerge)).all() == []
    assert pair.second.name in officer.get(f"/office/match/?state={verdict}").text


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"reason": ""}, "请写明理由"),
        ({"reason": "x" * 301}, "300"),
        ({"survivor": ""}, "请选择保留哪一条记录"),
        ({"survivor": "999999"}, "请选择保留哪一条记录"),
        ({"survivor": "abc"}, "如为同一家，保留"),
    ],
)
def test_what_is_missing_is_said_at_the_form(officer, pair, session, said, words: str) -> None:
    reply = decided(officer, pair, "same", **said)
    assert reply.status_code == 422
    assert words in reply.text
    assert session.scalars(select(EnterpriseMerge)).all() == []


def test_a_form_without_a_verdict_decides_nothing(officer, pair) -> None:
    reply = officer.post(f"/office/match/{pair.id}/decide", data={"reason": "改制更名"})
    assert reply.status_code == 422
    assert "请选择一个结论" in reply.text


def test_two_valid_codes_cannot_be_merged_and_the_page_says_why(officer, make, session) -> None:
    pair = make.match_candidate(make.enterprise(), make.enterprise())
    text = officer.get(f"/office/match/{pair.id}").text
    assert "是两家企业，不能归并" in text
    assert 'name="same"' not in text
    reply = decided(officer, pair, "same")
    assert reply.status_code in (409, 422)
    assert session.scalars(select(EnterpriseMerge)).all() == []


def test_somebody_who_was_second_is_told(officer, pair) -> None:
    decided(officer, pair, "different")
    reply = decided(officer, pair, "same")
    assert reply.status_code in (409, 422)
    assert "不能变为" in reply.text


def test_a_merged_firm_s_page_leads_to_the_survivor_for_the_office_and_for_banks(
    officer, app, make, pair
) -> None:
    decided(officer, pair, "same")
    gone, kept = pair.second.public_id, pair.first.public_id
    reply = officer.get(f"/office/firms/{gone}")
    assert (reply.status_code, reply.location) == (303, f"/office/firms/{kept}")
    banker = app.test_client().sign_in(make.banker())
    reply = banker.get(f"/bank/firms/{gone}")
    assert (reply.status_code, reply.location) == (303, f"/bank/firms/{kept}")
    assert pair.second.name not in officer.get("/office/firms/").text


def test_a_merge_is_undone_with_a_reason_and_the_pair_waits_again(officer, pair, session) -> None:
    decided(officer, pair, "same")
    assert pair.second.name in officer.get("/office/match/merges").text
    refused = officer.post(f"/office/match/{pair.id}/undo", data={"reason": ""})
    assert (refused.status_code, "请写明理由" in refused.text) == (422, True)
    reply = officer.post(f"/office/match/{pair.id}/undo", data={"reason": "看错了"})
    assert (reply.status_code, reply.location) == (303, f"/office/match/{pair.id}")
    assert pair.state is MatchState.OPEN
    assert (pair.first.patent_count, pair.second.patent_count) == (1, 1)
    assert "看错了" in officer.get("/office/match/merges").text


def test_a_pair_of_two_firms_goes_back_into_the_queue(officer, pair) -> None:
    decided(officer, pair, "different")
    officer.post(f"/office/match/{pair.id}/undo", data={"reason": "有新材料"})
    assert pair.state is MatchState.OPEN


def test_an_open_pair_has_nothing_to_be_undone(officer, pair) -> None:
    reply = officer.post(f"/office/match/{pair.id}/undo", data={"reason": "看错了"})
    assert reply.status_code in (409, 422)


def test_a_search_runs_in_the_background_and_fills_the_queue(officer, make, session) -> None:
    for form in ("有限公司", "有限责任公司"):
        make.enterprise(name=f"安阳红旗渠机械{form}", credit_code=None)
    reply = officer.post("/office/match/find")
    assert reply.status_code == 303
    session.commit()
    assert session.scalars(select(Job)).one().kind == "registry.find_matches"
    assert "安阳红旗渠机械有限责任公司" in officer.get("/office/match/").text


@pytest.mark.parametrize("role", [Role.COUNTY_OFFICER, Role.AUDITOR])
def test_whoever_only_reads_is_offered_no_decision(client, make, role: Role) -> None:
    user = make.user(role)
    region = user.organisation.region_code
    firms = [
        make.enterprise(name=f"样例磨床{form}", credit_code=None, region_code=region) for form in ("厂", "店")
    ]
    pair = make.match_candidate(*firms)
    client.sign_in(user)
    assert firms[0].name in client.get("/office/match/").text
    text = client.get(f"/office/match/{pair.id}").text
    assert "同一家，归并" not in text
    assert decided(client, pair, "different").status_code == 403


def test_a_county_sees_only_pairs_of_its_own_firms(client, make, pair) -> None:
    user = make.user(Role.COUNTY_OFFICER)
    half = make.match_candidate(
        make.enterprise(region_code=user.organisation.region_code), make.enterprise(credit_code=None)
    )
    client.sign_in(user)
    assert "没有待确认项" in client.get("/office/match/").text
    assert [client.get(f"/office/match/{each.id}").status_code for each in (pair, half)] == [404, 404]
