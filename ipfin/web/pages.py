"""Every blueprint of the product, registered in one place."""

from __future__ import annotations

from importlib import import_module

from flask import Flask

from ipfin.web.institution.audience import BANK, INSURER

# audience package -> its modules, each with a blueprint `bp` named "<audience>_<module>".
PAGES: dict[str, tuple[str, ...]] = {
    "public": ("home", "events", "notices", "verify", "health", "language"),
    "account": ("signing", "profile", "factor", "invitations", "inbox", "files"),
    "office": ("home", "imports", "enterprises", "scores", "rounds", "issues", "events", "jobs"),
    "enterprise": ("home", "patents", "score", "events"),
    "agency": ("home",),
    "auditor": ("log", "chain"),
    "admin": ("users", "organisations", "jobs", "health"),
}
INSTITUTION_PAGES = ("home", "firms", "issues", "events")


def register(app: Flask) -> None:
    """Register the blueprints of every audience on `app`."""
    for audience, modules in PAGES.items():
        for module in modules:
            app.register_blueprint(import_module(f"ipfin.web.{audience}.{module}").bp)
    for module in INSTITUTION_PAGES:
        make = import_module(f"ipfin.web.institution.{module}").blueprint
        for institution in (BANK, INSURER):
            app.register_blueprint(make(institution))
