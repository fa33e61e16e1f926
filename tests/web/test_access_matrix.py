"""Every page and every role: who may enter, who may not, and that a foreign row is simply not there.

What is expected is read from the policy's table; what happens is tried. One database is enough: nothing
here depends on it.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask, url_for

from ipfin.accounts.models import User
from ipfin.accounts.policy import PERMISSIONS
from ipfin.kernel.actor import Role
from ipfin.web.access import Access, access_of
from ipfin.web.navigation import ENTRIES, HOME
from ipfin.web.security import STATIC_ENDPOINTS
from tests.web.addresses import ADDRESSES, Arguments
from tests.web.making import WebMake

# Every page of a role is one test, on a machine that others may be using.
pytestmark = pytest.mark.timeout(600)

# Whose pages stand at which address, and with which permissions.
PREFIXES = {
    "office": "/office",
    "bank": "/bank",
    "insurer": "/ins",
    "enterprise": "/ent",
    "agency": "/rev",
    "auditor": "/audit",
    "admin": "/admin",
}


@pytest.fixture
def database() -> str:
    return "sqlite"


@pytest.fixture
def app_changes() -> bool:
    return True


@pytest.fixture
def overrides() -> dict[str, object]:
    # Nobody is to guess here; the walk itself asks often.
    return {"rate_limit_storage": "memory://"}


def pages(app: Flask) -> Iterator[tuple[str, str]]:
    """Yield (endpoint, method) of everything that answers."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.endpoint):
        if rule.endpoint not in STATIC_ENDPOINTS:
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                yield rule.endpoint, method


def arguments_of(app: Flask, endpoint: str) -> set[str]:
    return {name for rule in app.url_map.iter_rules(endpoint) for name in rule.arguments}


def declared(app: Flask, endpoint: str) -> Access | None:
    with app.app_context():
        return access_of(endpoint)


def address(app: Flask, endpoint: str, arguments: Arguments) -> str:
    with app.test_request_context():
        return url_for(endpoint, **arguments)


def test_every_page_declares_who_may_enter(app: Flask) -> None:
    assert [endpoint for endpoint, _method in pages(app) if declared(app, endpoint) is None] == []


def test_every_page_with_arguments_has_an_example_address(app: Flask) -> None:
    missing = {
        endpoint
        for endpoint, _method in pages(app)
        if arguments_of(app, endpoint) and endpoint not in ADDRESSES and declared(app, endpoint)
    }
    assert missing == set()


def test_no_example_is_left_of_a_page_that_is_gone(app: Flask) -> None:
    assert set(ADDRESSES) - {endpoint for endpoint, _method in pages(app)} == set()


def test_a_page_stands_in_its_audience_with_its_audiences_permissions(app: Flask) -> None:
    wrong = []
    for endpoint, _method in pages(app):
        access, audience = declared(app, endpoint), endpoint.split("_")[0]
        asked = {permission.audience for permission in access.permissions} if access else set()
        if asked - {audience}:
            wrong.append(f"{endpoint} asks for permissions of {asked}")
        if audience in PREFIXES:
            rules = app.url_map.iter_rules(endpoint)
            wrong += [
                f"{rule} is no page of {audience}"
                for rule in rules
                if not rule.rule.startswith(PREFIXES[audience])
            ]
            if access and not access.permissions:
                wrong.append(f"{endpoint} asks for no permission")
        elif audience == "public" and access and not access.everyone:
            wrong.append(f"{endpoint} is public and asks for something")
    assert not wrong, "\n".join(wrong)


def test_what_is_not_declared_is_closed_to_everyone(app: Flask, client, make: WebMake) -> None:
    app.add_url_rule("/forgotten", "forgotten", lambda: "open!")
    assert client.get("/forgotten").status_code == 403
    for role in Role:
        assert client.sign_in(make.user(role)).get("/forgotten").status_code == 403


def test_every_role_has_a_first_page_that_it_may_open() -> None:
    permissions = {entry.endpoint: entry.permission for entry in ENTRIES}
    assert set(HOME) == set(Role)
    assert [role for role, endpoint in HOME.items() if role not in PERMISSIONS[permissions[endpoint]]] == []


def test_strangers_are_sent_to_sign_in_from_every_closed_page(app: Flask, client) -> None:
    wrong = []
    for endpoint, method in pages(app):
        access = declared(app, endpoint)
        if access is None or access.everyone:
            continue
        reply = client.open(_some_address(app, endpoint), method=method, data=_form(client, method))
        if reply.status_code != 303 or not reply.location.startswith("/login"):
            wrong.append(f"{method} {endpoint}: {reply.status_code}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("role", list(Role))
def test_a_role_enters_what_the_policy_gives_it_and_nothing_else(
    app: Flask, client, make, role, audited
) -> None:
    wrong, user = [], make.user(role)
    open_to_role, closed = _sorted_for(app, role)
    # A page that is closed does nothing, so one session and one form token do for all of them, and any
    # address: a page that looked for its row first would say that there is none.
    client.sign_in(user)
    for endpoint, method in closed:
        reply = client.open(_some_address(app, endpoint), method=method, data=_form(client, method))
        if reply.status_code != 403:
            wrong.append(f"{method} {endpoint}: {reply.status_code}, but the policy keeps {role} out")
    for endpoint, method in open_to_role:
        reply = _asked(app, client, make, user, endpoint, method)
        if isinstance(reply, str):
            wrong.append(f"{method} {endpoint}: {reply}")
        elif reply.status_code in (401, 403, 404) or _is_sent_to_sign_in(reply):
            wrong.append(f"{method} {endpoint}: {reply.status_code}, but the policy lets {role} in")
    assert not wrong, "\n".join(wrong)
    entries = audited("access.denied")
    assert len(entries) == len(closed)
    assert {entry.actor_role for entry in entries} <= {role.value}


@pytest.mark.parametrize("role", list(Role))
def test_somebody_elses_row_is_not_there(app: Flask, client, make: WebMake, role: Role) -> None:
    wrong = []
    for endpoint, method in pages(app):
        access, example = declared(app, endpoint), ADDRESSES.get(endpoint)
        if access is None or example is None or example.foreign is None:
            continue
        if access.permissions and not any(role in PERMISSIONS[each] for each in access.permissions):
            continue
        user = make.user(role)
        arguments = example.foreign(make, user)
        if arguments is None:
            continue
        client.sign_in(user)
        reply = client.open(address(app, endpoint, arguments), method=method, data=_form(client, method))
        if reply.status_code != 404:
            wrong.append(f"{method} {endpoint} of another: {reply.status_code}")
    assert not wrong, "\n".join(wrong)


def _sorted_for(app: Flask, role: Role) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the (endpoint, method) that the policy's table opens to a role, and those it closes."""
    found: tuple[list[tuple[str, str]], list[tuple[str, str]]] = ([], [])
    for endpoint, method in pages(app):
        if access := declared(app, endpoint):
            may = not access.permissions or any(role in PERMISSIONS[each] for each in access.permissions)
            found[not may].append((endpoint, method))
    return found


def _own(app: Flask, make: WebMake, user: User, endpoint: str) -> str:
    example = ADDRESSES.get(endpoint)
    arguments = example.own(make, user) if example else None
    if arguments is None:
        arguments = dict.fromkeys(arguments_of(app, endpoint), 1)
    return address(app, endpoint, arguments)


def _some_address(app: Flask, endpoint: str) -> str:
    """Return an address of the page, of whatever row."""
    rule = next(app.url_map.iter_rules(endpoint))
    words = {name: sorted(getattr(each, "items", {1}))[0] for name, each in rule._converters.items()}
    return address(app, endpoint, words)


def _asked(app: Flask, client, make: WebMake, user: User, endpoint: str, method: str):
    """Return the answer to a signed-in person, or what is wrong with the page that came."""
    client.sign_in(user)
    try:
        return client.open(_own(app, make, user, endpoint), method=method, data=_form(client, method))
    except AssertionError as fault:
        return str(fault).splitlines()[0]


def _form(client, method: str) -> dict[str, str] | None:
    return {"csrf_token": client.form_token()} if method == "POST" else None


def _is_sent_to_sign_in(reply) -> bool:
    return reply.status_code == 303 and reply.location.startswith("/login")
