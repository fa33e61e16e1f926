"""The command line's handle on the database, and the one place where a command commits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ipfin import schema
from ipfin.config import settings_from_environment
from ipfin.db import begin_writing, make_engine
from ipfin.kernel.errors import Conflict
from ipfin.kernel.text import _


def database_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--database URL` to a command; by default the database of the settings."""
    return click.option(
        "--database", "database_url", metavar="URL", help="数据库地址；默认取 IPFIN_DATABASE_URL。"
    )(command)


def open_engine(url: str | None, *, migrate: bool = False) -> Engine:
    """Return the engine for `url`, by default that of the settings.

    Raises:
        Conflict: the database is not at the present version and `migrate` was not asked for.
    """
    schema.all_tables()
    url = url or settings_from_environment().database_url
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    engine = make_engine(url)
    if context := click.get_current_context(silent=True):
        context.call_on_close(engine.dispose)
    if migrate:
        schema.upgrade(engine)
    elif not schema.is_current(engine):
        raise Conflict(_("数据库尚未升级到当前版本，请先运行 ipfin db upgrade。"))
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """Open a session that only reads."""
    with Session(engine) as session:
        yield session


@contextmanager
def unit_of_work(engine: Engine) -> Iterator[Session]:
    """Run one use case as one writing transaction: return commits, raise rolls back."""
    with Session(engine, expire_on_commit=False) as session:
        begin_writing(session)
        try:
            yield session
            session.commit()
        except IntegrityError as error:
            session.rollback()
            raise Conflict(_("与已有记录冲突，未保存任何内容。")) from error
        except BaseException:
            session.rollback()
            raise
