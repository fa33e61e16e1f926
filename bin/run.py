"""Start the product on this machine: prepare, migrate, load the demonstration city, serve, work.

Decides the order of the start and that the web server and the job worker live and die together.
How they are configured is decided by `IPFIN_*` (see `ipfin/config.py`). For trying and developing:
in production a service manager runs the same two programs.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from types import FrameType

from bootstrap import PYTHON, ROOT, VENV, CannotGoOn, prepare, say

HOST = "127.0.0.1"
INSTANCE = ROOT / "instance"
SECRET = INSTANCE / "secret_key"
SECONDS_TO_ANSWER = 60
SECONDS_TO_STOP = 10  # a running job gets this long to end; it resumes at the next start if it does not
SECONDS_TO_DIE = 2
PR_SET_PDEATHSIG = 1  # <linux/prctl.h>


def refuse_taken_port(port: int) -> None:
    """Make sure that we may listen on `port`.

    Raises:
        CannotGoOn: somebody listens there already, or the port needs more rights than we have.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError as error:
            raise CannotGoOn(f"Port {port} needs more rights. Choose another: make run PORT=8010") from error
        except OSError as error:
            raise CannotGoOn(
                f"Port {port} on {HOST} is taken, perhaps by an ipfin that is still running.\n"
                f"Stop that one, or choose another port: make run PORT={port + 10}"
            ) from error


def development_secret() -> str:
    """Return this installation's own random secret; made once, readable by its owner only."""
    if not SECRET.exists():
        INSTANCE.mkdir(mode=0o700, exist_ok=True)
        fresh = SECRET.with_suffix(f".{os.getpid()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
        # link() refuses to overwrite: of two first starts at once, both use the winner's secret.
        with contextlib.suppress(FileExistsError):
            os.link(fresh, SECRET)
        fresh.unlink()
    return SECRET.read_text(encoding="ascii").strip()


def environment(port: int) -> dict[str, str]:
    """Return the environment for everything that we start; what the caller has set stands."""
    ours = {
        "IPFIN_ENV": "development",
        "IPFIN_PUBLIC_URL": f"http://{HOST}:{port}",
        # For trying the demonstration: nobody has its accounts' authenticator. Everywhere else it is on.
        "IPFIN_TOTP_REQUIRED": "false",
    }
    env = {**ours, **os.environ, "PYTHONUNBUFFERED": "1"}
    env["PATH"] = f"{VENV / 'bin'}{os.pathsep}{env.get('PATH', '')}"
    if not env.get("IPFIN_SECRET_KEY") and env["IPFIN_ENV"] == "development":
        env["IPFIN_SECRET_KEY"] = development_secret()
    return env


def step(title: str, env: Mapping[str, str], *arguments: str, show: bool = True) -> str:
    """Run one `ipfin` command to its end and return what it printed.

    Raises:
        CannotGoOn: the command failed.
    """
    say(title)
    done = subprocess.run(
        [PYTHON, "-c", "import sys; from ipfin.cli import main; sys.exit(main())", *arguments],
        env=dict(env),
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=None if show else subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise CannotGoOn(
            f"{done.stdout or ''}\n'ipfin {' '.join(arguments)}' failed; its reason stands above."
        )
    return done.stdout or ""


def programs(port: int) -> dict[str, list[str]]:
    """Return the commands of the two programs that make up a running product."""
    python = [str(PYTHON), "-m"]
    gunicorn = [*python, "gunicorn", "wsgi:app", "-k", "gthread", "-w", "2", "--threads", "8", "--preload"]
    gunicorn += ["-b", f"{HOST}:{port}", "--graceful-timeout", "5", "--log-level", "warning"]
    huey = [*python, "huey.bin.huey_consumer", "ipfin.worker.huey", "-w", "2", "-k", "process", "-q"]
    return {"web server": [*gunicorn, "--no-control-socket"], "job worker": huey}


# How each program is asked to end: gunicorn finishes its requests on TERM, huey its jobs on INT.
FAREWELL = {"web server": signal.SIGTERM, "job worker": signal.SIGINT}


class Supervisor:
    """Keeps several programs running together; when one ends or we are told to stop, all end."""

    def __init__(self, farewell: Mapping[str, signal.Signals]) -> None:
        self._farewell = farewell
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._signals = 0

    def __enter__(self) -> Supervisor:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._heard)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _heard(self, _number: int, _frame: FrameType | None) -> None:
        self._signals += 1

    @property
    def told_to_stop(self) -> bool:
        """Whether somebody pressed Ctrl-C or sent a signal."""
        return self._signals > 0

    def start(self, name: str, command: Sequence[str], env: Mapping[str, str]) -> None:
        """Start a program in a group of its own, so that Ctrl-C reaches it through us only."""
        self._running[name] = subprocess.Popen(
            command,
            env=dict(env),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_die_with_parent(),
        )

    def ended(self) -> tuple[str, int] | None:
        """Return the name and the exit code of the first program that has ended by itself, if any."""
        for name, process in self._running.items():
            code = process.poll()
            if code is not None:
                return name, code
        return None

    def watch(self, until: Callable[[], bool], seconds: float = float("inf")) -> bool:
        """Wait until `until()` holds, a program ends, we are told to stop, or `seconds` are over.

        Returns whether `until()` came to hold.
        """
        end = time.monotonic() + seconds
        while not self.told_to_stop and self.ended() is None and time.monotonic() < end:
            if until():
                return True
            time.sleep(0.2)
        return False

    def stop(self) -> None:
        """End every program and all that it started. A second Ctrl-C does not wait."""
        for name, process in self._running.items():
            if process.poll() is None:
                process.send_signal(self._farewell.get(name, signal.SIGTERM))
        before = self._signals
        end = time.monotonic() + SECONDS_TO_STOP
        while self._alive() and time.monotonic() < end and self._signals == before:
            time.sleep(0.05)
        for process in self._alive():
            process.terminate()
        end = time.monotonic() + SECONDS_TO_DIE
        while self._alive() and time.monotonic() < end:
            time.sleep(0.05)
        for process in self._running.values():
            with contextlib.suppress(ProcessLookupError):  # nobody of the group is left: the good case
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self._running.clear()

    def _alive(self) -> list[subprocess.Popen[bytes]]:
        return [process for process in self._running.values() if process.poll() is None]


def _die_with_parent() -> Callable[[], None] | None:
    """Return what makes a child end when we are killed outright, where the kernel knows that (Linux)."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl  # looked up now: between fork and exec nothing should be loaded
    return lambda: prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def answers(port: int) -> bool:
    """Whether the product on `port` says that it is well."""
    # Without a proxy from the environment: this machine is asked, nobody else.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://{HOST}:{port}/healthz", timeout=2) as reply:
            return bool(reply.status == 200)
    except OSError:  # also URLError: not there yet, or not well
        return False


def serve(port: int, env: Mapping[str, str], accounts: str) -> int:
    """Run the product until it is stopped; return the exit code."""
    with Supervisor(FAREWELL) as supervisor:
        for name, command in programs(port).items():
            supervisor.start(name, command, env)
        if supervisor.watch(lambda: answers(port), SECONDS_TO_ANSWER):
            say(f"\nipfin is running:  http://{HOST}:{port}   (Ctrl-C stops it)\n\n{accounts}".rstrip())
            supervisor.watch(lambda: False)
        elif not supervisor.told_to_stop and supervisor.ended() is None:
            say(f"The web server gave no good answer on /healthz in {SECONDS_TO_ANSWER} s; stopping.")
            return 1
        if supervisor.told_to_stop:
            say("\nStopping ...")
            supervisor.stop()
            say("Stopped.")
            return 0
        name, code = supervisor.ended() or ("", 1)
        say(f"The {name} ended by itself (exit code {code}); stopping the rest.")
        return code if code > 0 else 1


def main() -> int:
    """Bring the product up and keep it up."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--only-prepare", action="store_true", help="set up and load, but serve nothing")
    options = parser.parse_args()
    port = options.port
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # both mean: stop, and tidy up first
    try:
        if not options.only_prepare:
            refuse_taken_port(port)
        prepare("run")
        INSTANCE.mkdir(mode=0o700, exist_ok=True)
        env = environment(port)
        # One command for both: it brings the tables up to date before it looks whether anything is in them.
        title = "Bringing the database up to date, looking after the demonstration city"
        accounts = step(title, env, "demo", "load", "--if-empty", show=False)
        if options.only_prepare:
            say(accounts.rstrip())
            return 0
        return serve(port, env, accounts)
    except CannotGoOn as reason:
        print(reason, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
