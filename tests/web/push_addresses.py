"""Addresses of pushes: of the person's own institution, and of somebody else's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ipfin.accounts.models import OrganisationKind, User
from ipfin.accounts.scopes import Scope, Thing, scope_for
from tests.web.making import WebMake

Build = Callable[[WebMake, User], Mapping[str, Any] | None]


def _own(make: WebMake, user: User) -> Mapping[str, Any] | None:
    is_all = scope_for(make.actor(user), Thing.PUSH) is Scope.ALL
    organisation = make.organisation(OrganisationKind.BANK) if is_all else user.organisation
    return {"public_id": make.push_line(push=make.push(organisation)).push.public_id}


def _foreign(make: WebMake, user: User) -> Mapping[str, Any] | None:
    if scope_for(make.actor(user), Thing.PUSH) is Scope.ALL:
        return {"public_id": "push-that-is-not-there"}
    return {"public_id": make.push_line().push.public_id}


PUSHES: dict[str, tuple[Build, Build]] = {
    **{f"{audience}_pushes.{view}": (_own, _foreign) for audience in ("bank", "insurer")
       for view in ("show", "export")},
    **{f"office_pushes.{view}": (_own, _foreign) for view in ("show", "decide")},
}  # fmt: skip
