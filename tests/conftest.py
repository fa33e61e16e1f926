"""What every test stands on: a migrated database that costs milliseconds, rows by factory, no network.

Decides which databases a test runs on (everything that asks for one runs on SQLite and PostgreSQL),
what a unit test may not touch, and where the real lists lie. The client of the web tests stands in
tests/web/conftest.py.
"""

from __future__ import annotations

import gc
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from ipfin import schema
from ipfin.db import begin_writing, make_engine
from tests import postgres
from tests.compiled_statements import share_compiled_statements
from tests.databases import SEEDED, PostgresPool, seeded_tables
from tests.factories import Make
from tests.font_cache import FONT_CACHE
from tests.kept_connections import keep_connections

ROOT = Path(__file__).resolve().parent.parent
SHARED_DATA = ROOT.parent / "shared" / "data"
TEMPLATE = "ipfin_template"
_NUMBERS = count(1)

# Two cores are shared by many: a slow example is no fault. With CI set, every run sees the same examples.
# A test process holds much that lives as long as it does; looking through it again and again for rubbish
# took a tenth of its time.
gc.set_threshold(100_000, 20, 100)

hypothesis_settings.register_profile("ipfin", deadline=None, derandomize=bool(os.environ.get("CI")))
hypothesis_settings.load_profile("ipfin")

share_compiled_statements()
keep_connections()

os.environ["IPFIN_FONT_CACHE_DIR"] = str(FONT_CACHE)


# --- Which database ---------------------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=("sqlite", "postgresql"),
        help="run the tests that use a database on this one only",
    )


# The longest ones, by how their names begin: what is handed out last nobody else can help with.
_LONGEST = (
    "tests/service/jobs/test_killed_workers.py",
    "tests/service/registry/test_killed_commit.py",
    "tests/web/test_access_matrix.py::test_a_role_enters",
    "tests/service/lists/test_business_register.py::test_the_real_register",
    "tests/service/cli/test_commands.py::test_the_",
    "tests/service/schema/test_migrations.py::test_four_workers",
)

# What builds up much for several tests belongs to one process, or every process would build it for itself.
_TOGETHER = {
    "tests/golden/test_documents.py": "documents",
    "tests/journeys/test_every_page.py": "browser",
    "tests/journeys/test_main_job.py": "browser",
    "tests/web/test_language.py": "stroll",
    "tests/web/test_pages_map.py": "stroll",
}
_TOGETHER_BY_FOLDER = "tests/architecture/"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Hand out tests one by one, but those of `_TOGETHER` as one piece; the largest pieces go first.

    xdist's own groups travel in names of tests and are lost with pytest 9.2.
    """
    from xdist.scheduler import LoadScopeScheduling

    class Pieces(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            if nodeid.startswith(_TOGETHER_BY_FOLDER):
                return _TOGETHER_BY_FOLDER
            return _TOGETHER.get(nodeid.partition("::")[0], nodeid)

    return Pieces(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the longest tests; leave out those of the database that was not asked for."""
    items.sort(key=lambda item: not item.nodeid.startswith(_LONGEST))
    wanted = config.getoption("--database")
    if wanted is None:
        return
    others = [item for item in items if _database_of(item) not in (None, wanted)]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if item not in set(others)]


def _database_of(item: pytest.Item) -> str | None:
    callspec = getattr(item, "callspec", None)
    return callspec.params.get("database") if callspec else None


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> str:
    """Return the name of the database this run of the test is on."""
    if request.param == "postgresql" and (reason := postgres.why_not()):
        pytest.skip(reason)
    return str(request.param)


@pytest.fixture(scope="session")
def databases_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="ipfin-tests-") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def sqlite_template(databases_folder: Path) -> Path:
    """Return a migrated, empty SQLite file: the tests get copies."""
    path = databases_folder / "template.db"
    engine = make_engine(f"sqlite:///{path}")
    schema.upgrade(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Cluster]:
    """Run this process's own PostgreSQL, with nothing in it."""
    if reason := postgres.why_not():
        pytest.skip(reason)
    with postgres.cluster() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_pool(postgres_server: postgres.Cluster) -> Iterator[PostgresPool]:
    """Lend migrated, empty databases."""
    engine = make_engine(postgres_server.create(TEMPLATE))
    schema.upgrade(engine)
    engine.dispose()
    with postgres_server.connect(TEMPLATE) as connection:
        assert seeded_tables(connection) == SEEDED, "tests/databases.py must put these rows back"
    pool = PostgresPool(postgres_server, TEMPLATE)
    yield pool
    pool.close()


@pytest.fixture
def database_url(database: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """Lend the address of a fresh database with all tables and no rows."""
    if database == "postgresql":
        pool: PostgresPool = request.getfixturevalue("postgres_pool")
        with pool.lend() as address:
            yield address
        return
    folder: Path = request.getfixturevalue("databases_folder")
    path = folder / f"copy-{next(_NUMBERS)}.db"
    shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
    yield f"sqlite:///{path}"
    for leftover in folder.glob(f"{path.name}*"):
        leftover.unlink()


@pytest.fixture
def bare_database_url(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Lend the address of a database without any table (for the tests of the migrations)."""
    if database == "sqlite":
        yield f"sqlite:///{tmp_path / 'bare.db'}"
        return
    server: postgres.Cluster = request.getfixturevalue("postgres_server")
    name = f"bare_{next(_NUMBERS)}"
    yield server.create(name)
    server.drop(name)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """Lend an engine on a fresh database: for tests with several sessions, threads or processes."""
    made = make_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """Lend a session on a fresh database, inside a writing transaction as a service expects it.

    What a test wants other sessions to see, it commits; the rest is rolled back at the end.
    """
    with Session(engine) as lent:
        begin_writing(lent)
        yield lent
        lent.rollback()


@pytest.fixture
def make(session: Session) -> Make:
    """Return the factory of rows, writing through `session`."""
    return Make(session)


# --- Real lists -------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real lists, which are no part of the repository."""
    if not SHARED_DATA.is_dir():
        pytest.skip("no real lists here: they are expected in ../shared/data beside the repository")
    return SHARED_DATA


# --- What tests may not do --------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _unit_tests_touch_no_database(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test in tests/unit that opens a database: rules are tried without one."""
    if (ROOT / "tests" / "unit") not in request.path.parents:
        yield
        return

    def refuse(*_: Any) -> None:
        pytest.fail("a unit test opened a database: test the rule without one, or move to tests/service")

    event.listen(Engine, "do_connect", refuse)
    yield
    event.remove(Engine, "do_connect", refuse)


_connect = socket.socket.connect
_connect_ex = socket.socket.connect_ex
_getaddrinfo = socket.getaddrinfo


def _is_here(address: Any) -> bool:
    """Whether an address is a path of this machine or its loopback."""
    host = address[0] if isinstance(address, tuple) else address
    if isinstance(host, bytes):
        host = host.decode(errors="replace")
    return not isinstance(address, tuple) or host in ("", "localhost", "::1") or str(host).startswith("127.")


def _guarded_connect(self: socket.socket, address: Any) -> None:
    if not _is_here(address):
        raise RuntimeError(f"a test tried to reach {address}: tests use no network")
    _connect(self, address)


def _guarded_connect_ex(self: socket.socket, address: Any) -> int:
    if not _is_here(address):
        raise RuntimeError(f"a test tried to reach {address}: tests use no network")
    return _connect_ex(self, address)


def _guarded_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
    if host is not None and not _is_here((host,)):
        raise RuntimeError(f"a test tried to look up {host}: tests use no network")
    return _getaddrinfo(host, *args, **kwargs)


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """Let Python reach this machine only."""
    socket.socket.connect = _guarded_connect  # type: ignore[method-assign]
    socket.socket.connect_ex = _guarded_connect_ex  # type: ignore[method-assign]
    socket.getaddrinfo = _guarded_getaddrinfo
    yield
    socket.socket.connect = _connect  # type: ignore[method-assign]
    socket.socket.connect_ex = _connect_ex  # type: ignore[method-assign]
    socket.getaddrinfo = _getaddrinfo
