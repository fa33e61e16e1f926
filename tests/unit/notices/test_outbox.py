"""A mail on its way out: its form, its waits, and a real server at the other end."""

from __future__ import annotations

import email
import smtplib
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import policy
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from ipfin.kernel.errors import BadInput
from ipfin.notices.outbox import (
    MOST_ATTEMPTS,
    Mail,
    MailFolder,
    MailRefused,
    MailServer,
    checked_recipient,
    message_of,
    wait_after,
)

MAIL = Mail("issue:3:7", "bank@example.test", "名录第3期", "请查收。\n", datetime(2026, 3, 5, 2, tzinfo=UTC))
SENDER = "平台 <ipfin@example.test>"


def test_the_waits_double_and_end() -> None:
    minutes = [wait_after(attempt) for attempt in range(1, MOST_ATTEMPTS)]
    assert minutes == [timedelta(minutes=2**n) for n in range(1, MOST_ATTEMPTS)]
    assert wait_after(MOST_ATTEMPTS) is None


@pytest.mark.parametrize("address", ["a@b.test", " a.b+c@例子.测试 "])
def test_an_address_is_taken(address: str) -> None:
    assert checked_recipient(address) == address.strip()


@pytest.mark.parametrize(
    "address",
    ["", "a", "a@", "@b", "a@b,c@d", "a@b\nBcc: c@d", "甲 <a@b>", "a b@c", "a@b@c", "x" * 250 + "@b.test"],
)
def test_what_is_not_one_address_is_refused(address: str) -> None:
    with pytest.raises(BadInput):
        checked_recipient(address)


def test_a_line_break_in_the_subject_adds_no_header() -> None:
    forged = Mail(MAIL.key, MAIL.recipient, "名录\r\nBcc: all@example.test", MAIL.body, MAIL.written_at)
    message = email.message_from_bytes(message_of(forged, SENDER).as_bytes(), policy=policy.default)
    assert message["Bcc"] is None
    assert message["Subject"] == "名录 Bcc: all@example.test"


def test_copies_of_a_mail_have_one_identity_and_other_mails_another() -> None:
    other = Mail("issue:4:7", MAIL.recipient, MAIL.subject, MAIL.body, MAIL.written_at)
    ids = [message_of(mail, SENDER)["Message-ID"] for mail in (MAIL, MAIL, other)]
    assert ids[0] == ids[1] != ids[2]
    assert ids[0].endswith("@example.test>")


def test_without_a_server_a_mail_becomes_a_private_file(tmp_path: Path) -> None:
    MailFolder(tmp_path / "mail", SENDER).send(MAIL)
    (path,) = (tmp_path / "mail").iterdir()
    assert path.suffix == ".eml"
    assert path.stat().st_mode & 0o777 == 0o600
    message = email.message_from_bytes(path.read_bytes(), policy=policy.default)
    assert (message["To"], message["Subject"]) == (MAIL.recipient, MAIL.subject)
    assert message.get_content() == MAIL.body


class Postmaster:
    """A mail server that answers as the address tells it to."""

    def __init__(self) -> None:
        self.received: list[Any] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address.startswith("nobody"):
            return "550 no such person"
        if address.startswith("later"):
            return "451 come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.received.append(envelope)
        return "250 OK"


@pytest.fixture
def postmaster() -> Iterator[tuple[Postmaster, MailServer]]:
    handler = Postmaster()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, MailServer("127.0.0.1", port, "", "", tls=False, sender=SENDER)
    controller.stop()


def to(recipient: str) -> Mail:
    return Mail("k", recipient, "题", "文\n", MAIL.written_at)


def test_a_real_server_receives_the_mail(postmaster: tuple[Postmaster, MailServer]) -> None:
    handler, server = postmaster
    server.send(MAIL)
    (envelope,) = handler.received
    assert envelope.rcpt_tos == [MAIL.recipient]
    message = email.message_from_bytes(envelope.content, policy=policy.default)
    assert message["Subject"] == "名录第3期"
    assert message.get_content().strip() == "请查收。"


def test_a_recipient_that_does_not_exist_is_refused_for_good(
    postmaster: tuple[Postmaster, MailServer],
) -> None:
    with pytest.raises(MailRefused, match="550"):
        postmaster[1].send(to("nobody@example.test"))


def test_a_busy_server_is_tried_again(postmaster: tuple[Postmaster, MailServer]) -> None:
    with pytest.raises(smtplib.SMTPException, match="451"):
        postmaster[1].send(to("later@example.test"))


def test_a_server_without_tls_gets_nothing_when_tls_is_wanted(
    postmaster: tuple[Postmaster, MailServer],
) -> None:
    handler, server = postmaster
    strict = MailServer(server.host, server.port, "", "", tls=True, sender=SENDER)
    with pytest.raises(smtplib.SMTPException):
        strict.send(MAIL)
    assert handler.received == []
