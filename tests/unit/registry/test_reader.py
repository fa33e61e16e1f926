"""What an honest file becomes: text in columns, with the row numbers that Excel shows."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from ipfin.registry.reading import RawTable, ReadLimits, UnreadableFile, read_table
from tests.unit.registry.list_files import HEADER, ROWS, csv_of, text, workbook


def read(path: Path, **options: object) -> RawTable:
    return read_table(path, filename=path.name, **options)  # type: ignore[arg-type]


def column(table: RawTable, name: str) -> list[str]:
    return table.columns[table.header.index(name)]


def test_a_workbook_becomes_columns_of_text(tmp_path: Path) -> None:
    table = read(workbook(tmp_path / "a.xlsx", ("名录", (HEADER, *ROWS))))
    assert table.header == HEADER
    assert column(table, "申请人") == [row[2] for row in ROWS]
    assert (table.sheet, table.header_row, table.first_data_row) == ("名录", 1, 2)
    assert list(table.row_numbers) == [2, 3]
    assert table.notes == ()


def test_real_dates_numbers_and_truths_are_text_as_excel_shows_them(tmp_path: Path) -> None:
    row = (
        date(2022, 7, 15),
        datetime.fromisoformat("2022-07-15 08:30"),
        10.0,
        2.5,
        201910593937.7,
        True,
        "10.0",
    )
    names = ("申请日", "申请人", "权利要求数", "价值", "申请号", "是否有效", "备注")
    table = read(workbook(tmp_path / "a.xlsx", ("S", (names, row))))
    assert [column[0] for column in table.columns] == [
        "2022-07-15",
        "2022-07-15 08:30:00",
        "10",
        "2.5",
        "201910593937.7",
        "TRUE",
        "10.0",
    ]


def test_numbers_that_lost_digits_are_told(tmp_path: Path) -> None:
    table = read(workbook(tmp_path / "a.xlsx", ("S", (("申请号", "申请人"), (410500123456789012, "甲")))))
    assert any("15位" in note for note in table.notes)


def test_rows_are_numbered_as_in_excel_below_a_banner_and_across_blank_rows(tmp_path: Path) -> None:
    rows = (("安阳市有效专利名录（示例）",), (), HEADER, ROWS[0], (), ("", "  "), ROWS[1])
    table = read(workbook(tmp_path / "a.xlsx", ("S", rows)))
    assert table.header_row == 3
    assert list(table.row_numbers) == [4, 7]


def test_a_table_that_does_not_begin_in_the_first_cell_keeps_its_row_numbers(tmp_path: Path) -> None:
    rows = ((), (), (), (), ("", "", *HEADER), ("", "", *ROWS[0]))
    table = read(workbook(tmp_path / "a.xlsx", ("S", rows)))
    assert table.header == HEADER
    assert (table.header_row, table.first_data_row) == (5, 6)


def test_the_first_sheet_with_a_table_is_read_and_the_others_are_named(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        ("说明", (("本表由各县区填报",), ("填报说明", "请勿改动列名"))),
        ("空", ()),
        ("名录", (HEADER, *ROWS)),
        ("附表", (HEADER, *ROWS)),
    )
    table = read(path)
    assert table.sheet == "名录"
    assert "说明、空、附表" in table.notes[0]
    assert read(path, sheet="附表").sheet == "附表"
    with pytest.raises(UnreadableFile, match="没有工作表“别的”") as refusal:
        read(path, sheet="别的")
    assert refusal.value.code == "no_sheet"


@pytest.mark.parametrize("extension", ["xlsx", "XLSX", "xls", "dat"])
def test_a_workbook_is_told_by_its_content_not_by_its_name(tmp_path: Path, extension: str) -> None:
    path = workbook(tmp_path / "a.bin", ("S", (HEADER, *ROWS)))
    assert read_table(path, filename=f"名录.{extension}").row_count == len(ROWS)


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("gb18030", "gb18030"),
        ("gbk", "gb18030"),
        ("utf-16", "utf-16"),
    ],
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_text_is_read_in_every_encoding_and_delimiter(
    tmp_path: Path, encoding: str, told: str, delimiter: str
) -> None:
    table = read(text(tmp_path / "a.csv", csv_of(HEADER, ROWS, delimiter), encoding))
    assert table.encoding == told
    assert table.header == HEADER
    assert column(table, "标题") == [row[1] for row in ROWS]


def test_a_short_header_in_gb18030_is_not_taken_for_korean(tmp_path: Path) -> None:
    table = read(text(tmp_path / "a.csv", "名称,申请号\r\n磨床,1\r\n", "gb18030"))
    assert table.header == ("名称", "申请号")
    assert any("GB18030" in note for note in table.notes)


def test_a_comma_at_the_end_of_every_line_does_not_shift_the_columns(tmp_path: Path) -> None:
    lines = ",".join(HEADER) + "\r\n" + "".join(",".join(row) + ",\r\n" for row in ROWS)
    table = read(text(tmp_path / "a.csv", lines))
    assert table.header == HEADER
    assert column(table, "申请号") == [row[0] for row in ROWS]
    assert table.overlong_rows == ()
    assert any("末尾多出的空白列" in note for note in table.notes)


def test_a_row_with_more_values_or_fewer_fields_than_columns_is_told(tmp_path: Path) -> None:
    torn = ",".join(ROWS[0][:2])
    long = ",".join((*ROWS[1], "多余"))
    table = read(text(tmp_path / "a.csv", csv_of(HEADER, ROWS) + torn + "\r\n" + long + "\r\n"))
    assert table.short_rows == (4,)
    assert table.overlong_rows == (5,)
    assert table.row_count == 4


def test_a_line_break_inside_quotes_is_part_of_the_cell(tmp_path: Path) -> None:
    table = read(text(tmp_path / "a.csv", '申请号,标题\r\n1,"一种\r\n轧辊"\r\n2,"说""明,"\r\n'))
    assert column(table, "标题") == ["一种\r\n轧辊", '说"明,']
    assert list(table.row_numbers) == [2, 3]


def test_equal_names_are_told_apart(tmp_path: Path) -> None:
    rows = (("申请号", "申请日", "申请日", "申请日", ""), ("1", "2", "3", "4", "5"))
    table = read(workbook(tmp_path / "a.xlsx", ("S", rows)))
    assert table.header == ("申请号", "申请日", "申请日（2）", "申请日（3）", "第5列（无列名）")


def test_the_fingerprint_of_the_file_is_that_of_its_bytes(tmp_path: Path) -> None:
    content = csv_of(HEADER, ROWS)
    first = read(text(tmp_path / "a.csv", content))
    again = read(text(tmp_path / "b.csv", content))
    assert first.sha256 == again.sha256
    assert first.size_bytes == len(content.encode())


def test_what_was_uploaded_is_not_changed_or_moved(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ("S", (HEADER, *ROWS)))
    before = path.read_bytes()
    read(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(("rows", "fits"), [(3, True), (4, False)])
def test_the_last_allowed_row_still_counts(tmp_path: Path, rows: int, fits: bool) -> None:
    path = text(tmp_path / "a.csv", csv_of(HEADER, [ROWS[0]] * rows))
    limits = ReadLimits(rows=3)
    if fits:
        assert read(path, limits=limits).row_count == rows
        return
    with pytest.raises(UnreadableFile, match="超过3行"):
        read(path, limits=limits)


@pytest.mark.parametrize(("columns", "fits"), [(5, True), (6, False)])
def test_the_last_allowed_column_still_counts(tmp_path: Path, columns: int, fits: bool) -> None:
    names = ("申请号", "申请人", "标题", "申请日", "地址", "备注")[:columns]
    path = workbook(tmp_path / "a.xlsx", ("S", (names, ("1",) * columns)))
    limits = ReadLimits(columns=5)
    if fits:
        assert len(read(path, limits=limits).header) == columns
        return
    with pytest.raises(UnreadableFile, match="有6列，超过5列"):
        read(path, limits=limits)


def test_the_child_is_given_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ipfin.registry.reading import reader

    monkeypatch.setenv("IPFIN_SECRET_KEY", "not-for-the-child")
    assert not [value for value in reader._environment(tmp_path).values() if "not-for-the-child" in value]
