"""The browser's side of a session: our own cookie, the user behind it, the actor that services ask for.

Flask's signed cookie only carries the form token and flashes; who is signed in stands in the database,
so that signing out really ends it.
"""

from __future__ import annotations

from typing import cast

from flask import Flask, Request, current_app, g, request
from flask_login import LoginManager, current_user
from werkzeug.wrappers import Response

from ipfin.accounts.models import User, UserSession
from ipfin.accounts.policy import requires_second_factor
from ipfin.accounts.queries import actor_for
from ipfin.accounts.sessions import session_for_token
from ipfin.audit.service import request_address
from ipfin.config import Settings
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import now_utc
from ipfin.web.database import current_session

login_manager = LoginManager()


def init_signing_in(app: Flask) -> None:
    """Find the user of every request of `app` by our session cookie."""
    login_manager.init_app(app)
    login_manager.session_protection = None  # the token is ours; Flask's cookie identifies nobody
    login_manager.request_loader(_load_user)
    app.before_request(_note_address)


def settings() -> Settings:
    """Return this installation's settings."""
    return cast("Settings", current_app.extensions["ipfin_settings"])


def cookie_name() -> str:
    """Return the session cookie's name; the `__Host-` prefix binds it to https and this host."""
    return "__Host-ipfin" if settings().env == "production" else "ipfin_session"


def _note_address() -> None:
    request_address.set(request.remote_addr or "")


def _load_user(req: Request) -> User | None:
    g.user_session = None
    token = req.cookies.get(cookie_name(), "")
    if not token:
        return None
    found = session_for_token(current_session(), token, now=now_utc(), settings=settings())
    if found is None:
        return None
    g.user_session = found
    return found.user


def current_user_session() -> UserSession | None:
    """Return the signed-in session of this request, whether or not its second step is done."""
    _ = current_user.is_authenticated  # makes Flask-Login ask _load_user once
    return cast("UserSession | None", g.get("user_session"))


def current_actor() -> Actor | None:
    """Return who acts in this request, or None when nobody is signed in."""
    if "actor" not in g:
        session = current_user_session()
        g.actor = actor_for(current_session(), session.user) if session else None
    return cast("Actor | None", g.actor)


def actor() -> Actor:
    """Return who acts; only for views that nobody enters without signing in."""
    found = current_actor()
    if found is None:
        raise RuntimeError("a view that is open to everyone asked for the actor")
    return found


def needs_second_factor() -> bool:
    """Whether the person enrolled an authenticator and has not yet given a code in this session."""
    session = current_user_session()
    return bool(session and session.user.has_second_factor and session.second_factor_at is None)


def needs_enrolment() -> bool:
    """Whether the person's role requires an authenticator that is not yet there."""
    session = current_user_session()
    if session is None or not settings().totp_required:
        return False
    return requires_second_factor(session.user.role) and not session.user.has_second_factor


def set_session_cookie(response: Response, token: str) -> None:
    """Hand the new session's token to the browser."""
    response.set_cookie(
        cookie_name(),
        token,
        secure=settings().env == "production",
        httponly=True,
        samesite="Lax",
        path="/",
    )


def clear_session_cookie(response: Response) -> None:
    """Take the session's token from the browser."""
    response.delete_cookie(cookie_name(), path="/", secure=settings().env == "production", httponly=True)
