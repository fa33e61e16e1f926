"""Starting the product: what `import ipfin.app` costs in a fresh process, and what it loads.

Floor: importing the libraries on which every page stands, and nothing of ours.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from statistics import median

from benchmarks.lines import Line, cost_of
from benchmarks.material import Size

FLOOR = "flask + sqlalchemy + flask_login + wtforms"
GOAL = 1.2
STARTS = 3
HEAVY = ("numpy", "pandas", "scipy", "ortools", "weasyprint", "reportlab", "numba")


def measure(_folder: Path, _size: Size) -> list[Line]:
    """Return the lines of the start."""
    libraries = "import flask, sqlalchemy.orm, flask_login, wtforms"
    _run(libraries)
    _run("import ipfin.app")
    costs = [
        (cost_of(lambda: _run("import ipfin.app")), cost_of(lambda: _run(libraries))) for _ in range(STARTS)
    ]
    ours, floor = median(cost for cost, _ in costs), median(cost for _, cost in costs)
    loaded = _run(f"import ipfin.app, sys; print(*[n for n in {HEAVY!r} if n in sys.modules])").split()
    return [
        Line("app start (import ipfin.app)", ours, floor, FLOOR, GOAL),
        Line(
            "  heavy libraries it loads", len(loaded), goal=0, unit="", is_limit=True, note=" ".join(loaded)
        ),
    ]


def _run(program: str) -> str:
    done = subprocess.run(  # noqa: S603 - our own programs, no shell
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return done.stdout
