"""Every blueprint of the product, registered in one place."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter

from ipfin.web.institution.audience import BANK, INSURER
from ipfin.web.paging import LARGEST_NUMBER

# audience package -> its modules, each with a blueprint `bp` named "<audience>_<module>".
PAGES: dict[str, tuple[str, ...]] = {
    "public": ("home", "events", "check_in", "short_links", "notices", "verify", "health", "language"),
    "account": ("signing", "profile", "factor", "invitations", "inbox", "files", "model"),
    "office": (
        "home",
        "imports",
        "enterprises",
        "firm",
        "contacts",
        "visits",
        "matching",
        "outcomes",
        "conflicts",
        "patents",
        "patent_flags",
        "scores",
        "calibration",
        "cohorts",
        "models",
        "drafts",
        "rounds",
        "screening",
        "registers",
        "conduct",
        "terms",
        "gate_tasks",
        "objections",
        "overrides",
        "override_lists",
        "admissions",
        "pushes",
        "issues",
        "schedule",
        "events",
        "corrections",
        "declarations",
        "consents",
        "jobs",
    ),
    "enterprise": ("home", "profile", "patents", "score", "events", "corrections", "consents"),
    "agency": ("home", "tasks", "calibration", "done"),
    "auditor": ("log", "chain"),
    "admin": ("users", "organisations", "jobs", "health"),
}
INSTITUTION_PAGES = ("home", "firms", "issues", "events", "consents", "pushes")


class NumberOfARow(IntegerConverter):
    """`<int:…>` in an address: a number that a row can have; a larger one is simply no page.

    Neither database takes any larger number as a parameter, so it would end in a failure of ours.
    """

    def __init__(self, *arguments: Any, **limits: Any) -> None:
        super().__init__(*arguments, **{"max": LARGEST_NUMBER, **limits})


def register(app: Flask) -> None:
    """Register the blueprints of every audience on `app`."""
    app.url_map.converters["int"] = NumberOfARow
    for audience, modules in PAGES.items():
        for module in modules:
            app.register_blueprint(import_module(f"ipfin.web.{audience}.{module}").bp)
    for module in INSTITUTION_PAGES:
        make = import_module(f"ipfin.web.institution.{module}").blueprint
        for institution in (BANK, INSURER):
            app.register_blueprint(make(institution))
