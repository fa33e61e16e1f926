"""Reads the product's own source for the tests in this folder. Decides no rule; the tests do.

Every rule is a function from a source folder to sentences about what breaks it, so that a test can
plant a fault in a folder of its own and see the rule find it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Module:
    """One module of ours: its dotted name, its place below the source folder, its syntax tree."""

    name: str
    place: str
    tree: ast.Module
    is_package: bool

    @property
    def parts(self) -> tuple[str, ...]:
        """The dotted name in pieces: ("ipfin", "whitelist", "scoring")."""
        return tuple(self.name.split("."))

    def at(self, node: ast.AST) -> str:
        """Return where `node` stands, as an editor understands it."""
        return f"{self.place}:{getattr(node, 'lineno', 1)}"


def modules(root: Path, package: str = "ipfin") -> list[Module]:
    """Return the modules of `package` below `root`, in the order of their names."""
    found = []
    for path in sorted((root / package).rglob("*.py")):
        place = path.relative_to(root)
        parts = place.with_suffix("").parts
        is_package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if is_package else parts)
        tree = _tree(path.read_text(encoding="utf-8"), str(place))
        found.append(Module(name, place.as_posix(), tree, is_package))
    return found


@cache
def _tree(text: str, place: str) -> ast.Module:
    # Each rule reads the whole source; none changes what it reads.
    return ast.parse(text, place)


def imports(module: Module) -> Iterator[tuple[ast.AST, str]]:
    """Yield what `module` imports, anywhere in it: also in functions, also for types only.

    `from a import b` counts as `a.b`: whether b is a module is for the reader to know.
    """
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node, alias.name
        elif isinstance(node, ast.ImportFrom):
            origin = _origin(module, node)
            for alias in node.names:
                yield node, f"{origin}.{alias.name}"


def _origin(module: Module, node: ast.ImportFrom) -> str:
    if node.level == 0:
        return node.module or ""
    kept = len(module.parts) - node.level + (1 if module.is_package else 0)
    return ".".join([*module.parts[:kept], *([node.module] if node.module else [])])


def dotted(node: ast.AST) -> str:
    """Return `a.b.c` for a chain of names, the last names for a chain that starts with a call."""
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else node.attr
    return node.id if isinstance(node, ast.Name) else ""


def calls(module: Module) -> Iterator[tuple[ast.Call, str]]:
    """Yield every call in `module` with the dotted name of what is called."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call):
            yield node, dotted(node.func)
