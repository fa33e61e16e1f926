"""Alembic's environment: where its connection comes from, and what is not in the models.

`ipfin.schema` hands over a connection that is already inside a transaction and under the lock; a plain
`alembic -c migrations/alembic.ini …` gets one here.
"""

from __future__ import annotations

from typing import Any

from alembic import context
from sqlalchemy import Connection

from ipfin import schema
from ipfin.config import settings_from_environment
from ipfin.db import make_engine

# Made by hand in 003: the models cannot say it for both databases.
BY_HAND = ("enterprise_fts", "ix_enterprise_search")


def include_name(name: str | None, kind: str, parents: Any) -> bool:
    """Leave out what the models do not know (the index tables of the search)."""
    return name is None or not name.startswith(BY_HAND)


def run(connection: Connection) -> None:
    """Run what was asked for on `connection`."""
    context.configure(
        connection=connection,
        target_metadata=schema.all_tables(),
        render_as_batch=connection.dialect.name == "sqlite",
        render_item=schema.written_type,
        include_name=include_name,
        compare_type=True,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    raise SystemExit("Migrations look at the database they change; write no SQL script for them.")
if (given := context.config.attributes.get("connection")) is not None:
    run(given)
else:
    engine = make_engine(settings_from_environment().database_url)
    with schema.one_at_a_time(engine), schema.migrating(engine) as own:
        run(own)
