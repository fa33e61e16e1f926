"""The score sheet on paper: the office takes the sheet it looks at, a reviewer that of his dossier."""

from __future__ import annotations

import json
from decimal import Decimal

from sqlalchemy import select

from ipfin.documents.models import Document
from ipfin.documents.proof import pdf_text
from ipfin.kernel.actor import Role
from tests.web.conftest import Browser

DECLARED = "7.7771"


def flat(answer) -> str:
    return "".join(pdf_text(answer.data).split())


def test_the_office_takes_the_very_sheet_with_its_evidence(client: Browser, make, session, audited) -> None:
    firm = make.enterprise(name="样例纸面有限公司")
    old = make.score_sheet(firm, readings={"L1": Decimal(3), "M5": Decimal(DECLARED)}, graded_e4=612_345)
    make.score_sheet(firm)
    client.sign_in(make.officer())
    page = client.get(f"/office/scores/{old.run_id}/{firm.public_id}").text
    assert "评分说明（PDF）" in page
    text = flat(client.get(client.post(f"/office/scores/{old.run_id}/{firm.public_id}/report").location))
    for words in ("样例纸面有限公司", "精确值61.2345", DECLARED, "有效专利0件"):
        assert words in text
    for words in (
        "准入核查",
        "E01列入失信被执行人名单未查询",
        "未查询不等于没有",
        "没有已授权且在有效期内的专利",
    ):
        assert words in text
    [entry] = audited("exports.made")
    assert json.loads(entry.detail)["run"] == old.run_id
    client.sign_in(make.user(Role.AUDITOR))
    assert client.post(f"/office/scores/{old.run_id}/{firm.public_id}/report").status_code == 403


def test_a_bank_is_offered_the_paper_of_a_published_score_only(client: Browser, make) -> None:
    firm = make.enterprise()
    make.patent(holders=[firm])
    sheet = make.score_sheet(firm, graded_e4=812_345)
    client.sign_in(make.banker())
    address = f"/bank/firms/{firm.public_id}"
    assert "评分说明（PDF）" not in client.get(address).text
    assert client.post(f"{address}/score").status_code == 409
    make.admission(firm, sheet=sheet)
    page = client.get(address).text
    assert "评分说明（PDF）" in page
    assert "准入核查" not in flat(client.get(client.post(f"{address}/score").location))
    for withheld in ("精确值", "812345", "81.2345", "查看所在的专利清单"):
        assert withheld not in page


def test_a_reviewer_takes_what_his_dossier_shows_after_his_declaration(
    client: Browser, make, session
) -> None:
    reviewer, firm = make.reviewer(), make.enterprise(name="样例评审有限公司")
    closed = make.screening_task(firm, reviewer=reviewer)
    client.sign_in(reviewer)
    assert client.post(f"/rev/task/{closed.public_id}/score").status_code == 403
    screening, other = make.screening(), make.enterprise(name="样例评审二号有限公司")
    readings = {"L1": Decimal(3), "M5": Decimal(DECLARED)}
    sheet = make.score_sheet(other, run=screening.round.run, readings=readings)
    make.round_entry(round=screening.round, sheet=sheet)
    task = make.screening_task(other, screening=screening, reviewer=reviewer, cleared=True)
    assert "评分说明（PDF）" in client.get(f"/rev/task/{task.public_id}").text
    text = flat(client.get(client.post(f"/rev/task/{task.public_id}/score").location))
    assert "样例评审二号有限公司" in text
    assert "已申报" in text
    for withheld in (DECLARED, "精确值", "评分后依据", "最省力的下一步"):
        assert withheld not in text
    document = session.scalars(select(Document)).one()
    assert document.purpose == f"白名单第{task.screening.round.number}批评审"
