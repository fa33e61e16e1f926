"""The browser of the web tests: signs in by real sessions, posts real form tokens, looks at every page.

A request that leaves writes uncommitted fails its test, and so does a page that is not well-formed, has
an unlabelled field, or shows a word that only the program knows. Rows that a test makes are committed
before each request, because the application is another visitor of the database.

Pages run on PostgreSQL, which forgives less, and every one of them on SQLite too: there the access matrix,
the strolls in both languages and the browser's journeys open them all. What locks or searches below a
page is a service and runs on both; a module whose page itself does so says `BOTH_DATABASES`.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, current_app
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from ipfin.accounts.models import User
from ipfin.accounts.service import begin_session
from ipfin.app import create_app
from ipfin.audit.models import AuditEntry
from ipfin.config import Settings
from ipfin.jobs.dispatch import set_dispatch
from ipfin.kernel.clock import now_utc
from ipfin.web.database import db
from ipfin.web.limits import limiter
from ipfin.worker import run_jobs_inline
from tests import postgres
from tests.clean_session import WatchedWrites
from tests.web.looking import faults_of, form_token, header_faults
from tests.web.making import WebMake

BOTH_DATABASES = pytest.mark.parametrize(
    "database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
SECRET = "secret of the web tests, which is none"
COOKIE = "ipfin_session"


class Compiled(BytecodeCache):
    """Templates compiled once for all the applications of a run: most of them show only a page or two."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


COMPILED = Compiled()

_compile_builder = Rule._compile_builder
_BUILDERS: dict[tuple[Any, ...], Any] = {}


def _compile_builder_once(self: Rule, append_unknown: bool = True) -> Any:
    """Make what builds the addresses of a rule once a run: a new application of each test has the same rules.

    Without defaults it depends on nothing but what is in the key; werkzeug makes it anew for every map,
    which took a fifth of these tests.
    """
    if self.defaults:
        return _compile_builder(self, append_unknown)
    key = (self.rule, tuple(self._trace), append_unknown)
    if key not in _BUILDERS:
        _BUILDERS[key] = _compile_builder(self, append_unknown)
    return _BUILDERS[key]


Rule._compile_builder = _compile_builder_once  # type: ignore[method-assign]


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    """Return the name of the database this test is on: PostgreSQL, where there is one."""
    chosen = getattr(request, "param", None) or request.config.getoption("--database")
    if chosen == "postgresql" and (reason := postgres.why_not()):
        pytest.skip(reason)
    return str(chosen or ("sqlite" if postgres.why_not() else "postgresql"))


@pytest.fixture
def overrides() -> dict[str, Any]:
    """Return settings that differ from `settings`; a module or class replaces this fixture."""
    return {}


@pytest.fixture(scope="session")
def files_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where the applications of this process keep their files, one test after the other."""
    return tmp_path_factory.mktemp("files")


@pytest.fixture
def settings(database_url: str, files_folder: Path, overrides: Mapping[str, Any]) -> Iterator[Settings]:
    """Lend the settings of the application under test; nobody must enrol an authenticator."""
    chosen: dict[str, Any] = {
        "env": "test",
        "secret_key": SECRET,
        "database_url": database_url,
        "instance_dir": files_folder / "instance",
        "totp_required": False,
        "job_immediate": True,
    }
    yield Settings(**{**chosen, **overrides})
    shutil.rmtree(files_folder / "instance", ignore_errors=True)


@pytest.fixture
def make(session: Session, settings: Settings) -> WebMake:
    """Return the factory of rows, which also knows where files lie."""
    return WebMake(session, settings)


def application(settings: Settings) -> Flask:
    """Return a new application that is watched."""
    made = create_app(settings)
    made.jinja_env.bytecode_cache = COMPILED
    made.test_client_class = Browser
    # Runs before Flask-SQLAlchemy's own, which was registered earlier and removes the session.
    made.teardown_appcontext(_look_at_writes)
    return made


_LAST: dict[str, Flask] = {}


def last_application(settings: Settings) -> Flask:
    """Return the application of the last test if it had the same settings, else a new one.

    To make one takes longer than most pages. It keeps nothing of a test: rows lie in the database, and
    files in a folder that is emptied.
    """
    key = settings.model_dump_json()
    if key not in _LAST:
        _LAST.clear()
        _LAST[key] = application(settings)
    return _LAST[key]


@pytest.fixture
def app_changes() -> bool:
    """Return whether tests add views to their application, which nobody else may then have."""
    return False


@pytest.fixture
def app(settings: Settings, session: Session, engine: Engine, app_changes: bool) -> Iterator[Flask]:
    """Lend the application on the test's database."""
    made = application(settings) if app_changes else last_application(settings)
    limiter.reset()
    # What a request asks the worker to do is done by the time it answers.
    run_jobs_inline(settings, engine)
    made.extensions["tests_session"] = session
    yield made
    set_dispatch(None)
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> Iterator[Browser]:
    """Lend a browser. Another one of the same application: `app.test_client()`."""
    with watched(app):
        browser = app.test_client()
        assert isinstance(browser, Browser)
        yield browser


# What differs whenever a page is made: the token of a form, and where its language switch leads back to.
_PASSING = re.compile(r'(?<=name="csrf_token" )[^>]*|(?<=name="next" )[^>]*')
_FAULTLESS: set[int] = set()


class Unwritten(AssertionError):
    """A request ended with writes that nobody committed."""


class watched:  # noqa: N801 - reads as a sentence: with watched(app)
    """Notes, at the end of each request of `app`, what it wrote and did not commit; counts its queries."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.left: list[str] = []
        self.statements: list[str] = []

    def __enter__(self) -> watched:
        self.writes = WatchedWrites(db.session)
        self.app.extensions["tests_watch"] = self
        with self.app.app_context():
            self.engine = db.engine
        event.listen(self.engine, "before_cursor_execute", self._count)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(self.engine, "before_cursor_execute", self._count)
        del self.app.extensions["tests_watch"]
        self.writes.close()

    def look(self) -> None:
        """Note what the request wrote and did not commit."""
        self.left = self.writes.pending(db.session())

    def _count(self, _c: object, _cursor: object, statement: str, *_rest: object) -> None:
        self.statements.append(statement)


def _look_at_writes(_error: BaseException | None) -> None:
    watch: watched | None = current_app.extensions.get("tests_watch")
    if watch is not None:
        watch.look()


class Browser(FlaskClient):
    """A person's browser."""

    _token: str | None = None
    looks = True

    @property
    def _rows(self) -> Session:
        found: Session = self.application.extensions["tests_session"]
        return found

    @property
    def statements(self) -> list[str]:
        """The SQL of the last request."""
        watch: watched = self.application.extensions["tests_watch"]
        return watch.statements

    def sign_in(self, user: User, *, second_factor: bool = True) -> Browser:
        """Sign in as `user`, second step included; return this browser."""
        now, rows = now_utc(), self._rows
        settings = self.application.extensions["ipfin_settings"]
        # The factory's day lies in the past: a password must not be due because of it.
        user.password_changed_at = now
        begun, token = begin_session(
            rows, user, now=now, address="127.0.0.1", user_agent="test", settings=settings
        )
        if second_factor:
            begun.second_factor_at = now
        rows.commit()
        self.set_cookie(COOKIE, token)
        self._token = None
        return self

    def sign_out(self) -> Browser:
        """Forget the cookies; the session in the database lives on."""
        self.delete_cookie(COOKIE)
        self.delete_cookie("ipfin_form")
        self._token = None
        return self

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Send a request and look at what came back."""
        self._rows.commit()
        watch: watched | None = self.application.extensions.get("tests_watch")
        if watch is not None:
            watch.left, watch.statements = [], []
        reply = super().open(*args, **kwargs)
        # A streamed answer writes until it is read to its end.
        _ = reply.data if reply.is_streamed else None
        # The builder spools a large upload to a file and leaves it to the garbage collector, which then
        # fails whichever test happens to run.
        reply.request.environ["wsgi.input"].close()
        self._rows.expire_all()
        if watch is not None and watch.left:
            raise Unwritten(f"{reply.request.path} left uncommitted writes: {watch.left}")
        if any(cookie.startswith(COOKIE) for cookie in reply.headers.getlist("Set-Cookie")):
            self._token = None
        wanting = header_faults(reply.headers, is_static=reply.request.path.startswith("/static/"))
        assert not wanting, f"{reply.request.path}: " + "; ".join(wanting)
        if reply.mimetype == "text/html" and reply.data and not 300 <= reply.status_code < 400:
            self._look_at(reply)
        assert reply.status_code != 500, f"{reply.request.path} failed; the log above says why"
        return reply

    def post(self, *args: Any, csrf: bool = True, **kwargs: Any) -> Any:
        """Post a form with its token; `csrf=False` leaves it out."""
        data = kwargs.get("data")
        if csrf and (data is None or (isinstance(data, Mapping) and "csrf_token" not in data)):
            kwargs["data"] = {**(data or {}), "csrf_token": self.form_token()}
        return super().post(*args, **kwargs)

    def form_token(self) -> str:
        """Return the form token of the page last seen, or of a page that everyone may see."""
        if self._token is None:
            self.get("/verify/")
        assert self._token, "no page carried a form token"
        return self._token

    def _look_at(self, reply: Any) -> None:
        self._token = form_token(reply.text) or self._token
        # The same page with another token is not looked at again: most refusals are.
        kind = hash(_PASSING.sub("", reply.text))
        if self.looks and kind not in _FAULTLESS:
            found = faults_of(reply.text)
            assert not found, f"{reply.request.path} ({len(self.statements)} queries): " + "; ".join(found)
            _FAULTLESS.add(kind)


@pytest.fixture
def audited(session: Session) -> Callable[[str], list[AuditEntry]]:
    """Return a function that lists the audit entries of one action."""

    def entries(action: str) -> list[AuditEntry]:
        session.commit()
        found = session.query(AuditEntry).filter(AuditEntry.action == action).order_by(AuditEntry.id)
        return list(found)

    return entries
