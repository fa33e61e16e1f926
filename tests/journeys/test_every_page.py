"""Every page of every role as it lies in a real browser: on a desk, on a phone, and without scripts.

Each role follows its own links; what a page says and where it leads is tried without a browser. The browser
opens a kind of page once for each set of elements it is built of. axe looks at a page that holds a kind of
element in a place where it did not see one before, on whatever page that was: what it knows of a page as a
whole (headings in order, labels, ids, landmarks) `looking` finds on every page without it.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from flask import Flask
from playwright.sync_api import Page

from ipfin.app import create_app
from tests.demonstration import PEOPLE
from tests.journeys.product import Product
from tests.journeys.visitor import PHONE, WIDE, Visitor
from tests.walking import Target, endpoint_of, parsed, targets_of
from tests.web.looking import faults_of
from tests.web.strolling import NOBODY, Queue
from tests.web.test_pages_map import WITHOUT_TEMPLATE

pytestmark = pytest.mark.timeout(600)

PAGES_A_ROLE = 150  # more than there are
# A page of a hundred rows says no more about its rows than one of five.
ROWS_LOOKED_AT = 5
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

SHORTEN = """rows => { for (const body of document.querySelectorAll("tbody"))
    for (const row of [...body.rows].slice(rows)) row.remove(); }"""
# An element, what it stands in, and what that stands in: with its colours, sizes and roles.
BUILT_OF = """() => [...new Set([...document.querySelectorAll("body *")].map(one =>
    [one, one.parentElement, one.parentElement.parentElement].map(each =>
        each.tagName + "." + each.className + "." + (each.getAttribute("role") ?? "")
        + "." + (each.getAttribute("type") ?? "")).join("<")))]"""
RUN = """async tags => {
    const found = await axe.run(document, { runOnly: tags, resultTypes: ["violations"] });
    return found.violations.map(one => one.id + ": " + one.nodes.slice(0, 3).map(
        node => node.html.slice(0, 160) + " " + (node.any[0]?.message ?? "")).join(" | ")); }"""
TOO_WIDE = """() => { const room = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= room) return "";
    const wide = [...document.querySelectorAll("main *, header *, footer *")].filter(
        one => one.getBoundingClientRect().right > room + 1).map(one => one.tagName + "." + one.className);
    return document.documentElement.scrollWidth + " px of " + room + ": " + wide.slice(0, 4).join(", "); }"""


@pytest.fixture(scope="module")
def looked_at() -> set[str]:
    """Return what axe has looked at: elements with what they stand in."""
    return set()


@pytest.fixture(scope="module")
def opened() -> dict[str, set[tuple[str, str, str]]]:
    """Return what the browser has opened: by kind of page, of what it was built."""
    return {}


@pytest.fixture(scope="module")
def app(product: Product) -> Flask:
    return create_app(product.city.settings())


@pytest.mark.parametrize("name", [*PEOPLE, NOBODY])
def test_every_page_can_be_used_on_a_desk_and_on_a_phone(
    visitor: Callable[..., Visitor],
    product: Product,
    app: Flask,
    looked_at: set[str],
    opened: dict[str, set[tuple[str, str, str]]],
    name: str,
) -> None:
    person, wrong = visitor(width=PHONE), []
    queue = Queue(app)
    if name == NOBODY:
        for address in ("/", "/login"):
            queue.add(address, "the door")
    else:
        person.let_in(product.city, PEOPLE[name])
        queue.add("/account/profile", "the door")
        queue.add(urlsplit(person.go("/login").page.url).path, "the door")
    for _number in range(PAGES_A_ROLE):
        address, _came_from = queue.next_new()
        if not address:
            break
        reply = person.context.request.get(address)
        endpoint = endpoint_of(app, Target(address, "GET", "")) or ""
        html = reply.text()
        root = parsed(html)
        for target in targets_of(root, address):
            if endpoint_of(app, target) not in WITHOUT_TEMPLATE:  # a browser keeps those as files
                queue.add(target.address, address, target.method)
        found = faults_of(html)
        kind, shape = endpoint.replace("insurer_", "bank_"), _shape(root)
        if not shape <= opened.get(kind, set()):
            opened.setdefault(kind, set()).update(shape)
            person.page.goto(address)
            found += _as_it_lies(person.page, looked_at)
            person.picture(f"{name}-{endpoint}")
        wrong += [f"{name} {address}: {fault}" for fault in found]
    assert not wrong, "\n".join(wrong)


def _shape(root: Element) -> set[tuple[str, str, str]]:
    """Return of what a page is built: each kind of element with its classes, and what it stands in."""
    return {
        (f"{parent.tag}.{parent.get('class')}", str(child.tag), child.get("class") or "")
        for parent in root.iter()
        for child in parent
    }


def _as_it_lies(page: Page, looked_at: set[str]) -> list[str]:
    """Return what is wrong with a page opened on a phone, there and on a desk."""
    found = [f"scrolls sideways on a phone: {too_wide}"] if (too_wide := page.evaluate(TOO_WIDE)) else []
    page.evaluate(SHORTEN, ROWS_LOOKED_AT)
    built_of = set(page.evaluate(BUILT_OF))
    if not built_of <= looked_at:
        page.evaluate(AXE_SCRIPT)
        found += [f"on a phone: {fault}" for fault in page.evaluate(RUN, WCAG)]
        page.set_viewport_size(WIDE)  # type: ignore[arg-type]
        found += [f"on a desk: {fault}" for fault in page.evaluate(RUN, WCAG)]
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        looked_at |= built_of
    return found


@pytest.mark.parametrize("name", ["city", "bank", "enterprise", "admin"])
def test_the_main_pages_work_without_scripts(
    visitor: Callable[..., Visitor], product: Product, name: str
) -> None:
    person = visitor(script=False, width=PHONE).let_in(product.city, PEOPLE[name]).go("/login")
    entries = person.page.locator("nav.side a")
    addresses = [str(entries.nth(place).get_attribute("href")) for place in range(entries.count())]
    assert addresses
    for address in addresses:
        person.go(address)
        assert person.page.locator("h1").is_visible()
        assert person.page.locator("nav.side a").first.is_visible(), "the menu cannot be opened"
        assert len(person.text) > 40


def test_a_fault_on_a_page_is_seen(visitor: Callable[..., Visitor]) -> None:
    person = visitor(width=PHONE).go("/")
    person.page.evaluate(
        """() => { const main = document.querySelector("main");
            const box = document.createElement("input"); main.append(box);
            const wide = document.createElement("div"); wide.className = "planted"; main.append(wide);
            wide.style.width = "900px"; wide.style.height = "9px"; }"""
    )
    found = _as_it_lies(person.page, set())
    assert any("label" in fault for fault in found)
    assert any("sideways" in fault and "planted" in fault for fault in found)
