"""Reference data that every installation starts with: divisions of the city, days off and make-up days.

Decides what is seeded when it is missing; what an administrator entered is never overwritten.
Sources: GB/T 2260 codes of Anyang (domain.md §6); State Council notices through `chinesecalendar`.
"""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ipfin.config import Settings
from ipfin.kernel.calendar import WorkCalendar, seed_workdays
from ipfin.registry.models import Region, Workday

# code, name, parent. 410571 is a statistical code, not of GB/T 2260.
ANYANG: tuple[tuple[str, str, str | None], ...] = (
    ("410500", "安阳市", None),
    ("410502", "文峰区", "410500"),
    ("410503", "北关区", "410500"),
    ("410505", "殷都区", "410500"),
    ("410506", "龙安区", "410500"),
    ("410522", "安阳县", "410500"),
    ("410523", "汤阴县", "410500"),
    ("410526", "滑县", "410500"),
    ("410527", "内黄县", "410500"),
    ("410571", "安阳高新区", "410500"),
    ("410581", "林州市", "410500"),
)
FIRST_YEAR, LAST_YEAR = 2019, 2026
_NOTICE = "国务院办公厅放假通知（chinesecalendar）"


def seed_reference(session: Session, settings: Settings) -> None:
    """Write the divisions and the calendar when the tables are empty."""
    if not session.scalar(select(func.count()).select_from(Region)):
        tree = (
            ANYANG
            if settings.city_region_code == "410500"
            else ((settings.city_region_code, settings.city_name, None),)
        )
        for code, name, parent in tree:
            session.add(Region(code=code, name=name, parent_code=parent))
            session.flush()
    if not session.scalar(select(func.count()).select_from(Workday)):
        days = seed_workdays(FIRST_YEAR, LAST_YEAR)
        session.add_all(Workday(day=day, is_working=working, source=_NOTICE) for day, working in days.items())
    session.flush()


def work_calendar(session: Session) -> WorkCalendar:
    """Return the calendar of working days as the table holds it; later years are provisional."""
    overrides = {row.day: row.is_working for row in session.scalars(select(Workday))}
    return WorkCalendar(overrides, known_through=max((day.year for day in overrides), default=0))
