"""What every page must satisfy, whatever it is about. Pure: takes HTML, returns faults in words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib

import ipfin

# Words of settings and rights, which stand in no column that a page could print.
_NOT_SHOWN = frozenset({"ipfin.config", "ipfin.accounts.policy"})
_WORDS_OF_PEOPLE = frozenset({"xlsx", "xlsb", "xlsm", "html"})
# Where a page may show a raw word: codes are printed as such.
_RAW_PLACES = frozenset({"code", "pre", "script", "style", "textarea", "kbd"})
_LEAKS = re.compile(
    r"\{\{|\}\}|\{%|%\(\w+\)s|\{'|<\w+ object|Undefined"
    # Chinese characters count as parts of a word: \b would let "共None家" pass.
    r"|(?<![A-Za-z])(?:None|True|False|nan)(?![A-Za-z])"
)
_WORD = re.compile(r"(?<![A-Za-z0-9_@./:=&#?-])[a-z][a-z0-9_]{3,}(?![A-Za-z0-9_@./:=-])")
_LABELLED = frozenset({"input", "select", "textarea"})
_NEEDS_NO_LABEL = frozenset({"hidden", "submit", "button", "reset", "image"})


def faults_of(html: str) -> list[str]:
    """Return what is wrong with a page."""
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False)
    root = parser.parse(html)
    found = [f"not well-formed: {code} {place}" for place, code, _data in parser.errors]
    for rule in (_head, _heading_order, _ids, _labels, _forms, _links, _programs, _words):
        found.extend(rule(root))
    return found


def header_faults(headers: Mapping[str, str], *, is_static: bool = False) -> list[str]:
    """Return what an answer's headers lack (ASVS 5.0 3.4)."""
    policy = headers.get("Content-Security-Policy", "")
    found = [] if "default-src 'none'" in policy else ["no content security policy that starts closed"]
    if "unsafe" in policy or "*" in policy:
        found.append("a content security policy with holes")
    if "sandbox" not in policy and "frame-ancestors 'none'" not in policy:
        found.append("may be framed")
    wanted = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    found += [f"{name} is not {value}" for name, value in wanted.items() if headers.get(name) != value]
    if not is_static and headers.get("Cache-Control") != "no-store":
        found.append("may be kept by a cache")
    if not is_static and "Cookie" not in headers.get("Vary", ""):
        found.append("does not vary by cookie")
    return found


def form_token(html: str) -> str | None:
    """Return the form token that the page carries."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"|value="([^"]+)"[^>]*name="csrf_token"', html)
    return (found[1] or found[2]) if found else None


@lru_cache(maxsize=1)
def program_words() -> frozenset[str]:
    """Return the values of our enums that are no words of a language people read."""
    root = Path(ipfin.__path__[0])
    for path in sorted(root.rglob("*.py")):
        if "(StrEnum)" in path.read_text(encoding="utf-8"):
            import_module(".".join(("ipfin", *path.relative_to(root).with_suffix("").parts)))
    kinds = [kind for kind in StrEnum.__subclasses__() if kind.__module__.startswith("ipfin.")]
    shown = [kind for kind in kinds if kind.__module__ not in _NOT_SHOWN]
    values = {member.value for kind in shown for member in kind if len(member.value) >= 4}
    return frozenset(values - _WORDS_OF_PEOPLE)


def _head(root: Element) -> Iterator[str]:
    headings = list(root.iter("h1"))
    if len(headings) != 1 or not _text(headings[0]).strip():
        yield f"{len(headings)} first headings, one is wanted"
    title = root.find(".//title")
    words = _text(title) if title is not None else ""
    if not words.strip() or words.strip().startswith("·"):
        yield "no title"
    if not root.get("lang"):
        yield "does not say its language"
    if root.find(".//main") is None:
        yield "no main part"


def _heading_order(root: Element) -> Iterator[str]:
    before = 0
    for element in root.iter():
        if re.fullmatch(r"h[1-6]", str(element.tag)):
            level = int(element.tag[1])
            if level > before + 1 and before:
                yield f"heading {element.tag} “{_text(element).strip()}” follows h{before}"
            before = level


def _ids(root: Element) -> Iterator[str]:
    ids = Counter(element.get("id") for element in root.iter() if element.get("id"))
    yield from (f"id {name} stands {times} times" for name, times in ids.items() if times > 1)
    for element in root.iter():
        for attribute in ("for", "aria-describedby", "aria-labelledby", "list"):
            for name in (element.get(attribute) or "").split():
                if name not in ids:
                    yield f"{attribute}={name} points nowhere"


def _labels(root: Element) -> Iterator[str]:
    named = {label.get("for") for label in root.iter("label") if _text(label).strip()}
    wrapped = {
        id(control)
        for label in root.iter("label")
        if _text(label).strip()
        for control in label.iter()
        if control.tag in _LABELLED
    }
    for control in root.iter():
        if control.tag not in _LABELLED or control.get("type") in _NEEDS_NO_LABEL:
            continue
        says = control.get("aria-label") or control.get("aria-labelledby")
        if not (says or control.get("id") in named or id(control) in wrapped):
            yield f"{control.tag} {control.get('name')} has no label"
    for button in root.iter("button"):
        if not (_text(button).strip() or button.get("aria-label")):
            yield "a button without words"
    for image in root.iter("img"):
        if image.get("alt") is None:
            yield f"image {image.get('src')} has no alternative text"


def _forms(root: Element) -> Iterator[str]:
    for form in root.iter("form"):
        posts = (form.get("method") or "get").lower() == "post"
        tokens = [field for field in form.iter("input") if field.get("name") == "csrf_token"]
        if posts and len(tokens) != 1:
            yield f"form to {form.get('action')} has {len(tokens)} form tokens"
        if not posts and tokens:
            yield f"form to {form.get('action')} would put its token into the address"


def _links(root: Element) -> Iterator[str]:
    for link in root.iter("a"):
        if link.get("href") is None:
            yield f"link “{_text(link).strip()}” leads nowhere"
        elif not (_text(link).strip() or link.get("aria-label")):
            yield f"link to {link.get('href')} has no words"
    for element in root.iter():
        if element.get("style") is not None:
            yield f"{element.tag} carries a style of its own"


def _programs(root: Element) -> Iterator[str]:
    """Find what only a name that was not escaped could have put there."""
    for element in root.iter():
        for name, value in element.attrib.items():
            if name.startswith("on"):
                yield f"{element.tag} carries a handler {name}"
            if name in ("href", "src", "action", "formaction") and _runs(value):
                yield f"{element.tag} leads to {value[:40]}"
        if element.tag == "script" and not (element.get("src") or "").startswith("/static/"):
            yield "a script that is not ours"
        if element.tag in ("iframe", "object", "embed", "base"):
            yield f"holds {element.tag}"


def _runs(address: str) -> bool:
    word = re.sub(r"[\x00-\x20]", "", address).lower()
    return word.startswith(("javascript:", "vbscript:", "data:text")) or "//" in word[:8].split("?")[0]


def _words(root: Element) -> Iterator[str]:
    shown = " ".join(_readable(root))
    for leak in _LEAKS.finditer(shown):
        yield f"shows “{shown[max(0, leak.start() - 20) : leak.end() + 20].strip()}”"
    if not (root.get("lang") or "").startswith("zh"):
        return  # in English a state may well be called by the program's word
    for word in sorted(set(_WORD.findall(shown)) & program_words()):
        yield f"shows the program's word {word}"


def _readable(element: Element) -> Iterator[str]:
    if element.tag in _RAW_PLACES or "code" in (element.get("class") or "").split():
        return
    for attribute in ("title", "placeholder", "aria-label", "alt"):
        yield element.get(attribute) or ""
    yield element.text or ""
    for child in element:
        yield from _readable(child)
        yield child.tail or ""


def _text(element: Element) -> str:
    return "".join(element.itertext())
