"""Templates escape everything, carry no program of their own and name no other host.

The content security policy would stop most of it in the browser; these tests stop it before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, calls, modules

FORBIDDEN: Mapping[str, re.Pattern[str]] = {
    "lets text through unescaped": re.compile(r"\|\s*safe\b|\{%-?\s*autoescape\s+false|\bMarkup\("),
    "has an inline handler": re.compile(r"<[a-z][^<>]*\son[a-z]+\s*=", re.IGNORECASE),
    "has a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
    "has an inline script without a nonce": re.compile(
        r"<script(?![^>]*\bsrc\s*=)(?![^>]*\bnonce\s*=)[^>]*>", re.IGNORECASE
    ),
    "has an inline style without a nonce": re.compile(r"<style(?![^>]*\bnonce\s*=)[^>]*>", re.IGNORECASE),
    # "//host" too. A name space is a name, not an address.
    "names another host": re.compile(
        r"""(?:(?:src|href|action|formaction|poster|srcset|data)\s*=\s*["']?\s*|url\(\s*["']?|@import\s+["']?)"""
        r"(?:https?:)?//(?!www\.w3\.org/)",
        re.IGNORECASE,
    ),
}  # fmt: skip
# A letter for the printer and a mail bring their style with them: no browser, no policy.
NO_BROWSER = ("templates/documents/", "templates/mail/", "templates/emails/")
WITHOUT_NONCE = "has an inline style without a nonce"
# Drawn by us from numbers and escaped words, never from what somebody typed as markup.
MAKES_MARKUP = frozenset({"ipfin/web/charts.py"})
SCRIPT_DANGERS = re.compile(
    r"\beval\(|new Function\(|\.innerHTML\b|\.outerHTML\b|document\.write|insertAdjacentHTML"
)


def offences(root: Path) -> list[str]:
    """Return the faults of the templates and the static files below `root`."""
    found = []
    for folder, pattern in (("templates", "*"), ("static", "*.css"), ("static", "*.js"), ("static", "*.svg")):
        for path in sorted((root / folder).rglob(pattern)):
            if path.is_file():
                found += _faults(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"))
    return found


def _faults(place: str, text: str) -> list[str]:
    found = [
        f"{place}:{text.count(chr(10), 0, match.start()) + 1}: {fault}"
        for fault, pattern in FORBIDDEN.items()
        if not (fault == WITHOUT_NONCE and place.startswith(NO_BROWSER))
        for match in pattern.finditer(text)
    ]
    if place.endswith(".js") and (match := SCRIPT_DANGERS.search(text)):
        found.append(f"{place}: writes markup or runs text as a program: {match[0]}")
    return found


def markup_offences(root: Path) -> list[str]:
    """Return the places in the code that declare text to be markup."""
    return [
        f"{module.at(call)}: {name}()"
        for module in modules(root)
        if module.place not in MAKES_MARKUP
        for call, name in calls(module)
        if name.rsplit(".", 1)[-1] == "Markup" and call.args
    ]


def test_templates_and_static_files_are_clean() -> None:
    assert offences(ROOT) == []


def test_the_code_declares_no_text_to_be_markup() -> None:
    assert markup_offences(ROOT) == []


@pytest.mark.parametrize(
    "line",
    [
        "{{ enterprise.name|safe }}",
        "{{ enterprise.name | safe }}",
        "{% autoescape false %}",
        '<button onclick="go()">',
        '<body\n  onload="go()">',
        '<a href="javascript:go()">',
        "<script>go()</script>",
        "<style>p{}</style>",
        '<script src="https://cdn.example.org/x.js"></script>',
        '<link rel="stylesheet" href="//cdn.example.org/x.css">',
        '<img src=" http://example.org/x.png">',
    ],
)
def test_a_planted_fault_in_a_template_is_found(plant: Callable[[str, str], Path], line: str) -> None:
    assert len(offences(plant("templates/bank/firms/index.html", line))) == 1


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("static/css/base.css", "@import 'https://example.org/x.css';"),
        ("static/css/base.css", "body { background: url(//example.org/x.png) }"),
        ("static/js/tables.js", "row.innerHTML = name"),
    ],
)
def test_a_planted_fault_in_a_static_file_is_found(
    plant: Callable[[str, str], Path], place: str, line: str
) -> None:
    assert len(offences(plant(place, line))) == 1


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("templates/base.html", '<script nonce="{{ csp_nonce }}">go()</script>'),
        (
            "templates/base.html",
            "<script src=\"{{ url_for('static', filename='js/x.js') }}\" defer></script>",
        ),
        ("templates/base.html", '<svg xmlns="http://www.w3.org/2000/svg"></svg>'),
        ("templates/base.html", "<p>safe, only online = 3</p>"),
        ("templates/documents/letter.html", "<style>@page{size:A4}</style>"),
    ],
)
def test_what_is_right_is_left_alone(plant: Callable[[str, str], Path], place: str, line: str) -> None:
    assert offences(plant(place, line)) == []


def test_planted_markup_in_the_code_is_found(plant: Callable[[str, str], Path]) -> None:
    assert len(markup_offences(plant("ipfin/web/filters.py", "def bold(x):\n    return Markup(x)"))) == 1
