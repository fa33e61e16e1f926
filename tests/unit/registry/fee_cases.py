"""Worked tables read from docs/rules/annual-fees.md."""

from __future__ import annotations

from pathlib import Path

RULES = Path(__file__).parents[3] / "docs" / "rules" / "annual-fees.md"


def rows(heading: str) -> list[tuple[str, ...]]:
    """Return the rows of the first table under a heading of the rules, without header and rule."""
    section = RULES.read_text("utf-8").split(f"# {heading}\n", 1)[1].split("\n#", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines[2:]]
