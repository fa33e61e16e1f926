"""The office's pages of a screening: open, assign, watch, return, settle, and the register of ties."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from ipfin.accounts.models import OrganisationKind
from ipfin.kernel.actor import Role
from ipfin.kernel.clock import today_in_china
from ipfin.screening.models import ReviewerTie, Screening, ScreeningTask
from ipfin.screening.phases import Phase, TaskState
from ipfin.screening.queries import tasks_of_screening
from ipfin.whitelist.admission import RoundState
from tests.web.conftest import Browser

WORDS = "理由须说明所依据的材料"


@pytest.fixture
def office(client, make) -> Browser:
    return client.sign_in(make.officer(name="经办甲"))


def test_a_round_is_screened_from_the_form_to_the_final_result(office, make, session) -> None:
    round_ = make.round(state=RoundState.DRAFT)
    firm = make.round_entry(make.enterprise(name="样例磨床有限公司"), round=round_).enterprise
    one, other = (make.reviewer(organisation=make.organisation(OrganisationKind.AGENCY)) for _each in "12")
    page = office.get(f"/office/screening/new?round={round_.number}")
    assert "示例" in page.text
    wanted = {
        "round": str(round_.number),
        "due_on": (today_in_china() + timedelta(days=5)).isoformat(),
        "spread_limit": "2",
        "title1": "样例要点",
        "scale1": "1-5",
        "least1": "5",
        **{
            f"{name}{n}": "1-5" if name == "scale" else "" for n in range(2, 7) for name in ("title", "scale")
        },
    }
    assert office.post("/office/screening/new", data={**wanted, "title1": ""}).status_code == 422
    assert office.post("/office/screening/new", data=wanted).status_code == 303
    here = f"/office/screening/{round_.number}"
    refused = office.post(f"{here}/assign", data={"outcomes": ["admitted"], "per_firm": "2", "most": "50"})
    assert refused.status_code == 422
    assert "请选择评审人" in refused.text
    said = {"outcomes": ["admitted"], "people": [str(one.id), str(other.id)], "per_firm": "2", "most": "50"}
    assert office.post(f"{here}/assign", data=said).status_code == 303
    screening = session.scalars(select(Screening)).one()
    assert {task.enterprise_id for task in tasks_of_screening(session, screening.id)} == {firm.id}
    early = office.post(f"{here}/phase/review")
    assert early.status_code == 422
    assert "2项评审未提交" in early.text


def test_spread_and_agreement_stand_on_the_page_with_their_number(office, make) -> None:
    screening, wide, calm = (
        make.screening(),
        make.enterprise(name="分歧有限公司"),
        make.enterprise(name="一致有限公司"),
    )
    for firm, pairs in ((wide, ([1, 3], [5, 3])), (calm, ([4, 2], [4, 3]))):
        for scores in pairs:
            make.review(scores, firm, screening=screening)
    page = office.get(f"/office/screening/{screening.round.number}")
    assert "样例要点1 1至5" in page.text
    assert "企业太少，仅供参考" in page.text
    only = office.get(f"/office/screening/{screening.round.number}?show=wide").text
    assert "分歧有限公司" in only
    assert "一致有限公司" not in only


def test_a_review_is_returned_with_a_reason_and_a_day(office, make, session) -> None:
    task = make.review([3, 3])
    here = f"/office/screening/tasks/{task.public_id}"
    day = today_in_china().isoformat()
    assert office.post(f"{here}/return", data={"reason": "", "due_on": day}).status_code == 422
    assert office.post(f"{here}/return", data={"reason": WORDS, "due_on": day}).status_code == 303
    session.refresh(task)
    assert (task.state, task.reason) == (TaskState.RETURNED, WORDS)
    assert office.post(f"{here}/take-back", data={"reason": "改派"}).status_code == 303


def test_phases_end_in_order_and_a_stale_press_does_nothing(office, make, session) -> None:
    screening, firm = make.screening(), make.enterprise()
    for scores in ([1, 2], [1, 3]):
        make.review(scores, firm, screening=screening)
    here = f"/office/screening/{screening.round.number}/phase"
    assert office.post(f"{here}/review").status_code == 303
    assert office.post(f"{here}/review").status_code == 422
    assert office.post(f"{here}/deliberation").status_code == 303
    session.refresh(screening)
    assert screening.phase is Phase.FINAL
    assert "结果不再变动" in office.get(f"/office/screening/{screening.round.number}").text


def test_ties_are_registered_by_exact_name_only_and_ended(office, make, session) -> None:
    firm, house = make.enterprise(name="样例磨床有限公司"), make.organisation(OrganisationKind.AGENCY)
    said = {"house": str(house.id), "user": "", "kind": "contract"}
    said |= {"source": "样例合同", "since": "2026-01-01"}
    assert office.post("/office/screening/ties", data={**said, "firm": "磨床"}).status_code == 422
    assert office.post("/office/screening/ties", data={**said, "firm": firm.name}).status_code == 303
    tie = session.scalars(select(ReviewerTie)).one()
    assert office.post(f"/office/screening/ties/{tie.id}/end").status_code == 303
    session.refresh(tie)
    assert tie.until == today_in_china()


@pytest.mark.parametrize("role", [Role.COUNTY_OFFICER, Role.AGENCY, Role.BANK, Role.ENTERPRISE])
def test_who_reviews_whom_is_not_for_others(client, make, role) -> None:
    task = make.screening_task()
    visitor = client.sign_in(make.user(role))
    for path in ("", str(task.screening.round.number), f"tasks/{task.public_id}", "ties"):
        assert visitor.get(f"/office/screening/{path}").status_code == 403


def test_the_auditor_reads_and_presses_nothing(client, make, session) -> None:
    task = make.review([3, 3])
    auditor = client.sign_in(make.user(Role.AUDITOR))
    page = auditor.get(f"/office/screening/tasks/{task.public_id}")
    assert page.status_code == 200
    assert "退回修改" not in page.text
    refused = auditor.post(f"/office/screening/tasks/{task.public_id}/return", data={"reason": WORDS})
    assert refused.status_code == 403
    assert session.get_one(ScreeningTask, task.id).state is TaskState.SUBMITTED


def test_the_round_s_page_shows_the_result_beside_each_candidate_to_the_city_only(client, make) -> None:
    screening, firm = make.screening(), make.enterprise(region_code=make.region("410502").code)
    for scores in ([1, 3], [5, 3]):
        make.review(scores, firm, screening=screening)
    make.round_entry(make.enterprise(name="没有评审的样例有限公司"), round=screening.round)
    here = f"/office/whitelist/{screening.round.number}"
    page = client.sign_in(make.officer()).get(here).text
    for words in ("2份评审", "平均50.00分", "分差大", "未筛查"):
        assert words in page
    county = make.organisation(OrganisationKind.COUNTY_OFFICE, region_code="410502")
    page = client.sign_in(make.user(Role.COUNTY_OFFICER, organisation=county)).get(here).text
    assert firm.name in page
    assert "份评审" not in page
