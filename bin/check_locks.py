"""Check the lock files: every name of the .in files is pinned, all have hashes, none names a registry.

Decides nothing about versions; `make lock` chooses them. Standard library only.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PIN = re.compile(r"^(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^]]*\])?==[^\s;\\]+")
WISH = re.compile(r"^(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)")
PAIRS = tuple(
    (f"{name}.in", f"{name}.txt") for name in ("requirements", "requirements-cluster", "requirements-dev")
)


def normal(name: str) -> str:
    """Return the one spelling of a distribution's name (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def wishes(text: str) -> set[str]:
    """Return the names that an .in file asks for."""
    return {normal(found["name"]) for line in text.splitlines() if (found := WISH.match(line))}


def faults(wished: str, locked: str) -> list[str]:
    """Return what is wrong with the lock file `locked` that stands for the .in file `wished`."""
    found = []
    blocks = re.split(r"\n(?=[A-Za-z0-9])", locked.strip())
    pinned = set()
    for block in blocks:
        pin = PIN.match(block)
        if pin is None:
            found.append(f"not an exact version: {block.splitlines()[0]}")
            continue
        pinned.add(normal(pin["name"]))
        if "--hash=sha256:" not in block:
            found.append(f"without a hash: {pin['name']}")
    found += [f"asked for but not locked (make lock): {name}" for name in sorted(wishes(wished) - pinned)]
    found += [f"names an address: {line}" for line in locked.splitlines() if "://" in line]
    return found


def main() -> int:
    """Print the faults of all lock files."""
    all_faults = [
        f"{locked}: {fault}"
        for wished, locked in PAIRS
        for fault in faults(
            (ROOT / wished).read_text(encoding="utf-8"), (ROOT / locked).read_text(encoding="utf-8")
        )
    ]
    for fault in all_faults:
        print(fault)
    return 1 if all_faults else 0


if __name__ == "__main__":
    sys.exit(main())
