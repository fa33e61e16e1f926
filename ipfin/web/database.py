"""The web's handle on the database, and the one place where a request commits.

A view that writes says `with unit_of_work() as session:` around one use case: return commits, raise
rolls back. Views that read use `current_session()` and never commit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from ipfin.db import BUSY_TIMEOUT_MS, WRITES, Base, begin_writing, prepare_engine
from ipfin.kernel.errors import Conflict
from ipfin.kernel.text import _

db = SQLAlchemy(model_class=Base)

SHORT_PATIENCE_MS = 200


def init_database(app: Flask, url: str) -> None:
    """Bind the handle to `app`."""
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    if url.startswith("sqlite"):
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"connect_args": {"timeout": BUSY_TIMEOUT_MS / 1000}}
    else:
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_pre_ping": True}
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)


def current_session() -> Session:
    """Return this request's session."""
    return cast("Session", db.session())


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """Run one use case as one writing transaction.

    Objects that were loaded before are read again under the lock.

    Raises:
        Conflict: a constraint of the database or a newer version of the row stood against it.
    """
    session = current_session()
    begin_writing(session)
    try:
        yield session
        session.commit()
    except StaleDataError as error:
        session.rollback()
        raise Conflict(_("他人刚刚修改过这条记录，请刷新后再试。")) from error
    except IntegrityError as error:
        session.rollback()
        raise Conflict(_("与已有记录冲突，未保存任何内容。请刷新后再试。")) from error
    except BaseException:
        session.rollback()
        raise


def write_if_free(write: Callable[[Session], None]) -> bool:
    """Write something small that may also be left out; return whether it was written.

    For what a reading page notes by the way: somebody who reads must wait for no import, and must be
    able to read when the disk is full. What was loaded before is loaded anew.
    """
    current_session().rollback()
    try:
        with (
            db.engine.connect().execution_options(**{WRITES: True}) as connection,
            _short_patience(connection),
            connection.begin(),
            Session(connection) as session,
        ):
            if connection.dialect.name == "postgresql":
                session.execute(text(f"SET LOCAL lock_timeout = {SHORT_PATIENCE_MS}"))
            write(session)
            session.flush()
    except OperationalError:
        return False
    return True


@contextmanager
def _short_patience(connection: Connection) -> Iterator[None]:
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.execute(f"PRAGMA busy_timeout={SHORT_PATIENCE_MS}")
    try:
        yield
    finally:
        driver.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
