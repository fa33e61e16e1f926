"""Importing the product loads none of the heavy libraries; who needs one imports it in the function.

Every start of a worker, a command and a test pays for an import at the top of a module: pandas,
WeasyPrint and OR-Tools together cost seconds and hundreds of megabytes.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.architecture.sources import ROOT

HEAVY = ("numpy", "pandas", "scipy", "ortools", "weasyprint", "reportlab", "openpyxl", "xlsxwriter", "pygal")
# The application and everything that a view or a command may bring with it.
PROGRAM = """
import importlib, pkgutil, sys
import ipfin
seen = set()
for start in sys.argv[2:]:
    top = importlib.import_module(start)
    for found in pkgutil.walk_packages(getattr(top, "__path__", []), start + "."):
        importlib.import_module(found.name)
    heavy = (set(sys.argv[1].split(",")) & set(sys.modules)) - seen
    seen |= heavy
    if heavy:
        print(start, "loads", *sorted(heavy))
"""


def heavy_after_importing(*names: str, root: Path = ROOT) -> str:
    """Return which of `names`, imported with all below them one after the other, loads heavy libraries."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, ",".join(HEAVY), *names],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_importing_the_product_loads_nothing_heavy() -> None:
    assert heavy_after_importing("ipfin.app", "ipfin.web", "ipfin.cli", "ipfin.worker") == ""


def test_an_eager_import_would_be_found() -> None:
    assert "numpy" in heavy_after_importing("numpy.linalg")
