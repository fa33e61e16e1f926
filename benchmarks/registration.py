"""`python -m benchmarks.registration`: registration opens at nine, and everybody clicks, over HTTP.

Two hundred firms with sessions of their own post their forms at the same instant to the web server as
the product starts it, for fifty seats; then one firm clicks twenty times at once, and ten leave while
thirty come. Decides what is done and counted; what must hold are reliability's promises: 50 confirmed,
150 waiting, nothing but 2xx, 3xx and 409, the slowest answer under five seconds, one row of twenty clicks,
never more than the quota (twenty rounds). Ends with 1 when one of them does not hold.

By default on a new SQLite file; `--database` names an empty PostgreSQL instead. The answers are timed by
the clock, because a person waits by the clock: on a busy machine the figures tell of the machine.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from urllib.error import HTTPError
from urllib.parse import urlencode

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from ipfin import schema
from ipfin.accounts.models import Organisation, OrganisationKind, User
from ipfin.accounts.service import begin_session
from ipfin.config import Environment, Settings
from ipfin.db import begin_writing, make_engine
from ipfin.events.details import EventDetails
from ipfin.events.lifecycle import EventKind, RegistrationState
from ipfin.events.models import Event, Registration
from ipfin.events.registration import Application
from ipfin.events.service import create_event, publish_event, register_enterprise
from ipfin.kernel.actor import SYSTEM, Role
from ipfin.kernel.clock import now_utc, today_in_china
from ipfin.kernel.public_id import new_public_id
from ipfin.registry.models import Enterprise

ROOT = Path(__file__).resolve().parents[1]
SECRET = "secret of a benchmark, thrown away"  # noqa: S105
FIRMS, SEATS, CLICKS, LEAVE, COME = 200, 50, 20, 10, 30
WAIT = 5  # who wait already when ten leave
ROUNDS_OF_LEAVING = 20
SLOWEST_S = 5.0
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_PATIENCE_S = 120.0
SEATED, WAITING = RegistrationState.CONFIRMED, RegistrationState.WAITLISTED


@dataclass
class Visitor:
    """A firm's browser: its session, and the form that it has open."""

    number: int
    firm: int
    session: str
    cookies: str = ""
    token: str = ""

    def open_form(self, port: int, event: str) -> None:
        """Read the registration form, as a person has before nine."""
        status, headers, body = ask(port, "GET", f"/ent/events/{event}/register", self.cookie_line())
        found = _TOKEN.search(body)
        if status != 200 or found is None:
            raise RuntimeError(f"no form for visitor {self.number}: {status}")
        given = [value.split(";")[0] for name, value in headers if name.lower() == "set-cookie"]
        self.cookies, self.token = "; ".join(given) or self.cookies, found.group(1)

    def cookie_line(self) -> str:
        """Return what the browser sends of itself."""
        return "; ".join(filter(None, (f"ipfin_session={self.session}", self.cookies)))


@dataclass
class Answers:
    """What came back, and how long after the common start."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)

    @property
    def broken(self) -> int:
        """Answers of the server that are its fault, and none at all (0)."""
        return sum(count for status, count in self.statuses.items() if status >= 500 or status == 0)

    @property
    def odd(self) -> int:
        """Answers other than 2xx, 3xx and 409, which a click may have."""
        return sum(n for status, n in self.statuses.items() if not (200 <= status < 400 or status == 409))


def ask(
    port: int, method: str, path: str, cookies: str, form: dict[str, str] | None = None
) -> tuple[int, list[tuple[str, str]], str]:
    """Ask the server once; return status, headers and text."""
    connection = HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_S)
    headers = {"Cookie": cookies, "Host": f"127.0.0.1:{port}"}
    body = None
    if form is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        body = urlencode(form)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.getheaders(), answer.read().decode("utf-8", "replace")
    finally:
        connection.close()


def all_at_once(port: int, posts: Sequence[tuple[Visitor, str, dict[str, str]]]) -> Answers:
    """Post every form at the same instant, one connection each."""
    answers, start, lock = Answers(), threading.Barrier(len(posts)), threading.Lock()

    def post(visitor: Visitor, path: str, form: dict[str, str]) -> None:
        start.wait()
        began = time.monotonic()
        try:
            status, _headers, _body = ask(
                port, "POST", path, visitor.cookie_line(), {"csrf_token": visitor.token, **form}
            )
        except OSError:
            status = 0
        with lock:
            answers.statuses[status] += 1
            answers.seconds.append(time.monotonic() - began)

    threads = [threading.Thread(target=post, args=each) for each in posts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


# --- The house ----------------------------------------------------------------------------------------


def visitors(engine: Engine, settings: Settings) -> list[Visitor]:
    """Save firms with an account and an open session each."""
    now = now_utc()
    made = []
    with Session(engine) as session:
        begin_writing(session)
        for number in range(FIRMS):
            name = f"示例报名企业{number:04d}有限公司"
            firm = Enterprise(
                public_id=new_public_id(), name=name, name_key=name, search_text=name, pinyin_key="",
                as_of=today_in_china(), created_at=now,
            )  # fmt: skip
            session.add(firm)
            session.flush()
            house = Organisation(
                kind=OrganisationKind.ENTERPRISE, name=firm.name, enterprise_id=firm.id, created_at=now
            )
            user = User(
                organisation=house, role=Role.ENTERPRISE, name=f"经办{number}", password_hash="",
                email=f"firm{number}@demo.invalid", password_changed_at=now, created_at=now,
            )  # fmt: skip
            session.add_all([house, user])
            session.flush()
            _row, token = begin_session(
                session, user, now=now, address="127.0.0.1", user_agent="benchmark", settings=settings
            )
            made.append(Visitor(number, firm.id, token))
        session.commit()
    return made


def new_event(engine: Engine) -> tuple[int, str]:
    """Open an event with fifty seats for firms; return its number and its address."""
    starts = now_utc() + timedelta(days=30)
    details = EventDetails(
        kind=EventKind.BRIEFING, title="基准活动", venue="示例会场", starts_at=starts,
        ends_at=starts + timedelta(hours=3), registration_closes_on=today_in_china() + timedelta(days=20),
        enterprise_seats=SEATS, institution_seats=10, talks_start_at=starts,
    )  # fmt: skip
    with Session(engine) as session:
        begin_writing(session)
        event = create_event(session, SYSTEM, details)
        publish_event(session, SYSTEM, event)
        found = event.id, event.public_id
        session.commit()
    return found


def states_of(engine: Engine, event_id: int) -> list[RegistrationState]:
    """Return how the registrations of an event stand, in the order of arrival."""
    with Session(engine) as session:
        rows = select(Registration.state).where(Registration.event_id == event_id).order_by(Registration.id)
        return list(session.scalars(rows))


# --- What is done -------------------------------------------------------------------------------------


def said(visitor: Visitor, turn: int) -> dict[str, str]:
    """Return the form of a firm; everybody has a phone of his own."""
    phone = f"13{turn % 10}{visitor.number:08d}"
    return {"contact_name": "示例", "phone": phone, "need": "购置设备", "amount": "200"}


@dataclass(frozen=True)
class House:
    """The server that is asked, its database, and who asks."""

    port: int
    engine: Engine
    crowd: Sequence[Visitor]


def storm(house: House, turn: int) -> tuple[str, bool]:
    """Two hundred on fifty seats; tell what came of it and whether it holds."""
    event_id, address = new_event(house.engine)
    path = f"/ent/events/{address}/register"
    crowd = house.crowd[:FIRMS]
    answers = all_at_once(house.port, [(visitor, path, said(visitor, turn)) for visitor in crowd])
    states = states_of(house.engine, event_id)
    slowest = max(answers.seconds)
    fits = states == [SEATED] * SEATS + [WAITING] * (FIRMS - SEATS)
    line = (
        f"{states.count(SEATED)} confirmed, {states.count(WAITING)} waiting, "
        f"answers {dict(answers.statuses)}, {answers.broken} x 5xx or none, "
        f"median {median(answers.seconds):.2f} s, slowest {slowest:.2f} s"
    )
    return line, fits and not answers.broken and not answers.odd and slowest < SLOWEST_S


def clicks(house: House) -> tuple[str, bool]:
    """Click twenty times at once."""
    event_id, address = new_event(house.engine)
    visitor, path = house.crowd[0], f"/ent/events/{address}/register"
    answers = all_at_once(house.port, [(visitor, path, said(visitor, 7))] * CLICKS)
    rows = len(states_of(house.engine, event_id))
    line = f"{rows} row, answers {dict(answers.statuses)}, slowest {max(answers.seconds):.2f} s"
    return line, rows == 1 and not answers.broken and not answers.odd


def leaving(house: House, rounds: int) -> tuple[str, bool]:
    """Let ten leave while thirty come to a full event with five waiting, round after round."""
    kept, broken, slowest = 0, 0, 0.0
    for _turn in range(rounds):
        event_id, address = new_event(house.engine)
        first = house.crowd[: SEATS + WAIT]
        rest = house.crowd[SEATS + WAIT : SEATS + WAIT + COME]
        with Session(house.engine) as session:
            begin_writing(session)
            for visitor in first:
                register_enterprise(
                    session, SYSTEM, session.get_one(Event, event_id),
                    session.get_one(Enterprise, visitor.firm),
                    Application("示例", f"139{visitor.number:08d}"), on=today_in_china(),
                    settings=Settings(env=Environment.DEVELOPMENT, secret_key=SECRET),
                )  # fmt: skip
            session.commit()
        acts = [(one, f"/ent/events/{address}/register", said(one, 8)) for one in rest]
        acts += [(one, f"/ent/events/{address}/leave", {}) for one in first[:LEAVE]]
        answers = all_at_once(house.port, acts)
        standing = states_of(house.engine, event_id)[LEAVE:]
        kept += standing == [SEATED] * SEATS + [WAITING] * (WAIT + COME - LEAVE)
        broken += answers.broken + answers.odd
        slowest = max(slowest, *answers.seconds)
    line = f"{kept} rounds: 50 confirmed, the oldest moved up; {broken} odd answers, slowest {slowest:.2f} s"
    return line, kept == rounds and not broken


def served(url: str, folder: Path, rounds: int) -> bool:
    """Start the web server on `url`, do everything, print it; return whether all of it holds."""
    engine = make_engine(url)
    schema.upgrade(engine)
    settings = Settings(env=Environment.DEVELOPMENT, secret_key=SECRET, instance_dir=folder)
    crowd = visitors(engine, settings)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = _started(url, folder, port)
    try:
        _event_id, address = new_event(engine)
        for visitor in crowd:
            visitor.open_form(port, address)
        house = House(port, engine, crowd)
        outcomes = [(f"200 on 50 seats, round {turn + 1}", *storm(house, turn)) for turn in range(rounds)]
        outcomes.append(("20 clicks", *clicks(house)))
        leave = min(ROUNDS_OF_LEAVING, 4 * rounds)
        outcomes.append((f"10 leave, 30 come, {leave} x", *leaving(house, leave)))
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait()
        engine.dispose()
    for what, line, holds in outcomes:
        print(f"{engine.dialect.name:<11}{what:<28}{'holds' if holds else 'MISSES':<8}{line}")
    return all(holds for _what, _line, holds in outcomes)


def _started(url: str, folder: Path, port: int) -> subprocess.Popen[bytes]:
    sys.path.insert(0, str(ROOT / "bin"))
    import run  # bin/run.py: the same command as `make run`

    environment = {name: value for name, value in os.environ.items() if not name.startswith("IPFIN_")} | {
        "IPFIN_ENV": "development",
        "IPFIN_SECRET_KEY": SECRET,
        "IPFIN_DATABASE_URL": url,
        "IPFIN_INSTANCE_DIR": str(folder),
    }
    server = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, *run.programs(port)["web server"][1:]],
        env=environment,
        cwd=ROOT,
        start_new_session=True,
    )
    end = time.monotonic() + _PATIENCE_S
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < end:
        try:
            with opener.open(f"http://127.0.0.1:{port}/healthz", timeout=5) as reply:
                if reply.status == 200:
                    return server
        except HTTPError:
            return server  # it answers; that no worker runs beside it is said, and true
        except OSError:
            time.sleep(0.2)
    os.killpg(server.pid, signal.SIGKILL)
    raise RuntimeError("the web server gave no answer")


def main(arguments: Sequence[str] | None = None) -> int:
    """Do everything on one database."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else "")
    parser.add_argument("--database", default="", help="an empty database; a new SQLite file by default")
    parser.add_argument("--rounds", type=int, default=5, help="how often two hundred sign up")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="ipfin-registration-") as name:
        folder = Path(name)
        url = chosen.database or f"sqlite:///{folder / 'ipfin.db'}"
        return 0 if served(url, folder, chosen.rounds) else 1


if __name__ == "__main__":
    raise SystemExit(main())
