"""The firm's own file: it names whom to call, nobody else's, and takes its one page with it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from ipfin.kernel.actor import SYSTEM, Role
from ipfin.liaison.contacts import ContactDetails, ContactSource
from ipfin.liaison.models import EnterpriseContact
from ipfin.liaison.service import add_contact, details_of
from ipfin.registry.models import Enterprise
from tests.web.conftest import Browser

SAID = {"name": "样例张三", "post": "总经理", "phone": "13800001234", "mail": "zhang@firm.example"}


@pytest.fixture
def user(make):
    return make.user(Role.ENTERPRISE)


def test_a_firm_names_changes_and_deletes_whom_to_call(
    client: Browser, make, user, session, settings, audited
) -> None:
    client.sign_in(user)
    assert "还没有登记联系人" in client.get("/ent/profile/").text
    assert client.post("/ent/profile/contacts/new", data=SAID).location == "/ent/profile/#contacts"
    contact = session.scalars(select(EnterpriseContact)).one()
    assert (contact.enterprise_id, contact.source) == (user.organisation.enterprise_id, ContactSource.FIRM)
    page = client.get("/ent/profile/").text
    assert SAID["phone"] in page, "the firm reads its own in full"
    assert SAID["phone"] in client.get(f"/ent/profile/contacts/{contact.id}/edit").text
    changed = {**SAID, "phone": "", "is_main": "y"}
    client.post(f"/ent/profile/contacts/{contact.id}/edit", data=changed)
    session.expire_all()
    assert details_of(contact, settings=settings) == ContactDetails(**{**SAID, "phone": ""})
    client.post(f"/ent/profile/contacts/{contact.id}/remove")
    assert session.scalars(select(EnterpriseContact.id)).all() == []
    assert len(audited("liaison.contact.removed")) == 1
    assert audited("liaison.contact.revealed") == []


def test_what_cannot_be_right_is_refused_in_words(client: Browser, user) -> None:
    client.sign_in(user)
    refused = client.post("/ent/profile/contacts/new", data={**SAID, "phone": "x"})
    assert refused.status_code == 422
    assert "电话应为数字" in refused.text


def test_another_firm_s_contact_is_not_there(client: Browser, make, user, settings) -> None:
    other = add_contact(make.session, SYSTEM, make.enterprise(), ContactDetails(**SAID), settings=settings)
    client.sign_in(user)
    assert client.get(f"/ent/profile/contacts/{other.id}/edit").status_code == 404
    for act in ("edit", "main", "remove"):
        assert client.post(f"/ent/profile/contacts/{other.id}/{act}", data=SAID).status_code == 404
    assert SAID["phone"] not in client.get("/ent/profile/").text


def test_the_office_s_own_notes_are_not_the_firm_s_to_read(client: Browser, make, user, session) -> None:
    firm = session.get_one(Enterprise, user.organisation.enterprise_id)
    make.tag(firm, name="内部标签")
    make.visit(firm, topics="内部走访")
    make.fact(firm, evidence="样例依据")
    client.sign_in(user)
    page = client.get("/ent/profile/").text
    assert "样例依据" in page
    assert "内部标签" not in page
    assert "内部走访" not in page
