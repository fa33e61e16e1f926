"""What a hostile request gets: a refusal in words, no change, and never a failure of ours."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import quote, urlsplit

import pytest
from flask import Flask

from ipfin.accounts.models import User, UserSession
from ipfin.accounts.policy import PERMISSIONS
from ipfin.app import create_app
from ipfin.audit.models import AuditEntry
from ipfin.config import Settings
from ipfin.kernel.actor import Role
from ipfin.kernel.clock import now_utc
from ipfin.notices.models import OutboxMail
from tests.factories import PASSWORD
from tests.web.addresses import ADDRESSES
from tests.web.conftest import COOKIE, SECRET
from tests.web.making import WebMake
from tests.web.test_access_matrix import address, arguments_of, declared, pages

HOSTILE = [
    "é",
    "密",
    "\x00",
    "\ud800",
    "' OR 1=1 --",
    '" OR ""="',
    "1; DROP TABLE enterprise;--",
    "%27%20UNION%20SELECT%201",
    "../../etc/passwd",
    "{{7*7}}",
    "%(name)s",
    "<script>alert(1)</script>",
    "9" * 400,
    "-1",
    "NaN",
]
PARAMETERS = [
    "q",
    "cursor",
    "sort",
    "state",
    "show",
    "role",
    "organisation",
    "kind",
    "action",
    "subject",
    "since",
    "until",
    "user",
    "code",
    "next",
    "region",
    "grade",
    "holding",
    "tier",
    "back",
    "page",
    "size",
]


def who_may(app: Flask, endpoint: str) -> Role | None:
    access = declared(app, endpoint)
    if access is None:
        return None
    return next(
        (r for r in Role if not access.permissions or any(r in PERMISSIONS[p] for p in access.permissions)),
        None,
    )


def entered(app: Flask, make: WebMake, client, method: str) -> Iterator[tuple[str, Role, str]]:
    """Yield (endpoint, role, address) of every page of a method, signed in as somebody who may enter."""
    for endpoint, answered in pages(app):
        role = who_may(app, endpoint)
        if answered != method or role is None:
            continue
        user, example = make.user(role), ADDRESSES.get(endpoint)
        arguments = example.own(make, user) if example else None
        if arguments is None and arguments_of(app, endpoint):
            continue  # test_access_matrix names what has no example
        client.sign_in(user)
        yield endpoint, role, address(app, endpoint, arguments or {})


# --- The form token ---------------------------------------------------------------------------------


TOKENS = (None, "", "é密", "forged", "IjEyMyI.Zm9v.YmFy")


def test_without_the_form_token_nothing_is_sent_anywhere(app: Flask, client, make, session) -> None:
    wrong = []
    for endpoint, role, place in entered(app, make, client, "POST"):
        before = session.query(AuditEntry).count()
        for token in TOKENS:
            reply = client.post(place, csrf=False, data={} if token is None else {"csrf_token": token})
            if reply.status_code != 400:
                wrong.append(f"{endpoint} as {role} with token {token!r}: {reply.status_code}")
        if session.query(AuditEntry).count() != before:
            wrong.append(f"{endpoint} did something")
    assert not wrong, "\n".join(wrong)


def test_one_anonymous_hit_primes_no_exemption(app: Flask) -> None:
    strangers = [app.test_client() for _each in range(2)]
    assert strangers[0].post("/language", csrf=False).status_code == 400
    assert strangers[1].post("/language", csrf=False).status_code == 400


# --- Addresses and hosts ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "evil.example:80", "localhost@evil.example", "[::1]"]
)
def test_a_foreign_host_is_refused(client, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 400


def test_the_own_host_is_served_on_any_port(client) -> None:
    assert client.get("/", headers={"Host": "localhost:8443"}).status_code == 200


def test_without_a_proxy_nobody_says_where_he_comes_from(client, make, session) -> None:
    said = {
        "X-Forwarded-For": "9.9.9.9",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "Forwarded": "for=9.9.9.9",
    }
    reply = client.post("/login", headers=said, data={"email": make.banker().email, "password": PASSWORD})
    assert reply.status_code == 303
    entry = session.query(AuditEntry).filter(AuditEntry.action == "accounts.session.opened").one()
    assert entry.address == "127.0.0.1"


def test_links_in_mails_come_from_the_settings(client, make, session) -> None:
    client.sign_in(make.user(Role.ADMIN))
    client.post(f"/admin/users/{make.banker().id}/reset-password", headers={"Host": "localhost:666"})
    body = session.query(OutboxMail).one().body
    assert "http://127.0.0.1:8000/invite/" in body
    assert "666" not in body


class TestBehindAProxy:
    @pytest.fixture
    def overrides(self) -> dict[str, object]:
        return {"behind_proxy": True}

    def test_the_proxy_says_who_asks(self, client, make, session) -> None:
        said = {"X-Forwarded-For": "6.6.6.6, 9.9.9.9", "X-Forwarded-Proto": "https"}
        said["Referer"] = "https://localhost/login"
        client.post("/login", headers=said, data={"email": make.banker().email, "password": PASSWORD})
        entry = session.query(AuditEntry).filter(AuditEntry.action == "accounts.session.opened").one()
        assert entry.address == "9.9.9.9"

    def test_a_foreign_host_is_refused_from_the_proxy_too(self, client) -> None:
        assert client.get("/", headers={"X-Forwarded-Host": "evil.example"}).status_code == 400


# --- Methods and sizes ------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "PATCH", "CONNECT", "NONSENSE"])
def test_other_methods_are_not_answered(client, method: str) -> None:
    assert client.open("/login", method=method).status_code in (400, 405)


def test_options_tells_the_methods_and_nothing_else(client) -> None:
    reply = client.open("/login", method="OPTIONS")
    assert reply.status_code == 200
    assert reply.data == b""
    assert "TRACE" not in reply.headers["Allow"]


def test_fifty_thousand_form_parts_are_refused_quickly(client) -> None:
    part = '--x\r\nContent-Disposition: form-data; name="a{}"\r\n\r\n1\r\n'
    body = "".join(part.format(number) for number in range(50_000)) + "--x--\r\n"
    started = time.monotonic()
    reply = client.post("/login", csrf=False, data=body, content_type="multipart/form-data; boundary=x")
    assert reply.status_code == 413
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("filler", ["\r", "a", "\r\n--"])
def test_a_huge_form_field_is_refused(client, filler: str) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="email"\r\n\r\n' + filler.encode() * 4_000_000
    reply = client.post("/login", csrf=False, data=body, content_type="multipart/form-data; boundary=x")
    assert reply.status_code == 413


def test_a_huge_plain_form_is_refused(client) -> None:
    reply = client.post("/login", csrf=False, data={"email": "a" * 3_000_000})
    assert reply.status_code == 413


# --- Parameters -------------------------------------------------------------------------------------


def test_no_list_fails_on_a_hostile_parameter(app: Flask, client, make) -> None:
    wrong = []
    sent = [each.encode("utf-8", "surrogatepass") for each in HOSTILE]
    for endpoint, role, place in entered(app, make, client, "GET"):
        # Every parameter sees every value in turn, a few at a time.
        for turn in range(0, len(sent), 4):
            query = {name: sent[(at + turn) % len(sent)] for at, name in enumerate(PARAMETERS)}
            try:
                reply = client.get(urlsplit(place).path, query_string=query)
            except AssertionError as fault:
                wrong.append(f"{endpoint} as {role}, turn {turn}: {str(fault).splitlines()[0]}")
                continue
            if reply.status_code >= 500:
                wrong.append(f"{endpoint} as {role}, turn {turn}: {reply.status_code}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("number", [at for at, each in enumerate(HOSTILE) if "/" not in each])
def test_codes_of_any_shape_are_simply_unknown(client, number: int) -> None:
    path = quote(HOSTILE[number].encode("utf-8", "surrogatepass"))
    assert client.get(f"/invite/{path}").status_code == 404
    assert client.get(f"/verify/{path}").status_code == 404
    assert client.get(f"/events/{path}").status_code == 404


def test_fields_that_a_form_does_not_have_change_nothing(client, make, session) -> None:
    user = make.banker()
    client.sign_in(user)
    planted = {
        "id": "1",
        "role": "admin",
        "organisation_id": "1",
        "is_admin": "1",
        "is_active": "0",
        "email": "x@y.z",
    }
    for place in ("/account/password", "/language", "/inbox/read-all", "/account/sessions/end-others"):
        client.post(
            place, data=planted | {"locale": "en", "current": PASSWORD, "password": "x", "repeated": "y"}
        )
    after = session.get(User, user.id)
    assert (after.role, after.is_active) == (Role.BANK, True)
    assert after.email != "x@y.z"


def test_a_name_that_is_a_program_stays_a_name(client, make) -> None:
    program = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'"
    firm = make.organisation(name=program)
    user = make.user(Role.ADMIN, name=program[:60])
    make.banker(organisation=firm, name=program[:60])
    make.invitation(organisation=firm, name=program[:60])
    make.notice(user, subject={"template": program, "params": {}}, body={"template": program, "params": {}})
    make.event(title=program, venue=program, summary=program, contact=program)
    client.sign_in(user)
    for place in (
        "/",
        "/admin/users/",
        "/admin/orgs/",
        "/account/",
        "/inbox/",
        "/events/",
        f"/admin/users/{user.id}",
    ):
        assert "&lt;script&gt;" in client.get(place).text


# --- Cookies ----------------------------------------------------------------------------------------


def test_cookies_of_development_are_closed_to_scripts(client, make) -> None:
    reply = client.post("/login", data={"email": make.banker().email, "password": PASSWORD})
    session_cookie = next(c for c in reply.headers.getlist("Set-Cookie") if c.startswith(COOKIE))
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(session_cookie.split("; "))
    assert "Expires" not in session_cookie  # ends with the browser


class TestInProduction:
    @pytest.fixture
    def overrides(self) -> dict[str, object]:
        return {"env": "production", "secret_key": "k3y-of-48-characters-that-nobody-else-has-1234567"}

    def test_cookies_are_bound_to_this_host_and_to_https(self, app: Flask, make) -> None:
        browser = app.test_client()
        page = browser.get("/login", base_url="https://localhost")
        assert page.headers["Strict-Transport-Security"].startswith("max-age=31536000")
        data = {"email": make.banker().email, "password": PASSWORD, "csrf_token": browser._token}
        reply = browser.post(
            "/login", base_url="https://localhost", data=data, headers={"Referer": "https://localhost/login"}
        )
        assert reply.status_code == 303
        cookies = [*page.headers.getlist("Set-Cookie"), *reply.headers.getlist("Set-Cookie")]
        assert {cookie.split("=")[0] for cookie in cookies} == {"__Host-ipfin-form", "__Host-ipfin"}
        for cookie in cookies:
            assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
            assert "Domain" not in cookie

    def test_a_weak_secret_does_not_start(self, database_url: str) -> None:
        for secret in ("", "secret", "a" * 48):
            with pytest.raises(ValueError, match="IPFIN_SECRET_KEY"):
                Settings(env="production", secret_key=secret, database_url=database_url)


# --- Limits and lives -------------------------------------------------------------------------------


def test_guessing_codes_of_documents_is_stopped_with_a_time_to_wait(client) -> None:
    answers = [client.get(f"/verify/{number:04d}-AAAA-BBBB-CCCC") for number in range(31)]
    assert [answer.status_code for answer in answers[:30]] == [404] * 30
    assert answers[30].status_code == 429
    assert 0 < int(answers[30].headers["Retry-After"]) <= 60
    assert "秒后再试" in answers[30].text


def test_an_idle_session_is_over(client, make, session) -> None:
    client.sign_in(make.banker())
    row = session.query(UserSession).one()
    row.last_seen_at = now_utc() - timedelta(minutes=29)
    assert client.get("/account/").status_code == 200
    assert session.query(UserSession).one().last_seen_at > now_utc() - timedelta(minutes=1)
    session.query(UserSession).one().last_seen_at = now_utc() - timedelta(minutes=31)
    assert client.get("/account/").status_code == 303


def test_a_session_is_over_after_its_longest_time(client, make, session) -> None:
    client.sign_in(make.banker())
    session.query(UserSession).one().expires_at = now_utc() - timedelta(seconds=1)
    assert client.get("/account/").status_code == 303


# --- When the database is away ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "url", ["sqlite:////nowhere/at/all.db", "postgresql+psycopg://nobody@127.0.0.1:1/none?connect_timeout=1"]
)
def test_without_a_database_the_page_says_so(url: str, tmp_path) -> None:
    app = create_app(
        Settings(env="test", secret_key=SECRET, database_url=url, instance_dir=tmp_path, job_immediate=True)
    )
    browser = app.test_client()
    browser.set_cookie(COOKIE, "some-token")
    for path in ("/", "/login", "/inbox/", "/no/such/page"):
        reply = browser.get(path)
        assert reply.status_code in (503, 404)
        assert "Traceback" not in reply.text
        assert "sqlite" not in reply.text
        assert "psycopg" not in reply.text
    assert browser.get("/inbox/").status_code == 503
    assert "系统暂时无法读写数据" in browser.get("/inbox/").text
    health = browser.get("/healthz")
    assert health.status_code == 503
    assert health.json["database"] is False
