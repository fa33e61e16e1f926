"""A clerk hands in what is broken or hostile: a sentence each time, and nothing of it is kept."""

from __future__ import annotations

import gc
import io
import warnings
from datetime import timedelta
from pathlib import Path

import pytest

from ipfin.kernel.clock import today_in_china
from ipfin.registry.models import ImportBatch, Patent
from ipfin.web.office.uploads import shown_name
from tests.lists import HEADER, row, write_list
from tests.unit.registry import list_files as files
from tests.unit.registry.test_hostile_files import CASES
from tests.web.conftest import Browser
from tests.web.office.wizard import check, commit, rows_of_all_tables, upload

# What the reader alone refuses is proved with the reader; these go all the way.
WALKED = [
    "nothing but a cell in the last place",
    "150 MB in 150 KB",
    "half a workbook",
    "entities",
    "a password",
    "text called a workbook",
    "a web page called a workbook",
    "binary called a list",
    "rows of data without a header",
    "a header without rows",
]

WIDE = ",".join(f"列{place}" for place in range(300)) + "\r\n" + "1," * 299 + "1\r\n"


@pytest.fixture
def city(client, make) -> Browser:
    return client.sign_in(make.officer())


def kept(settings) -> list[Path]:
    return list(settings.uploads_dir.iterdir()) if settings.uploads_dir.exists() else []


@pytest.mark.parametrize("case", WALKED)
def test_a_broken_file_is_refused_by_name_and_leaves_nothing(city, session, settings, tmp_path, case) -> None:
    name, make_file, _code = CASES[case]
    before = rows_of_all_tables(session)
    reply = upload(city, make_file(tmp_path / "upload"), name)
    assert reply.status_code == 422
    assert f"“{name}”" in reply.text
    assert "有内容需要更正" in reply.text
    assert rows_of_all_tables(session) == before
    assert kept(settings) == []


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "a.xlsx", "文件是空的"),
        (b"%PDF-1.7\n1 0 obj", "名单.xlsx", "“名单.xlsx”"),
        (WIDE.encode(), "宽.csv", "“宽.csv”"),
    ],
)  # fmt: skip
def test_what_is_no_list_is_refused_in_words(city, session, settings, content, name, sentence) -> None:
    reply = upload(city, content, name)
    assert reply.status_code == 422
    assert sentence in reply.text
    assert session.query(ImportBatch).count() == 0
    assert kept(settings) == []


def test_a_form_without_a_file_says_what_is_missing(city, session) -> None:
    for data in ({"as_of": "2026-03-05"}, {"as_of": "2026-03-05", "file": (io.BytesIO(b""), "")}):
        reply = city.post("/office/import/new", data=data)
        assert reply.status_code == 422
        assert "请选择要上传的文件" in reply.text
    assert session.query(ImportBatch).count() == 0


@pytest.mark.parametrize("day", ["", "昨天", "2026-02-30", "1985-03-31", "0001-01-01", "tomorrow"])
def test_a_day_that_no_list_can_speak_of_is_refused(city, session, settings, day) -> None:
    day = (today_in_china() + timedelta(days=1)).isoformat() if day == "tomorrow" else day
    reply = upload(city, b"a,b\r\n1,2\r\n", as_of=day)
    assert reply.status_code == 422
    assert "数据截止日" in reply.text
    assert session.query(ImportBatch).count() == 0
    assert kept(settings) == []


class TestTooLarge:
    @pytest.fixture
    def overrides(self) -> dict[str, object]:
        return {"max_upload_mb": 1}

    def test_a_file_over_the_limit_is_refused_with_the_limit(self, city, session, settings) -> None:
        reply = upload(city, b"x" * (2**20 + 1), "大.csv")
        assert reply.status_code == 422
        assert "超过1 MB的上限，请拆分后分次上传" in reply.text
        far = upload(city, b"x" * (3 * 2**20), "大.csv")
        assert far.status_code == 413
        assert "超过了限制，未保存任何内容" in far.text
        assert "单个文件不超过1 MB，请拆分后分次提交" in far.text
        assert session.query(ImportBatch).count() == 0
        assert kept(settings) == []
        # Werkzeug leaves the temporary file of a request that is cut off to the collector.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            del far
            gc.collect()


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\fake\\名单.xlsx", "名单.xlsx"),
        ("名单\u202exslx.exe", "名单xslx.exe"),
        ("a\r\nSet-Cookie: x.csv", "aSet-Cookie: x.csv"),
        ("名" * 300 + ".xlsx", "名" * 115 + ".xlsx"),
        ("x." + "y" * 300, "x" + "." + "y" * 9),
        ("...", "..."),
        ("/", ""),
    ],
)
def test_a_name_is_one_short_line_without_folders_or_direction_marks(sent, shown) -> None:
    assert shown_name(sent) == shown


def test_a_file_with_a_hostile_name_lies_under_a_name_of_ours(city, session, settings, tmp_path) -> None:
    path = write_list(tmp_path / "x.xlsx", [row(1)])
    assert upload(city, path, "../../../名单\u202e.xlsx").status_code == 303
    assert session.query(ImportBatch).one().filename == "名单.xlsx"
    (stored,) = kept(settings)
    assert stored.stat().st_mode & 0o777 == 0o600
    assert stored.name == session.query(ImportBatch).one().stored_name


def test_an_old_list_in_gbk_under_a_banner_goes_in(city, session, tmp_path) -> None:
    told = files.csv_of(HEADER, [row(1), row(2)])
    banner = "某市专利名单（内部资料）,,,,,,,,,\r\n,,,,,,,,,\r\n"
    handed = upload(city, (banner + told).encode("gb18030"), "旧表.csv")
    page = city.get(handed.location).text
    assert "GB18030" in page
    assert "表头在第3行" in page
    batch = check(city, handed.location).location
    commit(city, batch)
    assert session.query(Patent).count() == 2


def test_rows_of_every_wrong_kind_are_refused_one_by_one_with_row_and_field(city, session, tmp_path) -> None:
    tomorrow = (today_in_china() + timedelta(days=1)).isoformat()
    future = row(4)
    future[2] = tomorrow
    rows = [
        row(1),
        row(2, application="CN202110000001.X9"),
        row(3, firm=""),
        future,
        row(5, firm="换\r\n行有限公司"),
        row(6, firm="=cmd|'/c calc'!A1有限公司"),
        row(7, code="91410500MA90000000"),
    ]
    header = [*HEADER[:-1], HEADER[-1]]
    batch = check(city, upload(city, write_list(tmp_path / "x.xlsx", rows, header)).location).location
    page = city.get(batch).text
    stored = session.query(ImportBatch).one()
    assert stored.rows_read == 7
    assert stored.rows_read == stored.rows_new + stored.rows_refused
    assert {"3", "5"} <= {cell.split("<")[0] for cell in page.split('class="number">')[1:]}
    assert "行号与 Excel 一致" in page
    commit(city, batch)
    assert session.query(Patent).count() == stored.rows_new
    assert city.get("/office/firms/").status_code == 200


def test_two_columns_of_one_name_are_both_offered(city, tmp_path) -> None:
    header = [*HEADER[:-1], "申请人"]
    path = write_list(tmp_path / "x.xlsx", [row(1)], header)
    page = city.get(upload(city, path).location).text
    assert "申请人（2）" in page
