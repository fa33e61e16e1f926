"""The administrator finds, invites, switches off and helps people, and sees nothing of the business."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from ipfin.accounts.models import Invitation, User
from ipfin.accounts.service import install_second_factor
from ipfin.kernel.actor import Role
from ipfin.kernel.clock import now_utc
from ipfin.notices.models import OutboxMail
from tests.factories import PASSWORD


@pytest.fixture
def admin(client, make):
    client.sign_in(make.user(Role.ADMIN))
    return client


def test_people_are_found_by_name_role_organisation_and_state(admin, make):
    bank = make.organisation(name="样例洹河银行")
    make.banker(name="张洹", organisation=bank, last_login_at=now_utc())
    make.banker(name="李漳", last_login_at=now_utc() - timedelta(days=91))
    make.officer(name="王卫", is_active=False)

    def names(query):
        page = admin.get(f"/admin/users/?{query}").text
        return {name for name in ("张洹", "李漳", "王卫") if name in page}

    assert names("") == {"张洹", "李漳", "王卫"}
    assert names("q=张") == {"张洹"}
    assert names(f"organisation={bank.id}") == {"张洹"}
    assert names("role=bank") == {"张洹", "李漳"}
    assert names("state=disabled") == {"王卫"}
    assert names("state=dormant") == {"李漳"}
    assert names("role=nonsense&state=nonsense") == {"张洹", "李漳", "王卫"}
    assert "没有符合条件的用户" in admin.get("/admin/users/?q=无此人").text


def test_an_invitation_goes_out_by_mail_and_is_kept_as_a_hash(admin, make, session, audited):
    bank = make.organisation()
    form = {"name": "王样例", "email": "New@Example.Test", "organisation_id": str(bank.id), "role": "bank"}
    assert admin.post("/admin/users/invite", data=form).status_code == 303
    mail = session.query(OutboxMail).one()
    link = re.search(r"http://127\.0\.0\.1:8000(/invite/\S+)", mail.body)[1]
    assert mail.recipient == "new@example.test"
    assert bank.name in mail.body
    assert link.rsplit("/", 1)[1] not in session.query(Invitation).one().token_hash
    page = admin.get("/admin/users/").text
    assert "链接已发送至New@Example.Test" in page
    assert "/invite/" not in page  # outside development, the link is in the mail only
    assert admin.get(link).status_code == 200
    assert len(audited("accounts.invitation.made")) == 1


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"email": "wang样例"}, "不是电子邮箱地址"),
        ({"email": "a@b.c\r\nBcc: x@y.z"}, "不是电子邮箱地址"),
        ({"role": "city_officer"}, "的用户不能是"),
        ({"name": ""}, "请填写姓名"),
        ({"organisation_id": "999999"}, "不是有效的选择"),
    ],
)
def test_an_invitation_that_will_not_do_is_refused_in_words(admin, make, session, changed, says):
    bank = make.organisation()
    form = {"name": "王样例", "email": "new@example.test", "organisation_id": str(bank.id), "role": "bank"}
    reply = admin.post("/admin/users/invite", data={**form, **changed})
    assert reply.status_code == 422
    assert says in reply.text
    assert session.query(OutboxMail).count() == 0


def test_who_has_an_account_is_not_invited_again(admin, make):
    user = make.banker()
    form = {"name": "x", "email": user.email, "organisation_id": str(user.organisation_id), "role": "bank"}
    reply = admin.post("/admin/users/invite", data=form)
    assert reply.status_code == 422
    assert "已有账号" in reply.text


class TestInDevelopment:
    @pytest.fixture
    def overrides(self):
        return {"env": "development"}

    def test_the_link_is_shown_once(self, client, make):
        client.sign_in(make.user(Role.ADMIN))
        bank = make.organisation()
        form = {
            "name": "王样例",
            "email": "new@example.test",
            "organisation_id": str(bank.id),
            "role": "bank",
        }
        client.post("/admin/users/invite", data=form)
        assert "/invite/" in client.get("/admin/users/").text
        assert "/invite/" not in client.get("/admin/users/").text


def test_switching_off_ends_the_persons_sessions(admin, app, make, session):
    user = make.banker()
    other = app.test_client().sign_in(user)
    assert admin.post(f"/admin/users/{user.id}/disable").status_code == 303
    assert other.get("/account/").status_code == 303
    assert "启用账号" in admin.get(f"/admin/users/{user.id}").text
    admin.post(f"/admin/users/{user.id}/enable")
    assert session.get(User, user.id).is_active


def test_the_last_administrator_cannot_switch_himself_off(client, make, session):
    me = make.user(Role.ADMIN)
    client.sign_in(me)
    reply = client.post(f"/admin/users/{me.id}/disable")
    assert reply.status_code == 409
    assert "最后一名系统管理员" in reply.text
    assert session.get(User, me.id).is_active


def test_a_reset_voids_the_password_at_once(admin, make, session):
    user = make.banker()
    admin.post(f"/admin/users/{user.id}/reset-password")
    assert "/invite/" in session.query(OutboxMail).one().body
    assert admin.post("/login", data={"email": user.email, "password": PASSWORD}).status_code == 422


def test_a_lost_authenticator_is_taken_away(admin, make, session, settings):
    user = make.banker()
    install_second_factor(make.session, make.actor(user), user, "JBSWY3DPEHPK3PXP", settings=settings)
    assert "解除动态口令" in admin.get(f"/admin/users/{user.id}").text
    admin.post(f"/admin/users/{user.id}/reset-factor")
    assert not session.get(User, user.id).has_second_factor
    assert "解除动态口令" not in admin.get(f"/admin/users/{user.id}").text


def test_an_invitation_can_be_taken_back(admin, make, session):
    invitation = make.invitation(expires_at=now_utc() + timedelta(days=1))
    assert "撤销" in admin.get("/admin/users/").text
    admin.post(f"/admin/users/invitations/{invitation.id}/revoke")
    assert session.get(Invitation, invitation.id).revoked_at is not None


def test_the_administrator_has_no_way_to_the_business(admin):
    for place in (
        "/office/",
        "/office/enterprises/",
        "/office/whitelist/",
        "/bank/",
        "/audit/log",
        "/office/jobs/",
    ):
        assert admin.get(place).status_code in (403, 404)
        assert f'href="{place}"' not in admin.get("/admin/users/").text
