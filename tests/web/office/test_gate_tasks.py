"""What the register asks for stands on the office's home, is done on a page, and late is said to be late."""

from __future__ import annotations

from datetime import timedelta

from ipfin.kernel.clock import today_in_china
from ipfin.whitelist.gate_tasks import TaskKind

TODAY = today_in_china()


def test_a_firm_is_let_back_in_and_the_task_leaves_the_workbench(client, make, audited) -> None:
    task = make.gate_task(arose_on=TODAY - timedelta(days=9), due_on=TODAY - timedelta(days=1))
    browser = client.sign_in(make.officer())
    assert "1项名册待办" in browser.get("/office/").text
    assert "逾期" in browser.get("/office/gate-tasks/").text
    place = f"/office/gate-tasks/{task.id}"
    assert browser.post(f"{place}/restore", data={"reason": " "}).status_code == 422
    assert browser.post(f"{place}/restore", data={"reason": "已核实移出"}).status_code == 303
    assert "已恢复候选资格" in browser.get(place).text
    assert browser.post(f"{place}/restore", data={"reason": "再次"}).status_code == 409
    assert "名册待办" not in browser.get("/office/").text
    assert task.enterprise.name in browser.get("/office/gate-tasks/?state=closed").text
    assert len(audited("whitelist.task.closed")) == 1


def test_an_excluded_firm_is_taken_off_the_whitelist_from_its_task(client, make) -> None:
    until = TODAY + timedelta(days=9)
    admission = make.admission(valid_from=TODAY - timedelta(days=9), valid_until=until)
    task = make.gate_task(admission.enterprise, kind=TaskKind.REMOVE, due_on=until)
    browser = client.sign_in(make.officer())
    place = f"/office/gate-tasks/{task.id}"
    assert "移出白名单" in browser.get(place).text
    said = {"reason": "通报非正常申请", "remove": "1"}
    assert browser.post(f"{place}/removal", data=said).status_code == 303
    page = browser.get(place).text
    assert "已移出白名单" in page
    assert "不在白名单" in page
