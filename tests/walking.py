"""Following links as a person does: which pages there are for somebody, and what they lead to. Pure.

An address counts as another page when its endpoint or the names of its filters differ: the hundredth row
of a list leads to the same page as the first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast
from urllib.parse import parse_qsl, urljoin, urlsplit
from xml.etree.ElementTree import Element

from flask import Flask
from lxml.html import document_fromstring
from werkzeug.exceptions import HTTPException

# Where a person is in a list, and how it lies before him: no page of its own.
_SAME_PAGE = frozenset({"cursor", "next", "back", "sort", "q"})


@dataclass(frozen=True)
class Target:
    """Where a link or a form leads: the address, the method, the words on it."""

    address: str
    method: str
    words: str


def parsed(html: str) -> Element:
    """Return the page as a tree. Quick and forgiving: whether it is well-formed is looked at in `looking`."""
    return cast(Element, document_fromstring(html))


def targets_of(root: Element, address: str) -> Iterator[Target]:
    """Yield where the page at `address` leads, within this product."""
    for link in root.iter("a"):
        yield from _target(address, link.get("href"), "GET", link)
    for form in root.iter("form"):
        method = (form.get("method") or "get").upper()
        yield from _target(address, form.get("action") or address, method, form)
        for button in form.iter("button"):
            if button.get("formaction"):
                own = (button.get("formmethod") or method).upper()
                yield from _target(address, button.get("formaction"), own, button)


def _target(address: str, href: str | None, method: str, element: Element) -> Iterator[Target]:
    if href is None or href.startswith(("mailto:", "tel:", "data:")):
        return
    words = " ".join("".join(element.itertext()).split())[:40]
    yield Target(urljoin(address, href), method, words)


def endpoint_of(app: Flask, target: Target) -> str | None:
    """Return the endpoint behind a target, None where there is none."""
    try:
        endpoint, _arguments = app.url_map.bind("127.0.0.1").match(
            urlsplit(target.address).path, method=target.method
        )
    except HTTPException:
        return None
    return str(endpoint)


def page_of(endpoint: str, address: str) -> tuple[str, tuple[str, ...]]:
    """Return which page an address is: its endpoint, and the filters that are set."""
    names = {name for name, value in parse_qsl(urlsplit(address).query) if value}
    return endpoint, tuple(sorted(names - _SAME_PAGE))
