"""Time that a browser cannot wait for: the working days of a public notice."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from ipfin.db import make_engine
from ipfin.kernel.clock import today_in_china
from ipfin.whitelist.models import WhitelistRound
from ipfin.worker.database import unit_of_work_on
from tests.demonstration import City


def let_the_notice_pass(city: City) -> None:
    """Move the days of every notice back, as if its five working days were over."""
    days = {"notice_from": today_in_china() - timedelta(days=9)}
    days["notice_last_day"] = today_in_china() - timedelta(days=1)
    engine = make_engine(city.url)
    with unit_of_work_on(engine)() as session:
        session.execute(update(WhitelistRound).where(WhitelistRound.state == "noticed").values(**days))
    engine.dispose()
