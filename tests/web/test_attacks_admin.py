"""What the administrator, who holds no business permission, tries to learn or to become."""

from __future__ import annotations

import re

from ipfin.kernel.actor import Role
from ipfin.notices.models import OutboxMail
from tests.web.conftest import Browser
from tests.web.making import WebMake

LINK = re.compile(r"/invite/[\w-]{20,}")


def test_the_administrator_never_sees_the_link_that_lets_another_in(client: Browser, make: WebMake) -> None:
    officer = make.officer()
    client.sign_in(make.user(Role.ADMIN))
    shown = client.post(f"/admin/users/{officer.id}/reset-password")
    mail = make.session.query(OutboxMail).one()
    link = LINK.search(mail.body)
    assert link is not None
    assert mail.recipient == officer.email
    mail.attempts, mail.last_error = 6, "refused"
    pages = [
        shown,
        *(client.get(place) for place in ("/admin/health/", f"/admin/users/{officer.id}", "/admin/users/")),
    ]
    for page in pages:
        assert link[0] not in page.text
        assert link[0].removeprefix("/invite/") not in page.text


def test_the_administrator_reads_no_business_page_and_no_file(client: Browser, make: WebMake) -> None:
    document = make.issued_document(make.organisation().id)
    firm = make.enterprise()
    make.patent(holders=[firm])
    event = make.event()
    client.sign_in(make.user(Role.ADMIN))
    for place in (
        f"/files/{document.verify_code}",
        f"/office/firms/{firm.public_id}",
        f"/bank/firms/{firm.public_id}",
        f"/office/events/{event.public_id}/registrations",
        "/office/jobs/",
        "/audit/log",
        "/ent/",
    ):
        assert client.get(place).status_code == 403
