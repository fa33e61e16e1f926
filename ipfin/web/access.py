"""Who may enter which page. Undeclared endpoints are closed.

Each view declares itself with `open_to(permission, …)`, `open_to_signed_in` or `open_to_everyone`.
Decides entry only; which rows a person sees is decided by `accounts.scope`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from flask import Flask, abort, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response

from ipfin.accounts.policy import Permission, may
from ipfin.audit.service import record
from ipfin.kernel.actor import Actor
from ipfin.web.database import unit_of_work
from ipfin.web.signing_in import current_actor, needs_enrolment, needs_second_factor

View = TypeVar("View", bound=Callable[..., Any])

# Endpoints of libraries that serve files only.
STATIC_ENDPOINTS = frozenset({"static", "bootstrap.static"})


@dataclass(frozen=True, slots=True)
class Access:
    """What a view declared: everyone, anyone signed in, or holders of one of the permissions."""

    permissions: frozenset[Permission] = frozenset()
    everyone: bool = False
    before_second_factor: bool = False


def open_to(*permissions: Permission) -> Callable[[View], View]:
    """Declare a view open to whoever holds one of `permissions`."""
    return lambda view: _declare(view, Access(permissions=frozenset(permissions)))


def open_to_everyone(view: View) -> View:
    """Declare a view open without signing in."""
    return _declare(view, Access(everyone=True))


def open_to_signed_in(view: View) -> View:
    """Declare a view open to anyone who has completed signing in."""
    return _declare(view, Access())


def open_before_second_factor(view: View) -> View:
    """Declare a view that belongs to signing in itself: the second step, enrolment, leaving."""
    return _declare(view, Access(before_second_factor=True))


def _declare(view: View, access: Access) -> View:
    view.__ipfin_access__ = access  # type: ignore[attr-defined]
    return view


def access_of(endpoint: str) -> Access | None:
    """Return what the endpoint's view declared, or None."""
    view = current_app.view_functions.get(endpoint)
    return cast("Access | None", getattr(view, "__ipfin_access__", None))


def init_access(app: Flask) -> None:
    """Check every request of `app` before its view runs."""
    app.before_request(_check)


def _check() -> Response | None:
    if request.endpoint is None or request.endpoint in STATIC_ENDPOINTS:
        return None
    access = access_of(request.endpoint)
    if access is None:
        abort(403)
    if access.everyone:
        return None
    actor = current_actor()
    if actor is None:
        return redirect(url_for("account_signing.sign_in", next=request.full_path.rstrip("?")), code=303)
    if access.before_second_factor:
        return None
    return _second_step() or _permitted(access, actor)


def _second_step() -> Response | None:
    if needs_second_factor():
        return redirect(url_for("account_signing.second_factor"), code=303)
    if needs_enrolment():
        return redirect(url_for("account_profile.enrol"), code=303)
    return None


def _permitted(access: Access, actor: Actor) -> None:
    if not access.permissions or any(may(actor, permission) for permission in access.permissions):
        return
    with unit_of_work() as session:
        record(session, actor, "access.denied", f"endpoint:{request.endpoint}", path=request.path[:200])
    g.denied = access
    abort(403)
