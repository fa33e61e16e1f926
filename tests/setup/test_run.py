"""`make run`: the two programs live and die together, a taken port is told in words, the secret is ours."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import bootstrap
import pytest
import run

BIN = Path(run.__file__).parent
# Stands for one of the two programs: has a child of its own, like a server with its workers.
PARENT = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
open(sys.argv[1], "w").write(f"{os.getpid()} {child.pid}\\n")
time.sleep(60)
"""
SUPERVISED = """
import os, sys
import run
with run.Supervisor({}) as supervisor:
    for number, (name, program) in enumerate(zip(sys.argv[2::2], sys.argv[3::2])):
        supervisor.start(name, [sys.executable, "-c", program, f"{sys.argv[1]}/{number}"], os.environ)
    supervisor.watch(lambda: False)
    print("told" if supervisor.told_to_stop else supervisor.ended(), flush=True)
"""


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def supervise(folder: Path, *programs: str) -> subprocess.Popen[str]:
    named = [part for number, program in enumerate(programs) for part in (f"program {number}", program)]
    return subprocess.Popen(
        [sys.executable, "-c", SUPERVISED, str(folder), *named],
        env={**os.environ, "PYTHONPATH": str(BIN)},
        stdout=subprocess.PIPE,
        text=True,
    )


def process_ids(folder: Path, programs: int) -> list[int]:
    files = [folder / str(number) for number in range(programs)]
    assert within(20, lambda: all(file.exists() and file.read_text().endswith("\n") for file in files))
    return [int(word) for file in files for word in file.read_text().split()]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_both_programs_and_their_children(tmp_path: Path, number: signal.Signals) -> None:
    with supervise(tmp_path, PARENT, PARENT) as supervisor:
        started = process_ids(tmp_path, 2)
        supervisor.send_signal(number)
        said, _ = supervisor.communicate(timeout=30)
    assert said == "told\n"
    assert len(started) == 4
    assert within(5, lambda: not any(map(is_alive, started)))


def test_when_one_program_ends_the_other_is_ended_too(tmp_path: Path) -> None:
    dying = "import sys; open(sys.argv[1], 'w').write('\\n'); sys.exit(3)"
    with supervise(tmp_path, PARENT, dying) as supervisor:
        started = process_ids(tmp_path, 2)
        said, _ = supervisor.communicate(timeout=30)
    assert said == "('program 1', 3)\n"
    assert within(5, lambda: not any(map(is_alive, started)))


def test_a_program_that_will_not_go_is_ended_all_the_same(tmp_path: Path) -> None:
    stubborn = (
        "import os, signal, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "open(sys.argv[1], 'w').write(f'{os.getpid()}\\n')\n"
        "time.sleep(60)\n"
    )
    with supervise(tmp_path, stubborn) as supervisor:
        started = process_ids(tmp_path, 1)
        supervisor.send_signal(signal.SIGINT)
        time.sleep(0.5)
        supervisor.send_signal(signal.SIGINT)  # a second Ctrl-C does not wait
        begun = time.monotonic()
        supervisor.communicate(timeout=30)
    assert time.monotonic() - begun < run.SECONDS_TO_STOP
    assert not any(map(is_alive, started))


def test_a_taken_port_is_refused_with_a_remedy(taken_port: int) -> None:
    with pytest.raises(bootstrap.CannotGoOn, match=rf"Port {taken_port} .* taken[\s\S]*make run PORT="):
        run.refuse_taken_port(taken_port)


def test_the_command_stops_at_a_taken_port_before_it_installs_anything(taken_port: int) -> None:
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, BIN / "run.py", "--port", str(taken_port)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "is taken" in done.stderr
    assert "Traceback" not in done.stderr
    assert time.monotonic() - begun < 10


def test_a_free_port_is_taken_as_it_is(taken_port: int) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    run.refuse_taken_port(free)
    with socket.socket() as server:
        server.bind(("127.0.0.1", free))
        assert server.getsockname()[1] == free, "it is to be looked at, not held"


def test_the_secret_is_made_once_and_for_its_owner_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "INSTANCE", tmp_path / "instance")
    monkeypatch.setattr(run, "SECRET", tmp_path / "instance" / "secret_key")
    secret = run.development_secret()
    assert len(secret) >= 48
    assert run.development_secret() == secret
    assert run.SECRET.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in run.INSTANCE.iterdir()] == ["secret_key"]


def test_what_the_caller_has_set_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IPFIN_SECRET_KEY", "of the caller")
    monkeypatch.setenv("IPFIN_PUBLIC_URL", "https://ip.example.cn")
    env = run.environment(8010)
    assert env["IPFIN_SECRET_KEY"] == "of the caller"
    assert env["IPFIN_PUBLIC_URL"] == "https://ip.example.cn"


def test_production_gets_no_secret_made_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(run, "SECRET", tmp_path / "secret_key")
    monkeypatch.setattr(run, "INSTANCE", tmp_path)
    monkeypatch.setenv("IPFIN_ENV", "production")
    monkeypatch.delenv("IPFIN_SECRET_KEY", raising=False)
    assert "IPFIN_SECRET_KEY" not in run.environment(8000)
    assert not run.SECRET.exists()


def is_alive(process_id: int) -> bool:
    status = Path(f"/proc/{process_id}/status")
    return status.exists() and "\nState:\tZ" not in status.read_text(encoding="utf-8")


def within(seconds: float, holds: Callable[[], bool]) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.05)
    return False
