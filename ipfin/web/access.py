"""Who may enter which page. Undeclared endpoints are closed.

Each view declares itself with `open_to(permission, …)`, `open_to_signed_in` or `open_to_everyone`.
Decides entry only; which rows a person sees is decided by `accounts.queries.scope`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar, cast

from flask import Flask, abort, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response

from ipfin.accounts.policy import Permission, may
from ipfin.accounts.session_life import Stage
from ipfin.audit.service import record
from ipfin.kernel.actor import Actor
from ipfin.web.database import unit_of_work
from ipfin.web.security import STATIC_ENDPOINTS
from ipfin.web.signing_in import current_person

View = TypeVar("View", bound=Callable[..., Any])

# Where a person stands who has not completed signing in.
STAGE_ENDPOINTS: Final[Mapping[Stage, str]] = {
    Stage.SECOND_FACTOR: "account_signing.second_factor",
    Stage.ENROLMENT: "account_factor.enrol",
    Stage.PASSWORD: "account_profile.change_password",
}


@dataclass(frozen=True, slots=True)
class Access:
    """What a view declared: everyone, anyone signed in, or holders of one of the permissions.

    `stages` are the steps of signing in that the view itself belongs to.
    """

    permissions: frozenset[Permission] = frozenset()
    everyone: bool = False
    stages: frozenset[Stage] = frozenset()


def open_to(*permissions: Permission) -> Callable[[View], View]:
    """Declare a view open to whoever holds one of `permissions`."""
    if not permissions:
        raise ValueError("a view is open to somebody: name a permission, or use open_to_signed_in")
    return lambda view: _declare(view, Access(permissions=frozenset(permissions)))


def open_to_everyone(view: View) -> View:
    """Declare a view open without signing in."""
    return _declare(view, Access(everyone=True))


def open_to_signed_in(view: View) -> View:
    """Declare a view open to anyone who has completed signing in."""
    return _declare(view, Access())


def open_during(*stages: Stage) -> Callable[[View], View]:
    """Declare a view that belongs to these steps of signing in; also open to whoever completed it."""
    return lambda view: _declare(view, Access(stages=frozenset(stages)))


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
    person = current_person()
    if person is None:
        return _to_sign_in()
    if person.stage is not Stage.OPEN and person.stage not in access.stages:
        return redirect(url_for(STAGE_ENDPOINTS[person.stage]), code=303)
    _permitted(access, person.actor)
    return None


def _to_sign_in() -> Response:
    # Only a page that was being read can be returned to; what was being sent is gone.
    wanted = request.full_path.rstrip("?") if request.method in ("GET", "HEAD") else None
    return redirect(url_for("account_signing.sign_in", next=wanted), code=303)


def _permitted(access: Access, actor: Actor) -> None:
    if not access.permissions or any(may(actor, permission) for permission in access.permissions):
        return
    with unit_of_work() as session:
        record(session, actor, "access.denied", f"endpoint:{request.endpoint}", path=request.path[:200])
    g.denied = access
    abort(403)
