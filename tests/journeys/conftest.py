"""A real browser on the real product: one city loaded for the whole run, copied for whoever changes it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.demonstration import City, city_of_run
from tests.journeys.product import Product
from tests.journeys.visitor import WIDE, Visitor

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
# Debian's chromium runs as root, without a network of its own.
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--font-render-hinting=none",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every journey."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Lend Debian's chromium; what Playwright would download is never asked for."""
    if CHROMIUM is None:
        pytest.skip("no chromium here: apt-get install chromium, or name one in CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def demo_city(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> City:
    """Return the city of this run, which nobody may change: take a copy."""
    return city_of_run(tmp_path_factory, worker_id)


@pytest.fixture(scope="module")
def needs_code() -> bool:
    """Whether the product asks for an authenticator; a module replaces this fixture."""
    return False


@pytest.fixture(scope="module")
def starting_city(demo_city: City) -> City:
    """Return the city that the product starts with; a module replaces this fixture."""
    return demo_city


@pytest.fixture(scope="module")
def product(
    chromium: Browser, starting_city: City, tmp_path_factory: pytest.TempPathFactory, needs_code: bool
) -> Iterator[Product]:
    """Run the product on a copy of the city, for the tests of one module."""
    city = starting_city.copy_to(tmp_path_factory.mktemp("product"))
    running = Product(city, needs_code=needs_code)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def pictures() -> Path | None:
    """Return the folder for pictures of pages that IPFIN_PICTURES names; without it none are taken."""
    wanted = os.environ.get("IPFIN_PICTURES")
    if wanted is None:
        return None
    Path(wanted).mkdir(parents=True, exist_ok=True)
    return Path(wanted)


@pytest.fixture
def visitor(chromium: Browser, product: Product, pictures: Path | None) -> Iterator[Callable[..., Visitor]]:
    """Return a function that opens a browser for another person; none may notice a fault."""
    opened: list[Visitor] = []

    def open_browser(*, script: bool = True, width: dict[str, int] = WIDE) -> Visitor:
        opened.append(Visitor(chromium, product.address, pictures, script=script, width=width))
        return opened[-1]

    yield open_browser
    for person in opened:
        person.context.close()
    faults = [fault for person in opened for fault in person.faults]
    assert not faults, "\n".join(faults)
