"""The contracts of import-linter hold, cover every package, and can fail."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.sources import ROOT
from tests.architecture.test_purity import EDGES

LINT_IMPORTS = "import sys; from importlinter.cli import lint_imports_command as run; sys.exit(run())"
# The two that sit on Flask, the composition of both, and the process that works through the jobs.
ABOVE_THE_WEB = frozenset({"app", "web", "cli", "worker"})


def contracts() -> list[dict[str, Any]]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        found: list[dict[str, Any]] = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    return found


LAYERS = sorted(
    name.strip(" ()")
    for contract in contracts()
    if contract["type"] == "layers"
    for layer in contract["layers"]
    for name in layer.split("|")
)


def lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", LINT_IMPORTS, "--no-cache"],
        cwd=root,
        env={"PYTHONPATH": str(root), "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def empty_product(tmp_path: Path) -> Path:
    """Return a folder with our contracts and our packages, with nothing in them."""
    for name in LAYERS:
        plant(tmp_path, f"ipfin/{name}/__init__.py", "")
    plant(tmp_path, "ipfin/__init__.py", "")
    plant(tmp_path, "ipfin/web/paging.py", "import flask")
    plant(tmp_path, "ipfin/events/lifecycle.py", "import sqlalchemy")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def plant(root: Path, place: str, line: str) -> None:
    path = root / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(line + "\n", encoding="utf-8")


def test_every_contract_is_kept() -> None:
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("place", "line", "broken"),
    [
        ("ipfin/registry/planted.py", "import ipfin.web.paging", "Domains below, audiences above"),
        ("ipfin/whitelist/planted.py", "import ipfin.events.lifecycle", "Domains below, audiences above"),
        ("ipfin/brokerage/__init__.py", "", "Domains below, audiences above"),
        ("ipfin/events/planted.py", "def late():\n    import flask", "No Flask below web"),
        ("ipfin/kernel/planted.py", "import sqlalchemy", "The kernel stands on the standard library"),
    ],
)
def test_a_planted_fault_breaks_its_contract(empty_product: Path, place: str, line: str, broken: str) -> None:
    assert lint_imports(empty_product).returncode == 0
    plant(empty_product, place, line)
    done = lint_imports(empty_product)
    assert done.returncode != 0
    assert broken in done.stdout.split("Broken contracts")[-1]


def test_every_package_below_the_web_is_forbidden_flask() -> None:
    forbidden = next(contract for contract in contracts() if contract["name"].startswith("No Flask"))
    ours = {
        path.stem
        for path in (ROOT / "ipfin").iterdir()
        if (path.suffix == ".py" or (path / "__init__.py").exists()) and path.name != "__init__.py"
    }
    assert {f"ipfin.{name}" for name in ours - ABOVE_THE_WEB} <= set(forbidden["source_modules"])


def test_the_edges_of_the_purity_test_are_packages_that_the_layers_know() -> None:
    assert set(LAYERS) >= EDGES
