"""Events of the office: set up, follow registrations, plan the meetings, print the pack.

What is shown is the actor's reach: a county officer sees the registrations and meetings of its own firms.
"""

from __future__ import annotations

from ipfin.web.office.events import packs, proposals, registrations, setting_up, timetables
from ipfin.web.office.events.base import bp

__all__ = ["bp", "packs", "proposals", "registrations", "setting_up", "timetables"]
