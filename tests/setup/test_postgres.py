"""The throw-away PostgreSQL: starts, copies, vanishes, and dies with whoever started it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests import postgres

ROOT = Path(__file__).resolve().parent.parent.parent
pytestmark = [pytest.mark.postgres, pytest.mark.skipif(bool(postgres.why_not()), reason=postgres.why_not())]


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Cluster]:
    with postgres.cluster() as running:
        yield running


def test_sqlalchemy_reaches_it_and_it_speaks_utf8(server: postgres.Cluster) -> None:
    engine = create_engine(server.url())
    with engine.connect() as connection:
        assert connection.scalar(text("select '红旗渠䶮'")) == "红旗渠䶮"
        assert connection.scalar(text("show server_encoding")) == "UTF8"
    engine.dispose()


def test_a_copy_has_the_rows_of_its_template_and_keeps_its_own(server: postgres.Cluster) -> None:
    server.create("pattern")
    with server.connect("pattern") as connection:
        connection.execute("create table firm (name text); insert into firm values ('甲')")
    for _ in range(2):
        with server.copy("pattern") as address:
            engine = create_engine(address)
            with engine.begin() as connection:
                assert connection.scalars(text("select name from firm")).all() == ["甲"]
                connection.execute(text("insert into firm values ('乙')"))
            engine.dispose()


def test_a_copy_is_dropped_even_when_a_connection_was_left_open(server: postgres.Cluster) -> None:
    server.create("bare")
    with server.copy("bare") as address:
        name = address.split("/")[3].split("?")[0]
        forgotten = server.connect(name)
    with server.connect() as connection:
        left = connection.execute("select 1 from pg_database where datname = %s", (name,)).fetchone()
    forgotten.close()
    assert left is None


def test_nobody_else_on_the_machine_may_enter(server: postgres.Cluster) -> None:
    assert server.socket_folder.stat().st_mode & 0o077 == 0
    with server.connect() as connection:
        (addresses,) = connection.execute("show listen_addresses").fetchone() or ("?",)
    assert addresses == ""


def test_nothing_is_left_of_it() -> None:
    with postgres.cluster() as running:
        folder, process_id = running.socket_folder, running.process_id
        assert folder.exists()
    assert not folder.exists()
    assert not _is_alive(process_id)


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux ends a killed process's children"
)
def test_it_ends_when_the_tests_are_killed_outright() -> None:
    program = (
        "import sys, time\nfrom tests import postgres\n"
        "with postgres.cluster() as running:\n"
        "    print(running.process_id, running.socket_folder, flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as killed:
        assert killed.stdout is not None
        process_id, folder = killed.stdout.readline().split()
        killed.kill()
    assert _within(10, lambda: not _is_alive(int(process_id)))
    subprocess.run(["rm", "-rf", folder], check=True)


def test_a_machine_without_it_gets_a_reason_that_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(postgres, "programs", lambda: None)
    assert "apt-get install postgresql" in postgres.why_not()
    with pytest.raises(RuntimeError, match="PG_BIN"), postgres.cluster():
        pass


def _is_alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    # A dead one that nobody has collected yet still has a number.
    return "\nState:\tZ" not in Path(f"/proc/{process_id}/status").read_text(
        encoding="ascii", errors="replace"
    )


def _within(seconds: float, holds: Callable[[], bool]) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.05)
    return False
