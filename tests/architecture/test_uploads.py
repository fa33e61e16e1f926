"""No upload meets a reader without bounds.

`pandas.read_excel` was driven out of memory by a file of one and a half kilobytes: one cell in the
last column of the last row. Uploads go through the bounded reader, in a child process.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, calls, modules

UNBOUNDED = frozenset({"read_excel", "read_html", "read_pickle", "extractall"})
# Reads whatever stands in the file, and what stands in a pickle or a YAML document may be a program.
UNSAFE = frozenset({"pickle.load", "pickle.loads", "marshal.loads", "yaml.load", "eval", "exec"})


def offences(root: Path) -> list[str]:
    """Return the calls that would hand a file to a reader without bounds."""
    return [
        f"{module.at(call)}: {name}()"
        for module in modules(root)
        for call, name in calls(module)
        if name.rsplit(".", 1)[-1] in UNBOUNDED or name in UNSAFE
    ]


def test_no_reader_without_bounds_is_called() -> None:
    assert offences(ROOT) == []


@pytest.mark.parametrize(
    "line", ["pd.read_excel(path)", "read_excel(path)", "archive.extractall(folder)", "pickle.loads(data)"]
)
def test_a_planted_reader_is_found(plant: Callable[[str, str], Path], line: str) -> None:
    assert len(offences(plant("ipfin/registry/reading/table.py", line))) == 1
