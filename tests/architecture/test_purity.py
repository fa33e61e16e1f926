"""Rules are pure: in a domain package only a few named modules know a database, a frame or a page.

A rule that needs no database can be tested in a millisecond, shown on a page, run over a whole
province and read by a lawyer. The layers between packages are checked by import-linter.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, Module, imports, modules

# What stands at the edge of the product and ties domains to the world. Everything else is a domain.
EDGES = frozenset(
    {"app", "web", "cli", "worker", "demo", "story", "schema", "reference", "config", "db", "bulk"}
)
# In a domain: modules, or packages, of these names talk to the database and to files.
IMPURE = frozenset({"models", "service", "queries", "intake", "export"})
# Libraries that only compute or only know tables; they are at home in a rule.
OF_RULES = frozenset({"numpy", "scipy", "ortools", "stdnum", "pypinyin", "chinese_calendar"})
# A module, or all of a package, that is no rule and has one tool of its own; and why.
TOOLS: Mapping[str, frozenset[str]] = {
    # the bounded reader of uploads: parses files, in a child process, and knows no database
    "ipfin.registry.reading": frozenset({"pandas", "python_calamine", "openpyxl", "defusedxml", "filetype"}),
    # what draws and writes files: letters, directories, spreadsheets
    "ipfin.documents": frozenset(
        {"weasyprint", "reportlab", "xlsxwriter", "openpyxl", "pandas", "pypdf", "segno", "jinja2"}
        | {"markupsafe", "defusedxml", "filetype", "python_calamine", "pygal", "fontTools", "pydyf"}
    ),
    # secrets of people: the hash function, the one-time codes, their QR code
    "ipfin.accounts": frozenset({"argon2", "pyotp", "segno", "cryptography"}),
    # the queue itself
    "ipfin.jobs": frozenset({"huey", "redis"}),
}


def is_impure_by_name(name: str) -> bool:
    """Whether the module `ipfin.<domain>.<name>...` may talk to the database by its name."""
    parts = name.split(".")
    if parts[0] != "ipfin" or len(parts) < 2:
        return False
    # Every kind of list has a room of its own inside `lists`, with its own intake.
    inside = parts[2:4] if parts[1] == "lists" else parts[2:3]
    return parts[1] in EDGES or not IMPURE.isdisjoint(inside)


def offences(root: Path) -> list[str]:
    """Return the imports by which a pure module would stop being one."""
    return [
        f"{module.at(node)}: {module.name} is a rule and imports {target}"
        for module in modules(root)
        if len(module.parts) > 1 and not is_impure_by_name(module.name)
        for node, target in imports(module)
        if not _may_import(module, target)
    ]


def _may_import(module: Module, target: str) -> bool:
    top = target.split(".")[0]
    if top == "ipfin":
        return not is_impure_by_name(target)
    if top in sys.stdlib_module_names or top in OF_RULES:
        return True
    return any(
        top in tools
        for home, tools in TOOLS.items()
        if module.name == home or module.name.startswith(f"{home}.")
    )


def inner_offences(root: Path) -> list[str]:
    """Return imports against the order inside a domain: service -> queries -> models -> rules."""
    order = {"models": {"queries", "service", "intake", "export"}, "queries": {"service", "intake", "export"}}
    return [
        f"{module.at(node)}: {module.name} imports {target}, which stands above it"
        for module in modules(root)
        if len(module.parts) > 2 and module.parts[1] not in EDGES
        for node, target in imports(module)
        if target.startswith(f"ipfin.{module.parts[1]}.")
        and target.split(".")[2] in order.get(module.parts[2], set())
    ]


def test_no_rule_knows_a_database_a_frame_or_a_page() -> None:
    assert offences(ROOT) == []


def test_inside_a_domain_nobody_imports_upward() -> None:
    assert inner_offences(ROOT) == []


@pytest.mark.parametrize(
    "line",
    [
        "import sqlalchemy",
        "from sqlalchemy.orm import Session",
        "import pandas as pd",
        "from weasyprint import HTML",
        "import flask",
        "from ipfin.whitelist.models import Admission",
        "from ipfin.whitelist import models",
        "from . import queries",
        "from .service import publish",
        "from ipfin.registry.service.merge import merge",
        "from ipfin.db import Base",
        "from ipfin.config import Settings",
        "def late():\n    import reportlab",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from sqlalchemy import Engine",
    ],
)
def test_a_planted_import_in_a_rule_is_found(plant: Callable[[str, str], Path], line: str) -> None:
    assert len(offences(plant("ipfin/whitelist/scoring.py", line))) == 1


@pytest.mark.parametrize(
    "place",
    ["ipfin/whitelist/service.py", "ipfin/whitelist/service/publish.py", "ipfin/web/bank/firms.py"],
)
def test_where_it_belongs_the_same_import_is_right(plant: Callable[[str, str], Path], place: str) -> None:
    assert offences(plant(place, "import sqlalchemy\nfrom ipfin.whitelist.models import Admission")) == []


@pytest.mark.parametrize(
    "line", ["import numpy as np", "from datetime import date", "from ipfin.kernel import money"]
)
def test_what_only_computes_is_at_home_in_a_rule(plant: Callable[[str, str], Path], line: str) -> None:
    assert offences(plant("ipfin/whitelist/scoring.py", line)) == []


def test_a_tool_is_right_in_its_own_package_only(plant: Callable[[str, str], Path]) -> None:
    plant("ipfin/documents/letter.py", "def draw():\n    import weasyprint")
    root = plant("ipfin/reports/directory.py", "def draw():\n    import weasyprint")
    assert [offence.split(":")[0] for offence in offences(root)] == ["ipfin/reports/directory.py"]


def test_a_package_s_own_init_is_a_rule_too(plant: Callable[[str, str], Path]) -> None:
    assert offences(plant("ipfin/whitelist/__init__.py", "from .models import Admission")) != []


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("ipfin/events/models/event.py", "from ipfin.events.queries import seats"),
        ("ipfin/events/queries.py", "from ipfin.events import service"),
        ("ipfin/events/queries.py", "from .service.register import register"),
    ],
)
def test_a_planted_upward_import_is_found(plant: Callable[[str, str], Path], place: str, line: str) -> None:
    assert len(inner_offences(plant(place, line))) == 1
