"""The browser's side of a session: our own cookie, the person behind it, the actor that services ask for.

Flask's signed cookie only carries the form token and flashes; who is signed in stands in the database,
so that signing out really ends it. Decides nothing about passwords and codes (`accounts.service`).
"""

from __future__ import annotations

from typing import cast

from flask import Flask, Request, current_app, g, request
from flask_login import LoginManager, UserMixin, current_user
from werkzeug.wrappers import Response

from ipfin.accounts.models import User, UserSession
from ipfin.accounts.queries import actor_for
from ipfin.accounts.service import needs_touch, session_for_token, stage_of, touch
from ipfin.accounts.session_life import Stage
from ipfin.audit.service import request_address
from ipfin.config import Environment, Settings
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import now_utc
from ipfin.web.database import current_session, write_if_free
from ipfin.web.security import STATIC_ENDPOINTS

login_manager = LoginManager()

# What answers everyone alike; the watcher's page must answer when the database does not.
_FOR_NOBODY = STATIC_ENDPOINTS | {"public_health.show"}


class Person(UserMixin):
    """Whoever holds a living session, in Flask-Login's form. Says nothing yet about the second step.

    Keeps plain values: a refusal in a service rolls back, and rows are then no longer loaded.
    """

    def __init__(self, user_session: UserSession, actor: Actor, stage: Stage) -> None:
        self.user_session = user_session
        self.session_id = user_session.id
        self.locale = user_session.user.locale
        self.actor = actor
        self.stage = stage

    @property
    def user(self) -> User:
        """The person's account."""
        return self.user_session.user

    def get_id(self) -> str:
        """Return the account's id (asked for by Flask-Login, which we never let remember anybody)."""
        return str(self.actor.user_id)


def init_signing_in(app: Flask) -> None:
    """Find the person behind every request of `app` by our session cookie."""
    # Flask-Login would look for its own remembering cookie first, and stumble over a forged one. No
    # cookie has an empty name.
    app.config["REMEMBER_COOKIE_NAME"] = ""
    login_manager.init_app(app)
    login_manager.session_protection = None  # the token is ours; Flask's cookie identifies nobody
    login_manager.request_loader(_load_person)
    app.before_request(_note_who_asks)
    app.teardown_request(_forget_who_asked)


def settings() -> Settings:
    """Return this installation's settings."""
    return cast("Settings", current_app.extensions["ipfin_settings"])


def is_production() -> bool:
    """Whether this installation serves real people."""
    return settings().env is Environment.PRODUCTION


def cookie_name() -> str:
    """Return the session cookie's name; the `__Host-` prefix binds it to https and this host."""
    return "__Host-ipfin" if is_production() else "ipfin_session"


def _note_who_asks() -> None:
    request_address.set(request.remote_addr or "")
    # Before any view: finding the person may write, and must not do so in the midst of a use case.
    if request.endpoint not in _FOR_NOBODY:
        current_person()


def _forget_who_asked(_error: BaseException | None) -> None:
    # The thread goes on to other work, which must not be recorded under this address.
    request_address.set("")


def _load_person(req: Request) -> Person | None:
    token = req.cookies.get(cookie_name(), "")
    if not token or g.get("without_database"):
        return None
    session, now = current_session(), now_utc()
    found = session_for_token(session, token, now=now, settings=settings())
    if found is None:
        return None
    if needs_touch(found, now):
        session_id = found.id
        write_if_free(lambda writing: touch(writing, session_id, now))
    return Person(found, actor_for(session, found.user), stage_of(found, now=now, settings=settings()))


def current_person() -> Person | None:
    """Return who holds this request's session, whatever step of signing in is still missing."""
    return cast("Person", current_user) if current_user.is_authenticated else None


def person() -> Person:
    """Return who holds this request's session; only for views that nobody enters without one."""
    found = current_person()
    if found is None:
        raise RuntimeError("a view that is open to everyone asked who is signed in")
    return found


def current_actor() -> Actor | None:
    """Return who acts in this request, or None while nobody has completed signing in."""
    found = current_person()
    return found.actor if found is not None and found.stage is Stage.OPEN else None


def actor() -> Actor:
    """Return who acts; only for views that nobody enters without signing in."""
    found = current_actor()
    if found is None:
        raise RuntimeError("a view that is open to everyone asked for the actor")
    return found


def set_session_cookie(response: Response, token: str) -> None:
    """Hand the new session's token to the browser."""
    response.set_cookie(cookie_name(), token, secure=is_production(), httponly=True, samesite="Lax", path="/")


def clear_session_cookie(response: Response) -> None:
    """Take the session's token from the browser."""
    response.delete_cookie(cookie_name(), path="/", secure=is_production(), httponly=True, samesite="Lax")
