"""The made-up list of 20 columns that the benchmarks import, score and search, and its database.

Decides size, spread and defects: holders with few and with many patents, one row in two hundred with a
wrong check digit. Built on the demonstration city, so plainly synthetic and valid; the same every time.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from random import Random

from sqlalchemy import Engine, insert, select, update
from sqlalchemy.orm import Session

from ipfin import schema
from ipfin.accounts.models import OrganisationKind, User
from ipfin.accounts.queries import actor_for
from ipfin.accounts.service import create_organisation, create_user
from ipfin.config import Environment, Settings
from ipfin.db import begin_writing, make_engine
from ipfin.demo.city import HEADER, DemoFirm, firms, patent_rows
from ipfin.documents.sheet import Column, SheetSpec, write_sheet
from ipfin.kernel.actor import SYSTEM, Actor, Role
from ipfin.kernel.clock import now_utc
from ipfin.kernel.identifiers import application_check_digit
from ipfin.reference import seed_reference
from ipfin.registry.intake import Plan, mapping_for, plan, read_list
from ipfin.registry.models import Enterprise, EnterpriseFact, FactSource
from ipfin.registry.reading import RawTable
from ipfin.registry.service import commit_batch, note_check, open_batch

ON = date(2026, 3, 5)
SEED = 20261122
LIST_HEADER = (*HEADER, "公开(公告)号", "代理机构", "申请人地址")
RARE_WORD, COMMON_WORD = "麒麟", "安阳"
_RARE_EVERY = 2_000  # firms: ten in a city of twenty thousand
_BAD_EVERY = 200  # rows
_SYLLABLES = "云溪北岭青禾天穹恒岳金檀明泽安澜启源中孚瑞霖海砺融川百桁正霄星瀚卓岩谷雨朗曜维桢众衡博砚"
_CHUNK = 500  # firms whose patents are made together: the city's serials serve ten thousand
_NUMBER, _KIND, _FILED = HEADER.index("申请号"), HEADER.index("专利类型"), HEADER.index("申请日")


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    rows: int
    firms: int

    @property
    def refused(self) -> int:
        """How many rows of the list have a fault for which a row is refused."""
        return -(-self.rows // _BAD_EVERY)


FULL, QUICK = Size(100_000, 20_000), Size(10_000, 2_000)


@cache
def made_firms(count: int) -> Sequence[DemoFirm]:
    """Return `count` firms, each with a name of its own."""
    made = []
    for index, firm in enumerate(firms(ON, count=count, seed=SEED)):
        base = len(_SYLLABLES)
        mark = "".join(_SYLLABLES[index // base**power % base] for power in range(3))
        rare = RARE_WORD if index % _RARE_EVERY == 7 else ""
        made.append(replace(firm, name=f"安阳示例{mark}{rare}{firm.name[-8:]}"))
    return made


def list_rows(size: Size) -> Iterator[list[str]]:
    """Yield the rows of the list in the order of no firm."""
    city = made_firms(size.firms)
    rows = [
        row
        for start in range(0, len(city), _CHUNK)
        for row in patent_rows(city[start : start + _CHUNK], ON, seed=SEED + start)
    ]
    Random(SEED).shuffle(rows)  # noqa: S311 - made-up rows, no secret
    for serial, row in enumerate(rows[: size.rows], start=1):
        digits = f"{row[_FILED][:4]}{_kind_digit(row)}{serial:07d}"
        check = application_check_digit(digits)
        if serial % _BAD_EVERY == 1:
            check = "X" if check != "X" else "1"
        row[_NUMBER] = f"CN{digits}.{check}"
        suffix = {"发明专利": "A", "实用新型": "U", "外观设计": "S"}[row[_KIND]]
        published = f"CN{_kind_digit(row)}{serial:08d}{suffix}"
        yield [*row, published, "安阳示例专利代理事务所", "河南省安阳市示例路1号"]


def _kind_digit(row: Sequence[str]) -> str:
    return {"发明专利": "1", "实用新型": "2", "外观设计": "3"}[row[_KIND]]


def write_list(path: Path, size: Size) -> None:
    """Write the list as a workbook."""
    spec = SheetSpec("专利名单", [Column(name) for name in LIST_HEADER], list_rows(size))
    (count,) = write_sheet(path, [spec])
    if count != size.rows:
        raise RuntimeError(f"the city has {count} patents, not {size.rows}")


def migrated(path: Path) -> Engine:
    """Return an engine on a new SQLite database with all tables."""
    engine = make_engine(f"sqlite:///{path}")
    schema.upgrade(engine)
    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """Open one writing transaction: leaving commits, raising rolls back."""
    with Session(engine, expire_on_commit=False) as session:
        begin_writing(session)
        yield session
        session.commit()


def people(engine: Engine, folder: Path) -> tuple[Actor, Actor, Actor]:
    """Add the divisions, an office with its two persons, and a bank; return the three as actors."""
    settings = Settings(env=Environment.TEST, instance_dir=folder)
    wanted = (
        (Role.CITY_OFFICER, OrganisationKind.CITY_OFFICE, "市局", "maker"),
        (Role.CITY_OFFICER, OrganisationKind.CITY_OFFICE, "市局", "checker"),
        (Role.BANK, OrganisationKind.BANK, "示例银行", "banker"),
    )
    actors = []
    with writing(engine) as session:
        seed_reference(session, settings)
        known: dict[str, int] = {}
        for role, kind, organisation, name in wanted:
            if organisation not in known:
                known[organisation] = create_organisation(
                    session, SYSTEM, kind=kind, name=organisation, now=now_utc()
                ).id
            user = create_user(
                session,
                SYSTEM,
                organisation_id=known[organisation],
                role=role,
                name=name,
                email=f"{name}@demo.invalid",
                password="Yunxi-Hezhuang-2026",  # noqa: S106 - a made-up city, thrown away
                now=now_utc(),
                settings=settings,
            )
            actors.append(Actor(user.id, name, role, known[organisation], organisation))
    maker, checker, banker = actors
    return maker, checker, banker


def commit_list(session: Session, actor: Actor, table: RawTable, found: Plan) -> None:
    """Open a batch for a list that was read and planned, keep what the check found, and write it."""
    batch = open_batch(
        session,
        actor,
        filename=table.filename,
        stored_name="benchmark",
        sha256=table.sha256,
        size_bytes=table.size_bytes,
        as_of=ON,
    )
    note_check(session, actor, batch, found)
    commit_batch(session, actor, batch, found)


def import_list(engine: Engine, path: Path, actor: Actor) -> Plan:
    """Import a list as a person's job does: read, map, compare, write, all in one transaction."""
    table = read_list(path, path.name)
    with writing(engine) as session:
        found = plan(session, table, mapping_for(session, table), as_of=ON)
        commit_list(session, actor, table, found)
    return found


@dataclass(frozen=True, slots=True)
class City:
    """A database that holds the imported list."""

    engine: Engine
    maker: Actor
    checker: Actor
    banker: Actor


def imported_city(folder: Path, size: Size) -> City:
    """Return a database of one's own in which the list stands.

    It is made once for all groups of a run, in the folder above, and copied.
    """
    made = folder.parent / "city.db"
    if not made.exists():
        path = folder.parent / "list.xlsx"
        write_list(path, size)
        fresh = folder.parent / "fresh.db"
        engine = migrated(fresh)
        maker, _checker, _banker = people(engine, folder)
        import_list(engine, path, maker)
        _declare(engine, size)
        with engine.connect() as connection, sqlite3.connect(made) as copy:
            connection.connection.driver_connection.backup(copy)
        copy.close()
        engine.dispose()
    shutil.copyfile(made, folder / "city.db")
    engine = make_engine(f"sqlite:///{folder / 'city.db'}")
    with Session(engine) as session:
        maker, checker, banker = (
            actor_for(
                session, session.scalars(select(User).where(User.email == f"{name}@demo.invalid")).one()
            )
            for name in ("maker", "checker", "banker")
        )
    return City(engine, maker, checker, banker)


def _declare(engine: Engine, size: Size) -> None:
    """Write down what the firms declared, so that they can be graded; a third declared nothing."""
    told = {firm.name: firm for firm in made_firms(size.firms)}
    with writing(engine) as session:
        names = session.execute(select(Enterprise.id, Enterprise.name)).all()
        known = [(number, told[name]) for number, name in names if name in told]
        facts = [
            {
                "enterprise_id": number,
                "kind": fact.kind,
                "number": fact.number,
                "word": fact.word,
                "as_of": ON,
                "source": FactSource.DECLARED,
                "recorded_by": "benchmark",
                "recorded_at": now_utc(),
            }
            for number, firm in known
            for fact in firm.facts
        ]
        session.execute(insert(EnterpriseFact), facts)
        session.execute(
            update(Enterprise),
            [{"id": number, "established_on": firm.established_on} for number, firm in known],
        )
