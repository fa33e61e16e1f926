"""Worked numbers read from docs/rules/scoring.md, and readings made from them."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

from ipfin.whitelist.facts import Missing, Reading
from ipfin.whitelist.scorecard import CODES

RULES = Path(__file__).parents[3] / "docs" / "rules" / "scoring.md"


def table(heading: str, number: int = 0) -> list[dict[str, str]]:
    """Return the rows of the `number`-th table under a heading of the rules, by column."""
    section = RULES.read_text("utf-8").split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    blocks, current = [], []
    for line in [*section.splitlines(), ""]:
        if line.startswith("|"):
            current.append([cell.strip() for cell in line.strip("|").split("|")])
        elif current:
            blocks.append(current)
            current = []
    header, _rule, *rows = blocks[number]
    return [dict(zip(header, row, strict=True)) for row in rows]


def firm_a() -> dict[str, Reading]:
    """Return the readings of the worked example, all known."""
    return {row["code"]: Reading(Decimal(row["value"])) for row in table("Worked example: firm A")}


def only(known: set[str], missing: Missing = Missing.SOURCE) -> dict[str, Reading]:
    """Return firm A with everything but `known` missing for one reason."""
    full = firm_a()
    return {code: full[code] if code in known else Reading(None, missing) for code in CODES}


def told_of_firm_a(text: str) -> bool:
    """Whether `text` tells the worked example: its exact score, its grade, and its reasons in their order."""
    reasons = re.search(r"M2\b.*?C4\b.*?M3\b.*?T1\b", text, re.DOTALL)
    between = set(re.findall(r"\b[LTMC][1-5]\b", reasons.group())) if reasons else set()
    return "69.6825" in text and "评为B级" in text and between == {"M2", "C4", "M3", "T1"}
