"""No module is named after nothing in particular: such a name attracts everything."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

SAYS_NOTHING = frozenset({"util", "utils", "helper", "helpers", "common", "misc", "manager", "stuff"})
FOLDERS = ("ipfin", "tests", "benchmarks", "bin", "migrations")


def offences(root: Path) -> list[str]:
    """Return the modules and packages whose name has such a word in it."""
    return sorted(
        path.relative_to(root).as_posix()
        for folder in FOLDERS
        for path in (root / folder).rglob("*")
        if path.suffix == ".py" or (path.is_dir() and path.name != "__pycache__")
        if SAYS_NOTHING & set(path.stem.lower().split("_"))
    )


def test_every_module_is_named_after_what_it_does() -> None:
    assert offences(ROOT) == []


@pytest.mark.parametrize(
    "place", ["ipfin/utils.py", "ipfin/web/form_helpers.py", "tests/common/__init__.py", "bin/misc.py"]
)
def test_a_planted_name_is_found(plant: Callable[[str, str], Path], place: str) -> None:
    assert len(offences(plant(place, ""))) == 1


def test_a_word_inside_a_word_is_no_offence(plant: Callable[[str, str], Path]) -> None:
    assert offences(plant("ipfin/registry/commonwealth.py", "")) == []
