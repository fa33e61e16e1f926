"""What the papers in docs/ point to is there: modules of the glossary, files behind links."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

TERM = re.compile(r"^\| ([a-z ]+) \|[^|]+\|[^|]+\| (.+) \|$", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)")
PAPERS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def glossary() -> list[tuple[str, str]]:
    """Return (term, module) of every line of the glossary."""
    lines = TERM.findall((ROOT / "docs" / "glossary.md").read_text(encoding="utf-8"))
    return [(term, module) for term, names in lines for module in re.findall(r"`([a-z_.]+)`", names)]


def is_there(module: str, root: Path = ROOT) -> bool:
    """Whether `ipfin.<module>` is a module or a package."""
    place = root / "ipfin" / module.replace(".", "/")
    return place.with_suffix(".py").exists() or (place / "__init__.py").exists()


def test_every_term_is_defined_in_a_module_that_is_there() -> None:
    assert len(glossary()) > 40
    assert [(term, module) for term, module in glossary() if not is_there(module)] == []


def test_every_term_stands_once_and_in_order() -> None:
    terms = list(dict.fromkeys(term for term, _module in glossary()))
    assert terms == sorted(set(terms))


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.relative_to(ROOT).as_posix())
def test_links_lead_to_files_that_are_there(paper: Path) -> None:
    targets = LINK.findall(paper.read_text(encoding="utf-8"))
    assert [target for target in targets if not (paper.parent / target).exists()] == []


def test_a_module_that_is_not_there_would_be_found() -> None:
    assert not is_there("whitelist.scorring")
