"""The report of a list, row by row: at once for a short list, in the background for a long one."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select

from ipfin.documents.models import Document
from ipfin.jobs.models import Job
from ipfin.kernel.actor import Role
from ipfin.notices.models import Notice
from ipfin.registry import export
from ipfin.reports.service import row_reports
from tests.lists import row, write_list
from tests.web.conftest import Browser
from tests.web.office.wizard import check, commit, upload

ROWS = [row(1), row(2), row(3, application="CN202110000000.X"), row(2)]
LONG = "制作逐行结果"


@pytest.fixture
def officer(make):
    return make.officer()


@pytest.fixture
def city(client, officer) -> Browser:
    return client.sign_in(officer)


@pytest.fixture
def batch(city, tmp_path: Path) -> str:
    """Return the page of a checked list of four rows."""
    return str(check(city, upload(city, write_list(tmp_path / "list.xlsx", ROWS)).location).location)


def rows_of(reply) -> list[list[str]]:
    """Return the lines of a report below its header."""
    assert reply.status_code == 200, reply.text
    sheet = openpyxl.load_workbook(io.BytesIO(reply.data)).worksheets[0]
    lines = [[str(cell or "") for cell in line] for line in sheet.iter_rows(values_only=True)]
    return lines[[line[0] for line in lines].index("行号") + 1 :]


@pytest.mark.parametrize(("at_once", "waits"), [(4, False), (3, True)])
def test_the_report_of_a_long_list_is_made_in_the_background(
    city, batch, session, monkeypatch, officer, at_once, waits
) -> None:
    told = rows_of(city.get(f"{batch}/rows"))
    monkeypatch.setattr(row_reports, "ROWS_AT_ONCE", at_once)  # a setting of ours, smaller
    page = city.get(batch).text
    assert (LONG in page) is waits
    assert (f'href="{batch}/rows"' in page) is not waits
    if not waits:
        assert rows_of(city.get(f"{batch}/rows")) == told
        assert session.scalars(select(Job)).all() == []
        return
    assert city.get(f"{batch}/rows").location == batch, "nothing is made on a mere look"
    assert session.scalars(select(Document)).all() == []
    ordered = city.post(f"{batch}/rows")
    assert ordered.location.startswith("/office/jobs/")
    notice = session.scalars(select(Notice).where(Notice.user_id == officer.id)).one()
    assert f'href="{notice.link}"' in city.get(batch).text
    assert city.get(f"{batch}/rows").location == notice.link
    assert rows_of(city.get(notice.link)) == told


def test_a_second_click_makes_no_second_report(city, batch, session, monkeypatch) -> None:
    monkeypatch.setattr(row_reports, "ROWS_AT_ONCE", 1)
    first, second = city.post(f"{batch}/rows"), city.post(f"{batch}/rows")
    assert first.location == second.location
    assert len(session.scalars(select(Document)).all()) == 1


def test_a_list_that_was_written_meanwhile_has_a_report_of_its_own(city, batch, session, monkeypatch) -> None:
    monkeypatch.setattr(row_reports, "ROWS_AT_ONCE", 1)
    city.post(f"{batch}/rows")
    commit(city, batch)
    assert LONG in city.get(batch).text
    city.post(f"{batch}/rows")
    first, second = session.scalars(select(Document).order_by(Document.id)).all()
    assert rows_of(city.get(f"/files/{first.verify_code}")) == rows_of(
        city.get(f"/files/{second.verify_code}")
    )


def test_the_report_of_a_list_that_was_undone_meanwhile_fails_in_words(
    city, batch, session, monkeypatch
) -> None:
    monkeypatch.setattr(row_reports, "ROWS_AT_ONCE", 1)
    commit(city, batch)
    city.post(f"{batch}/undo")
    page = city.get(city.post(f"{batch}/rows").location).text
    assert "没有预检结果可供下载" in page
    assert session.scalars(select(Document)).all() == []


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.BANK])
def test_nobody_else_orders_a_report(app, make, city, batch, session, monkeypatch, role) -> None:
    monkeypatch.setattr(row_reports, "ROWS_AT_ONCE", 1)
    other = app.test_client().sign_in(make.user(role))
    assert other.post(f"{batch}/rows").status_code in (403, 404)
    assert session.scalars(select(Job)).all() == []


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_the_lines_are_the_same_however_small_the_pieces(city, batch, monkeypatch, rows) -> None:
    whole = rows_of(city.get(f"{batch}/rows"))
    assert [line[:2] for line in whole] == [["2", "新增"], ["3", "新增"], ["4", "退回"], ["5", "未变"]]
    monkeypatch.setattr(export, "ROWS_IN_A_PIECE", rows)
    assert rows_of(city.get(f"{batch}/rows")) == whole
