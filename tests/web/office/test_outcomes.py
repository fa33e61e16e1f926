"""Outcomes on the office's pages: written, found, copied, withdrawn; what the calibration says of them."""

from __future__ import annotations

import io
from datetime import date

import pytest
from python_calamine import CalamineWorkbook

from ipfin.kernel.actor import Role
from ipfin.outcomes.models import FinancingOutcome
from ipfin.outcomes.rules import OutcomeKind
from ipfin.whitelist.calibration import FEWEST_BADS
from tests.factories import NOW


@pytest.fixture
def firm(make):
    return make.enterprise(name="安阳样张机械有限公司")


def said(**changed: str) -> dict[str, str]:
    return {
        "firm": "安阳样张机械有限公司",
        "kind": "compensated",
        "happened_on": "2025-06-02",
        "source": "样例银行",
        "evidence": "代偿一号",
        **changed,
    }


def test_an_outcome_is_written_and_withdrawn(client, make, session, firm) -> None:
    client.sign_in(make.officer())
    done = client.post("/office/outcomes/new", data=said())
    outcome = session.query(FinancingOutcome).one()
    assert done.location == f"/office/outcomes/{outcome.id}"
    listed = client.get("/office/outcomes/").text
    assert "安阳样张机械有限公司" in listed
    assert "代偿一号" in listed
    assert client.post(f"{done.location}/withdraw", data={"reason": ""}).status_code == 422
    assert client.post(f"{done.location}/withdraw", data={"reason": "误登记"}).status_code == 303
    assert "误登记" in client.get(done.location).text
    assert client.post(f"{done.location}/withdraw", data={"reason": "误登记"}).status_code == 409
    assert "还没有融资结果" in client.get("/office/outcomes/").text
    assert "代偿一号" in client.get("/office/outcomes/?show=withdrawn").text


def test_a_firms_page_leads_to_the_form_with_the_firm_filled_in(client, make, firm) -> None:
    client.sign_in(make.officer())
    place = f"/office/outcomes/new?firm={firm.public_id}"
    assert place in client.get(f"/office/firms/{firm.public_id}").text
    assert f'value="{firm.credit_code}"' in client.get(place).text
    assert client.get("/office/outcomes/new?firm=nobody").status_code == 404


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"firm": "样张"}, "库中没有这家企业"),
        ({"kind": ""}, "请选择结果"),
        ({"evidence": ""}, "须写明凭据"),
        ({"happened_on": "2999-01-01"}, "日期"),
        ({"source": ""}, "请填写来源"),
    ],
)
def test_what_cannot_stand_is_refused_in_words(client, make, session, firm, changed, words) -> None:
    client.sign_in(make.officer())
    refused = client.post("/office/outcomes/new", data=said(**changed))
    assert refused.status_code == 422
    assert words in refused.text
    assert session.query(FinancingOutcome).count() == 0


def test_the_list_is_narrowed_and_copied(client, make, firm) -> None:
    make.outcome(firm)
    make.outcome(firm, kind=OutcomeKind.OVERDUE90, evidence="逾期一号", happened_on=date(2025, 9, 1))
    client.sign_in(make.officer())
    page = client.get("/office/outcomes/?kind=overdue90&since=2025-02-01").text
    assert "逾期一号" in page
    assert page.count(firm.name) == 1
    copy = client.post("/office/outcomes/export?kind=overdue90", data={"purpose": "statistics"})
    assert copy.status_code == 303
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(client.get(copy.location).data))
    rows = [[str(cell) for cell in row] for row in sheet.get_sheet_by_index(0).to_python()]
    header = next(place for place, row in enumerate(rows) if row[0] == "日期")
    assert [(row[1], row[5]) for row in rows[header + 1 :]] == [(firm.name, "逾期一号")]


def test_the_auditor_reads_and_writes_nothing(client, make, firm) -> None:
    make.outcome(firm)
    client.sign_in(make.user(Role.AUDITOR))
    page = client.get("/office/outcomes/").text
    assert firm.name in page
    assert "登记结果" not in page
    assert client.get("/office/outcomes/new").status_code == 403
    assert client.get("/office/scores/calibration/").status_code == 200


def test_below_the_bounds_the_page_says_expert_card_and_what_is_missing(client, make, firm) -> None:
    make.outcome(firm, happened_on=date(2024, 1, 5))
    client.sign_in(make.officer())
    page = client.get("/office/scores/calibration/").text
    for words in ("专家评分卡，非违约概率", "样本不足", "放款前没有评分"):
        assert words in page
    assert "选择性偏差" not in page
    assert "/office/scores/calibration/" in client.get("/office/scores/").text


def test_above_the_bounds_it_shows_the_bins_and_warns(client, make) -> None:
    run = make.score_run(data_as_of=date(2024, 1, 2), run_at=NOW.replace(year=2024, month=1, day=2))
    bodies = {points: make.score_sheet(run=run, graded_e4=points).body for points in (400_000, 700_000)}
    for place in range(2 * FEWEST_BADS):
        is_bad = place % 2 == 0
        firm, points = make.enterprise(), 400_000 if is_bad == (place % 3 != 0) else 700_000
        make.score_sheet(firm, run=run, graded_e4=points, body=bodies[points])
        kind = OutcomeKind.COMPENSATED if is_bad else OutcomeKind.LOAN_GRANTED
        make.outcome(firm, kind=kind, evidence="样例", happened_on=date(2024, 1, 5))
    client.sign_in(make.officer())
    page = client.get("/office/scores/calibration/").text
    for words in ("专家评分卡，非违约概率", "选择性偏差", "证据权重", "+0.6931", "-0.6931", "不满70.00分"):
        assert words in page
