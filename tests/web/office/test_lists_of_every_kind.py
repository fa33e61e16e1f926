"""Lists of every kind go the same way: handed in, recognised, checked, written, taken back."""

from __future__ import annotations

from pathlib import Path

import pytest

from ipfin.kernel.actor import Role
from ipfin.lists.service import KINDS
from ipfin.registry.intake import read_list
from ipfin.registry.lifecycle import BatchState
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
    page = city.get(f"{batch}?group=new").text
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


def test_corrected_rows_of_any_kind_are_known_again_and_go_in_as_rows_of_their_batch(
    city, session, tmp_path
) -> None:
    branch = ["安阳样张有限公司分公司", credit_code(902), "分公司", "2015-06-03", "存续", ""]
    good = ["安阳样张机械有限公司", credit_code(901), "有限责任公司", "", "", ""]
    batch = take_in(city, a_register(tmp_path, branch, good))
    (tmp_path / "down.xlsx").write_bytes(city.get(f"{batch}/refused").data)
    sheet = read_list(tmp_path / "down.xlsx", "down.xlsx")
    assert sheet.row_count == 1
    cells = [column[0] for column in sheet.columns]
    cells[0], cells[2] = "安阳样张电器有限公司", "有限责任公司"
    path = write_list(tmp_path / "back.xlsx", [cells], sheet.header)

    handed = upload(city, path, as_of="", source="")

    assert handed.status_code == 303
    assert not handed.location.endswith("/columns")
    assert "退回后改正的行" in city.get(handed.location).text
    columns = city.get(f"{handed.location}/columns").text
    assert "如果不是，改为" not in columns
    assert city.post(f"{handed.location}/kind", data={"kind": "patents"}).status_code == 422
    assert commit(city, handed.location).status_code == 303
    session.expire_all()
    first, second = session.query(ImportBatch).order_by(ImportBatch.id)
    assert (second.kind, second.as_of, second.source) == (ListKind.REGISTER, first.as_of, first.source)
    assert session.query(Enterprise).count() == 2
    assert session.query(HeaderMapping).count() == 1


def test_the_day_of_a_list_of_any_kind_is_asked_for(city, session, tmp_path) -> None:
    refused = check(city, upload(city, a_register(tmp_path), as_of="").location)
    assert refused.status_code == 422
    assert "请填写数据截止日" in refused.text
    assert session.query(ImportBatch).one().state is BatchState.UPLOADED


def test_what_depends_on_a_list_of_any_kind_is_said_instead_of_an_undo(city, tmp_path) -> None:
    register = take_in(city, a_register(tmp_path))
    assert f"{register}/undo" in city.get(register).text
    patents = take_in(city, write_list(tmp_path / "patents.xlsx", [lists.row(1)]))
    changed = ["安阳样张机械有限公司", credit_code(901), "有限责任公司", "2015-06-03", "注销", ""]
    later = a_register(tmp_path, changed, name="later.xlsx")
    take_in(city, later, "后来的登记.xlsx", as_of="2026-06-01")

    page = city.get(register).text

    assert "以下记录依赖本批次，暂不能撤销" in page
    assert "后来的登记.xlsx" in page
    assert "已有专利归入" in page
    assert f"{register}/undo" not in page
    assert city.post(f"{register}/undo").status_code == 409
    assert f"{patents}/undo" in city.get(patents).text


def test_only_patents_have_a_sheet_of_every_row(city, tmp_path) -> None:
    batch = take_in(city, a_register(tmp_path))
    assert f"{batch}/rows" not in city.get(batch).text
    assert city.get(f"{batch}/rows").status_code == 404


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
    again = city.get(f"{upload(city, path).location}/columns").text
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
    page = client.sign_in(officer).get(f"{batch}?group=changed").text
    assert page.count("企业类型：") == 1
