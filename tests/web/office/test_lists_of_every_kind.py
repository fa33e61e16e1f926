"""Lists of every kind go the same way: handed in, recognised, checked, written, taken back."""

from __future__ import annotations

from pathlib import Path

import pytest

from ipfin.kernel.actor import Role
from ipfin.lists.service import KINDS
from ipfin.registry.list_kinds import ListKind
from ipfin.registry.models import Enterprise, EnterpriseFact, HeaderMapping, ImportBatch
from tests import lists
from tests.factories import credit_code
from tests.lists import write_list
from tests.web.conftest import Browser
from tests.web.office.wizard import check, commit, selected, take_in, upload

REGISTER = ("企业名称", "统一社会信用代码", "企业类型", "成立日期", "经营状态", "法定代表人")


@pytest.fixture
def city(client, make) -> Browser:
    return client.sign_in(make.officer())


def a_register(folder: Path, *rows: list[str], name: str = "register.xlsx") -> Path:
    some = rows or (["安阳样张机械有限公司", credit_code(901), "有限责任公司", "2015-06-03", "存续", "张三"],)
    return write_list(folder / name, some, REGISTER)


def test_a_register_is_recognised_shown_written_and_taken_back(city, session, tmp_path) -> None:
    handed = upload(city, a_register(tmp_path))
    page = city.get(handed.location).text
    assert "名单种类：工商登记名单" in page
    assert "不能确定" not in page
    assert "张三" not in page
    assert selected(page)["column-0"] == "name"

    batch = check(city, handed.location).location
    page = city.get(batch).text
    assert "写入1行" in page
    assert session.query(Enterprise).count() == 0
    commit(city, batch)
    page = city.get(f"{batch}?outcome=new").text
    assert "企业名称：安阳样张机械有限公司" in page
    assert session.query(EnterpriseFact).count() == 2
    assert "工商登记名单" in city.get("/office/import/").text

    city.post(f"{batch}/undo")
    assert "已撤销" in city.get(batch).text
    assert session.query(Enterprise).count() == 0


def test_the_dry_run_shows_old_and_new_values_and_writes_none(city, session, tmp_path) -> None:
    take_in(city, a_register(tmp_path))
    changed = ["安阳样张机械有限公司", credit_code(901), "有限责任公司", "2015-06-03", "注销", ""]
    path = a_register(tmp_path, changed, name="later.xlsx")
    batch = check(city, upload(city, path, as_of="2026-06-01").location).location
    assert "经营状态：<del>存续</del> → <ins>注销</ins>" in city.get(batch).text
    assert session.query(EnterpriseFact).count() == 2


def test_rows_that_are_kept_apart_are_counted_and_come_back_as_a_sheet(city, tmp_path) -> None:
    branch = ["安阳样张有限公司分公司", credit_code(902), "分公司", "2015-06-03", "存续", ""]
    path = a_register(tmp_path, branch, ["安阳样张机械有限公司", credit_code(901), "", "", "", ""])
    page = city.get(take_in(city, path)).text
    assert "分支机构，不是法人" in page
    assert "下载退回的行" in page


def test_a_kind_that_is_not_certain_is_asked_for_and_the_answer_is_remembered(
    city, session, tmp_path
) -> None:
    header = ("甲", "代号", "乙")
    path = write_list(tmp_path / "odd.xlsx", [["安阳样张有限公司", credit_code(901), "存续"]], header)
    place = upload(city, path).location
    assert "不能确定这是哪种名单" in city.get(place).text
    city.post(place.replace("columns", "kind"), data={"kind": "register"})
    page = city.get(place).text
    assert "名单种类：工商登记名单" in page
    chosen = {"column-0": "name", "column-1": "credit_code", "column-2": "status"}
    assert check(city, place, chosen).status_code == 303
    assert session.query(HeaderMapping).one().mapping["kind"] == "register"
    again = city.get(upload(city, path).location).text
    assert "不能确定" not in again
    assert selected(again) == chosen


def test_a_kind_that_does_not_exist_is_refused(city, session, tmp_path) -> None:
    place = upload(city, a_register(tmp_path)).location
    assert city.post(place.replace("columns", "kind"), data={"kind": "nonsense"}).status_code == 422
    session.rollback()
    assert session.query(ImportBatch).one().kind is ListKind.REGISTER


def test_a_wrong_kind_can_be_changed_back_and_is_not_written_by_the_old_columns(
    city, session, tmp_path
) -> None:
    place = upload(city, a_register(tmp_path)).location
    checked = check(city, place).location
    city.post(place.replace("columns", "kind"), data={"kind": "patents"})
    assert "名单种类：专利名单" in city.get(place).text
    assert check(city, place).status_code == 422
    city.post(place.replace("columns", "kind"), data={"kind": "register"})
    assert check(city, place).status_code == 303
    assert commit(city, checked).status_code == 303
    assert session.query(Enterprise).count() == 1


def test_patents_join_the_firm_that_the_register_brought(city, session, tmp_path) -> None:
    take_in(city, a_register(tmp_path))
    take_in(city, write_list(tmp_path / "patents.xlsx", [lists.row(1)]))
    session.rollback()
    assert [firm.valid_count for firm in session.query(Enterprise)] == [1]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.value)
def test_every_kind_has_a_template_to_download(city, kind) -> None:
    assert f"/office/import/template/{kind.value}" in city.get("/office/import/new").text
    reply = city.get(f"/office/import/template/{kind.value}")
    assert reply.status_code == 200
    assert reply.headers["Content-Disposition"].startswith("attachment")


def test_a_county_sees_the_rows_of_its_own_firms_only(client, make, tmp_path) -> None:
    officer = make.user(Role.COUNTY_OFFICER)
    for number, region in ((901, officer.organisation.region_code), (902, make.region().code)):
        make.enterprise(name=f"安阳{number}机械有限公司", credit_code=credit_code(number), region_code=region)
    rows = [[f"安阳{n}机械有限公司", credit_code(n), "有限责任公司", "", "存续", ""] for n in (901, 902)]
    batch = take_in(client.sign_in(make.officer()), a_register(tmp_path, *rows))
    page = client.sign_in(officer).get(f"{batch}?outcome=changed").text
    assert page.count("企业类型：") == 1
