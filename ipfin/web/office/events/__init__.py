"""Events of the office: set up, register, plan the meetings, print the pack, stand at the door, report.

What is shown is the actor's reach: a county officer sees the registrations and meetings of its own firms.
"""

from __future__ import annotations

from ipfin.web.office.events import (
    check_in,
    demands,
    invitations,
    materials,
    packs,
    programme,
    proposals,
    questions,
    registrations,
    reminders,
    replanning,
    results,
    setting_up,
    sharing,
    standing,
    timetables,
    training,
    visits,
    wall,
    weights,
)
from ipfin.web.office.events.base import bp

__all__ = [
    "bp",
    "check_in",
    "demands",
    "invitations",
    "materials",
    "packs",
    "programme",
    "proposals",
    "questions",
    "registrations",
    "reminders",
    "replanning",
    "results",
    "setting_up",
    "sharing",
    "standing",
    "timetables",
    "training",
    "visits",
    "wall",
    "weights",
]
