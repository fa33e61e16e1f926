"""Files of an event in a browser: the office adds and removes them, each reader takes what is for him."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from ipfin.accounts.models import OrganisationKind
from ipfin.audit.models import AuditEntry
from ipfin.events.materials import Audience
from ipfin.events.models import EventMaterial
from ipfin.kernel.actor import Role
from tests.web.conftest import Browser
from tests.web.making import WebMake

PDF = b"%PDF-1.7 sample"


def test_a_file_is_added_for_everybody_then_narrowed_and_removed(
    client: Browser, make: WebMake, audited: Callable[[str], list[AuditEntry]]
) -> None:
    event = make.event()
    office, place = client.sign_in(make.officer()), f"/office/events/{event.public_id}/materials"

    def upload(content: bytes, name: str = "讲义.pdf", audience: str = "everybody") -> int:
        said = {"title": "政策讲义", "audience": audience, "file": (io.BytesIO(content), name)}
        return int(office.post(place, data=said, content_type="multipart/form-data").status_code)

    assert upload(PDF) == 303
    assert [upload(b"MZ sample"), upload(PDF, name=""), upload(PDF, audience="nobody")] == [422, 422, 422]
    row = make.session.query(EventMaterial).one()
    stranger = client.sign_out()
    page = stranger.get(f"/events/{event.public_id}").text
    assert ("政策讲义" in page, "PDF · " in page) == (True, True)
    taken = stranger.get(f"/events/{event.public_id}/materials/{row.id}")
    assert (taken.data, taken.mimetype) == (PDF, "application/pdf")
    assert taken.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in taken.headers["Content-Security-Policy"]
    office = client.sign_in(make.officer())
    assert (
        office.post(f"{place}/{row.id}/audience", data={"audience": "registered", "version": "1"}).status_code
        == 303
    )
    assert client.sign_out().get(f"/events/{event.public_id}/materials/{row.id}").status_code == 404
    office = client.sign_in(make.officer())
    assert office.post(f"{place}/{row.id}/remove").status_code == 303
    page = office.get(place).text
    assert ("还没有资料" in page, "已删除的资料" in page) == (True, True)
    assert office.get(f"{place}/{row.id}").status_code == 404
    assert [len(audited(f"events.material.{word}")) for word in ("added", "opened", "removed")] == [1, 1, 1]


def test_a_participant_takes_what_is_for_him(client: Browser, make: WebMake) -> None:
    event = make.event()
    rows = {}
    for audience in ("everybody", "registered", "attended"):
        document = make.issued_document(None, subject=f"event:{event.id}:material")
        rows[audience] = make.material(event, audience=Audience(audience), document_id=document.id).id
    firm = make.enterprise()
    account = make.organisation(OrganisationKind.ENTERPRISE, enterprise=firm)
    browser = client.sign_in(make.user(Role.ENTERPRISE, organisation=account))

    def open_now() -> list[str]:
        place = f"/ent/events/{event.public_id}/materials"
        return [name for name, row in rows.items() if browser.get(f"{place}/{row}").status_code == 200]

    assert open_now() == ["everybody"]
    own = make.registration(event, enterprise=firm)
    assert open_now() == ["everybody", "registered"]
    make.attendance(own)
    assert open_now() == ["everybody", "registered", "attended"]
    assert browser.get(f"/ent/events/{event.public_id}").text.count("样例资料") == 3


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("空.pdf", b"", "文件是空的"),
        ("程序.pdf", b"MZ\x90\x00 sample", "“程序.pdf”不是PDF"),
        ("../../etc/程序.docx", b"PK\x03\x04 broken", "“程序.docx”不是PDF"),
        ("", PDF, "请选择要上传的文件"),
        ("大.pdf", PDF.ljust((20 << 20) + 1), "每份资料不超过20 MB"),
    ],
)
def test_a_hostile_file_is_refused_in_words(
    client: Browser, make: WebMake, name: str, content: bytes, words: str
) -> None:
    place = f"/office/events/{make.event().public_id}/materials"
    said = {"audience": "everybody", "file": (io.BytesIO(content), name)}
    refused = client.sign_in(make.officer()).post(place, data=said, content_type="multipart/form-data")
    assert (refused.status_code, words in refused.text) == (422, True)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../var/讲义.pdf", "讲义.pdf"),
        ("讲\u202efdp.exe", "讲fdp.exe.pdf"),
        (f"{'长' * 400}.pdf", None),
    ],
)
def test_a_file_is_kept_under_a_short_name_without_folders(
    client: Browser, make: WebMake, sent: str, kept: str | None
) -> None:
    place = f"/office/events/{make.event().public_id}/materials"
    said = {"audience": "everybody", "file": (io.BytesIO(PDF), sent)}
    office = client.sign_in(make.officer())
    assert office.post(place, data=said, content_type="multipart/form-data").status_code == 303
    name = make.session.query(EventMaterial).one().document.filename
    assert (name.endswith(".pdf"), len(name) <= 200, kept in (None, name)) == (True, True, True)
