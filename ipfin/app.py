"""The application factory. Decides only how settings, database, signing in, access and pages are joined."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask, g, request
from flask_bootstrap import Bootstrap5

from ipfin.accounts.policy import ROLE_LABELS, P, may
from ipfin.config import ROOT, Environment, Settings, settings_from_environment
from ipfin.jobs.queue import connect_queue
from ipfin.notices.service import unread_count
from ipfin.web import pages
from ipfin.web.access import init_access
from ipfin.web.database import current_session, init_database
from ipfin.web.demonstration import is_demonstration
from ipfin.web.errors import init_errors
from ipfin.web.filters import init_filters
from ipfin.web.i18n import init_i18n
from ipfin.web.limits import init_limits
from ipfin.web.logs import init_logs
from ipfin.web.navigation import entries_for
from ipfin.web.paging import here_with
from ipfin.web.returning import own_path
from ipfin.web.security import init_security
from ipfin.web.signing_in import current_actor, init_signing_in


def create_app(settings: Settings | None = None) -> Flask:
    """Return the application for `settings` (by default those of the environment).

    Raises:
        pydantic.ValidationError: a setting is wrong or production has no strong secret.
    """
    settings = settings or settings_from_environment()
    app = Flask(
        "ipfin",
        root_path=str(Path(__file__).parent),
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
    )
    app.extensions["ipfin_settings"] = settings
    app.config["TESTING"] = settings.env is Environment.TEST
    app.config["BOOTSTRAP_SERVE_LOCAL"] = True
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    init_logs(settings)
    init_security(app, settings)
    init_database(app, settings.database_url)
    init_signing_in(app)
    init_access(app)
    init_limits(app, settings)
    init_i18n(app)
    init_filters(app)
    init_errors(app)
    Bootstrap5(app)
    connect_queue(settings)
    # A global, because macros that are imported see no context.
    app.jinja_env.globals["here_with"] = here_with
    app.context_processor(lambda: _page_context(settings))
    pages.register(app)
    return app


def _page_context(settings: Settings) -> dict[str, Any]:
    actor = current_actor()
    # A page that says that the database is away must not ask it anything.
    asks = not g.get("without_database")
    unread = unread_count(current_session(), actor.user_id) if asks and actor and actor.user_id else 0
    return {
        "actor": actor,
        "city_name": settings.city_name,
        "here_path": own_path(request.full_path.rstrip("?")) or "",
        "is_demonstration": asks and is_demonstration(current_session()),
        "navigation": entries_for(actor),
        "may_read_model": actor is not None and may(actor, P.ACCOUNT_MODEL_READ),
        "office_name": settings.office_name,
        "office_phone": settings.office_phone,
        "role_labels": ROLE_LABELS,
        "unread_notices": unread,
    }
