"""Made-up lists for tests: written as real files, read through the bounded reader."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from ipfin.documents.sheet import Column, SheetSpec, write_sheet
from ipfin.kernel.identifiers import application_check_digit
from ipfin.registry.reading import RawTable

HEADER = (
    "专利名称",
    "申请号",
    "申请日",
    "授权公告日",
    "专利类型",
    "申请人",
    "统一社会信用代码",
    "区县",
    "专利有效性",
    "法律状态/事件",
)


def number(serial: int, *, year: int = 2021, kind: int = 1) -> str:
    """Return an application number with its right check digit."""
    digits = f"{year}{kind}{9_900_000 + serial:07d}"
    return f"CN{digits}.{application_check_digit(digits)}"


def row(
    serial: int,
    *,
    firm: str = "安阳样张机械有限公司",
    validity: str = "有效",
    events: str = "授权",
    title: str = "一种样张装置",
    code: str = "",
    application: str = "",
) -> list[str]:
    """Return one row under HEADER."""
    return [
        title,
        application or number(serial),
        "2021-03-05",
        "2022-06-07",
        "发明专利",
        firm,
        code,
        "文峰区",
        validity,
        events,
    ]


def write_list(path: Path, rows: Sequence[Sequence[str]], header: Sequence[str] = HEADER) -> Path:
    """Write a list as XLSX and return its path."""
    write_sheet(path, [SheetSpec("名单", [Column(name) for name in header], rows)])
    return path


def table_of(
    header: Sequence[str], rows: Sequence[Sequence[str]], *, filename: str = "名单.xlsx"
) -> RawTable:
    """Return a list as the bounded reader hands it back, without a file."""
    columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _name in header]
    told = repr((tuple(header), rows)).encode()
    return RawTable(
        filename=filename,
        sheet="名单",
        header=tuple(header),
        header_row=1,
        first_data_row=2,
        columns=columns,
        row_numbers=range(2, 2 + len(rows)),
        overlong_rows=(),
        short_rows=(),
        encoding="",
        notes=(),
        sha256=sha256(told).hexdigest(),
        size_bytes=len(told),
    )
