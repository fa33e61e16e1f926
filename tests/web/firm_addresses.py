"""Example addresses of one firm's pages: of a firm that the person may see, and of one that he may not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ipfin.accounts.models import User
from ipfin.accounts.scopes import Scope, Thing, scope_for
from ipfin.kernel.actor import SYSTEM, Role
from ipfin.liaison.contacts import ContactDetails
from ipfin.liaison.service import add_contact
from ipfin.registry.models import Enterprise
from tests.factories import TODAY
from tests.web.making import WebMake

Arguments = Mapping[str, Any]
Build = Callable[[WebMake, User], Arguments | None]
SAID = ContactDetails("样例联系人", "会计", "13800001234", "zhang@firm.example")


def _own(make: WebMake, user: User) -> Enterprise:
    if user.role is Role.ENTERPRISE:
        return make.session.get_one(Enterprise, user.organisation.enterprise_id)
    return make.enterprise(region_code=user.organisation.region_code)


def _foreign(make: WebMake, user: User) -> Enterprise | None:
    if scope_for(make.actor(user), Thing.ENTERPRISE) is Scope.ALL:
        return None
    return make.enterprise(region_code=make.region().code)


def _firm(make: WebMake, firm: Enterprise) -> Arguments:
    return {"public_id": firm.public_id}


def _contact(make: WebMake, firm: Enterprise) -> Arguments:
    contact = add_contact(make.session, SYSTEM, firm, SAID, settings=make.settings)
    return {"public_id": firm.public_id, "contact_id": contact.id}


def _own_contact(make: WebMake, firm: Enterprise) -> Arguments:
    return {"contact_id": _contact(make, firm)["contact_id"]}


def _visit(make: WebMake, firm: Enterprise) -> Arguments:
    return {"public_id": firm.public_id, "visit_id": make.visit(firm).id}


def _asked(make: WebMake, firm: Enterprise) -> Arguments:
    return {"public_id": firm.public_id, "number": make.declaration_request(firm).id}


def _due(make: WebMake, firm: Enterprise) -> Arguments:
    visit = make.visit(firm, follow_up="样例事项", follow_up_due=TODAY)
    return {"public_id": firm.public_id, "visit_id": visit.id}


def _done(make: WebMake, firm: Enterprise) -> Arguments:
    done = {"follow_up": "样例事项", "follow_up_due": TODAY, "done_on": TODAY, "done_note": "样例"}
    return {"public_id": firm.public_id, "visit_id": make.visit(firm, **done).id}


def _pair(build: Callable[[WebMake, Enterprise], Arguments]) -> tuple[Build, Build]:
    def foreign(make: WebMake, user: User) -> Arguments | None:
        firm = _foreign(make, user)
        return None if firm is None else build(make, firm)

    return lambda make, user: build(make, _own(make, user)), foreign


FIRMS: dict[str, tuple[Build, Build]] = {
    **{f"office_firm.{view}": _pair(_firm) for view in ("patents", "timeline", "profile", "tag", "untag")},
    **{f"office_contacts.{view}": _pair(_firm) for view in ("index", "new")},
    **{f"office_contacts.{view}": _pair(_contact) for view in ("edit", "main", "remove", "reveal")},
    **{f"office_visits.{view}": _pair(_firm) for view in ("firm", "new")},
    **{f"office_visits.{view}": _pair(_visit) for view in ("show", "edit", "void")},
    **{f"office_declarations.{view}": _pair(_firm) for view in ("index", "ask")},
    "office_declarations.withdraw": _pair(_asked),
    "office_visits.done": _pair(_due),
    "office_visits.reopen": _pair(_done),
    **{f"enterprise_profile.{view}": _pair(_own_contact) for view in ("edit", "main", "remove")},
}
