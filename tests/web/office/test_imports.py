"""Lists are taken in step by step, by those who may, whole or not at all, and can be taken back."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from ipfin.jobs.dispatch import set_dispatch
from ipfin.jobs.models import Job, JobState
from ipfin.kernel.actor import Role
from ipfin.registry.lifecycle import BatchState
from ipfin.registry.models import Enterprise, HeaderMapping, ImportBatch, ImportRow, Patent
from ipfin.worker import run_jobs_inline
from tests.lists import HEADER, number, row, write_list
from tests.web.conftest import Browser
from tests.web.office.wizard import check, commit, mark, rows_of_all_tables, selected, take_in, upload


@pytest.fixture
def officer(make):
    return make.officer()


@pytest.fixture
def city(client, officer) -> Browser:
    return client.sign_in(officer)


@pytest.fixture
def other(app, make) -> Browser:
    """Lend a second officer's browser."""
    return app.test_client().sign_in(make.officer())


def a_list(folder: Path, *rows: list[str], name: str = "list.xlsx") -> Path:
    return write_list(folder / name, rows or [row(1), row(2)])


# --- The way through ----------------------------------------------------------------------------------


def test_a_list_goes_from_file_to_registry_and_back(city, session, tmp_path, audited) -> None:
    empty = city.get("/office/import/").text
    assert "还没有导入过名单" in empty
    broken = number(9)[:-1] + ("0" if number(9)[-1] != "0" else "1")
    path = a_list(tmp_path, row(1), row(2), row(1), row(9, application=broken))

    handed = upload(city, path)
    assert handed.status_code == 303
    assert session.query(Patent).count() == 0
    page = city.get(handed.location).text
    assert "核对各列" in page
    assert "一种样张装置" in page
    assert selected(page)["column-1"] == "application_number"

    checked = check(city, handed.location)
    assert checked.status_code == 303
    batch = checked.location
    page = city.get(batch).text
    assert "这是预检结果，还没有写入任何内容" in page
    assert "写入2行" in page
    assert broken in page
    assert "校验位" in page
    assert session.query(Patent).count() == 0

    done = commit(city, batch)
    assert done.status_code == 303
    assert "/office/jobs/" in done.location
    assert "查看结果" in city.get(done.location).text
    assert session.query(Patent).count() == 2
    stored = session.query(ImportBatch).one()
    assert (stored.rows_new, stored.rows_unchanged, stored.rows_refused) == (2, 1, 1)
    assert "撤销本批次" in city.get(batch).text
    assert "已写入" in city.get("/office/import/").text

    undone = city.post(f"{batch}/undo")
    assert undone.status_code == 303
    assert "已撤销" in city.get(batch).text
    assert session.query(Patent).count() == 0
    assert session.query(Enterprise).count() == 0
    actions = ("uploaded", "checked", "committed", "undone")
    assert [len(audited(f"registry.batch.{action}")) for action in actions] == [1, 1, 1, 1]


def test_a_changed_row_is_shown_with_its_old_and_its_new_value(city, tmp_path) -> None:
    take_in(city, a_list(tmp_path, row(1)))
    newer = a_list(tmp_path, row(1, validity="失效", events="未缴年费"), name="newer.xlsx")
    page = city.get(take_in(city, newer, as_of="2026-06-01")).text
    assert "专利有效性：<del>有效</del> → <ins>失效</ins>" in page


# --- What became of every row --------------------------------------------------------------------------


def test_foreign_documents_and_applications_are_counted_apart(city, tmp_path) -> None:
    rows = [row(1), row(2, application="US16/634,906"), [*row(5)[:3], "", *row(5)[4:8], "审中", "实质审查"]]
    batch = take_in(city, a_list(tmp_path, *rows))
    page = city.get(batch).text
    assert "<dt>外国文献（不列入）</dt><dd>1</dd>" in page
    assert "<dt>退回</dt><dd>0</dd>" in page
    assert "<dt>仅为申请（未授权）</dt><dd>1</dd>" in page
    assert "US16/634,906" in city.get(f"{batch}?group=foreign").text
    assert "US16/634,906" not in city.get(f"{batch}?group=refused").text.split("行结果")[1]


def test_what_depends_on_a_batch_is_said_instead_of_an_undo_that_would_fail(city, tmp_path) -> None:
    first = take_in(city, a_list(tmp_path, row(1)))
    later = a_list(tmp_path, row(1, validity="失效", events="未缴年费"), name="later.xlsx")
    take_in(city, later, "后来的名单.xlsx", as_of="2026-06-01")
    page = city.get(first).text
    assert "以下记录依赖本批次，暂不能撤销" in page
    assert "后来的名单.xlsx" in page
    assert f"{first}/undo" not in page


def test_the_same_file_twice_is_noted_and_changes_nothing(city, session, tmp_path) -> None:
    path = a_list(tmp_path)
    take_in(city, path)
    before = session.query(Patent).count()
    second = upload(city, path)
    assert "内容完全相同的文件以前写入过" in city.get(second.location).text
    batch = check(city, second.location).location
    assert "没有可写入的行，办结本批次" in city.get(batch).text
    commit(city, batch)
    last = session.query(ImportBatch).order_by(ImportBatch.id.desc()).first()
    assert (last.rows_new, last.rows_changed, last.rows_unchanged) == (0, 0, 2)
    assert session.query(Patent).count() == before


def test_a_confirmed_mapping_is_proposed_for_the_next_list(city, session, tmp_path) -> None:
    header = [*HEADER[:-1], "神秘列"]
    path = write_list(tmp_path / "odd.xlsx", [row(1)], header)
    handed = upload(city, path)
    assert check(city, handed.location, {"column-0": "", "column-9": "title"}).status_code == 303
    second = write_list(tmp_path / "second.xlsx", [row(2)], header)
    again = selected(city.get(f"{upload(city, second).location}/columns").text)
    assert (again["column-0"], again["column-9"]) == ("", "title")


# --- Who may -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.COUNTY_OFFICER, Role.AUDITOR])
def test_who_may_only_read_is_offered_nothing_and_may_do_nothing(client, make, session, role) -> None:
    checked, written = make.batch(state=BatchState.CHECKED), make.batch()
    make.import_row(written)
    browser = client.sign_in(make.user(role))
    assert "导入名单</a>" not in browser.get("/office/import/").text
    for batch in (checked, written):
        page = browser.get(f"/office/import/{batch.id}").text
        assert f"/office/import/{batch.id}/" not in page
    for place in ("new", f"{checked.id}/columns", f"{checked.id}/commit", f"{written.id}/undo"):
        assert browser.post(f"/office/import/{place}").status_code == 403
    assert browser.get(f"/office/import/{written.id}/refused").status_code == 403
    assert [batch.state for batch in session.query(ImportBatch).order_by(ImportBatch.id)] == [
        BatchState.CHECKED,
        BatchState.COMMITTED,
    ]


@pytest.mark.parametrize("role", [Role.BANK, Role.ENTERPRISE, Role.ADMIN])
def test_others_see_no_batch(client, make, role) -> None:
    batch = make.batch()
    browser = client.sign_in(make.user(role))
    for place in ("", "new", *(f"{batch.id}{step}" for step in ("", "/columns", "/refused", "/rows"))):
        assert browser.get(f"/office/import/{place}").status_code == 403


@pytest.mark.parametrize("number_", [0, 2_000_000_000, 10**12, 10**30])
def test_a_batch_that_is_not_there_is_not_there(city, number_) -> None:
    for place in ("", "/columns", "/refused"):
        assert city.get(f"/office/import/{number_}{place}").status_code == 404
    for place in ("/commit", "/undo"):
        assert city.post(f"/office/import/{number_}{place}").status_code == 404


# --- What a form does not have -------------------------------------------------------------------------


def test_fields_that_no_form_has_change_nothing(city, session, tmp_path) -> None:
    planted = {
        "id": "77", "state": "committed", "sha256": "0" * 64, "stored_name": "../../etc/passwd",
        "uploaded_by": "别人", "uploaded_by_user_id": "1", "rows_new": "9", "committed_at": "2020-01-01",
        "batch_id": "77", "approved_by": "别人", "filename": "其他.xlsx",
    }  # fmt: skip
    handed = upload(city, a_list(tmp_path), **planted)
    batch = session.query(ImportBatch).one()
    assert (batch.state, batch.filename, batch.rows_new) == (BatchState.UPLOADED, "名单.xlsx", 0)
    assert batch.id != 77
    assert "/" not in batch.stored_name
    assert batch.uploaded_by != "别人"
    checked = check(city, handed.location, planted)
    city.post(f"{checked.location}/commit", data=planted | {"seen": mark(city.get(checked.location).text)})
    batch = session.query(ImportBatch).one()
    assert (batch.state, batch.rows_new, batch.filename) == (BatchState.COMMITTED, 2, "名单.xlsx")
    assert batch.committed_at.year != 2020


# --- Two persons, two clicks ---------------------------------------------------------------------------


def test_what_was_checked_anew_is_not_committed_by_who_saw_the_old_check(
    city, other, session, tmp_path
) -> None:
    batch = check(city, upload(city, a_list(tmp_path)).location).location
    seen = mark(city.get(batch).text)
    assert check(other, f"{batch}/columns", {"column-0": ""}).status_code == 303

    stale = city.post(f"{batch}/commit", data={"seen": seen})
    assert stale.status_code == 409
    assert "刚刚重新预检过" in stale.text
    assert session.query(Patent).count() == 0
    assert commit(city, batch).status_code == 303
    assert session.query(Patent).count() == 2


def test_columns_that_were_confirmed_otherwise_since_do_not_change_a_checked_batch(
    city, other, session, tmp_path
) -> None:
    first = check(city, upload(city, a_list(tmp_path)).location).location
    twin = upload(other, a_list(tmp_path, row(7), name="twin.xlsx")).location
    assert check(other, twin, {"column-0": ""}).status_code == 303
    assert commit(city, first).status_code == 303
    assert {patent.title for patent in session.query(Patent)} == {"一种样张装置"}


def test_a_second_click_on_commit_finds_the_first_ones_job(city, session, tmp_path, audited) -> None:
    batch = check(city, upload(city, a_list(tmp_path)).location).location
    data = {"seen": mark(city.get(batch).text)}
    replies = [city.post(f"{batch}/commit", data=data) for _click in range(3)]
    assert {reply.status_code for reply in replies} == {303}
    assert len({reply.location for reply in replies}) == 1
    assert session.query(Patent).count() == 2
    assert len(audited("registry.batch.committed")) == 1


def test_a_second_click_on_undo_does_nothing_more(city, session, tmp_path, audited) -> None:
    batch = take_in(city, a_list(tmp_path))
    assert [city.post(f"{batch}/undo").status_code for _click in range(2)] == [303, 303]
    assert len(audited("registry.batch.undone")) == 1


def test_what_is_written_cannot_be_mapped_anew(city, session, tmp_path) -> None:
    batch = take_in(city, a_list(tmp_path))
    for reply in (city.get(f"{batch}/columns"), city.post(f"{batch}/columns", data={"column-0": "title"})):
        assert reply.status_code == 409
        assert "名单.xlsx" in reply.text
        assert "已写入" in reply.text
    assert session.query(ImportBatch).one().state is BatchState.COMMITTED


def test_what_was_only_uploaded_cannot_be_committed(city, session, tmp_path) -> None:
    place = upload(city, a_list(tmp_path)).location.removesuffix("/columns")
    assert city.post(f"{place}/commit").status_code == 409
    assert city.post(f"{place}/undo").status_code == 409
    assert session.query(Job).count() == 0


def test_a_batch_that_another_list_built_on_is_undone_after_it(city, session, tmp_path) -> None:
    first = take_in(city, a_list(tmp_path, row(1)))
    later = a_list(tmp_path, row(1, validity="失效", events="未缴年费"), name="later.xlsx")
    take_in(city, later, "后来的名单.xlsx", as_of="2026-06-01")
    reply = city.post(f"{first}/undo")
    assert reply.status_code == 409
    assert "后来的名单.xlsx" in reply.text
    assert "请先撤销该批次" in reply.text
    assert session.query(Patent).count() == 1


# --- When the job does not end -------------------------------------------------------------------------


@pytest.fixture
def no_worker(app) -> None:
    set_dispatch(None)


def test_a_batch_that_waits_for_the_worker_says_so(city, no_worker, session, tmp_path) -> None:
    batch = check(city, upload(city, a_list(tmp_path)).location).location
    commit(city, batch)
    page = city.get(batch).text
    assert "正在后台写入" in page
    assert "查看进度" in page
    assert "撤销本批次" not in page
    assert city.get(f"{batch}/columns").status_code == 409


def test_a_batch_whose_job_was_stopped_can_be_committed_again(
    city, no_worker, session, tmp_path, settings, engine
) -> None:
    batch = check(city, upload(city, a_list(tmp_path)).location).location
    job = commit(city, batch).location.split("?")[0]
    assert city.post(f"{job}/cancel").status_code == 303
    page = city.get(batch).text
    assert "写入任务没有完成，没有写入任何内容" in page
    run_jobs_inline(settings, engine)
    assert commit(city, batch).status_code == 303
    assert session.query(ImportBatch).one().state is BatchState.COMMITTED
    assert session.query(Patent).count() == 2


def test_a_batch_whose_job_was_stopped_can_be_checked_anew(city, no_worker, session, tmp_path) -> None:
    batch = check(city, upload(city, a_list(tmp_path)).location).location
    city.post(f"{commit(city, batch).location.split('?')[0]}/cancel")
    assert check(city, f"{batch}/columns").status_code == 303
    assert session.query(ImportBatch).one().state is BatchState.CHECKED


def test_a_list_whose_file_is_gone_fails_in_words_and_writes_nothing(
    city, session, tmp_path, settings
) -> None:
    batch = check(city, upload(city, a_list(tmp_path)).location).location
    seen = mark(city.get(batch).text)
    for kept in settings.uploads_dir.iterdir():
        kept.unlink()
    assert city.get(f"{batch}/refused").status_code == 422
    assert "已不在服务器上，请重新上传" in check(city, f"{batch}/columns").text
    city.post(f"{batch}/commit", data={"seen": seen})
    page = city.get(batch).text
    assert "写入失败，没有写入任何内容" in page
    assert "已不在服务器上，请重新上传" in page
    assert session.query(Job).one().state is JobState.FAILED
    assert session.query(Patent).count() == 0


def test_a_file_that_was_exchanged_after_the_check_is_not_written(city, session, tmp_path, settings) -> None:
    batch = check(city, upload(city, a_list(tmp_path)).location).location
    kept = next(settings.uploads_dir.iterdir())
    kept.write_bytes(write_list(tmp_path / "x.xlsx", [row(5), row(6)]).read_bytes())
    commit(city, batch)
    assert "文件内容在预检后发生了变化，请重新上传" in city.get(batch).text
    assert session.query(Patent).count() == 0


# --- Wrong columns -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"column-0": "application_number"}, "“申请号”选了两列，只能选一列"),
        ({"column-5": ""}, "未找到“申请人”列"),
        ({"column-1": ""}, "未找到“申请号”列"),
        ({"column-0": "no_such_field"}, "所选的字段不存在"),
        ({"column-0": "<script>alert(1)</script>"}, "所选的字段不存在"),
    ],
)
def test_wrong_columns_are_refused_in_words_and_nothing_is_kept(
    city, session, tmp_path, changes, sentence
) -> None:
    place = upload(city, a_list(tmp_path)).location
    before = rows_of_all_tables(session)
    reply = check(city, place, changes)
    assert reply.status_code == 422
    assert sentence in reply.text
    assert "error-summary" in reply.text
    assert rows_of_all_tables(session) == before
    assert session.query(HeaderMapping).count() == 0
    assert session.query(ImportBatch).one().state is BatchState.UPLOADED


def test_columns_that_hold_something_else_refuse_the_rows_and_write_nothing(city, session, tmp_path) -> None:
    # Titles taken for application numbers: every row is refused, and says so.
    place = upload(city, a_list(tmp_path)).location
    batch = check(city, place, {"column-0": "application_number", "column-1": "title"}).location
    page = city.get(batch).text
    assert "一种样张装置" in page
    stored = session.query(ImportBatch).one()
    assert (stored.rows_read, stored.rows_refused) == (2, 2)
    assert session.query(ImportRow).count() >= 2
    assert "没有可写入的行" in page


# --- Names ---------------------------------------------------------------------------------------------


PROGRAM = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'"


def test_a_name_that_is_a_program_stays_a_name_on_every_step(city, session, tmp_path) -> None:
    rows = [
        row(1, firm=f"{PROGRAM}有限公司", title=PROGRAM),
        row(2, application=PROGRAM),
        row(3, firm="正常机械有限公司", title="<b>粗</b>"),
    ]
    header = [*HEADER[:-1], PROGRAM]
    path = write_list(tmp_path / "x.xlsx", rows, header)
    handed = upload(city, path, f"{PROGRAM}.xlsx", source=PROGRAM)
    assert "&lt;script&gt;" in city.get(handed.location).text
    batch = check(city, handed.location).location
    assert "&lt;script&gt;" in city.get(batch).text
    commit(city, batch)
    assert "&lt;img" in city.get("/office/import/").text
    assert "&lt;script&gt;" in city.get("/office/firms/").text
    for firm in session.query(Enterprise):
        assert city.get(f"/office/firms/{firm.public_id}").status_code == 200
    assert city.get("/office/").status_code == 200
    newer = write_list(tmp_path / "y.xlsx", [row(1, title=PROGRAM + "2")])
    assert "&lt;script&gt;" in city.get(take_in(city, newer, as_of="2026-07-01")).text


# --- The day that the list speaks of -------------------------------------------------------------------


def test_the_day_of_a_list_is_asked_for_and_never_taken_from_the_clock(city, session, tmp_path) -> None:
    assert 'name="as_of" type="date" value=""' in city.get("/office/import/new").text
    place = upload(city, a_list(tmp_path), as_of="").location
    page = city.get(place).text
    assert 'name="as_of" type="date" value=""' in page
    assert '<td data-label="数据截止日" class="nowrap">—</td>' in city.get("/office/import/").text
    refused = check(city, place)
    assert refused.status_code == 422
    assert "请填写数据截止日" in refused.text
    assert session.scalars(select(ImportBatch)).one().state is BatchState.UPLOADED

    checked = check(city, place, {"as_of": "2026-02-01"})
    assert checked.status_code == 303
    session.expire_all()
    assert session.scalars(select(ImportBatch)).one().as_of == date(2026, 2, 1)


def test_a_refused_day_leaves_the_columns_as_they_were_chosen(city, tmp_path) -> None:
    place = upload(city, a_list(tmp_path), as_of="").location
    chosen = {**selected(city.get(place).text), "column-0": ""}
    for day in ("", "2999-01-01"):
        refused = city.post(place, data={**chosen, "as_of": day})
        assert refused.status_code == 422
        assert selected(refused.text) == chosen


def test_a_day_in_the_name_of_the_file_is_proposed_and_not_taken(city, session, tmp_path) -> None:
    place = upload(city, a_list(tmp_path), "名录20260301.xlsx", as_of="").location
    page = city.get(place).text
    assert "文件名提示可能是这一天" in page
    assert 'name="as_of" type="date" value="2026-03-01"' in page
    assert check(city, place).status_code == 422, "a hint was taken for an answer"
    batch = city.post(f"{place.removesuffix('columns')}kind", data={"kind": "register"})
    assert 'value="2026-03-01"' in city.get(batch.location).text, "another kind forgot the hint"
    assert check(city, batch.location).status_code == 422


def test_another_day_asks_for_another_look_before_the_list_is_written(city, tmp_path) -> None:
    batch = check(city, upload(city, a_list(tmp_path)).location).location
    seen = mark(city.get(batch).text)
    assert check(city, batch, {"as_of": "2026-01-01"}).status_code == 303
    assert city.post(f"{batch}/commit", data={"seen": seen}).status_code == 409
    assert commit(city, batch).status_code == 303


def test_a_list_of_known_columns_and_day_goes_straight_to_its_dry_run(city, officer, tmp_path) -> None:
    take_in(city, a_list(tmp_path))
    straight = upload(city, a_list(tmp_path, row(3), name="b.xlsx"))
    assert not straight.location.endswith("/columns")
    page = city.get(straight.location).text
    assert "这是预检结果" in page
    assert f"曾由{officer.name}于" in page
    assert commit(city, straight.location).status_code == 303
    asked = upload(city, a_list(tmp_path, row(4), name="c.xlsx"), as_of="")
    assert asked.location.endswith("/columns"), "the day was not asked for"


def test_a_mapping_confirmed_before_says_by_whom_and_marks_every_column(city, officer, tmp_path) -> None:
    take_in(city, a_list(tmp_path))
    batch = upload(city, a_list(tmp_path, row(3), name="b.xlsx")).location
    page = city.get(f"{batch}/columns").text
    assert f"{officer.name}" in page
    assert "同样的表头曾由" in page
    assert "人工确认" in page
