"""A walk of every role through its pages without a browser: done once, looked at by several tests."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from heapq import heappop, heappush
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from flask import Flask, template_rendered
from flask.testing import FlaskClient
from jinja2 import Template
from sqlalchemy import update

from ipfin.accounts.models import User
from ipfin.app import create_app
from ipfin.db import make_engine
from ipfin.web.database import db
from ipfin.web.security import STATIC_ENDPOINTS
from ipfin.worker.database import unit_of_work_on
from tests.demonstration import PEOPLE, City, token_for
from tests.walking import Target, endpoint_of, page_of, parsed, targets_of

PAGES_A_ROLE = 60  # at least, and so many other rows after one page of every kind:
OTHER_ROWS = 15
ROWS_A_PAGE = 3  # an event, say, has another page in each state
NOBODY = "nobody"


@dataclass(frozen=True)
class Step:
    """One page that somebody opened."""

    role: str
    endpoint: str
    address: str
    status: int
    html: str
    root: Element | None
    came_from: str
    template: str = ""

    @property
    def place(self) -> str:
        """Who opened what, in one line."""
        return f"{self.role} {self.endpoint} {self.address}"


@dataclass(frozen=True)
class Stroll:
    """The walk of everybody in one language."""

    app: Flask
    steps: tuple[Step, ...]

    @property
    def pages(self) -> Iterator[Step]:
        """The steps that ended on a page."""
        return (step for step in self.steps if step.root is not None)


@lru_cache(maxsize=2)
def stroll(city: City, folder: Path, locale: str) -> Stroll:
    """Walk everybody through a copy of the city in `locale`."""
    own = city.copy_to(folder / locale)
    engine = make_engine(own.url)
    with unit_of_work_on(engine)() as session:
        session.execute(update(User).values(locale=locale))
    engine.dispose()
    app = create_app(own.settings())
    steps = [step for name in (*PEOPLE, NOBODY) for step in _walk(app, own, name, locale)]
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    return Stroll(app, tuple(steps))


def _walk(app: Flask, city: City, name: str, locale: str) -> Iterator[Step]:
    client = app.test_client()
    if name != NOBODY:
        client.set_cookie("ipfin_session", token_for(city, PEOPLE[name]))
    queue = Queue(app)
    queue.add("/" if name == NOBODY else "/login", "the door")
    seen = others = 0
    while seen < PAGES_A_ROLE or others < OTHER_ROWS:
        others += queue.has_no_new
        address, came_from = queue.next()
        if not address:
            return
        seen += 1
        step = _open(app, client, Step(name, "", address, 0, "", None, came_from), locale)
        yield step
        for target in targets_of(step.root, step.address) if step.root is not None else ():
            queue.add(target.address, f"{step.address} “{target.words}”", target.method)


def _open(app: Flask, client: FlaskClient, wanted: Step, locale: str) -> Step:
    templates: list[str] = []

    def note(_app: Flask, template: Template, **_context: object) -> None:
        templates.append(template.name or "")

    with template_rendered.connected_to(note, app):
        spoken = {"Accept-Language": locale.replace("_", "-")}
        reply = client.get(wanted.address, follow_redirects=True, headers=spoken)
    address = reply.request.full_path.rstrip("?") if reply.history else wanted.address
    html = reply.text if reply.mimetype == "text/html" else ""
    reply.close()
    return replace(
        wanted,
        endpoint=endpoint_of(app, Target(address, "GET", "")) or "",
        address=address,
        status=reply.status_code,
        html=html,
        root=parsed(html) if html else None,
        template=templates[-1] if templates else "",
    )


class Queue:
    """What is still to be opened: first one address of every endpoint, then other rows and filters."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._first: deque[tuple[str, str]] = deque()
        # Rows before filters, and the second row of every page before the third.
        self._more: list[tuple[bool, int, int, str, str]] = []
        self._known: set[object] = set()
        self._times: Counter[object] = Counter()

    def add(self, address: str, came_from: str, method: str = "GET") -> None:
        """Take an address in, unless it leads to a page of which enough was seen."""
        bare = urlsplit(address)
        address = bare.path + (f"?{bare.query}" if bare.query else "")
        endpoint = endpoint_of(self._app, Target(address, method, ""))
        if method != "GET" or endpoint is None or endpoint in STATIC_ENDPOINTS or address in self._known:
            return
        self._known.add(address)
        page = page_of(endpoint, address)
        if endpoint not in self._times:
            self._first.append((address, came_from))
        elif self._times[page] < ROWS_A_PAGE:
            heappush(self._more, (bool(bare.query), self._times[page], len(self._known), address, came_from))
        self._times.update((endpoint, page))

    def next(self) -> tuple[str, str]:
        """Return the next address and where it stood, or nothing."""
        if self._first:
            return self._first.popleft()
        return heappop(self._more)[-2:] if self._more else ("", "")

    @property
    def has_no_new(self) -> bool:
        """Whether only other rows and filters of pages that were seen are left."""
        return not self._first

    def next_new(self) -> tuple[str, str]:
        """Return the next address of an endpoint that was not seen yet, or nothing."""
        return self._first.popleft() if self._first else ("", "")
