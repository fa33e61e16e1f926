"""A page and its template stand at the same path, and no template is left of a page that is gone."""

from __future__ import annotations

import ast
import re
from fnmatch import fnmatch
from pathlib import Path

from tests.architecture.sources import ROOT, calls, modules

OTHERS = ("documents", "mail", "emails")  # set by the printer or read as mail, not by a page
FRAME = frozenset({"error.html"})  # shown by the frame itself
_INCLUDED = re.compile(r"""\{%-?\s*(?:extends|include|import|from)\s+["']([^"']+)["']""")


def rendered(root: Path) -> dict[str, set[str]]:
    """Return template -> places in the web that render it."""
    found: dict[str, set[str]] = {}
    for module in modules(root):
        if not module.place.startswith("ipfin/web/"):
            continue
        for call, name in calls(module):
            if name.rsplit(".", 1)[-1] != "render_template" or not call.args:
                continue
            for template in _names(call.args[0]):
                found.setdefault(template, set()).add(module.place)
    return found


def _names(node: ast.expr) -> list[str]:
    """Return the template names that an argument may be; `*` stands for what is computed."""
    if isinstance(node, ast.JoinedStr):
        parts = (part.value if isinstance(part, ast.Constant) else "*" for part in node.values)
        return ["".join(map(str, parts))]
    if isinstance(node, ast.IfExp):
        return [*_names(node.body), *_names(node.orelse)]
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def offences(root: Path) -> list[str]:
    """Return templates that stand elsewhere than their page, are missing, or belong to no page."""
    folder = root / "templates"
    shown, found = rendered(root), []
    for template, places in sorted(shown.items()):
        if not any(folder.glob(template)):
            found.append(f"{template} is rendered by {sorted(places)} and is not there")
        found += [
            f"{place} renders {template}, which is another page's"
            for place in places
            if template not in FRAME
            and not template.startswith((*OTHERS, "*"))
            and not _is_own(place, template)
        ]
    included = {
        name for path in folder.rglob("*.html") for name in _INCLUDED.findall(path.read_text("utf-8"))
    }
    for path in sorted(folder.rglob("*.html")):
        template = path.relative_to(folder).as_posix()
        is_of_all = template.startswith((*OTHERS, "_")) or template in included
        if not is_of_all and not any(fnmatch(template, each) for each in shown):
            found.append(f"{template} belongs to no page")
    return found


def _is_own(place: str, template: str) -> bool:
    """Whether ipfin/web/office/rounds.py (or office/rounds/…) may render office/rounds/….html."""
    page = place.removeprefix("ipfin/web/").removesuffix(".py")
    area = "/".join(template.split("/")[:2])
    return page == area or page.startswith(area + "/")


def test_every_template_has_its_page_and_every_page_its_template() -> None:
    found = offences(ROOT)
    assert not found, "\n".join(found)


def test_planted_faults_are_found(tmp_path: Path) -> None:
    for place, text in (
        ("templates/office/rounds/show.html", ""),
        ("templates/office/rounds/left_over.html", ""),
        ("ipfin/web/office/rounds.py", 'render_template("office/rounds/show.html")'),
        ("ipfin/web/bank/rounds.py", 'render_template("office/rounds/show.html")'),
        ("ipfin/web/bank/firms.py", 'render_template("bank/firms/gone.html")'),
    ):
        path = tmp_path / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert len(offences(tmp_path)) == 3
