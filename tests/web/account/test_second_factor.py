"""The authenticator through the pages: enrolled once, asked for ever after, replaced by recovery codes."""

from __future__ import annotations

import re

import pytest

from ipfin.accounts import totp
from ipfin.accounts.models import RecoveryCode, User
from ipfin.accounts.service import install_second_factor
from ipfin.kernel.actor import Role
from ipfin.kernel.clock import now_utc
from tests.factories import PASSWORD
from tests.web.conftest import COOKIE


@pytest.fixture
def overrides():
    return {"totp_required": True}


def code_of(seed, steps=0):
    return totp.code_at(seed, totp.step_of(now_utc()) + steps)


def enrolled(make, settings, role=Role.CITY_OFFICER):
    user = make.user(role)
    seed = totp.new_seed()
    codes = install_second_factor(make.session, make.actor(user), user, seed, settings=settings)
    return user, seed, codes


def with_password(client, user, **query):
    return client.post("/login", query_string=query, data={"email": user.email, "password": PASSWORD})


def seed_on(page):
    return re.sub(r"\s", "", re.search(r'<span class="code">([A-Z2-7 ]+)</span>', page.text)[1])


def ticket_on(page):
    return re.search(r'name="ticket"[^>]*value="([^"]+)"', page.text)[1]


def test_who_must_have_an_authenticator_reaches_nothing_before(client, make):
    user = make.officer()
    assert with_password(client, user).location == "/account/factor"
    for place in ("/office/", "/account/", "/inbox/", "/account/password", "/account/factor/recovery"):
        assert client.get(place).location == "/account/factor"
    page = client.get("/")
    assert "进入我的工作台" not in page.text  # half signed in is nobody
    assert user.name not in page.text


def test_an_enterprise_is_not_made_to_have_one(client, make):
    user = make.user(Role.ENTERPRISE)
    with_password(client, user)
    assert client.get("/account/").status_code == 200


def test_enrolling_shows_the_recovery_codes_once_and_opens_the_house(client, make, session, audited):
    user = make.officer()
    with_password(client, user)
    before = client.get_cookie(COOKIE).value
    page = client.get("/account/factor")
    assert 'src="data:image/svg+xml' in page.text
    done = client.post("/account/factor", data={"ticket": ticket_on(page), "code": code_of(seed_on(page))})
    assert done.status_code == 200
    shown = re.findall(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}", done.text)
    assert len(shown) == 10
    assert client.get_cookie(COOKIE).value != before
    assert client.get("/account/").status_code == 200
    assert session.query(RecoveryCode).filter_by(user_id=user.id).count() == 10
    assert not any(code in client.get("/account/factor/recovery").text for code in shown)
    assert [entry.actor_user_id for entry in audited("accounts.factor.enrolled")] == [user.id]


def test_a_wrong_code_keeps_the_same_qr_code(client, make, session):
    user = make.officer()
    with_password(client, user)
    page = client.get("/account/factor")
    again = client.post("/account/factor", data={"ticket": ticket_on(page), "code": "000000"})
    assert again.status_code == 422
    assert "动态口令不正确" in again.text
    assert seed_on(again) == seed_on(page)
    assert session.get(User, user.id).totp_sealed == ""


@pytest.mark.parametrize("ticket", ["", "forged", "é", "s1.00000000.x"])
def test_a_forged_ticket_enrols_nothing(client, make, session, ticket):
    user = make.officer()
    with_password(client, user)
    reply = client.post("/account/factor", data={"ticket": ticket, "code": "123456"})
    assert reply.status_code == 422
    assert session.get(User, user.id).totp_sealed == ""


def test_the_code_is_asked_for_and_leads_where_the_person_wanted(client, make, settings):
    user, seed, _codes = enrolled(make, settings)
    assert with_password(client, user, next="/inbox/").location == "/login/code?next=/inbox/"
    assert client.get("/account/").location == "/login/code"
    before = client.get_cookie(COOKIE).value
    reply = client.post("/login/code?next=/inbox/", data={"code": code_of(seed)})
    assert reply.location == "/inbox/"
    assert client.get_cookie(COOKIE).value != before
    assert client.get("/inbox/").status_code == 200


def test_a_code_opens_once(client, app, make, settings):
    user, seed, _codes = enrolled(make, settings)
    code = code_of(seed)
    with_password(client, user)
    assert client.post("/login/code", data={"code": code}).status_code == 303
    second = app.test_client()
    with_password(second, user)
    assert second.post("/login/code", data={"code": code}).status_code == 422


def test_a_recovery_code_opens_once(client, app, make, settings):
    user, _seed, codes = enrolled(make, settings)
    with_password(client, user)
    assert client.post("/login/code", data={"code": codes[0].lower().replace("-", " ")}).status_code == 303
    assert "还剩9个" in client.get("/account/factor/recovery").text
    second = app.test_client()
    with_password(second, user)
    assert second.post("/login/code", data={"code": codes[0]}).status_code == 422


@pytest.mark.parametrize("code", ["é密", "\x00", "1" * 70, "' OR 1=1", "１２３４５６"])
def test_a_code_of_any_shape_is_refused_in_words(client, make, settings, code):
    user, _seed, _codes = enrolled(make, settings)
    with_password(client, user)
    assert client.post("/login/code", data={"code": code}).status_code == 422


def test_five_wrong_codes_lock_the_second_step(client, make, settings):
    user, seed, _codes = enrolled(make, settings)
    with_password(client, user)
    for _time in range(5):
        client.post("/login/code", data={"code": "000000"})
    locked = client.post("/login/code", data={"code": code_of(seed)})
    assert locked.status_code == 422
    assert "暂时锁定" in locked.text


def test_leaving_is_possible_before_the_second_step(client, make, settings):
    user, _seed, _codes = enrolled(make, settings)
    with_password(client, user)
    assert client.post("/logout").status_code == 303
    assert client.get("/login").status_code == 200


def test_new_recovery_codes_need_a_code_and_void_the_old_ones(client, make, settings, session):
    user, seed, codes = enrolled(make, settings)
    client.sign_in(user)
    assert client.post("/account/factor/recovery", data={"code": codes[0]}).status_code == 422
    page = client.post("/account/factor/recovery", data={"code": code_of(seed)})
    assert page.status_code == 200
    kept = {row.code_hash for row in session.query(RecoveryCode).filter_by(user_id=user.id)}
    assert len(kept) == 10
    assert totp.recovery_hash(codes[0]) not in kept


def test_whoever_has_one_cannot_enrol_another(client, make, settings):
    user, _seed, _codes = enrolled(make, settings)
    client.sign_in(user)
    assert client.get("/account/factor").location == "/account/factor/recovery"
