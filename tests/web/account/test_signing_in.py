"""Signing in through the pages: same words for everyone who may not, a new token for everyone who may."""

from __future__ import annotations

import re

import pytest

from tests.factories import PASSWORD
from tests.web.conftest import COOKIE


def sign_in(client, email, password=PASSWORD, **query):
    return client.post("/login", query_string=query, data={"email": email, "password": password})


def test_whoever_knows_the_password_reaches_the_own_first_page(client, make):
    user = make.officer()
    reply = sign_in(client, user.email)
    assert reply.status_code == 303
    onward = client.get(reply.location)
    assert onward.status_code == 302
    assert onward.location == "/office/"


def test_capitals_and_blanks_in_the_address_do_not_matter(client, make):
    user = make.banker(email="lan.li@example.test")
    assert sign_in(client, " Lan.Li@Example.Test ").status_code == 303
    assert client.get("/account/").status_code == 200
    assert user.last_login_at is not None


def test_unknown_wrong_and_disabled_read_the_same(client, make):
    known, disabled = make.banker(), make.banker(is_active=False)
    pages = [
        sign_in(client, known.email, "wrong password here"),
        sign_in(client, "nobody@example.test"),
        sign_in(client, disabled.email),
    ]
    assert {page.status_code for page in pages} == {422}
    assert all("账号或密码不正确" in page.text for page in pages)
    spellings = {_without_what_was_typed(page.text) for page in pages}
    assert len(spellings) == 1


def test_ten_failures_lock_known_and_unknown_names_alike(client, make):
    known = make.banker()
    for email in (known.email, "nobody@example.test"):
        for _time in range(10):
            sign_in(client, email, "wrong password here")
        assert "暂时锁定" in sign_in(client, email).text


def test_a_signed_in_person_is_sent_on_from_the_sign_in_page(client, make):
    client.sign_in(make.banker())
    assert client.get("/login").location == "/bank/"


def test_after_signing_in_the_wanted_page_comes(client, make):
    user = make.banker()
    asked = client.get("/inbox/?show=unread")
    assert asked.status_code == 303
    assert asked.location == "/login?next=/inbox/?show%3Dunread"
    assert sign_in(client, user.email, next="/inbox/?show=unread").location == "/inbox/?show=unread"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example/inbox/",
        "https:evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "///evil.example",
        "/%2F/evil.example",
        " //evil.example",
        "/no/such/page",
        "/static/css/base.css",
        "/logout",
    ],
)
def test_nobody_is_sent_out_of_the_house(client, make, elsewhere):
    reply = sign_in(client, make.banker().email, next=elsewhere)
    assert reply.location == "/login"


def test_signing_in_ends_the_session_that_the_browser_came_with(client, make):
    planted = make.banker()
    client.sign_in(planted)
    before = client.get_cookie(COOKIE).value
    sign_in(client, make.officer().email)
    assert client.get_cookie(COOKIE).value != before
    client.set_cookie(COOKIE, before)
    assert client.get("/account/").status_code == 303


def test_leaving_kills_a_copied_cookie(client, make):
    client.sign_in(make.banker())
    copied = client.get_cookie(COOKIE).value
    reply = client.post("/logout")
    assert reply.status_code == 303
    assert client.get_cookie(COOKIE) is None
    client.set_cookie(COOKIE, copied)
    assert client.get("/account/").status_code == 303


@pytest.mark.parametrize(
    "token", ["", "é", "密钥", "x" * 5000, "\udcff", "a\x00b", "'; DROP TABLE user_session;--"]
)
def test_a_token_of_any_shape_signs_nobody_in(client, token):
    header = f"{COOKIE}={token}".encode("utf-8", "surrogateescape").decode("latin-1")
    assert client.get("/account/", headers={"Cookie": header}).status_code == 303


def test_a_forged_remembering_cookie_is_nothing(client):
    for value in ("1|é", "1|" + "0" * 128, "é"):
        header = f"remember_token={value}".encode().decode("latin-1")
        assert client.get("/login", headers={"Cookie": header}).status_code == 200


def test_an_answer_of_the_sign_in_is_never_kept(client):
    reply = client.get("/login")
    assert reply.headers["Cache-Control"] == "no-store"
    assert "Cookie" in reply.headers["Vary"]


def _without_what_was_typed(html):
    return re.sub(r'value="[^"]*"|nonce="[^"]*"', "", html)
