"""The own account: who I am, where I am signed in, my password, my language."""

from __future__ import annotations

import pytest

from ipfin.accounts.models import User, UserSession
from ipfin.kernel.clock import now_utc
from tests.factories import PASSWORD
from tests.web.conftest import COOKIE

NEW = "洹水东流-不舍昼夜-七十二"


def change(client, current=PASSWORD, new=NEW, repeated=None):
    data = {"current": current, "password": new, "repeated": new if repeated is None else repeated}
    return client.post("/account/password", data=data)


def test_the_page_shows_the_person_and_every_browser(client, app, make):
    user = make.banker()
    app.test_client().sign_in(user)
    page = client.sign_in(user).get("/account/")
    for shown in (user.name, user.email, user.organisation.name, "银行", "本设备", "结束其他全部会话"):
        assert shown in page.text


def test_ending_the_others_leaves_this_one(client, app, make, session):
    user = make.banker()
    others = [app.test_client().sign_in(user) for _each in range(2)]
    client.sign_in(user)
    assert client.post("/account/sessions/end-others").status_code == 303
    assert "2个会话" in client.get("/account/").text
    assert all(other.get("/account/").status_code == 303 for other in others)


def test_one_browser_can_be_ended(client, app, make, session):
    user = make.banker()
    other = app.test_client().sign_in(user)
    row = session.query(UserSession).filter_by(user_id=user.id).one()
    client.sign_in(user)
    assert client.post(f"/account/sessions/{row.id}/end").status_code == 303
    assert other.get("/account/").status_code == 303
    assert client.post(f"/account/sessions/{row.id}/end").status_code == 404


def test_a_changed_password_is_the_only_one_that_opens(client, app, make, audited):
    user = make.banker()
    other = app.test_client().sign_in(user)
    client.sign_in(user)
    assert change(client).status_code == 303
    assert client.get("/account/").status_code == 200
    assert other.get("/account/").status_code == 303
    assert [entry.actor_user_id for entry in audited("accounts.password.changed")] == [user.id]
    fresh = app.test_client()
    assert fresh.post("/login", data={"email": user.email, "password": PASSWORD}).status_code == 422
    assert fresh.post("/login", data={"email": user.email, "password": NEW}).status_code == 303


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"current": "wrong"}, "当前密码不正确"),
        ({"new": "short"}, "密码至少需要12个字符"),
        ({"new": "1234567890123456"}, "容易被猜中"),
        ({"new": PASSWORD}, "不能与当前密码相同"),
        ({"repeated": "something else"}, "两次输入的密码不一致"),
        ({"new": ""}, "请输入新密码"),
    ],
)
def test_a_password_that_will_not_do_is_refused_in_words(client, make, session, data, says):
    user = make.banker()
    client.sign_in(user)
    before = user.password_hash
    reply = change(client, **data)
    assert reply.status_code == 422
    assert says in reply.text
    assert reply.text.count("<title>错误：") == 1
    assert session.get(User, user.id).password_hash == before


def test_guessing_the_present_password_locks_it(client, make):
    client.sign_in(make.banker())
    for _time in range(10):
        change(client, current="wrong")
    assert "暂时锁定" in change(client).text


class TestWithRotation:
    @pytest.fixture
    def overrides(self):
        return {"password_profile": "mlps"}

    def test_a_password_that_is_due_is_changed_first(self, client, make, session):
        user = make.user()
        user.totp_sealed = "sealed"
        client.sign_in(user)
        user.password_changed_at = now_utc().replace(year=2025)
        assert client.get("/account/").location == "/account/password"
        assert "已到更换期限" in client.get("/account/password").text
        reply = change(client, new="Huan-River-2026!x")
        assert reply.status_code == 303
        assert client.get("/account/").status_code == 200


def test_the_language_stays_with_the_account(client, app, make, session):
    user = make.banker()
    client.sign_in(user)
    reply = client.post("/language", data={"locale": "en", "next": "/account/"})
    assert reply.location == "/account/"
    assert session.get(User, user.id).locale == "en"
    elsewhere = app.test_client().sign_in(user)
    assert '<html lang="en">' in elsewhere.get("/account/").text


def test_a_stranger_chooses_a_language_for_the_browser(client):
    assert '<html lang="zh-CN">' in client.get("/login").text
    client.post("/language", data={"locale": "en", "next": "/login"})
    assert '<html lang="en">' in client.get("/login").text
    client.post("/language", data={"locale": "tlh", "next": "/login"})
    assert '<html lang="en">' in client.get("/login").text


@pytest.mark.parametrize(
    ("asked", "lang"),
    [("zh", "zh-CN"), ("zh-Hans-CN", "zh-CN"), ("en-GB,zh", "en"), ("fr", "zh-CN"), ("", "zh-CN")],
)
def test_the_browsers_language_is_heard(client, asked, lang):
    assert f'<html lang="{lang}">' in client.get("/login", headers={"Accept-Language": asked}).text


def test_the_language_form_leads_to_our_own_pages_only(client):
    assert client.post("/language", data={"locale": "en", "next": "//evil.example"}).location == "/"


def test_the_session_survives_choosing_a_language(client, make):
    client.sign_in(make.banker())
    before = client.get_cookie(COOKIE).value
    client.post("/language", data={"locale": "en"})
    assert client.get_cookie(COOKIE).value == before
