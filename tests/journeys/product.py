"""The product as `make run` starts it, on a database of its own: web server and job worker, two programs."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

import run  # bin/run.py: what is tried is started with the same commands as the real thing

from tests.demonstration import SECRET, City
from tests.font_cache import FONT_CACHE

ROOT = Path(__file__).resolve().parents[2]
SECONDS_TO_ANSWER = 60


class Product:
    """A running product on `city`."""

    def __init__(self, city: City, *, needs_code: bool) -> None:
        self.city = city
        port = _free_port()
        self.address = f"http://127.0.0.1:{port}"
        self._log = (city.folder / "product.log").open("wb")
        self._running: list[subprocess.Popen[bytes]] = []
        env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("IPFIN_")},
            "IPFIN_ENV": "development",
            "IPFIN_SECRET_KEY": SECRET,
            "IPFIN_DATABASE_URL": city.url,
            "IPFIN_INSTANCE_DIR": str(city.instance),
            "IPFIN_FONT_CACHE_DIR": str(FONT_CACHE),
            "IPFIN_PUBLIC_URL": self.address,
            "IPFIN_TOTP_REQUIRED": "true" if needs_code else "false",
            "PYTHONUNBUFFERED": "1",
        }
        for command in run.programs(port).values():
            self._running.append(
                subprocess.Popen(
                    command,
                    env=env,
                    cwd=ROOT,
                    stdin=subprocess.DEVNULL,
                    stdout=self._log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    preexec_fn=run._die_with_parent(),  # also when the suite is killed outright
                )
            )
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise

    def _wait(self) -> None:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        end = time.monotonic() + SECONDS_TO_ANSWER
        while time.monotonic() < end:
            if any(process.poll() is not None for process in self._running):
                raise RuntimeError(f"the product ended by itself:\n{self.log[-3000:]}")
            with contextlib.suppress(OSError), opener.open(f"{self.address}/healthz", timeout=5) as reply:
                if reply.status == 200:
                    return
            time.sleep(0.1)
        raise RuntimeError(f"the product gave no answer:\n{self.log[-3000:]}")

    @property
    def log(self) -> str:
        """What both programs have printed."""
        return (self.city.folder / "product.log").read_text(encoding="utf-8", errors="replace")

    def stop(self) -> None:
        """End both programs and what they started."""
        for process in self._running:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
        for process in self._running:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=5)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self._log.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
