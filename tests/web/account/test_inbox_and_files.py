"""The inbox is one's own; a document goes to the organisation it is for, whole, and is noted."""

from __future__ import annotations

import pytest

from ipfin.documents.models import Document
from ipfin.kernel.actor import Role
from ipfin.kernel.clock import now_utc
from ipfin.notices.models import Notice


def test_the_inbox_shows_the_own_notices_and_how_many_are_unread(client, make):
    user = make.banker()
    make.notice(user, subject={"template": "名录第%(n)s期已送达", "params": {"n": 3}}, link="/events/")
    make.notice(user, read_at=now_utc())
    make.notice(make.banker(), subject={"template": "别人的通知", "params": {}})
    page = client.sign_in(user).get("/inbox/")
    assert "名录第3期已送达" in page.text
    assert "别人的通知" not in page.text
    assert '<span class="bubble">1' in page.text


def test_an_empty_inbox_says_what_will_come(client, make):
    client.sign_in(make.banker())
    assert "还没有通知" in client.get("/inbox/").text
    assert "没有未读通知" in client.get("/inbox/?show=unread").text


def test_opening_a_notice_marks_it_and_leads_on(client, make, session):
    user = make.banker()
    notice = make.notice(user, link="/events/")
    client.sign_in(user)
    assert client.post(f"/inbox/{notice.id}/read", data={"next": "/events/"}).location == "/events/"
    assert session.get(Notice, notice.id).read_at is not None
    assert client.get("/inbox/?show=unread").text.count('class="unread"') == 0


def test_somebody_elses_notice_stays_unread(client, make, session):
    notice = make.notice(make.banker())
    client.sign_in(make.banker())
    assert (
        client.post(f"/inbox/{notice.id}/read", data={"next": "https://evil.example"}).location == "/inbox/"
    )
    client.post("/inbox/read-all")
    assert session.get(Notice, notice.id).read_at is None


def test_all_are_marked_at_once(client, make, session):
    user = make.banker()
    for _each in range(3):
        make.notice(user)
    client.sign_in(user).post("/inbox/read-all")
    assert "已将3条通知标为已读" in client.get("/inbox/").text
    assert session.query(Notice).filter(Notice.read_at.is_(None)).count() == 0


def test_a_long_inbox_turns_pages(client, make):
    user = make.banker()
    for number in range(60):
        make.notice(user, subject={"template": "通知%(n)s号", "params": {"n": number}})
    first = client.sign_in(user).get("/inbox/")
    assert "通知59号" in first.text
    assert "下一页" in first.text
    assert client.get("/inbox/?cursor=garbage").status_code == 422


def test_the_document_comes_whole_under_its_own_name_and_is_noted(client, make, audited):
    user = make.banker()
    document = make.issued_document(
        user.organisation_id, filename="安阳专利企业名录_样例.xlsx", content=b"bytes"
    )
    reply = client.sign_in(user).get(f"/files/{document.verify_code}")
    assert reply.data == b"bytes"
    assert "attachment" in reply.headers["Content-Disposition"]
    assert "%E5%AE%89" in reply.headers["Content-Disposition"]
    assert "sandbox" in reply.headers["Content-Security-Policy"]
    assert [entry.subject for entry in audited("documents.downloaded")] == [f"document:{document.id}"]


@pytest.mark.parametrize("role", [Role.CITY_OFFICER, Role.AUDITOR])
def test_the_office_and_the_auditor_may_take_every_document(client, make, role):
    document = make.issued_document(make.organisation().id)
    assert client.sign_in(make.user(role)).get(f"/files/{document.verify_code}").status_code == 200


def test_another_bank_finds_no_such_document(client, make, audited):
    document = make.issued_document(make.organisation().id)
    assert client.sign_in(make.banker()).get(f"/files/{document.verify_code}").status_code == 404
    assert audited("documents.downloaded") == []


def test_a_revoked_or_altered_document_is_not_handed_out(client, make, session, settings, audited):
    user = make.banker()
    revoked = make.issued_document(user.organisation_id)
    altered = make.issued_document(user.organisation_id, content=b"right")
    client.sign_in(user)
    session.get(Document, revoked.id).revoked_at = now_utc()
    (settings.issued_dir / altered.stored_name).write_bytes(b"wrong")
    assert client.get(f"/files/{revoked.verify_code}").status_code == 409
    assert client.get(f"/files/{altered.verify_code}").status_code == 409
    assert audited("documents.downloaded") == []
