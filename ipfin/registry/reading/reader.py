"""`read_table`: checks an upload, has a child process read it, and puts the table together.

Decides what the child may use and how long it may take. The file is opened by path and never changed;
the user's name for it is only ever shown.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import ipfin
from ipfin.kernel.text import Text, _
from ipfin.registry.reading.file_kind import FileKind, kind_of
from ipfin.registry.reading.heading import unique_names
from ipfin.registry.reading.refusals import Reason, Refused, as_error
from ipfin.registry.reading.table import RawTable, ReadLimits

_CHILD: Final = "ipfin.registry.reading.child"
_SEPARATOR: Final = "\x1e"  # as in tabulate, which only the child imports
_KILLED_BY_CPU: Final = (-24, -9)  # SIGXCPU, SIGKILL


def read_table(
    path: Path, *, filename: str, limits: ReadLimits | None = None, sheet: str | None = None
) -> RawTable:
    """Return the table in the file at `path`, which its user calls `filename`.

    Args:
        path: where the upload lies.
        filename: shown in sentences, never opened.
        limits: how far to read.
        sheet: the sheet that the user chose; None takes the first one that has a table.

    Raises:
        UnreadableFile: the file is refused; the sentence names it and the remedy.
    """
    limits = limits or ReadLimits()
    shown = Path(filename).name or filename
    try:
        kind = kind_of(path, filename, limits)
        with tempfile.TemporaryDirectory(prefix="ipfin-read-") as folder:
            messages = _run_child(path, Path(folder), kind, sheet, limits)
            return _assemble(messages, path, shown)
    except Refused as refused:
        raise as_error(refused.reason, shown, refused.facts) from refused


def _run_child(
    path: Path, folder: Path, kind: FileKind, sheet: str | None, limits: ReadLimits
) -> Iterator[dict[str, Any]]:
    """Start the child, wait for it, and return its messages.

    Raises:
        Refused: it was stopped by a limit, or died.
    """
    source = folder / f"input.{kind.value}"
    source.symlink_to(path.resolve())
    target = folder / "output.jsonl"
    command = [sys.executable, "-P", "-X", "utf8", "-m", _CHILD]
    command += [str(source), str(target), kind.value, sheet or "", json.dumps(asdict(limits))]
    try:
        done = subprocess.run(  # noqa: S603 - fixed program, no shell
            command,
            cwd=folder,
            env=_environment(folder),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=limits.seconds,
            check=False,
            start_new_session=True,
        )
    except subprocess.TimeoutExpired as problem:
        raise Refused(Reason.TOO_SLOW, limit=limits.seconds) from problem
    if done.returncode:
        raise _death(done.returncode, done.stderr, limits)
    return _messages(target)


def _environment(folder: Path) -> dict[str, str]:
    """Return what the child may know: where the package lies, and nothing else (no secrets)."""
    return {
        "PATH": os.defpath,
        "PYTHONPATH": str(Path(ipfin.__file__).resolve().parent.parent),
        "PYTHONDONTWRITEBYTECODE": "1",
        "TMPDIR": str(folder),
        "MALLOC_ARENA_MAX": "2",
    }


def _death(returncode: int, stderr: bytes, limits: ReadLimits) -> Refused:
    if returncode in _KILLED_BY_CPU:
        return Refused(Reason.TOO_SLOW, limit=limits.seconds)
    if returncode < 0 or b"memory" in stderr.lower() or b"capacity overflow" in stderr:
        return Refused(Reason.TOO_MUCH)
    return Refused(Reason.DAMAGED)


def _messages(target: Path) -> Iterator[dict[str, Any]]:
    with target.open("rb") as out:
        for line in iter(out.readline, b""):
            message = json.loads(line)
            if "refused" in message:
                raise Refused(Reason(message["refused"]), **message["facts"])
            sizes = message.pop("bytes", ())
            message["columns"] = [out.read(size).decode("utf-8", "surrogatepass") for size in sizes]
            yield message


@dataclass
class _Parts:
    """A table as it grows, piece by piece."""

    columns: list[list[str]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)

    def add(self, piece: dict[str, Any]) -> None:
        """Append one piece of every column."""
        while len(self.columns) < len(piece["columns"]):
            self.columns.append([""] * len(self.numbers))
        for column, joined in zip(self.columns, piece["columns"], strict=True):
            column.extend(joined.split(_SEPARATOR))
        first, count = (piece["rows"][0], piece["rows"][1]) if piece["run"] else (0, 0)
        self.numbers.extend(range(first, first + count) if piece["run"] else piece["rows"])


def _assemble(messages: Iterator[dict[str, Any]], path: Path, shown: str) -> RawTable:
    facts = next(messages)
    parts = _Parts()
    end: dict[str, Any] = {}
    for message in messages:
        if "end" in message:
            end = message
        else:
            parts.add(message)
    if end.get("end") != len(parts.numbers):
        raise Refused(Reason.DAMAGED)
    dropped = _drop_empty(parts.columns, facts["names"])
    header = unique_names(facts["names"], len(parts.columns), _unnamed)
    return RawTable(
        filename=shown,
        sheet=facts["sheet"],
        header=header,
        header_row=facts["header_row"],
        first_data_row=parts.numbers[0],
        columns=parts.columns,
        row_numbers=_compact(parts.numbers),
        overlong_rows=tuple(end["overlong"]),
        short_rows=tuple(end["short"]),
        encoding=facts["encoding"],
        notes=tuple(_notes(facts, end, dropped)),
        sha256=_sha256(path),
        size_bytes=path.stat().st_size,
    )


def _unnamed(place: int) -> str:
    return _("第%(place)s列（无列名）", place=place + 1)


def _drop_empty(columns: list[list[str]], names: Sequence[str]) -> int:
    """Drop columns after the last name that hold nothing; return how many."""
    before = len(columns)
    while len(columns) > len(names) and not any(map(str.strip, columns[-1])):
        columns.pop()
    while len(columns) < len(names):
        columns.append([""] * len(columns[0]))
    return max(0, before - len(columns))


def _compact(numbers: list[int]) -> Sequence[int]:
    is_run = numbers[-1] - numbers[0] + 1 == len(numbers)
    return range(numbers[0], numbers[-1] + 1) if is_run else tuple(numbers)


def _notes(facts: dict[str, Any], end: dict[str, Any], dropped: int) -> Iterator[Text]:
    if facts["other_sheets"]:
        yield _("只读取了工作表“%(sheet)s”；未读取：%(others)s。",
                sheet=facts["sheet"], others="、".join(facts["other_sheets"]))  # fmt: skip
    if facts["header_row"] > 1:
        yield _("表头在第%(row)s行，其上各行未作为数据读取。", row=facts["header_row"])
    if end["trailing_empty"] or dropped:
        yield _("每行末尾多出的空白列已去掉，各列与列名对齐。")
    if facts["encoding"] == "gb18030":
        yield _("文件按GB18030（GBK）编码读取，请核对预览中的汉字。")
    if end["digits_lost"]:
        yield _(
            "有%(count)s个超过15位的数字以数值保存，末位可能已失真；请在Excel中把该列设为文本后重新导出。",
            count=end["digits_lost"],
        )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
