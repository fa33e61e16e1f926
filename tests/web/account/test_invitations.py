"""The link of an invitation or a reset: works once, for whom it was made, and tells strangers nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ipfin.accounts.models import Invitation, User
from ipfin.accounts.service import invite_user, reset_password
from ipfin.kernel.actor import Role
from ipfin.kernel.clock import now_utc
from tests.factories import PASSWORD

NEW = "洹水东流-不舍昼夜-七十二"


def invited(make, email="new.person@example.test"):
    bank = make.organisation()
    actor = make.actor(Role.ADMIN)
    made = invite_user(
        make.session,
        actor,
        email=email,
        name="王样例",
        role=Role.BANK,
        organisation_id=bank.id,
        now=now_utc(),
    )
    return bank, f"/invite/{made.token}"


def accept(client, link, password=NEW, repeated=None):
    return client.post(link, data={"password": password, "repeated": repeated or password})


def test_the_page_says_who_is_invited_as_what(client, make):
    bank, link = invited(make)
    page = client.get(link)
    for shown in ("启用账号", "王样例", "new.person@example.test", bank.name, "银行", "不少于12个字符"):
        assert shown in page.text


def test_accepting_makes_the_account_and_works_once(client, make, session):
    bank, link = invited(make)
    assert accept(client, link).location == "/login"
    user = session.query(User).filter_by(email="new.person@example.test").one()
    assert (user.role, user.organisation_id) == (Role.BANK, bank.id)
    assert client.get(link).status_code == 404
    reply = client.post("/login", data={"email": user.email, "password": NEW})
    assert reply.status_code == 303


def test_a_weak_password_leaves_the_link_open(client, make, session):
    _bank, link = invited(make)
    reply = accept(client, link, "password1234")
    assert reply.status_code == 422
    assert session.query(User).filter_by(email="new.person@example.test").count() == 0
    assert client.get(link).status_code == 200
    assert accept(client, link, NEW, "另一个不同的密码呀呀呀").status_code == 422


@pytest.mark.parametrize("change", ["expires_at", "accepted_at", "revoked_at"])
def test_a_link_that_is_over_looks_like_one_that_never_was(client, make, session, change):
    _bank, link = invited(make)
    setattr(session.query(Invitation).one(), change, now_utc() - timedelta(seconds=1))
    assert client.get(link).status_code == 404
    assert accept(client, link).status_code == 404
    assert client.get(link).text.count("链接无效、已使用或已过期") == 1
    assert client.get("/invite/never-was").text.count("链接无效、已使用或已过期") == 1


def test_a_reset_sets_the_password_of_the_account_and_nothing_else(client, app, make, session):
    user = make.officer()
    working = app.test_client().sign_in(user)
    made = reset_password(make.session, make.actor(Role.ADMIN), user.id, now=now_utc())
    assert working.get("/account/").status_code == 303
    assert "重设密码" in client.get(f"/invite/{made.token}").text
    assert accept(client, f"/invite/{made.token}").status_code == 303
    after = session.get(User, user.id)
    assert (after.role, after.name) == (Role.CITY_OFFICER, user.name)
    assert client.post("/login", data={"email": user.email, "password": PASSWORD}).status_code == 422
    assert client.post("/login", data={"email": user.email, "password": NEW}).status_code == 303
