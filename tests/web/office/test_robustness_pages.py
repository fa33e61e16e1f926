"""How firmly grades stand: a column on runs and rounds, a page of its own, one sentence on the score."""

from __future__ import annotations

import pytest

from ipfin.kernel.actor import Role
from ipfin.whitelist.models import RobustnessRun


@pytest.fixture
def kept(make):
    return make.sheet_robustness()


def test_the_run_names_the_share_and_leads_to_the_page(client, make, kept) -> None:
    browser = client.sign_in(make.officer())
    run = kept.sheet.run_id
    listed = browser.get(f"/office/scores/{run}").text
    assert "97%" in listed
    assert "边缘" in listed
    page = browser.get(f"/office/scores/{run}/robustness").text
    assert kept.sheet.enterprise.name in page
    for words in ("去掉一个维度后的排序", "逼近理想解", "20261122", "81%", "50%", "B级 – A级"):
        assert words in page


def test_a_line_of_eight_tenths_ships_and_less_needs_a_person(client, make, kept) -> None:
    page = client.sign_in(make.officer()).get(f"/office/scores/{kept.sheet.run_id}/robustness").text
    assert page.count("须人工确认") == 2  # market at 0.7999, and the sentence beneath the table
    assert page.count("无法比较") == 1


def test_a_run_that_was_not_examined_says_so(client, make) -> None:
    run = make.score_sheet().run_id
    browser = client.sign_in(make.officer())
    assert "还没有检验稳健性" in browser.get(f"/office/scores/{run}/robustness").text
    assert browser.get("/office/scores/999999/robustness").status_code == 404


def test_a_county_sees_only_its_own_firms_at_the_edge(client, make, kept) -> None:
    county = client.sign_in(make.user(Role.COUNTY_OFFICER))
    page = county.get(f"/office/scores/{kept.sheet.run_id}/robustness")
    assert page.status_code == 200
    assert kept.sheet.enterprise.name not in page.text


def test_the_firm_s_sheet_says_it_in_a_sentence(client, make, kept) -> None:
    browser = client.sign_in(make.officer())
    sheet = browser.get(f"/office/scores/{kept.sheet.run_id}/{kept.sheet.enterprise.public_id}").text
    assert "97%的权重下等级不变" in sheet


def test_scoring_examines_the_run_next(client, make, session) -> None:
    firm = make.enterprise()
    make.patent(holders=[firm])
    client.sign_in(make.officer()).post("/office/scores/run")
    found = session.query(RobustnessRun).one()
    assert found.draws == 10_000
