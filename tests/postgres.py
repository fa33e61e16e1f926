"""A real PostgreSQL for the tests, started by the suite itself, also as root and also without rights.

Decides where the server's programs are found, how a throw-away cluster is started and ended, and how
databases are copied from a template. Which tests use it is decided in conftest.py.

Each test process starts its own cluster (about a second) when its first test asks for one: nothing is
shared between processes, so nothing needs a lock and nothing outlives a process that was killed.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

SECONDS_TO_START = 30
SECONDS_TO_STOP = 20
# A power cut loses nothing that anybody wants, so nothing waits for the disk. jit pays for itself in
# long analytic queries only, and its first use in each process costs more than most of our tests.
SETTINGS = {
    "listen_addresses": "",  # a socket in our own folder: no port to race for, no neighbour can enter
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "jit": "off",
    "shared_buffers": "64MB",
    "max_connections": "60",
    "lc_messages": "C",
}
LONGEST_SOCKET_FOLDER = 80  # a Unix socket's whole path may have 107 bytes on Linux, 103 elsewhere
PR_SET_PDEATHSIG = 1  # <linux/prctl.h>


def programs() -> Path | None:
    """Return the folder with `initdb` and `postgres`, the newest version first; None if there is none.

    Debian keeps them off the path, one folder a version. `PG_BIN` names another.
    """
    folders = [Path(named)] if (named := os.environ.get("PG_BIN")) else []
    folders += sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name), reverse=True
    )
    if on_path := shutil.which("initdb"):
        folders.append(Path(on_path).resolve().parent)
    return next((f for f in folders if (f / "initdb").exists() and (f / "postgres").exists()), None)


def why_not() -> str:
    """Return why no PostgreSQL can be started here, as the reason of a skip; empty when one can."""
    if programs() is None:
        return "no PostgreSQL on this machine: apt-get install postgresql, or set PG_BIN to its bin folder"
    if os.geteuid() == 0 and _unprivileged() is None:
        return "PostgreSQL refuses to run as root, and there is no user 'postgres' or 'nobody' to run it"
    return ""


@dataclass(frozen=True)
class Cluster:
    """A running server. `socket_folder` is where it listens; only its user and root may enter."""

    socket_folder: Path
    process_id: int

    def url(self, database: str = "postgres") -> str:
        """Return the SQLAlchemy address of `database`."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.socket_folder}"

    def create(self, database: str, *, template: str | None = None) -> str:
        """Create `database`, as a copy of `template` if one is given, and return its address.

        Nobody may be connected to the template: dispose of its engine first.
        """
        statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database))
        if template is not None:
            statement += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
        self._execute(statement)
        return self.url(database)

    def drop(self, database: str) -> None:
        """Remove `database`, also under the feet of whoever forgot to close a connection."""
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))

    @contextlib.contextmanager
    def copy(self, template: str) -> Iterator[str]:
        """Lend the address of a fresh copy of `template`; it is dropped at the end."""
        name = f"copy_{next(_NUMBERS)}"
        try:
            yield self.create(name, template=template)
        finally:
            self.drop(name)

    def connect(self, database: str = "postgres") -> psycopg.Connection[Any]:
        """Return a plain connection that commits every statement."""
        return psycopg.connect(
            host=str(self.socket_folder), user="postgres", dbname=database, autocommit=True
        )

    def _execute(self, statement: sql.Composable) -> None:
        with self.connect() as connection:
            connection.execute(statement)


_NUMBERS = count(1)


@contextlib.contextmanager
def cluster() -> Iterator[Cluster]:
    """Run a throw-away PostgreSQL: new, empty, in a folder of its own, gone at the end.

    Raises:
        RuntimeError: it cannot be started; the message is the server's own. Ask `why_not()` first.
    """
    if reason := why_not():
        raise RuntimeError(reason)
    binaries = programs()
    assert binaries is not None
    folder = _folder()
    user = _as_another_user(folder)
    process = None
    try:
        _create_files(binaries, folder, user)
        process = _start(binaries, folder, user)
        _wait_until_connectable(folder, process)
        yield Cluster(folder, process.pid)
    finally:
        if process is not None:
            _stop(process)
        shutil.rmtree(folder, ignore_errors=True)


def _folder() -> Path:
    parent = tempfile.gettempdir()
    return Path(tempfile.mkdtemp(prefix="pg-", dir=parent if len(parent) < LONGEST_SOCKET_FOLDER else "/tmp"))  # noqa: S108 (mkdtemp makes it ours)


def _unprivileged() -> pwd.struct_passwd | None:
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    return None


def _as_another_user(folder: Path) -> dict[str, Any]:
    """Return how a program is started that must not be root, and let that user have `folder`."""
    user = _unprivileged()
    if os.geteuid() != 0 or user is None:
        return {}
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _create_files(binaries: Path, folder: Path, user: dict[str, Any]) -> None:
    options = ["-U", "postgres", "-A", "trust", "--locale=C.UTF-8", "-E", "UTF8", "--no-sync"]
    # cwd: the other user may not even look into root's folder.
    made = subprocess.run(
        [binaries / "initdb", "-D", folder / "data", *options],
        capture_output=True,
        text=True,
        cwd=folder,
        check=False,
        **user,
    )
    if made.returncode != 0:
        raise RuntimeError(f"initdb failed:\n{made.stdout}{made.stderr}")


def _start(binaries: Path, folder: Path, user: dict[str, Any]) -> subprocess.Popen[bytes]:
    options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [binaries / "postgres", "-D", folder / "data", "-k", folder, *options],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for the tests; they end the server
            preexec_fn=_die_with_parent(),
            **user,
        )


def _die_with_parent() -> Callable[[], None] | None:
    """Return what ends the server when the test process is killed outright (Linux)."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def _wait_until_connectable(folder: Path, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            psycopg.connect(host=str(folder), user="postgres", dbname="postgres").close()
        except psycopg.OperationalError as error:
            if process.poll() is None and time.monotonic() < end:
                time.sleep(0.02)
                continue
            log = (folder / "log").read_text(encoding="utf-8", errors="replace")
            raise RuntimeError(f"PostgreSQL did not start: {error}\n{log[-4000:]}") from error
        return


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)  # "fast": ends the connections, not the wait for them
    try:
        process.wait(SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
