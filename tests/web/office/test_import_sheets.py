"""What a list did is told in sheets, row by row; refused rows come back corrected and are known again."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from ipfin.registry.intake import read_list
from ipfin.registry.models import HeaderMapping, ImportBatch, Patent
from ipfin.registry.reading import RawTable
from tests.lists import HEADER, number, row, write_list
from tests.web.conftest import Browser
from tests.web.office.wizard import check, commit, take_in, upload


@pytest.fixture
def officer(make):
    return make.officer()


@pytest.fixture
def city(client, officer) -> Browser:
    return client.sign_in(officer)


def a_list(folder: Path, *rows: list[str], name: str = "list.xlsx") -> Path:
    return write_list(folder / name, rows or [row(1), row(2)])


def sheet_of(browser: Browser, place: str, folder: Path) -> RawTable:
    """Download a sheet and return it as the reader reads it."""
    reply = browser.get(place)
    assert reply.status_code == 200
    assert reply.headers["Content-Disposition"].startswith("attachment")
    path = folder / "down.xlsx"
    path.write_bytes(reply.data)
    return read_list(path, "down.xlsx")


def rows_of(table: RawTable) -> list[list[str]]:
    return [list(cells) for cells in zip(*table.columns, strict=True)]


@pytest.fixture
def sent_back(city, tmp_path) -> tuple[str, RawTable]:
    """Take a list in of which two rows are refused and one is foreign; return its batch and their sheet."""
    wrong = [number(serial)[:-1] + ("0" if number(serial)[-1] != "0" else "1") for serial in (8, 9)]
    batch = take_in(
        city,
        a_list(
            tmp_path,
            row(1),
            row(8, application=wrong[0]),
            row(9, application=wrong[1], title="=1+1"),
            row(3, application="US16/634,906"),
        ),
        as_of="2026-02-01",
        source="某区报送",
    )
    return batch, sheet_of(city, f"{batch}/refused", tmp_path)


def test_the_sheet_of_refused_rows_names_row_field_and_reason(sent_back) -> None:
    batch, table = sent_back
    assert table.row_count == 2  # a foreign document has nothing to correct
    assert table.header[: len(HEADER)] == HEADER
    marked, field, reason = table.header[len(HEADER) :]
    assert marked.startswith(f"原行号 #{batch.rsplit('/', 1)[1]}-")
    assert (field, reason) == ("退回字段", "退回原因")
    assert table.columns[table.header.index(marked)] == ["3", "4"]
    assert table.columns[table.header.index("退回字段")] == ["申请号", "申请号"]
    assert table.columns[table.header.index("专利名称")][1] == "=1+1"


def test_corrected_rows_are_known_again_and_go_in_with_the_day_and_columns_of_their_batch(
    city, session, tmp_path, sent_back
) -> None:
    _batch, table = sent_back
    rows = rows_of(table)
    rows[0][1], rows[1][1] = number(8), number(9)
    stranger = [*row(5), "77", "", ""]  # was never refused
    path = write_list(tmp_path / "corrected.xlsx", [*rows, stranger], table.header)

    handed = upload(city, path, "改正.xlsx", as_of="", source="")

    assert handed.status_code == 303
    assert not handed.location.endswith("/columns")  # the columns are known: straight to the check
    page = city.get(handed.location).text
    assert "退回后改正的行" in page
    assert "另有1行不是批次" in page
    commit(city, handed.location)
    session.expire_all()
    first, second = session.query(ImportBatch).order_by(ImportBatch.id)
    assert (second.as_of, second.source) == (first.as_of, "某区报送")
    assert (second.rows_read, second.rows_new, second.rows_refused) == (2, 2, 0)
    assert session.query(Patent).count() == 3
    assert session.query(HeaderMapping).count() == 1  # of the vendor's header, not of our sheet's


def test_rows_that_are_still_wrong_are_sent_back_again(city, session, tmp_path, sent_back) -> None:
    _batch, table = sent_back
    rows = rows_of(table)
    rows[0][1] = number(8)
    path = write_list(tmp_path / "half.xlsx", rows, table.header)
    second = upload(city, path, as_of="").location
    again = sheet_of(city, f"{second}/refused", tmp_path)
    assert again.row_count == 1
    assert len([name for name in again.header if name.startswith("原行号")]) == 1
    rows = rows_of(again)
    rows[0][1] = number(9)
    third = upload(city, write_list(tmp_path / "whole.xlsx", rows, again.header), as_of="").location
    commit(city, third)
    assert session.query(Patent).count() == 2


def test_corrected_rows_of_a_batch_that_was_undone_are_refused_in_words(
    city, session, tmp_path, sent_back
) -> None:
    batch, table = sent_back
    city.post(f"{batch}/undo")
    path = write_list(tmp_path / "late.xlsx", rows_of(table), table.header)
    reply = upload(city, path, as_of="")
    assert reply.status_code == 409
    assert "而该批次已撤销；请上传完整的名单" in reply.text
    assert session.query(ImportBatch).count() == 1


def test_a_sheet_whose_row_numbers_were_lost_is_refused_in_words(city, tmp_path, sent_back) -> None:
    _batch, table = sent_back
    rows = [[*cells[:-3], "", "", ""] for cells in rows_of(table)]
    reply = upload(city, write_list(tmp_path / "lost.xlsx", rows, table.header), as_of="")
    assert reply.status_code == 422
    assert "没有一行是批次" in reply.text


def test_a_mark_of_another_installation_makes_a_list_like_any_other(city, tmp_path, sent_back) -> None:
    _batch, table = sent_back
    header = [name.replace("#1-", "#999-") if name.startswith("原行号") else name for name in table.header]
    path = write_list(tmp_path / "other.xlsx", rows_of(table), header)
    place = upload(city, path, as_of="").location
    assert place.endswith("/columns")
    assert check(city, place).status_code == 422, "the day was taken from a batch that is not its own"


def test_every_row_is_told_in_a_sheet_before_and_after_the_commit(city, tmp_path) -> None:
    take_in(city, a_list(tmp_path, row(1), row(2)), as_of="2026-01-01")
    wrong = number(9)[:-1] + ("0" if number(9)[-1] != "0" else "1")
    rows = [
        row(1, validity="失效", events="未缴年费"),
        row(2),
        row(3),
        row(3),
        row(9, application=wrong),
        row(4, application="US16/634,906"),
        [*row(5)[:3], "", *row(5)[4:8], "审中", "实质审查"],
    ]
    batch = check(city, upload(city, a_list(tmp_path, *rows, name="b.xlsx")).location).location
    before = sheet_of(city, f"{batch}/rows", tmp_path)
    commit(city, batch)
    after = sheet_of(city, f"{batch}/rows", tmp_path)

    assert rows_of(before) == rows_of(after)
    told = {(line[0], line[1], line[2]) for line in rows_of(after)}
    assert told == {
        ("2", "变更", "授权专利"),
        ("3", "未变", "授权专利"),
        ("4", "新增", "授权专利"),
        ("5", "未变", "授权专利"),
        ("6", "退回", ""),
        ("7", "退回", "外国文献（不列入）"),
        ("8", "新增", "仅为申请（未授权）"),
    }
    changes = {tuple(line[6:9]) for line in rows_of(after) if line[1] == "变更"}
    assert ("专利有效性", "有效", "失效") in changes
    assert [line[9] for line in rows_of(after) if line[0] == "5"] == ["与第4行为同一专利"]


def test_an_undone_batch_has_no_sheet_of_rows(city, tmp_path) -> None:
    batch = take_in(city, a_list(tmp_path))
    city.post(f"{batch}/undo")
    assert city.get(f"{batch}/rows").status_code == 409


def test_the_sheet_of_refused_rows_computes_nothing(city, tmp_path) -> None:
    import openpyxl

    rows = [row(1), row(2, application='=HYPERLINK("http://evil.example")', title="@SUM(1)")]
    batch = check(city, upload(city, write_list(tmp_path / "f.xlsx", rows)).location).location
    book = openpyxl.load_workbook(io.BytesIO(city.get(f"{batch}/refused").data))
    kinds = {cell.data_type for sheet in book for line in sheet.iter_rows() for cell in line}
    assert "f" not in kinds
