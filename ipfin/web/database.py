"""The web's handle on the database, and the one place where a request commits.

A view that writes says `with unit_of_work() as session:` around one use case: return commits, raise
rolls back. Views that read use `db.session` and never commit.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from ipfin.db import BUSY_TIMEOUT_MS, Base, begin_writing, prepare_engine
from ipfin.kernel.errors import Conflict
from ipfin.kernel.text import _

db = SQLAlchemy(model_class=Base)


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
