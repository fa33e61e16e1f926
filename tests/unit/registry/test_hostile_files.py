"""What is refused: every wrong, broken or malicious file gets a sentence with its name and the remedy."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from ipfin.registry.reading import ReadLimits, UnreadableFile, read_table
from tests.unit.registry import list_files as files

SECONDS = 20  # reliability.md, promise table: huge/bomb xlsx
MEMORY_MIB = 700

Maker = Callable[[Path], Path]


def truncated(path: Path) -> Path:
    whole = files.workbook(path, ("S", (files.HEADER, *files.ROWS))).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    return path


def damaged_sheet(path: Path) -> Path:
    return files.raw_workbook(path, files.SHEET_START + "<row><c r='A1' t='s'><v>99")


def entities(path: Path) -> Path:
    declared = (
        '<?xml version="1.0"?><!DOCTYPE worksheet [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    )
    return files.raw_workbook(path, declared + "<worksheet><sheetData/></worksheet>")


def entities_in_utf16(path: Path) -> Path:
    declared = (
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/passwd">]><w/>'
    )
    return files.raw_workbook(path, declared.encode("utf-16"))


def many_parts(path: Path) -> Path:
    parts = [(f"xl/media/{number}.xml", b"<x/>") for number in range(2_100)]
    return files.raw_workbook(path, files.SHEET_START + files.SHEET_END, parts=parts)


def other_zip(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    return path


def written(content: bytes) -> Maker:
    def make(path: Path) -> Path:
        path.write_bytes(content)
        return path

    return make


CASES: dict[str, tuple[str, Maker, str]] = {
    "a cell in the last place of a sheet with a header": ("a.xlsx", files.far_cell_bomb, "too_much"),
    "nothing but a cell in the last place": ("a.xlsx", files.lonely_far_cell, "no_header"),
    "150 MB in 150 KB": ("a.xlsx", lambda path: files.inflating_sheet(path, 150), "bomb"),
    "60 MB of blanks": ("a.xlsx", lambda path: files.inflating_sheet(path, 60), "no_rows"),
    "a crowd of cells": ("a.xlsx", lambda path: files.crowded_sheet(path, 40_000, 200), "bomb"),
    "too many parts": ("a.xlsx", many_parts, "bomb"),
    "half a workbook": ("a.xlsx", truncated, "damaged"),
    "a broken sheet": ("a.xlsx", damaged_sheet, "damaged"),
    "entities": ("a.xlsx", entities, "entities"),
    "entities in UTF-16": ("a.xlsx", entities_in_utf16, "entities"),
    "a password": ("a.xlsx", files.encrypted_workbook, "encrypted"),
    "a zip of something else": ("a.xlsx", other_zip, "wrong_type"),
    "nothing": ("a.xlsx", written(b""), "empty"),
    "nothing but a byte order mark": ("a.csv", written(b"\xef\xbb\xbf\r\n\r\n"), "empty"),
    "text called a workbook": ("a.xlsx", written("申请号,申请人\r\n1,甲\r\n".encode()), "not_a_workbook"),
    "a PDF": ("a.pdf", written(b"%PDF-1.7\n1 0 obj"), "wrong_type"),
    "a picture called a list": ("a.csv", written(b"\x89PNG\r\n\x1a\n" + b"\0" * 64), "wrong_type"),
    "a web page called a workbook": ("a.xls", written(b"<html><table><tr><td>1</td></tr></table>"), "markup"),
    "an old document": ("a.doc", written(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2_000), "wrong_type"),
    "binary called a list": ("a.csv", written(b"a,b\r\n\x01\x00\x02,3\r\n"), "nul"),
    "no encoding of ours": ("a.csv", written(b"a,b\r\n\xff\xff\xff,\x81\x20\r\n"), "encoding"),
    "a quote that never ends": ("a.csv", written(b'a,b\r\n1,"' + b"x" * 3_000_000), "long_cell"),
    "a million columns": ("a.csv", written(b"a," * 1_000_000 + b"\r\n1,2\r\n"), "too_many_columns"),
    "a million rows": (
        "a.csv",
        written("申请号,申请人\r\n".encode() + b"1,2\r\n" * 1_000_000),
        "too_many_rows",
    ),
    "rows of data without a header": (
        "a.csv",
        written(b"CN201710911092.2,2017-09-29\r\nCN201710601862.3,2017-07-21\r\n"),
        "no_header",
    ),
    "a header without rows": ("a.csv", written("申请号,申请人\r\n".encode()), "no_rows"),
    "one column": ("a.csv", written("一\r\n二\r\n三\r\n".encode()), "no_header"),
}


@pytest.mark.parametrize("case", list(CASES))
def test_it_is_refused_in_time_with_a_sentence_that_names_the_file(tmp_path: Path, case: str) -> None:
    name, make, code = CASES[case]
    path = make(tmp_path / "upload")
    began = time.monotonic()

    with pytest.raises(UnreadableFile) as refusal:
        read_table(path, filename=name)

    assert refusal.value.code == code
    assert f"“{name}”" in refusal.value.message
    assert refusal.value.message.endswith("。")
    assert time.monotonic() - began < SECONDS


def test_a_file_over_the_limit_is_not_opened(tmp_path: Path) -> None:
    path = written(b"x" * (2 * 2**20))(tmp_path / "a.csv")
    with pytest.raises(UnreadableFile, match="有2 MB，超过1 MB") as refusal:
        read_table(path, filename="a.csv", limits=ReadLimits(file_bytes=2**20))
    assert refusal.value.code == "too_large"


def test_a_workbook_over_the_limit_when_unpacked_is_not_unpacked(tmp_path: Path) -> None:
    path = files.inflating_sheet(tmp_path / "a.xlsx", 5)
    with pytest.raises(UnreadableFile) as refusal:
        read_table(path, filename="a.xlsx", limits=ReadLimits(inflated_bytes=4 * 2**20))
    assert refusal.value.code == "bomb"


def test_a_child_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    path = files.inflating_sheet(tmp_path / "a.xlsx", 20)
    began = time.monotonic()
    with pytest.raises(UnreadableFile) as refusal:
        read_table(path, filename="a.xlsx", limits=ReadLimits(seconds=0))
    assert refusal.value.code == "too_slow"
    assert time.monotonic() - began < SECONDS


def test_a_child_that_wants_too_much_memory_is_stopped(tmp_path: Path) -> None:
    path = files.crowded_sheet(tmp_path / "a.xlsx", 10_000, 200)  # two million cells, 64 MB and more
    with pytest.raises(UnreadableFile) as refusal:
        read_table(path, filename="a.xlsx", limits=ReadLimits(memory_bytes=120 * 2**20))
    assert refusal.value.code == "too_much"


def test_a_path_in_the_name_is_neither_opened_nor_shown(tmp_path: Path) -> None:
    path = written(b"")(tmp_path / "upload")
    with pytest.raises(UnreadableFile) as refusal:
        read_table(path, filename="../../etc/passwd")
    assert "etc" not in refusal.value.message


@pytest.mark.parametrize("case", ["a cell in the last place of a sheet with a header", "60 MB of blanks"])
def test_memory_stays_bounded(tmp_path: Path, case: str) -> None:
    # A process of its own: what this one has used would hide what the reader's child uses.
    path = CASES[case][1](tmp_path / "a.xlsx")
    program = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from ipfin.registry.reading import UnreadableFile, read_table\n"
        "try:\n    read_table(Path(sys.argv[1]), filename='a.xlsx')\n"
        "except UnreadableFile:\n    pass\n"
        "child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss\n"
        # Not ru_maxrss: a process inherits that of the one that started it, here of the test runner.
        "status = Path('/proc/self/status').read_text().splitlines()\n"
        "own = next(int(line.split()[1]) for line in status if line.startswith('VmHWM'))\n"
        "used = max(own, child)\n"
        "sys.stdout.write(str(used))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True, timeout=60
    )
    kibibytes = int(done.stdout)
    assert kibibytes < MEMORY_MIB * 1024
    assert (
        resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY
    )  # the limit is the child's alone
